"""backup and restore: database, artifacts and key as one set, made while the service runs, and brought back."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import stat
import subprocess
import unittest

from full_disk_test import mount
from kept_state import KeptState
from service import PROGRAMS, SAMPLES, wait_for


class Backup(KeptState):
    def setUp(self) -> None:
        super().setUp()
        self.backup = self.folder / "backup"

    def refused(self, sentence: str, *arguments, **settings: str) -> None:
        self.service.command(*arguments, code=1, **settings)
        self.assertIn(sentence, self.service.errors)
        self.assertEqual(len(self.service.errors.strip().splitlines()), 1, self.service.errors)

    def killed(self, failpoint: str, *arguments) -> None:
        done = subprocess.run([PROGRAMS / "notifications-api", *map(str, arguments)], cwd=self.folder, timeout=300, capture_output=True,
                              env=self.service.environment(NOTIFICATIONS_FAILPOINT=failpoint))
        self.assertEqual(done.returncode, -signal.SIGKILL, (failpoint, done.stderr))

    def lose_data(self) -> None:
        shutil.rmtree(self.service.data)

    def make_small_state(self) -> None:
        """Without models; the service is stopped."""
        self.service.start()
        self.service.watch_inbox()
        self.service.drop("a.txt", content=b"a")
        self.service.wait_until_terminal("a.txt")
        self.service.stop()
        self.add_large_artifact()

    def test_what_was_copied_beside_the_running_service_answers_as_before(self):
        self.service.start()
        self.fill()
        self.add_large_artifact()
        before = self.picture()
        printed = self.service.command("backup", self.backup)
        self.assertIn("4 items", printed)
        self.assertIn("1 people, 1 artifact files", printed)
        self.assertEqual({oct(stat.S_IMODE(path.stat().st_mode)) for path in self.backup.rglob("*") if path.is_file()}, {"0o600"})
        self.assertEqual(stat.S_IMODE(self.backup.stat().st_mode), 0o700)
        self.service.drop("later.txt", content=b"later")
        self.service.wait_until_terminal("later.txt")
        self.service.stop()
        self.lose_data()
        self.service.command("restore", self.backup)
        self.assertIn("ok  database: ", self.service.command("doctor"))
        wait_for("its result", (self.service.inbox / "later.txt.notifications.json").exists)
        (self.service.inbox / "later.txt.notifications.json").unlink()  # a state from before it was written takes it for media
        later = (self.service.inbox / "later.txt").rename(self.folder / "later.txt")
        self.service.start()
        self.assert_same_picture(before)
        self.assertEqual(self.bytes_of_large_artifact(), self.LARGE)
        self.assertIn("ok  database: ", self.service.command("doctor"))
        later.rename(self.service.inbox / "later.txt")
        self.service.wait_until_terminal("later.txt")  # it is noticed again
        self.service.drop("again.jpg", SAMPLES / "obama3.jpg")
        item = self.service.wait_until_terminal("again.jpg")["again.jpg"]
        self.assertEqual([a["person_name"] for a in self.service.get(f"/v1/appearances?item={item['id']}")["rows"]], ["Barack Obama"])
        self.service.stop()

    def test_writers_go_on_while_it_is_made_and_each_backup_is_whole(self):
        self.service.start()
        self.service.watch_inbox()
        for number in range(6):
            for name in range(8):
                self.service.drop(f"{number}-{name}.txt", content=b"%d %d" % (number, name))
            self.service.command("backup", self.folder / f"backup-{number}")
        self.service.stop()
        for number in range(6):
            self.service.command("restore", "--check", self.folder / f"backup-{number}")

    def test_what_was_processing_is_pending_again(self):
        self.service.start(NOTIFICATIONS_FAILPOINT="claimed")
        self.service.watch_inbox()
        self.service.drop("one.txt", content=b"one")
        wait_for("the service to die", lambda: self.service.process.poll() is not None)
        self.assertEqual(self.service.rows("SELECT status FROM process"), [("Processing",)])
        self.service.command("backup", self.backup)
        self.lose_data()
        self.service.command("restore", self.backup)
        self.service.start()
        item = self.service.wait_until_terminal("one.txt")["one.txt"]
        self.assertEqual((item["status"], item["processes"][0]["attempt"], item["processes"][0]["rescues"]), ("Completed", 0, 1))
        self.service.stop()

    def test_the_key_may_be_kept_elsewhere(self):
        self.make_small_state()
        self.service.command("backup", self.backup, "--without-key")
        self.assertFalse((self.backup / "secret.key").exists() or (self.backup / "first-key").exists())
        self.service.command("restore", "--check", self.backup)
        key = (self.service.data / "secret.key").read_bytes()
        self.lose_data()
        self.refused("the backup was made without its key; put the secret.key with id", "restore", self.backup)
        other = self.folder / "other"
        self.service.command("migrate", DATA_DIR=str(other))
        shutil.copy(other / "secret.key", self.service.data / "secret.key")
        self.refused("but the backup was made with key", "restore", self.backup)
        (self.service.data / "secret.key").write_bytes(key)
        self.service.command("restore", self.backup)
        self.assertIn("a.txt", self.service.command("items", "list"))

    def test_one_that_was_killed_never_looks_whole(self):
        self.make_small_state()
        for failpoint in ("backup_database", "backup_artifact", "file_written"):
            self.killed(failpoint, "backup", self.backup)
            self.assertFalse(self.backup.exists(), failpoint)
            part, = self.folder.glob("backup.*.part")
            self.refused("is no backup, or was not finished", "restore", "--check", part)
            shutil.rmtree(part)
        self.service.command("backup", self.backup)
        self.service.command("restore", "--check", self.backup)
        self.assertEqual(list(self.folder.glob("*.part")), [])

    def test_a_restore_that_was_killed_starts_nothing_and_is_begun_anew(self):
        self.make_small_state()
        self.service.command("backup", self.backup)
        for failpoint, *commands in (("restore_copied", ("serve",), ("items", "list"), ("migrate",), ("backup", self.folder / "other")),
                                     ("restore_moved:2", ("serve",)), ("restore_moved:4", ("serve",))):
            self.lose_data()
            self.killed(failpoint, "restore", self.backup)
            for command in commands:
                self.refused("was cut short; run it again: notifications-api restore", *command)
            self.service.command("restore", self.backup)
            self.assertIn("a.txt", self.service.command("items", "list"))
            self.assertEqual(self.large[1].read_bytes(), self.LARGE)
            self.assertFalse((self.service.data / "restoring").exists())

    def test_what_is_damaged_or_missing_is_found_before_anything_is_touched(self):
        self.make_small_state()
        self.service.command("backup", self.backup)
        self.lose_data()
        files = [path for path in self.backup.rglob("*") if path.is_file()]
        self.assertEqual(len(files), 5, files)
        for path in files:
            whole = path.read_bytes()
            path.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
            self.service.command("restore", self.backup, code=1)
            path.unlink()
            self.service.command("restore", "--check", self.backup, code=1)
            path.write_bytes(whole)
            path.chmod(0o600)
        self.service.command("restore", "--check", self.backup)
        self.assertFalse(self.service.data.exists())
        self.assertEqual(sorted(p.name for p in self.backup.iterdir()), ["artifacts", "first-key", "manifest.json", "notifications.db", "secret.key"])

    def test_a_database_that_is_damaged_inside_or_from_a_newer_program_is_told(self):
        self.make_small_state()
        self.service.command("backup", self.backup)
        whole = (self.backup / "manifest.json").read_text()
        manifest = json.loads(whole)

        def change(sql: str, **told) -> None:
            database = self.backup / "notifications.db"
            kept = database.read_bytes()
            with sqlite3.connect(database) as connection:
                connection.execute(sql)
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.close()
            described = dict(manifest, **told)
            described["files"] = [dict(file, sha256=hashlib.sha256(database.read_bytes()).hexdigest()) if file["name"] == database.name else file
                                  for file in manifest["files"]]
            (self.backup / "manifest.json").write_text(json.dumps(described))
            self.service.command("restore", "--check", self.backup, code=1)
            database.write_bytes(kept)
            (self.backup / "manifest.json").write_text(whole)

        change("DELETE FROM bucket")
        self.assertIn("refers to one of bucket that is missing", self.service.errors)
        change("INSERT INTO person VALUES ('per_x', 'nobody', 0, NULL, 'per_x', '', 1)")
        self.assertIn("is not what manifest.json says of it", self.service.errors)
        change("INSERT INTO schema_version (version, applied_at) VALUES (999, 0)", schema=999)
        self.assertIn("has schema version 999, this program knows up to", self.service.errors)
        (self.backup / "manifest.json").write_text(json.dumps(dict(manifest, format=2)))
        self.refused("has format 2, this program knows up to 1", "restore", "--check", self.backup)
        (self.backup / "manifest.json").write_text(json.dumps(dict(manifest, files=manifest["files"] + [dict(manifest["files"][0], name="../data/first-key")])))
        self.refused("it is no manifest", "restore", "--check", self.backup)

    def test_what_cannot_be_done_is_one_sentence(self):
        self.refused("there is no data in", "backup", self.backup)
        self.service.start()
        self.service.command("backup", f"{self.backup}/")
        self.refused("is there already; name a folder that is not", "backup", self.backup)
        self.refused("No such file or directory", "backup", self.folder / "nowhere/backup")
        self.refused("is not empty", "restore", self.backup)
        self.refused("is no backup", "restore", self.folder)
        self.service.stop()
        self.refused("is not empty", "restore", self.backup)
        self.assertEqual(list(self.folder.glob("*.part")), [])

    def test_an_artifact_that_was_lost_before_is_told_and_the_rest_is_kept(self):
        self.make_small_state()
        self.large[1].unlink()
        self.service.command("backup", self.backup)
        self.assertIn("1 artifacts that results name were missing or damaged", self.service.errors)
        self.lose_data()
        self.service.command("restore", self.backup)
        self.assertIn("a.txt", self.service.command("items", "list"))

    @unittest.skipUnless(os.geteuid() == 0, "only root may mount a small file system")
    def test_a_full_disk_is_one_sentence_and_leaves_nothing(self):
        self.make_small_state()
        small = pathlib.Path(self.folder / "small")
        small.mkdir()
        for size in ("256k", "1m"):  # the database does not fit; it does, the artifact does not
            if not mount(small, size):
                self.skipTest("a small file system cannot be mounted here")
            try:
                self.refused("backup to ", "backup", small / "backup")
                self.assertRegex(self.service.errors, "full|No space left")
                self.assertEqual(list(small.iterdir()), [])
            finally:
                subprocess.run(["umount", "-l", small], check=True)


if __name__ == "__main__":
    unittest.main()
