"""A PostgreSQL server of a test's own."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
import postgres
from service import ServiceTest


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
