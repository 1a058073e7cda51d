"""A state with something of everything, and what the API says of it: the same after it was kept, brought back or moved."""
import contextlib
import hashlib
import http.server
import sqlite3
import threading
import urllib.request

from service import SAMPLES, ServiceTest, wait_for

PAGES = {"items", "appearances", "deliveries", "events", "audit", "dead-messages"}
LISTS = ("sources", "buckets", "rules", "items", "people", "appearances", "webhooks", "deliveries", "events", "keys", "audit", "pauses", "dead-messages")
EACH = ("sources", "buckets", "rules", "items", "people", "webhooks", "deliveries", "events")
# of the moment, or of the requests that ask
PASSING = {"last_used_at", "last_scan_at", "last_scan", "scan", "next_scan_at", "secrets_expire_at"}


def without_passing(value):
    if isinstance(value, dict):
        return {name: without_passing(member) for name, member in value.items() if name not in PASSING}
    return [without_passing(member) for member in value] if isinstance(value, list) else value


class Receiver:
    """Takes webhooks."""

    def __init__(self) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class KeptState(ServiceTest):
    LARGE = bytes(range(256)) * 4096  # an artifact of 1 MiB is a file beside SQLite

    def fill(self) -> None:
        """The running service has people and their faces, items that ended in different ways, webhooks that were sent, rules and a pause."""
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg")
        self.service.command("webhooks", "add", receiver.url)
        self.service.watch_inbox("facial-recognition")
        self.service.command("rules", "add", "--bucket", "inbox", "--processor", "checksum", "--path", "*.txt")
        self.service.drop("obama.jpg", SAMPLES / "obama2.jpg")
        self.service.drop("ключ.txt", content=b"text")
        self.service.drop("empty.txt", content=b"")
        self.service.drop("broken.jpg", content=b"\xff\xd8\xff" + bytes(100))
        ended = self.service.wait_until_terminal("obama.jpg", "ключ.txt", "empty.txt", "broken.jpg")
        self.assertGreaterEqual(len({item["status"] for item in ended.values()}), 2, ended)
        status, made = self.service.request("POST", "/v1/sources", {"kind": "s3", "name": "archive", "config": {"endpoint": "http://127.0.0.1:9"},
                                                                    "secret": {"access_key": "AKEXAMPLE", "secret_key": "the-secret"}})
        self.assertEqual(status, 201, made)
        self.service.command("pauses", "begin", "source", "archive", "--reason", "the store is upgraded")
        wait_for("what is told to be told", lambda: {row["status"] for row in self.service.get("/v1/deliveries?limit=200")["rows"]} <= {"Completed", "Skipped"})

    def add_large_artifact(self) -> None:
        """As a processor of large artifacts would; the service is stopped, or does not look at results."""
        digest = hashlib.sha256(self.LARGE).hexdigest()
        folder = self.service.data / "artifacts" / digest[:2]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / digest[2:]).write_bytes(self.LARGE)
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db", timeout=60)) as database, database:
            result, = database.execute("SELECT result_id FROM process WHERE result_id IS NOT NULL LIMIT 1").fetchone()
            database.execute("INSERT INTO result_artifact VALUES (?, 'large', 'application/octet-stream', ?, ?, 0)", (result, digest, len(self.LARGE)))
        self.large = f"/v1/results/{result}/artifacts/large", folder / digest[2:]

    def bytes_of_large_artifact(self) -> bytes:
        key = (self.service.data / "first-key").read_text().strip()
        request = urllib.request.Request(self.service.url + self.large[0], headers={"authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def picture(self) -> dict:
        """What the API says: of each route its answer."""
        answers = {}
        for name in LISTS:
            answers[name] = self.service.get(f"/v1/{name}{'?limit=200' if name in PAGES else ''}")
            for row in answers[name]["rows"] if name in EACH else ():
                answers[f"{name}/{row['id']}"] = self.service.get(f"/v1/{name}/{row['id']}")
                for process in answers[f"{name}/{row['id']}"].get("processes", ()):
                    answers[process["id"]] = self.service.get(f"/v1/processes/{process['id']}")
                    if process.get("result_id"):
                        answers[process["result_id"]] = self.service.get(f"/v1/results/{process['result_id']}")
        return without_passing(answers)

    def assert_same_picture(self, before: dict) -> None:
        after = self.picture()
        self.maxDiff = 4000
        self.assertEqual(sorted(after), sorted(before))
        for route, answer in before.items():
            self.assertEqual(after[route], answer, route)
