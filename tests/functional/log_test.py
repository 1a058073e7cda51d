"""A log that nobody takes (a full disk, closed streams, a reader that left): survived, and said where that is possible."""
import os
import pathlib
import subprocess

from service import PROGRAMS, SAMPLES, ServiceTest, wait_for


class Log(ServiceTest):
    def start_with(self, redirections: str) -> None:
        program = PROGRAMS / "notifications-api"
        self.service.process = subprocess.Popen(["sh", "-c", f"exec '{program}' serve {redirections}"], cwd=self.folder,
                                                env=self.service.environment(), start_new_session=True)
        self.service.log.touch()
        self.service.url = wait_for("the service to start", self.service.address)

    def assert_works(self) -> None:
        self.service.watch_inbox()
        self.service.drop("a.jpg", SAMPLES / "biden.jpg")
        self.assertEqual(self.service.wait_until_terminal("a.jpg")["a.jpg"]["status"], "Completed")

    def test_a_full_log_disk_is_survived_and_counted(self):
        self.start_with(">/dev/full 2>/dev/full")
        self.assert_works()
        key = (self.service.data / "first-key").read_text().strip()
        text = subprocess.run(["curl", "-s", "-H", f"authorization: Bearer {key}", self.service.url + "/metrics"], capture_output=True,
                              text=True, check=True).stdout
        dropped = next(line for line in text.splitlines() if line.startswith("notifications_log_lines_dropped_total "))
        self.assertGreater(int(dropped.split()[1]), 3)
        self.service.stop()

    def test_closed_streams_are_survived_and_no_file_takes_their_place(self):
        self.start_with("<&- >&- 2>&-")
        self.assert_works()
        descriptors = pathlib.Path(f"/proc/{self.service.process.pid}/fd")
        self.assertEqual({os.readlink(descriptors / str(number)) for number in range(3)}, {"/dev/null"})
        self.service.stop()

    def test_a_log_that_nobody_reads_any_more_is_survived(self):
        reading, writing = os.pipe()
        self.service.process = subprocess.Popen([PROGRAMS / "notifications-api", "serve"], cwd=self.folder, env=self.service.environment(),
                                                stdout=writing, stderr=writing, start_new_session=True)
        os.close(writing)
        os.close(reading)
        self.service.log.touch()
        self.service.url = wait_for("the service to start", self.service.address)
        self.assert_works()
        self.service.stop()
