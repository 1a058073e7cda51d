"""A PostgreSQL server of a test's own."""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
import postgres
from service import ServiceTest, wait_for


@contextlib.contextmanager
def stopped(process: int, children=lambda: ()):
    """Stopped first itself, so that it starts no more children."""
    held = [process]
    try:
        os.kill(process, signal.SIGSTOP)
        for child in children():
            held.append(child)
            os.kill(child, signal.SIGSTOP)
        yield
    finally:
        for each in held:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)


class Server:
    """A server of this test's own, so that it may be killed."""

    def __init__(self, **settings: str) -> None:
        self.folder, self.port = postgres.start(settings)

    def control(self, *arguments: str) -> None:
        postgres.run(self.folder, postgres.program("pg_ctl"), "-D", str(self.folder / "data"), "-w", *arguments)

    def restart(self) -> None:
        """As after a power cut, but for what the kernel keeps."""
        self.control("-m", "immediate", "stop")
        self.control("-l", str(self.folder / "log"), "start")

    @contextlib.contextmanager
    def standing_still(self):
        """As when its disk or its machine hangs: TCP answers, nobody else does."""
        postmaster = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        with stopped(postmaster, lambda: map(int, pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split())):
            yield

    def ask(self, sql: str, database: str = "media") -> list:
        done = subprocess.run([postgres.program("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "tests", "-d", database, "-X", "-A", "-t", "-q",
                               "-v", "ON_ERROR_STOP=1", "-c", sql], text=True, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return [line.split("|") for line in done.stdout.splitlines()]

    def settings(self, **more: str) -> dict:
        return {"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(self.port), "DATABASE_USER": "tests", "DATABASE_NAME": "media"} | more

    def close(self) -> None:
        postgres.stop(self.folder)


class PostgresServiceTest(ServiceTest):
    """A server for each class, and an empty database `media` for each test."""
    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Server()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.close()

    def setUp(self) -> None:
        super().setUp()
        self.server.ask("DROP DATABASE IF EXISTS media WITH (FORCE)", "postgres")
        self.server.ask("CREATE DATABASE media", "postgres")

    def assert_standing_still_is_told_and_passes(self, standing_still) -> None:
        """Reads and writes are refused in time, by 503 with Retry-After, while it does; 10 s later all is well."""
        answers = []

        def ask(method: str, path: str, body=None) -> None:
            begun = time.monotonic()
            answers.append((*self.service.whole_request(method, path, body), time.monotonic() - begun))
        asked = [("GET", "/v1/items"), ("GET", "/v1/buckets"), ("POST", "/v1/keys", {"name": "still", "scopes": ["read"]})]
        threads = [threading.Thread(target=ask, args=each) for each in asked]
        with standing_still:
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            self.assertEqual([(status, headers["retry-after"]) for status, headers, _, _ in answers], [(503, "5")] * len(asked), answers)
            self.assertLess(max(seconds for *_, seconds in answers), 30)
            self.assertEqual(self.service.request("GET", "/health/live", key="")[0], 200)
            wait_for("readiness to end", lambda: self.service.request("GET", "/health/ready", key="")[0] == 503, 15)
            answers.clear()
            ask("GET", "/v1/items")
            self.assertLess(answers[0][-1], 10, "once it is known")
            self.assertEqual(answers[0][0], 503)
        begun = time.monotonic()
        wait_for("readiness", lambda: self.service.request("GET", "/health/ready", key="")[0] == 200, 60)
        self.assertEqual(self.service.request("GET", "/v1/items")[0], 200)
        self.assertEqual(self.service.request("POST", "/v1/keys", {"name": "goes on", "scopes": ["read"]})[0], 201)
        self.assertLess(time.monotonic() - begun, 10)
