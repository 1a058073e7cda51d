"""A network of its own, in which the name server says what a hostile one would: run by `unshare -Urmn`, with a folder and a program.

Its lines in FOLDER/seen, as they happen: "asked NAME ADDRESS" (what it answered), "took ADDRESS" (where a request arrived), "tunnel TARGET" (what
the proxy was asked for). The program runs in it too; so do its ports. FOLDER/ports has those of the receiver and of the proxy."""
import ctypes
import http.server
import ipaddress
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading

PUBLIC, PUBLIC_V6 = "8.8.8.8", "2a00:1450:4001::8888"  # our own here: nobody else is in this network
A, AAAA = 1, 28


def once(first: str, afterwards: str):
    """What a rebinding name server says: `first`, and from the second question of a family on `afterwards`."""
    return lambda number: [first if number == 1 else afterwards]


NAMES = {
    "public.test": lambda _: [PUBLIC],
    "rebind.test": once(PUBLIC, "127.0.0.1"),
    "rebind-metadata.test": once(PUBLIC, "169.254.169.254"),
    "rebind-private.test": once(PUBLIC, "10.0.0.1"),
    "rebind-v6.test": once(PUBLIC_V6, "::1"),
    "rebind-mapped.test": once(PUBLIC_V6, "::ffff:127.0.0.1"),
    "rebind-zero.test": once(PUBLIC, "0.0.0.0"),
    "rebind-behind-proxy.test": once(PUBLIC, "127.0.0.1"),
    "both.test": lambda _: ["127.0.0.1", PUBLIC],
}


class World:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder, self.lock, self.questions = folder, threading.Lock(), {}

    def note(self, line: str) -> None:
        with self.lock, (self.folder / "seen").open("a") as seen:
            seen.write(line + "\n")

    def build(self) -> None:
        """Needs what `unshare -Urmn` gives: root of its own mounts and network."""
        for words in (["link", "set", "lo", "up"], ["address", "add", f"{PUBLIC}/32", "dev", "lo"], ["address", "add", "10.0.0.1/32", "dev", "lo"],
                      ["address", "add", "169.254.169.254/32", "dev", "lo"]):
            subprocess.run(["ip", *words], check=True)
        subprocess.run(["ip", "address", "add", f"{PUBLIC_V6}/128", "dev", "lo"], check=False, stderr=subprocess.DEVNULL)  # IPv6 may be off
        for name, text in (("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"), ("nsswitch.conf", "hosts: dns\n")):
            (self.folder / name).write_text(text)
            subprocess.run(["mount", "--bind", self.folder / name, pathlib.Path("/etc", name).resolve()], check=True)

    def answer(self, question: bytes) -> bytes:
        """To a question of one name (RFC 1035, 4.1), with a time to live of 0."""
        labels, at = [], 12
        while length := question[at]:
            labels.append(question[at + 1:at + 1 + length].decode())
            at += 1 + length
        kind, = struct.unpack_from(">H", question, at + 1)
        name = ".".join(labels).lower()
        addresses = []
        if name in NAMES and kind in (A, AAAA):
            # a name has its own count for each family: of the other one it has nothing
            given = [ipaddress.ip_address(text) for text in NAMES[name](self.questions.get((name, kind), 0) + 1)]
            addresses = [each for each in given if each.version == (4 if kind == A else 6)]
            if addresses:
                self.questions[name, kind] = self.questions.get((name, kind), 0) + 1
        for address in addresses:
            self.note(f"asked {name} {address}")
        code = 0 if name in NAMES else 3
        head = question[:2] + struct.pack(">HHHHH", 0x8580 | code, 1, len(addresses), 0, 0)
        records = b"".join(struct.pack(">HHHIH", 0xc00c, kind, 1, 0, len(each.packed)) + each.packed for each in addresses)
        return head + question[12:at + 5] + records

    def serve_names(self) -> None:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 53))

        def serve() -> None:
            while True:
                question, asker = server.recvfrom(4096)
                server.sendto(self.answer(question), asker)

        threading.Thread(target=serve, daemon=True).start()

    def listen(self, method: str, line) -> int:
        """On every address; `line` is what is noted of a request. The port."""
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def respond(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                world.note(line(self))
                self.send_response(502 if method == "CONNECT" else 204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        setattr(Handler, f"do_{method}", Handler.respond)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            address_family = socket.AF_INET6 if socket.has_ipv6 and pathlib.Path("/proc/net/if_inet6").exists() else socket.AF_INET

            def server_bind(self) -> None:
                if self.address_family == socket.AF_INET6:
                    self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                super().server_bind()

        server = Server(("", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port

    def run(self, program: list) -> int:
        self.build()
        self.serve_names()
        receiver = self.listen("POST", lambda asked: "took " + asked.connection.getsockname()[0].removeprefix("::ffff:"))
        proxy = self.listen("CONNECT", lambda asked: "tunnel " + asked.path)
        (self.folder / "ports").write_text(f"{receiver} {proxy}")
        die_with_us = ctypes.CDLL(None).prctl
        running = subprocess.Popen(program, preexec_fn=lambda: die_with_us(1, signal.SIGKILL))  # PR_SET_PDEATHSIG
        signal.signal(signal.SIGTERM, lambda *_: running.terminate())
        return running.wait()


if __name__ == "__main__":
    sys.exit(World(pathlib.Path(sys.argv[1])).run(sys.argv[2:]))
