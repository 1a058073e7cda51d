#!/usr/bin/env python3
"""Takes the service's own figures: memory when idle, time until ready.

run.py --build FOLDER [--json] [--rounds N]
[service.idle_rss_mib]  resident memory 3 s after the start, with one watched bucket and nothing to do
[service.ready_ms]      from exec to /health/ready saying ready on a new data folder, the sandbox probe included; median of the rounds
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url + "/health/ready", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class Service:
    """A service with a data folder of its own that is gone afterwards."""

    def __init__(self, programs: pathlib.Path, deps: pathlib.Path) -> None:
        self.programs = programs
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="bench-service."))
        self.inbox = self.work / "inbox"
        self.inbox.mkdir()
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.work), "DATA_DIR": str(self.work / "data"), "PORT": "0", "MODEL_FOLDER": str(deps / "models")}

    def start(self) -> float:
        """Milliseconds from exec until /health/ready says ready, the sandbox probe included."""
        address = self.work / "data/address"
        address.unlink(missing_ok=True)
        begin = time.monotonic()
        self.process = subprocess.Popen([self.programs / "notifications-api", "serve"], env=self.environment, cwd=self.work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (address.exists() and (text := address.read_text().strip()) and ready(text)):
            if self.process.poll() is not None or time.monotonic() - begin > 30:
                raise SystemExit("the service did not become ready")
            time.sleep(0.001)
        return (time.monotonic() - begin) * 1000

    def command(self, *arguments: str) -> None:
        subprocess.run([self.programs / "notifications-api", *arguments], env=self.environment, cwd=self.work, check=True, capture_output=True)

    def rss_mib(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def remove(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)


def one_round(programs: pathlib.Path, deps: pathlib.Path) -> tuple[float, float, float]:
    """(milliseconds until ready on a new data folder, and on one that was used; MiB resident when idle)"""
    service = Service(programs, deps)
    try:
        first = service.start()
        service.command("buckets", "add", str(service.inbox), "--processor", "checksum")
        service.stop()
        again = service.start()
        time.sleep(3.0)
        resident = service.rss_mib()
        service.stop()
    finally:
        service.remove()
    return first, again, resident


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--deps", type=pathlib.Path, default=pathlib.Path(".deps"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = [one_round((options.build / "bin").resolve(), options.deps.resolve()) for _ in range(options.rounds)]
    first, again, resident = zip(*rounds)
    figures = {
        "service.ready_ms": round(statistics.median(first), 1),
        "service.restart_ready_ms": round(statistics.median(again), 1),
        "service.idle_rss_mib": round(max(resident), 1),
    }
    if options.json:
        print(json.dumps(figures))
        return
    goals = {"service.ready_ms": "≤ 200", "service.restart_ready_ms": "≤ 200", "service.idle_rss_mib": "≤ 30"}
    for name, figure in figures.items():
        print(f"{name:<24} {figure:>8}   goal {goals[name]}")


if __name__ == "__main__":
    main()
