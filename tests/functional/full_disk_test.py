"""No room for the data: said everywhere, nothing lost, and it goes on by itself when there is room."""
import os
import subprocess
import time
import unittest

from service import SAMPLES, TERMINAL, ServiceTest, wait_for


def mount(folder, size: str, *more: str) -> bool:
    options = ",".join((f"size={size}", *more))
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True).returncode == 0


@unittest.skipUnless(os.geteuid() == 0, "only root may mount a small file system")
class FullDisk(ServiceTest):
    TIMES = 2  # how often it is full and freed again: script/faults --form full

    def setUp(self) -> None:
        super().setUp()
        self.service.data.mkdir(mode=0o700)
        if not mount(self.service.data, "6m"):
            self.skipTest("a small file system cannot be mounted here")

    def tearDown(self) -> None:
        self.service.kill()
        subprocess.run(["umount", "-l", self.service.data], check=True)
        super().tearDown()

    def fill(self) -> None:
        with open(self.service.data / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass

    def ready(self):
        return self.service.request("GET", "/health/ready", key="")

    def test_a_full_disk_is_said_and_nothing_is_lost(self):
        self.service.start()
        self.service.watch_inbox()
        self.service.drop("before", content=b"before")
        self.service.wait_until_terminal("before")
        self.fill()
        names = [f"file {i}" for i in range(150)]
        for name in names:
            self.service.drop(name, content=name.encode())
        status, answer = wait_for("it to be noticed", lambda: (r := self.ready())[0] == 503 and r)
        self.assertIn(f"DATA_DIR {self.service.data} is full", answer["database"])
        waiting = [row for row in self.service.items().values() if row["status"] not in TERMINAL]
        self.assertEqual({row["blocked_by"] for row in waiting} - {"storage_full"}, set())
        status, refusal = self.service.request("POST", "/v1/rules", {"bucket": "inbox", "processor": "checksum", "path_glob": "x"})
        self.assertEqual((status, refusal["code"]), (507, "storage_full"))
        self.service.command("doctor", code=1)
        log = self.service.log.read_text()
        self.assertLessEqual(log.count("nothing can be written"), 2, log)
        (self.service.data / "ballast").unlink()
        # 6 MiB were enough to begin with; the write-ahead log of a machine that is busy may need more
        subprocess.run(["mount", "-o", "remount,size=64m", self.service.data], check=True)
        wait_for("it to be ready again", lambda: self.ready()[0] == 200)
        rows = wait_for("every file", lambda: len(rows := self.service.items()) == 1 + len(names) and rows)
        ended = self.service.wait_until_terminal(*rows)
        self.assertEqual({item["status"] for item in ended.values()}, {"Completed"})
        self.service.wait_until_logged("what is written gets to the disk again")

    def test_a_disk_that_is_full_again_and_again_loses_nothing(self):
        self.service.settings["LOG_LEVEL"] = "INFO"
        self.assertTrue(mount(self.service.data, "64m", "remount"))
        self.service.start()
        self.service.watch_inbox()
        dropped = 0
        for _ in range(self.TIMES):
            self.fill()
            is_full = False
            while not is_full:  # what the write-ahead log has taken before has room for some
                self.service.drop(f"{dropped}.bin", content=os.urandom(64))
                dropped += 1
                is_full = self.ready()[0] == 503
            (self.service.data / "ballast").unlink()
            wait_for("it to be ready again", lambda: self.ready()[0] == 200)
            wait_for("all to be done", lambda: self.service.rows("SELECT status, count(*) FROM item GROUP BY status") == [("Completed", dropped)])
        self.assertEqual(self.service.rows("SELECT max(attempt), max(crashes) FROM process"), [(0, 0)])
        self.assertEqual(self.service.rows("SELECT count(*), count(DISTINCT subject) FROM event WHERE type = 'item.completed'"), [(dropped, dropped)])
        self.assertEqual(self.service.rows("PRAGMA integrity_check"), [("ok",)])

    def test_it_is_said_as_long_as_it_lasts_and_only_once_in_the_log(self):
        self.service.start()
        self.service.watch_inbox("facial-recognition")
        self.service.drop("face.jpg", SAMPLES / "obama3.jpg")
        item = wait_for("the item to run", lambda: next((row for row in self.service.items().values() if row["status"] == "Processing"), None))
        self.fill()
        wait_for("it to be noticed", lambda: self.ready()[0] == 503)
        until = time.monotonic() + 6
        while time.monotonic() < until:
            self.assertEqual(self.ready()[0], 503, "the disk is still full")
            self.assertEqual(self.service.items()["face.jpg"]["blocked_by"], "storage_full")
            self.assertNotIn(" runs since", self.service.command("items", "why", item["id"]))
            time.sleep(0.2)
        log = self.service.log.read_text()
        self.assertEqual(log.count("nothing can be written"), 1, log)
        self.assertLessEqual(sum(line[25:30].strip() in ("warn", "error") for line in log.splitlines()), 10, log)
        (self.service.data / "ballast").unlink()
        ended = self.service.wait_until_terminal("face.jpg")["face.jpg"]
        self.assertEqual((ended["status"], ended["processes"][0]["attempt"]), ("Completed", 0), ended)
        self.assertEqual(self.ready()[0], 200)

    def test_a_start_without_room_names_the_folder(self):
        self.fill()
        self.service.command("serve", code=1)
        self.assertIn(f"DATA_DIR {self.service.data} is full", self.service.errors)
        self.assertIn("make room", self.service.errors)

    def test_a_start_in_a_folder_that_is_read_only_says_so(self):
        self.service.start()
        self.service.stop()
        self.assertTrue(mount(self.service.data, "6m", "remount", "ro"))
        for command in (("serve",), ("buckets", "list"), ("doctor",)):
            self.service.command(*command, code=1)
        self.service.command("serve", code=1)
        self.assertRegex(self.service.errors, f"{self.service.data}.*Read-only file system")
