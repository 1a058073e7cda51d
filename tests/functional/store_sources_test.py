"""Stores that the settings name."""
import json

from service import ServiceTest


class StoreSources(ServiceTest):
    ICONIK = {"ICONIK_APP_ID": "our-app", "ICONIK_ACCESS_TOKEN": "canary-token"}

    def test_a_complete_set_of_variables_is_a_source_and_its_secret_is_nowhere(self):
        self.service.start(**self.ICONIK)
        self.service.stop()
        self.service.start(**self.ICONIK)
        sources = self.service.get("/v1/sources")["rows"]
        self.assertEqual([source["kind"] for source in sources], ["iconik"])
        self.assertNotIn("canary-token", json.dumps(sources))
        status, refused = self.service.request("POST", "/v1/buckets", {"location": "a collection", "kind": "iconik", "backlog": {"policy": "process"}})
        self.assertEqual(status, 400)
        self.assertIn("collections/ID", refused["detail"])
        self.service.stop()
        for path in [self.service.log, *self.service.data.rglob("*")]:
            if path.is_file():
                self.assertNotIn(b"canary-token", path.read_bytes(), path)

    def test_an_incomplete_set_is_told_and_makes_nothing(self):
        self.service.start(ICONIK_APP_ID="our-app")
        self.assertEqual(self.service.get("/v1/sources")["rows"], [])
        self.assertIn("ICONIK_ACCESS_TOKEN is not: there is no source for ICONIK", self.service.log.read_text())
