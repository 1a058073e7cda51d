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
        self.service.wait_until_logged("ICONIK_ACCESS_TOKEN is not: there is no source for ICONIK")

    def test_the_config_json_of_the_service_before_becomes_sources(self):
        self.service.start()
        path = self.service.folder / "config.json"
        path.write_text(json.dumps({"system": ["iconik"], "iconik_url": "eu.iconik.io", "processor": "FacialRecognition", "no_of_threads": 1,
                                    "video_file_types": ["video/mp4", "video/mp4"]}))
        self.assertIn("set WORKERS", self.service.command("sources", "import", path))
        config = self.service.get("/v1/sources/iconik")["config"]
        self.assertEqual((config["endpoint"], config["video_file_types"]), ("https://eu.iconik.io", ["video/mp4"]))
        path.write_text(json.dumps({"system": ["iconik"], "iconik_url": "https://app.iconik.io"}))
        self.service.command("sources", "import", path)
        self.assertEqual([row["config"]["endpoint"] for row in self.service.get("/v1/sources")["rows"]], ["https://app.iconik.io"])
        path.write_text(json.dumps({"system": ["iconik"], "processor": "AutoTranslation"}))
        self.service.command("sources", "import", path, code=1)
        self.assertIn("there are:", self.service.errors)
