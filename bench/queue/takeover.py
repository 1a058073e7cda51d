"""How long it takes until another node has what a node had in its hands: killed, and silent (SIGSTOP), by two services on one database.

The item is a file of a size that no checksum reaches the end of; each node in turn has it.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HUGE = 8 << 40  # bytes, all of them a hole

# asked by the server itself, so that looking takes no time of its own
OTHER_HAS_IT = """
DO $$ BEGIN
    WHILE (SELECT fence FROM notifications.process) <= {fence} LOOP PERFORM pg_sleep(0.005); END LOOP;
END $$"""


class Pair:
    def __init__(self, programs: pathlib.Path, server) -> None:
        os.environ |= {"NOTIFY_PROGRAMS": str(programs), "NOTIFY_DEPS": str(ROOT / ".deps")}
        sys.path.insert(0, str(ROOT / "tests/functional"))
        from nodes_test import Node
        from service import wait_for
        self.wait_for, self.server, self.database = wait_for, server, server.fresh("takeover")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-takeover."))
        settings = {"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(server.port), "DATABASE_USER": "tests",
                    "DATABASE_NAME": self.database, "LOG_LEVEL": "WARN"}
        first = Node(0, None, self.folder, settings)
        self.nodes = [first.start()]
        self.nodes.append(Node(1, first, self.folder, settings).start())
        first.watch_inbox()
        with (self.folder / "part").open("wb") as file:
            file.truncate(HUGE)
        (self.folder / "part").rename(first.inbox / "huge.bin")

    def __enter__(self) -> "Pair":
        return self

    def __exit__(self, *_) -> None:
        for node in self.nodes:
            if node.process.poll() is None:
                node.process.send_signal(signal.SIGCONT)
                node.kill()
        shutil.rmtree(self.folder)

    def ask(self, sql: str) -> str:
        return self.server.ask(sql, self.database).strip()

    def holder(self):
        """Who has the item, and its fence."""
        row = self.wait_for("a node to have the item", lambda: self.ask(
            "SELECT n.name, p.fence FROM notifications.process p JOIN notifications.node n ON n.id = p.lease_owner"))
        name, fence = row.split("|")
        return next(node for node in self.nodes if (node.data / "node").read_text().strip() == name), int(fence)

    def seconds(self, stop: signal.Signals) -> float:
        node, fence = self.holder()
        self.wait_for("both nodes", lambda: self.ask("SELECT count(*) FROM notifications.node") == "2")
        time.sleep(16)  # only who was connected for 15 s gives others up: after an outage somebody is back first
        looks = subprocess.Popen([*self.server.psql(self.database), "-c", OTHER_HAS_IT.format(fence=fence)], text=True, stderr=subprocess.PIPE)
        time.sleep(0.2)
        begin = time.monotonic()
        node.process.send_signal(stop)
        _, errors = looks.communicate(timeout=120)
        took = time.monotonic() - begin
        if looks.returncode:
            raise SystemExit(errors)
        node.process.send_signal(signal.SIGCONT)
        node.kill()
        node.start()
        return took


def takeover(programs: pathlib.Path, server, kills: int, silences: int) -> dict:
    with Pair(programs, server) as pair:
        killed = sorted(pair.seconds(signal.SIGKILL) for _ in range(kills))
        silent = sorted(pair.seconds(signal.SIGSTOP) for _ in range(silences))
    return {"queue.takeovers": kills, "queue.takeover_p50_s": killed[kills // 2], "queue.takeover_p99_s": killed[(kills * 99) // 100],
            "queue.silences": silences, "queue.takeover_silent_p99_s": silent[(silences * 99) // 100]}
