"""Queues of messages: ElasticMQ tells the built service of objects in a store."""
import contextlib
import json
import os
import random
import time

from service import ServiceTest, wait_for
from stores import ElasticMq, FakeS3


def event_of(key: str) -> str:
    return json.dumps({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
                                    "s3": {"bucket": {"name": "media"}, "object": {"key": key}}}]})


class QueueMessages(ServiceTest):
    OBJECTS = 80

    def setUp(self) -> None:
        super().setUp()
        if not ElasticMq.JARS.exists():
            self.skipTest("ElasticMQ was not fetched by script/bootstrap test")
        self.mq, self.store = ElasticMq(), FakeS3()
        self.addCleanup(self.store.close)
        self.addCleanup(self.mq.close)
        self.secret = self.folder / "secret"
        self.secret.write_text("SecretForTests\n")

    def watch(self, queue: str, **config) -> None:
        """An empty bucket that no scan looks into again, not even after a restart, and a queue that tells of it."""
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", self.store.url, "--access-key", "AKTEST",
                             "--secret-file", self.secret)
        self.service.command("buckets", "add", "media", "--source", "store", "--name", "media", "--processor", "checksum",
                             "--backlog", "process", "--settle-seconds", "0")
        wait_for("the first scan", lambda: self.service.get("/v1/buckets/media")["last_scan_at"])
        self.service.command("buckets", "change", "media", "--cron", "0 0 29 2 *")
        self.add_queue(queue, **config)

    def add_queue(self, queue: str, **config) -> None:
        self.service.command("sources", "add", "sqs", "--name", "events", "--queue-url", self.mq.queue(queue), "--region", "eu-west-1",
                             "--config", json.dumps(config), "--access-key", "AKTEST", "--secret-file", self.secret)

    def state(self) -> dict:
        return self.service.get("/v1/sources/events")["queue"] or {}

    def keys(self) -> list:
        return [key for key, in self.service.rows("SELECT CAST(key AS TEXT) FROM item")]

    def test_objects_told_of_up_to_five_times_in_any_order_under_kills_are_items_once(self):
        keys = [f"{number:04}.bin" for number in range(self.OBJECTS)]
        self.service.start()
        self.watch("events", visibility_timeout_s=30)
        self.store.put_all({f"media/{key}": os.urandom(2000) for key in keys})
        bodies = [event_of(key) for key in keys for _ in range(random.randint(1, 5))]
        random.shuffle(bodies)
        self.service.kill()
        self.mq.send("events", bodies)
        for point in ("messages_committed:2", "messages_deleted:2", "messages_committed:1"):
            with contextlib.suppress(AssertionError):  # it may be killed before it is up, or find nothing to do
                self.service.start(NOTIFICATIONS_FAILPOINT=point)
                wait_for("the kill at " + point, lambda: self.service.process.poll() is not None, 20)
            self.service.kill()
        for _ in range(2):
            self.service.start()
            time.sleep(random.uniform(0.1, 0.6))
            self.service.kill()
        self.service.start()
        wait_for("all messages to be deleted", lambda: self.mq.left("events") == 0, 300)
        wait_for("all items", lambda: len(self.keys()) == len(keys), 120)
        self.assertEqual(sorted(self.keys()), keys)
        self.assertEqual(self.mq.left("dead"), 0)

    def test_what_is_not_understood_is_kept_and_holds_nothing_up(self):
        self.service.start()
        self.watch("plain")
        self.store.put_all({f"media/{number}.bin": b"x" for number in range(10)})
        bodies = [event_of(f"{number}.bin") for number in range(10)]
        bodies[3:3] = ["this is no JSON", json.dumps({"auth_token": "canary"}), "[" * 500_000]
        self.mq.send("plain", bodies[:7])
        self.mq.send("plain", bodies[7:])
        wait_for("all messages to be deleted", lambda: self.mq.left("plain") == 0)
        wait_for("all items", lambda: len(self.keys()) == 10)
        self.assertEqual(self.state()["dead"], 3)
        self.assertEqual(self.service.rows("SELECT count(*) FROM dead_message")[0][0], 3)
        before = self.mq.requests()["ReceiveMessage"]
        time.sleep(3)
        self.assertLessEqual(self.mq.requests()["ReceiveMessage"] - before, 1, "it asks without a pause")
        self.service.stop()
        self.assertNotIn(b"canary", b"".join(path.read_bytes() for path in self.service.data.rglob("*") if path.is_file()))

    def test_the_settings_make_a_queue_a_source_that_can_be_tested(self):
        wrong = self.mq.KEYS | {"AWS_SECRET_KEY": "Wrong"}
        self.service.start(SQS_QUEUE_URL=self.mq.queue("plain"), **wrong)
        wait_for("the refusal", lambda: (self.service.get("/v1/sources/sqs")["queue"] or {}).get("code") == "credentials_refused")
        told = self.service.command("sources", "test", "sqs")
        self.assertIn("credentials  failed", told)
        self.assertIn("the secret key is wrong", told)
        self.assertIn("credentials: ", self.service.command("doctor", code=1))
        events = [event["type"] for event in self.service.get("/v1/events?limit=200")["rows"]]
        self.assertEqual(events.count("source.auth_failed"), 1)
        self.assertEqual(self.mq.requests(), {}, "nothing passed the gate")
        self.service.command("sources", "secret", "sqs", "--access-key", "AKTEST", "--secret-file", self.secret)
        wait_for("an answer", lambda: (self.service.get("/v1/sources/sqs")["queue"] or {}).get("answered_at"), 60)
        self.assertIn("queue        passed", self.service.command("sources", "test", "sqs"))
        begin = time.monotonic()
        self.service.stop()
        self.assertLess(time.monotonic() - begin, 15, "the long poll is given up")
        self.assertNotIn("Wrong", self.service.log.read_text())
