"""A primary and its standby: the standby alone is refused, beside a primary that is away it is waited for, and once it is promoted it is used."""
import contextlib
import signal
import subprocess
import unittest

from postgres_server import PostgresServiceTest, postgres
from service import PROGRAMS, Service, wait_for
from java_server import free_port


class Standby(PostgresServiceTest):
    """It listens at the primary's address, the primary's place is another address of this machine."""

    def setUp(self) -> None:
        super().setUp()
        self.port = free_port()
        folder = self.server.folder
        self.data = folder / "standby"
        postgres.run(folder, postgres.program("pg_basebackup"), "-D", str(self.data), "-h", "127.0.0.1", "-p", str(self.server.port), "-U", "tests",
                     "-R", "-X", "stream", "-c", "fast")
        self.assertTrue((self.data / "standby.signal").exists())
        self.control("-l", str(folder / "standby.log"), "-o", f"-p {self.port}", "start")
        self.addCleanup(self.control, "-m", "immediate", "stop")
        self.service = Service(self.folder, **self.server.settings(DATABASE_PORT=str(self.port)))

    def control(self, *arguments: str) -> None:
        postgres.run(self.server.folder, postgres.program("pg_ctl"), "-D", str(self.data), "-w", *arguments)

    def test_it_is_refused_alone_and_waited_for_in_a_list(self) -> None:
        self.service.command("migrate", code=1)
        self.assertIn("it is a read-only replica: DATABASE_HOST must be the primary, or list it too", self.service.errors)
        self.service.command("serve", code=1)
        self.assertIn("it is a read-only replica", self.service.errors)
        listed = self.service.environment(DATABASE_HOST="127.0.0.1,127.0.0.2")
        with self.service.log.open("a") as log:
            process = subprocess.Popen([PROGRAMS / "notifications-api", "serve"], cwd=self.folder, env=listed, stdout=log, stderr=log)
        try:
            wait_for("it to say so", lambda: "none of these servers that answers is the primary" in self.service.log.read_text())
            self.assertIsNone(process.poll())
            self.control("promote")
            wait_for("the service to be up", lambda: "the service is up" in self.service.log.read_text(), 60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
