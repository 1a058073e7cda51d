"""Buckets of object stores, with the store that tests/fakes/s3.py is."""
import hashlib
import json

from service import ServiceTest, wait_for
from stores import FakeS3

ODD_KEYS = ["a+b c.mxf", "Länder/100 %.mov", "x//y/../z.mp4", "tail.mp4 "]


class ObjectStore(ServiceTest):
    def setUp(self):
        super().setUp()
        self.store = FakeS3()
        self.addCleanup(self.store.close)

    def secret_file(self, text: str):
        path = self.service.folder / "secret"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def add_source(self, kind: str = "s3", name: str = "store", secret: str = "SecretForTests", url: str | None = None) -> None:
        self.service.command("sources", "add", kind, "--name", name, "--endpoint", url or self.store.url,
                             "--access-key", "AKTEST", "--secret-file", self.secret_file(secret))

    def add_bucket(self, place: str = "media", source: str = "store", *more: str) -> None:
        self.service.command("buckets", "add", place, "--source", source, "--processor", "checksum", "--settle-seconds", "0", "--backlog", "process", *more)

    def bucket(self, name: str = "media") -> dict:
        return self.service.get(f"/v1/buckets/{name}")

    def test_objects_are_processed_and_results_stand_beside_them(self):
        contents = {key: f"bytes of {key}".encode() for key in ODD_KEYS}
        self.store.put_all({f"media/{key}": data for key, data in contents.items()})
        self.service.start()
        self.add_source()
        self.add_bucket()
        for key, item in self.service.wait_until_terminal(*ODD_KEYS).items():
            self.assertEqual(item["status"], "Completed", item)
            self.assertEqual(item["content_sha256"], hashlib.sha256(contents[key]).hexdigest())
        for key in ODD_KEYS:
            document = json.loads(wait_for("a result", lambda: self.store.read(f"media/{key}.notifications.json")))
            self.assertEqual(document["item"]["key"], key)
            self.assertEqual(self.store.read(f"media/{key}"), contents[key])
        written = len(self.store.requests("PUT"))
        scan = json.loads(self.service.command("--json", "buckets", "scan", "media"))
        self.assertEqual((scan["seen"], scan["added"]), (8, 0), "what we wrote is no item")
        self.assertEqual(len(self.store.requests("PUT")), written)
        self.assertEqual(set(self.service.items()), set(ODD_KEYS))

    def test_only_keys_under_the_prefix_count(self):
        self.store.put_all({"media/in/a.mxf": b"1", "media/in/b.mxf": b"2", "media/other/c.mxf": b"3"})
        self.service.start()
        self.add_source("object_matrix")
        self.add_bucket("media/in/", "store", "--name", "in")
        self.service.wait_until_terminal("in/a.mxf", "in/b.mxf")
        self.assertEqual(set(self.service.items()), {"in/a.mxf", "in/b.mxf"})

    def test_a_refused_secret_burns_nothing_and_a_new_one_needs_no_restart(self):
        self.store.put_all({"media/a.mxf": b"1"})
        self.service.start()
        self.add_source()
        self.add_bucket()
        self.service.wait_until_terminal("a.mxf")
        self.store.control(credentials={"AKTEST": "Changed"})
        self.store.put_all({"media/b.mxf": b"2"})
        self.service.command("buckets", "scan", "media", code=1)
        self.assertIn("the secret key is wrong", self.service.errors)
        note = self.bucket()["last_scan_note"]
        self.assertIn("secret", note)
        test = json.loads(self.service.command("--json", "buckets", "test", "media"))
        self.assertEqual((test["passed"], test["code"]), (False, "credentials_refused"))
        self.assertEqual([(hop["hop"], hop["state"]) for hop in test["hops"]],
                         [("setup", "passed"), ("connect", "passed"), ("answer", "passed"), ("credentials", "failed"), ("bucket", "not reached")])
        self.service.command("sources", "secret", "store", "--access-key", "AKTEST", "--secret-file", self.secret_file("Changed"))
        done = self.service.wait_until_terminal("b.mxf")["b.mxf"]
        self.assertEqual((done["status"], done["processes"][0]["attempt"]), ("Completed", 0))
        for text in (json.dumps(self.service.get("/v1/sources")), self.service.log.read_text()):
            self.assertNotIn("SecretForTests", text)
            self.assertNotIn("Changed\"", text)

    def test_a_secret_is_forgotten_by_its_number_from_the_command_line(self):
        self.service.start()
        self.add_source()
        self.service.command("sources", "secret", "store", "--access-key", "AKOTHER", "--secret-file", self.secret_file("Other"))
        numbers = {row["access_key"]: row["number"] for row in self.service.get("/v1/sources/store")["secrets"]}
        self.assertRegex(self.service.command("sources", "show", "store"), rf"(?m)^{numbers['AKOTHER']} +AKOTHER")
        self.service.command("sources", "forget-secret", "store", numbers["AKOTHER"])
        self.assertEqual([row["access_key"] for row in self.service.get("/v1/sources/store")["secrets"]], ["AKTEST"])
        self.service.command("sources", "forget-secret", "store", numbers["AKOTHER"], code=1)

    def test_work_that_waits_for_its_store_is_pending_with_the_reason(self):
        self.store.put_all({"media/a.mxf": b"1"})
        self.service.start()
        self.add_source()
        self.store.control(denied=["a.mxf"])
        self.add_bucket()
        waiting = wait_for("the reason", lambda: self.service.items().get("a.mxf", {}).get("reason") and self.service.item("a.mxf"))
        self.assertEqual(waiting["status"], "Pending")
        process = waiting["processes"][0]
        self.assertEqual((process["attempt"], process["failure"]["reason"], process["failure"]["will_retry"]), (0, "access_denied", True))

    def test_archived_objects_wait_and_are_not_read(self):
        self.store.put_all({"media/old.mxf": b"1", "media/new.mxf": b"2"})
        self.store.control(archived=["old.mxf"])
        self.service.start()
        self.add_source()
        self.add_bucket()
        self.service.wait_until_terminal("new.mxf")
        old = wait_for("the reason", lambda: self.service.items()["old.mxf"]["reason"] and self.service.item("old.mxf"))
        self.assertEqual(old["status"], "Pending")
        self.assertEqual(old["processes"][0]["failure"]["reason"], "archived")
        self.assertEqual(old["processes"][0]["attempt"], 0)
        self.assertEqual(self.store.requests("GET", "/media/old.mxf"), [])
        self.assertEqual(self.store.requests("POST"), [], "nothing is restored")

    def test_a_store_that_cannot_be_reached_is_refused_with_its_hop(self):
        self.service.start()
        self.add_source(url="http://127.0.0.1:9")
        status, refused = self.service.request("POST", "/v1/buckets", {"location": "media", "source": "store", "backlog": {"policy": "process"}})
        self.assertEqual(status, 400)
        self.assertIn("127.0.0.1:9", refused["detail"])
        self.service.command("sources", "change", "store", "--endpoint", self.store.url)
        self.service.command("buckets", "add", "none", "--source", "store", "--backlog", "process", code=1)
        self.assertIn("there is no bucket 'none'", self.service.errors)
        self.add_bucket()
        self.assertIn("ok", self.service.command("doctor").lower())
