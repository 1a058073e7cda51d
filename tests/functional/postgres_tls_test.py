"""A PostgreSQL server that is spoken to over TLS: with the certificate checked, and refused in one sentence when it is another's."""
import os
import pathlib
import subprocess
import unittest

from postgres_server import PostgresServiceTest
from service import Service


class Tls(PostgresServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.authority = self.issue("authority", "/CN=authority of tests")
        self.issue("server", "/CN=db.test", "-addext", "subjectAltName=DNS:localhost", signed_by="authority")
        owner = (self.server.folder / "data").stat().st_uid
        for name in ("server.pem", "server.key"):
            there = self.server.folder / "data" / name
            there.write_bytes((self.folder / name).read_bytes())
            there.chmod(0o600)
            os.chown(there, owner, -1)
        for setting in ("ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'", "ssl = on"):
            self.server.ask("ALTER SYSTEM SET " + setting)
        self.server.control("reload")
        self.service = Service(self.folder, **self.server.settings(DATABASE_HOST="localhost", DATABASE_SSLMODE="verify-full",
                                                                   DATABASE_SSLROOTCERT=str(self.authority)))

    def issue(self, name: str, subject: str, *more: str, signed_by: str = "") -> pathlib.Path:
        by = ("-CA", self.folder / (signed_by + ".pem"), "-CAkey", self.folder / (signed_by + ".key")) if signed_by else ()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", subject,
                        *more, *by, "-keyout", self.folder / (name + ".key"), "-out", self.folder / (name + ".pem")], check=True, capture_output=True)
        return self.folder / (name + ".pem")

    def assert_refused(self, sentence: str, **settings: str) -> None:
        self.service.command("migrate", code=1, **settings)
        self.assertIn(sentence, self.service.errors)
        self.assertEqual(len(self.service.errors.strip().splitlines()), 1, self.service.errors)

    def test_the_main_job_and_answers_larger_than_what_tls_carries_at_once(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        names = [f"{number} {'x' * 200}.bin" for number in range(150)]
        for name in names:
            self.service.drop(name, content=name.encode())
        self.assertEqual({item["status"] for item in self.service.wait_until_terminal(*names).values()}, {"Completed"})
        used = self.server.ask("SELECT bool_and(ssl), count(*) > 1 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
                               "WHERE application_name = 'notifications-api'")
        self.assertEqual(used, [["t", "t"]])
        self.service.stop()

    def test_a_certificate_that_is_not_to_be_trusted_or_of_another_server(self) -> None:
        another = self.issue("another", "/CN=another authority")
        self.assert_refused("its certificate is not trusted: see DATABASE_SSLMODE and DATABASE_SSLROOTCERT", DATABASE_SSLROOTCERT=str(another))
        self.assert_refused("its certificate is not trusted: see DATABASE_SSLMODE", DATABASE_SSLROOTCERT=str(self.folder / "nowhere.pem"))
        self.assert_refused("its certificate is of another name: DATABASE_HOST must be one that is in it", DATABASE_HOST="127.0.0.1")
        self.service.command("migrate", DATABASE_HOST="127.0.0.1", DATABASE_SSLMODE="verify-ca")


if __name__ == "__main__":
    unittest.main()
