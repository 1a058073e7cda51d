"""The service under load for hours, its children killed now and then and itself a few times: what it takes of memory, descriptors, threads and
room is sampled, and what is dropped ends once. By hand: script/faults --form soak --hours H."""
import dataclasses
import math
import os
import pathlib
import random
import signal
import statistics
import time

from service import ServiceTest, wait_for


@dataclasses.dataclass
class Sample:
    life: int  # counts the starts of the service
    hours: float
    memory: float  # MiB of its own: RssAnon
    mapped: float  # MiB of files
    descriptors: int
    threads: int
    database: float  # MiB with its log


def student(quantile: float, freedom: int) -> float:
    """Of Student's t, by the expansion of Cornish and Fisher: less than 1 % too small from 5 degrees of freedom on."""
    z = statistics.NormalDist().inv_cdf(quantile)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def slope(points: list) -> tuple:
    """(slope, upper 95 % bound, degrees of freedom) of (life, x, y) by least squares, with an intercept for each life:

        b = Σ (x − x̄_life)(y − ȳ_life) / S,  S = Σ (x − x̄_life)²,  s² = Σ (y − ȳ_life − b (x − x̄_life))² / (n − lives − 1),
        bound = b + t(0.95; n − lives − 1) · s / √S

    as if the samples were independent: memory that goes up and down slowly makes the bound too small."""
    lives = {}
    for life, x, y in points:
        lives.setdefault(life, []).append((x, y))
    centred = []
    for rows in lives.values():
        mean_x, mean_y = (statistics.fmean(column) for column in zip(*rows))
        centred += [(x - mean_x, y - mean_y) for x, y in rows]
    spread, freedom = sum(x * x for x, _ in centred), len(points) - len(lives) - 1
    if freedom < 1 or spread == 0:
        raise AssertionError(f"{len(points)} samples of {len(lives)} lives are too few")
    b = sum(x * y for x, y in centred) / spread
    s = math.sqrt(sum((y - b * x) ** 2 for x, y in centred) / freedom)
    return b, b + student(0.95, freedom) * s / math.sqrt(spread), freedom


class Soak(ServiceTest):
    HOURS, SEED, LIVES, EACH_SECOND, KEPT = 1.0, None, 3, 4, 2000  # files a second, and how many stay in the store

    def setUp(self) -> None:
        super().setUp()
        self.seed = self.SEED if self.SEED is not None else random.randrange(1 << 30)
        self.chance, self.dropped, self.killed, self.samples = random.Random(self.seed), 0, 0, []

    def sample(self, life: int, begin: float) -> None:
        of = pathlib.Path(f"/proc/{self.service.process.pid}")
        status = dict(line.split(":", 1) for line in (of / "status").read_text().splitlines())
        size = sum(path.stat().st_size for path in self.service.data.glob("notifications.db*"))
        row = Sample(life, (time.monotonic() - begin) / 3600, *(int(status[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile")),
                     len(os.listdir(of / "fd")), int(status["Threads"]), size / (1 << 20))
        self.samples.append(row)
        print(f"{row.hours * 60:6.1f} min, life {life}: {row.memory:6.1f} MiB and {row.mapped:.1f} of files, {row.descriptors} descriptors, {row.threads} threads, "
              f"database {row.database:.1f} MiB, {self.dropped} files", flush=True)

    def load(self) -> None:
        """A second's worth of files; the oldest leave the store when they are done."""
        for _ in range(self.EACH_SECOND):
            self.service.drop(f"{self.dropped:07}", content=self.chance.randbytes(4096))
            self.dropped += 1
        for number in range(max(0, self.dropped - self.KEPT - self.EACH_SECOND), self.dropped - self.KEPT):
            (self.service.inbox / f"{number:07}").unlink()

    def kill_a_child(self) -> None:
        for child in self.service.children():
            os.kill(child, signal.SIGKILL)
            self.killed += 1

    def waiting(self) -> int:
        return self.service.rows("SELECT count(*) FROM item WHERE status IN ('Pending', 'Processing')")[0][0]

    def live(self, life: int, begin: float, until: float) -> None:
        each = min(60.0, self.HOURS * 3600 / self.LIVES / 20)
        next_sample, next_kill = time.monotonic() + each, time.monotonic() + self.chance.uniform(5, 40)
        while (now := time.monotonic()) < until:
            if self.waiting() < 200:  # not faster than this machine can
                self.load()
            if now >= next_sample:
                next_sample += each
                self.sample(life, begin)
            if now >= next_kill:
                next_kill = now + self.chance.uniform(5, 40)
                self.kill_a_child()
            time.sleep(max(0.0, now + 1 - time.monotonic()))

    def tell(self) -> None:
        warm = [row for row in self.samples if row.hours - min(other.hours for other in self.samples if other.life == row.life)
                >= self.HOURS / self.LIVES / 5]  # the first fifth of a life fills caches
        memory, bound, freedom = slope([(row.life, row.hours, row.memory) for row in warm])
        descriptors, threads = (slope([(row.life, row.hours, getattr(row, name)) for row in warm])[0] for name in ("descriptors", "threads"))
        print(f"soak, seed {self.seed}: {self.HOURS:.2f} h, {self.dropped} files, {self.killed} children and {self.LIVES - 1} times the service killed; "
              f"memory {memory:+.2f} MiB/h, upper 95 % bound {bound:+.2f} ({freedom} degrees of freedom, {min(row.memory for row in warm):.1f} to "
              f"{max(row.memory for row in warm):.1f} MiB); descriptors {descriptors:+.2f}/h (at most {max(row.descriptors for row in warm)}), "
              f"threads {threads:+.2f}/h (at most {max(row.threads for row in warm)}); database {warm[-1].database:.1f} MiB", flush=True)

    def test_memory_descriptors_and_threads_do_not_grow_and_all_ends_once(self) -> None:
        print(f"seed {self.seed}")
        begin = time.monotonic()
        self.service.settings["LOG_LEVEL"] = "ERROR"
        for life in range(1, self.LIVES + 1):
            self.service.start()
            if life == 1:
                self.service.watch_inbox()
            self.live(life, begin, begin + self.HOURS * 3600 * life / self.LIVES)
            if life < self.LIVES:
                self.service.kill()
        all_done = [("Completed", self.dropped, self.dropped)]
        wait_for("everything to end, once", lambda: self.service.rows(
            "SELECT status, count(*), count(DISTINCT key) FROM item GROUP BY status") == all_done, 600)
        self.assertEqual(self.service.rows("SELECT count(*), count(DISTINCT subject) FROM event WHERE type = 'item.completed'"),
                         [(self.dropped, self.dropped)])
        self.tell()
        self.assert_nothing_is_left()
