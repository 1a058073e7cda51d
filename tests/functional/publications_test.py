"""What is published of a clip with a person in it, in every format, as files that strict readers read."""
import json
import pathlib
import subprocess
import sys

from service import SAMPLES, ServiceTest, ffmpeg, wait_for
from stores import FakeS3

READER = pathlib.Path(__file__).resolve().parent.parent / "unit/delivery/read_export.py"
NAME = 'Obama, "Barack" --> <b>'
ENDS = {"csv": "csv", "vtt": "vtt", "edl@30": "edl", "avid-markers": "avid-markers.txt", "face-search": "face-search.json"}


def read(form: str, path: pathlib.Path):
    return json.loads(subprocess.run([sys.executable, READER, form, path], check=True, capture_output=True, text=True).stdout)


class Publications(ServiceTest):
    def published(self, folder: pathlib.Path, name: str = "clip.mov") -> dict:
        """All formats' files once each is there, by format."""
        files = {form: folder / f"{name}.notifications.{end}" for form, end in ENDS.items()}
        wait_for("the files", lambda: all(path.exists() for path in files.values()))
        return files

    def settled(self) -> bool:
        """Nothing is on its way any more."""
        rows = self.service.get("/v1/deliveries?limit=200")["rows"]
        return rows and all(row["status"] in ("Completed", "Skipped", "Cancelled", "Failed") for row in rows)

    def watch(self, *more: str) -> None:
        formats = [word for form in ENDS for word in ("--publish-format", form.split("@")[0])]
        self.service.watch_inbox("facial-recognition", *formats, *more)

    def clip(self) -> pathlib.Path:
        path = self.folder / "made.mov"
        ffmpeg("-loop", "1", "-i", SAMPLES / "obama.jpg", "-t", "2", "-r", "30000/1001", "-vf", "scale=640:-2", "-pix_fmt", "yuv420p",
               "-timecode", "00:59:59;20", path)
        return path

    def test_a_clip_is_told_of_in_each_format_and_again_when_a_name_changes(self):
        self.service.start()
        self.service.command("people", "enrol", NAME, SAMPLES / "obama.jpg", SAMPLES / "obama2.jpg")
        self.watch()
        self.service.drop("clip.mov", self.clip())
        self.service.drop("photo.jpg", SAMPLES / "obama.jpg")
        self.service.wait_until_terminal("clip.mov", "photo.jpg")
        files = self.published(self.service.inbox)
        rows = {form: read(form, path) for form, path in files.items()}
        self.assertEqual([row["person"] for row in rows["csv"]], [NAME])
        self.assertEqual([cue["text"] for cue in rows["vtt"]], [NAME])
        self.assertTrue(rows["edl@30"]["drop"])
        event = rows["edl@30"]["events"][0]
        self.assertEqual((event["in"], event["FROM CLIP NAME"]), (107882, "clip.mov"), "00:59:59;20 is that frame")
        self.assertEqual(rows["avid-markers"][0][1], "00:59:59;20")
        faces = rows["face-search"]["Persons"]
        self.assertEqual({match["Face"]["ExternalImageId"] for face in faces for match in face["FaceMatches"]}, {NAME})
        wait_for("the rest", self.settled)
        beside_photo = {path.name[len("photo.jpg.notifications."):] for path in self.service.inbox.glob("photo.jpg.*")}
        self.assertEqual(beside_photo, {"json", "csv", "face-search.json"}, "a picture has no times")

        before = {path: path.stat().st_mtime_ns for path in self.service.inbox.iterdir()}
        self.service.command("buckets", "publish", "inbox")
        wait_for("all to be looked at", self.settled)
        self.assertEqual({path: path.stat().st_mtime_ns for path in self.service.inbox.iterdir()}, before, "nothing changed")

        self.service.command("people", "rename", NAME, "Barack")
        wait_for("the new name", lambda: [row["person"] for row in read("csv", files["csv"])] == ["Barack"])
        wait_for("the rest", self.settled)
        for path in self.service.inbox.glob("*.notifications.*"):
            self.assertNotIn("Obama", path.read_text(), path)
        self.assertEqual(self.service.inbox.joinpath("clip.mov").stat().st_mtime_ns, before[self.service.inbox / "clip.mov"])
        self.service.command("people", "erase", "Barack")
        wait_for("nobody", lambda: read("csv", files["csv"]) == [])
        wait_for("the rest", self.settled)
        for path in self.service.inbox.glob("*.notifications.*"):
            self.assertNotIn("Barack", path.read_text(), path)
        self.service.command("buckets", "scan", "inbox")
        self.assertEqual(set(self.service.items()), {"clip.mov", "photo.jpg"}, "what we wrote is no item")

    def test_a_format_that_is_added_later_is_published_when_asked_for(self):
        self.service.start()
        self.service.watch_inbox("facial-recognition")
        self.service.drop("photo.jpg", SAMPLES / "obama.jpg")
        self.service.wait_until_terminal("photo.jpg")
        wait_for("the results", (self.service.inbox / "photo.jpg.notifications.json").exists)
        self.service.command("buckets", "change", "inbox", "--publish-format", "xls", code=1)
        self.assertIn("must be one of csv, vtt, edl, avid-markers, face-search, markdown", self.service.errors)
        self.service.command("buckets", "change", "inbox", "--publish-format", "csv")
        self.assertFalse((self.service.inbox / "photo.jpg.notifications.csv").exists())
        self.service.command("buckets", "publish", "inbox")
        wait_for("the rows", (self.service.inbox / "photo.jpg.notifications.csv").exists)
        self.service.command("buckets", "change", "inbox", "--publish-format", "")
        self.assertEqual(self.service.get("/v1/buckets/inbox")["publishing"]["formats"], [])

    def test_results_go_into_a_folder_that_is_watched_itself_and_become_no_items(self):
        self.service.start()
        results = self.service.inbox / "results"
        results.mkdir()
        self.service.watch_inbox("checksum", "--results-bucket", str(results), "--publish-format", "csv")
        self.service.drop("a.bin", content=b"1")
        self.service.wait_until_terminal("a.bin")
        wait_for("the results", (results / "inbox/a.bin.notifications.json").exists)
        wait_for("the rest", self.settled)
        self.service.command("buckets", "scan", "inbox")
        self.assertEqual(set(self.service.items()), {"a.bin"})
        self.assertEqual({path.name for path in self.service.inbox.iterdir()}, {"a.bin", "results"}, "nothing beside the media")


class PublicationsInStores(ServiceTest):
    def test_results_go_into_a_bucket_that_is_watched_later_and_become_no_items(self):
        store = FakeS3()
        self.addCleanup(store.close)
        store.put_all({"media/day/a.bin": b"1", "results/other.bin": b"2"})
        self.service.start()
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", store.url, "--access-key", "AKTEST",
                             "--secret-file", secret)
        add = ("--source", "store", "--processor", "checksum", "--settle-seconds", "0", "--backlog", "process")
        self.service.command("buckets", "add", "media", *add, "--results-bucket", "results", "--results-prefix", "from/",
                             "--publish-metadata")
        self.service.wait_until_terminal("day/a.bin")
        name = "results/from/day/a.bin.notifications.json"
        document = json.loads(wait_for("the results", lambda: store.read(name)))
        self.assertEqual(document["item"]["key"], "day/a.bin")
        self.assertEqual(store.control()["meta"], {name: {
            "x-amz-meta-notifications-item": document["item"]["id"], "x-amz-meta-notifications-status": "Completed",
            "x-amz-meta-notifications-processors": "checksum", "x-amz-meta-notifications-people": "0"}})
        self.assertEqual(store.requests("PUT", "media/"), [], "nothing beside the object")
        self.service.command("buckets", "add", "results", *add)
        self.service.wait_until_terminal("other.bin")
        self.service.command("buckets", "scan", "results")
        self.assertEqual(set(self.service.items()), {"day/a.bin", "other.bin"}, "what we wrote is no item")
