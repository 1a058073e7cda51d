"""From a message of a queue to names on the timeline of an asset: ElasticMQ, the built service, the fake Iconik."""
import base64
import json
import random
import time
import urllib.request
import uuid

from service import SAMPLES, ServiceTest, ffmpeg, wait_for
from stores import ElasticMq, FakeIconik

PLACE = "11111111-1111-4111-8111-111111111111"
DOMAIN = "5f0c6d4e-0000-11ee-b962-0242ac120002"


class IconikTimeline(ServiceTest):
    def setUp(self):
        super().setUp()
        if not ElasticMq.JARS.exists():
            self.skipTest("ElasticMQ was not fetched by script/bootstrap test")
        self.queue, self.iconik = ElasticMq(), FakeIconik()
        self.addCleanup(self.iconik.close)
        self.addCleanup(self.queue.close)
        self.iconik.control(collections=[{"id": PLACE}])
        self.service.start(ICONIK_URL=self.iconik.url, ICONIK_APP_ID=FakeIconik.APP_ID, ICONIK_ACCESS_TOKEN=FakeIconik.TOKEN)
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        self.service.command("sources", "add", "sqs", "--name", "events", "--queue-url", self.queue.queue("events"), "--region", "eu-west-1",
                             "--access-key", "AKTEST", "--secret-file", secret)

    def add_bucket(self, processor: str, *more: str) -> None:
        self.service.command("buckets", "add", f"collections/{PLACE}", "--name", "dailies", "--source", "iconik", "--processor", processor,
                             "--backlog", "process", "--scan-seconds", "604800", *more)
        wait_for("the first scan", lambda: self.service.get("/v1/buckets/dailies")["last_scan_at"])

    def make(self, data: bytes, title: str = "clip.mp4") -> str:
        asset = str(uuid.uuid4())
        self.iconik.control(make=[{"id": asset, "title": title, "collections": [PLACE], "original": base64.b64encode(data).decode()}])
        return asset

    def tell(self, *bodies: dict) -> None:
        """Webhooks of Iconik, as a function's URL puts them into the queue."""
        self.queue.send("events", [json.dumps({"version": "2.0", "headers": {}, "body": json.dumps(body)}) for body in bodies])

    def created(self, asset: str) -> dict:
        return {"system_domain_id": DOMAIN, "object_id": asset, "user_id": DOMAIN, "realm": "entity", "operation": "create",
                "data": {"id": asset}, "request_id": uuid.uuid4().hex, "event_type": "assets"}

    def shown(self, asset: str) -> dict:
        with urllib.request.urlopen(f"{self.iconik.url}/_control?segments={asset}&history={asset}", timeout=60) as answer:
            return json.load(answer)

    def segments(self, asset: str) -> list:
        rows = [row["body"] for row in self.shown(asset)["segments"] if row["body"]["status"] == "ACTIVE"]
        return sorted((row["segment_text"], row["segment_track"], row["segment_type"]) for row in rows)

    def ask(self, path: str) -> dict:
        request = urllib.request.Request(f"{self.iconik.url}/API/{path}", headers={"App-ID": FakeIconik.APP_ID, "Auth-Token": FakeIconik.TOKEN})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def published(self) -> bool:
        return not [row for row in self.service.get("/v1/deliveries?limit=200")["rows"] if row["status"] in ("Pending", "Processing")]

    def writes(self, part: str = "") -> int:
        return sum(count for what, count in self.iconik.control()["writes"].items() if part in what)

    def test_a_message_ends_as_names_on_the_timeline_which_follow_what_people_are_called(self):
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg")
        self.add_bucket("facial-recognition", "--biometric-basis", "a test")
        film = self.folder / "clip.mp4"
        ffmpeg("-loop", "1", "-i", SAMPLES / "obama2.jpg", "-t", "3", "-r", "25", "-vf", "scale=640:-2", "-pix_fmt", "yuv420p", film)
        asset = self.make(film.read_bytes())
        self.tell(self.created(asset))
        item = self.service.wait_until_terminal(asset)[asset]
        self.assertEqual(item["status"], "Completed", item)
        name = ("Barack Obama", "Facial Recognition", "GENERIC")
        wait_for("the name on the timeline", lambda: self.segments(asset) == [name])
        wait_for("the status", lambda: self.ask(f"assets/v1/assets/{asset}/")["analyze_status"] == "DONE")
        wait_for("all to be written", self.published)
        jobs = self.ask(f"jobs/v1/jobs/?object_id={asset}")["objects"]
        self.assertEqual([(job["status"], job["custom_type"], job["progress"]) for job in jobs], [("FINISHED", "facial-recognition", 100)])
        self.assertEqual([step["status"] for step in jobs[0]["steps"]], ["DONE", "DONE", "DONE"])
        self.assertEqual(len(self.shown(asset)["history"]), 1)

        before = self.writes()
        self.tell(*self.iconik.control()["webhooks"])  # of our own writes
        wait_for("the queue to be empty", lambda: self.queue.left("events") == 0)
        wait_for("the inbox to be empty", lambda: not self.service.get("/v1/news")["rows"])
        self.assertEqual(len(self.service.item(asset)["processes"]), 1)
        self.assertEqual(len(self.service.items()), 1)
        self.assertEqual(self.writes(), before)

        self.service.command("people", "rename", "Barack Obama", "B. Obama")
        wait_for("the new name", lambda: self.segments(asset) == [("B. Obama", "Facial Recognition", "GENERIC")])
        wait_for("all to be written", self.published)
        self.assertEqual(self.writes(), before + 1, self.iconik.control()["writes"])

        segments_before = self.writes("/segments/")
        self.service.request("POST", f"/v1/items/{item['id']}/rerun")
        wait_for("the second run", lambda: len(self.service.item(asset)["processes"]) == 2 and self.service.item(asset)["status"] == "Completed")
        wait_for("all to be written", self.published)
        self.assertEqual(self.writes("/segments/"), segments_before, "nothing changed")

    def test_assets_end_with_their_status_told_once_whatever_goes_wrong_and_whoever_is_killed(self):
        self.add_bucket("checksum")
        made = [self.make(b"media %d" % number) for number in range(25)]
        self.iconik.control(visible_after=1, faults=[
            {"method": "POST", "path": "jobs|history", "share": 0.1, "do": "created", "status": 502},
            {"method": "GET|PATCH", "path": "/API/", "share": 0.05, "do": "status", "status": 503}])
        self.tell(*[self.created(asset) for asset in made for _ in range(2)])
        for _ in range(3):
            time.sleep(random.uniform(0.5, 3))
            self.service.kill()
            self.service.start(ICONIK_URL=self.iconik.url, ICONIK_APP_ID=FakeIconik.APP_ID, ICONIK_ACCESS_TOKEN=FakeIconik.TOKEN)
        items = self.service.wait_until_terminal(*made)
        self.assertEqual({item["status"] for item in items.values()}, {"Completed"})
        wait_for("all to be written", self.published, 300)
        self.iconik.control(faults=[])
        jobs = {}
        for number in range(1, 4):
            page = self.ask(f"jobs/v1/jobs/?per_page=100&page={number}")
            for job in page["objects"]:
                jobs.setdefault(job["object_id"], []).append(job["status"])
            if not page["next_url"]:
                break
        self.assertEqual(jobs, {asset: ["FINISHED"] for asset in made})
        for asset in made:
            self.assertEqual(self.ask(f"assets/v1/assets/{asset}/")["analyze_status"], "DONE")
            self.assertEqual(len(self.shown(asset)["history"]), 1)
        seen = self.iconik.control()
        self.assertLessEqual(seen["peak_second"], 50)
        self.assertLessEqual(seen["peak_window"], 1000)
