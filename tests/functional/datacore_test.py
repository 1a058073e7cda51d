"""Swarm's own HTTP API, with the store that tests/fakes/swarm.py is."""
import datetime
import json
import time

from service import ServiceTest, wait_for
from stores import FakeSwarm


class Datacore(ServiceTest):
    def setUp(self):
        super().setUp()
        self.store = FakeSwarm()
        self.addCleanup(self.store.close)

    def file(self, text: str):
        path = self.service.folder / "token"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def add_bucket(self, *more: str) -> None:
        self.service.command("buckets", "add", "media", "--source", "datacore", "--processor", "checksum", "--settle-seconds", "0",
                             "--backlog", "process", *more)

    def events(self, kind: str) -> list:
        return [event for event in self.service.get("/v1/events?limit=200")["rows"] if event["type"] == kind]

    def test_a_token_in_the_settings_makes_a_source_whose_results_stand_beside_the_media(self):
        keys = ["day 1/clip+a.mxf", "Länder 100%.mov"]
        self.store.put_all({f"media/{key}": key.encode() for key in keys})
        self.service.start(DATACORE_ENDPOINT=self.store.url, DATACORE_TOKEN=FakeSwarm.TOKEN)
        self.add_bucket()
        for item in self.service.wait_until_terminal(*keys).values():
            self.assertEqual((item["status"], item["processes"][0]["attempt"]), ("Completed", 0), item)
        for key in keys:
            document = json.loads(wait_for("a result", lambda: self.store.read(f"media/{key}.notifications.json")))
            self.assertEqual(document["item"]["key"], key)
            self.assertEqual(self.store.read(f"media/{key}"), key.encode())
        written = self.store.requests("PUT")
        scan = json.loads(self.service.command("--json", "buckets", "scan", "media"))
        self.assertEqual((scan["seen"], scan["added"]), (4, 0), "what we wrote is no item")
        self.assertEqual(self.store.requests("PUT"), written)
        seen = self.store.control()
        self.assertEqual(seen["cookies"], ["token=" + FakeSwarm.TOKEN])
        self.assertNotIn("authorization", seen["headers"])
        for text in (json.dumps(self.service.get("/v1/sources")), self.service.log.read_text()):
            self.assertNotIn(FakeSwarm.TOKEN, text)

    def test_what_the_index_does_not_list_yet_is_taken_when_the_store_tells_of_it(self):
        self.service.start(DATACORE_ENDPOINT=self.store.url, DATACORE_TOKEN=FakeSwarm.TOKEN)
        self.add_bucket("--scan-seconds", "604800")
        self.store.control(unlisted=["fresh.mxf"])
        self.store.put_all({"media/fresh.mxf": b"fresh"})
        record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "media"}, "object": {"key": "fresh.mxf"}}}
        status, answer = self.service.request("POST", "/v1/intake/s3", {"Records": [record]})
        self.assertEqual((status, answer["records"][0]["outcome"]), (200, "new"), answer)
        self.assertEqual(self.service.wait_until_terminal("fresh.mxf")["fresh.mxf"]["status"], "Completed")

    def test_when_its_token_ends_items_wait_and_a_new_one_needs_no_restart(self):
        ends = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.store.put_all({"media/a.mxf": b"1"})
        self.service.start()
        self.service.command("sources", "add", "datacore", "--endpoint", self.store.url, "--token-file", self.file(FakeSwarm.TOKEN),
                             "--expires-at", ends)
        source = self.service.get("/v1/sources/datacore")
        self.assertEqual(source["expires_at"], ends.replace("Z", ".000Z"))
        self.add_bucket("--scan-seconds", "5")
        self.service.wait_until_terminal("a.mxf")
        # the next item is noticed, and before it is read the token ends
        self.store.control(faults=[{"method": "HEAD", "key": "b.mxf", "times": 999, "do": "status", "status": 401}])
        self.store.put_all({"media/b.mxf": b"2"})
        self.service.command("buckets", "scan", "media")
        waiting = wait_for("the reason", lambda: self.service.items()["b.mxf"]["reason"] and self.service.item("b.mxf"))
        self.assertEqual(waiting["status"], "Pending")
        process = waiting["processes"][0]
        self.assertEqual((process["attempt"], process["failure"]["reason"]), (0, "credentials_expired"))
        self.assertIn("have expired or were withdrawn; give new ones", process["failure"]["message"])
        self.store.control(faults=[], tokens={FakeSwarm.TOKEN: -1, "f" * 32: 3600})
        self.service.command("buckets", "scan", "media", code=1)
        self.assertIn("have expired", self.service.errors)
        self.assertIn("have expired", self.service.get("/v1/buckets/media")["last_scan_note"])
        self.assertEqual(len(self.events("bucket.scan_failed")), 1)
        test = json.loads(self.service.command("--json", "buckets", "test", "media"))
        self.assertEqual((test["passed"], test["code"]), (False, "credentials_expired"))
        given = time.monotonic()
        self.service.command("sources", "secret", "datacore", "--token-file", self.file("f" * 32))
        done = self.service.wait_until_terminal("b.mxf")["b.mxf"]
        self.assertLess(time.monotonic() - given, 60)
        self.assertEqual((done["status"], done["processes"][0]["attempt"], done["processes"][0]["run"]), ("Completed", 0, 1), done)
        wait_for("a scan", lambda: self.service.get("/v1/buckets/media")["last_scan_note"] == "", 60)

    def test_a_token_that_is_changed_under_load_fails_nothing_and_burns_no_attempt(self):
        keys = [f"{n:03}.mxf" for n in range(60)]
        self.store.put_all({f"media/{key}": key.encode() for key in keys})
        self.service.start()
        self.service.command("sources", "add", "datacore", "--endpoint", self.store.url, "--token-file", self.file(FakeSwarm.TOKEN))
        self.store.control(faults=[{"method": "GET", "query": "domain", "share": 1, "do": "hang", "seconds": 0.05}])
        self.add_bucket()
        wait_for("some to end", lambda: sum(row["status"] == "Completed" for row in self.service.items().values()) >= 5)
        self.store.control(faults=[], tokens={FakeSwarm.TOKEN: -1, "f" * 32: 3600})
        wait_for("one that waits", lambda: any(row["reason"] for row in self.service.items().values()))
        self.service.command("sources", "secret", "datacore", "--token-file", self.file("f" * 32))
        items = self.service.wait_until_terminal(*keys)
        self.assertEqual({item["status"] for item in items.values()}, {"Completed"})
        self.assertEqual({item["processes"][0]["attempt"] for item in items.values()}, {0})

    def test_a_token_that_ends_within_a_day_is_told_once(self):
        self.service.start()
        ends = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.service.command("sources", "add", "datacore", "--name", "news", "--endpoint", self.store.url,
                             "--token-file", self.file(FakeSwarm.TOKEN), "--expires-at", ends)
        self.service.stop()
        self.service.start()  # it looks at once, and then each minute
        wait_for("the event", lambda: self.events("source.credentials_expiring"))
        self.service.stop()
        self.service.start()
        time.sleep(2)
        told = [event["data"] for event in self.events("source.credentials_expiring")]
        self.assertEqual([(data["name"], data["within"]) for data in told], [("news", "24h")])

    def test_a_token_file_that_changes_is_taken_and_one_for_s3_is_refused_with_what_to_do(self):
        token = self.file(FakeSwarm.TOKEN)
        self.store.put_all({"media/a.mxf": b"1"})
        self.store.control(secret_tokens=["5" * 32])
        self.service.start(DATACORE_ENDPOINT=self.store.url, DATACORE_TOKEN_FILE=str(token))
        self.add_bucket()
        self.service.wait_until_terminal("a.mxf")
        self.store.control(tokens={FakeSwarm.TOKEN: -1, "f" * 32: 3600})
        self.file("5" * 32)
        self.service.command("buckets", "scan", "media", code=1)
        self.assertIn("give it as ACCESS:SECRET", self.service.errors)
        self.file("f" * 32)
        self.service.command("buckets", "scan", "media")
