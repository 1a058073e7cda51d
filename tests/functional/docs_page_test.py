"""The API's page and its description, looked at by what people look at them with: Chromium and Redocly's lint."""
import json
import os
import pathlib
import subprocess

from service import ServiceTest

HERE = pathlib.Path(__file__).parent


class DocsPage(ServiceTest):
    def node(self, script: str, *arguments: str):
        environment = {key: value for key, value in os.environ.items() if key not in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}
        done = subprocess.run(["node", HERE / script, *map(str, arguments)], text=True, capture_output=True, timeout=240,
                              env=environment | {"REDOCLY_TELEMETRY": "off", "HOME": str(self.folder)})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_proposed_rule_is_made_after_authorizing_and_old_names_are_found(self):
        self.service.start()
        self.service.command("buckets", "add", self.service.inbox, "--name", "incoming")
        seen = self.node("docs_page.mjs", self.service.url, (self.service.data / "first-key").read_text().strip())
        self.assertEqual(seen["refused"]["status"], 401, seen)
        self.assertEqual(seen["made"]["status"], 201, seen)
        kept = self.service.get(f"/v1/rules/{seen['made']['body']['id']}")
        self.assertEqual((kept["processor"], kept["path_glob"], kept["config"]["fps"]), ("facial-recognition", "films/**", 5))
        self.assertIn("/v1/items", seen["found"]["OMBucketItem"])
        self.assertIn("/v1/buckets", seen["found"]["add_scheduler"])
        self.assertNotIn("/v1/keys", seen["found"]["OMBucketItem"] + seen["found"]["add_scheduler"])
        self.assertEqual(seen["found"]["nothing has this name"], [])
        self.assertEqual(seen["elsewhere"], [], "the page works offline")

    def test_the_description_passes_redocly_lint(self):
        path = self.folder / "openapi.json"
        path.write_text(self.service.command("openapi"))
        self.assertEqual(self.node("lint_api.mjs", path), [])

    def test_the_lint_sees_a_broken_description(self):
        path = self.folder / "openapi.json"
        document = json.loads(self.service.command("openapi"))
        next(iter(document["paths"].values()))["get"]["responses"] = {}
        path.write_text(json.dumps(document))
        self.assertNotEqual(self.node("lint_api.mjs", path), [])
