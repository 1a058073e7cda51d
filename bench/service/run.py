#!/usr/bin/env python3
"""Takes the service's own figures: memory when idle, time until ready, small files a second.

run.py --build FOLDER [--json] [--rounds N] [--files N]
[service.idle_rss_mib]  resident memory 3 s after the start, with one watched bucket and nothing to do
[service.ready_ms]      from exec to /health/ready saying ready on a new data folder, the sandbox probe included; median of the rounds
[service.items_per_s]   files of 4 KiB through the checksum processor in sandboxed warm children, one a core, from the start of the scan to the last
                        commit, publishing and endpoints off; beside it commits, items a commit, and what the disk gives (fdatasync/s)
[service.busy_rss_mib]  resident memory of the service while it works: when a quarter of the time is over (…_quarter) and at the end; what
                        rises between them is not flat
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


    def request(self, method: str, path: str, body=None) -> bytes:
        url = (self.work / "data/address").read_text().strip()
        key = (self.work / "data/first-key").read_text().strip()
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(url + path, data=data, method=method, headers=headers), timeout=60) as answer:
            return answer.read()

    def metrics(self) -> dict[str, float]:
        lines = self.request("GET", "/metrics").decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))}

    def has_items(self, status: str) -> bool:
        return bool(json.loads(self.request("GET", f"/v1/items?limit=1&status={status}"))["rows"])


def syncs_per_s(folder: pathlib.Path) -> float:
    """How often a 4 KiB page can be made durable in a second, one after the other."""
    file = os.open(folder / "sync", os.O_RDWR | os.O_CREAT)
    begin, count = time.monotonic(), 0
    while time.monotonic() - begin < 2:
        os.pwrite(file, bytes(4096), 4096 * (count % 256))
        os.fdatasync(file)
        count += 1
    os.close(file)
    return count / (time.monotonic() - begin)


def many_files(programs: pathlib.Path, deps: pathlib.Path, files: int) -> dict[str, float]:
    service = Service(programs, deps)
    completed = 'notifications_items{bucket="inbox",status="Completed"}'
    commits = "notifications_database_commits_total"
    try:
        long_ago = time.time() - 3600
        for i in range(files):
            path = service.inbox / f"{i // 1000:03}" / f"{i:06}.bin"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(os.urandom(4096))
            os.utime(path, (long_ago, long_ago))
        service.start()
        service.request("POST", "/v1/buckets", {"location": str(service.inbox), "publish": False, "active": False, "rules": [{"processor": "checksum"}]})
        before = service.metrics()
        begin = time.monotonic()
        service.request("PATCH", "/v1/buckets/inbox", {"active": True})
        resident: list[float] = []
        while True:
            if time.monotonic() - begin > len(resident):
                resident.append(service.rss_mib())
            # a count of everything costs the service time, so it is asked for only when nothing is left over
            if not service.has_items("Pending") and not service.has_items("Processing"):
                if (now := service.metrics()).get(completed, 0) >= files:
                    break
            if time.monotonic() - begin > 60 + files / 50:
                raise SystemExit(f"not all of {files} files were completed in time")
            time.sleep(0.05)
        seconds = time.monotonic() - begin
        done = now[commits] - before[commits]
        return {
            "service.items_per_s": round(files / seconds, 1),
            "service.items": files,
            "service.commits": done,
            "service.items_per_commit": round(files / done, 1),
            "service.disk_syncs_per_s": round(syncs_per_s(service.work)),
            "service.busy_rss_mib_quarter": round(resident[len(resident) // 4], 1),
            "service.busy_rss_mib": round(resident[-1], 1),
        }
    finally:
        if service.process.poll() is None:
            service.stop()
        service.remove()


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
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = [one_round((options.build / "bin").resolve(), options.deps.resolve()) for _ in range(options.rounds)]
    first, again, resident = zip(*rounds)
    figures = {
        "service.ready_ms": round(statistics.median(first), 1),
        "service.restart_ready_ms": round(statistics.median(again), 1),
        "service.idle_rss_mib": round(max(resident), 1),
    }
    figures |= many_files((options.build / "bin").resolve(), options.deps.resolve(), options.files)
    if options.json:
        print(json.dumps(figures))
        return
    goals = {"service.ready_ms": "≤ 200", "service.restart_ready_ms": "≤ 200", "service.idle_rss_mib": "≤ 30", "service.items_per_s": "≥ 1000"}
    for name, figure in figures.items():
        print(f"{name:<28} {figure:>8}" + (f"   goal {goals[name]}" if name in goals else ""))


if __name__ == "__main__":
    main()
