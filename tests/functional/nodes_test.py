"""Several services on one PostgreSQL: who does what, and what becomes of it when one is killed, stands still or is stopped."""
import base64
import json
import pathlib
import re
import shutil
import signal
import subprocess
import time
import urllib.request

from postgres_server import PostgresServiceTest, postgres
from service import PROGRAMS, Service, ServiceTest, ffmpeg, wait_for
from stores import FakeIconik


class Node(Service):
    """One of several; asked with the key of the first."""

    def __init__(self, number: int, first: Service | None, folder: pathlib.Path, settings: dict) -> None:
        super().__init__(folder, **settings)
        self.first, self.data, self.log = first or self, folder / f"data-{number}", folder / f"node-{number}.log"
        if first:
            self.data.mkdir(mode=0o700)
            shutil.copy(first.data / "secret.key", self.data)

    def request(self, method: str, path: str, body=None, key: str | None = None):
        return super().request(method, path, body, (self.first.data / "first-key").read_text().strip() if key is None else key)

    def run(self, *command: str, **more: str) -> "Node":
        """Starts it without waiting for an address."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen([PROGRAMS / "notifications-api", *command], cwd=self.folder, env=self.environment(**more),
                                            stdout=log, stderr=log, start_new_session=True)
        wait_for("the node to be up", lambda: re.search("the (node|service) is up", self.log.read_text()))
        return self


    def children_started(self) -> int:
        request = urllib.request.Request(self.url + "/metrics", headers={"authorization": f"Bearer {(self.first.data / 'first-key').read_text().strip()}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(re.search(r"^notifications_children_started_total (\d+)", answer.read().decode(), re.MULTILINE)[1])


class NodesTest(PostgresServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.nodes = []
        self.service = self.add().start()

    def add(self) -> Node:
        node = Node(len(self.nodes), self.nodes[0] if self.nodes else None, self.folder, self.server.settings())
        self.nodes.append(node)
        return node

    def tearDown(self) -> None:
        for node in self.nodes:
            if node.process and node.process.poll() is None:
                node.process.send_signal(signal.SIGCONT)
            node.kill()
        super().tearDown()

    def listed(self, node: Node | None = None) -> dict:
        return {row["heard_at"] + row["name"]: row for row in (node or self.service).get("/v1/nodes")["rows"]}

    def duties(self, node: Node | None = None) -> list:
        """Of each listed node, those of the node with the most first."""
        return sorted((row["duties"] for row in self.listed(node).values()), key=len, reverse=True)

    def drop_many(self, first: int, count: int) -> list:
        names = [f"{number}.bin" for number in range(first, first + count)]
        for name in names:
            self.service.drop(name, content=name.encode())
        return names

    def assert_each_is_done_once(self, count: int) -> None:
        self.assertEqual(self.server.ask("SELECT status, count(*), max(attempt), max(crashes) FROM notifications.process GROUP BY status"),
                         [["Completed", str(count), "0", "0"]])
        self.assertEqual(self.server.ask("SELECT count(*), count(DISTINCT subject) FROM notifications.event WHERE type = 'item.completed'"),
                         [[str(count), str(count)]])


class Nodes(NodesTest):
    def test_who_has_a_half_open_connection_left_waits_until_that_is_given_up(self) -> None:
        """As after a power cut: the server does not know yet that nobody is at its other end."""
        self.service.stop()
        name = (self.service.data / "node").read_text()
        command = [postgres.program("psql"), "-h", "127.0.0.1", "-p", str(self.server.port), "-U", "tests", "-d", "media", "-X", "-q", "-A", "-t"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as half_open:
            half_open.stdin.write("SELECT pg_backend_pid()::text || '@' || (SELECT (extract(epoch FROM backend_start) * 1000000)::bigint "
                                  "FROM pg_stat_activity WHERE pid = pg_backend_pid());\n")
            half_open.stdin.flush()
            backend = half_open.stdout.readline().strip()
            self.server.ask("INSERT INTO notifications.node (id, name, host, version, roles, workers, reads_folders, started_at, heard_at, backend, wrote) "
                            f"VALUES ('nod_before', '{name}', 'here', '1', 'worker', 1, 1, 0, "
                            f"(extract(epoch FROM now()) * 1000)::bigint - 24000, '{backend}', '')")
            begun = time.monotonic()
            self.service.start()
            self.assertGreater(time.monotonic() - begun, 3, "it did not wait")
            self.assertEqual(self.service.log.read_text().count("a connection of this node's last start"), 1)
            self.assertEqual(self.server.ask("SELECT count(*) FROM notifications.node WHERE id = 'nod_before'"), [["0"]])
            half_open.stdin.close()
        self.service.stop()

    def test_work_that_was_added_is_told_to_who_listens(self) -> None:
        self.service.watch_inbox()
        command = [postgres.program("psql"), "-h", "127.0.0.1", "-p", str(self.server.port), "-U", "tests", "-d", "media", "-X", "-q", "-A", "-t"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as listener:
            def says(sql: str) -> str:
                listener.stdin.write(sql + "\n")
                listener.stdin.flush()
                return listener.stdout.readline()
            self.assertEqual(says("LISTEN notifications_work; SELECT 'listens';"), "listens\n")
            self.drop_many(0, 1)
            wait_for("it to be told", lambda: 'Asynchronous notification "notifications_work"' in says("SELECT 'nothing';"))
            listener.terminate()

    def test_two_are_listed_and_share_the_work_while_one_scans(self) -> None:
        second = self.add().start()
        wait_for("both to be listed", lambda: len(self.listed()) == 2)
        self.assertEqual(self.duties(), [["scheduler", "delivery"], []])
        self.assertEqual(self.listed(second).keys() and self.duties(second), [["scheduler", "delivery"], []])
        self.service.watch_inbox()
        names = self.drop_many(0, 150)
        self.assertEqual({item["status"] for item in second.wait_until_terminal(*names).values()}, {"Completed"})
        self.assert_each_is_done_once(150)
        owners = self.server.ask("SELECT count(*) FROM notifications.process WHERE fence > 1")
        self.assertEqual(owners, [["0"]], "nothing was taken from anybody")
        self.assertEqual([node.children_started() > 0 for node in self.nodes], [True, True], "both have processed something")
        self.assertIn("scheduler", self.service.command("nodes", "list"))
        self.service.stop()
        wait_for("the second to take over", lambda: self.duties(second) == [["scheduler", "delivery"]], 10)

    def test_what_one_api_is_told_the_other_nodes_do(self) -> None:
        """The second has neither duty, and its API is the one that is spoken to."""
        second = self.add().start()
        second.watch_inbox()
        self.service.drop("first.bin", content=b"first")
        self.assertEqual(second.wait_until_terminal("first.bin")["first.bin"]["status"], "Completed")
        self.service.drop("second.bin", content=b"second")
        status, answer = second.request("POST", "/v1/buckets/inbox/scan")
        self.assertEqual(status, 200, answer)
        self.assertEqual(second.wait_until_terminal("second.bin")["second.bin"]["status"], "Completed")

    def test_a_node_that_is_killed_is_given_up_at_once_and_loses_nothing(self) -> None:
        second = self.add().start()
        self.service.watch_inbox()
        names, took = [], []
        for turn in range(3):  # of the one that scans, each time
            names += self.drop_many(40 * turn, 40)
            time.sleep(0.4)
            killed, other = (self.service, second) if turn % 2 == 0 else (second, self.service)
            begin = time.monotonic()
            killed.kill()
            wait_for("the other to take over", lambda: self.duties(other) == [["scheduler", "delivery"]], 30)
            took.append(time.monotonic() - begin)
            killed.start()
        self.assertEqual({item["status"] for item in second.wait_until_terminal(*names).values()}, {"Completed"})
        self.assert_each_is_done_once(120)
        print(f"taken over after {', '.join(f'{seconds:.1f}' for seconds in took)} s")

    def test_a_node_that_stands_still_is_given_up_and_begins_anew_when_it_goes_on(self) -> None:
        second = self.add().start()
        self.service.watch_inbox()
        names = self.drop_many(0, 20)
        self.service.process.send_signal(signal.SIGSTOP)
        names += self.drop_many(20, 20)
        wait_for("the second to take over", lambda: self.duties(second) == [["scheduler", "delivery"]], 60)
        self.assertEqual({item["status"] for item in second.wait_until_terminal(*names).values()}, {"Completed"})
        self.service.process.send_signal(signal.SIGCONT)
        wait_for("the first to be a node again", lambda: len(self.listed(second)) == 2, 60)
        wait_for("it to write again", lambda: self.service.request("POST", "/v1/webhooks", {"url": "http://127.0.0.1:1025/"})[0] == 201, 30)
        self.service.wait_until_logged("it begins anew")
        self.assertEqual(self.duties(second), [["scheduler", "delivery"], []])
        self.assert_each_is_done_once(40)
        names = self.drop_many(40, 20)
        self.assertEqual({item["status"] for item in second.wait_until_terminal(*names).values()}, {"Completed"})
        self.assert_each_is_done_once(60)

    def test_what_a_node_that_stood_still_was_about_to_write_is_refused(self) -> None:
        second = self.add().start()
        self.service.process.send_signal(signal.SIGSTOP)
        wait_for("the first to be given up", lambda: len(self.listed(second)) == 1, 60)
        names = self.server.ask("SELECT id FROM notifications.node")
        self.service.process.send_signal(signal.SIGCONT)
        wait_for("it to be back", lambda: len(self.listed(second)) == 2, 60)
        self.assertEqual(len(names), 1)
        self.service.wait_until_logged("the others on its database gave it up")

    def test_a_worker_processes_what_stores_hold_and_leaves_folders_to_others(self) -> None:
        self.service.stop()
        self.service.start(ROLES="api,scheduler,delivery")
        worker = self.add().run("worker")
        rows = sorted(self.listed().values(), key=lambda row: len(row["roles"]))
        self.assertEqual([(row["roles"], row["duties"], row["reads_folders"]) for row in rows],
                         [(["worker"], [], False), (["api", "scheduler", "delivery"], ["scheduler", "delivery"], True)])
        self.service.watch_inbox()
        self.service.drop("film.bin", content=b"film")
        wait_for("the file to be noticed", lambda: "film.bin" in self.service.items())
        time.sleep(3)
        self.assertEqual(self.service.item("film.bin")["status"], "Pending", "nobody may read it")
        worker.stop()
        worker.run("worker", "--local-folders")
        self.assertEqual(self.service.wait_until_terminal("film.bin")["film.bin"]["status"], "Completed")
        self.assertFalse((worker.data / "address").exists(), "it has no API")
        worker.stop()
        wait_for("it to have left", lambda: len(self.listed()) == 1, 10)

    def test_an_outage_of_the_database_gives_nobody_up(self) -> None:
        """Everybody's connection is cut, and somebody is back first."""
        second = self.add().start()
        self.service.watch_inbox()
        time.sleep(17)  # each is connected long enough to judge
        for turn in range(3):
            self.drop_many(5 * turn, 5)
            self.server.control("-m", "immediate", "stop")
            time.sleep(6)  # longer than a node without a connection may be silent
            self.server.control("-l", str(self.server.folder / "log"), "start")
            time.sleep(5)
        names = [f"{number}.bin" for number in range(15)]
        self.assertEqual({item["status"] for item in second.wait_until_terminal(*names).values()}, {"Completed"})
        self.assertEqual(len(self.listed()), 2)
        for node in self.nodes:
            self.assertNotIn("a node is gone", node.log.read_text())
            self.assertNotIn("it begins anew", node.log.read_text())

    def test_a_copied_data_folder_is_refused_while_its_original_lives(self) -> None:
        time.sleep(2)  # the others know its connection
        copy = self.add()
        shutil.copy(self.service.data / "node", copy.data)
        copy.command("serve", code=1)
        self.assertIn("when DATA_DIR was copied, remove the file node from the copy", copy.errors)
        (copy.data / "node").unlink()
        copy.start()
        self.assertEqual(len(self.listed()), 2)

    def test_a_node_that_stops_with_work_gives_its_duties_up_at_once(self) -> None:
        self.service.watch_inbox("facial-recognition")
        film = self.folder / "film.mp4"
        ffmpeg("-f", "lavfi", "-i", "testsrc=size=1280x720:rate=25:duration=240", film)
        self.service.drop("film.mp4", film)
        wait_for("the film to be processed", lambda: (i := self.service.items()).get("film.mp4", {}).get("status") == "Processing")
        second = self.add().start()
        self.service.process.send_signal(signal.SIGTERM)
        wait_for("the second to schedule", lambda: "scheduler" in self.row_of(second)["duties"], 10)
        first = next(row for row in self.listed(second).values() if row["name"] != self.row_of(second)["name"])
        self.assertEqual((first["duties"], first["processing"]), (["delivery"], 1), "it still processes what it has")
        self.service.process.wait(90)
        self.assertEqual(second.wait_until_terminal("film.mp4")["film.mp4"]["status"], "Completed")

    def test_nodes_work_on_while_a_newer_program_migrates_and_start_again_beside_it(self) -> None:
        """The newer program is played: a table and a column more, which the one before does not know."""
        self.service.watch_inbox()
        self.service.drop("before.bin", content=b"1")
        self.service.wait_until_terminal("before.bin")
        self.server.ask("ALTER TABLE notifications.item ADD COLUMN later TEXT NOT NULL DEFAULT 'x'")
        self.server.ask("CREATE TABLE notifications.later (item_id TEXT PRIMARY KEY REFERENCES notifications.item (id) ON DELETE CASCADE)")
        self.server.ask("INSERT INTO notifications.schema_version (version, applied_at, works_with) VALUES (2, 0, 1)")
        self.service.drop("during.bin", content=b"2")
        self.service.wait_until_terminal("during.bin")
        second = self.add().start()
        self.service.stop()
        self.service.drop("after.bin", content=b"3")
        self.assertEqual({row["status"] for row in second.wait_until_terminal("before.bin", "during.bin", "after.bin").values()}, {"Completed"})
        self.assertEqual(self.server.ask("SELECT DISTINCT later FROM notifications.item"), [["x"]])
        second.wait_until_logged("works with this one, too")
        self.server.ask("INSERT INTO notifications.schema_version (version, applied_at, works_with) VALUES (3, 0, 2)")
        with self.assertRaisesRegex(AssertionError, "schema version 3, this program knows up to 1; start a newer program"):
            self.service.start()

    def row_of(self, node: Node) -> dict:
        name = (node.data / "node").read_text().strip()
        return next(row for row in self.listed(node).values() if row["name"] == name)


class NodesOfIconik(NodesTest):
    def test_three_nodes_share_what_iconik_lets_a_token_ask(self) -> None:
        iconik = FakeIconik()
        self.addCleanup(iconik.close)
        place = "11111111-1111-4111-8111-111111111111"
        iconik.control(collections=[{"id": place}])
        self.service.stop()
        more = {"ICONIK_URL": iconik.url, "ICONIK_APP_ID": FakeIconik.APP_ID, "ICONIK_ACCESS_TOKEN": FakeIconik.TOKEN, "WORKERS": "8"}
        for node in (self.service, self.add()):
            node.settings |= more
            node.start()
        worker = self.add()
        worker.settings |= more
        worker.run("worker")
        wait_for("three nodes", lambda: len(self.listed()) == 3)
        time.sleep(2)  # each has counted them
        iconik.control(many={"collection": place, "count": 60, "first": 0, "data": base64.b64encode(b"a proxy of an asset").decode()})
        self.service.command("buckets", "add", f"collections/{place}", "--name", "dailies", "--source", "iconik", "--processor", "checksum",
                             "--backlog", "process")
        wait_for("all to be done", lambda: self.server.ask("SELECT count(*) FROM notifications.item WHERE status = 'Completed'") == [["60"]], 300)
        wait_for("all to be written", lambda: self.server.ask(
            "SELECT count(*) FROM notifications.delivery WHERE status IN ('Pending', 'Processing')") == [["0"]], 300)
        seen = iconik.control()
        self.assertLessEqual(seen["peak_second"], 50)
        self.assertLessEqual(seen["peak_window"], 1000)
        jobs = [job["status"] for job in standing_jobs(iconik)]
        self.assertEqual(jobs, ["FINISHED"] * 60)
        print(f"at most {seen['peak_second']} requests in a second, {seen['peak_window']} in 20 s")


def standing_jobs(iconik: FakeIconik) -> list:
    with urllib.request.urlopen(f"{iconik.url}/_control?jobs=*", timeout=60) as answer:
        return list(json.load(answer)["jobs"].values())


class OneNode(ServiceTest):
    def test_sqlite_is_for_one_node(self) -> None:
        for command in (("worker",), ("serve", "--roles", "api")):
            self.service.command(*command, code=1)
            self.assertIn("SQLite is for one: set DATABASE_HOST", self.service.errors)
        self.service.command("serve", "--roles", "api,cook", code=1)
        self.assertIn("'cook' is no role: there are api, scheduler, worker and delivery", self.service.errors)
        self.service.start()
        rows = self.service.get("/v1/nodes")["rows"]
        self.assertEqual([(row["roles"], row["duties"]) for row in rows],
                         [(["api", "scheduler", "worker", "delivery"], ["scheduler", "delivery"])])
        self.service.stop()
