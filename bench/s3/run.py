#!/usr/bin/env python3
"""Takes the figures of object stores, from a synthetic store on this machine (bench/s3/store.cpp).

run.py --build FOLDER [--json] [--keys N] [--bytes N] [--rounds N] [--streams N]
[s3.scan_keys_per_s]    keys a second from the store into the database, one listing stream, an empty database at first, no rule
[s3.rescan_keys_per_s]  the same when nothing is new
[s3.scan_rss_mib]       resident memory that a scan adds, the most of both scans
[s3.scan_sharded_keys_per_s]  the first figure again by --streams listings at a time (scan_streams); beside it the memory, and both figures with
                        pages that take 100 ms (s3.far_…, a tenth of the keys)
[s3.get_ratio_crt]      bytes a second of our reader by those of aws-c-s3 (awscrt 0.38.1), ranges of 4 MiB, 4 connections each, in turn;
                        the median of the rounds; beside it both speeds, CPU seconds and memory
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "service"))
from run import Service  # noqa: E402

PART, CONNECTIONS = 4 << 20, 4


class Store:
    def __init__(self, program: pathlib.Path, keys: int, size: int, page_ms: int = 0) -> None:
        self.process = subprocess.Popen([program, str(keys), str(size), str(page_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait()


def scan(service: Service, keys: int) -> tuple[float, float]:
    """Seconds of a scan that is asked for, and the most memory meanwhile, in MiB."""
    asked = subprocess.Popen([service.programs / "notifications-api", "--json", "buckets", "scan", "keys"], env=service.environment,
                             cwd=service.work, stdout=subprocess.PIPE, text=True)
    begin, peak = time.monotonic(), 0.0
    while asked.poll() is None:
        peak = max(peak, service.rss_mib())
        time.sleep(0.02)
    took = time.monotonic() - begin
    seen = json.loads(asked.stdout.read())["seen"]
    if asked.returncode or seen != keys:
        raise SystemExit(f"the scan ended with {asked.returncode} and saw {seen} of {keys} keys")
    return took, peak


def scans(programs: pathlib.Path, deps: pathlib.Path, store: Store, keys: int, streams: int = 1, again: bool = True) -> dict:
    """Of a first scan and, with `again`, of another: keys a second of each, and the memory that they add in MiB."""
    service = Service(programs, deps)
    try:
        service.start()
        secret = service.work / "secret"
        secret.write_text("secret\n")
        service.command("sources", "add", "s3", "--name", "store", "--endpoint", store.url, "--access-key", "AKBENCH", "--secret-file", secret)
        before = service.rss_mib()
        service.command("buckets", "add", "keys", "--source", "store", "--name", "keys", "--backlog", "process", "--scan-seconds", "604800", "--no-publish",
                        "--scan-streams", str(streams))
        begin, first_peak = time.monotonic(), before
        while not json.loads(service.request("GET", "/v1/buckets/keys"))["last_scan_at"]:  # it begins by itself
            first_peak = max(first_peak, service.rss_mib())
            if time.monotonic() - begin > 3600:
                raise SystemExit("the first scan did not end in an hour")
            time.sleep(0.05)
        first = time.monotonic() - begin
        rows = int(sum(value for name, value in service.metrics().items() if name.startswith("notifications_items{")))
        if rows != keys:
            raise SystemExit(f"the first scan left {rows} items of {keys} keys")
        took, peak = scan(service, keys) if again else (first, first_peak)
        return {"first": keys / first, "again": keys / took, "rss": max(first_peak, peak) - before}
    finally:
        service.stop()
        service.remove()


def all_scans(programs: pathlib.Path, deps: pathlib.Path, store: Store, far: Store, keys: int, streams: int) -> dict:
    one = scans(programs, deps, store, keys)
    sharded = scans(programs, deps, store, keys, streams, again=False)
    far_one = scans(programs, deps, far, keys // 10, again=False)
    far_sharded = scans(programs, deps, far, keys // 10, streams, again=False)
    return {"s3.scan_keys_per_s": one["first"], "s3.rescan_keys_per_s": one["again"], "s3.scan_rss_mib": one["rss"],
            "s3.scan_sharded_keys_per_s": sharded["first"], "s3.scan_sharded_rss_mib": sharded["rss"],
            "s3.far_scan_keys_per_s": far_one["first"], "s3.far_scan_sharded_keys_per_s": far_sharded["first"]}


def read(command: list) -> dict:
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stderr}")
    return json.loads(done.stdout)


def reads(tools: pathlib.Path, store: Store, size: int, rounds: int) -> dict:
    ours, peer, ratios = [], [], []
    for _ in range(rounds):
        ours.append(read([tools / "bench_s3_read", store.url, "one", "object"]))
        peer.append(read([tools / "bench_s3_peer", "127.0.0.1", store.port, "one", "object", PART, CONNECTIONS]))
        if ours[-1]["bytes"] != size or peer[-1]["bytes"] != size:
            raise SystemExit("a reader did not read the whole object")
        ratios.append(peer[-1]["seconds"] / ours[-1]["seconds"])
    figures = {"s3.get_ratio_crt": statistics.median(ratios)}
    for name, runs in (("get", ours), ("crt_get", peer)):
        figures[f"s3.{name}_mib_per_s"] = statistics.median(size / run["seconds"] for run in runs) / 2**20
        figures[f"s3.{name}_cpu_s"] = statistics.median(run["cpu_seconds"] for run in runs)
        figures[f"s3.{name}_rss_mib"] = max(run["rss_mib"] for run in runs)
    return figures


GOALS = {"s3.scan_keys_per_s": "≥ 20000", "s3.rescan_keys_per_s": "≥ 50000", "s3.scan_rss_mib": "≤ 64", "s3.get_ratio_crt": "≥ 0.9",
         "s3.get_rss_mib": "≤ 64", "s3.scan_sharded_keys_per_s": "stretch 94000"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--bytes", type=int, default=1 << 30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=4)
    options = parser.parse_args()
    programs, tools = options.build.resolve() / "bin", options.build.resolve() / "bench/s3"
    deps = pathlib.Path(__file__).resolve().parents[2] / ".deps"
    figures = {}
    with Store(tools / "bench_s3_store", options.keys, options.bytes) as store:
        if (tools / "bench_s3_peer").exists():
            figures |= reads(tools, store, options.bytes, options.rounds)
        else:
            print("aws-c-s3 was not built: script/bootstrap bench does", file=sys.stderr)
        with Store(tools / "bench_s3_store", options.keys // 10, 1, 100) as far:
            figures |= all_scans(programs, deps, store, far, options.keys, options.streams)
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
        return
    for name, value in figures.items():
        goal = f"   goal {GOALS[name]}" if name in GOALS else ""
        print(f"{name:<34}{value:>12.2f}{goal}")


if __name__ == "__main__":
    main()
