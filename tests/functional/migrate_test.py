"""A state of SQLite that moves to a real PostgreSQL server, and is kept and brought back there."""
import contextlib
import signal
import sqlite3
import subprocess

from kept_state import KeptState
from postgres_server import PostgresServiceTest
from service import PROGRAMS, SAMPLES, wait_for


class Migrate(KeptState, PostgresServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.postgres = self.server.settings()

    def refused(self, sentence: str, *arguments, **settings: str) -> None:
        self.service.command(*arguments, code=1, **settings)
        self.assertIn(sentence, self.service.errors)
        self.assertEqual(len(self.service.errors.strip().splitlines()), 1, self.service.errors)

    def killed(self, failpoint: str) -> None:
        done = subprocess.run([PROGRAMS / "notifications-api", "migrate", "--to", "postgres"], cwd=self.folder, timeout=300, capture_output=True,
                              env=self.service.environment(NOTIFICATIONS_FAILPOINT=failpoint, **self.postgres))
        self.assertEqual(done.returncode, -signal.SIGKILL, (failpoint, done.stderr))

    def make_small_state(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        self.service.drop("a.txt", content=b"a")
        self.service.wait_until_terminal("a.txt")
        self.service.stop()

    def test_what_was_moved_answers_as_before_and_is_kept_and_brought_back_there(self):
        self.service.start()
        self.fill()
        self.add_large_artifact()
        before = self.picture()
        self.service.stop()
        printed = self.service.command("migrate", "--to", "postgres", **self.postgres)
        self.assertIn("item: 4 rows", printed)
        self.assertIn("notifications.db is kept as notifications.db.moved", printed)
        self.refused("was moved to PostgreSQL: set DATABASE_HOST", "serve")
        self.refused("was moved to PostgreSQL: set DATABASE_HOST", "items", "list")
        self.refused("was moved to PostgreSQL before", "migrate", "--to", "postgres", **self.postgres)
        self.large[1].unlink()  # other nodes have no file of it
        self.service.start(**self.postgres)
        self.assert_same_picture(before)
        self.assertEqual(self.bytes_of_large_artifact(), self.LARGE)
        backup = self.folder / "backup"
        self.assertIn("4 items", self.service.command("backup", backup, **self.postgres))
        self.service.drop("again.jpg", SAMPLES / "obama3.jpg")
        item = self.service.wait_until_terminal("again.jpg")["again.jpg"]
        self.assertEqual([a["person_name"] for a in self.service.get(f"/v1/appearances?item={item['id']}")["rows"]], ["Barack Obama"])
        self.service.stop()
        for path in self.service.inbox.glob("again.jpg*"):
            path.unlink()
        # into another database, and into SQLite
        self.server.ask("DROP DATABASE IF EXISTS other", "postgres")
        self.server.ask("CREATE DATABASE other", "postgres")
        for name, settings in (("data-2", self.postgres | {"DATABASE_NAME": "other"}), ("data-3", {})):
            self.service.data = self.folder / name
            self.service.command("restore", backup, **settings)
            self.assertIn("ok  database: ", self.service.command("doctor", **settings))
            self.service.start(**settings)
            self.assert_same_picture(before)
            self.assertEqual(self.bytes_of_large_artifact(), self.LARGE)
            self.service.stop()

    def test_one_that_was_killed_leaves_the_state_where_it_was(self):
        self.make_small_state()
        self.killed("table_copied:12")
        self.assertEqual(self.server.ask("SELECT count(*) FROM notifications.bucket"), [["0"]])
        self.assertIn("a.txt", self.service.command("items", "list"))
        self.killed("moved")  # all is there, but the file has its name
        self.assertEqual(self.server.ask("SELECT count(*) FROM notifications.item"), [["1"]])
        self.service.command("migrate", "--to", "postgres", **self.postgres)
        self.assertIn("a.txt", self.service.command("items", "list", **self.postgres))
        self.assertTrue((self.service.data / "notifications.db.moved").exists())
        self.assertFalse((self.service.data / "notifications.db").exists())

    def test_what_was_processing_is_done_by_a_node_of_the_new_database(self):
        self.service.start(NOTIFICATIONS_FAILPOINT="claimed")
        self.service.watch_inbox()
        self.service.drop("one.txt", content=b"one")
        wait_for("the service to die", lambda: self.service.process.poll() is not None)
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db")) as database, database:
            database.execute("UPDATE process SET lease_until = 1")  # it died half a minute ago
        self.service.command("migrate", "--to", "postgres", **self.postgres)
        self.assertEqual(self.server.ask("SELECT status FROM notifications.process"), [["Processing"]])
        self.assertEqual(self.server.ask("SELECT count(*) FROM notifications.node"), [["0"]])
        self.service.start(**self.postgres)
        item = self.service.wait_until_terminal("one.txt")["one.txt"]
        self.assertEqual((item["status"], item["processes"][0]["attempt"], item["processes"][0]["rescues"]), ("Completed", 0, 1))
        self.service.stop()

    def test_what_cannot_be_done_is_one_sentence(self):
        self.refused("DATABASE_HOST is not set", "migrate", "--to", "postgres")
        self.refused("there is no notifications.db in", "migrate", "--to", "postgres", **self.postgres)
        self.service.start()
        self.refused("stop the service first", "migrate", "--to", "postgres", **self.postgres)
        self.service.stop()
        self.refused("there is no state in the database yet", "backup", self.folder / "backup", **self.postgres)
        self.service.command("keys", "add", "another", **self.postgres)
        self.assertIn("holds a state of SQLite, which nobody uses while DATABASE_HOST is set", self.service.command("doctor", code=1, **self.postgres))
        self.refused("holds something already", "migrate", "--to", "postgres", **self.postgres)
        self.assertTrue((self.service.data / "notifications.db").exists())
        self.service.command("backup", self.folder / "backup")
        self.refused("holds something already", "restore", self.folder / "backup", DATA_DIR=str(self.folder / "data-2"), **self.postgres)
        self.assertEqual(sorted(path.name for path in (self.folder / "data-2").iterdir()), ["node", "notifications.db.lock"])
        self.server.ask("INSERT INTO notifications.schema_version VALUES (999, 0)")
        self.refused("has schema version 999", "backup", self.folder / "backup-2", **self.postgres)
