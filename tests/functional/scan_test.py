"""Scans of an object store that is larger than a moment: killed at any point, and looked through again."""
import contextlib
import json
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request

from service import ServiceTest, wait_for

FAKE = pathlib.Path(__file__).resolve().parent.parent / "fakes" / "s3.py"


class FakeStore:
    """tests/fakes/s3.py with a bucket `many` of so many keys, in one folder or so many to a folder."""

    def __init__(self, keys: int, per_folder: int = 10**9) -> None:
        self.process = subprocess.Popen([sys.executable, FAKE, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.has(keys)
        self.control(per_folder=per_folder)

    def control(self, **what) -> dict:
        body = json.dumps(what).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + "/_control", data=body, method="POST"), timeout=60) as answer:
            return json.loads(answer.read())

    def has(self, keys: int) -> None:
        self.control(many={"many": keys})

    def __enter__(self) -> "FakeStore":
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.communicate()


class Scan(ServiceTest):
    KEYS, KILLS = 20_000, 4  # script/faults: more of both

    def watch(self, store: FakeStore, *more: str) -> None:
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", store.url, "--access-key", "AKTEST", "--secret-file", secret)
        self.service.command("buckets", "add", "many", "--source", "store", "--name", "many", "--scan-seconds", "604800", "--no-publish",
                             "--backlog", "process", *more)

    def bucket(self) -> dict:
        return self.service.get("/v1/buckets/many")

    def one(self, sql: str) -> tuple:
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db")) as database:
            return database.execute(sql).fetchone()

    def test_a_scan_that_is_killed_again_and_again_takes_in_every_key_once(self):
        with FakeStore(self.KEYS) as store:
            self.service.start()
            self.watch(store)
            self.kill_again_and_again()
        self.assert_every_key_once()

    def test_several_streams_that_are_killed_again_and_again_take_in_every_key_once(self):
        with FakeStore(self.KEYS, per_folder=self.KEYS // 25) as store:
            self.service.start()
            self.watch(store, "--scan-streams", "4")
            self.kill_again_and_again()
            begun = {path for _, path, _ in store.control()["log"] if re.search(r"start-after=\d\d%2F(&|$)", path)}
            self.assertGreater(len(begun), 8, "ranges begin in front of folders")
        self.assert_every_key_once()
        self.assertEqual(self.one("SELECT count(*) FROM scan_range"), (0,))

    def test_a_listing_error_in_one_range_ends_the_scan_and_is_told_and_the_next_goes_on(self):
        with FakeStore(2_000, per_folder=100) as store:
            store.control(faults=[{"query": "start-after=11%2F", "do": "html", "times": 1}])
            self.service.start()
            self.watch(store, "--scan-streams", "4")
            wait_for("the failure to be told", lambda: self.one("SELECT count(*) FROM event WHERE type = 'bucket.scan_failed'")[0])
            wait_for("the scan to end", lambda: self.bucket()["last_scan_note"] == "" and self.bucket()["scan"]["seen"] == 2_000)
            self.service.stop()
        self.assertEqual(self.one("SELECT count(*) FROM event WHERE type = 'bucket.scan_failed'"), (1,))
        self.assertEqual(self.one("SELECT count(*), count(DISTINCT key) FROM item"), (2_000, 2_000))

    def test_streams_are_refused_where_the_listing_is_not_cut(self):
        self.service.start()
        self.service.command("buckets", "add", self.service.inbox, "--name", "inbox", "--processor", "checksum", "--scan-streams", "2", code=1)
        self.assertIn("a local bucket is listed as a whole, by one stream", self.service.errors)

    def kill_again_and_again(self) -> None:
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

    def assert_every_key_once(self) -> None:
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
