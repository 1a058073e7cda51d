"""The service and its children are killed again and again while they work off the objects of a store."""
import contextlib
import json
import os
import pathlib
import random
import signal
import sqlite3
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

    def rows(self, sql: str) -> list:
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db")) as database:
            return database.execute(sql).fetchall()

    def ended(self) -> int:
        return self.rows("SELECT count(*) FROM item WHERE status NOT IN ('Pending', 'Processing')")[0][0]

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

    def open_files(self) -> list:
        """What the running service has open, but for sockets and the like."""
        found = []
        for path in pathlib.Path(f"/proc/{self.service.process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(os.readlink(path))
        return [name for name in found if name.startswith("/")]

    def assert_nothing_is_left(self) -> None:
        self.assertEqual([name for name in self.open_files() if name.endswith(" (deleted)")], [], "spooled objects")
        self.assertLess(len(self.open_files()), 60, "files stay open")
        children = self.service.children()
        self.service.stop()
        self.assertEqual([child for child in children if pathlib.Path(f"/proc/{child}/exe").exists()], [])
        self.assertEqual([str(path) for path in self.service.data.rglob("*.tmp")], [])

    def test_every_object_ends_once_and_is_published_and_nothing_is_left_open(self):
        keys = [f"{number:04}.bin" for number in range(self.ITEMS)]
        self.store.put_all({f"media/{key}": os.urandom(20_000) for key in keys})
        self.service.start()
        self.watch()
        for point in sorted(random.sample(range(self.ITEMS - self.ITEMS // 10), self.KILLS)):
            self.kill(point)
        wait_for("all to end", lambda: self.ended() == self.ITEMS, 600)
        completed = {key for key, in self.rows("SELECT CAST(key AS TEXT) FROM item WHERE status = 'Completed'")}
        blamed = self.rows("SELECT reason_code FROM item WHERE status != 'Completed'")
        self.assertLessEqual(len(blamed), self.KILLS // 2, "a child was killed that often")
        self.assertEqual({code for code, in blamed} - {"poisoned"}, set())
        for key in completed:
            result = wait_for(f"the result of {key}", lambda: self.store.read(f"media/{key}.notifications.json"))
            self.assertEqual(json.loads(result)["item"]["status"], "Completed")
        told = self.rows("SELECT count(*), count(DISTINCT subject) FROM event WHERE type IN ('item.completed', 'item.failed')")
        self.assertEqual(told, [(self.ITEMS, self.ITEMS)])
        self.assertEqual(self.rows("SELECT max(attempt) FROM process"), [(0,)])
        self.assertEqual(self.rows("SELECT count(*) FROM item"), [(self.ITEMS,)], "what was written is no item")
        self.assert_nothing_is_left()
