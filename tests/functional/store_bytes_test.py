"""How the bytes of stores' objects are had: once for the same bytes, not at all from an archive, and not from a store in trouble."""
import hashlib
import json
import os
import pathlib
import random
import time

from service import ServiceTest, wait_for
from stores import FakeS3


class StoreBytes(ServiceTest):
    BUSY_SECONDS = 0

    def setUp(self):
        super().setUp()
        self.stores = {}

    def add_store(self, name: str = "store", *more: str, processor: str = "checksum", objects: dict | None = None) -> FakeS3:
        """A store with a source and a bucket of its name; the store's own bucket is `media`."""
        store = self.stores[name] = FakeS3()
        self.addCleanup(store.close)
        store.put_all({f"media/{key}": data for key, data in (objects or {}).items()})
        self.service.command("sources", "add", "s3", "--name", name, "--endpoint", store.url, "--access-key", "AKTEST",
                             "--secret-file", self.secret("SecretForTests"))
        self.service.command("buckets", "add", "media", "--source", name, "--name", name, "--processor", processor, "--backlog", "process",
                             "--settle-seconds", "0", *more)
        return store

    def secret(self, text: str) -> pathlib.Path:
        path = self.service.folder / "secret"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def change(self, bucket: str, **members) -> None:
        status, answer = self.service.request("PATCH", f"/v1/buckets/{bucket}", members)
        self.assertEqual(status, 200, answer)

    def rows(self, bucket: str) -> dict:
        """Newest item by key."""
        return {row["key"]: row for row in reversed(self.service.get(f"/v1/items?limit=200&bucket={bucket}")["rows"])}

    def wait_for_completed(self, bucket: str, *keys: str, within: float = 240) -> dict:
        def done():
            rows = self.rows(bucket)
            return all(rows.get(key, {}).get("status") == "Completed" for key in keys) and rows
        return wait_for(f"{keys[:3]} in {bucket} to be completed", done, within)

    def reads(self, store: FakeS3, key: str) -> int:
        return store.requests("GET").count(f"/media/{key}")

    def reused(self) -> int:
        return self.service.log.read_text().count("result reused")

    def test_three_copies_in_three_stores_are_processed_once_and_published_three_times(self):
        data = os.urandom(3000)
        self.service.start()
        for name in ("one", "two", "three"):
            self.add_store(name, objects={f"{name}.mxf": data})
        for name, store in self.stores.items():
            self.wait_for_completed(name, f"{name}.mxf")
            result = wait_for("its result", lambda: store.read(f"media/{name}.mxf.notifications.json"))
            self.assertEqual(json.loads(result)["item"]["key"], f"{name}.mxf")
            self.assertEqual(self.rows(name)[f"{name}.mxf"]["content_sha256"], hashlib.sha256(data).hexdigest())
            self.assertEqual(self.reads(store, f"{name}.mxf"), 1, "one pass over each object")
        self.assertEqual(self.reused(), 2, "one of three was processed")
        results = {self.service.item(f"{name}.mxf")["processes"][0]["result"] for name in self.stores}
        self.assertEqual(len(results), 1)

    def test_a_renamed_object_and_a_version_that_comes_back_are_not_processed_again(self):
        self.service.start()
        store = self.add_store(objects={"a.mxf": b"first"})
        self.wait_for_completed("store", "a.mxf")
        store.put_all({"media/renamed.mxf": b"first", "media/a.mxf": b"second"})
        self.service.command("buckets", "scan", "store")
        self.wait_for_completed("store", "a.mxf", "renamed.mxf")
        self.assertEqual(self.reused(), 1)
        reads = self.reads(store, "a.mxf")
        store.put_all({"media/a.mxf": b"first"})
        self.service.command("buckets", "scan", "store")
        wait_for("the old version", lambda: self.rows("store")["a.mxf"]["content_sha256"] == hashlib.sha256(b"first").hexdigest())
        self.wait_for_completed("store", "a.mxf")
        self.assertEqual(self.reused(), 2)
        self.assertEqual(self.reads(store, "a.mxf"), reads, "its digest was known by its version")

    def test_without_room_to_take_it_before_the_digest_comes_with_the_job(self):
        data = os.urandom(3_000_000)
        self.service.start()
        store = self.add_store()
        self.change("store", dedupe="after")
        store.put_all({"media/a.mxf": data, "media/b.mxf": data})
        self.service.command("buckets", "scan", "store")
        items = self.wait_for_completed("store", "a.mxf", "b.mxf")
        for item in items.values():
            self.assertEqual(item["content_sha256"], hashlib.sha256(data).hexdigest())
        results = {self.service.item(key)["processes"][0]["result"] for key in items}
        self.assertEqual(len(results), 1, "one result is stored")
        self.assertEqual(self.reused(), 0, "and the work was done twice")

    def test_without_dedupe_nothing_is_digested(self):
        self.service.start()
        store = self.add_store()
        self.change("store", dedupe="off")
        store.put_all({"media/a.mxf": b"same", "media/b.mxf": b"same"})
        self.service.command("buckets", "scan", "store")
        items = self.wait_for_completed("store", "a.mxf", "b.mxf")
        self.assertEqual({item["content_sha256"] for item in items.values()}, {""})
        results = {self.service.item(key)["processes"][0]["result"] for key in items}
        self.assertEqual(len(results), 2)

    def test_an_archived_object_is_looked_at_again_in_a_day(self):
        self.service.start()
        store = self.add_store()
        store.control(archived=["old.mxf"])
        store.put_all({"media/old.mxf": b"1"})
        self.service.command("buckets", "scan", "store")
        wait_for("the reason", lambda: self.rows("store")["old.mxf"]["reason_code"] == "archived")
        item = self.service.item("old.mxf")
        self.assertEqual((item["status"], item["blocked_by"]), ("Pending", "retry_delay"))
        self.assertIn("archive", item["why"][0])
        self.assertIn("once a day", item["why"][0])
        wait = int(item["why"][0].split(" waits ")[1].split(" s ")[0])
        self.assertTrue(86_000 < wait <= 86_400, item["why"])
        self.assertEqual((self.reads(store, "old.mxf"), store.requests("POST")), (0, []))
        store.control(restored=["old.mxf"])
        told = {"Records": [{"eventName": "s3:ObjectRestore:Completed", "s3": {"bucket": {"name": "media"}, "object": {"key": "old.mxf"}}}]}
        _, answer = self.service.request("POST", "/v1/intake/s3", told)
        self.assertEqual((answer["added"], answer["records"][0]["outcome"]), (0, "restored"))
        self.wait_for_completed("store", "old.mxf")

    def test_an_archived_object_is_restored_once_where_the_bucket_may(self):
        self.service.start()
        store = self.add_store("store", "--restore")
        store.control(archived=["old.mxf"])
        store.put_all({"media/old.mxf": b"1"})
        self.service.command("buckets", "scan", "store")
        wait_for("the reason", lambda: self.rows("store")["old.mxf"]["reason_code"] == "restoring")
        item = self.service.item("old.mxf")
        self.assertTrue(3_500 < int(item["why"][0].split(" waits ")[1].split(" s ")[0]) <= 3_600, item["why"])
        self.assertEqual(item["processes"][0]["attempt"], 0)
        self.assertEqual(store.requests("POST"), ["/media/old.mxf?restore="])
        # somebody who cannot wait asks for it again: the store says that it is under way
        self.service.request("POST", f"/v1/items/{item['id']}/cancel")
        wait_for("the end", lambda: self.rows("store")["old.mxf"]["status"] == "Cancelled")
        self.service.request("POST", f"/v1/items/{item['id']}/rerun")
        wait_for("the reason", lambda: self.rows("store")["old.mxf"]["reason_code"] == "restoring")
        self.assertEqual(len(store.requests("POST")), 1)
        self.assertEqual(self.reads(store, "old.mxf"), 0)
        store.control(restored=["old.mxf"])
        self.service.request("POST", f"/v1/items/{item['id']}/cancel")
        wait_for("the end", lambda: self.rows("store")["old.mxf"]["status"] == "Cancelled")
        self.service.request("POST", f"/v1/items/{item['id']}/rerun")
        self.wait_for_completed("store", "old.mxf")
        self.service.command("buckets", "change", "store", "--no-restore")
        self.assertFalse(self.service.get("/v1/buckets/store")["restore"])

    def test_a_store_in_trouble_is_left_alone_and_its_items_go_on_when_it_is_mended(self):
        self.service.start()
        store = self.add_store("store", "--scan-seconds", "3600")
        keys = [f"{i:02}.mxf" for i in range(50)]
        # it is in trouble before the first item is opened, and after they were listed
        store.control(faults=[{"method": method, "key": key, "times": 1000, "do": "status", "status": 403, "code": "InvalidAccessKeyId"}
                              for method in ("HEAD", "GET") for key in keys])
        store.put_all({f"media/{key}": key.encode() for key in keys})
        self.service.command("buckets", "scan", "store")
        held = wait_for("the hold", lambda: self.service.get("/v1/buckets/store")["held"])
        self.assertEqual(held["code"], "credentials_refused")
        self.assertIn("does not know the access key", held["sentence"])
        time.sleep(5)
        asked = [path for method in ("HEAD", "GET") for path in store.requests(method, "/media/") if "list-type" not in path]
        self.assertLessEqual(len(asked), 24, "those that were claimed, and no more")
        rows = self.rows("store")
        self.assertEqual(len(rows), 50)
        self.assertEqual({(row["status"], row["blocked_by"]) for row in rows.values()}, {("Pending", "source_refuses")})
        waiting = self.service.item("49.mxf")
        self.assertIn("its bucket is held back until", waiting["why"][0])
        self.assertIn("does not know the access key", waiting["why"][0])
        store.control(faults=[])
        test = json.loads(self.service.command("--json", "buckets", "test", "store"))
        self.assertTrue(test["passed"])
        items = self.wait_for_completed("store", *keys)
        self.assertIsNone(self.service.get("/v1/buckets/store")["held"])
        self.assertEqual({self.service.item(key)["processes"][0]["attempt"] for key in keys[:10]}, {0})
        self.assertEqual(len(items), 50)

    def held_store(self, code: str) -> FakeS3:
        """A store whose bucket is held back as soon as a.mxf was asked for, refused with `code`."""
        self.service.start()
        store = self.add_store("store", "--scan-seconds", "3600")
        store.put_all({"media/a.mxf": b"1"})
        store.control(faults=[{"method": method, "key": "a.mxf", "times": 1000, "do": "status", "status": 403, "code": code}
                              for method in ("HEAD", "GET")])
        self.service.command("buckets", "scan", "store")
        wait_for("the hold", lambda: self.service.get("/v1/buckets/store")["held"])
        return store

    def test_a_new_secret_ends_the_hold_at_once(self):
        store = self.held_store("ExpiredToken")
        store.control(faults=[])
        self.service.command("sources", "secret", "store", "--access-key", "AKTEST", "--secret-file", self.secret("SecretForTests"))
        self.wait_for_completed("store", "a.mxf", within=20)

    def test_a_bucket_that_is_held_back_says_so_in_the_list_and_to_the_doctor(self):
        self.held_store("InvalidAccessKeyId")
        told = r"held back until 2.*: .*does not know the access key"
        self.assertRegex(self.service.command("buckets", "list"), told)
        self.assertRegex(self.service.command("doctor", code=1), "FIX bucket store: .*" + told)

    def requests_an_object(self, name: str, faults: list, seconds: float) -> tuple:
        """(requests for each object from the scan that finds it until its results are written, how many were answered with 503):
        forty objects at a time, for so many seconds."""
        store = self.add_store(name, "--scan-seconds", "3600")
        store.control(faults=faults)
        before, keys, until = store.control()["requests"], [], time.monotonic() + seconds
        while not keys or time.monotonic() < until:
            new = [f"{len(keys) + i:05}.mxf" for i in range(40)]
            store.put_all({f"media/{key}": os.urandom(2000) for key in new})
            self.service.request("POST", f"/v1/buckets/{name}/scan")
            self.wait_for_completed(name, *new, within=400)
            wait_for("their results", lambda: all(store.read(f"media/{key}.notifications.json") for key in new), 400)
            keys += new
        log = store.control()["log"][before:]
        return len(log) / len(keys), sum(1 for _, _, status in log if status == 503)

    def test_a_store_that_is_often_busy_is_asked_at_most_twice_as_often(self):
        self.service.start()
        calm, refused = self.requests_an_object("calm", [], 0)
        self.assertEqual(refused, 0)
        busy, refused = self.requests_an_object("busy", [{"share": 0.3, "do": "status", "status": 503, "code": "SlowDown"}], self.BUSY_SECONDS)
        self.assertGreater(refused, 20)
        self.assertLessEqual(busy, 2 * calm)

    def test_kills_leave_no_file_no_descriptor_and_no_child(self):
        self.service.start()
        store = self.add_store()
        keys = [f"{i:03}.mxf" for i in range(100)]
        store.put_all({f"media/{key}": bytes([128 + i]) * 400_000 for i, key in enumerate(keys)})  # no text: FFmpeg reads it line by line
        store.control(faults=[{"method": "GET", "share": 0.1, "do": "hang", "seconds": 0.2}])
        self.service.request("POST", "/v1/buckets/store/scan")
        for _ in range(3):
            time.sleep(random.uniform(0.2, 1.0))
            children = self.children()
            self.service.kill()
            wait_for("its children to be gone", lambda: not [pid for pid in children if self.is_processor(pid)])
            self.service.start()
        items = self.wait_for_completed("store", *keys)
        self.assertEqual(len(items), 100)
        self.assertEqual({self.service.item(key)["processes"][0]["attempt"] for key in keys[::10]}, {0})
        wait_for("spooled files to be closed", lambda: not self.deleted_files())
        left = [path for path in self.service.data.rglob("*") if path.name.endswith(".tmp") or path.name.startswith("#")]
        self.assertEqual(left, [])
        children = self.children()
        self.service.stop()
        self.assertEqual([pid for pid in children if self.is_processor(pid)], [])

    def children(self) -> list:
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                name, rest = path.read_text().rsplit(")", 1)
            except OSError:
                continue
            if "notifications-a" in name and rest.split()[1] == str(self.service.process.pid):
                found.append(int(path.parent.name))
        return found

    def is_processor(self, pid: int) -> bool:
        try:
            text = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        return "notifications-a" in text and text.rsplit(")", 1)[1].split()[0] != "Z"

    def deleted_files(self) -> list:
        """Files without a name that the service holds open in its data folder."""
        found = []
        for fd in pathlib.Path(f"/proc/{self.service.process.pid}/fd").iterdir():
            try:
                target = os.readlink(fd)
            except OSError:
                continue
            if target.startswith(str(self.service.data)) and target.endswith("(deleted)"):
                found.append(target)
        return found
