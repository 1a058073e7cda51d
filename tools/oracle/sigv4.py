#!/usr/bin/env python3
"""Compares our signatures with botocore's on random requests: of S3 with odd keys, sub-resources, queries, tokens, in
both forms; and of SQS, with paths.
usage: sigv4.py PROGRAM [COUNT [SEED]]     PROGRAM: build/asan/tests/unit/sources/s3/s3_sign_lines (target s3_sign_lines)
The Python must have botocore (tools/pins.txt; script/bootstrap bench installs it)."""
import datetime, hashlib, json, random, subprocess, sys, urllib.parse
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PIECES = ["+", "%", " ", "/", "//", "..", "/../", "/./", "~", "!", "*", "'", "(", ")", "&", "=", "?", "#", ";", ":",
          "@", ",", "$", "[", "]", "|", "\\", '"', "<", ">", "^", "`", "{", "}", "%2F", "%25", "é", "日本", "\U0001f3ac",
          "a", "Z", "7", "-", "_", ".", "clip", "\x01", "\x7f", "\t"]
SUBRESOURCES = ["uploads", "lifecycle", "versioning", "acl", "tagging", "location", "versions", "list-type", "policy"]
PARAMETERS = ["prefix", "marker", "continuation-token", "start-after", "delimiter", "max-keys", "uploadId",
              "partNumber", "versionId", "encoding-type", "response-content-type", "é", "a b", "x+y"]


def text(random_, low, high):
    return "".join(random_.choice(PIECES) for _ in range(random_.randint(low, high)))


def make(r):
    region = r.choice(["us-east-1", "eu-central-1", "local", "name.cloud.example"])
    virtual = r.random() < 0.3
    host = r.choice(["s3.amazonaws.com", "127.0.0.1:9000", "store.example:8443", "name.cloud.example"])
    host = "bucket." + host if virtual and ":" not in host else host
    query = {}
    if r.random() < 0.5:
        for _ in range(r.randint(1, 4)):
            query[r.choice(PARAMETERS)] = text(r, 0, 8)
    if r.random() < 0.3:
        query[r.choice(SUBRESOURCES)] = ""
    headers = {}
    if r.random() < 0.5:
        headers["Range"] = "bytes=%d-%d" % (r.randint(0, 99), r.randint(100, 10**12))
    if r.random() < 0.3:
        headers["x-amz-meta-" + r.choice(["a", "b-c", "Z"])] = r.choice(["", "  two   spaces ", "plain", "a,b"])
    if r.random() < 0.3:
        headers["If-Match"] = '"%032x"' % r.getrandbits(128)
    body = bytes(r.getrandbits(8) for _ in range(r.randint(0, 40)))
    return {
        "service": "s3", "method": r.choice(["GET", "GET", "HEAD", "PUT", "POST", "DELETE"]), "host": host,
        "path": "/" + ("" if virtual else "bucket/") + text(r, 0, 20), "query": query, "headers": headers,
        "payload_hash": r.choice([hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"]),
        "access_key": "AK" + "".join(r.choice("ABCDEF234567") for _ in range(18)),
        "secret_key": "".join(r.choice("abcXYZ/+=0189") for _ in range(r.randint(1, 60))),
        "session_token": r.choice(["", "", "FwoG+/=" * r.randint(1, 30)]), "region": region,
        "time": r.randint(946684800, 4102444799), "presign": r.random() < 0.3, "life": r.randint(1, 604800),
    }


def make_sqs(r):
    """A request to a queue: a POST of JSON, to an endpoint that may be below a path."""
    request = make(r)
    path = "/" + "/".join(r.choice(["queue", "a b", "é", "x%y", "~", "a+b"]) for _ in range(r.randint(0, 3)))
    body = bytes(r.getrandbits(8) for _ in range(r.randint(0, 40)))
    return {**request, "service": "sqs", "method": "POST", "path": path, "query": {}, "presign": False,
            "headers": {"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.ReceiveMessage"},
            "payload_hash": hashlib.sha256(body).hexdigest()}


def line(request):
    coded = {}
    for name, value in request.items():
        if isinstance(value, dict):
            coded[name] = [[k.encode().hex(), v.encode().hex()] for k, v in value.items()]
        else:
            coded[name] = value.encode().hex() if isinstance(value, str) else value
    return json.dumps(coded)


class GeneralSigner(botocore.auth.SigV4Auth):
    """As HeaderSigner, for services other than S3."""

    def __init__(self, credentials, service, region, payload_hash):
        super().__init__(credentials, service, region)
        self.given = payload_hash

    def payload(self, request):
        return self.given


class HeaderSigner(botocore.auth.S3SigV4Auth):
    """Takes the payload's digest from the request, and does not set the time."""

    def __init__(self, credentials, region, payload_hash):
        super().__init__(credentials, "s3", region)
        self.given = payload_hash

    def payload(self, request):
        return self.given


def expected(request):
    now = datetime.datetime.fromtimestamp(request["time"], datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda *a, **k: now.replace(tzinfo=None)
    credentials = Credentials(request["access_key"], request["secret_key"], request["session_token"] or None)
    url = "http://" + request["host"] + urllib.parse.quote(request["path"], safe="/~")
    if request["query"]:
        url += "?" + urllib.parse.urlencode(request["query"], quote_via=urllib.parse.quote, safe="~")
    aws = AWSRequest(request["method"], url, headers={"Host": request["host"], **request["headers"]})
    if request["presign"]:
        botocore.auth.S3SigV4QueryAuth(credentials, "s3", request["region"], request["life"]).add_auth(aws)
        query = aws.url.split("?", 1)[1]
        return dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    if request["service"] != "s3":
        GeneralSigner(credentials, request["service"], request["region"], request["payload_hash"]).add_auth(aws)
        return aws.headers["Authorization"]
    HeaderSigner(credentials, request["region"], request["payload_hash"]).add_auth(aws)
    return aws.headers["Authorization"]


def same(request, ours):
    wanted = expected(request)
    if isinstance(wanted, dict):
        return dict(urllib.parse.parse_qsl(ours, keep_blank_values=True)) == wanted
    return ours == wanted


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    r, wrong, left = random.Random(seed), 0, count
    while left:
        batch = [make_sqs(r) if r.random() < 0.1 else make(r) for _ in range(min(left, 10_000))]
        left -= len(batch)
        lines = "\n".join(map(line, batch)) + "\n"
        answers = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(answers) == len(batch), "one signature a request"
        for request, ours in zip(batch, answers):
            if not same(request, ours):
                wrong += 1
                if wrong <= 3:
                    print("differs:", json.dumps(request), "\n  ours:    ", ours, "\n  botocore:", expected(request))
    print(f"{count} random requests, {wrong} signatures differ from botocore's")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
