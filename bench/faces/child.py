"""Runs notifications-api-processor as docs/child-protocol.md says and measures what a job costs it."""
import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")
HAND_OVER = struct.pack("<IIII", 0xFFFFFFFF, 0, 0, 0)  # the frame that carries the item's descriptor


def is_open(descriptor: int) -> bool:
    return os.path.exists(f"/proc/self/fd/{descriptor}")


def out_of_the_way(end: socket.socket) -> socket.socket:
    """The same socket under a number above those that a child is given."""
    moved = socket.socket(fileno=fcntl.fcntl(end.fileno(), fcntl.F_DUPFD_CLOEXEC, 10))
    end.close()
    return moved


class Child:
    """One warm child. Its data socket is read and thrown away: only the control lines and the costs are of interest."""

    def __init__(self, program: pathlib.Path, models: pathlib.Path, precision: str = "f32") -> None:
        started = time.monotonic()
        ours, theirs = (out_of_the_way(end) for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM))
        kept = os.dup(3) if is_open(3) else None
        os.dup2(theirs.fileno(), 3, inheritable=True)
        self.process = subprocess.Popen(
            [program, "--models", models, "--precision", precision, "--data-bytes", "0", "--parent", str(os.getpid()), "--load-models"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, pass_fds=(3,), process_group=0, text=True)
        os.close(3)
        if kept is not None:
            os.dup2(kept, 3, inheritable=False)
            os.close(kept)
        theirs.close()
        self.data = ours
        threading.Thread(target=self._drain, daemon=True).start()
        ready = self._line()
        if ready["type"] != "ready":
            raise SystemExit(f"the child refused: {ready}")
        self.sandbox = ready["sandbox"]["level"]
        self.start_wall_s = time.monotonic() - started
        self.start_cpu_s = self.cpu_seconds()
        self.jobs = 0

    def _drain(self) -> None:
        while self.data.recv(1 << 20):
            pass

    def _line(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the child ended with {self.process.wait()}")
        return json.loads(line)

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def peak_rss_mib(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def run(self, path: pathlib.Path, processor: str = "facial-recognition", config: dict | None = None) -> float:
        """Processor seconds that the job took."""
        self.jobs += 1
        before = self.cpu_seconds()
        job = {"type": "job", "job": str(self.jobs), "name": path.name, "size": path.stat().st_size, "descriptor": True,
               "processes": [{"process": "prc_bench", "processor": processor, "config": config or {}}]}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        with path.open("rb") as file:
            socket.send_fds(self.data, [HAND_OVER], [file.fileno()])
        while (line := self._line())["type"] != "done":
            if line["type"] == "failed":
                raise SystemExit(f"{path.name}: {line['error']}")
        return self.cpu_seconds() - before

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
