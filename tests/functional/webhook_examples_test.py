"""The examples of docs/webhooks.md, each run as it stands there on messages that the service sent."""
import base64
import hashlib
import hmac
import http.server
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import unittest

from service import ServiceTest, wait_for

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/webhooks.md"
GO = 'package main\n\nimport (\n"crypto/hmac"\n"crypto/sha256"\n"encoding/base64"\n"errors"\n"os"\n"strconv"\n"strings"\n"time"\n)\n\n%s\n\n' \
     "func main() {\na := os.Args\nif Verify(a[1], a[2], a[3], a[4], a[5]) != nil {\nos.Exit(1)\n}\n}\n"
JAVA = "import java.nio.charset.StandardCharsets;\nimport java.security.*;\nimport java.util.Base64;\nimport javax.crypto.Mac;\n" \
       "import javax.crypto.spec.SecretKeySpec;\n\npublic class Example {\n%s\npublic static void main(String[] a) throws Exception {\n" \
       "System.exit(verify(a[0], a[1], a[2], a[3], a[4]) ? 0 : 1);\n}\n}\n"


def example(language: str) -> str:
    found = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", PAGE.read_text())
    assert len(found) == 1, f"{len(found)} examples in {language}"
    return found[0]


def sign(secret: str, id: str, timestamp: str, body: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{id}.{timestamp}.{body}".encode(), hashlib.sha256)).decode()


class WebhookExamples(ServiceTest):
    def receive(self) -> list:
        """(secrets, messages): a message signed with one secret, and one with that and the next."""
        got = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                got.append((*(self.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.service.start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        _, made = self.service.request("POST", "/v1/webhooks", {"url": url, "types": ["endpoint.test"], "description": "MAM – 写真"})
        _, rotated = self.service.request("POST", f"/v1/webhooks/{made['id']}/rotate", {})
        self.service.request("POST", f"/v1/webhooks/{made['id']}/test", {})
        wait_for("the message", lambda: got)
        return [made["secret"], rotated["secret"]], got[0]

    def cases(self) -> list:
        """(the arguments of verify, whether the message is ours)"""
        (first, second), (id, timestamp, signatures, body) = self.receive()
        self.assertEqual(len(signatures.split()), 2)
        other = "whsec_" + base64.b64encode(bytes(32)).decode()
        flipped = body[:-2] + chr(ord(body[-2]) ^ 1) + body[-1]
        old, soon = (str(int(time.time()) + by) for by in (-400, 400))
        return [
            ((first, id, timestamp, signatures, body), True),
            ((second, id, timestamp, signatures, body), True),
            ((first, id, timestamp, "v1,AAAA v1a,AAAA " + signatures, body), True),
            ((other, id, timestamp, signatures, body), False),
            ((first, id, timestamp, signatures, flipped), False),
            ((first, id, timestamp, signatures, body + " "), False),
            ((first, id + "x", timestamp, signatures, body), False),
            ((first, id, str(int(timestamp) + 1), signatures, body), False),
            ((first, id, timestamp, signatures.replace("v1,", "v1a,"), body), False),
            ((first, id, timestamp, "", body), False),
            ((first, id, old, sign(first, id, old, body), body), False),
            ((first, id, soon, sign(first, id, soon, body), body), False),
        ]

    def judge(self, *program: object) -> None:
        """It takes what is ours and nothing else."""
        cases = self.cases()
        judged = [subprocess.run([*map(str, program), *arguments], capture_output=True, cwd=self.folder).returncode == 0
                  for arguments, _ in cases]
        self.assertEqual(judged, [ours for _, ours in cases])

    def written(self, name: str, text: str) -> pathlib.Path:
        (self.folder / name).write_text(text)
        return self.folder / name

    def needs(self, program: str) -> None:
        if not shutil.which(program):
            self.skipTest(f"{program} is not on this machine, so the example in its language is not run")

    def test_python(self):
        self.judge(sys.executable, self.written("example.py", example("python") + "\nimport sys\nverify(*sys.argv[1:])\n"))

    def test_a_shell(self):
        self.judge("sh", self.written("example.sh", example("sh") + '\nverify "$@"\n'))

    def test_node(self):
        self.needs("node")
        self.judge("node", self.written("example.mjs", example("js") + "\nverify(...process.argv.slice(2));\n"))

    def test_go(self):
        self.needs("go")
        program = self.folder / "example-go"
        subprocess.run(["go", "build", "-o", program, self.written("example.go", GO % example("go"))], check=True)
        self.judge(program)

    def test_java(self):
        self.needs("javac")
        subprocess.run(["javac", "-d", self.folder, self.written("Example.java", JAVA % example("java"))], check=True)
        self.judge("java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", self.folder, "Example")


if __name__ == "__main__":
    unittest.main()
