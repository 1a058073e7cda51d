#!/usr/bin/env python3
"""A synthetic DataCore Swarm for tests: its own HTTP API as a Content Gateway speaks it, with tokens, a search index that
listings come from, objects in memory, buckets of millions of names made up, and the faults it is told to have. It prints
its port, and ends when its standard input does.

Objects are made through the API itself, or by POST /_control {put: {BUCKET/NAME: BASE64}}. It (no token, JSON) also sets:
  tokens {ID: SECONDS}: lives so long from now    secret_tokens [ID, …]: made with a secret key, which only sign for S3
  refusal: status of a token that is not taken (401)    refusal_body: what is said then    denied [PREFIX, …]: by a policy, 403
  domain: the only one it has (else any)    buckets [NAME, …]    page: the most names of a page
  many {BUCKET: COUNT}: names "00/000000000.mxf", made up    unlisted [NAME, …]: not in the index yet
  plain_fields: true names the fields as listings without `fields` do    no_put: true creates by POST only
  cut_json, repeat_marker, unsorted, marker_included, ignore_prefix, ignore_if_match: true
  faults [{method, key, query, times | share, do, …}] (serving.py): the first that fits is done; `do` is one of
     status {status, body, headers}   cut {bytes}   short {bytes}   drip   hang {seconds}   html
     ignore_range   wrong_range   flip (another ETag)   no_etag   grow (another length)
POST /.TOKEN/ with HTTP Basic (users {NAME: PASSWORD}) makes a token: X-User-Token-Expires-Meta ("+DAYS", seconds since 1970,
"YYYY-MM-DD"), X-User-Secret-Key-Meta. GET /.TOKEN/?format=json lists them, DELETE /.TOKEN/ID removes one.
GET /_control answers {requests, connections, log: [[method, path, status], …], headers: names ever seen, cookies: ever seen};
POST {show: BUCKET/NAME} answers {base64} beside them."""
import base64, calendar, http.server, json, re, secrets, socket, threading, time, urllib.parse

import serving

DAY = 24 * 3600


class State:
    def __init__(self):
        self.lock = threading.RLock()
        self.objects = {}  # (bucket, name) -> dict
        self.tokens = {"0123456789abcdef0123456789abcdef": {"expires": time.time() + DAY, "secret": False, "owner": "admin"}}
        self.log, self.headers, self.cookies, self.connections = [], set(), set(), 0
        self.set = {"buckets": ["media"], "users": {"admin": "PasswordForTests"}, "page": 1000, "refusal": 401, "faults": []}

    def get(self, name, default=None):
        return self.set.get(name, default)

    def update(self, changes):
        with self.lock:
            for token, seconds in changes.pop("tokens", {}).items():
                self.tokens[token] = {"expires": time.time() + seconds, "secret": False, "owner": "admin"}
            for token in changes.pop("secret_tokens", []):
                self.tokens[token] = {"expires": time.time() + DAY, "secret": True, "owner": "admin"}
            self.set.update(changes)


STATE = State()


class Refused(Exception):
    def __init__(self, status, message="", headers=()):
        super().__init__(message)
        self.status, self.message, self.headers = status, message, list(headers)


def expiry(text):
    """When a token ends that was asked for with this header; 24 h from now without one."""
    if not text:
        return time.time() + DAY
    if text.startswith("+"):
        return time.time() + float(text[1:]) * DAY
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return calendar.timegm(time.strptime(text, "%Y-%m-%d"))
    if re.fullmatch(r"\d{4}", text):
        return calendar.timegm((int(text), 1, 1, 0, 0, 0))
    if re.fullmatch(r"\d{9,}", text):
        return int(text)
    raise Refused(400, "cannot read X-User-Token-Expires-Meta")


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".%06dZ" % (seconds % 1 * 1e6)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "CAStor Cluster/15.0"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def setup(self):
        super().setup()
        with STATE.lock:
            STATE.connections += 1

    def log_message(self, *a):
        pass

    # --- answers
    def answer(self, status, body=b"", headers=(), length=None):
        STATE.log.append([self.command, self.path, status])
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, refused):
        body = "<html><body><h2>CAStor Error</h2><br>%s</body></html>" % refused.message
        self.answer(refused.status, body.encode(), [("Content-Type", "text/html")] + refused.headers)

    # --- who asks
    def check_token(self):
        cookie = self.headers.get("Cookie", "")
        STATE.cookies.add(cookie)
        token = STATE.tokens.get(cookie[len("token="):]) if cookie.startswith("token=") else None
        status, words = STATE.get("refusal"), STATE.get("refusal_body", "Requires authentication")
        challenge = [("WWW-Authenticate", 'Basic realm="CAStor"')] if status == 401 else []
        if token is None or token["expires"] <= time.time():
            raise Refused(status, words, challenge)
        if token["secret"]:
            raise Refused(status, words, challenge)

    def check_basic(self):
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        user, _, password = base64.b64decode(text or "").decode().partition(":")
        if kind != "Basic" or STATE.get("users").get(user) != password:
            raise Refused(401, "Requires authentication", [("WWW-Authenticate", 'Basic realm="CAStor"')])
        return user

    # --- requests
    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        STATE.headers.update(name.lower() for name in self.headers)
        raw_path, _, self.raw_query = self.path.partition("?")
        if raw_path == "/_control":
            return self.control(body)
        path = urllib.parse.unquote(raw_path, errors="strict")
        self.bucket, _, self.key = path[1:].partition("/")
        self.query = dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True))
        with STATE.lock:
            fault = serving.take_fault(STATE.get("faults"), self.command, path, self.raw_query, self.key)
        try:
            if fault.get("do") == "status":
                headers = [tuple(h) for h in fault.get("headers", [])]
                return self.answer(fault["status"], fault.get("body", "").encode(), headers)
            if fault.get("do") == "html":
                return self.answer(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", [("Content-Type", "text/html")])
            if fault.get("do") == "hang":
                time.sleep(fault.get("seconds", 60))
            if self.bucket == ".TOKEN":
                return self.tokens()
            self.check_token()
            self.check_place()
            if not self.key:
                return self.answer(200) if self.command == "HEAD" else self.list_objects()
            getattr(self, "object_" + self.command.lower())(body, fault)
        except Refused as refused:
            self.refuse(refused)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_one

    def check_place(self):
        domain = STATE.get("domain")
        if domain and self.query.get("domain") != domain:
            raise Refused(404, "Requested domain was not found")
        if self.bucket not in STATE.get("buckets") and self.bucket not in STATE.get("many", {}):
            raise Refused(404, "Requested bucket was not found")
        name = self.key or self.query.get("prefix", "")
        if any(name.startswith(prefix) for prefix in STATE.get("denied", [])):
            raise Refused(403, "Forbidden by the policy")

    def control(self, body):
        with STATE.lock:
            asked = json.loads(body) if self.command == "POST" else {}
            for name, data in asked.pop("put", {}).items():
                self.bucket, self.key = name.split("/", 1)
                self.keep(base64.b64decode(data), "application/octet-stream")
            shown = tuple(asked.pop("show", "/").split("/", 1))
            STATE.update(asked)
            state = {"requests": len(STATE.log), "connections": STATE.connections, "log": STATE.log[-2000:],
                     "headers": sorted(STATE.headers), "cookies": sorted(STATE.cookies)}
            if shown in STATE.objects:
                state["base64"] = base64.b64encode(STATE.objects[shown]["data"]).decode()
        data = json.dumps(state).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    # --- tokens
    def tokens(self):
        owner = self.check_basic()
        with STATE.lock:
            if self.command == "POST":
                token = secrets.token_hex(16)
                STATE.tokens[token] = {"expires": expiry(self.headers.get("X-User-Token-Expires-Meta", "")),
                                       "secret": "X-User-Secret-Key-Meta" in self.headers, "owner": owner}
                headers = [("Gateway-Token", token)] if self.query.get("setcookie") == "false" else [
                    ("Set-Cookie", "token=%s; path=/" % token)]
                return self.answer(201, ("Token %s issued for %s with expiration %s\n" % (
                    token, owner, rfc3339(STATE.tokens[token]["expires"]))).encode(), headers)
            if self.command == "DELETE":
                if STATE.tokens.pop(self.key, None) is None:
                    raise Refused(404, "Requested token was not found")
                return self.answer(200)
            rows = [{"name": token, "x_owner_meta": row["owner"], "lifepoint": ["[%s] delete" % rfc3339(row["expires"])]}
                    for token, row in STATE.tokens.items()]
        return self.answer(200, json.dumps(rows).encode(), [("Content-Type", "application/json")])

    # --- listings, out of the index
    def names_after(self, after, prefix, most):
        """Up to `most` (name, etag, size, time, type) behind `after`, in the order of their bytes."""
        included = STATE.get("marker_included", False)
        count = STATE.get("many", {}).get(self.bucket)
        if count is not None:
            at = int(after[3:12]) + (0 if included else 1) if len(after) >= 12 else 0
            made = ("%02d/%09d.mxf" % (0, i) for i in range(at, min(count, at + most)))
            return [(name, "%032x" % (hash(name) & (2**128 - 1)), 1234567, 1e9, "video/mxf") for name in made]
        with STATE.lock:
            names = sorted((name for bucket, name in STATE.objects if bucket == self.bucket
                            and (name.encode() >= after.encode() if included else name.encode() > after.encode())
                            and (name.startswith(prefix) or STATE.get("ignore_prefix"))
                            and name not in STATE.get("unlisted", [])), key=str.encode)
            rows = [(name, STATE.objects[self.bucket, name]) for name in names[:most]]
            return [(name, o["etag"], len(o["data"]), o["time"], o["type"]) for name, o in rows]

    def list_objects(self):
        if self.query.get("format") != "json":
            raise Refused(400, "format=json or format=xml is due")
        most = min(int(self.query.get("size", 1000)), STATE.get("page"))
        after = self.query.get("marker", "")
        if STATE.get("repeat_marker") and after:
            after = ""
        found = self.names_after(after, self.query.get("prefix", ""), most)
        if STATE.get("unsorted"):
            found.reverse()
        if STATE.get("plain_fields"):
            rows = [{"last_modified": rfc3339(born), "bytes": size, "name": name, "hash": etag, "content_type": kind}
                    for name, etag, size, born, kind in found]
        else:
            rows = [{"name": name, "tmborn": rfc3339(born), "etag": etag, "content-length": size, "content-type": kind}
                    for name, etag, size, born, kind in found]
        data = json.dumps(rows, ensure_ascii=False).encode()
        self.answer(200, data[: len(data) // 2] if STATE.get("cut_json") else data, [("Content-Type", "application/json")])

    # --- objects
    def object_head(self, body, fault):
        self.object_get(body, fault)

    def object_get(self, _body, fault):
        with STATE.lock:
            found = STATE.objects.get((self.bucket, self.key))
        if found is None:
            raise Refused(404, "Requested stream was not found")
        data, etag, do = found["data"], found["etag"], fault.get("do", "")
        asked = self.headers.get("If-Match", '"%s"' % etag).strip('"')
        if do != "flip" and asked != etag and not STATE.get("ignore_if_match"):
            raise Refused(412, "Precondition failed")
        if do == "flip":
            etag = "f" * 32
        if do == "grow":
            data = data + b"more"
        first, last, status = 0, len(data) - 1, 200
        m = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if m and do != "ignore_range":
            first, last, status = int(m[1]), min(int(m[2] or last), last), 206
            if first >= len(data):
                raise Refused(416, "Requested range is not satisfiable")
            if do == "wrong_range":
                first, last = 0, last - first
        part = data[first:last + 1]
        headers = [("Last-Modified", self.date_time_string(found["time"])), ("Content-Type", found["type"]),
                   ("Castor-System-Name", urllib.parse.quote(self.key))]
        headers += [] if do == "no_etag" else [("ETag", '"%s"' % etag)]
        headers += [("Content-Range", "bytes %d-%d/%d" % (first, last, len(data)))] if status == 206 else []
        if do == "drip":
            return self.drip(status, headers, part)
        if do == "cut":
            self.answer(status, part[: fault["bytes"]], headers, len(part))
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return None
        self.answer(status, part[: fault["bytes"]] if do == "short" else part, headers)
        return None

    def drip(self, status, headers, part):
        self.answer(status, b"", headers, len(part))
        self.close_connection = True
        try:
            for at in range(len(part)):
                self.wfile.write(part[at:at + 1])
                self.wfile.flush()
                time.sleep(1)
        except OSError:
            pass

    def object_put(self, body, _fault):
        if STATE.get("no_put") and (self.bucket, self.key) not in STATE.objects:
            raise Refused(404, "Requested stream was not found")
        self.store(body)

    def object_post(self, body, _fault):
        self.store(body)

    def store(self, data):
        etag = self.keep(data, self.headers.get("Content-Type", "application/octet-stream"))
        self.answer(201, b"<html><body>New stream created</body></html>", [("ETag", '"%s"' % etag)])

    def keep(self, data, kind):
        etag = secrets.token_hex(16)  # opaque: another one with each write
        with STATE.lock:
            STATE.objects[self.bucket, self.key] = {"data": data, "etag": etag, "time": time.time(), "type": kind}
        return etag

    def object_delete(self, _body, _fault):
        with STATE.lock:
            if STATE.objects.pop((self.bucket, self.key), None) is None:
                raise Refused(404, "Requested stream was not found")
        self.answer(200)


if __name__ == "__main__":
    serving.serve(Handler)
