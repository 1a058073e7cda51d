"""Endpoints that are reached through a proxy, trust an authority of their own, or are shown a client certificate."""
import datetime
import http.server
import ipaddress
import json
import pathlib
import socket
import socketserver
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service import ServiceTest, wait_for

PASSWORD = "proxy-canary-5f1d"


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


class Authority:
    """Signs certificates for 127.0.0.1 and localhost, and for clients."""

    def __init__(self, name: str) -> None:
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.sign(self.name, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=None))

    def sign(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, constraints: x509.BasicConstraints) -> x509.Certificate:
        now = datetime.datetime.now(datetime.timezone.utc)
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key)
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                .not_valid_after(now + datetime.timedelta(days=30)).add_extension(constraints, critical=True)
                .add_extension(names, critical=False).sign(self.key, hashes.SHA256()))

    def issue(self, name: str) -> tuple[bytes, bytes]:
        """Certificate and key, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signed = self.sign(subject, key.public_key(), x509.BasicConstraints(ca=False, path_length=None))
        return signed.public_bytes(serialization.Encoding.PEM), pem(key)

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


class Receiver(http.server.ThreadingHTTPServer):
    """Takes webhooks, over TLS when it has a context; notes who the client was."""
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.got, outer = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                client = self.connection.getpeercert() if context else None
                outer.got.append((json.loads(body)["type"], dict(part for rdn in client["subject"] for part in rdn) if client else None))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):  # a handshake that fails is what some tests are about
        pass


class Proxy(socketserver.ThreadingTCPServer):
    """Tunnels (RFC 9110 §9.3.6) and notes what it was asked for."""
    daemon_threads = True

    def __init__(self) -> None:
        self.asked, outer = [], self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                lines = []
                while (line := self.rfile.readline()) not in (b"\r\n", b""):
                    lines.append(line.decode().strip())
                if not lines:
                    return
                method, target, _ = lines[0].split()
                outer.asked.append((method, target, next((h.split(" ", 1)[1] for h in lines if h.startswith("Proxy-Authorization")), "")))
                if method != "CONNECT":
                    self.wfile.write(b"HTTP/1.1 405 x\r\nContent-Length: 0\r\n\r\n")
                    return
                host, port = target.rsplit(":", 1)
                with socket.create_connection((host.strip("[]"), int(port))) as there:
                    self.wfile.write(b"HTTP/1.1 200 x\r\n\r\n")
                    back = threading.Thread(target=self.copy, args=(there, self.connection), daemon=True)
                    back.start()
                    self.copy(self.connection, there)
                    back.join()

            @staticmethod
            def copy(source: socket.socket, into: socket.socket) -> None:
                try:
                    while piece := source.recv(65536):
                        into.sendall(piece)
                    into.shutdown(socket.SHUT_WR)
                except OSError:
                    pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class WebhookTransport(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.ours, self.other = Authority("ours"), Authority("another")
        certificate, key = self.ours.issue("localhost")
        (self.folder / "server.pem").write_bytes(certificate + key)
        self.certificate, self.key = self.ours.issue("the archive")
        for name, text in (("ca.pem", self.ours.pem()), ("client.pem", self.certificate), ("client.key", self.key)):
            (self.folder / name).write_bytes(text)
        self.service.start()

    def receiver(self, asks_for_client: bool = False) -> Receiver:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem")
        if asks_for_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=self.ours.pem().decode())
        made = Receiver(context)
        self.addCleanup(made.server_close)
        self.addCleanup(made.shutdown)
        return made

    def plain(self) -> Receiver:
        made = Receiver()
        self.addCleanup(made.server_close)
        self.addCleanup(made.shutdown)
        return made

    def proxy(self) -> Proxy:
        made = Proxy()
        self.addCleanup(made.server_close)
        self.addCleanup(made.shutdown)
        return made

    def add(self, url: str, **transport: str) -> dict:
        status, made = self.service.request("POST", "/v1/webhooks", {"url": url, "transport": transport} if transport else {"url": url})
        self.assertEqual(status, 201, made)
        return made

    def tried(self, endpoint: dict) -> dict:
        """What the first try of a test event came to."""
        status, sent = self.service.request("POST", f"/v1/webhooks/{endpoint['id']}/test")
        self.assertEqual(status, 202, sent)

        def attempts():
            return self.service.request("GET", f"/v1/deliveries/{sent['delivery']}")[1]["attempts"]
        return wait_for("a try", attempts)[0]

    def test_an_authority_of_ones_own_is_trusted_and_no_other(self):
        receiver = self.receiver()
        url = f"https://127.0.0.1:{receiver.port}/"
        self.assertEqual(self.tried(self.add(url, ca=self.ours.pem().decode()))["http_status"], 204)
        for transport in ({}, {"ca": self.other.pem().decode()}):
            failed = self.tried(self.add(url, **transport))
            self.assertEqual(failed["http_status"], 0)
            self.assertIn("certificate", failed["error"])
        self.assertEqual(receiver.got, [("endpoint.test", None)])

    def test_a_receiver_that_asks_for_a_client_certificate_is_shown_one(self):
        receiver = self.receiver(asks_for_client=True)
        url = f"https://127.0.0.1:{receiver.port}/"
        made = self.service.command("webhooks", "add", url, "--ca-file", "ca.pem", "--client-certificate", "client.pem",
                                    "--client-key", "client.key")
        known = {"id": made.split()[1]}
        self.assertEqual(self.tried(known)["http_status"], 204)
        self.assertEqual(receiver.got, [("endpoint.test", {"commonName": "the archive"})])
        shown = self.service.request("GET", f"/v1/webhooks/{known['id']}")[1]
        self.assertEqual(shown["transport"]["client_certificate"][0]["subject"], "CN=the archive")
        self.assertEqual([c["subject"] for c in shown["transport"]["ca"]], ["CN=ours"])
        self.service.command("webhooks", "change", known["id"], "--ca-file", "ca.pem")
        self.assertEqual(self.tried(known)["http_status"], 0, "without a certificate the receiver refuses")
        self.service.command("webhooks", "change", known["id"], "--no-transport")
        self.assertIsNone(self.service.request("GET", f"/v1/webhooks/{known['id']}")[1]["transport"])

    def test_a_proxy_is_asked_for_the_address_that_was_judged(self):
        receiver, proxy = self.plain(), self.proxy()
        if any(address[4][0] == "::1" for address in socket.getaddrinfo("localhost", None)):
            made = self.add(f"http://localhost:{receiver.port}/", proxy=f"http://archive:{PASSWORD}@127.0.0.1:{proxy.port}")
            self.assertIn("::1", self.tried(made)["error"], "which localhost stands for too, and is not allowed")
            self.assertEqual(proxy.asked, [])
        made = self.add(f"http://127.0.0.1:{receiver.port}/", proxy=f"http://archive:{PASSWORD}@127.0.0.1:{proxy.port}")
        self.assertEqual(self.tried(made)["http_status"], 204)
        self.assertEqual(receiver.got, [("endpoint.test", None)])
        self.assertEqual([(method, target) for method, target, _ in proxy.asked], [("CONNECT", f"127.0.0.1:{receiver.port}")])
        self.assertTrue(proxy.asked[0][2].startswith("Basic "))
        self.assertEqual(made["transport"]["proxy"], f"127.0.0.1:{proxy.port}")

    def test_a_name_is_given_to_the_proxy_as_its_address(self):
        receiver, proxy = self.receiver(), self.proxy()
        self.service.stop()
        self.service.start(WEBHOOK_ALLOW_CIDRS="127.0.0.1/32,::1/128")
        made = self.add(f"https://localhost:{receiver.port}/", proxy=f"http://127.0.0.1:{proxy.port}", ca=self.ours.pem().decode())
        tried = self.tried(made)
        asked = [target for _, target, _ in proxy.asked]
        self.assertEqual(len(asked), 1)
        self.assertIn(asked[0], (f"127.0.0.1:{receiver.port}", f"[::1]:{receiver.port}"))
        if asked[0].startswith("127"):  # the receiver has no address of the other kind
            self.assertEqual(tried["http_status"], 204)
            self.assertEqual(receiver.got, [("endpoint.test", None)])

    def test_what_is_inside_stays_closed_behind_a_proxy(self):
        proxy = self.proxy()
        for body, of in (({"url": "http://127.0.0.2:8080/", "transport": {"proxy": f"http://127.0.0.1:{proxy.port}"}}, "127.0.0.2"),
                         ({"url": "https://hooks.example/", "transport": {"proxy": "http://10.0.0.1:3128"}}, "10.0.0.1")):
            status, problem = self.service.request("POST", "/v1/webhooks", body)
            self.assertEqual(status, 403, problem)
            self.assertIn(of, problem["detail"])
        self.assertEqual(proxy.asked, [])

    def test_bad_certificates_are_refused_with_where_they_stand(self):
        (_, key), text = self.ours.issue("somebody else"), self.certificate.decode()
        for transport, pointer in (({"ca": "no PEM"}, "/transport/ca"), ({"ca": text[:200]}, "/transport/ca"),
                                   ({"client_certificate": text}, "/transport/client_key"),
                                   ({"client_key": key.decode()}, "/transport/client_certificate"),
                                   ({"client_certificate": text, "client_key": key.decode()}, "/transport/client_key"),
                                   ({"client_certificate": text, "client_key": "-----BEGIN"}, "/transport/client_key"),
                                   ({"proxy": "ftp://127.0.0.1/"}, "/transport/proxy"), ({"proxy": "proxy:3128"}, "/transport/proxy")):
            status, problem = self.service.request("POST", "/v1/webhooks", {"url": "https://127.0.0.1:8443/", "transport": transport})
            self.assertEqual((status, problem["pointer"]), (400, pointer), problem)
            self.assertNotIn(key.decode()[40:80], json.dumps(problem))

    def test_keys_and_passwords_are_nowhere(self):
        receiver, proxy = self.plain(), self.proxy()
        made = self.add(f"http://127.0.0.1:{receiver.port}/", proxy=f"http://archive:{PASSWORD}@127.0.0.1:{proxy.port}",
                        client_certificate=self.certificate.decode(), client_key=self.key.decode())
        self.assertEqual(self.tried(made)["http_status"], 204)
        told = json.dumps(made) + json.dumps(self.service.request("GET", "/v1/webhooks")[1])
        self.service.stop()
        line = self.key.decode().splitlines()[1]
        written = [path for path in pathlib.Path(self.service.data).rglob("*") if path.is_file()] + [self.service.log]
        for secret in (PASSWORD, line):
            self.assertNotIn(secret, told)
            for path in written:
                self.assertNotIn(secret.encode(), path.read_bytes(), path)


if __name__ == "__main__":
    import unittest
    unittest.main()
