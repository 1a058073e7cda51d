#!/usr/bin/env python3
"""Takes the figures of the API.

run.py --build FOLDER [--json] [--rounds N] [--requests N] [--listeners N]
[api.cpu_ratio_fastapi]   CPU time of the service for one GET of an item (with its processes and history, a key checked) over that of the
                          same route in FastAPI on uvicorn (httptools, uvloop) on the same database, in turn with it; …_us each; both answers
                          have the same members, else there is no figure
[api.sse_rss_mib]         resident memory of the service with 5,000 listeners to /v1/events/stream that each got the same event;
                          api.sse_clients how many it took, …_idle_rss_mib before
[api.slowloris_p99_ms]    GETs of an item while 1,000 connections send a header byte every half second; …_quiet_p99_ms without them
"""
import argparse
import http.client
import json
import os
import pathlib
import resource
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/service"))
from run import Service  # noqa: E402

CLIENTS = 4


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Peer:
    """The same route in FastAPI."""

    def __init__(self, database: pathlib.Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        words = [ROOT / ".deps/api-peer/bin/uvicorn", "peer:api", "--app-dir", ROOT / "bench/api", "--port", str(self.port), "--no-access-log", "--log-level", "error"]
        self.process = subprocess.Popen(words, env={"PATH": os.environ["PATH"], "DATABASE": str(database), "PYTHONDONTWRITEBYTECODE": "1"})
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("uvicorn did not listen")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


def ask(connection: http.client.HTTPConnection, path: str, key: str) -> bytes:
    connection.request("GET", path, headers={"authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    return body


def ask_many(port: int, path: str, key: str, requests: int) -> list[float]:
    """Seconds that each took; CLIENTS kept connections."""
    took: list[float] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(requests // CLIENTS):
            begin = time.monotonic()
            ask(connection, path, key)
            took.append(time.monotonic() - begin)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(took) != requests // CLIENTS * CLIENTS:
        raise SystemExit("not every request was answered")
    return took


def members(value: object) -> object:
    if isinstance(value, dict):
        return {name: members(each) for name, each in value.items() if each is not None}
    return [members(each) for each in value] if isinstance(value, list) else type(value).__name__ if not isinstance(value, (int, float)) else "number"


def cpu(pid: int, port: int, path: str, key: str, requests: int) -> float:
    ask_many(port, path, key, 200)
    before = cpu_seconds(pid)
    ask_many(port, path, key, requests)
    return (cpu_seconds(pid) - before) / requests * 1e6


def beside_fastapi(service: Service, port: int, path: str, key: str, asked: argparse.Namespace) -> dict[str, float]:
    peer = Peer(service.work / "data/notifications.db")
    try:
        one = [json.loads(ask(http.client.HTTPConnection("127.0.0.1", each), path, key)) for each in (port, peer.port)]
        if members(one[0]) != members(one[1]):
            raise SystemExit(f"the answers differ:\n{json.dumps(one[0])}\n{json.dumps(one[1])}")
        rounds = [(cpu(service.process.pid, port, path, key, asked.requests), cpu(peer.process.pid, peer.port, path, key, asked.requests)) for _ in range(asked.rounds)]
    finally:
        peer.stop()
    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    return {"api.cpu_us": round(ours, 1), "api.fastapi_cpu_us": round(theirs, 1), "api.cpu_ratio_fastapi": round(ours / theirs, 4)}


def listening(service: Service, port: int, key: str, listeners: int) -> dict[str, float]:
    head = f"GET /v1/events/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    idle = service.rss_mib()
    sockets = []
    for _ in range(listeners):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.settimeout(120)
        try:
            connection.sendall(head)
            if b"text/event-stream" not in connection.recv(4096):
                raise ConnectionError
        except ConnectionError:  # as many as it takes
            connection.close()
            break
        sockets.append(connection)
    (service.inbox / "new.bin").write_bytes(b"new")
    os.utime(service.inbox / "new.bin", (time.time() - 3600,) * 2)
    service.command("buckets", "scan", "inbox")  # by the control socket: there may be no connection left
    for connection in sockets:
        got = b""
        while b"event: item.discovered" not in got:
            piece = connection.recv(65536)
            if not piece:
                raise SystemExit("a stream ended before its event came")
            got += piece
    resident = service.rss_mib()
    for connection in sockets:
        connection.close()
    return {"api.sse_clients": len(sockets), "api.sse_idle_rss_mib": round(idle, 1), "api.sse_rss_mib": round(resident, 1)}


def slowly(service: Service, port: int, path: str, key: str, requests: int) -> dict[str, float]:
    def p99(took: list[float]) -> float:
        return round(sorted(took)[len(took) * 99 // 100] * 1000, 2)

    quiet = p99(ask_many(port, path, key, requests))
    stop = threading.Event()

    def dribble() -> None:
        sockets = []
        while not stop.is_set():
            while len(sockets) < 1000:
                connection = socket.create_connection(("127.0.0.1", port))
                connection.sendall(b"G")
                connection.setblocking(False)
                sockets.append(connection)
            kept = []
            for connection in sockets:
                try:
                    connection.send(b"E")
                    kept.append(connection)
                except OSError:  # its header took too long: the service closed it
                    connection.close()
            sockets = kept
            stop.wait(0.5)
        for connection in sockets:
            connection.close()

    attacker = threading.Thread(target=dribble)
    attacker.start()
    time.sleep(2)
    try:
        beside = p99(ask_many(port, path, key, requests))
    finally:
        stop.set()
        attacker.join()
    return {"api.slowloris_quiet_p99_ms": quiet, "api.slowloris_p99_ms": beside}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", type=pathlib.Path, required=True)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--requests", type=int, default=5000)
    arguments.add_argument("--listeners", type=int, default=5000)
    asked = arguments.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    service = Service(asked.build.resolve() / "bin", ROOT / ".deps")
    figures: dict[str, float] = {}
    try:
        (service.inbox / "one.bin").write_bytes(b"one")
        os.utime(service.inbox / "one.bin", (time.time() - 3600,) * 2)
        service.start()
        service.command("buckets", "add", str(service.inbox), "--processor", "checksum")
        while not service.has_items("Completed"):
            time.sleep(0.1)
        item = json.loads(service.request("GET", "/v1/items?limit=1"))["rows"][0]["id"]
        port = urllib.parse.urlsplit((service.work / "data/address").read_text().strip()).port
        key = (service.work / "data/first-key").read_text().strip()
        path = f"/v1/items/{item}"
        figures |= beside_fastapi(service, port, path, key, asked)
        figures |= slowly(service, port, path, key, asked.requests)
        figures |= listening(service, port, key, asked.listeners)
    finally:
        if service.process.poll() is None:
            service.stop()
        service.remove()
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:35} {value}")


if __name__ == "__main__":
    main()
