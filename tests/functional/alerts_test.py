"""Each rule of docs/alerts fires when what it is about happens, and not before: by Prometheus' own promtool, over what /metrics says. Staged, because
their causes take hours or are hard to come by: the row of a dead message, and the time since which an item waits."""
import contextlib
import http.server
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import threading
import unittest
import urllib.request

from document_publications_test import paper
from full_disk_test import mount
from nodes_test import NodesTest
from service import DEPS, ServiceTest, wait_for
from stores import FakeS3

RULES = pathlib.Path(__file__).parents[2] / "docs/alerts/notifications.rules.yml"
ALERTS = re.findall(r"- alert: (\w+)", RULES.read_text())
BEFORE, AFTER = 60, 45  # minutes for which each of two scrapes is what Prometheus sees, one after the other


class Gone(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(410)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


def scrape(service) -> dict:
    """Each series with its value."""
    key = (getattr(service, "first", service).data / "first-key").read_text().strip()
    request = urllib.request.Request(service.url + "/metrics", headers={"authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def labelled(series: str) -> str:
    """As Prometheus stores it: with the instance that was scraped."""
    name, _, labels = series.partition("{")
    return f'{name}{{instance="one",{labels}' if labels else f'{name}{{instance="one"}}'


def fires(folder: pathlib.Path, alert: str, before: dict, after: dict, minutes: int) -> bool:
    """Whether it does, so many minutes after what is scraped changed."""
    def values(series: str) -> str:
        return " ".join(f"{scraped[series]}+0x{count - 1}" if series in scraped else f"_x{count}"
                        for scraped, count in ((before, BEFORE), (after, AFTER)))
    wanted = f'sum(ALERTS{{alertname="{alert}",alertstate="firing"}} > bool 0) > bool 0'
    test = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [{
        "interval": "1m",
        "input_series": [{"series": labelled(series), "values": values(series)} for series in sorted(before | after)],
        "promql_expr_test": [{"expr": wanted, "eval_time": f"{BEFORE + minutes}m", "exp_samples": [{"labels": "{}", "value": 1}]}]}]}
    path = folder / "alert.json"
    path.write_text(json.dumps(test))  # which is YAML, too
    done = subprocess.run([DEPS / "prometheus/promtool", "test", "rules", path], text=True, capture_output=True, timeout=300)
    assert done.returncode == 0 or "got:" in done.stdout + done.stderr, done.stdout + done.stderr
    return done.returncode == 0


class AlertsTest:
    def assert_fires(self, before: dict, after: dict, *alerts: str, minutes: int = 14) -> None:
        for alert in alerts:
            self.assertIn(alert, ALERTS)
            self.assertFalse(fires(self.folder, alert, before, before, minutes), f"{alert} before anything happened")
            self.assertTrue(fires(self.folder, alert, before, after, minutes), f"{alert}:\n" + json.dumps(after, indent=1))


class Alerts(AlertsTest, ServiceTest):
    def add_store(self, store: FakeS3, text: str) -> None:
        secret = self.service.folder / "secret"
        secret.write_text(text + "\n")
        secret.chmod(0o600)
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", store.url, "--access-key", "AKTEST", "--secret-file", secret)

    def add_bucket(self) -> None:
        self.service.command("buckets", "add", "media", "--source", "store", "--processor", "checksum", "--settle-seconds", "0", "--backlog", "process")

    def test_the_rules_are_such_and_their_metrics_are_told(self) -> None:
        subprocess.run([DEPS / "prometheus/promtool", "check", "rules", RULES], check=True, capture_output=True)
        self.service.start()
        told = {series.partition("{")[0] for series in scrape(self.service)} | {"notifications_bucket_held"}
        expressions = "".join(re.findall(r"expr: (?:>-\n)?(.*?)\n +(?:for|labels):", RULES.read_text(), re.DOTALL))
        named = set(re.findall(r"\bnotifications_\w+", expressions))
        self.assertGreater(len(named), 10)
        self.assertLessEqual(named, told | {"notifications_processes_ended_total"})

    def test_a_store_that_refuses_an_endpoint_that_is_gone_and_messages_that_are_dead(self) -> None:
        store = FakeS3()
        self.addCleanup(store.close)
        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gone)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        self.service.start()
        before = scrape(self.service)
        store.put(**{"media/film.bin": b"film"})
        self.add_store(store, "SecretForTests")
        self.service.request("POST", "/v1/webhooks", {"url": f"http://127.0.0.1:{receiver.server_port}/"})
        self.add_bucket()
        self.service.wait_until_terminal("film.bin")
        store.control(credentials={"AKTEST": "Changed"})
        self.service.command("buckets", "scan", "media", code=1)
        wait_for("the bucket to be held", lambda: any(series.startswith("notifications_bucket_held{") for series in scrape(self.service)), 40)
        wait_for("the endpoint to be disabled", lambda: scrape(self.service)['notifications_webhook_endpoints{state="disabled"}'] == "1")
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db", timeout=60)) as database, database:
            database.execute("INSERT INTO dead_message VALUES ('dead_1', 'src_q', 'm', 'unrecognised', 'it was not known', 'x', 1, 1, 1, 0, NULL)")
        self.assert_fires(before, scrape(self.service), "NotificationsSourceRefuses", "NotificationsEndpointDisabled",
                          "NotificationsDeliveriesFail", "NotificationsDeadMessages")

    def test_what_waits_too_long(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        self.service.drop("first.bin", content=b"first")
        self.service.wait_until_terminal("first.bin")
        before = scrape(self.service)
        self.assertEqual((before["notifications_claim_wait_seconds_count"], before['notifications_claim_wait_seconds_bucket{le="+Inf"}']), ("1", "1"))
        self.assertEqual(self.service.get("/v1/system")["claimed"], 1)
        self.service.command("pauses", "begin", "everything", "--reason", "it is to wait")
        self.service.drop("film.bin", content=b"film")
        wait_for("the file to be noticed", lambda: "film.bin" in self.service.items())
        self.service.stop()
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db", timeout=60)) as database, database:
            database.execute("UPDATE process SET created_at = created_at - 7 * 3600 * 1000 WHERE status = 'Pending'")
        self.service.start()
        system = self.service.get("/v1/system")
        self.assertEqual((system["ready"], system["delayed"], system["claimed"], system["standstill"]), (1, 0, 0, None), system)
        self.assertEqual([row["processes"] for row in system["queue"] if row["status"] in ("Pending", "Completed")], [1, 1])
        self.assertGreater(system["data_free_bytes"], 0)
        self.assert_fires(before, scrape(self.service), "NotificationsOldestPending", "NotificationsBacklogStands", minutes=44)

    def test_what_waits_where_nothing_ever_ended(self) -> None:
        self.service.start()
        before = scrape(self.service)
        self.service.watch_inbox()
        self.service.command("pauses", "begin", "everything", "--reason", "it is to wait")
        self.service.drop("film.bin", content=b"film")
        wait_for("the file to wait", lambda: scrape(self.service)["notifications_queue_ready"] == "1")
        self.assert_fires(before, scrape(self.service), "NotificationsBacklogStands", minutes=44)

    def test_many_that_fail(self) -> None:
        self.service.start()
        self.service.watch_inbox("document-markdown")
        self.service.drop("good.pdf", content=paper(pictures=1))
        self.service.wait_until_terminal("good.pdf")
        before = scrape(self.service)
        bad = [f"{number}.pdf" for number in range(12)]
        for name in bad:
            self.service.drop(name, content=b"%PDF-1.7\n" + name.encode() * 50)
        self.assertEqual({item["status"] for item in self.service.wait_until_terminal(*bad).values()}, {"Failed"})
        after = scrape(self.service)
        self.assert_fires(before, after, "NotificationsManyFail")
        completed = 'notifications_processes_ended_total{processor="document-markdown",status="Completed"}'
        self.assertEqual(after[completed], "1")
        self.assertFalse(fires(self.folder, "NotificationsManyFail", before, after | {completed: "100"}, 14), "a small part")


@unittest.skipUnless(os.geteuid() == 0, "only root may mount a small file system")
class AlertOfTheDisk(AlertsTest, ServiceTest):
    def test_a_disk_that_fills(self) -> None:
        self.service.data.mkdir(mode=0o700)
        if not mount(self.service.data, "64m"):
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.service.data], check=True)
        self.addCleanup(self.service.kill)
        self.service.start()
        before = scrape(self.service)
        (self.service.data / "ballast").write_bytes(bytes(58 << 20))
        self.assert_fires(before, scrape(self.service), "NotificationsDiskFull")


class AlertsOfNodes(AlertsTest, NodesTest):
    def test_nodes_that_fall_silent_are_gone_and_come_back(self) -> None:
        second = self.add().start()
        before = scrape(second)
        mine = scrape(self.service)
        self.service.process.send_signal(signal.SIGSTOP)
        silent = wait_for("the first to be silent", lambda: [seen for seen in [scrape(second)] if any(
            series.startswith("notifications_node_silent_seconds") and float(value) > 15 for series, value in seen.items())], 60)[0]
        wait_for("it to be given up", lambda: len(self.listed(second)) == 1, 60)
        self.assert_fires(before, silent, "NotificationsNodeSilent")
        self.assert_fires(before, scrape(second), "NotificationsNodeGone")
        self.service.process.send_signal(signal.SIGCONT)
        wait_for("it to be back", lambda: len(self.listed(second)) == 2, 60)
        self.assert_fires(mine, scrape(self.service), "NotificationsLeasesLost")

    def test_a_role_that_nobody_has(self) -> None:
        before = scrape(self.service)
        self.service.stop()
        self.service.start()
        self.service.watch_inbox()
        self.service.command("pauses", "begin", "everything", "--reason", "it is to wait")
        pause = self.service.get("/v1/pauses")["rows"][0]["id"]
        self.service.drop("film.bin", content=b"film")
        wait_for("the file to be noticed", lambda: "film.bin" in self.service.items())
        self.service.stop()
        self.service.start(ROLES="api")
        self.service.command("pauses", "end", pause)
        item = self.service.item("film.bin")
        self.assertEqual((item["status"], item["blocked_by"]), ("Pending", "slot"))
        self.assertIn("no node has the role worker", str(item["why"]))
        self.assert_fires(before, scrape(self.service), "NotificationsNobodyWorks")


del NodesTest, ServiceTest  # they are tested elsewhere
