"""Long work that is killed or gives way goes on where it was, to the result of work that was not."""
import json
import os
import re
import signal

from service import SAMPLES, Service, ServiceTest, ffmpeg, wait_for

FACES = '{"fps": 0.2, "long_side": 320}'


class Films:
    """Of a test with a folder: long media, and what is found in it when nobody disturbs."""
    def minutes(self, name: str, minutes: int, rate: str = "1"):
        """Two people in turns, a minute each."""
        part = self.folder / "part.mp4"
        fit = "scale=480:270:force_original_aspect_ratio=increase,crop=480:270:'10+10*sin(t/7)':0,setsar=1"
        ffmpeg("-loop", "1", "-framerate", rate, "-t", "60", "-i", SAMPLES / "obama.jpg", "-loop", "1", "-framerate", rate, "-t", "60", "-i",
               SAMPLES / "biden.jpg", "-filter_complex", f"[0]{fit}[a];[1]{fit}[b];[a][b]concat=n=2", "-c:v", "libx264", "-preset", "ultrafast",
               "-g", str(30 * int(rate)), "-pix_fmt", "yuv420p", part)
        ffmpeg("-stream_loop", str(minutes // 2 - 1), "-i", part, "-c", "copy", self.folder / name)
        return self.folder / name

    def documents(self, service: Service, key: str) -> str:
        """The result's document and what is beside it, but for what differs from one database to another."""
        process = service.item(key)["processes"][0]
        result = service.get(f"/v1/results/{process['result']}")
        return json.dumps([result["document"], [(a["name"], a["size_bytes"]) for a in result["artifacts"]]], sort_keys=True)

    def uninterrupted(self, name: str, film) -> str:
        (self.folder / "other").mkdir()
        other = Service(self.folder / "other")
        self.addCleanup(other.kill)
        other.start()
        other.watch_inbox("facial-recognition", "--config", FACES)
        other.drop(name, film)
        self.assertEqual(other.wait_until_terminal(name)[name]["status"], "Completed")
        other.stop()
        other.start()
        found = self.documents(other, name)
        other.stop()
        return found


class LongWork(Films, ServiceTest):
    def test_a_kill_at_nine_tenths_repeats_at_most_twelve_minutes_of_media(self):
        film = self.minutes("film.mp4", 22)
        self.service.start()
        self.service.watch_inbox("facial-recognition", "--config", FACES)
        self.service.stop()
        # at 20 of 22 minutes, before what was found since the tenth is kept: as much is lost as can be
        self.service.start(NOTIFICATIONS_FAILPOINT="before_checkpoint:2")
        self.service.drop("film.mp4", film)
        wait_for("the service to die", lambda: self.service.process.poll() is not None, 240)
        self.assertEqual(self.service.process.returncode, -signal.SIGKILL)
        self.assertEqual(self.service.rows("SELECT position_ms FROM checkpoint"), [(600_000,)])
        self.assertNotIn(b"obama", self.service.rows("SELECT open FROM checkpoint")[0][0], "it is sealed")
        self.service.start()
        film_item = self.service.wait_until_terminal("film.mp4")["film.mp4"]
        self.assertEqual(film_item["status"], "Completed", film_item)
        process = film_item["processes"][0]
        self.assertEqual((process["attempt"], process["crashes"], process["rescues"]), (0, 0, 1))
        self.assertEqual(process["long_work"], {"media_ms": 1_320_000, "resumed_at_ms": 600_000, "gave_way": 0})
        told = re.search(r"work goes on where it was left .*position_ms=(\d+) decoded_from_ms=(\d+)", self.service.log.read_text())
        self.assertLessEqual(1_200_000 - int(told[2]), 12 * 60_000, "media that is decoded again")
        self.assertEqual(self.service.rows("SELECT count(*) FROM checkpoint"), [(0,)], "nothing is kept of what ended")
        self.assertEqual(self.service.rows("SELECT count(*) FROM checkpoint_part"), [(0,)])
        self.assertEqual(self.documents(self.service, "film.mp4"), self.uninterrupted("film.mp4", film))
        self.assert_nothing_is_left()

    def test_what_is_short_goes_before_what_is_long_and_was_begun(self):
        film = self.minutes("film.mp4", 8, "2")
        self.service.settings["WORKERS"] = "1"
        self.service.start()
        self.service.watch_inbox("facial-recognition", "--config", '{"fps": 2, "long_side": 320}')
        self.service.drop("film.mp4", film)
        wait_for("a minute of the film", lambda: (self.service.items().get("film.mp4", {}).get("progress") or 0) > 0.13)
        # the children stand still until the photo has waited long enough: how fast this machine is does not matter
        children = self.service.children()
        for child in children:
            os.kill(child, signal.SIGSTOP)
        self.service.drop("photo.jpg", SAMPLES / "biden.jpg")
        wait_for("the film to be asked to give way", lambda: "long work is to give way" in self.service.log.read_text())
        for child in children:
            os.kill(child, signal.SIGCONT)
        photo = self.service.wait_until_terminal("photo.jpg")["photo.jpg"]
        self.assertEqual(photo["status"], "Completed", photo)
        film_item = self.service.wait_until_terminal("film.mp4")["film.mp4"]
        self.assertEqual(film_item["status"], "Completed", film_item)
        process = film_item["processes"][0]
        self.assertLess(photo["processes"][0]["started_at"], process["started_at"], "the film went on behind the photo")
        self.assertEqual(process["long_work"]["gave_way"], 1)
        self.assertGreaterEqual(process["long_work"]["resumed_at_ms"], 60_000)
        self.assertEqual((process["attempt"], process["crashes"], process["rescues"]), (0, 0, 0))
        self.assert_nothing_is_left()
