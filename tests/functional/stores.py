"""Object stores for tests of the built service: programs of tests/fakes, told what to hold and what to do wrong."""
import base64
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

FAKES = pathlib.Path(__file__).resolve().parent.parent / "fakes"


class FakeStore:
    PROGRAM = ""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, FAKES / self.PROGRAM, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def control(self, **asked) -> dict:
        request = urllib.request.Request(self.url + "/_control", json.dumps(asked).encode() if asked else None)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def put(self, **objects: bytes) -> None:
        self.put_all(objects)

    def put_all(self, objects: dict) -> None:
        """Objects by "BUCKET/KEY"."""
        self.control(put={name: base64.b64encode(data).decode() for name, data in objects.items()})

    def read(self, name: str) -> bytes | None:
        found = self.control(show=name).get("base64")
        return None if found is None else base64.b64decode(found)

    def requests(self, method: str, part: str = "") -> list:
        """Paths of the requests of a method that hold `part`."""
        return [path for each, path, _ in self.control()["log"] if each == method and part in path]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


class FakeS3(FakeStore):
    PROGRAM = "s3.py"


class FakeSwarm(FakeStore):
    PROGRAM = "swarm.py"
    TOKEN = "0123456789abcdef0123456789abcdef"  # lives at the start


class FakeIconik(FakeStore):
    PROGRAM = "iconik.py"
    APP_ID, TOKEN = "app-of-tests", "token-of-tests"
