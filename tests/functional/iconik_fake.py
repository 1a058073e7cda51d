"""Starts tests/fakes/iconik.py for a functional test."""
import json, subprocess, sys, urllib.request
from pathlib import Path

FAKES = Path(__file__).resolve().parent.parent / "fakes"
APP_ID, TOKEN = "app-of-tests", "token-of-tests"


class FakeIconik:
    def __init__(self):
        self.process = subprocess.Popen([sys.executable, FAKES / "iconik.py", "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = "http://127.0.0.1:%d" % int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def control(self, query="", **asked):
        request = urllib.request.Request(self.url + "/_control" + query, data=json.dumps(asked).encode() if asked else None)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def set(self, **asked):
        """Sets what the fake's first lines name."""
        self.control(**asked)

    def seen(self, query=""):
        return self.control(query)
