"""The API over TLS: served, replaced without a restart, refused in one sentence."""
import hashlib
import http.client
import json
import pathlib
import ssl
import subprocess
import unittest
import urllib.parse
import urllib.request

from service import PROGRAMS, ServiceTest, wait_for


class Tls(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.certificate, self.key = self.folder / "tls.pem", self.folder / "tls.key"
        self.anybody = ssl.create_default_context()
        self.anybody.check_hostname, self.anybody.verify_mode = False, ssl.CERT_NONE
        self.service.settings |= {"TLS_CERTIFICATE": str(self.certificate), "TLS_KEY": str(self.key)}

    def issue(self, certificate: pathlib.Path, key: pathlib.Path, days: int = 60) -> str:
        """A certificate that is its own authority; its SHA-256."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=notifications.test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", str(days), "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()

    def replace(self) -> str:
        shown = self.issue(self.folder / "next.pem", self.folder / "next.key")
        (self.folder / "next.key").rename(self.key)
        (self.folder / "next.pem").rename(self.certificate)
        return shown

    def fetch(self, path: str) -> bytes:
        """As a client that trusts the certificate in the file, and no other."""
        trusts = ssl.create_default_context(cafile=self.certificate)
        key = (self.service.data / "first-key").read_text().strip()
        request = urllib.request.Request(self.service.url + path, headers={"authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=60, context=trusts) as answer:
            self.assertEqual(answer.status, 200)
            return answer.read()

    def connect(self) -> http.client.HTTPSConnection:
        """As a client that trusts anybody."""
        place = urllib.parse.urlsplit(self.service.url)
        connection = http.client.HTTPSConnection(place.hostname, place.port, timeout=60, context=self.anybody)
        connection.connect()
        return connection

    def shown(self) -> str:
        connection = self.connect()
        try:
            return hashlib.sha256(connection.sock.getpeercert(binary_form=True)).hexdigest()
        finally:
            connection.close()

    def doctor(self) -> str:
        """What it says, whatever else it finds on this machine."""
        done = subprocess.run([PROGRAMS / "notifications-api", "doctor"], cwd=self.folder, env=self.service.environment(), text=True, capture_output=True)
        return done.stdout

    def test_the_api_is_served_over_tls_and_a_new_certificate_is_taken_without_a_restart(self) -> None:
        first = self.issue(self.certificate, self.key)
        self.service.start()
        self.assertTrue(self.service.url.startswith("https://127.0.0.1:"), self.service.url)
        self.assertIn(b"swagger", self.fetch("/docs").lower())
        self.assertEqual(json.loads(self.fetch("/v1/items"))["rows"], [])
        self.assertEqual(self.shown(), first)
        self.service.watch_inbox()  # over the control socket
        self.assertEqual([row["name"] for row in json.loads(self.fetch("/v1/buckets"))["rows"]], ["inbox"])
        self.assertIn("CN=notifications.test until 20", self.doctor())

        old = self.connect()
        old.auto_open = 0  # it is this connection or none
        second = self.replace()

        def is_shown() -> bool:
            old.request("GET", "/health/live")
            with old.getresponse() as answer:
                self.assertEqual((answer.status, bool(answer.read())), (200, True))
            return self.shown() == second
        wait_for("the new certificate to be shown while an old connection goes on", is_shown)
        old.close()
        self.assertEqual(json.loads(self.fetch("/v1/items"))["rows"], [])

        self.key.write_text("no key")
        wait_for("the log to say that it is not used", lambda: "the new TLS certificate is not used" in self.service.log.read_text())
        self.assertEqual(self.shown(), second)
        self.assertNotIn("PRIVATE KEY", self.service.log.read_text())

        with self.assertRaises(OSError):  # http.client's RemoteDisconnected is one too
            urllib.request.urlopen(self.service.url.replace("https:", "http:") + "/docs", timeout=60)
        self.service.stop()

    def test_what_cannot_be_used_is_one_sentence_at_the_start(self) -> None:
        self.issue(self.certificate, self.key)
        self.issue(self.folder / "other.pem", self.folder / "other.key")
        for wrong, sentence in (({"TLS_KEY": ""}, "TLS_CERTIFICATE is set, but TLS_KEY is not; TLS needs both"),
                                ({"TLS_KEY": str(self.folder / "other.key")}, "TLS_KEY: the key of another certificate"),
                                ({"TLS_CERTIFICATE": str(self.folder / "missing.pem")}, "TLS_CERTIFICATE: ")):
            self.service.command("serve", code=1, **wrong)
            said = [line for line in self.service.errors.splitlines() if line.startswith("notifications-api: ")]
            self.assertEqual(len(said), 1, self.service.errors)
            self.assertIn(sentence, said[0])


if __name__ == "__main__":
    unittest.main()
