"""kill -9 of the child and of the service at each step: every item ends, none twice, nothing is left behind."""
import contextlib
import http.server
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import threading
import time

from service import PROGRAMS, SAMPLES, ServiceTest, ffmpeg, wait_for


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers 204 to whatever comes."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.got.append((self.headers["webhook-id"], body["type"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


@contextlib.contextmanager
def receiver():
    """A small receiver on a port of its own; `got` has (webhook-id, type) of each message in its order."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.got, server.url = [], f"http://127.0.0.1:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class Crash(ServiceTest):
    FILES = {f"{i}.jpg": "biden.jpg" for i in range(4)}
    FACES = {"obama.jpg": "obama3.jpg", "again.jpg": "obama3.jpg", "biden.jpg": "biden.jpg"}

    def left_over(self) -> list:
        """Temporary files anywhere in the data folder or the bucket."""
        return [str(p) for root in (self.service.data, self.service.inbox) for p in root.rglob("*") if p.name.endswith(".tmp")]

    def rows(self, sql: str) -> list:
        """What the database of the stopped service says."""
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db")) as database:
            return database.execute(sql).fetchall()

    def killed_at(self, step: str, files: dict = FILES, processor: str = "checksum", url: str = "http://127.0.0.1:1025/") -> None:
        """The service kills itself at `step`, is started again, and everything must come out right once."""
        self.service.start()
        self.service.command("webhooks", "add", url, "--types", "item.*")
        self.service.watch_inbox(processor)
        if processor == "facial-recognition":
            self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg", SAMPLES / "obama2.jpg")
        self.service.stop()
        self.service.start(NOTIFICATIONS_FAILPOINT=step)
        for name, sample in files.items():
            self.service.drop(name, SAMPLES / sample)
        wait_for(f"the service to die at {step}", lambda: self.service.process.poll() is not None, 240)
        self.assertEqual(self.service.process.returncode, -signal.SIGKILL)
        self.service.start()
        ended = self.service.wait_until_terminal(*files)
        for key, item in ended.items():
            self.assertEqual(item["status"], "Completed", (key, item))
            self.assertEqual(len(item["processes"]), 1)
            self.assertEqual(item["processes"][0]["attempt"], 0, "a lost node burns no attempt")
        completed = [e for e in self.service.get("/v1/events?limit=200")["rows"] if e["type"] == "item.completed"]
        self.assertEqual(len(completed), len(files))
        self.assertEqual(len({e["subject"] for e in completed}), len(files))
        self.assert_published(ended)
        if processor == "facial-recognition":
            self.assert_named(ended)
        self.service.stop()
        self.assertEqual(self.left_over(), [])
        self.assert_nothing_loose()

    def assert_published(self, items: dict) -> None:
        """Each item's results lie whole beside it."""
        for key, item in items.items():
            path = self.service.inbox / f"{key}.notifications.json"
            document = json.loads(wait_for(f"{path.name}", lambda: path.exists() and path.read_text()))
            self.assertEqual((document["item"]["id"], document["item"]["status"]), (item["id"], "Completed"))
        self.assertEqual(len(self.service.items()), len(items), "what we wrote is no item")

    def assert_named(self, items: dict) -> None:
        """Who was enrolled is found once in each of his pictures, and nobody in the other."""
        for key, item in items.items():
            names = [row["person_name"] for row in self.service.get(f"/v1/appearances?item={item['id']}")["rows"]]
            self.assertEqual(names, [] if key == "biden.jpg" else ["Barack Obama"], key)

    def assert_nothing_loose(self) -> None:
        """One result for each content, and nothing half done or without an owner in the database."""
        self.assertEqual(self.rows("SELECT count(*) - count(DISTINCT content_sha256) FROM result"), [(0,)])
        self.assertEqual(self.rows("SELECT count(*) FROM process WHERE status = 'Processing'"), [(0,)])
        self.assertEqual(self.rows("SELECT count(*) FROM resolve"), [(0,)])
        self.assertEqual(self.rows("""SELECT sha256 FROM artifact_row WHERE sha256 NOT IN (SELECT sha256 FROM result_artifact)
                                      AND sha256 NOT IN (SELECT crop_sha256 FROM enrolment_photo)"""), [])
        self.assertEqual(self.rows("""SELECT id FROM face_track GROUP BY result_id, number HAVING count(*) > 1"""), [])

    def test_the_service_dies_when_a_file_was_fetched(self):
        self.killed_at("fetched")

    def test_the_service_dies_after_the_claim(self):
        self.killed_at("claimed")

    def test_the_service_dies_with_the_item_open(self):
        self.killed_at("opened")

    def test_the_service_dies_while_the_job_runs(self):
        self.killed_at("job_running")

    def test_the_service_dies_with_the_result_in_hand(self):
        self.killed_at("result_computed")

    def test_the_service_dies_before_the_commit(self):
        self.killed_at("before_commit")

    def test_the_service_dies_after_the_commit(self):
        self.killed_at("after_commit")

    def test_the_service_dies_before_a_webhook_is_sent(self):
        self.killed_at("before_send")

    def test_the_service_dies_after_a_webhook_was_answered(self):
        with receiver() as server:
            self.killed_at("after_2xx:2", url=server.url)
            self.service.start()
            wait_for("all to be told", lambda: len({i for i, kind in server.got if kind == "item.completed"}) == len(self.FILES))
            counts = [sum(1 for other, _ in server.got if other == i) for i in {i for i, _ in server.got}]
            self.assertGreater(max(counts), 1, "what was answered but not noted comes again with the same webhook-id")
            self.assertEqual(len(counts), 2 * len(self.FILES), "item.discovered and item.completed of each")

    def test_the_service_dies_when_it_noted_what_it_will_publish(self):
        self.killed_at("publication_noted")

    def test_the_service_dies_with_the_published_file_under_its_first_name(self):
        self.killed_at("publication_named")

    def test_the_service_dies_with_the_published_file_in_place(self):
        self.killed_at("publication_renamed")

    def test_the_service_dies_before_it_notes_that_it_published(self):
        self.killed_at("publication_written:2")

    def test_the_service_dies_with_faces_in_hand(self):
        self.killed_at("result_computed:2", self.FACES, "facial-recognition")

    def test_the_service_dies_before_the_faces_and_their_names_are_committed(self):
        self.killed_at("before_commit", self.FACES, "facial-recognition")

    def test_the_service_dies_after_the_faces_and_their_names_are_committed(self):
        self.killed_at("after_commit", self.FACES, "facial-recognition")

    def test_the_service_dies_while_faces_are_published(self):
        self.killed_at("publication_named:2", self.FACES, "facial-recognition")

    def test_the_service_dies_while_it_writes_a_file_of_its_first_start(self):
        for number, name in enumerate(("secret.key", "first-key", "address"), 1):
            with self.service.log.open("a") as log:
                died = subprocess.run([PROGRAMS / "notifications-api", "serve"], cwd=self.folder, stdout=log, stderr=log, timeout=120,
                                      env=self.service.environment(NOTIFICATIONS_FAILPOINT="file_written"))
            self.assertEqual(died.returncode, -signal.SIGKILL)
            self.assertFalse((self.service.data / name).exists(), name)
            if number == 1:  # let the key file be made, and the next one not
                self.service.command("migrate")
            elif number == 2:
                self.service.start().stop()
                self.assertEqual(self.left_over(), [])
        self.service.start()
        self.service.watch_inbox()
        self.service.drop("a.jpg", SAMPLES / "biden.jpg")
        self.assertEqual(self.service.wait_until_terminal("a.jpg")["a.jpg"]["status"], "Completed")
        self.service.stop()
        self.assertEqual(self.left_over(), [])

    def loaders(self) -> list:
        """Children that have the models, or are loading them."""
        def has_models(pid: int) -> bool:
            try:
                return b"--load-models" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                return False
        return [pid for pid in self.service.children() if has_models(pid)]

    def kill_loaders(self) -> set:
        killed = set(wait_for("a child with models", self.loaders))
        for child in killed:
            os.kill(child, signal.SIGKILL)
        return killed

    def drop_video(self, name: str, seconds: int) -> None:
        path = self.folder / "made.mp4"
        ffmpeg("-loop", "1", "-r", "25", "-t", "2", "-i", SAMPLES / "obama.jpg", "-vf", "scale=640:-2", "-pix_fmt", "yuv420p", "-c:v",
               "libx264", "-preset", "ultrafast", path)
        long = self.folder / "long.mp4"
        ffmpeg("-stream_loop", seconds // 2, "-i", path, "-c", "copy", long)
        self.service.drop(name, long)

    def wait_for_decode(self, name: str, killed: set = frozenset()) -> None:
        """Some of the item has been looked at by a child that was not killed, and much is left."""
        def in_the_middle():
            if not set(self.loaders()) - killed:
                return False
            item = self.service.item(name) if name in self.service.items() else None
            return item and item["content_sha256"] and any(
                p["status"] == "Processing" and 0 < p["progress"] < 0.8 for p in item["processes"])
        wait_for("the middle of the decode", in_the_middle)

    def test_a_child_killed_while_it_loads_costs_nothing(self):
        self.service.start()
        self.service.watch_inbox("facial-recognition")
        self.service.drop("face.jpg", SAMPLES / "obama.jpg")
        self.kill_loaders()
        item = self.service.wait_until_terminal("face.jpg")["face.jpg"]
        self.assertEqual(item["status"], "Completed", item)
        self.assertEqual((item["processes"][0]["crashes"], item["processes"][0]["attempt"]), (0, 0), item)

    def kill_children(self) -> int:
        killed = self.service.children()
        for child in killed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return len(killed)

    def test_a_warm_child_killed_between_jobs_costs_nothing(self):
        self.service.start()
        self.service.watch_inbox("checksum")
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            self.service.drop(name, SAMPLES / "biden.jpg")
            item = self.service.wait_until_terminal(name)[name]
            self.assertEqual((item["status"], item["processes"][0]["crashes"], item["processes"][0]["attempt"]), ("Completed", 0, 0), item)
            self.assertGreater(wait_for("a warm child", self.kill_children), 0)

    def test_children_killed_at_any_moment_leave_every_item_ended_once(self):
        self.service.start()
        self.service.watch_inbox("checksum")
        names = [f"{i}.bin" for i in range(20)]
        moments, killed = random.sample(range(len(names)), 2), 0  # few: a child that dies while it starts is started again after a pause
        for number, name in enumerate(names):
            self.service.drop(name, content=os.urandom(400_000))
            time.sleep(random.uniform(0, 0.05))
            killed += self.kill_children() if number in moments else 0
        ended = self.service.wait_until_terminal(*names)
        for item in ended.values():
            self.assertEqual((item["processes"][0]["attempt"], len(item["processes"])), (0, 1), item)
            self.assertIn((item["status"], item["reason_code"]), (("Completed", ""), ("Failed", "poisoned")), item)
        events = [e for e in self.service.get("/v1/events?limit=200")["rows"] if e["type"] in ("item.completed", "item.failed")]
        self.assertEqual(sorted(e["subject"] for e in events), sorted(item["id"] for item in ended.values()), f"{killed} killed")
        self.service.stop()
        self.assertEqual(self.left_over(), [])
        self.assert_nothing_loose()

    def test_a_child_killed_in_the_middle_counts_one_crash_and_no_attempt(self):
        self.service.start()
        self.service.watch_inbox("facial-recognition")
        self.drop_video("face.mp4", 180)
        self.wait_for_decode("face.mp4")
        self.kill_loaders()
        item = self.service.wait_until_terminal("face.mp4")["face.mp4"]
        self.assertEqual(item["status"], "Completed", item)
        self.assertEqual((item["processes"][0]["crashes"], item["processes"][0]["attempt"]), (1, 0), item)

    def test_a_group_whose_child_was_killed_runs_one_by_one_and_only_the_guilty_is_blamed(self):
        self.service.start()
        self.service.watch_inbox("facial-recognition", "--processor", "checksum")
        self.drop_video("face.mp4", 180)
        self.wait_for_decode("face.mp4")
        killed = self.kill_loaders()
        self.wait_for_decode("face.mp4", killed)
        self.kill_loaders()
        item = self.service.wait_until_terminal("face.mp4")["face.mp4"]
        self.assertEqual(item["status"], "Completed", item)
        crashes = {p["processor"]: p["crashes"] for p in item["processes"]}
        self.assertEqual(crashes, {"facial-recognition": 1, "checksum": 0})
        self.assertEqual({p["attempt"] for p in item["processes"]}, {0})

    def test_children_do_not_outlive_a_killed_service(self):
        self.service.start()
        self.service.watch_inbox("checksum")
        self.service.drop("a.jpg", SAMPLES / "biden.jpg")
        self.service.wait_until_terminal("a.jpg")
        children = wait_for("a warm child", self.service.children)
        self.service.kill()
        wait_for("the children to end", lambda: not any(pathlib.Path(f"/proc/{c}/exe").exists() for c in children), 20)

    def test_sigterm_releases_work_without_burning_an_attempt(self):
        self.service.start(STOP_GRACE_SECONDS="0")
        self.service.watch_inbox("checksum")
        for i in range(40):
            self.service.drop(f"{i}.jpg", SAMPLES / "obama3.jpg")
        wait_for("some items", lambda: len(self.service.items()) > 3)
        self.service.stop()
        self.service.start()
        for item in self.service.wait_until_terminal(*(f"{i}.jpg" for i in range(40))).values():
            self.assertEqual(item["status"], "Completed", item)
            self.assertEqual(item["processes"][0]["attempt"], 0)
