"""The whole service on several nodes of one PostgreSQL, killed and frozen at random: script/faults --form nodes, --form frozen."""
import contextlib
import os
import random
import signal
import time

import standing
from nodes_test import Node, NodesTest
from service import wait_for


class NodeKills(NodesTest):
    KILLS, FREEZES, SEED = 200, 5, None

    def setUp(self) -> None:
        super().setUp()
        self.seed = self.SEED if self.SEED is not None else random.randrange(1 << 30)
        self.chance, self.dropped = random.Random(self.seed), 0
        print(f"seed {self.seed}")
        self.add().start()
        self.begin(self.add())
        self.service.watch_inbox()

    def begin(self, node: Node) -> None:
        """The first two are whole services, the third a worker."""
        if self.nodes.index(node) == 2:
            node.run("worker", "--local-folders")
        else:
            node.start()

    def drop_some(self) -> None:
        count = self.chance.randint(1, 4)
        self.drop_many(self.dropped, count)
        self.dropped += count

    def kill_a_child(self) -> int:
        killed = 0
        for child in self.chance.choice(self.nodes).children()[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                killed += 1
        return killed

    def count(self, sql: str) -> list:
        return [tuple(row) for row in self.server.ask("SET search_path = notifications; " + sql)]

    def workers(self) -> int:
        """Of all nodes that are there."""
        return int(self.count("SELECT coalesce(sum(workers), 0) FROM node")[0][0])

    def look(self, what: str, since: float, begin: float) -> None:
        """0 lost, 0 stuck, 0 twice, 0 by who held it no more, 0 left behind. A child that is killed three times fails its item."""
        def all_ended() -> bool:
            return self.count("SELECT count(*) FROM item WHERE status IN ('Completed', 'Failed')") == [(str(self.dropped),)]
        wait_for("all to be taken in", lambda: self.count("SELECT count(*) FROM item") == [(str(self.dropped),)], 600)
        _, stood = standing.work_off(self.count, "postgres", self.workers())
        wait_for("the items to have ended, too", all_ended)
        took = time.monotonic() - since
        self.assertEqual(self.count("SELECT count(*) FROM item"), [(str(self.dropped),)])
        self.assertEqual(self.count("SELECT count(*) FROM process WHERE status = 'Failed' AND failure_reason <> 'poisoned'"), [("0",)])
        self.assertEqual(self.count("SELECT max(attempt) FROM process"), [("0",)])
        ended = self.count("SELECT count(*), count(DISTINCT subject) FROM event WHERE type IN ('process.completed', 'process.failed')")
        self.assertEqual(ended, [(str(self.dropped), str(self.dropped))])
        ended = self.count("SELECT count(*), count(DISTINCT subject) FROM event WHERE type IN ('item.completed', 'item.failed')")
        self.assertEqual(ended, [(str(self.dropped), str(self.dropped))])
        claims = "SELECT count(*) FROM process p WHERE fence <> (SELECT count(*) FROM event e WHERE e.type = 'process.started' AND e.subject = p.item_id)"
        self.assertEqual(self.count(claims), [("0",)])
        completed = self.count("SELECT count(*), count(DISTINCT result_id) FROM process WHERE status = 'Completed'")[0]
        self.assertEqual(completed[0], completed[1])
        self.assertEqual(self.count("SELECT count(*) FROM result"), [(completed[0],)])
        wait_for("all to be published", lambda: self.count("SELECT count(*) FROM delivery WHERE status IN ('Pending', 'Processing')") == [("0",)], 600)
        rescues = self.count("SELECT sum(rescues), sum(crashes), max(fence) FROM process")[0]
        for node in self.nodes:
            node.stop()
        left = [str(path) for node in self.nodes for root in (node.data, node.inbox) for path in root.rglob("*.tmp")]
        self.assertEqual(left, [])
        print(f"{what}, seed {self.seed}: {self.dropped} files ended once each, {self.dropped - int(completed[0])} poisoned, {rescues[0]} rescues, "
              f"{rescues[1]} crashes, fences up to {rescues[2]}; all ended {took:.1f} s after the last fault, of which something stood for {stood:.1f}; {time.monotonic() - begin:.0f} s")

    def test_nodes_and_children_that_are_killed(self) -> None:
        begin, nodes, children, restarts = time.monotonic(), 0, 0, 0
        while nodes + children < self.KILLS:
            self.drop_some()
            time.sleep(self.chance.uniform(0, 0.6))
            if self.chance.random() < 0.4:
                children += self.kill_a_child()
                continue
            node = self.chance.choice(self.nodes)
            node.kill()
            nodes += 1
            if nodes % 10 == 0:
                self.server.restart()
                restarts += 1
            self.begin(node)
        self.look(f"{nodes} kills of nodes, {children} of children, {restarts} of the server", time.monotonic(), begin)

    def holds(self, node: Node) -> bool:
        """Work, at this moment."""
        name = (node.data / "node").read_text().strip()
        return self.count("SELECT count(*) FROM process p JOIN node n ON n.id = p.lease_owner "
                          f"WHERE p.status = 'Processing' AND n.name = '{name}'") != [("0",)]

    def freeze_at_work(self, node: Node) -> None:
        while True:
            for _ in range(8):
                self.service.drop(f"{self.dropped}.bin", content=os.urandom(3_000_000))
                self.dropped += 1
            time.sleep(self.chance.uniform(0.2, 1))
            node.process.send_signal(signal.SIGSTOP)
            if self.holds(node):
                return
            node.process.send_signal(signal.SIGCONT)

    def test_nodes_that_stand_still(self) -> None:
        begin = time.monotonic()
        for _ in range(self.FREEZES):
            node = self.chance.choice(self.nodes)
            self.freeze_at_work(node)
            until = time.monotonic() + self.chance.uniform(31, 40)
            while time.monotonic() < until:
                self.drop_some()
                time.sleep(self.chance.uniform(0.5, 3))
            node.process.send_signal(signal.SIGCONT)
        self.look(f"{self.FREEZES} times a node stood still for 31 to 40 s with work in its hands", time.monotonic(), begin)
