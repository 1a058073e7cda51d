"""What the fake Iconik's signed URLs lead to: bytes by ranges, for a while, and to nobody who shows Iconik's credentials."""
import hashlib, http.server, re, secrets, socket, threading, time, urllib.parse

import serving


class Media:
    def __init__(self):
        self.lock, self.objects, self.urls = threading.Lock(), {}, {}
        self.seconds, self.port, self.requests, self.headers, self.faults = 3600, 0, 0, set(), []

    def keep(self, name, data):
        with self.lock:
            self.objects[name] = data

    def sign(self, name):
        with self.lock:
            signature = secrets.token_hex(16)
            self.urls[signature] = (name, time.time() + self.seconds)
            return "http://127.0.0.1:%d/media/%s?X-Signature=%s" % (self.port, name, signature)

    def expire(self):
        with self.lock:
            self.urls.clear()


MEDIA = Media()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *a):
        pass

    def answer(self, status, data, headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        with MEDIA.lock:
            MEDIA.requests += 1
            MEDIA.headers.update(name.lower() for name in self.headers)
            name, until = MEDIA.urls.get(dict(urllib.parse.parse_qsl(query)).get("X-Signature"), ("", 0))
            data = MEDIA.objects.get(name)
            fault = serving.take_fault(MEDIA.faults, "GET", path) if MEDIA.faults else {}
        if self.headers.get("App-ID") or self.headers.get("Auth-Token"):
            return self.answer(400, b"these credentials are not for this store")
        if data is None or path != "/media/" + name or until <= time.time():
            return self.answer(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
        if fault.get("do") == "status":
            return self.answer(fault["status"], b"")
        if fault.get("do") == "redirect":
            return self.answer(fault.get("status", 302), b"", [("Location", fault.get("to", self.path).replace("SELF", self.path))])
        if fault.get("do") == "reset":
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        first, last, status = 0, len(data) - 1, 200
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked:
            first, last, status = int(asked[1]), min(int(asked[2] or last), last), 206
            if first >= len(data):
                return self.answer(416, b"")
        headers = [("ETag", '"%s"' % hashlib.md5(data).hexdigest()), ("Content-Type", "video/mp4"), ("Accept-Ranges", "bytes")]
        if status == 206:
            headers.append(("Content-Range", "bytes %d-%d/%d" % (first, last, len(data))))
        part = data[first:last + 1]
        if fault.get("do") == "cut":
            self.answer(status, part[:len(part) // 2], headers, len(part))
            self.wfile.flush()
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        return self.answer(status, part, headers)
