"""Receivers that do to the sender of webhooks what a hostile one can: each try ends with a sentence, and nobody else waits for it."""
import contextlib
import http.server
import itertools
import pathlib
import re
import socket
import struct
import threading
import time
import zlib

from scarce_test import has_sanitizers
from service import ServiceTest, wait_for

LONGEST_MS = 21_000  # the sender's own bound is 20 s (docs/webhooks.md), whatever the machine
HEAD = b"HTTP/1.1 200 OK\r\n"
ENDLESS = b"x" * 65536


def bomb() -> bytes:
    """A gigabyte of zeros, by gzip: one that is packed once, and said a thousand times."""
    packer, zeros = zlib.compressobj(9, zlib.DEFLATED, -15), bytes(1 << 20)
    piece = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    sum = 0
    for _ in range(1024):
        sum = zlib.crc32(zeros, sum)
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\x03" + piece * 1024 + packer.flush() + struct.pack("<II", sum, 1 << 30)


BOMB = bomb()


def end_no_body(to: socket.socket, _: str) -> None:
    to.sendall(HEAD + b"\r\n")
    for piece in itertools.repeat(b"for ever "):
        to.sendall(piece)
        time.sleep(0.2)


def send_100_mb(to: socket.socket, _: str) -> None:
    to.sendall(HEAD + b"content-length: 104857600\r\n\r\n")
    for _ in range(1600):
        to.sendall(ENDLESS)


def send_a_byte_a_second(to: socket.socket, _: str) -> None:
    to.sendall(HEAD + b"content-length: 1000\r\n\r\n")
    for _ in range(1000):
        to.sendall(b"x")
        time.sleep(1)


def send_a_head_a_byte_a_second(to: socket.socket, _: str) -> None:
    for byte in HEAD + b"x-slow: " + ENDLESS:
        to.sendall(bytes([byte]))
        time.sleep(1)


def send_a_bomb(to: socket.socket, _: str) -> None:
    packed = BOMB
    to.sendall(HEAD + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed) + packed)
    to.recv(1)


def never_answer(to: socket.socket, _: str) -> None:
    while to.recv(65536):
        pass


def send_endless_headers(to: socket.socket, _: str) -> None:
    to.sendall(HEAD)
    for number in itertools.count():
        to.sendall(b"x-%d: %s\r\n" % (number, ENDLESS[:1000]))


def send_one_endless_header(to: socket.socket, _: str) -> None:
    to.sendall(HEAD + b"x-endless: ")
    while True:
        to.sendall(ENDLESS)


def close_in_the_middle(to: socket.socket, _: str) -> None:
    to.sendall(HEAD + b"content-length: 1000\r\n\r\nhalf")


def answer_1xx_for_ever(to: socket.socket, _: str) -> None:
    while True:
        to.sendall(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
        time.sleep(0.1)


def flood_with_1xx(to: socket.socket, _: str) -> None:
    while True:
        to.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def send_endless_chunks(to: socket.socket, _: str) -> None:
    to.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    while True:
        to.sendall(b"10000\r\n" + ENDLESS + b"\r\n")


def speak_no_http(to: socket.socket, _: str) -> None:
    to.sendall(b"\x00\xffSSH-2.0 \r\n" + ENDLESS)


def redirect(status: bytes):
    def answer(to: socket.socket, trap: str) -> None:
        to.sendall(b"HTTP/1.1 %s Elsewhere\r\nlocation: %s\r\ncontent-length: 0\r\n\r\n" % (status, trap.encode()))
    return answer


# what each does, and words of the sentence that is kept of it; LONG is a success of which enough was read
FAIL = {
    "sends a head, a byte a second": (send_a_head_a_byte_a_second, "not answer within 20 s"),
    "sends a body, a byte a second": (send_a_byte_a_second, "not answer within 20 s"),
    "ends no body": (end_no_body, "not answer within 20 s"),
    "never answers": (never_answer, "not answer within 20 s"),
    "answers 103 for ever": (answer_1xx_for_ever, "not answer within 20 s"),
    "answers 100 as fast as it can": (flood_with_1xx, "more than 65536 bytes of headers"),
    "sends headers without an end": (send_endless_headers, "more than 65536 bytes of headers"),
    "sends one header without an end": (send_one_endless_header, "127.0.0.1 sent more than 102400 bytes as one header"),
    "speaks no HTTP": (speak_no_http, "127.0.0.1 answered with something that is not HTTP"),
    "closes in the middle": (close_in_the_middle, "no answer from 127.0.0.1"),
    **{f"redirects by {status}": (redirect(b"%d" % status), f"answered {status}; redirects are not followed") for status in (301, 302, 303, 307, 308)},
}
LONG = {"sends 100 MB": send_100_mb, "sends a bomb": send_a_bomb, "sends chunks without an end": send_endless_chunks}


class HostileServer:
    """A listener whose every connection is given to one of the above, by the path that is asked for."""

    def __init__(self, trap: str, paths: dict) -> None:
        self.trap, self.paths, self.closed = trap, paths, False
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += connection.recv(65536)
            length = int(re.search(rb"(?i)content-length: (\d+)", asked)[1])
            head, _, body = asked.partition(b"\r\n\r\n")
            while len(body) < length:
                body += connection.recv(65536)
            self.paths[head.split(b" ")[1].decode().removeprefix("/")](connection, self.trap)

    def close(self) -> None:
        self.listener.close()


class Good:
    """Counts what it takes."""

    def __init__(self) -> None:
        self.took = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                outer.took += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class HostileReceivers(ServiceTest):
    def resident(self) -> int:
        """Megabytes."""
        status = pathlib.Path(f"/proc/{self.service.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1024

    def add(self, url: str) -> str:
        status, made = self.service.request("POST", "/v1/webhooks", {"url": url, "types": ["endpoint.test"]})
        self.assertEqual(status, 201, made)
        return made["id"]

    def tell(self, endpoint: str) -> None:
        status, answer = self.service.request("POST", f"/v1/webhooks/{endpoint}/test", {})
        self.assertEqual(status, 202, answer)

    def first_try(self, endpoint: str) -> dict | None:
        rows = self.service.get(f"/v1/deliveries?endpoint={endpoint}")["rows"]
        attempts = [self.service.get(f"/v1/deliveries/{row['id']}")["attempts"] for row in rows]
        return attempts[0][0] if attempts and attempts[0] else None

    def look(self, tries: dict) -> None:
        for name, attempt in tries.items():
            self.assertLessEqual(attempt["duration_ms"], LONGEST_MS, (name, attempt))
            self.assertLessEqual(len(attempt["response"].encode()), 3 * 4096, name)  # of 4 kB, what is no UTF-8 is told by three bytes
        for name, (_, words) in FAIL.items():
            self.assertIn(words, tries[name]["error"], name)
            self.assertNotIn("\n", tries[name]["error"], name)
        for name in LONG:
            self.assertEqual((tries[name]["http_status"], tries[name]["error"]), (200, ""), name)
        self.assertEqual(tries["sends 100 MB"]["response"], "x" * 4096)
        self.assertIn("\N{REPLACEMENT CHARACTER}", tries["sends a bomb"]["response"], "it was kept as it came, packed")

    def test_each_try_ends_with_a_sentence_and_a_good_receiver_is_told_meanwhile(self):
        trap = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(trap.close)
        doings = {name: doing for name, (doing, _) in FAIL.items()} | LONG
        hostile = HostileServer(f"http://127.0.0.1:{trap.getsockname()[1]}/", {str(i): doing for i, doing in enumerate(doings.values())})
        self.addCleanup(hostile.close)
        good = Good()
        self.addCleanup(good.close)
        self.service.start()
        friend = self.add(good.url)
        self.tell(friend)
        wait_for("the first message", lambda: good.took == 1)
        endpoints = {name: self.add(f"{hostile.url}/{i}") for i, name in enumerate(doings)}
        before = most = self.resident()
        for endpoint in endpoints.values():
            self.tell(endpoint)
        tries = {}
        while len(tries) < len(endpoints):
            told = good.took
            self.tell(friend)
            wait_for("a message to the good one", lambda: good.took > told)
            for name in endpoints.keys() - tries.keys():
                if attempt := self.first_try(endpoints[name]):
                    tries[name] = attempt
            most = max(most, self.resident())
            time.sleep(0.5)
        self.look(tries)
        self.assertLess(most - before, 100 if has_sanitizers() else 20, f"MB more than {before}")
        trap.settimeout(0)
        with self.assertRaises(BlockingIOError, msg="a redirect was followed"):
            trap.accept()
        self.service.stop()
