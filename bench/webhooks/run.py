#!/usr/bin/env python3
"""Takes the figures of webhooks: what delivery sends to a sink on this machine, and how soon.

run.py --build FOLDER [--json] [--rounds N] [--events N]
[webhooks.deliveries_per_s]     events that wait, each for one of 20 endpoints in turn, until the last is Completed in the database; the
                                median of the rounds; …_one_endpoint: all for one
[webhooks.delivery_cpu_us]      CPU time of the sending process for each
[webhooks.first_attempt_p99_ms] events appended at 500 a second, each for one of 20 endpoints in turn, from before the event's transaction
                                to the arrival of its first attempt, all endpoints together; …_p50_ms
[webhooks.dead_endpoint_ratio]  the p99 of the other 19 when one of the 20 never answers, over the p99 above, in the same run
Every event must have arrived, under one webhook-id; else there is no figure. Taken in a program that is nothing but the delivery part of the
service, on SQLite.
"""
import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
from collections.abc import Iterator

ENDPOINTS = 20
PER_SECOND = 500


class Sink:
    def __init__(self, program: pathlib.Path) -> None:
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def report(self) -> dict[str, dict]:
        """What came, by path."""
        out, _ = self.process.communicate()
        return {row["path"]: row for row in map(json.loads, out.splitlines())}


@contextlib.contextmanager
def sink(build: pathlib.Path) -> Iterator[Sink]:
    running = Sink(build / "bench/webhooks/bench_sink")
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


def deliver(build: pathlib.Path, *words: object) -> dict[str, float]:
    done = subprocess.run([build / "bench/webhooks/bench_deliveries", *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench_deliveries {words[0]}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def arrived(seen: dict[str, dict], events: int) -> None:
    """Each event has one webhook-id, so as many ids came as events were sent, when none was lost and none sent under two."""
    if seen["*"]["ids"] != events:
        raise SystemExit(f"{seen['*']['ids']} of {events} events arrived")


def backlog(build: pathlib.Path, events: int, endpoints: int) -> dict[str, float]:
    with sink(build) as there, tempfile.TemporaryDirectory(prefix="bench-webhooks.") as folder:
        told = deliver(build, "backlog", events, endpoints, there.url, folder)
        arrived(there.report(), events)
        return told


def paced(build: pathlib.Path, seconds: int, dead: int) -> dict:
    """What the sink saw of those that answer."""
    os.sync()  # the disk is done with the round before
    with sink(build) as there, tempfile.TemporaryDirectory(prefix="bench-webhooks.") as folder:
        told = deliver(build, "paced", PER_SECOND, seconds, ENDPOINTS, dead, there.url, folder)
        seen = there.report()
    if told["seconds"] > 1.1 * seconds:
        raise SystemExit(f"{told['appended']} events took {told['seconds']} s to append, not {seconds}: the machine is too busy")
    arrived(seen, told["appended"] * (ENDPOINTS - dead) // ENDPOINTS)
    return seen["*"]


def median(rows: list[float]) -> float:
    return round(statistics.median(rows), 3)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", type=pathlib.Path, required=True)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--events", type=int, default=20_000)
    arguments.add_argument("--seconds", type=int, default=20)
    asked = arguments.parse_args()
    figures: dict[str, float] = {}
    many = [backlog(asked.build, asked.events, ENDPOINTS) for _ in range(asked.rounds)]
    figures["webhooks.deliveries_per_s"] = median([row["per_s"] for row in many])
    figures["webhooks.delivery_cpu_us"] = median([row["cpu_us"] for row in many])
    figures["webhooks.deliveries_per_s_one_endpoint"] = median([backlog(asked.build, asked.events, 1)["per_s"] for _ in range(asked.rounds)])
    alive, beside_dead = [], []
    for _ in range(asked.rounds):
        alive.append(paced(asked.build, asked.seconds, 0))
        beside_dead.append(paced(asked.build, asked.seconds, 1))
    figures["webhooks.first_attempt_p50_ms"] = median([row["p50_us"] / 1000 for row in alive])
    figures["webhooks.first_attempt_p99_ms"] = median([row["p99_us"] / 1000 for row in alive])
    figures["webhooks.first_attempt_p99_beside_dead_ms"] = median([row["p99_us"] / 1000 for row in beside_dead])
    figures["webhooks.dead_endpoint_ratio"] = round(figures["webhooks.first_attempt_p99_beside_dead_ms"] / figures["webhooks.first_attempt_p99_ms"], 3)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:45} {value}")


if __name__ == "__main__":
    main()
