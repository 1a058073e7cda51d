"""Stuck is not slow: how long work that could move stood still, as far as the machine is not to blame."""
import time

PATIENCE = 600  # seconds for all to end, however slow the machine is
STEP = 0.5

OPEN = """SELECT count(*), coalesce(sum(CASE WHEN status = 'Processing' AND lease_until < {now} THEN 1 ELSE 0 END), 0),
          coalesce(sum(CASE WHEN status = 'Pending' AND next_attempt_at <= {now} THEN 1 ELSE 0 END), 0),
          coalesce(sum(CASE WHEN status = 'Processing' AND lease_until >= {now} THEN 1 ELSE 0 END), 0)
          FROM process WHERE status IN ('Pending', 'Processing')"""
MOVED = "SELECT count(*), coalesce(sum(fence), 0), coalesce(sum(rescues + releases + crashes), 0), coalesce(sum(CASE WHEN finished_at IS NULL THEN 0 ELSE 1 END), 0) FROM process"
NOW = {"sqlite": "CAST(1000 * (julianday('now') - 2440587.5) * 86400 AS INTEGER)", "postgres": "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"}


def work_off(ask, database: str, workers: int, most: float = 60) -> tuple:
    """Waits until no process is open: (seconds that took, the most seconds in a row in which something could move and nothing did). That is
    what is Processing without a lease that lives, or Pending and ready while a worker is free. Each look counts as half a second at most: a
    machine that does not run this, does not run those that are looked at either. AssertionError when something stands for `most`."""
    begin, stood, longest, before = time.monotonic(), 0.0, 0.0, None
    while True:
        opened, unleased, ready, held = map(int, ask(OPEN.format(now=NOW[database]))[0])
        moved = ask(MOVED)
        could_move = unleased > 0 or (ready > 0 and held < workers)
        stood = stood + STEP if could_move and moved == before else 0.0
        longest, before = max(longest, stood), moved
        took = time.monotonic() - begin
        if opened == 0:
            return took, longest
        assert stood < most, f"stuck for {stood} s: {unleased} without a lease, {ready} ready, {held} held by {workers} workers, of {opened}"
        assert took < PATIENCE, f"{opened} have not ended after {took:.0f} s; {unleased} without a lease, {ready} ready, {held} held"
        time.sleep(STEP)
