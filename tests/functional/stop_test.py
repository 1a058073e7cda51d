"""What a service does that is told to stop: by SIGTERM once, and once more."""
import os
import signal
import time
import unittest

from service import ServiceTest, wait_for

LONG = 64 << 30  # bytes of nothing: more than is read within the grace


class Stop(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.service.settings |= {"WORKERS": "1"}

    def begin_long_work(self, **settings: str) -> None:
        self.service.start(**settings)
        self.service.watch_inbox()
        with open(self.folder / "part", "wb") as part:
            os.truncate(part.fileno(), LONG)
        os.rename(self.folder / "part", self.service.inbox / "long.bin")
        wait_for("it to be read", lambda: self.service.items().get("long.bin", {}).get("status") == "Processing")

    def process_of(self, key: str) -> dict:
        return self.service.item(key)["processes"][0]

    def test_claims_nothing_more_gives_running_work_its_grace_and_releases_it(self):
        self.begin_long_work(STOP_GRACE_SECONDS="3")
        self.service.drop("later.bin", content=b"later")
        wait_for("it to wait", lambda: "later.bin" in self.service.items())
        begin = time.monotonic()
        self.service.stop(0)
        self.assertGreaterEqual(time.monotonic() - begin, 3, "it was not given its grace")
        self.assertEqual(self.service.rows("SELECT CAST(i.key AS TEXT), p.status, p.attempt, p.rescues, p.releases, p.fence FROM process p JOIN item i ON i.id = p.item_id "
                                           "ORDER BY i.key"), [("later.bin", "Pending", 0, 0, 0, 0), ("long.bin", "Pending", 0, 0, 1, 1)])

    def test_a_second_signal_ends_it_at_once_and_what_it_did_is_taken_up_again(self):
        self.begin_long_work(STOP_GRACE_SECONDS="600")
        self.service.process.send_signal(signal.SIGTERM)
        wait_for("it to begin to stop", lambda: "stopping: running work is given its grace" in self.service.log.read_text())
        time.sleep(0.5)
        self.assertIsNone(self.service.process.poll())
        self.service.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.service.process.wait(30), 128 + signal.SIGTERM)
        os.truncate(self.service.inbox / "long.bin", 10)
        self.service.start()
        self.assertEqual(self.process_of("long.bin")["rescues"], 1)


if __name__ == "__main__":
    unittest.main()
