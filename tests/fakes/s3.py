#!/usr/bin/env python3
"""A synthetic S3 for tests: strict about signatures, keeps objects in memory, makes up buckets of millions of keys,
and has the faults it is told to have. It prints its port, and ends when its standard input does.

Objects are made through the S3 API itself, or by POST /_control {put: {BUCKET/KEY: BASE64}}. It (unsigned, JSON) also sets:
  credentials {ACCESS: SECRET}   token: the session token that is required    expired [ACCESS, …]   denied [PREFIX, …]
  clock: seconds its clock is ahead    region: of its buckets    first_form: true knows only ListObjects
  many {BUCKET: COUNT}: keys "00/000000000.mxf", made up    per_folder: of them, else all in one    page: the most keys of a page
  delay: seconds that each listing takes
  archived [KEY, …]    restored [KEY, …]: of them, those that can be read again    ignore_encoding: true    repeat_token: true    unsorted: true    cut_xml: true
  faults [{method, key, query, times | share, do, …}] (serving.py): the first that fits is done; `do` is one of
     status {status, code, body, headers}   cut {bytes}   short {bytes}   drip   hang {seconds}   html
     ignore_range   wrong_range   flip (another ETag)   no_etag   grow (another length)
Objects keep their x-amz-meta-…, and answer with it.
GET /_control answers {requests, connections, log: [[method, path, status], …], headers: names ever seen,
meta: {BUCKET/KEY: {NAME: VALUE}} of objects that have any};
POST {show: BUCKET/KEY} answers {base64} beside them."""
import base64, bisect, calendar, hashlib, hmac, http.server, json, re, socket, threading, time, urllib.parse
from xml.sax.saxutils import escape

import serving

REGION = "us-east-1"
MADE_UP = "2026-11-24T02:31:00.000Z"  # when made-up objects were written


class State:
    def __init__(self):
        self.lock = threading.RLock()
        self.objects = {}  # (bucket, key bytes) -> dict
        self.buckets, self.uploads, self.log, self.headers = {"media"}, {}, [], set()
        self.connections = 0
        self.set = {"credentials": {"AKTEST": "SecretForTests"}, "region": REGION, "page": 1000, "faults": []}

    def get(self, name, default=None):
        return self.set.get(name, default)


STATE = State()


def encode(data, safe="-._~"):
    return urllib.parse.quote(data, safe=safe)


def signature(secret, day, region, text):
    key = ("AWS4" + secret).encode()
    for piece in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, piece.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Refused(Exception):
    def __init__(self, status, code, message="", **more):
        super().__init__(code)
        self.status, self.code, self.message, self.more = status, code, message, more


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def setup(self):
        super().setup()
        with STATE.lock:
            STATE.connections += 1

    def log_message(self, *a):
        pass

    def date_time_string(self, timestamp=None):
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(now + STATE.get("clock", 0))

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
        more = "".join("<%s>%s</%s>" % (k, escape(v), k) for k, v in refused.more.items())
        body = "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message>%s</Error>" % (
            refused.code, escape(refused.message), more)
        self.answer(refused.status, body.encode(), [("Content-Type", "application/xml")])

    # --- signatures
    def check(self, body):
        query = [tuple(pair.split("=", 1)) if "=" in pair else (pair, "") for pair in self.raw_query.split("&") if pair]
        values = {k: urllib.parse.unquote(v) for k, v in query}
        presigned = "X-Amz-Signature" in values
        if presigned:
            credential, signed = values["X-Amz-Credential"], values["X-Amz-SignedHeaders"]
            theirs, when = values["X-Amz-Signature"], values["X-Amz-Date"]
            query = [pair for pair in query if pair[0] != "X-Amz-Signature"]
            token, payload = values.get("X-Amz-Security-Token", ""), "UNSIGNED-PAYLOAD"
        else:
            m = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})",
                             self.headers.get("Authorization", ""))
            if not m:
                raise Refused(403, "AccessDenied", "no signature")
            credential, signed, theirs = m.groups()
            when, token = self.headers.get("X-Amz-Date", ""), self.headers.get("X-Amz-Security-Token", "")
            payload = self.headers.get("X-Amz-Content-Sha256", "")
        access, day, region, service, end = credential.split("/")
        if access not in STATE.get("credentials"):
            raise Refused(403, "InvalidAccessKeyId", "unknown key")
        if access in STATE.get("expired", []):
            raise Refused(403, "ExpiredToken", "The provided token has expired.")
        if token != STATE.get("token", ""):
            raise Refused(403, "InvalidToken")
        if region != STATE.get("region"):
            raise Refused(400, "AuthorizationHeaderMalformed", "wrong region", Region=STATE.get("region"))
        signed_at = calendar.timegm(time.strptime(when, "%Y%m%dT%H%M%SZ"))
        now = time.time() + STATE.get("clock", 0)
        if presigned and now > signed_at + int(values["X-Amz-Expires"]):
            raise Refused(403, "AccessDenied", "Request has expired")
        if not presigned and abs(now - signed_at) > 900:
            raise Refused(403, "RequestTimeTooSkewed", "the clocks differ")
        canonical = "&".join("%s=%s" % pair for pair in sorted(query))
        lines = "".join("%s:%s\n" % (n, " ".join((self.headers.get(n) or "").split())) for n in signed.split(";"))
        text = "\n".join([self.command, encode(urllib.parse.unquote_to_bytes(self.raw_path), "/-._~"), canonical, lines,
                          signed, payload])
        string = "\n".join(["AWS4-HMAC-SHA256", when, "/".join([day, region, service, end]),
                            hashlib.sha256(text.encode()).hexdigest()])
        if not hmac.compare_digest(theirs, signature(STATE.get("credentials")[access], day, region, string)):
            raise Refused(403, "SignatureDoesNotMatch", "wrong signature")
        if payload != "UNSIGNED-PAYLOAD" and payload != hashlib.sha256(body).hexdigest():
            raise Refused(400, "XAmzContentSHA256Mismatch")

    # --- requests
    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        STATE.headers.update(name.lower() for name in self.headers)
        self.raw_path, _, self.raw_query = self.path.partition("?")
        if self.raw_path == "/_control":
            return self.control(body)
        bucket, _, key = urllib.parse.unquote_to_bytes(self.raw_path)[1:].partition(b"/")
        self.bucket, self.key = bucket.decode(), key
        self.query = dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True))
        with STATE.lock:
            fault = serving.take_fault(STATE.get("faults"), self.command, self.raw_path, self.raw_query, key.decode("utf-8", "replace"))
        try:
            if fault.get("do") == "status":
                headers = [tuple(h) for h in fault.get("headers", [])]
                text = fault.get("body", "<Error><Code>%s</Code></Error>" % fault["code"] if "code" in fault else "")
                return self.answer(fault["status"], text.encode(), headers)
            if fault.get("do") == "html":
                return self.answer(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", [("Content-Type", "text/html")])
            if fault.get("do") == "hang":
                time.sleep(fault.get("seconds", 60))
            self.check(body)
            if self.bucket not in STATE.buckets and self.bucket not in STATE.get("many", {}):
                raise Refused(404, "NoSuchBucket")
            name = key.decode("utf-8", "replace") or self.query.get("prefix", "")
            if any(name.startswith(prefix) for prefix in STATE.get("denied", [])):
                raise Refused(403, "AccessDenied", "Access Denied")
            if not key:
                return self.list_objects()
            getattr(self, "object_" + self.command.lower())(body, fault)
        except Refused as refused:
            self.refuse(refused)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_one

    def control(self, body):
        with STATE.lock:
            asked = json.loads(body) if self.command == "POST" else {}
            for name, data in asked.pop("put", {}).items():
                self.bucket, key = name.split("/", 1)
                self.key = key.encode()
                STATE.buckets.add(self.bucket)
                self.store(base64.b64decode(data), "application/octet-stream")
            shown = tuple(asked.pop("show", "/").split("/", 1))
            STATE.set.update(asked)
            state = {"requests": len(STATE.log), "connections": STATE.connections, "log": STATE.log[-2000:],
                     "headers": sorted(STATE.headers), "uploads": len(STATE.uploads),
                     "meta": {f"{bucket}/{key.decode('utf-8', 'replace')}": found["meta"]
                              for (bucket, key), found in STATE.objects.items() if found["meta"]}}
            if (shown[0], shown[1].encode()) in STATE.objects:
                state["base64"] = base64.b64encode(STATE.objects[shown[0], shown[1].encode()]["data"]).decode()
        data = json.dumps(state).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    # --- listings
    def keys_after(self, after, prefix, most):
        """Up to `most` (key, etag, size, storage class, time) behind `after`, in the order of bytes."""
        count = STATE.get("many", {}).get(self.bucket)
        if count is not None:
            made_up = lambda i: ("%02d/%09d.mxf" % (i // STATE.get("per_folder", 10**9), i)).encode()
            at = max(bisect.bisect_right(range(count), after, key=made_up), bisect.bisect_left(range(count), prefix, key=made_up))
            made = (key for key in map(made_up, range(at, min(count, at + most))) if key.startswith(prefix))
            return [(key, "%032x" % (hash(key) & (2**128 - 1)), 1234567, "STANDARD", MADE_UP) for key in made]
        with STATE.lock:
            found = sorted(k for b, k in STATE.objects if b == self.bucket and k > after and k.startswith(prefix))
            return [(k, o["etag"], len(o["data"]), "GLACIER" if k.decode("utf-8", "replace") in STATE.get("archived", [])
                     else "STANDARD", self.listed(o["time"])) for k, o in ((k, STATE.objects[self.bucket, k]) for k in found[:most])]

    def folders_and_keys(self, after, prefix, most):
        """The same with what stands in a folder in its place: (folder, None, …)."""
        found = []
        while len(found) < most and (next_key := self.keys_after(after, prefix, 1)):
            after = next_key[0][0]
            slash = after.find(b"/", len(prefix))
            found.append((after[:slash + 1], None) if slash >= 0 else next_key[0])
            after = after[:slash + 1] + b"\xff" * 8 if slash >= 0 else after
        return found

    def listed(self, when):
        return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(when + STATE.get("clock", 0)))

    def list_objects(self):
        q, first = self.query, STATE.get("first_form", False) or self.query.get("list-type") != "2"
        raw = dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True, encoding="latin-1"))
        prefix = raw.get("prefix", "").encode("latin-1")
        after = raw.get("marker" if first else "start-after", "").encode("latin-1")
        if not first and "continuation-token" in q:
            after = bytes.fromhex(q["continuation-token"])
        most = min(int(q.get("max-keys", 1000)), STATE.get("page"))
        if STATE.get("repeat_token") and after:
            after = b""
        time.sleep(STATE.get("delay", 0))
        if "delimiter" in q:
            after += b"\xff" * 8 if after.endswith(b"/") and after != prefix else b""
            found = self.folders_and_keys(after, prefix, most + 1)
        else:
            found = self.keys_after(after, prefix, most + 1)
        more, found = len(found) > most, found[:most]
        url = q.get("encoding-type") == "url" and not STATE.get("ignore_encoding")
        show = (lambda k: encode(k, "/-._~").replace("%20", "+")) if url else (lambda k: escape(k.decode("utf-8", "replace")))
        last = found[-1][0] if found else b""
        if STATE.get("unsorted"):
            found.reverse()
        xml = ['<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
               "<Name>%s</Name><IsTruncated>%s</IsTruncated>" % (self.bucket, str(more).lower())]
        if url:
            xml.append("<EncodingType>url</EncodingType>")
        if first:
            xml.append("<Marker>%s</Marker>" % show(after))
        else:
            xml.append("<KeyCount>%d</KeyCount>" % len(found))
            if more:
                xml.append("<NextContinuationToken>%s</NextContinuationToken>" % last.hex())
        for folder in [row[0] for row in found if row[1] is None]:
            xml.append("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % show(folder))
        for key, etag, size, storage, when in [row for row in found if row[1] is not None]:
            xml.append("<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>&quot;%s&quot;"
                       "</ETag><Size>%d</Size><StorageClass>%s</StorageClass></Contents>" % (show(key), when, etag, size, storage))
        data = "".join(xml + ["</ListBucketResult>"]).encode()
        self.answer(200, data[: len(data) // 2] if STATE.get("cut_xml") else data, [("Content-Type", "application/xml")])

    # --- objects
    def object_head(self, body, fault):
        self.object_get(body, fault)

    def object_get(self, body, fault):
        with STATE.lock:
            found = STATE.objects.get((self.bucket, self.key))
        if found is None:
            raise Refused(404, "NoSuchKey")
        data, etag = found["data"], found["etag"]
        name = self.key.decode("utf-8", "replace")
        archived, restored = name in STATE.get("archived", []), name in STATE.get("restored", [])
        if archived and not restored and self.command == "GET":
            raise Refused(403, "InvalidObjectState")
        do = fault.get("do", "")
        if do != "flip" and self.headers.get("If-Match", '"%s"' % etag).strip('"') != etag:
            raise Refused(412, "PreconditionFailed")
        if do == "flip":
            etag = "f" * 32
        if do == "grow":
            data = data + b"more"
        first, last, status = 0, len(data) - 1, 200
        m = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if m and do != "ignore_range":
            first, last, status = int(m[1]), min(int(m[2] or last), last), 206
            if first >= len(data):
                raise Refused(416, "InvalidRange")
            if do == "wrong_range":
                first, last = 0, last - first
        part = data[first:last + 1]
        headers = [("Last-Modified", self.date_time_string(found["time"])), ("Content-Type", found["type"])]
        headers += [] if do == "no_etag" else [("ETag", '"%s"' % etag)]
        headers += [("Content-Range", "bytes %d-%d/%d" % (first, last, len(data)))] if status == 206 else []
        headers += [("x-amz-storage-class", "GLACIER")] if archived else []
        headers += list(found["meta"].items())
        if archived and (restored or found.get("restoring")):
            headers.append(("x-amz-restore", 'ongoing-request="%s"' % str(not restored).lower()))
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
        with STATE.lock:
            if "uploadId" in self.query:
                etag = hashlib.md5(body).hexdigest()
                upload = STATE.uploads.get(self.query["uploadId"])
                if upload is None:
                    raise Refused(404, "NoSuchUpload")
                upload["parts"][int(self.query["partNumber"])] = (etag, body)
            else:
                etag = self.store(body, self.headers.get("Content-Type", ""))
        self.answer(200, b"", [("ETag", '"%s"' % etag)])

    def metadata(self):
        return {k.lower(): v for k, v in self.headers.items() if k.lower().startswith("x-amz-meta-")}

    def store(self, data, kind, etag=None, meta=None):
        etag = etag or hashlib.md5(data).hexdigest()
        meta = self.metadata() if meta is None else meta
        if sum(len(k) - len("x-amz-meta-") + len(v) for k, v in meta.items()) > 2048:
            raise Refused(400, "MetadataTooLarge")
        STATE.objects[self.bucket, self.key] = {"data": data, "etag": etag, "time": time.time(), "type": kind, "meta": meta}
        return etag

    def restore(self, body):
        found = STATE.objects.get((self.bucket, self.key))
        if found is None or self.key.decode("utf-8", "replace") not in STATE.get("archived", []):
            raise Refused(403, "InvalidObjectState")
        if not re.search(rb"<Days>[1-9]\d*</Days>.*<Tier>(Standard|Bulk|Expedited)</Tier>", body):
            raise Refused(400, "MalformedXML")
        if found.get("restoring"):
            raise Refused(409, "RestoreAlreadyInProgress")
        found["restoring"] = True
        return self.answer(202)

    def object_post(self, body, _fault):
        with STATE.lock:
            if "uploads" in self.query:
                name = "up/load+%d=" % (len(STATE.log))
                STATE.uploads[name] = {"parts": {}, "type": self.headers.get("Content-Type", ""), "meta": self.metadata()}
                xml = "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>" % name
                return self.answer(200, xml.encode())
            if "restore" in self.query:
                return self.restore(body)
            upload = STATE.uploads.pop(self.query["uploadId"])
            asked = re.findall(r"<PartNumber>(\d+)</PartNumber><ETag>&quot;(\w+)&quot;", body.decode())
            parts = [upload["parts"][int(number)] for number, _ in asked]
            if [etag for etag, _ in parts] != [etag for _, etag in asked]:
                raise Refused(400, "InvalidPart")
            data = b"".join(data for _, data in parts)
            etag = hashlib.md5(b"".join(bytes.fromhex(e) for e, _ in parts)).hexdigest() + "-%d" % len(parts)
            self.store(data, upload["type"], etag, upload["meta"])
        xml = "<CompleteMultipartUploadResult><ETag>&quot;%s&quot;</ETag></CompleteMultipartUploadResult>" % etag
        return self.answer(200, xml.encode())

    def object_delete(self, _body, _fault):
        with STATE.lock:
            if "uploadId" in self.query:
                STATE.uploads.pop(self.query["uploadId"], None)
            else:
                STATE.objects.pop((self.bucket, self.key), None)
        self.answer(204)


if __name__ == "__main__":
    serving.serve(Handler)
