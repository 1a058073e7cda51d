"""Messages sent to the service: kept before the answer, looked for afterwards, whatever dies or does not answer meanwhile."""
import contextlib
import json
import sqlite3
import time
import unittest

from service import ServiceTest, wait_for
from stores import FakeS3

ASSET = "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11"
SECRET = "a secret of sixteen"


class Messages(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.store = FakeS3()
        self.addCleanup(self.store.close)
        self.service.settings |= {"ICONIK_WEBHOOK_SECRET": SECRET}

    def watch_store(self) -> None:
        self.store.put_all({"media/first.mxf": b"0"})
        secret = self.service.folder / "secret"
        secret.write_text("SecretForTests\n")
        secret.chmod(0o600)
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", self.store.url, "--access-key", "AKTEST",
                             "--secret-file", secret)
        self.service.command("buckets", "add", "media", "--source", "store", "--processor", "checksum", "--settle-seconds", "0",
                             "--backlog", "process", "--scan-seconds", "86400")
        wait_for("the first scan", lambda: self.service.get("/v1/buckets/media")["last_scan_at"])

    def tell(self, *keys: str) -> None:
        records = [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "media"}, "object": {"key": key}}} for key in keys]
        status, answer = self.service.request("POST", "/v1/intake/iconik", {
            "Type": "Notification", "Message": json.dumps({"headers": {}, "body": json.dumps({"Records": records})})})
        self.assertEqual(status, 202, answer)

    def test_news_outlives_a_kill_and_a_store_that_does_not_answer(self):
        self.service.start()
        self.watch_store()
        self.store.put_all({f"media/{name}.mxf": name.encode() for name in "abc"})
        self.store.control(credentials={"AKTEST": "changed"})
        self.tell("a.mxf", "b.mxf", "c.mxf", "a.mxf")
        def delayed():
            rows = self.service.get("/v1/news")["rows"]
            return len(rows) == 3 and all(row["tries"] and row["sentence"] for row in rows) and rows
        rows = wait_for("the news to be delayed", delayed)
        self.assertEqual({row["address"] for row in rows}, {"media a.mxf", "media b.mxf", "media c.mxf"})
        self.service.kill()
        self.store.control(credentials={"AKTEST": "SecretForTests"})
        self.service.start()
        items = self.service.wait_until_terminal("a.mxf", "b.mxf", "c.mxf")
        self.assertEqual({item["status"] for item in items.values()}, {"Completed"})
        wait_for("the inbox to be empty", lambda: not self.service.get("/v1/news")["rows"])
        self.assertEqual(len(self.service.items()), 4)

    def test_a_webhook_of_iconik_waits_for_its_source(self):
        self.service.start()
        event = {"event_type": "assets", "realm": "entity", "operation": "create", "object_id": ASSET, "data": {"id": ASSET}}
        status, refused = self.service.request("POST", "/v1/intake/iconik", event, key="")
        self.assertEqual(status, 401)
        self.assertIn("X-Notifications-Secret", refused["detail"])
        self.assertNotIn(SECRET, json.dumps(refused))
        status, _ = self.service.request("POST", "/v1/intake/iconik", event)
        self.assertEqual(status, 202)
        def told():
            rows = self.service.get("/v1/news")["rows"]
            return rows and rows[0]["tries"] and rows[0]
        row = wait_for("the news to be looked at", told)
        self.assertEqual((row["kind"], row["address"], row["reason"]), ("asset", ASSET, "no_iconik_bucket"))
        status, refused = self.service.request("POST", "/v1/intake/iconik", {"asset_id": "../../etc"})
        self.assertEqual((status, refused["reason"]), (400, "short_form"))
        self.assertIn("no dead messages", self.service.command("dead-messages", "list"))
        self.service.command("dead-messages", "show", "dead_0", code=1)
        self.assertIn("dead_0", self.service.errors)
        self.assertNotIn(SECRET, self.service.log.read_text())

    def test_dead_messages_are_shown_replayed_and_removed_by_commands(self):
        self.service.start()
        self.service.stop()
        event = json.dumps({"event_type": "assets", "operation": "create", "object_id": ASSET})
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db")) as database, database:
            for identity, body in (("dead_1", event), ("dead_2", "hello")):
                database.execute("INSERT INTO dead_message VALUES (?, 'src_q', ?, 'unrecognised', 'it was not known', ?, 9, 1, 1, ?, NULL)",
                                 (identity, identity, body, int(time.time() * 1000)))
        self.service.start()
        listed = self.service.command("dead-messages", "list")
        self.assertIn("dead_1", listed)
        self.assertIn("it was not known", listed)
        self.assertIn(ASSET, self.service.command("dead-messages", "show", "dead_1"))
        self.assertIn("1 to look at, 0 already waiting", self.service.command("dead-messages", "replay", "dead_1"))
        self.service.command("dead-messages", "replay", "dead_1", code=1)
        self.assertIn("was replayed before", self.service.errors)
        self.service.command("dead-messages", "replay", "dead_2", code=1)
        self.assertIn("dead_2 is removed", self.service.command("dead-messages", "remove", "dead_2"))
        self.assertNotIn("dead_2", self.service.command("dead-messages", "list"))


if __name__ == "__main__":
    unittest.main()
