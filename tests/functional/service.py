"""The built service as a user has it: programs started with a data folder of their own, spoken to by commands and HTTP."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

PROGRAMS = pathlib.Path(os.environ["NOTIFY_PROGRAMS"])
DEPS = pathlib.Path(os.environ["NOTIFY_DEPS"])
SAMPLES = DEPS / "samples"
TERMINAL = {"Completed", "Failed", "Cancelled", "Skipped"}


def wait_for(what: str, probe, seconds: float = 120):
    """What `probe` gives as soon as it gives something. The bound is far above what any machine needs."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


class Service:
    def __init__(self, folder: pathlib.Path, **settings: str) -> None:
        self.folder, self.settings, self.process = folder, settings, None
        self.data = folder / "data"
        self.inbox = folder / "inbox"
        self.inbox.mkdir(exist_ok=True)
        self.log = folder / "service.log"

    def environment(self, **more: str) -> dict:
        passed = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")}
        return passed | {"HOME": str(self.folder), "DATA_DIR": str(self.data), "PORT": "0", "MODEL_FOLDER": str(DEPS / "models"),
                         "LOG_LEVEL": "ALL", "WEBHOOK_ALLOW_CIDRS": "127.0.0.1/32"} | self.settings | more

    def off_by(self, offset: str) -> dict:
        """Of a program whose clock is wrong: "+2h". Sanitizers want to be loaded first, and are content to be told that they are not."""
        options = self.environment().get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": str(DEPS / "faketime" / "libfaketimeMT.so.1"), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1", "ASAN_OPTIONS": f"{options}:verify_asan_link_order=0".lstrip(":")}

    def start(self, **more: str) -> "Service":
        (self.data / "address").unlink(missing_ok=True)
        with self.log.open("a") as log:
            self.process = subprocess.Popen([PROGRAMS / "notifications-api", "serve"], cwd=self.folder, env=self.environment(**more),
                                            stdout=log, stderr=log, start_new_session=True)
        self.url = wait_for("the service to start: " + str(self.log), self.address)
        return self

    def wait_until_logged(self, text: str, seconds: float = 30) -> None:
        """What is done can be seen before the log says it."""
        wait_for(f"the log to say {text!r}", lambda: text in self.log.read_text(), seconds)

    def address(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the service ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}")
        path = self.data / "address"
        return path.read_text().strip() if path.exists() else None

    def command(self, *arguments, code: int = 0, stdin: str = "", **more: str) -> str:
        done = subprocess.run([PROGRAMS / "notifications-api", *map(str, arguments)], cwd=self.folder, env=self.environment(**more),
                              text=True, capture_output=True, timeout=300, input=stdin)
        self.errors = done.stderr
        if done.returncode != code:
            raise AssertionError(f"{arguments} ended with {done.returncode}, not {code}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def request(self, method: str, path: str, body=None, key: str | None = None, headers: dict | None = None):
        """(status, JSON) of one request; with the first key unless another (or "" for none) is given."""
        status, _, answer = self.whole_request(method, path, body, key, headers)
        return status, answer

    def whole_request(self, method: str, path: str, body=None, key: str | None = None, headers: dict | None = None):
        """As request, with the answer's headers in the middle."""
        key = (self.data / "first-key").read_text().strip() if key is None else key
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {}) | (headers or {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text, status, told = answer.read(), answer.status, answer.headers
        except urllib.error.HTTPError as refusal:
            text, status, told = refusal.read(), refusal.code, refusal.headers
        return status, told, json.loads(text) if text else None

    def get(self, path: str):
        status, answer = self.request("GET", path)
        assert status == 200, (path, status, answer)
        return answer

    def watch_inbox(self, processor: str = "checksum", *more: str) -> None:
        extra = ("--biometric-basis", "test pictures of public officials") if processor == "facial-recognition" else ()
        self.command("buckets", "add", self.inbox, "--name", "inbox", "--processor", processor, "--settle-seconds", "0", *extra, *more)

    def drop(self, name, source=None, content: bytes | None = None) -> None:
        """A file lands whole: written elsewhere, then renamed into the folder."""
        part = self.folder / "part"
        part.write_bytes(content) if content is not None else shutil.copy(source, part)
        os.rename(part, os.path.join(os.fsencode(self.inbox), os.fsencode(name)))

    def items(self) -> dict:
        """Items by key."""
        return {row["key"]: row for row in self.get("/v1/items?limit=200")["rows"]}

    def item(self, key: str) -> dict:
        return self.get(f"/v1/items/{self.items()[key]['id']}")

    def wait_until_terminal(self, *keys: str) -> dict:
        def ended():
            rows = self.items()
            return all(key in rows and rows[key]["status"] in TERMINAL for key in keys)
        wait_for(f"{keys} to end", ended, 240)
        return {key: self.item(key) for key in keys}

    def rows(self, sql: str) -> list:
        """Of its database, beside the API, which gives lists by pages."""
        with contextlib.closing(sqlite3.connect(self.data / "notifications.db", timeout=60)) as database:
            return database.execute(sql).fetchall()

    def stop(self, expect: int = 0) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(90)
            assert code == expect, f"the service ended with {code}:\n{self.log.read_text()[-3000:]}"

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)

    def children(self) -> list:
        """Process ids of its children that run now."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rsplit(")", 1)
            except OSError:
                continue
            if "notifications-a" in fields[0] and fields[1].split()[1] == str(self.process.pid):
                found.append(int(path.parent.name))
        return found

    def open_files(self) -> list:
        """What it has open now, but for sockets and the like."""
        found = []
        for path in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(os.readlink(path))
        return [name for name in found if name.startswith("/")]


class ServiceTest(unittest.TestCase):
    """A folder and a service for each test; the log is shown when it fails."""

    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="functional."))
        self.service = Service(self.folder)

    def tearDown(self) -> None:
        self.service.kill()
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors) and self.service.log.exists():
            print(self.service.log.read_text()[-6000:])
        shutil.rmtree(self.folder, ignore_errors=True)

    def assert_nothing_is_left(self) -> None:
        """Stops the service, which has nothing to do any more."""
        open_files = self.service.open_files()
        self.assertEqual([name for name in open_files if name.endswith(" (deleted)")], [], "spooled objects")
        self.assertLess(len(open_files), 60, "files stay open")
        children = self.service.children()
        self.service.stop()
        self.assertEqual([child for child in children if pathlib.Path(f"/proc/{child}/exe").exists()], [])
        self.assertEqual([str(path) for path in self.service.data.rglob("*.tmp")], [])
