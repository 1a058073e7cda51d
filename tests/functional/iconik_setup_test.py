"""What `iconik setup` makes in Iconik, with the one that tests/fakes/iconik.py is."""
import json
import urllib.request

from service import ServiceTest, wait_for
from stores import FakeIconik

ENDPOINT = "https://notify.example.com"
SECRET = "a-secret-of-tests"
KEYS = {"ICONIK_APP_ID": FakeIconik.APP_ID, "ICONIK_ACCESS_TOKEN": FakeIconik.TOKEN}


class IconikSetup(ServiceTest):
    def setUp(self):
        super().setUp()
        self.store = FakeIconik()
        self.addCleanup(self.store.close)

    def start(self, **more: str) -> None:
        self.service.start(**({"ICONIK_URL": self.store.url, "ICONIK_WEBHOOK_SECRET": SECRET} | KEYS | more))

    def setup_iconik(self, *more: str, code: int = 0) -> str:
        return self.service.command("iconik", "setup", *more, code=code)

    def rows(self, path: str) -> list:
        request = urllib.request.Request(f"{self.store.url}/API/{path}/", headers={"App-ID": FakeIconik.APP_ID, "Auth-Token": FakeIconik.TOKEN})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["objects"]

    def writes(self) -> int:
        return sum(self.store.control()["writes"].values())

    def config(self) -> dict:
        return self.service.get("/v1/sources/iconik")["config"]

    def events(self) -> list:
        return [event["data"] for event in self.service.get("/v1/events?limit=200")["rows"] if event["type"] == "source.webhook_failing"]

    def test_it_makes_what_is_missing_once_and_takes_it_away_again(self):
        self.start()
        told = self.setup_iconik("--system-endpoint", ENDPOINT, "--dry-run")
        self.assertEqual(told.splitlines(), [
            "metadata field 'recognised_people': would be made",
            "metadata view 'Recognised people': would be made",
            "webhook 'Notification API Webhook': would be made",
            "webhook 'Notification API Webhook (collections)': would be made",
            "custom action 'Recognise faces': would be made"])
        self.assertEqual((self.writes(), self.config()["system_endpoint"]), (0, ""))
        self.assertEqual(self.setup_iconik("--system-endpoint", ENDPOINT), told.replace("would be made", "made"))
        config, made = self.config(), self.writes()
        self.assertEqual(made, 5)
        self.assertEqual((config["names_field"], config["names_view"]), ("recognised_people", self.rows("metadata/v1/views")[0]["id"]))
        self.assertEqual(config["webhooks"], [row["id"] for row in self.rows("notifications/v1/webhooks")])
        self.assertEqual(self.setup_iconik(), told.replace("would be made", "is there already"))
        self.assertEqual(self.writes(), made)

        self.assertIn("custom action 'Find people': changed; what differed: title", self.setup_iconik("--action-title", "Find people"))
        self.assertIn("webhook 'Notification API Webhook': would be removed", self.setup_iconik("--remove", "--dry-run"))
        self.assertEqual(self.writes(), made + 1)
        told = self.setup_iconik("--remove")
        self.assertIn("custom action 'Find people': removed", told)
        self.assertIn("metadata view 'Recognised people': stays; it may hold names of people", told)
        self.assertEqual((self.rows("notifications/v1/webhooks"), self.rows("assets/v1/custom_actions"), self.config()["webhooks"]), ([], [], []))
        self.assertEqual(len(self.rows("metadata/v1/views")), 1)
        self.assertIn("custom action 'Find people': is not there", self.setup_iconik("--remove"))
        for text in (self.service.log.read_text(), json.dumps(self.service.get("/v1/sources"))):
            self.assertNotIn(SECRET, text)
            self.assertNotIn(FakeIconik.TOKEN, text)

    def test_what_another_installation_made_is_left_alone_until_it_is_taken_over(self):
        self.start()
        self.setup_iconik("--system-endpoint", ENDPOINT)
        hooks = self.rows("notifications/v1/webhooks")
        config = self.config() | {"webhooks": [], "custom_action": ""}  # as one that did not make them
        self.service.request("PATCH", "/v1/sources/iconik", {"config": config})
        told = self.setup_iconik("--system-endpoint", "https://second.example.com", code=1)
        self.assertIn("webhook 'Notification API Webhook' is there already and sends to notify.example.com", told)
        self.assertIn("give ours a name of its own with --action-title, or take that one over with --take-over", told)
        self.assertEqual(self.rows("notifications/v1/webhooks"), hooks)
        self.assertIn("webhook 'Notification API Webhook': would be changed", self.setup_iconik("--take-over", "--dry-run"))
        self.assertEqual(self.rows("notifications/v1/webhooks"), hooks)
        self.setup_iconik("--webhook-name", "Second", "--action-title", "Find people")
        self.assertEqual([row["name"] for row in self.rows("notifications/v1/webhooks")],
                         ["Notification API Webhook", "Notification API Webhook (collections)", "Second", "Second (collections)"])
        self.assertEqual(self.rows("notifications/v1/webhooks")[:2], hooks)

    def test_what_it_made_opens_the_intake(self):
        self.start()
        self.setup_iconik("--system-endpoint", self.service.url)
        hook = self.rows("notifications/v1/webhooks")[0]
        body = json.dumps({"asset_id": "22222222-2222-4222-8222-222222222222"}).encode()
        with urllib.request.urlopen(urllib.request.Request(hook["url"], body, hook["headers"] | {"Content-Type": "application/json"}), timeout=60) as answer:
            self.assertEqual((answer.status, json.load(answer)["added"]), (202, 1))

    def test_the_config_of_the_earlier_service_says_where_and_how(self):
        self.start()
        path = self.folder / "config.json"
        path.write_text(json.dumps({"system": ["iconik"], "iconik_url": self.store.url, "system_endpoint": "https://x.lambda-url.us-east-2.on.aws/",
                                    "webhook_name": "Old hook", "single_webhook": True}))
        self.service.command("sources", "import", path)
        self.assertIn("webhook 'Old hook': made", self.setup_iconik())
        self.assertEqual(self.rows("notifications/v1/webhooks")[0]["url"], "https://x.lambda-url.us-east-2.on.aws/v1/intake/iconik")

    def test_each_thing_that_is_missing_has_a_sentence(self):
        self.start(ICONIK_WEBHOOK_SECRET="")
        self.assertIn("give the URL with --system-endpoint", self.refusal())
        self.assertIn("--system-endpoint: must be the URL at which Iconik reaches this service", self.refusal("--system-endpoint", "nowhere"))
        self.assertIn("set ICONIK_WEBHOOK_SECRET", self.refusal("--system-endpoint", ENDPOINT))
        self.service.stop()
        self.start()
        told = self.setup_iconik("--system-endpoint", "http://localhost:8080", "--dry-run")
        self.assertIn("warning: http://localhost:8080/v1/intake/iconik is not https", told)
        self.assertIn("warning: localhost is a name or an address of a private network", told)
        self.store.control(faults=[{"method": "GET", "path": "/webhooks/", "times": 1, "do": "status", "status": 403}])
        told = self.setup_iconik("--system-endpoint", ENDPOINT, code=1)
        self.assertIn("give its user the role that is needed: can_read_webhooks", told)
        self.assertIn("custom action 'Recognise faces': made", told)
        self.store.control(tokens={FakeIconik.APP_ID: "another"})
        self.assertIn("does not take the App-ID and its token", self.setup_iconik(code=1))

    def refusal(self, *more: str) -> str:
        self.setup_iconik(*more, code=1)
        return self.service.errors

    def test_a_webhook_that_fails_in_iconik_is_told_once_and_shown(self):
        self.start()
        self.setup_iconik("--system-endpoint", ENDPOINT)
        self.store.control(hooks={"status": "FAILING", "last_error": "Connection refused", "first_failed_at": "2026-01-31T12:00:00"})
        for _ in range(2):  # it looks when it starts
            self.service.stop()
            self.start()
            wait_for("the state to be read", lambda: self.service.get("/v1/sources/iconik")["webhooks"])
            shown = self.service.get("/v1/sources/iconik")
            self.assertEqual([row["status"] for row in shown["webhooks"]["rows"]], ["failing", "failing"])
            self.assertIn(f"Iconik does not reach {ENDPOINT}/v1/intake/iconik", shown["note"])
        self.assertEqual([event["status"] for event in self.events()], ["failing", "failing"], "one for each webhook")
        self.assertIn("is there already", self.setup_iconik("--dry-run").splitlines()[0])
        self.assertIn("webhook 'Notification API Webhook': changed; what differed: status", self.setup_iconik())
        self.service.stop()
        self.start()
        wait_for("the state to be read", lambda: (self.service.get("/v1/sources/iconik")["webhooks"] or {}).get("rows", [{}])[0].get("status") == "enabled")
        self.assertEqual(self.service.get("/v1/sources/iconik")["note"], "")
