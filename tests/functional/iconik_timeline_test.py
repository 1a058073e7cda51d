"""From a message of a queue to names on the timeline of an asset: ElasticMQ, the built service, the fake Iconik."""
import hashlib
import random
import time

from iconik_service import IconikServiceTest
from service import SAMPLES, ffmpeg, wait_for


class IconikTimeline(IconikServiceTest):
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
        self.assertEqual(len(self.standing(history=asset)["history"]), 1)

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

        source = next(row for row in self.service.get("/v1/sources")["rows"] if row["kind"] == "iconik")
        self.service.request("PATCH", f"/v1/sources/{source['id']}", {"config": source["config"] | {"segment_track": "Faces"}})
        wait_for("the new track", lambda: self.segments(asset) == [("B. Obama", "Faces", "GENERIC")])
        wait_for("all to be written", self.published)
        self.assertEqual(len(self.service.item(asset)["processes"]), 2, "nothing ran again")

    def test_faces_are_looked_for_on_a_proxy_and_not_on_the_original_behind_it(self):
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg")
        self.add_bucket("facial-recognition", "--biometric-basis", "a test")
        original, proxy = self.folder / "original.mov", self.folder / "proxy.mp4"
        ffmpeg("-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=3", "-c:v", "mpeg4", original)
        ffmpeg("-loop", "1", "-i", SAMPLES / "obama2.jpg", "-t", "3", "-r", "25", "-vf", "scale=960:-2", "-pix_fmt", "yuv420p", proxy)
        asset = self.make(original.read_bytes(), proxy.read_bytes())
        self.tell(self.created(asset))
        item = self.service.wait_until_terminal(asset)[asset]
        self.assertEqual((item["status"], item["content_sha256"]), ("Completed", hashlib.sha256(proxy.read_bytes()).hexdigest()), item)
        wait_for("the name on the timeline", lambda: self.segments(asset) == [("Barack Obama", "Facial Recognition", "GENERIC")])
        segment = self.standing(segments=asset)["segments"][0]["body"]
        self.assertLess(segment["time_start_milliseconds"], 500)
        self.assertGreater(segment["time_end_milliseconds"], 2500)

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
            self.service.start()
        items = self.service.wait_until_terminal(*made)
        self.assertEqual({item["status"] for item in items.values()}, {"Completed"})
        self.wait_until_published_under_faults()
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
            self.assertEqual(len(self.standing(history=asset)["history"]), 1)
        seen = self.iconik.control()
        self.assertLessEqual(seen["peak_second"], 50)
        self.assertLessEqual(seen["peak_window"], 1000)
