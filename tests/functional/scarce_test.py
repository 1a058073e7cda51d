"""Descriptors, memory and a disk that run out or fail under the running service: said in one sentence, nothing is lost, no item is blamed, and it goes
on when it is over. Rooms that are full: full_disk_test.py."""
import contextlib
import os
import pathlib
import resource
import subprocess
import time
import unittest

from service import PROGRAMS, ServiceTest, wait_for


def has_sanitizers() -> bool:
    return "libasan" in subprocess.run(["ldd", PROGRAMS / "notifications-api"], capture_output=True, text=True, check=True).stdout


class Scarce(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.service.settings["LOG_LEVEL"] = "INFO"
        self.service.start()
        self.service.watch_inbox()
        self.names = []
        self.drop(5)
        self.service.wait_until_terminal(*self.names)

    def drop(self, count: int) -> None:
        for number in range(len(self.names), len(self.names) + count):
            self.service.drop(f"{number}.bin", content=str(number).encode())
            self.names.append(f"{number}.bin")

    @contextlib.contextmanager
    def limited(self, what: int, least: int):
        """The service may have no more than that, for a while."""
        pid = self.service.process.pid
        before = resource.prlimit(pid, what)
        resource.prlimit(pid, what, (least, before[1]))
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, what, before)

    def log(self) -> str:
        return self.service.log.read_text()

    def ready(self) -> tuple:
        return self.service.request("GET", "/health/ready", key="")

    def assert_all_is_done_and_nobody_was_blamed(self) -> None:
        ended = self.service.wait_until_terminal(*self.names)
        self.assertEqual({item["status"] for item in ended.values()}, {"Completed"})
        self.assertEqual({(run["attempt"], run["crashes"]) for item in ended.values() for run in item["processes"]}, {(0, 0)})
        self.assertEqual(self.service.rows("SELECT count(*), count(DISTINCT subject) FROM event WHERE type = 'item.completed'"),
                         [(len(self.names), len(self.names))])

    def test_without_descriptors_items_wait_and_are_not_blamed(self) -> None:
        with self.limited(resource.RLIMIT_NOFILE, len(os.listdir(f"/proc/{self.service.process.pid}/fd"))):
            self.drop(40)
            told = wait_for("it to be told", lambda: self.service.rows(
                "SELECT failure_message, failure_reason, status FROM process WHERE failure_reason = 'no_resources'"))
            self.assertEqual({row[2] for row in told}, {"Pending"})
            self.assertIn("Too many open files", told[0][0])
        self.assertIsNone(self.service.process.poll())
        self.assert_all_is_done_and_nobody_was_blamed()
        self.assertEqual(self.ready()[0], 200)

    @unittest.skipIf(has_sanitizers(), "what is built with sanitizers has an allocator of its own: script/faults --release --form scarce")
    def test_without_memory_it_says_so_and_what_was_acknowledged_is_there_at_the_next_start(self) -> None:
        status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{self.service.process.pid}/status").read_text().splitlines())
        with self.limited(resource.RLIMIT_DATA, int(status["VmData"].split()[0]) * 1024):
            self.drop(150)
            until = time.monotonic() + 20
            while time.monotonic() < until and self.service.process.poll() is None:
                with contextlib.suppress(OSError):
                    self.ready()
        if self.service.process.poll() is not None:
            self.assertEqual(self.service.process.returncode, 1)
            self.assertIn("there is no memory left, so it ends; start it again", self.log())
            self.service.start()
        self.assert_all_is_done_and_nobody_was_blamed()

    @unittest.skipUnless(os.geteuid() == 0, "only root may attach to a service that runs")
    def test_a_disk_that_fails_is_told_and_acknowledged_by_nobody(self) -> None:
        tracer = subprocess.Popen(["strace", "-f", "-q", "-p", str(self.service.process.pid), "-e", "trace=fsync,fdatasync",
                                   "-e", "inject=fsync,fdatasync:error=EIO", "-o", self.folder / "strace"])
        try:
            self.drop(40)
            answer = wait_for("it to be noticed", lambda: (r := self.ready())[0] == 503 and r[1])
            self.assertIn("cannot write: disk I/O error", answer["database"])
            rule = {"bucket": "inbox", "processor": "checksum", "path_glob": "x"}
            self.assertEqual(self.service.request("POST", "/v1/rules", rule)[0], 503)
            self.assertEqual(len(self.service.get("/v1/rules")["rows"]), 1)
            self.assertIn("(INJECTED)", (self.folder / "strace").read_text())
        finally:
            tracer.terminate()
            tracer.wait()
        wait_for("it to be ready again", lambda: self.ready()[0] == 200)
        self.assertEqual(self.log().count("nothing can be written"), 1)
        self.assertIn("what is written gets to the disk again", self.log())
        self.assert_all_is_done_and_nobody_was_blamed()


if __name__ == "__main__":
    unittest.main()
