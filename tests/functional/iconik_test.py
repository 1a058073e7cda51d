"""Assets of Iconik, with the one that tests/fakes/iconik.py is."""
import base64
import hashlib
import json
import urllib.request
import uuid

from service import ServiceTest, wait_for
from stores import FakeIconik

PLACE = "11111111-1111-4111-8111-111111111111"
FAULTS = [{"do": "status", "status": 503, "share": 0.02}, {"do": "status", "status": 429, "share": 0.01}, {"do": "reset", "share": 0.01},
          {"do": "cut", "share": 0.01}, {"path": "/media/", "do": "status", "status": 500, "share": 0.05}]


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


class IconikTest(ServiceTest):
    def setUp(self):
        super().setUp()
        self.store = FakeIconik()
        self.addCleanup(self.store.close)
        self.store.control(collections=[{"id": PLACE}])

    def start(self) -> None:
        self.service.start(ICONIK_URL=self.store.url, ICONIK_APP_ID=FakeIconik.APP_ID, ICONIK_ACCESS_TOKEN=FakeIconik.TOKEN)

    def add_bucket(self, *more: str) -> None:
        self.service.command("buckets", "add", f"collections/{PLACE}", "--name", "dailies", "--source", "iconik", "--processor", "checksum",
                             "--backlog", "process", *more)

    def make(self, **asset) -> str:
        asset = {"id": str(uuid.uuid4()), "collections": [PLACE]} | asset
        self.store.control(make=[asset])
        return asset["id"]

    def item(self, asset: str):
        return next((item for item in self.service.get("/v1/items?limit=200")["rows"] if item["key"] == asset), None)

    def test_assets_of_a_collection_are_processed_on_their_proxies_whatever_goes_wrong(self):
        made = {self.make(original=encoded(b"original %d" % n), proxies=[{"data": encoded(b"proxy %d" % n)}]): b"proxy %d" % n for n in range(150)}
        self.store.control(faults=FAULTS)
        self.start()
        self.add_bucket("--no-publish")
        for asset, item in self.service.wait_until_terminal(*made).items():
            self.assertEqual((item["status"], item["processes"][0]["attempt"]), ("Completed", 0), item)
            self.assertEqual(item["content_sha256"], hashlib.sha256(made[asset]).hexdigest())
        seen = self.store.control()
        self.assertLessEqual(seen["peak_second"], 50)
        self.assertLessEqual(seen["peak_window"], 1000)
        self.assertEqual(seen["refused"], 0)
        self.assertEqual(seen["writes"], {})
        self.assertNotIn("app-id", seen["media_headers"])
        self.assertNotIn("auth-token", seen["media_headers"])
        scan = json.loads(self.service.command("--json", "buckets", "scan", "dailies"))
        self.assertEqual((scan["seen"], scan["added"]), (150, 0))
        for text in (json.dumps(self.service.get("/v1/sources")), self.service.log.read_text()):
            self.assertNotIn(FakeIconik.TOKEN, text)
            self.assertNotIn("X-Signature", text)

    def test_an_asset_that_comes_before_its_proxy_waits_for_it_and_burns_no_attempt(self):
        asset = self.make(original=encoded(b"original"), proxies=[{"data": encoded(b"late proxy"), "closes_after": 6}])
        self.start()
        self.add_bucket()
        waiting = wait_for("it to wait", lambda: (self.item(asset) or {}).get("reason_code") == "media_not_ready" and self.item(asset))
        self.assertEqual((waiting["status"], waiting["blocked_by"]), ("Pending", "retry_delay"))
        item = self.service.wait_until_terminal(asset)[asset]
        self.assertEqual((item["status"], item["processes"][0]["attempt"]), ("Completed", 0), item)
        self.assertEqual(item["content_sha256"], hashlib.sha256(b"late proxy").hexdigest())
        looked_at = item["processes"][0]["looked_at"]
        self.assertEqual((looked_at["rendition"], looked_at["lines"], looked_at["warning"]), ("proxy", 720, ""))
        self.assertIn(f"looked at the proxy {looked_at['id']} of 720 lines", self.service.command("items", "show", item["id"]))

    def waiting(self) -> tuple:
        """An asset whose proxy never closes, with its item and its job."""
        asset = self.make(proxies=[{"status": "OPEN"}])
        self.start()
        self.add_bucket()
        item = wait_for("it to wait", lambda: (self.item(asset) or {}).get("reason_code") == "media_not_ready" and self.item(asset))
        job = wait_for("its job to say so", lambda: next((job for job in self.jobs() if job["status"] == "WAITING" and self.steps(job)[0] == "IN_PROGRESS"), None))
        return asset, item, job

    def jobs(self) -> list:
        return self.ask("GET", "jobs/v1/jobs/")["objects"]

    def steps(self, job: dict) -> list:
        return [step["status"] for step in job["steps"]]

    def ask(self, method: str, path: str, body: dict = None) -> dict:
        request = urllib.request.Request(f"{self.store.url}/API/{path}", method=method, data=json.dumps(body).encode() if body else None,
                                         headers={"App-ID": FakeIconik.APP_ID, "Auth-Token": FakeIconik.TOKEN})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def test_a_job_that_is_aborted_while_it_waits_cancels_its_process(self):
        asset, _, job = self.waiting()
        self.ask("PUT", "jobs/v1/jobs/state/", {"action": "ABORT", "job_ids": [job["id"]]})
        item = self.service.wait_until_terminal(asset)[asset]
        self.assertEqual((item["status"], item["processes"][0]["failure"]["message"]), ("Cancelled", "aborted in its store"))
        wait_for("the job to end", lambda: self.jobs()[0]["status"] == "ABORTED")
        self.assertEqual(len(self.jobs()), 1)

    def test_a_bucket_that_publishes_no_more_ends_the_jobs_it_opened_and_writes_nothing_else(self):
        asset, item, job = self.waiting()
        self.service.command("buckets", "change", "dailies", "--no-publish")
        self.service.command("items", "cancel", item["id"])
        wait_for("the job to end", lambda: self.jobs()[0]["status"] == "ABORTED")
        wait_for("the last step", lambda: self.steps(self.jobs()[0]) == ["SKIPPED"] * 3)
        self.assertEqual(self.ask("GET", f"assets/v1/assets/{asset}/")["analyze_status"], "REQUESTED")
        self.assertEqual(self.ask("GET", f"assets/v1/assets/{asset}/history/")["objects"], [])

    def test_a_token_that_ends_pauses_the_source_and_a_new_one_needs_no_restart(self):
        first = self.make(proxies=[{"data": encoded(b"first")}])
        self.start()
        self.add_bucket("--scan-seconds", "2")
        self.service.wait_until_terminal(first)
        self.store.control(tokens={FakeIconik.APP_ID: "new-token"})
        second = self.make(proxies=[{"data": encoded(b"second")}])
        wait_for("a refusal", lambda: any(status == 401 for _, _, status in self.store.control()["log"]))
        refused = self.refusals()
        wait_for("the bucket to say so", lambda: "App-ID" in json.dumps(self.service.get("/v1/buckets")))
        self.assertLessEqual(self.refusals() - refused, 1, "one request a minute asks")
        told = [event for event in self.service.get("/v1/events?limit=200")["rows"] if event["type"] == "source.auth_failed"]
        self.assertEqual([(event["data"]["name"], event["data"]["code"]) for event in told], [("iconik", "credentials_refused")])
        path = self.service.folder / "token"
        path.write_text("new-token\n")
        path.chmod(0o600)
        self.service.command("sources", "secret", "iconik", "--access-key", FakeIconik.APP_ID, "--secret-file", path)
        item = self.service.wait_until_terminal(second)[second]
        self.assertEqual((item["status"], item["processes"][0]["attempt"]), ("Completed", 0), item)

    def test_another_rendition_is_read_when_the_source_says_so(self):
        asset = self.make(original=encoded(b"the original"), proxies=[{"data": encoded(b"the proxy")}])
        self.start()
        self.add_bucket("--no-publish", "--scan-seconds", "86400")
        item = self.service.wait_until_terminal(asset)[asset]
        self.assertEqual(item["content_sha256"], hashlib.sha256(b"the proxy").hexdigest())
        config = json.dumps({"endpoint": self.store.url, "media": "original"})
        self.service.command("sources", "change", "iconik", "--config", config)
        self.service.command("items", "rerun", item["id"])
        runs = lambda: self.service.get(f"/v1/items/{item['id']}")
        wait_for("a second run", lambda: [(one["run"], one["status"]) for one in runs()["processes"]][-1] == (2, "Completed"))
        self.assertEqual(runs()["content_sha256"], hashlib.sha256(b"the original").hexdigest(), "a version of an asset names no bytes")

    def tell(self, **event) -> None:
        status, answer = self.service.request("POST", "/v1/intake/iconik", event)
        self.assertEqual(status, 202, answer)

    def test_an_asset_that_a_person_chose_runs_again_and_one_that_was_deleted_is_removed(self):
        asset = self.make(proxies=[{"data": encoded(b"the proxy")}])
        self.start()
        self.add_bucket("--scan-seconds", "86400")
        self.service.wait_until_terminal(asset)
        self.tell(event_type="assets", realm="entity", operation="update", object_id=asset, data={})
        self.tell(context="ASSET", action_id=PLACE, asset_ids=[asset], collection_ids=[])
        run = lambda: self.service.get(f"/v1/items/{self.item(asset)['id']}")["processes"]
        wait_for("a second run", lambda: [(one["run"], one["status"]) for one in run()][-1:] == [(2, "Completed")])
        self.tell(event_type="assets", realm="proxies", operation="update", object_id=PLACE, data={"asset_id": asset})
        self.store.control(make=[{"id": asset, "status": "DELETED"}])
        self.tell(event_type="assets", realm="entity", operation="delete", object_id=asset, data={})
        wait_for("it to be removed", lambda: self.item(asset)["removed_at"])
        self.assertEqual(max(one["run"] for one in run()), 2)
        wait_for("the inbox to be empty", lambda: not self.service.get("/v1/news")["rows"])

    def test_all_assets_are_listed_once_and_after_a_restart_what_changed(self):
        first = self.make(proxies=[{"data": encoded(b"first")}])
        self.start()
        self.service.command("buckets", "add", "assets", "--name", "rest", "--source", "iconik", "--processor", "checksum", "--backlog", "process",
                             "--scan-seconds", "86400", "--no-publish")
        self.service.wait_until_terminal(first)
        wait_for("the scan to end", lambda: self.service.get("/v1/buckets/rest")["last_scan_at"])
        self.service.stop()
        before = len(self.searched())
        second = self.make(proxies=[{"data": encoded(b"second")}])
        self.start()
        self.service.wait_until_terminal(second)
        self.assertEqual(["filter" in criteria for criteria in self.searched()[:before]], [False] * before)
        self.assertIn("date_modified", json.dumps(self.searched()[before]))
        self.service.command("rules", "add", "--bucket", "rest", "--processor", "facial-recognition", "--biometric-basis", "a test")
        wait_for("all to be looked at", lambda: "filter" not in self.searched()[-1])

    def searched(self) -> list:
        return self.store.control()["searched"]

    def test_two_sources_with_one_token_share_what_it_may_ask(self):
        made = [self.make(proxies=[{"data": encoded(b"proxy %d" % n)}]) for n in range(60)]
        self.start()
        token = self.service.folder / "token"
        token.write_text(FakeIconik.TOKEN + "\n")
        token.chmod(0o600)
        self.service.command("sources", "add", "iconik", "--name", "again", "--endpoint", self.store.url, "--access-key", FakeIconik.APP_ID,
                             "--secret-file", token)
        for source in ("iconik", "again"):
            self.service.command("buckets", "add", f"collections/{PLACE}", "--name", f"of-{source}", "--source", source, "--processor", "checksum",
                                 "--backlog", "process", "--no-publish")
        done = lambda: [item for item in self.service.get("/v1/items?limit=200")["rows"] if item["status"] == "Completed"]
        wait_for("both to be processed", lambda: len(done()) == 2 * len(made), 120)
        seen = self.store.control()
        self.assertLessEqual(seen["peak_second"], 50)
        self.assertEqual(seen["refused"], 0)

    def refusals(self) -> int:
        return sum(status == 401 for _, _, status in self.store.control()["log"])
