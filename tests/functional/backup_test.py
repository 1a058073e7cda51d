"""Backup and restore as docs/operations.md says, while the service runs."""
import pathlib
import shutil
import sqlite3

from service import SAMPLES, ServiceTest


class Backup(ServiceTest):
    def back_up(self) -> pathlib.Path:
        copy = self.folder / "backup"
        copy.mkdir(mode=0o700)
        source, target = sqlite3.connect(self.service.data / "notifications.db"), sqlite3.connect(copy / "notifications.db")
        source.backup(target)  # what sqlite3's .backup does
        source.close()
        target.close()
        if (self.service.data / "artifacts").exists():
            shutil.copytree(self.service.data / "artifacts", copy / "artifacts")
        return copy

    def test_a_copy_that_was_made_beside_the_running_service_is_whole_with_the_key(self):
        self.service.start()
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg")
        self.service.watch_inbox("facial-recognition")
        self.service.drop("obama.jpg", SAMPLES / "obama2.jpg")
        before = self.service.wait_until_terminal("obama.jpg")["obama.jpg"]
        copy = self.back_up()
        self.service.drop("later.jpg", SAMPLES / "biden.jpg")
        self.service.wait_until_terminal("later.jpg")
        keys = {name: (self.service.data / name).read_bytes() for name in ("secret.key", "first-key")}
        self.service.stop()
        shutil.rmtree(self.service.data)
        copy.rename(self.service.data)
        self.service.command("serve", code=1)
        self.assertIn("secret.key is missing", self.service.errors)
        for name, content in keys.items():
            (self.service.data / name).write_bytes(content)
            (self.service.data / name).chmod(0o600)
        (self.service.data / "notifications.db").chmod(0o600)
        self.service.start()
        self.service.wait_until_terminal("obama.jpg", "later.jpg")  # the later one is noticed again
        self.assertEqual(self.service.item("obama.jpg")["id"], before["id"])
        self.assertIn("ok  database: ", self.service.command("doctor"))
        self.assertEqual([a["person_name"] for a in self.service.get(f"/v1/appearances?item={before['id']}")["rows"]], ["Barack Obama"])
