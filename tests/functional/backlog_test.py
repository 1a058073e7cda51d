"""First contact with buckets that were there before: preview, backlog, import, what is done elsewhere, events."""
import json
import time

from service import ServiceTest, wait_for
from stores import FakeS3


class Backlog(ServiceTest):
    def setUp(self):
        super().setUp()
        self.store = FakeS3()
        self.addCleanup(self.store.close)

    def add_source(self) -> None:
        path = self.service.folder / "secret"
        path.write_text("SecretForTests\n")
        path.chmod(0o600)
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", self.store.url,
                             "--access-key", "AKTEST", "--secret-file", path)

    def add_bucket(self, *more: str, place: str = "media") -> None:
        self.service.command("buckets", "add", place, "--source", "store", "--processor", "checksum", "--settle-seconds", "0", *more)

    def test_a_bucket_of_a_store_needs_a_backlog_policy_and_ignores_what_was_there(self):
        self.store.put_all({f"media/old{i}.mxf": b"old" for i in range(3)})
        time.sleep(2.1)  # the store tells whole seconds
        self.service.start()
        self.add_source()
        self.service.command("buckets", "add", "media", "--source", "store", code=1)
        self.assertIn("--backlog: say what becomes of what is in it already: process, ignore, or budget", self.service.errors)
        self.add_bucket("--backlog", "ignore")
        items = self.service.wait_until_terminal("old0.mxf", "old1.mxf", "old2.mxf")
        self.assertEqual({item["reason_code"] for item in items.values()}, {"before_baseline"})
        self.store.put_all({"media/new.mxf": b"new"})
        self.service.command("buckets", "scan", "media")
        self.assertEqual(self.service.wait_until_terminal("new.mxf")["new.mxf"]["status"], "Completed")
        self.assertEqual([path for path in self.store.requests("GET", "old")], [], "nothing old is read")
        events = self.service.get("/v1/events?limit=200")["rows"]
        self.assertEqual(len([e for e in events if e["type"] == "item.discovered"]), 1)
        dry = json.loads(self.service.command("--json", "items", "rerun", "--bucket", "media", "--mode", "missing", "--baseline", "--dry-run"))
        self.assertEqual((dry["items"], dry["set_aside"]), (3, 0))
        self.service.command("items", "rerun", "--bucket", "media", "--mode", "missing", "--baseline")
        wait_for("the old ones", lambda: self.service.items()["old1.mxf"]["status"] == "Completed")

    def test_a_budget_lets_so_many_go_and_the_rest_says_why_it_waits(self):
        self.store.put_all({f"media/{i:02}.mxf": b"old" for i in range(10)})
        time.sleep(2.1)
        self.service.start()
        self.add_source()
        self.add_bucket("--backlog", "budget", "--items-per-day", "4")
        wait_for("four", lambda: sum(row["status"] == "Completed" for row in self.service.items().values()) == 4)
        time.sleep(3)
        rows = [row for row in self.service.items().values() if row["key"].endswith(".mxf")]
        waiting = [row for row in rows if row["status"] == "Pending"]
        self.assertEqual((len(waiting), {row["blocked_by"] for row in waiting}), (6, {"budget"}))
        self.assertIn("4 items of those are taken each day", self.service.command("items", "why", waiting[0]["id"]))
        self.service.command("buckets", "change", "media", "--backlog", "process")
        wait_for("all", lambda: sum(row["status"] == "Completed" for row in self.service.items().values()) == 10)

    def test_a_preview_tells_what_there_is_and_keeps_nothing(self):
        self.store.control(many={"million": 1_000_000})
        self.store.put_all({"media/a.mxf": b"1" * 1000, "media/b.tmp": b"2", "media/c.wav": b"3"})
        time.sleep(2.1)
        self.service.start()
        self.add_source()
        found = json.loads(self.service.command("--json", "buckets", "preview", "media", "--source", "store", "--processor", "facial-recognition",
                                                "--biometric-basis", "consent", "--exclude", "*.tmp"))
        self.assertEqual((found["complete"], found["objects"], found["bytes"]), (True, 3, 1002))
        self.assertEqual({row["code"]: row["objects"] for row in found["skipped"]}, {"globs": 1, "not_media": 1})
        self.assertEqual([(row["processor"], row["objects"]) for row in found["work"]], [("facial-recognition", 1)])
        ignored = json.loads(self.service.command("--json", "buckets", "preview", "media", "--source", "store", "--backlog", "ignore"))
        self.assertEqual({row["code"]: row["objects"] for row in ignored["skipped"]}, {"before_baseline": 3})
        small = json.loads(self.service.command("--json", "buckets", "preview", "media", "--source", "store", "--processor", "checksum",
                                                "--max-bytes", "500"))
        self.assertEqual({row["code"]: row["objects"] for row in small["skipped"]}, {"max_bytes": 1})
        many = self.service.command("buckets", "preview", "million", "--source", "store", "--processor", "checksum")
        self.assertRegex(many, r"objects, .* GB")
        self.assertEqual(self.service.get("/v1/buckets")["rows"], [])

    def test_a_file_of_buckets_is_imported_once(self):
        self.store.put_all({"media/in/a.mxf": b"1", "other/b.mxf": b"2"})
        lines = self.folder / "buckets.csv"
        lines.write_text("\ufeffkind,endpoint,region,bucket,prefix,access_key_ref,secret_ref,processor,active\r\n"
                         f"s3,{self.store.url},,media,in/,STORE_KEY,STORE_SECRET,checksum,true\r\n"
                         f"s3,{self.store.url},,other,,STORE_KEY,STORE_SECRET,checksum,false\r\n"
                         f"s3,{self.store.url},,third,,STORE_KEY,STORE_SECRET,unheard-of,true\r\n", encoding="utf-8")
        self.service.start(STORE_KEY="AKTEST", STORE_SECRET="SecretForTests")
        first = self.service.command("buckets", "import", lines, "--backlog", "process", code=1)
        self.assertIn("2 buckets added, in 1 new source; 0 were there already", first)
        self.assertIn("line 4: processor: there is no processor 'unheard-of'", first)
        lines.write_text(lines.read_text(encoding="utf-8").replace("unheard-of,true", "checksum,false"), encoding="utf-8")
        self.assertIn("1 bucket added, in 0 new sources; 2 were there already",
                      self.service.command("buckets", "import", lines, "--backlog", "process"))
        self.assertIn("0 buckets added", self.service.command("buckets", "import", lines, "--backlog", "process"))
        self.assertEqual(self.service.wait_until_terminal("in/a.mxf")["in/a.mxf"]["status"], "Completed")

    def test_what_is_done_elsewhere_is_skipped_before_and_after_it_is_noticed(self):
        self.store.put_all({"media/a, b.mxf": b"1", "media/c d.mxf": b"2"})
        self.store.control(denied=["a, b.mxf"])  # so that it waits
        self.service.start()
        self.add_source()
        self.add_bucket("--backlog", "process", "--no-publish")
        self.service.wait_until_terminal("c d.mxf")
        wait_for("it to wait", lambda: self.service.items().get("a, b.mxf", {}).get("reason"))
        done = self.folder / "done.csv"
        done.write_text("key\n\"a, b.mxf\"\nc d.mxf\n")
        loose = self.folder / "loose.csv"
        loose.write_text("key\nfine.mxf\na, b.mxf\n")
        self.service.command("items", "import", "--done", loose, "--bucket", "media", code=1)
        self.assertIn("line 3 has more fields", self.service.errors)
        self.assertIn("2 keys marked", self.service.command("items", "import", "--done", done, "--bucket", "media"))
        waited = self.service.item("a, b.mxf")
        self.assertEqual((waited["status"], waited["reason_code"]), ("Skipped", "done_elsewhere"))
        self.assertEqual(self.service.items()["c d.mxf"]["status"], "Completed")
        self.assertIn("unchanged: 2", self.service.command("items", "import", "--done", done, "--bucket", "media"))
        far = self.folder / "far.csv"
        far.write_text("key,at\ni.mxf,2100-01-01T00:00:00Z\n")
        self.service.command("items", "import", "--done", far, "--bucket", "media")
        self.store.put_all({"media/i.mxf": b"5"})
        self.service.command("buckets", "scan", "media")
        item = self.service.wait_until_terminal("i.mxf")["i.mxf"]
        self.assertEqual((item["status"], item["reason_code"]), ("Skipped", "done_elsewhere"))
        self.service.command("items", "import", "--done", far, "--bucket", "media", "--undo")
        wait_for("it to run", lambda: self.service.items()["i.mxf"]["status"] == "Completed")

    def test_events_of_a_store_are_confirmed_there(self):
        self.service.start()
        self.add_source()
        self.add_bucket("--backlog", "process", "--scan-seconds", "86400", "--exclude", "*.tmp")
        wait_for("the first scan", lambda: self.service.get("/v1/buckets/media")["last_scan_at"])
        self.store.put_all({"media/dir/a b+c.mxf": b"1", "media/dir/a b+c.mxf.more": b"2", "media/d+e.mxf": b"3"})

        def record(key: str, event: str = "s3:ObjectCreated:Put", bucket: str = "media") -> dict:
            return {"eventName": event, "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 999}}}

        keys = ["dir/a+b%2Bc.mxf", "d+e.mxf", "nothing.mxf", "x.tmp"]
        body = {"Records": [record(key) for key in keys] + [record("a", "ObjectRemoved:Delete"), record("a", bucket="strange")]}
        status, answer = self.service.request("POST", "/v1/intake/s3", body)
        self.assertEqual(status, 200, answer)
        self.assertEqual([row["outcome"] for row in answer["records"]],
                         ["new", "new", "gone", "left_out", "not_an_object", "unknown_bucket"])
        self.assertIn("no bucket here is at 'strange'", answer["records"][-1]["sentence"])
        for item in self.service.wait_until_terminal("dir/a b+c.mxf", "d+e.mxf").values():
            self.assertEqual(item["status"], "Completed")
        _, again = self.service.request("POST", "/v1/intake/s3", {"Records": [record(keys[0])]})
        self.assertEqual((again["added"], again["records"][0]["outcome"]), (0, "known"))
        _, test = self.service.request("POST", "/v1/intake/s3", {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "media"})
        self.assertEqual(test["records"][0]["outcome"], "test")
        status, _ = self.service.request("POST", "/v1/intake/s3", {"hello": 1})
        self.assertEqual(status, 400)
        self.store.control(credentials={"AKTEST": "Changed"})
        _, refused = self.service.request("POST", "/v1/intake/s3", {"Records": [record("z.mxf")]})
        self.assertEqual(refused["records"][0]["outcome"], "unconfirmed")
        self.assertIn("the bucket is scanned instead", refused["records"][0]["sentence"])
