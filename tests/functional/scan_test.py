"""Scans of an object store that is larger than a moment: killed at any point, and looked through again."""
import contextlib
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import time
import urllib.request

from service import ServiceTest, wait_for

FAKE = pathlib.Path(__file__).resolve().parent.parent / "fakes" / "s3.py"


class FakeStore:
    """tests/fakes/s3.py with a bucket `many` of so many keys."""

    def __init__(self, keys: int) -> None:
        self.process = subprocess.Popen([sys.executable, FAKE, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.has(keys)

    def has(self, keys: int) -> None:
        body = json.dumps({"many": {"many": keys}}).encode()
        urllib.request.urlopen(urllib.request.Request(self.url + "/_control", data=body, method="POST"), timeout=60).close()

    def __enter__(self) -> "FakeStore":
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.communicate()


class Scan(ServiceTest):
    KEYS, KILLS = 20_000, 4  # script/faults: more of both

    def watch(self, store: FakeStore) -> None:
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", store.url, "--access-key", "AKTEST", "--secret-file", secret)
        self.service.command("buckets", "add", "many", "--source", "store", "--name", "many", "--scan-seconds", "604800", "--no-publish",
                             "--backlog", "process")

    def bucket(self) -> dict:
        return self.service.get("/v1/buckets/many")

    def one(self, sql: str) -> tuple:
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db")) as database:
            return database.execute(sql).fetchone()

    def test_a_scan_that_is_killed_again_and_again_takes_in_every_key_once(self):
        with FakeStore(self.KEYS) as store:
            self.service.start()
            self.watch(store)
            seen = 0
            for point in sorted(random.sample(range(self.KEYS - self.KEYS // 10), self.KILLS)):
                wait_for(f"{point} keys", lambda: self.bucket()["scan"]["seen"] >= point or self.bucket()["last_scan_at"])
                time.sleep(random.uniform(0, 0.05))
                self.service.kill()
                before, seen = seen, self.one("SELECT coalesce(max(seen), 0) FROM scan_state")[0]
                self.assertGreaterEqual(seen, before, "it goes on where it was")
                self.service.start()
            wait_for("the scan to end", lambda: self.bucket()["last_scan_at"], 600)
            self.assertEqual((self.bucket()["scan"]["state"], self.bucket()["scan"]["seen"]), ("idle", self.KEYS))
            self.service.stop()
        self.assertEqual(self.one("SELECT count(*), count(DISTINCT key) FROM item"), (self.KEYS, self.KEYS))
        told = "SELECT count(*), count(DISTINCT subject) FROM event WHERE type = 'item.discovered'"
        self.assertEqual(self.one(told), (self.KEYS, self.KEYS))
        self.assertEqual(self.one("SELECT count(*) FROM item_change"), (self.KEYS,))
        self.assertEqual(self.one("SELECT number, finished_at IS NOT NULL FROM scan_state"), (1, 1))

    def test_what_two_scans_did_not_see_is_removed_and_what_comes_back_is_new(self):
        with FakeStore(30) as store:
            self.service.start()
            self.watch(store)
            wait_for("the first scan", lambda: self.bucket()["last_scan_at"])
            store.has(27)
            removed = lambda: sorted(row["key"] for row in self.service.items().values() if row["removed_at"])
            self.service.command("buckets", "scan", "many")
            self.assertEqual(removed(), [], "one look tells nothing")
            self.service.command("buckets", "scan", "many")
            self.assertEqual(removed(), [f"00/0000000{i}.mxf" for i in (27, 28, 29)])
            events = [e for e in self.service.get("/v1/events?limit=200")["rows"] if e["type"] == "item.removed"]
            self.assertEqual(len(events), 3)
            store.has(30)
            self.assertIn("new items: 3", self.service.command("buckets", "scan", "many"))
            self.assertIn("idle", self.service.command("buckets", "show", "many"))
