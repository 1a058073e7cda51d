"""A gate that checks signatures (AWS Signature Version 4) in front of a server that does not: botocore computes
each one anew. It counts what passes."""
import datetime, hashlib, http.client, http.server, json, re, sys
import botocore.compat
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$")
HOP_BY_HOP = ("transfer-encoding", "content-length", "connection", "date", "server")


class Refusal(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


class Signer(SigV4Auth):
    """Signs the headers that the request says are signed."""

    def __init__(self, credentials, service, region, names, headers):
        super().__init__(credentials, service, region)
        self.names, self.headers = names, headers

    def headers_to_sign(self, request):
        signed = botocore.compat.HTTPHeaders()
        for name in self.names:
            signed[name] = " ".join((self.headers[name] or "").split())
        return signed


def check(method, path, headers, body, gate):
    """Raises a Refusal unless the request is signed as `gate` wants it."""
    found = AUTHORIZATION.match(headers.get("Authorization", ""))
    if not found:
        raise Refusal("MissingAuthenticationTokenException", "Missing or malformed Authorization")
    access_key, day, region, service, signed, signature = found.groups()
    time = headers.get("X-Amz-Date", "")
    if access_key != gate.access_key:
        raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
    if (region, service) != (gate.region, gate.service) or not time.startswith(day):
        raise Refusal("InvalidSignatureException", "Credential should be scoped to a valid region.")
    try:
        off = datetime.datetime.strptime(time, "%Y%m%dT%H%M%SZ") - utc_now() - gate.ahead
    except ValueError:
        raise Refusal("IncompleteSignatureException", "X-Amz-Date")
    if abs(off.total_seconds()) > 900:
        raise Refusal("InvalidSignatureException", "Signature expired")
    names = signed.split(";")
    if "host" not in names or "x-amz-date" not in names:
        raise Refusal("InvalidSignatureException", "host and x-amz-date must be signed")
    request = AWSRequest(method, "http://%s%s" % (headers["Host"], path),
                         headers={name: headers[name] for name in names if name in headers}, data=body)
    request.context["timestamp"] = time
    signer = Signer(Credentials(gate.access_key, gate.secret_key), service, region, names, headers)
    wanted = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    digest = headers.get("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
    if wanted != signature or digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
        raise Refusal("InvalidSignatureException", "The request signature we calculated does not match the "
                      "signature you provided. Check your AWS Secret Access Key and signing method.")


class Gate(http.server.ThreadingHTTPServer):
    """Passes what is signed on to 127.0.0.1:`upstream`. POST /_control {"ahead": seconds} sets its clock, GET
    /_control tells {requests: {OPERATION: how many}, upstream: the port behind it}; what begins with /_unsigned passes without that."""
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, port, upstream, access_key, secret_key, service, region):
        super().__init__(("127.0.0.1", port), Passage)
        self.upstream, self.access_key, self.secret_key = upstream, access_key, secret_key
        self.service, self.region = service, region
        self.ahead, self.counts = datetime.timedelta(), {}

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # who asked was killed
            super().handle_error(request, client_address)


class Passage(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def date_time_string(self, timestamp=None):
        return super().date_time_string((utc_now() + self.server.ahead).replace(
            tzinfo=datetime.timezone.utc).timestamp() if timestamp is None else timestamp)

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def control(self, body):
        if self.command == "POST":
            self.server.ahead = datetime.timedelta(seconds=json.loads(body)["ahead"])
        told = {"requests": self.server.counts, "upstream": self.server.upstream}
        self.answer(200, json.dumps(told).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_control"):
            return self.control(body)
        path = self.path
        if path.startswith("/_unsigned"):
            path = path[len("/_unsigned"):]
        else:
            try:
                check(self.command, path, self.headers, body, self.server)
            except Refusal as refusal:
                text = {"__type": "com.amazon.coral.service#" + refusal.code, "message": str(refusal)}
                return self.answer(403, json.dumps(text).encode(), [("Content-Type", "application/x-amz-json-1.0")])
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            self.server.counts[operation] = self.server.counts.get(operation, 0) + 1
        self.pass_on(path, body)

    def pass_on(self, path, body):
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "host")}
        try:
            upstream.request(self.command, path, body, {**headers, "Host": self.headers["Host"]})
            response = upstream.getresponse()
            data = response.read()
            self.answer(response.status, data, [h for h in response.getheaders() if h[0].lower() not in HOP_BY_HOP])
        except OSError:
            self.close_connection = True
        finally:
            upstream.close()

    do_GET = do_POST

    def log_message(self, *_):
        pass
