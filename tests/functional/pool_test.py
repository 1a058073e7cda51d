"""Behind a pool of connections (pgbouncer, in transaction mode): nobody can be told of work there, and nodes find it when they look."""
import os
import subprocess
import unittest

from nodes_test import NodesTest
from postgres_server import stopped
from service import DEPS, wait_for
from java_server import free_port

POOL = DEPS / "pgbouncer"


class Pool(NodesTest):
    def setUp(self) -> None:
        super(NodesTest, self).setUp()
        self.nodes, self.port = [], free_port()
        (self.folder / "pool.ini").write_text(
            f"[databases]\n* = host=127.0.0.1 port={self.server.port} user=tests\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
            "default_pool_size = 20\nignore_startup_parameters = extra_float_digits\n")
        os.chmod(self.folder, 0o755)
        libraries = ":".join(str(path) for path in sorted(POOL.glob("*.so.*")))
        command = [POOL / "pgbouncer", "-q", *(("-u", "nobody") if os.geteuid() == 0 else ()), self.folder / "pool.ini"]
        with (self.folder / "pool.log").open("w") as log:
            self.pool = subprocess.Popen(command, env=os.environ | {"LD_PRELOAD": libraries}, stdout=log, stderr=log)
        self.service = self.add_behind().start()

    def tearDown(self) -> None:
        super().tearDown()
        self.pool.terminate()
        self.pool.wait()

    def add_behind(self):
        node = self.add()
        node.settings = node.settings | {"DATABASE_PORT": str(self.port), "DATABASE_USER": "tests"}
        return node

    def test_two_nodes_share_the_work_and_know_that_they_cannot_be_told(self) -> None:
        second = self.add_behind().start()
        for node in self.nodes:
            wait_for("it to be known", lambda: "the database is behind a pool" in node.log.read_text())
        self.service.watch_inbox()
        names = self.drop_many(0, 60)
        self.assertEqual({item["status"] for item in second.wait_until_terminal(*names).values()}, {"Completed"})
        self.assert_each_is_done_once(60)
        self.assertEqual([node.children_started() > 0 for node in self.nodes], [True, True], "both have processed something")

    def test_a_pool_that_stands_still_is_told_and_taken_again(self) -> None:
        self.assert_standing_still_is_told_and_passes(stopped(self.pool.pid))


if __name__ == "__main__":
    unittest.main()
