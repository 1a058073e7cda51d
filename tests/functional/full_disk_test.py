"""No room for the data: said everywhere, nothing lost, and it goes on by itself when there is room."""
import os
import subprocess
import unittest

from service import TERMINAL, ServiceTest, wait_for


def mount(folder, size: str, *more: str) -> bool:
    options = ",".join((f"size={size}", *more))
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True).returncode == 0


@unittest.skipUnless(os.geteuid() == 0, "only root may mount a small file system")
class FullDisk(ServiceTest):
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
        wait_for("it to be ready again", lambda: self.ready()[0] == 200)
        rows = wait_for("every file", lambda: len(rows := self.service.items()) == 1 + len(names) and rows)
        ended = self.service.wait_until_terminal(*rows)
        self.assertEqual({item["status"] for item in ended.values()}, {"Completed"})
        self.assertIn("what is written gets to the disk again", self.service.log.read_text())

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
