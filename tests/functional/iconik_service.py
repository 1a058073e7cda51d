"""The service with a queue of ElasticMQ and the fake Iconik, and a place there whose assets are told of through the queue."""
import base64
import contextlib
import json
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from service import ServiceTest, wait_for
from stores import ElasticMq, FakeIconik

PLACE = "11111111-1111-4111-8111-111111111111"
DOMAIN = "5f0c6d4e-0000-11ee-b962-0242ac120002"

ONCE_IN_FOUR_YEARS = "0 0 29 2 *"


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


class IconikServiceTest(ServiceTest):
    QUEUE = "events"

    def setUp(self):
        super().setUp()
        if not ElasticMq.JARS.exists():
            self.skipTest("ElasticMQ was not fetched by script/bootstrap test")
        self.queue, self.iconik = ElasticMq(), FakeIconik()
        self.addCleanup(self.iconik.close)
        self.addCleanup(self.queue.close)
        self.iconik.control(collections=[{"id": PLACE}])
        self.service.settings |= {"ICONIK_URL": self.iconik.url, "ICONIK_APP_ID": FakeIconik.APP_ID, "ICONIK_ACCESS_TOKEN": FakeIconik.TOKEN}
        self.service.start()
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        self.service.command("sources", "add", "sqs", "--name", "events", "--queue-url", self.queue.queue(self.QUEUE), "--region", "eu-west-1",
                             "--config", json.dumps({"visibility_timeout_s": 30}), "--access-key", "AKTEST", "--secret-file", secret)

    def add_bucket(self, processor: str, *more: str) -> None:
        """Scanned once, while it is empty, and then never again, not even after a restart: what becomes an item was told of."""
        self.service.command("buckets", "add", f"collections/{PLACE}", "--name", "dailies", "--source", "iconik", "--processor", processor,
                             "--backlog", "process", *more)
        self.scanned_at = wait_for("the first scan", self.last_scan)
        self.service.command("buckets", "change", "dailies", "--cron", ONCE_IN_FOUR_YEARS)

    def last_scan(self) -> str | None:
        return self.service.get("/v1/buckets/dailies")["last_scan_at"]

    def make(self, data: bytes, proxy: bytes | None = None) -> str:
        """An asset of an original, and maybe of a proxy."""
        asset = str(uuid.uuid4())
        proxies = [] if proxy is None else [{"data": encoded(proxy)}]
        self.iconik.control(make=[{"id": asset, "title": "clip.mp4", "collections": [PLACE], "original": encoded(data), "proxies": proxies}])
        return asset

    def make_many(self, count: int, proxy: bytes, first: int = 0) -> list:
        self.iconik.control(many={"collection": PLACE, "count": count, "first": first, "data": encoded(proxy)})
        return [str(uuid.uuid5(uuid.UUID(DOMAIN), str(number))) for number in range(first, first + count)]

    def tell(self, *bodies: dict) -> None:
        """Webhooks of Iconik, as a function's URL puts them into the queue."""
        self.queue.send(self.QUEUE, [json.dumps({"version": "2.0", "headers": {}, "body": json.dumps(body)}) for body in bodies])

    @staticmethod
    def created(asset: str) -> dict:
        return {"system_domain_id": DOMAIN, "object_id": asset, "user_id": DOMAIN, "realm": "entity", "operation": "create",
                "data": {"id": asset}, "request_id": uuid.uuid4().hex, "event_type": "assets"}

    def standing(self, **wanted: str) -> dict:
        """What the fake has: segments, history, jobs, assets, each of one id or of all ("*")."""
        query = urllib.parse.urlencode(wanted)
        with urllib.request.urlopen(f"{self.iconik.url}/_control?{query}", timeout=60) as answer:
            return json.load(answer)

    def segments(self, asset: str) -> list:
        rows = [row["body"] for row in self.standing(segments=asset)["segments"] if row["body"]["status"] == "ACTIVE"]
        return sorted((row["segment_text"], row["segment_track"], row["segment_type"]) for row in rows)

    def ask(self, path: str) -> dict:
        request = urllib.request.Request(f"{self.iconik.url}/API/{path}", headers={"App-ID": FakeIconik.APP_ID, "Auth-Token": FakeIconik.TOKEN})
        for _ in range(20):  # the service's requests count, too
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refused:
                if refused.code != 429:
                    raise
                time.sleep(1)
        raise AssertionError("the limit was used up for 20 s")

    def published(self) -> bool:
        return self.service.rows("SELECT count(*) FROM delivery WHERE status IN ('Pending', 'Processing')") == [(0,)]

    def wait_until_published_under_faults(self) -> None:
        """A third try comes after 5 min and a fourth after 30: what waits for these has its time now, while the service is dead."""
        while not self.published():
            wait_for("what was tried once or never", lambda: self.deliveries("attempt < 2") == 0, 3600)
            self.service.kill()
            with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db")) as database, database:
                database.execute("UPDATE delivery SET next_attempt_at = 0 WHERE status = 'Pending'")
            self.service.start()
            wait_for("what had its time to be tried", lambda: self.deliveries(f"next_attempt_at < {int(time.time() * 1000)}") == 0, 600)

    def deliveries(self, which: str) -> int:
        return self.service.rows(f"SELECT count(*) FROM delivery WHERE status IN ('Pending', 'Processing') AND {which}")[0][0]

    def writes(self, part: str = "") -> int:
        return sum(count for what, count in self.iconik.control()["writes"].items() if part in what)
