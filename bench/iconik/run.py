#!/usr/bin/env python3
"""Takes the figures of messages and of Iconik: how fast a queue is emptied, how soon a message is a row, what is left of kills and faults.

run.py --build FOLDER [--json] [--messages N] [--alone N] [--told N] [--assets N] [--kills N] [--seed N]
[iconik.messages_per_s]  messages that wait in ElasticMQ, each of another asset, from the first that is received until the last is deleted;
                         each was committed to the inbox before
[iconik.row_p99_ms]      from just before a message is sent until its row is committed, in long-poll mode, one message every 50 ms; with the
                         median beside it
[iconik.told…]           assets that messages tell of, each up to five times in random order, under kills: exactly these are processed, each once
[iconik.assets…]         assets whose timelines are written under kills and faults of 5 of 100 requests: exactly what is to stand there does.
                         Then all is told again, run again, and a person is renamed: what that writes. Both are tests of
                         tests/functional/iconik_kills_test.py; --told 0 and --assets 0 leave them out, which take three quarters of an hour
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Service:
    """A service with a queue and a data folder that is gone afterwards."""

    def __init__(self, programs: pathlib.Path, deps: pathlib.Path, settings: dict) -> None:
        self.programs = programs
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="bench-iconik."))
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.work), "DATA_DIR": str(self.work / "data"), "PORT": "0",
                            "MODEL_FOLDER": str(deps / "models")} | settings

    def start(self) -> None:
        address = self.work / "data/address"
        address.unlink(missing_ok=True)
        self.process = subprocess.Popen([self.programs / "notifications-api", "serve"], env=self.environment, cwd=self.work,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not (address.exists() and address.read_text().strip()):
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the service did not start")
            time.sleep(0.01)

    def queue(self) -> dict:
        url, key = ((self.work / "data" / name).read_text().strip() for name in ("address", "first-key"))
        request = urllib.request.Request(url + "/v1/sources/sqs", headers={"authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["queue"] or {}

    def told_at(self) -> dict:
        """Milliseconds since 1970, by asset."""
        with contextlib.closing(sqlite3.connect(self.work / "data/notifications.db")) as database:
            return {address.decode() if isinstance(address, bytes) else address: at
                    for address, at in database.execute("SELECT address, first_told_at FROM news")}

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        shutil.rmtree(self.work, ignore_errors=True)


def await_deleted(service: Service, count: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while service.queue().get("deleted", 0) < count:
        if time.monotonic() > until:
            raise SystemExit(f"not all of {count} messages were taken in {seconds:.0f} s: {service.queue()}")
        time.sleep(0.02)


def many(service: Service, mq, count: int) -> dict:
    bodies = [json.dumps({"asset_id": str(uuid.uuid4())}) for _ in range(count)]
    mq.send("plain", bodies)
    service.start()
    while not service.queue().get("received", 0):
        time.sleep(0.002)
    begin, before = time.monotonic(), service.queue()["received"]
    await_deleted(service, count, 60 + count / 20)
    seconds = time.monotonic() - begin
    if len(service.told_at()) != count:
        raise SystemExit(f"{len(service.told_at())} rows of {count} messages")
    return {"iconik.messages_per_s": round((count - before) / seconds, 1), "iconik.messages": count}


def alone(service: Service, mq, count: int) -> dict:
    sent = {}
    already = service.queue()["deleted"]
    for _ in range(count):
        asset = str(uuid.uuid4())
        sent[asset] = time.time() * 1000
        mq.send("plain", [json.dumps({"asset_id": asset})])
        time.sleep(0.05)
    await_deleted(service, already + count, 60)
    told = service.told_at()
    waits = sorted(told[asset] - at for asset, at in sent.items())
    return {"iconik.row_p99_ms": round(waits[int(len(waits) * 0.99)], 1), "iconik.row_median_ms": round(statistics.median(waits), 1)}


def under_kills(options: argparse.Namespace) -> dict:
    os.environ["NOTIFY_PROGRAMS"] = str((options.build / "bin").resolve())
    import iconik_kills_test
    figures = {}
    for many, name in ((options.told, iconik_kills_test.TEST_OF_MESSAGES), (options.assets, iconik_kills_test.TEST_OF_TIMELINES)):
        if many <= 0:
            continue
        test = iconik_kills_test.IconikKills.sized(options.told, options.assets, options.kills, options.seed)(name)
        result = unittest.TestResult()
        with contextlib.redirect_stdout(sys.stderr):
            test.run(result)
        if not result.wasSuccessful():
            raise SystemExit("\n".join(text for _, text in result.errors + result.failures))
        figures |= {**test.figures, **{peak: max(figures.get(peak, 0), test.figures[peak]) for peak in iconik_kills_test.PEAKS}}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--deps", type=pathlib.Path, default=pathlib.Path(".deps"))
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--alone", type=int, default=200)
    parser.add_argument("--told", type=int, default=10_000)
    parser.add_argument("--assets", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    deps = options.deps.resolve()
    os.environ["NOTIFY_DEPS"] = str(deps)
    sys.path.insert(0, str(ROOT / "tests/functional"))
    from stores import ElasticMq
    if not ElasticMq.JARS.exists():
        raise SystemExit("ElasticMQ was not fetched by script/bootstrap bench")
    mq = ElasticMq()
    try:
        # the gate that checks signatures in tests would be what is measured
        settings = mq.KEYS | {"SQS_QUEUE_URL": mq.queue("plain"), "SQS_ENDPOINT": mq.behind_the_gate()}
        service = Service((options.build / "bin").resolve(), deps, settings)
        try:
            figures = many(service, mq, options.messages) | alone(service, mq, options.alone)
        finally:
            service.close()
    finally:
        mq.close()
    figures |= under_kills(options)
    if options.json:
        print(json.dumps(figures))
        return
    goals = {"iconik.messages_per_s": "≥ 500", "iconik.row_p99_ms": "≤ 1000", "iconik.peak_requests_s": "≤ 50",
             "iconik.peak_requests_20s": "≤ 1000", "iconik.told_again_writes": "0", "iconik.rerun_timeline_writes": "0"}
    for name, figure in figures.items():
        print(f"{name:<32} {figure:>8}" + (f"   goal {goals[name]}" if name in goals else ""))


if __name__ == "__main__":
    main()
