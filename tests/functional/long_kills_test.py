"""A long film on two nodes of one PostgreSQL, which die again and again around its checkpoints: each time it goes on from the newest one, here or
there, to the result of work that was not disturbed. The long form: script/faults --form long."""
import random
import re
import signal
import time

from long_work_test import FACES, Films
from nodes_test import Node, NodesTest
from service import wait_for

# where a node dies: how many checkpoints it has kept then
STEPS = {"before_checkpoint:1": 0, "checkpoint_kept:1": 1, "before_checkpoint:2": 1}
RESUMED = re.compile(r"^(\S+) .*work goes on where it was left .*position_ms=(\d+) decoded_from_ms=(\d+)", re.MULTILINE)
CHECKPOINT_MS = 600_000


class LongKills(Films, NodesTest):
    KILLS, SEED = 1, None

    def setUp(self) -> None:
        super().setUp()
        self.seed = self.SEED if self.SEED is not None else random.randrange(1 << 30)
        self.chance, self.lives, self.deaths = random.Random(self.seed), {}, []  # where each dies, by its log
        print(f"seed {self.seed}")
        self.add().start()
        self.service.watch_inbox("facial-recognition", "--config", FACES)

    def begin(self, node: Node, dies: bool = True) -> None:
        node.kill()
        node.log = self.folder / f"life-{len(self.lives)}.log"
        self.lives[node.log] = self.chance.choice(list(STEPS)) if dies else ""
        node.run("serve", NOTIFICATIONS_FAILPOINT=self.lives[node.log])

    def dead(self):
        return next((node for node in self.nodes if node.process.poll() is not None), None)

    def await_death(self):
        """A node that died, or nothing when the film has ended."""
        dead = wait_for("a node to die", lambda: self.dead() or self.has_ended(), 600)
        if dead is True:
            return None
        self.assertEqual(dead.process.returncode, -signal.SIGKILL, dead.log.read_text()[-2000:])
        self.deaths.append(self.lives[dead.log])
        return dead

    def film(self, column: str) -> str:
        row = self.server.ask(f"SELECT {column} FROM notifications.process LEFT JOIN notifications.long_work ON process_id = process.id")
        return row[0][0] if row else ""

    def has_ended(self) -> bool:
        return self.film("status") in ("Completed", "Failed")

    def resumed(self) -> list:
        """In the order of time: the position, from where it was decoded, and where that node died."""
        found = [(*match.groups(), step) for log, step in self.lives.items() for match in RESUMED.finditer(log.read_text())]
        return [(int(position), int(decoded_from), step) for _, position, decoded_from, step in sorted(found)]

    def test_a_film_whose_nodes_die_comes_to_the_result_of_one_that_was_left_alone(self) -> None:
        begin = time.monotonic()
        film = self.minutes("film.mp4", 12 + 10 * self.KILLS)
        for node in self.nodes:
            self.begin(node)
        self.service.drop("film.mp4", film)
        while dead := self.await_death():
            if len(self.deaths) % 2 == 1:
                fence = self.film("fence")
                wait_for("the other node to take it over", lambda: self.film("fence") != fence)
            self.begin(dead, dies=len(self.deaths) < self.KILLS)
        self.assertGreaterEqual(len(self.deaths), self.KILLS)
        self.assertEqual([self.film(column) for column in ("status", "attempt", "crashes", "rescues")],
                         ["Completed", "0", "0", str(len(self.deaths))])
        kept = sum(STEPS[step] for step in self.deaths)
        self.assertEqual(self.film("resumed_at_ms"), str(kept * CHECKPOINT_MS), "no checkpoint was lost")
        resumed = self.resumed()
        for (before, _, step), (position, _, _) in zip([(0, 0, "checkpoint_kept:1"), *resumed], resumed):
            self.assertEqual(position, before + STEPS[step] * CHECKPOINT_MS, resumed)
        repeated = [CHECKPOINT_MS + position - decoded_from for position, decoded_from, _ in resumed]
        self.assertLessEqual(max(repeated, default=0), 12 * 60_000, "media that is decoded again")
        self.assertEqual(self.server.ask("SELECT (SELECT count(*) FROM notifications.checkpoint), (SELECT count(*) FROM notifications.checkpoint_part)"),
                         [["0", "0"]], "nothing is kept of what ended")
        self.service.kill()
        self.service.start()
        self.assertEqual(self.documents(self.service, "film.mp4"), self.uninterrupted("film.mp4", film))
        print(f"{len(self.deaths)} deaths, seed {self.seed}: a film of {12 + 10 * self.KILLS} minutes went on {len(resumed)} times, decoded again at most "
              f"{max(repeated, default=0) / 60_000:.1f} minutes each; {time.monotonic() - begin:.0f} s")
