#!/usr/bin/env python3
"""A synthetic Iconik for tests: the part of its API that is used, with its limits, and the faults it is told to have.
Shapes are those of Iconik's OpenAPI documents of May 2025; iconik_contract_test.py of the functional tests runs a public client against it.
It prints its port, and ends when its standard input does. Signed URLs lead to a second port, which serves media alone.

POST /_control (JSON, without credentials) sets:
  tokens {APP_ID: TOKEN}    rate {second, window}: requests in a second and in 20 s    url_seconds: how long signed URLs live
  expire_urls true: all that were given end now    visible_after: seconds until segments of a bulk are seen    abort [JOB_ID, …]
  make [{id, title, type, mime, original: BASE64, original_status, proxies: [{data: BASE64, lines, status, closes_after, made: TIME}],
         archived, collections: [ID, …], versions, status, created: TIME}, …]: assets as if they had been uploaded
  many {collection, count, first, data: BASE64, created: TIME}: assets with one proxy each, of ids asset_id(first), asset_id(first + 1), …; first: 0
  seed: of the shares of faults
  segments {ASSET_ID: [BODY, …]}: as if somebody had added them
  collections [{id, title}, …]    saved [{id, name, criteria}, …]    hooks {status, last_error, …}: of every webhook that was made
  lists {versions: false: lists of assets do not tell these, deleted: true: they tell what was deleted too,
     sorts: [MEMBER, …]: a search is sorted by these only}
  faults [{method, path, times | share, do, …}] (serving.py): the first that fits is done; `do` is one of
     status {status, body, headers}   created {status}: writes and then says that it did not   hang {seconds}   reset   cut   drip   html
     redirect {status, to, with SELF for the path}: media only
GET /_control answers {requests, peak_second, peak_window, refused: by the limit, writes: {"METHOD /path": N}, media_requests, media_headers,
  webhooks: bodies that were sent, media_port, counts, log: [[method, path, status], …], searched: criteria}; ?segments=ASSET_ID and the like
  beside them, ?segments=* of all."""
import base64, collections, http.server, json, random, re, secrets, socket, threading, time, urllib.parse, uuid

import iconik_media
import serving

DOMAIN = "5f0c6d4e-0000-11ee-b962-0242ac120002"
USER = "6a1f0d3c-0000-11ee-b962-0242ac120002"
WINDOW_S = 20
ANALYSES = ["N/A", "REQUESTED", "IN_PROGRESS", "FAILED", "DONE"]
JOB_STATES = ["READY", "STARTED", "FINISHED", "FINISHED_WITH_WARNING", "FAILED", "WAITING", "ABORT_PENDING", "ABORTED", "SKIPPED", "PAUSED"]
STEP_STATES = ["IN_PROGRESS", "WAITING", "FAILED", "DONE", "SKIPPED"]
SEGMENT_TYPES = ["MARKER", "QC", "GENERIC", "COMMENT", "TAG", "TRANSCRIPTION", "SCENE", "PERSON"]
ENUMS = {"assets": {"analyze_status": ANALYSES, "face_recognition_status": ANALYSES, "status": ["ACTIVE", "DELETED"]},
         "segments": {"segment_type": SEGMENT_TYPES, "status": ["ACTIVE", "DELETED"]},
         "jobs": {"status": JOB_STATES}, "steps": {"status": STEP_STATES},
         "webhooks": {"status": ["ENABLED", "DISABLED", "FAILING", "DELETED"]},
         "custom_actions": {"type": ["OPEN", "POST"], "context": ["ASSET", "ASSET_SUBCLIP", "SHARED_ASSET", "COLLECTION", "SHARED_COLLECTION", "BULK",
                                                                 "SAVED_SEARCH", "NONE"]}}
REQUIRED = {"segments": ["segment_type"], "steps": ["id", "label", "status"], "jobs": ["title", "type", "status"], "webhooks": ["event_type", "url", "status"],
            "custom_actions": ["title", "url"], "history": ["operation_type"], "fields": ["name", "label", "field_type"], "views": ["name", "view_fields"]}


def asset_id(number):
    return str(uuid.uuid5(uuid.UUID(DOMAIN), str(number)))


def new_id():
    return str(uuid.uuid4())


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".%06d" % (time.time() % 1 * 1e6)


class State:
    def __init__(self):
        self.lock = threading.RLock()
        self.set = {"tokens": {"app-of-tests": "token-of-tests"}, "rate": {"second": 50, "window": 1000}, "visible_after": 0, "lists": {}, "faults": []}
        self.assets, self.collections, self.saved, self.jobs, self.webhooks, self.actions = {}, {}, {}, {}, {}, {}
        self.files, self.proxies, self.formats, self.file_sets = ({} for _ in range(4))  # asset id -> list
        self.segments, self.history, self.contents = ({} for _ in range(3))
        self.values, self.fields, self.views = {}, {}, {}
        self.searched = collections.deque(maxlen=1000)
        self.log, self.times, self.sent = collections.deque(maxlen=4000), collections.deque(), []
        self.requests = self.peak_second = self.peak_window = self.refused = 0
        self.writes = collections.Counter()

    def enter(self):
        """Counts a request. What is left of the window, negative when there is too much."""
        with self.lock:
            at = time.monotonic()
            self.times.append(at)
            self.requests += 1
            while self.times[0] < at - WINDOW_S:
                self.times.popleft()
            second = sum(1 for t in reversed(self.times) if t > at - 1) if len(self.times) < 200 else sum(t > at - 1 for t in list(self.times)[-200:])
            self.peak_second, self.peak_window = max(self.peak_second, second), max(self.peak_window, len(self.times))
            if second > self.set["rate"]["second"] or len(self.times) > self.set["rate"]["window"]:
                self.refused += 1
                return -1
            return self.set["rate"]["window"] - len(self.times)

    def tell(self, event_type, realm, operation, object_id, data):
        """The webhook of a change, as Iconik sends it."""
        self.sent.append({"system_domain_id": DOMAIN, "object_id": object_id, "user_id": USER, "realm": realm, "operation": operation,
                          "data": data, "request_id": secrets.token_hex(16), "event_type": event_type})

    # --- assets as if they had been uploaded
    def make(self, wanted):
        asset, version_ids = wanted.get("id") or new_id(), [new_id() for _ in range(wanted.get("versions", 1))]
        archived = wanted.get("archived", False)
        archive = "ARCHIVED" if archived else "NOT_ARCHIVED"
        self.assets[asset] = {
            "id": asset, "title": wanted.get("title", "clip.mp4"), "type": wanted.get("type", "ASSET"), "status": wanted.get("status", "ACTIVE"),
            "archive_status": archive, "is_online": not archived, "is_blocked": False, "analyze_status": "N/A", "face_recognition_status": "N/A",
            "date_created": wanted.get("created", now()), "date_modified": now(), "created_by_user": USER, "in_collections": list(wanted.get("collections", [])),
            "versions": [{"id": v, "version_number": n + 1, "status": "ACTIVE", "archive_status": archive, "is_online": not archived,
                          "analyze_status": "N/A", "face_recognition_status": "N/A", "created_by_user": USER, "date_created": now()}
                         for n, v in enumerate(version_ids)]}
        for place in wanted.get("collections", []):
            self.contents.setdefault(place, []).append(asset)
        version = version_ids[-1]
        common = {"asset_id": asset, "version_id": version, "date_created": now(), "date_modified": now()}
        if wanted.get("original") is not None:
            format_id, set_id, file_id = new_id(), new_id(), new_id()
            data = base64.b64decode(wanted["original"])
            iconik_media.MEDIA.keep(file_id, data)
            name, mime = wanted.get("title", "clip.mp4"), wanted.get("mime", "video/mp4")
            self.formats[asset] = [common | {"id": format_id, "name": "ORIGINAL", "status": "ACTIVE", "metadata": [{"internet_media_type": mime}],
                                             "storage_methods": ["S3"], "archive_status": archive, "is_online": not archived, "user_id": USER}]
            self.file_sets[asset] = [common | {"id": set_id, "name": name, "format_id": format_id, "base_dir": "", "component_ids": [],
                                               "status": "ACTIVE", "storage_id": USER, "file_count": 1}]
            self.files[asset] = [common | {"id": file_id, "name": name, "original_name": name, "directory_path": "", "type": "FILE", "size": len(data),
                                           "format_id": format_id, "file_set_id": set_id, "storage_id": USER, "storage_method": "S3",
                                           "status": "ARCHIVED" if archived else wanted.get("original_status", "CLOSED")}]
        self.proxies[asset] = [self.proxy(common, proxy) for proxy in wanted.get("proxies", [])]
        self.tell("assets", "entity", "create", asset, self.assets[asset])
        return asset

    def proxy(self, common, wanted):
        proxy_id, data = new_id(), base64.b64decode(wanted.get("data", ""))
        iconik_media.MEDIA.keep(proxy_id, data)
        lines = wanted.get("lines", 720)
        made = common | {"id": proxy_id, "name": "%dp" % lines, "filename": "proxy.mp4", "format": "mpeg-4", "codec": "h264", "bit_rate": 3000000,
                         "frame_rate": "25", "resolution": {"width": lines * 16 // 9, "height": lines}, "rotation": 0, "size": len(data),
                         "is_drop_frame": False, "is_public": False, "storage_id": USER, "storage_method": "S3", "status": wanted.get("status", "CLOSED")}
        made["date_created"] = wanted.get("made", made["date_created"])
        if "closes_after" in wanted:
            made["status"] = "OPEN"
            timer = threading.Timer(wanted["closes_after"], self.close, [made])
            timer.daemon = True
            timer.start()
        return made

    def close(self, proxy):
        with self.lock:
            proxy["status"] = "CLOSED"
            self.tell("assets", "proxies", "update", proxy["id"], {"object_type": "assets", "object_id": proxy["asset_id"], "id": proxy["id"],
                                                                   "asset_id": proxy["asset_id"], "status": "CLOSED"})

    def control(self, asked):
        for one in asked.pop("collections", []):
            self.collections[one["id"]] = {"id": one["id"], "title": one.get("title", "Dailies"), "status": one.get("status", "ACTIVE"), "is_root": True,
                                           "date_created": now(), "date_modified": now(), "object_type": "collections"}
        for one in asked.pop("saved", []):
            self.saved[one["id"]] = {"id": one["id"], "name": one.get("name", "Search"), "criteria": one.get("criteria", {"doc_types": ["assets"]})}
        for one in asked.pop("make", []):
            self.make(one)
        many = asked.pop("many", None) or {"count": 0}
        for number in range(many.get("first", 0), many.get("first", 0) + many["count"]):
            self.make({"created": many.get("created") or now(), "id": asset_id(number), "title": "clip-%06d.mp4" % number, "collections": [many["collection"]],
                       "proxies": [{"data": many.get("data", base64.b64encode(b"media of %d" % number).decode())}]})
        for asset, bodies in asked.pop("segments", {}).items():
            import iconik_routes
            self.segments.setdefault(asset, []).extend({"from": 0, "body": iconik_routes.segment_of(asset, body)} for body in bodies)
        hooks = asked.pop("hooks", {})
        for hook in self.webhooks.values():
            hook.update(hooks)
        for job in asked.pop("abort", []):
            self.jobs[job]["status"] = "ABORT_PENDING"
        if asked.pop("expire_urls", False):
            iconik_media.MEDIA.expire()
        if "seed" in asked:
            random.seed(asked.pop("seed"))
        if "url_seconds" in asked:
            iconik_media.MEDIA.seconds = asked.pop("url_seconds")
        iconik_media.MEDIA.faults = self.set["faults"] = asked.pop("faults", self.set["faults"])
        self.set.update(asked)


STATE = State()


class Refused(Exception):
    def __init__(self, status, errors):
        super().__init__(str(errors))
        self.status, self.errors = status, errors if isinstance(errors, dict) else [errors]


def check(kind, body, whole=True):
    if not isinstance(body, dict):
        raise Refused(400, "Invalid input type.")
    if whole:
        missing = {name: "Missing data for required field." for name in REQUIRED.get(kind, []) if name not in body}
        if missing:
            raise Refused(400, missing)
    for name, allowed in ENUMS.get(kind, {}).items():
        if name in body and body[name] not in allowed:
            raise Refused(400, {name: "Must be one of: %s." % ", ".join(allowed)})
    return body


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "iconik"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def log_message(self, *a):
        pass

    # --- answers
    def answer(self, status, value=None, headers=()):
        self.answer_bytes(status, b"" if value is None else json.dumps(value).encode(), list(headers) + [("Content-Type", "application/json")])

    def answer_bytes(self, status, data, headers=(), length=None):
        STATE.log.append([self.command, self.path, status])
        self.send_response(status)
        if self.left is not None:
            self.send_header("RateLimit-Remaining", str(max(self.left, 0)))
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)

    def handle_one(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        self.query, self.left = dict(urllib.parse.parse_qsl(query)), None
        if path == "/_control":
            return self.control(data)
        self.left = STATE.enter()
        try:
            if self.left < 0:
                raise Refused(429, "Too many requests")
            with STATE.lock:
                fault = serving.take_fault(STATE.set["faults"], self.command, path)
            if fault and self.fails(fault):
                return None
            self.check_token()
            self.body = json.loads(data) if data else None
            status, value = self.route(path)
            if self.command != "GET" and "/search/" not in path:
                with STATE.lock:
                    STATE.writes["%s %s" % (self.command, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path))] += 1
            if fault.get("do") == "created":
                raise Refused(fault.get("status", 503), "Service is not available")
            self.deliver(status, value, fault)
        except Refused as refused:
            self.answer(refused.status, {"errors": refused.errors})
        return None

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

    def fails(self, fault):
        """Does what comes instead of the answer; true when it did."""
        do = fault.get("do")
        if do == "status":
            self.answer_bytes(fault["status"], fault.get("body", '{"errors": ["as the test wants it"]}').encode(), fault.get("headers", []))
        elif do == "html":
            self.answer_bytes(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", [("Content-Type", "text/html")])
        elif do == "reset":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif do == "hang":
            time.sleep(fault.get("seconds", 60))
            return False
        else:
            return False
        return True

    def deliver(self, status, value, fault):
        if fault.get("do") not in ("cut", "drip"):
            return self.answer(status, value)
        data = json.dumps(value).encode()
        if fault["do"] == "cut":
            self.answer_bytes(status, data[:len(data) // 2], length=len(data))
        else:
            self.answer_bytes(status, b"", length=len(data))
            for at in range(0, len(data), 8):
                self.wfile.write(data[at:at + 8])
                self.wfile.flush()
                time.sleep(fault.get("seconds", 0.2))
        self.wfile.flush()
        self.close_connection = True
        return None

    def control(self, data):
        with STATE.lock:
            if self.command == "POST":
                STATE.control(json.loads(data))
            shown = {"requests": STATE.requests, "peak_second": STATE.peak_second, "peak_window": STATE.peak_window, "refused": STATE.refused,
                     "writes": dict(STATE.writes), "webhooks": STATE.sent[-2000:], "log": list(STATE.log)[-2000:], "searched": list(STATE.searched),
                     "media_port": iconik_media.MEDIA.port, "media_requests": iconik_media.MEDIA.requests,
                     "media_headers": sorted(iconik_media.MEDIA.headers),
                     "counts": {"assets": len(STATE.assets), "jobs": len(STATE.jobs), "segments": sum(map(len, STATE.segments.values()))}}
            for name, asset in self.query.items():
                rows = getattr(STATE, name)
                shown[name] = rows if asset == "*" else rows.get(asset, [])
        self.left = None
        self.answer(200, shown)

    def check_token(self):
        app, token = self.headers.get("App-ID"), self.headers.get("Auth-Token")
        if not app or not token or STATE.set["tokens"].get(app) != token:
            raise Refused(401, "Token is invalid")

    # --- routes
    def route(self, path):
        import iconik_routes
        for method, pattern, function in iconik_routes.ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                with STATE.lock:
                    return function(STATE, self, *found.groups())
        raise Refused(404, "Not found")


if __name__ == "__main__":
    import sys
    sys.modules["iconik"] = sys.modules["__main__"]  # the routes' import gets this one
    iconik_media.MEDIA.port = serving.start(iconik_media.Handler).server_address[1]
    serving.serve(Handler)
