"""The service on a real PostgreSQL server: the main job, lost connections, a second service, and sentences for what is wrong."""
import contextlib
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

from postgres_server import PostgresServiceTest, Server, postgres, stopped
from service import PROGRAMS, SAMPLES, Service, ServiceTest, wait_for


class LosesAnswers:
    """Between a service and its server: of one COMMIT in three the answer never arrives, and the connection with it."""

    def __init__(self, port: int) -> None:
        self.port, self.loses, self.lost, self.chance = port, False, 0, random.Random(7)
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port))
                cut = threading.Event()
                threading.Thread(target=self.ask, args=(client, server, cut), daemon=True).start()
                threading.Thread(target=self.answer, args=(client, server, cut), daemon=True).start()

    def ask(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if data == b"Q\x00\x00\x00\x0bCOMMIT\x00":
                    if self.loses and self.chance.random() < 1 / 3:  # not in step with reads and writes
                        cut.set()
                server.sendall(data)
        server.close()

    def answer(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if cut.is_set():
                    self.lost += 1
                    break
                client.sendall(data)
        for each in (client, server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.listener.close()


class Postgres(PostgresServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.service = Service(self.folder, **self.server.settings())

    def assert_each_is_done_once(self, count: int) -> None:
        """What the database says, not what the API makes of it."""
        self.assertEqual(self.server.ask("SELECT status, count(*), max(attempt) FROM notifications.process GROUP BY status"),
                         [["Completed", str(count), "0"]])
        self.assertEqual(self.server.ask("SELECT count(*), count(DISTINCT subject) FROM notifications.event WHERE type = 'item.completed'"),
                         [[str(count), str(count)]])

    def test_the_main_job_and_what_was_there_before_is_left_alone(self) -> None:
        self.server.ask("CREATE TABLE assets (id int); INSERT INTO assets VALUES (7)")
        self.service.start()
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg", SAMPLES / "obama2.jpg")
        self.service.watch_inbox("facial-recognition")
        self.service.drop("meeting.jpg", SAMPLES / "obama3.jpg")
        item = self.service.wait_until_terminal("meeting.jpg")["meeting.jpg"]
        self.assertEqual(item["status"], "Completed", item)
        appearances = self.service.get(f"/v1/appearances?item={item['id']}")["rows"]
        self.assertEqual([row["person_name"] for row in appearances], ["Barack Obama"])
        wait_for("the result beside the picture", (self.service.inbox / "meeting.jpg.notifications.json").exists)
        self.assertEqual(self.server.ask("SELECT id FROM public.assets"), [["7"]])
        self.assertEqual(self.server.ask("SELECT key, status FROM notifications.bucket_items"), [["meeting.jpg", "Completed"]])
        self.assertEqual(self.server.ask("SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_schema NOT IN "
                                         "('pg_catalog', 'information_schema') ORDER BY 1"), [["notifications"], ["public"]])
        self.assertFalse((self.service.data / "notifications.db").exists(), "there is one database")
        self.service.stop()

    def test_a_server_that_is_killed_again_and_again_loses_nothing(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        for number in range(60):
            self.service.drop(f"{number}.jpg", content=b"picture %d" % number)
            if number % 12 == 6:
                self.server.restart()
        ended = self.service.wait_until_terminal(*[f"{number}.jpg" for number in range(60)])
        self.assertEqual({item["status"] for item in ended.values()}, {"Completed"})
        self.assert_each_is_done_once(60)
        self.service.stop()

    def test_answers_to_commits_that_are_lost_make_nothing_happen_twice(self) -> None:
        wire = LosesAnswers(self.server.port)
        self.addCleanup(wire.close)
        self.service.start()
        self.service.watch_inbox()
        self.service.stop()
        self.service.start(DATABASE_PORT=str(wire.listener.getsockname()[1]), DATABASE_SSLMODE="disable")
        wire.loses = True
        names = [f"{number}.jpg" for number in range(40)]
        for number, name in enumerate(names):
            self.service.drop(name, content=b"picture %d" % number)
        for number in range(12):  # two that were made of one request would stand beside each other
            status, answer = self.service.request("POST", "/v1/keys", {"name": f"key {number}", "scopes": ["read"]})
            self.assertEqual(status, 201, answer)
        self.assertEqual(self.server.ask("SELECT count(*), count(DISTINCT name) FROM notifications.api_key WHERE name LIKE 'key %'"), [["12", "12"]])
        self.assertEqual(self.server.ask("SELECT count(*) - count(DISTINCT subject) FROM notifications.audit WHERE action = 'key.create'"), [["0"]])
        wait_for("all to end", lambda: self.server.ask("SELECT count(*) FROM notifications.process WHERE status = 'Completed'") == [["40"]], 240)
        self.assert_each_is_done_once(40)
        self.assertEqual(self.server.ask("SELECT max(c) FROM (SELECT count(*) AS c FROM notifications.item_change WHERE status = 'Completed' GROUP BY item_id) t"),
                         [["1"]])
        wire.loses = False
        self.assertGreater(wire.lost, 5)
        self.service.stop()

    def test_a_database_that_is_away_is_told_and_taken_again(self) -> None:
        self.service.start()
        self.server.control("-m", "immediate", "stop")
        try:
            status, answer = self.service.request("GET", "/v1/items")
            self.assertEqual(status, 503, answer)
            key = (self.service.data / "first-key").read_text().strip()
            with self.assertRaises(urllib.error.HTTPError) as away:
                urllib.request.urlopen(urllib.request.Request(self.service.url + "/v1/items", headers={"authorization": f"Bearer {key}"}), timeout=60)
            self.assertEqual((away.exception.code, away.exception.headers["retry-after"]), (503, "5"))
            self.assertEqual(self.service.request("GET", "/health/live", key="")[0], 200)
            wait_for("readiness to end", lambda: self.service.request("GET", "/health/ready", key="")[0] == 503, 60)
        finally:
            self.server.control("-l", str(self.server.folder / "log"), "start")
        begun = time.monotonic()
        wait_for("readiness", lambda: self.service.request("GET", "/health/ready", key="")[0] == 200, 60)
        self.assertLess(time.monotonic() - begun, 10)
        self.assertEqual(self.service.request("GET", "/v1/items")[0], 200)
        self.service.stop()

    def test_a_server_that_stands_still_is_told_and_taken_again(self) -> None:
        self.service.start()
        self.assert_standing_still_is_told_and_passes(self.server.standing_still())
        self.service.stop()

    def test_a_connection_that_stands_still_alone_is_replaced(self) -> None:
        """The server answers others, so it is waited for until no COMMIT or BEGIN takes so long."""
        self.service.start()
        self.assertEqual(self.service.request("GET", "/v1/items")[0], 200)
        readers = self.server.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'notifications-api' AND pid::text NOT IN "
                                  "(SELECT split_part(backend, '@', 1) FROM notifications.node)")
        with contextlib.ExitStack() as still:
            for reader, in readers:
                still.enter_context(stopped(int(reader)))
            begun = time.monotonic()
            self.assertEqual(self.service.request("GET", "/v1/items")[0], 200)
            self.assertGreater(time.monotonic() - begun, 14, "it was not asked by one that stood still")
            self.assertLess(time.monotonic() - begun, 30)
        self.service.stop()

    def test_a_command_gives_a_server_that_stands_still_up(self) -> None:
        self.service.command("migrate")
        with self.server.standing_still():
            begun = time.monotonic()
            self.service.command("migrate", code=1)
            self.assertLess(time.monotonic() - begun, 10)
        self.assertIn("does not answer", self.service.errors)

    def test_a_service_waits_for_a_database_that_starts_after_it(self) -> None:
        self.server.control("-m", "immediate", "stop")
        log = self.service.log.open("a")
        process = subprocess.Popen([PROGRAMS / "notifications-api", "serve"], cwd=self.folder, env=self.service.environment(), stdout=log, stderr=log)
        try:
            wait_for("it to say so", lambda: "the database does not answer; it is tried again" in self.service.log.read_text())
            self.assertEqual(self.service.log.read_text().count("the database does not answer"), 1)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(30), 0)
            process = subprocess.Popen([PROGRAMS / "notifications-api", "serve"], cwd=self.folder, env=self.service.environment(), stdout=log,
                                       stderr=log)
        finally:
            self.server.control("-l", str(self.server.folder / "log"), "start")
        try:
            wait_for("the service to be up", lambda: "the service is up" in self.service.log.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(60), 0)
            log.close()

    def test_a_service_that_was_killed_goes_on_at_once(self) -> None:
        self.service.start(NOTIFICATIONS_FAILPOINT="claimed")
        self.service.watch_inbox()
        self.service.drop("one.jpg", SAMPLES / "biden.jpg")
        wait_for("the service to die", lambda: self.service.process.poll() is not None)
        self.assertEqual(self.server.ask("SELECT status FROM notifications.process"), [["Processing"]])
        self.service.start()
        item = self.service.wait_until_terminal("one.jpg")["one.jpg"]
        self.assertEqual((item["status"], item["processes"][0]["attempt"]), ("Completed", 0))
        self.assert_each_is_done_once(1)
        self.service.stop()

    def test_a_node_with_another_key_is_refused(self) -> None:
        self.service.start()
        self.service.stop()
        other = Service(self.folder, **self.server.settings())
        other.data = self.folder / "data-2"
        other.command("migrate", code=1)
        self.assertIn("put the right key file back", other.errors)


class WrongServers(ServiceTest):
    """One sentence each, that says what to do; no password in it."""
    PASSWORD = "correct horse battery"

    def setUp(self) -> None:
        super().setUp()
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.ask("CREATE DATABASE media", "postgres")
        self.service = Service(self.folder, **self.server.settings(DATABASE_PASSWORD=self.PASSWORD))

    def assert_refused(self, sentence: str, **settings: str) -> None:
        self.service.command("migrate", code=1, **settings)
        self.assertIn(sentence, self.service.errors)
        self.assertNotIn(self.PASSWORD, self.service.errors)
        self.assertEqual(len(self.service.errors.strip().splitlines()), 1, self.service.errors)

    def test_what_is_wrong_is_one_sentence(self) -> None:
        self.assert_refused("there is no such database: make it", DATABASE_NAME="nowhere")
        self.assert_refused("there is no such user", DATABASE_USER="nobody")
        self.assert_refused("there is no such database: make it", DATABASE_NAME="read-only")
        self.assert_refused("there is no such user", DATABASE_USER="certificate")
        self.assert_refused("does not speak TLS", DATABASE_SSLMODE="require")
        self.assert_refused("does not answer", DATABASE_PORT="1")
        self.assert_refused("does not answer", DATABASE_HOST="nowhere.invalid")
        self.assert_refused("DATABASE_USER is not", DATABASE_USER="")
        with self.mysql() as port:
            self.assert_refused("a MySQL or MariaDB server?", DATABASE_PORT=str(port))
        with self.older_postgres() as port:
            self.assert_refused("is version 14; 15 or newer is needed", DATABASE_PORT=str(port))

    def test_a_wrong_password(self) -> None:
        self.server.ask("CREATE USER media PASSWORD 'another one'; GRANT ALL ON DATABASE media TO media")
        rules = self.server.folder / "data/pg_hba.conf"
        rules.write_text("host all media all scram-sha-256\nhost all all all trust\n")
        self.server.control("reload")
        self.assert_refused("it refuses the user or the password", DATABASE_USER="media")
        self.assert_refused("it asks for a password", DATABASE_USER="media", DATABASE_PASSWORD="")
        self.service.command("migrate", DATABASE_USER="media", DATABASE_PASSWORD="another one")

    def test_a_read_only_server(self) -> None:
        self.server.ask("ALTER SYSTEM SET default_transaction_read_only = on")
        self.server.control("reload")
        self.assert_refused("read-only replica")

    def test_a_schema_that_is_newer_than_the_program(self) -> None:
        self.service.command("migrate")
        self.server.ask("INSERT INTO notifications.schema_version VALUES (999, 0)")
        self.assert_refused("schema version 999, this program knows up to")

    def test_out_of_connections(self) -> None:
        self.server.ask("ALTER SYSTEM SET max_connections = 6; ")
        self.server.ask("ALTER SYSTEM SET superuser_reserved_connections = 0")
        self.server.ask("CREATE USER media; GRANT ALL ON DATABASE media TO media")
        self.server.control("-m", "fast", "-l", str(self.server.folder / "log"), "restart")
        with contextlib.ExitStack() as held:
            for _ in range(6):
                held.enter_context(self.psql_that_stays())
            self.assertTrue(self.refused_for("it has no connection left"))

    def refused_for(self, sentence: str) -> bool:
        done = subprocess.run([PROGRAMS / "notifications-api", "migrate"], cwd=self.folder, text=True, capture_output=True, timeout=60,
                              env=self.service.environment(DATABASE_USER="media"))
        return done.returncode == 1 and sentence in done.stderr

    @contextlib.contextmanager
    def psql_that_stays(self):
        """Connected when it is given."""
        with subprocess.Popen([postgres.program("psql"), "-h", "127.0.0.1", "-p", str(self.server.port), "-U", "media", "-d", "media", "-X", "-q", "-A", "-t"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            try:
                process.stdin.write("SELECT 'here';\n")
                process.stdin.flush()
                self.assertEqual(process.stdout.readline(), "here\n")
                yield process
            finally:
                process.stdin.close()

    @contextlib.contextmanager
    def answering(self, answer):
        """The port of a server that does `answer` with each connection."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        client, _ = listener.accept()
                        with client:
                            answer(client)
            threading.Thread(target=serve, daemon=True).start()
            yield listener.getsockname()[1]

    def mysql(self):
        """Speaks first, as MySQL does: protocol 10 of its handshake."""
        def greet(client: socket.socket) -> None:
            client.sendall(b"\x4a\x00\x00\x00\x0a8.0.36\x00" + b"\x08\x00\x00\x00" + b"a" * 60)
            client.recv(1024)
        return self.answering(greet)

    def older_postgres(self):
        """Lets everybody in, without TLS, and says that it is PostgreSQL 14."""
        def message(kind: bytes, body: bytes) -> bytes:
            return kind + (len(body) + 4).to_bytes(4, "big") + body

        def let_in(client: socket.socket) -> None:
            while int.from_bytes(client.recv(1024)[4:8], "big") >> 16 != 3:  # asks for TLS or GSS first
                client.sendall(b"N")
            told = {b"server_version": b"14.9", b"in_hot_standby": b"off", b"default_transaction_read_only": b"off", b"client_encoding": b"UTF8"}
            client.sendall(message(b"R", bytes(4)) + b"".join(message(b"S", name + b"\0" + value + b"\0") for name, value in told.items())
                           + message(b"Z", b"I"))
            client.recv(1024)
        return self.answering(let_in)


if __name__ == "__main__":
    unittest.main()
