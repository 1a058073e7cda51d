"""The service and its children are killed again and again while they work off the objects of a store."""
import contextlib
import json
import os
import random
import signal
import time

from service import ServiceTest, wait_for
from stores import FakeS3


class StoreKills(ServiceTest):
    ITEMS, KILLS = 60, 6  # script/faults: more of both

    def setUp(self) -> None:
        super().setUp()
        self.store = FakeS3()
        self.addCleanup(self.store.close)

    def watch(self) -> None:
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", self.store.url, "--access-key", "AKTEST",
                             "--secret-file", secret)
        self.service.command("buckets", "add", "media", "--source", "store", "--name", "media", "--processor", "checksum",
                             "--backlog", "process", "--settle-seconds", "0", "--scan-seconds", "604800")

    def ended(self) -> int:
        return self.service.rows("SELECT count(*) FROM item WHERE status NOT IN ('Pending', 'Processing')")[0][0]

    def kill(self, point: int) -> None:
        """In turn the service and its children, a moment after so many items have ended."""
        wait_for(f"{point} items to end", lambda: self.ended() >= point, 600)
        time.sleep(random.uniform(0, 0.05))
        if point % 2:
            self.service.kill()
            self.service.start()
        for child in self.service.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def test_every_object_ends_once_and_is_published_and_nothing_is_left_open(self):
        keys = [f"{number:04}.bin" for number in range(self.ITEMS)]
        self.store.put_all({f"media/{key}": os.urandom(20_000) for key in keys})
        self.service.start()
        self.watch()
        for point in sorted(random.sample(range(self.ITEMS - self.ITEMS // 10), self.KILLS)):
            self.kill(point)
        wait_for("all to end", lambda: self.ended() == self.ITEMS, 600)
        completed = {key for key, in self.service.rows("SELECT CAST(key AS TEXT) FROM item WHERE status = 'Completed'")}
        blamed = self.service.rows("SELECT reason_code FROM item WHERE status != 'Completed'")
        self.assertLessEqual(len(blamed), self.KILLS // 2, "a child was killed that often")
        self.assertEqual({code for code, in blamed} - {"poisoned"}, set())
        for key in completed:
            result = wait_for(f"the result of {key}", lambda: self.store.read(f"media/{key}.notifications.json"))
            self.assertEqual(json.loads(result)["item"]["status"], "Completed")
        told = self.service.rows("SELECT count(*), count(DISTINCT subject) FROM event WHERE type IN ('item.completed', 'item.failed')")
        self.assertEqual(told, [(self.ITEMS, self.ITEMS)])
        self.assertEqual(self.service.rows("SELECT max(attempt) FROM process"), [(0,)])
        self.assertEqual(self.service.rows("SELECT count(*) FROM item"), [(self.ITEMS,)], "what was written is no item")
        self.assert_nothing_is_left()
