"""Nodes whose clocks are wrong by hours, by libfaketime: leases, schedules and retries go by the database's."""
import unittest

from nodes_test import NodesTest
from service import Service, wait_for

MINUTE = 60_000
TEST = "test_leases_schedules_and_retries_are_right_and_nothing_is_done_twice"


class Clocks(NodesTest):
    def setUp(self) -> None:
        super(NodesTest, self).setUp()
        self.nodes, self.begin = [], self.now()
        self.service = self.start_off_by("+2h")  # schedules, and delivers
        self.start_off_by("-2h")

    def start_off_by(self, offset: str) -> Service:
        node = self.add()
        return node.start(**node.off_by(offset))

    def now(self) -> int:
        return int(self.server.ask("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")[0][0])

    def times(self, columns: str, table: str) -> list:
        rows = self.server.ask(f"SELECT {columns} FROM notifications.{table}")
        return [int(value) for row in rows for value in row if value]

    def assert_told_by_the_database(self, times: list) -> None:
        self.assertTrue(times)
        self.assertGreaterEqual(min(times), self.begin - MINUTE)
        self.assertLessEqual(max(times), self.now() + MINUTE)

    def test_leases_schedules_and_retries_are_right_and_nothing_is_done_twice(self) -> None:
        for node in self.nodes:
            node.wait_until_logged("this machine's clock differs from the database's: set it (NTP)")
        wait_for("both to be listed", lambda: len(self.listed()) == 2)
        self.service.command("webhooks", "add", "http://127.0.0.1:9999/")
        self.service.watch_inbox()
        names = self.drop_many(0, 60)
        self.assertEqual({item["status"] for item in self.service.wait_until_terminal(*names).values()}, {"Completed"})
        self.assert_each_is_done_once(60)
        self.assertEqual(self.server.ask("SELECT count(*) FROM notifications.process WHERE fence > 1 OR rescues > 0"), [["0"]],
                         "no lease was over before its time")
        self.assertEqual([node.children_started() > 0 for node in self.nodes], [True, True], "both have processed something")
        self.assert_told_by_the_database(self.times("created_at, started_at, finished_at", "process"))
        self.assert_told_by_the_database(self.times("at", "event"))
        self.assert_told_by_the_database(self.times("heard_at", "node"))
        # the receiver refuses connections: each delivery waits for its next try
        retries = wait_for("a delivery to be tried again", lambda: self.times(
            "next_attempt_at", "delivery WHERE status = 'Pending' AND attempt > 0"))
        self.assertGreater(min(retries), self.begin)
        self.assertLess(max(retries), self.now() + 60 * MINUTE, "the first waits are of seconds and minutes")

        # what one has in hand when it is killed is taken over, by the database's clock
        names = self.drop_many(60, 40)
        wait_for("some to be done", lambda: self.server.ask("SELECT count(*) > 65 FROM notifications.process WHERE status = 'Completed'") == [["t"]])
        self.nodes[0].kill()
        self.nodes[1].wait_until_terminal(*names)
        self.assert_each_is_done_once(100)


if __name__ == "__main__":
    unittest.main()
