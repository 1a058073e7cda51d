#!/usr/bin/env python3
"""Takes the service's own figures: memory when idle, time until ready.

run.py --build FOLDER [--json] [--rounds N]
[service.idle_rss_mib]  resident memory 3 s after the start, with one watched bucket and nothing to do
[service.ready_ms]      from exec to /health/ready saying ready, the sandbox probe included; median of the rounds
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


def one_round(programs: pathlib.Path, deps: pathlib.Path, settle: float) -> tuple[float, float]:
    """(milliseconds until ready, MiB resident when idle)"""
    work = pathlib.Path(tempfile.mkdtemp(prefix="bench-service."))
    (work / "inbox").mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "DATA_DIR": str(work / "data"), "PORT": "0", "MODEL_FOLDER": str(deps / "models")}
    subprocess.run([programs / "notifications-api", "buckets", "add", str(work / "inbox"), "--processor", "checksum"],
                   env=environment, cwd=work, check=True, capture_output=True)
    start = time.monotonic()
    service = subprocess.Popen([programs / "notifications-api", "serve"], env=environment, cwd=work, stderr=subprocess.DEVNULL)
    try:
        address = work / "data/address"
        while not (address.exists() and ready(address.read_text().strip())):
            if service.poll() is not None or time.monotonic() - start > 30:
                raise SystemExit("the service did not become ready")
            time.sleep(0.001)
        milliseconds = (time.monotonic() - start) * 1000
        time.sleep(settle)
        status = pathlib.Path(f"/proc/{service.pid}/status").read_text()
        resident = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(60)
        shutil.rmtree(work, ignore_errors=True)
    return milliseconds, resident


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--deps", type=pathlib.Path, default=pathlib.Path(".deps"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = [one_round((options.build / "bin").resolve(), options.deps.resolve(), 3.0) for _ in range(options.rounds)]
    figures = {"service.ready_ms": round(statistics.median(r[0] for r in rounds), 1), "service.idle_rss_mib": round(max(r[1] for r in rounds), 1)}
    if options.json:
        print(json.dumps(figures))
        return
    goals = {"service.ready_ms": "≤ 200", "service.idle_rss_mib": "≤ 30"}
    for name, figure in figures.items():
        print(f"{name:<24} {figure:>8}   goal {goals[name]}")


if __name__ == "__main__":
    main()
