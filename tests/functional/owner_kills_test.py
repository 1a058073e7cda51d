"""kill -9 in number: owners (tests/faults/owner.cpp) that claim, beat and complete with the queue's own classes are killed and frozen at any
moment and at each fail point, on SQLite one after the other, on PostgreSQL several at a time while the server itself is killed; then
everything that was taken in must have ended once, by its latest owner. The long form: script/faults."""
import contextlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
import unittest

from postgres_server import Server
import standing
from service import PROGRAMS, wait_for

WORKERS = 3  # of an owner
STEPS = ["claimed", "opened", "result_computed", "before_commit", "after_commit"]


class Owner:
    """One process; what it acknowledged is added to `added`."""

    def __init__(self, folder: pathlib.Path, name: str, files: int, database: list, added: set, **more: str) -> None:
        self.added, self.runs, self.ready, begin = added, [], None, time.monotonic()
        environment = os.environ | more
        with (folder / "log").open("a") as log:
            self.process = subprocess.Popen([PROGRAMS / "fault_owner", folder, name, str(files), *database], env=environment, text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.reader = threading.Thread(target=self.read, args=(begin,))
        self.reader.start()

    def read(self, begin: float) -> None:
        for line in self.process.stdout:
            if line == "up\n":
                self.ready = time.monotonic() - begin
            elif line.startswith("runs ") and line.endswith("\n"):
                self.runs.append(line.split()[1])
            elif line.startswith("added ") and line.endswith("\n"):
                self.added.add(line.split()[1])

    def end(self, by: int) -> int:
        """Its exit code; by SIGTERM: the input ends, and it finishes what it has."""
        if by == signal.SIGKILL:
            self.process.kill()
        self.process.stdin.close()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        return self.process.returncode


class OwnerKills(unittest.TestCase):
    KILLS, SEED, OWNERS, FILES = 50, None, 3, 6

    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="owner-kills."))
        self.addCleanup(shutil.rmtree, self.folder)
        self.seed = self.SEED if self.SEED is not None else random.randrange(1 << 30)
        self.chance, self.added, self.running, self.died_by_itself = random.Random(self.seed), set(), [], 0
        self.ready, self.frozen, self.held_up = [], [], []  # seconds of starts; who stands still; starts meanwhile
        self.addCleanup(lambda: [owner.end(signal.SIGKILL) for owner in self.running])
        print(f"seed {self.seed}")

    def start(self, name: str, database: list, files: int, failpoint: str = "", **more: str) -> Owner:
        owner = Owner(self.folder, name, files, database, self.added, **(more | ({"NOTIFICATIONS_FAILPOINT": failpoint} if failpoint else {})))
        owner.held_up = bool(self.frozen)
        self.running.append(owner)
        return owner

    def kill(self, owner: Owner) -> None:
        self.running.remove(owner)
        self.assertEqual(owner.end(signal.SIGKILL), -signal.SIGKILL, (self.folder / "log").read_text()[-2000:])
        if owner.ready is not None:
            (self.held_up if owner.held_up else self.ready).append(owner.ready)

    def failpoint(self) -> str:
        """Of every second start: it dies by itself when it comes there for the nth time."""
        return f"{self.chance.choice(STEPS)}:{self.chance.randint(1, 4)}" if self.chance.random() < 0.5 else ""

    def kill_soon(self, owner: Owner) -> None:
        time.sleep(self.chance.uniform(0, 0.15))
        self.died_by_itself += owner.process.poll() is not None
        self.kill(owner)

    def thaw(self, now: float) -> None:
        """Who stood still for longer than its leases goes on, and ends what it believes to hold."""
        for owner, until in [each for each in self.frozen if each[1] <= now]:
            owner.process.send_signal(signal.SIGCONT)
            self.frozen.remove((owner, until))

    def wait_until_up(self, owner: Owner) -> None:
        def is_up() -> bool:
            self.thaw(time.monotonic())
            return owner.ready is not None or owner.process.poll() is not None
        wait_for("it to be up", is_up)

    def freeze(self, owner: Owner) -> None:
        owner.process.send_signal(signal.SIGSTOP)
        self.frozen.append((owner, time.monotonic() + self.chance.uniform(1.6, 2.5)))
        for other in self.running:
            other.held_up = other.held_up or other.ready is None

    def work_off(self, database: list, ask) -> tuple:
        """By one whom nobody kills: how long after the last fault all was done, and for how long of that something stood."""
        last = self.start("last", database, 0)
        worked_off = standing.work_off(ask, "postgres" if database else "sqlite", WORKERS)
        self.running.remove(last)
        self.assertEqual(last.end(signal.SIGTERM), 0)
        return worked_off

    def look(self, ask) -> None:
        """What was acknowledged is there, ended well and once, by the owner of the latest fence."""
        keys = {row[0] for row in ask("SELECT CAST(key AS TEXT) FROM item" if ask == self.ask_sqlite else "SELECT convert_from(key, 'UTF8') FROM item")}
        self.assertEqual(self.added - keys, set(), "acknowledged and lost")
        runs = ask("SELECT status, count(*), max(attempt), max(crashes) FROM process GROUP BY status")
        self.assertEqual(runs, [("Completed", len(keys), 0, 0)])
        self.assertEqual(ask("SELECT count(*) FROM item WHERE status <> 'Completed'"), [(0,)])
        for kind in ("process.completed", "item.completed"):
            self.assertEqual(ask(f"SELECT count(*), count(DISTINCT subject) FROM event WHERE type = '{kind}'"), [(len(keys), len(keys))], kind)
        self.assertEqual(ask("SELECT count(*) FROM result"), [(len(keys),)])
        zombies = """SELECT count(*) FROM process p JOIN result r ON r.id = p.result_id WHERE r.document <> '{"fence":' || p.fence || '}'"""
        self.assertEqual(ask(zombies), [(0,)], "written by who held it no more")
        claims = """SELECT count(*) FROM process p WHERE fence <> (SELECT count(*) FROM event e WHERE e.type = 'process.started' AND e.subject = p.item_id)"""
        self.assertEqual(ask(claims), [(0,)], "each claim was told once")
        self.assertEqual(ask("SELECT count(*) FROM process WHERE rescues > fence - 1"), [(0,)])
        self.assertEqual([str(path) for path in self.folder.rglob("*.tmp")], [])

    def tell(self, what: str, ask, worked_off: tuple, begin: float) -> None:
        rescues, (took, stood) = ask("SELECT coalesce(sum(rescues), 0), max(fence) FROM process")[0], worked_off
        ready = sorted(self.ready)
        self.assertLess(statistics.median(ready), 2, "ready again")
        print(f"{what}, seed {self.seed}: {self.KILLS} kills ({self.died_by_itself} at a fail point), {len(self.added)} files acknowledged and all "
              f"completed once, {rescues[0]} rescues, fences up to {rescues[1]}; ready again after {statistics.median(ready):.2f} s "
              f"(at most {ready[-1]:.2f}, and {max(self.held_up, default=0):.2f} beside one that stands still), all done {took:.1f} s after the last fault, "
              f"of which something stood for {stood:.1f}; {time.monotonic() - begin:.0f} s")

    def ask_sqlite(self, sql: str) -> list:
        with contextlib.closing(sqlite3.connect(self.folder / "database", timeout=60)) as database:
            return database.execute(sql).fetchall()

    def test_on_sqlite(self) -> None:
        begin = time.monotonic()
        for _ in range(self.KILLS):
            owner = self.start("owner", [], self.FILES, self.failpoint())
            self.wait_until_up(owner)
            self.kill_soon(owner)
        worked_off = self.work_off([], self.ask_sqlite)
        self.assertEqual(self.ask_sqlite("PRAGMA integrity_check"), [("ok",)])
        self.look(self.ask_sqlite)
        self.tell("SQLite", self.ask_sqlite, worked_off, begin)

    def on_server(self) -> tuple:
        """What an owner is told of a new server's database, how to ask it, and the server."""
        server = Server()
        self.addCleanup(server.close)
        server.ask("CREATE DATABASE media", "postgres")

        def ask(sql: str) -> list:
            rows = server.ask("SET search_path = notifications; " + sql)
            return [tuple(int(value) if value.lstrip("-").isdigit() else value for value in row) for row in rows]
        return [str(server.port), "media"], ask, server

    def test_on_postgresql(self) -> None:
        begin, (database, ask, server) = time.monotonic(), self.on_server()
        restarts, freezes = 0, 0
        owners = [self.start(f"owner {i}", database, self.FILES) for i in range(self.OWNERS)]
        for number in range(1, self.KILLS + 1):
            chosen = self.chance.randrange(self.OWNERS)
            self.wait_until_up(owners[chosen])
            if not self.frozen and owners[chosen].process.poll() is None and self.chance.random() < 0.05:
                self.freeze(owners[chosen])
                freezes += 1
                chosen = (chosen + 1) % self.OWNERS
                self.wait_until_up(owners[chosen])
            self.kill_soon(owners[chosen])
            if number % 25 == 0:
                server.restart()
                restarts += 1
            owners[chosen] = self.start(f"owner {chosen}", database, self.FILES, self.failpoint())
        self.thaw(float("inf"))
        for owner in owners:
            self.kill(owner)
        worked_off = self.work_off(database, ask)
        self.look(ask)
        self.tell(f"PostgreSQL, {self.OWNERS} owners, {restarts} immediate restarts of the server, {freezes} times frozen", ask, worked_off, begin)

    def freeze_at_work(self, owner: Owner, ask) -> None:
        """In the middle of its jobs, not of a transaction, which others would wait for."""
        while True:
            owner.process.send_signal(signal.SIGSTOP)
            if ask("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'") == [(0,)]:
                return
            owner.process.send_signal(signal.SIGCONT)
            time.sleep(0.05)

    def test_work_that_was_taken_over_is_not_written_by_who_comes_back_and_would_be_noticed(self) -> None:
        for fenced in (True, False):
            with self.subTest(fenced=fenced):
                self.added.clear()
                database, ask, _ = self.on_server()
                late = self.start("late", database, WORKERS, NOTIFY_FAULTS_JOB_MS="1500", NOTIFY_FAULTS_NO_FENCE=str(int(not fenced)))
                wait_for("all to be at work", lambda: len(late.runs) >= WORKERS)
                self.freeze_at_work(late, ask)
                taker = self.start("taker", database, 0, NOTIFY_FAULTS_JOB_MS="4000")
                wait_for("all to be taken over", lambda: len(taker.runs) >= WORKERS)
                late.process.send_signal(signal.SIGCONT)
                standing.work_off(ask, "postgres", 2 * WORKERS)
                for owner in (late, taker):
                    self.running.remove(owner)
                    self.assertEqual(owner.end(signal.SIGTERM), 0)
                if fenced:
                    self.look(ask)
                else:
                    with self.assertRaisesRegex(AssertionError, "written by who held it no more"):
                        self.look(ask)

    def test_what_nobody_takes_up_is_noticed(self) -> None:
        owner = self.start("owner", [], WORKERS, NOTIFY_FAULTS_JOB_MS="60000")
        wait_for("all to be at work", lambda: len(owner.runs) == WORKERS)
        self.kill(owner)
        with self.assertRaisesRegex(AssertionError, "stuck for"):
            standing.work_off(self.ask_sqlite, "sqlite", WORKERS, most=3)


if __name__ == "__main__":
    unittest.main()
