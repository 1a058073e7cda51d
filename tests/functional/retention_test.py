"""What is old is counted and removed when somebody asks for it, and what is in the store stays."""
import contextlib
import sqlite3
import unittest
import urllib.request

from service import ServiceTest, wait_for

DAY = 86_400_000


class Retention(ServiceTest):
    def age(self, days: int) -> None:
        """As if everything had happened so much earlier."""
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db", timeout=60)) as database:
            for table, columns in {"item": ["since", "left_at"], "process": ["created_at", "finished_at"], "item_change": ["at"]}.items():
                for column in columns:
                    database.execute(f"UPDATE {table} SET {column} = {column} - {days * DAY}")
            database.commit()

    def metric(self, kind: str) -> str:
        key = (self.service.data / "first-key").read_text().strip()
        request = urllib.request.Request(self.service.url + "/metrics", headers={"authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            prefix = f'notifications_removed_rows_total{{kind="{kind}"}} '
            return next(line.removeprefix(prefix) for line in answer.read().decode().splitlines() if line.startswith(prefix))

    def counts(self, *options: str) -> dict:
        lines = self.service.command("retention", "run", *options).splitlines()
        return {word: int(count) for word, count in (line.split() for line in lines[:-1])}

    def test_what_was_replaced_and_what_was_followed_go(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        for name in ("replaced", "stays"):
            self.service.drop(name, content=name.encode())
        before = self.service.wait_until_terminal("replaced", "stays")
        self.service.command("items", "rerun", before["stays"]["id"])
        self.service.wait_until_terminal("stays")
        self.service.drop("replaced", content=b"another one")
        wait_for("the new version", lambda: self.service.rows("SELECT status, count(*) FROM item GROUP BY status") == [("Completed", 3)], 60)
        wait_for("all to be published", lambda: self.service.rows("SELECT count(*) FROM delivery WHERE status <> 'Completed'") == [(0,)])
        self.assertEqual(self.counts("--dry-run")["items"], 0)
        self.age(40)
        due = self.counts("--dry-run")
        self.assertEqual((due["items"], due["processes"]), (1, 2))
        self.assertGreater(due["history"], 0)
        old = f"/v1/items/{before['replaced']['id']}"
        self.assertEqual(self.service.request("GET", old)[0], 200, "it was only counted")
        self.assertEqual(self.counts()["items"], 1)
        self.assertEqual(self.service.request("GET", old)[0], 404)
        self.assertEqual(self.service.item("replaced")["status"], "Completed")
        after = self.service.item("stays")
        self.assertEqual([(run["run"], run["status"]) for run in after["processes"]], [(2, "Completed")])
        self.assertEqual(self.service.get(f"/v1/results/{after['processes'][0]['result']}")["processor"], "checksum")
        self.assertEqual(self.metric("items"), "1")
        self.assertEqual(self.metric("processes"), "2")
        self.assertEqual(self.counts("--dry-run")["items"], 0)
        self.assertIn("retention.run", self.service.command("audit"))


if __name__ == "__main__":
    unittest.main()
