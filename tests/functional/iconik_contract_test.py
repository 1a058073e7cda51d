"""The fake Iconik answers as Iconik does: a client that was generated from the live API (nsa-pythonik) reads what it says."""
import base64, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from stores import FakeIconik

try:
    from pythonik.friendly import Iconik
except ImportError:
    Iconik = None

PLACE = "11111111-1111-4111-8111-111111111111"
ASSET = "22222222-2222-4222-8222-222222222222"
SAVED = "33333333-3333-4333-8333-333333333333"
MEDIA = b"the media"


class Body(dict):
    """What the client sends: its own models do no more."""

    def to_dict(self):
        return dict(self)


def body(**members):
    return Body(members)


@unittest.skipIf(Iconik is None, "nsa-pythonik is not installed: script/bootstrap test")
class IconikContract(unittest.TestCase):
    def setUp(self):
        self.fake = FakeIconik()
        self.addCleanup(self.fake.close)
        data = base64.b64encode(MEDIA).decode()
        self.fake.control(collections=[{"id": PLACE}], saved=[{"id": SAVED}], make=[
            {"id": ASSET, "original": data, "collections": [PLACE], "proxies": [{"data": data, "lines": 540}, {"data": data, "lines": 1080}]}])
        self.client = Iconik(FakeIconik.APP_ID, FakeIconik.TOKEN, base_url=self.fake.url + "/API")

    def said(self, response, status=200):
        """The answer as the client's model has it."""
        self.assertEqual(int(response.status_code), status, response.content)
        self.assertIsNotNone(response.parsed, response.content)
        return response.parsed if isinstance(response.parsed, dict) else response.parsed.to_dict()

    def done(self, response, status):
        self.assertEqual(int(response.status_code), status, response.content)
        return response

    def test_assets_and_their_history(self):
        asset = self.said(self.client.get_asset(ASSET))
        self.assertEqual((asset["id"], asset["status"], asset["versions"][0]["version_number"]), (ASSET, "ACTIVE", 1))
        self.assertEqual(self.said(self.client.patch_asset(ASSET, body=body(analyze_status="IN_PROGRESS")))["analyze_status"], "IN_PROGRESS")
        self.done(self.client.patch_asset(ASSET, body=body(analyze_status="NO_WORD")), 400)
        self.said(self.client.post_asset_history(ASSET, body=body(operation_type="CUSTOM", operation_description="Looked at")), 201)
        self.assertEqual(self.said(self.client.get_asset_history(ASSET))["total"], 1)
        self.done(self.client.post_asset_versions(ASSET, body=body()), 200)
        self.assertEqual(len(self.said(self.client.get_asset(ASSET))["versions"]), 2)
        self.done(self.client.delete_asset(ASSET), 204)
        self.assertEqual(self.said(self.client.get_asset(ASSET))["status"], "DELETED")
        self.done(self.client.get_asset(PLACE), 404)

    def test_files_proxies_formats_and_file_sets(self):
        version = self.said(self.client.get_asset(ASSET))["versions"][0]["id"]
        proxies = self.said(self.client.get_asset_proxies(ASSET, per_page=1))["objects"]
        self.assertEqual((len(proxies), proxies[0]["resolution"]["height"], proxies[0]["status"]), (1, 540, "CLOSED"))
        following = self.said(self.client.get_asset_proxies(ASSET, per_page=1, last_id=proxies[0]["id"]))["objects"]
        self.assertEqual(following[0]["resolution"]["height"], 1080)
        self.done(self.client.get_asset_proxies(ASSET, last_id=following[0]["id"]), 404)
        self.assertTrue(self.said(self.client.get_asset_proxy_download_url(ASSET, proxies[0]["id"]))["url"].startswith("http"))
        files = self.said(self.client.get_asset_files(ASSET))["objects"]
        self.assertEqual(files[0]["size"], len(MEDIA))
        self.assertTrue(self.said(self.client.get_asset_file_download_url(ASSET, files[0]["id"]))["url"].startswith("http"))
        self.assertEqual(self.said(self.client.get_asset_formats(ASSET))["objects"][0]["name"], "ORIGINAL")
        self.assertEqual(len(self.said(self.client.get_asset_file_sets(ASSET))["objects"]), 1)
        for listed in (self.client.get_asset_version_files, self.client.get_asset_version_proxies, self.client.get_asset_version_formats):
            self.assertTrue(self.said(listed(ASSET, version))["objects"])

    def test_collections_and_searches(self):
        self.assertEqual(self.said(self.client.get_collections())["total"], 1)
        self.assertEqual(self.said(self.client.get_collection(PLACE))["id"], PLACE)
        self.assertEqual(self.said(self.client.get_collection_contents(PLACE, object_types=["assets"]))["objects"][0]["id"], ASSET)
        found = self.said(self.client.post_search(body=body(doc_types=["assets"], sort=[{"name": "date_created", "order": "asc"}]), per_page=1))["objects"]
        self.assertEqual(found[0]["id"], ASSET)
        after = self.said(self.client.post_search(body=body(doc_types=["assets"], search_after=found[0]["_sort"]), per_page=1))["objects"]
        self.assertEqual(after, [])
        self.assertEqual(self.said(self.client.get_search_saved_by_search(SAVED))["id"], SAVED)

    def test_segments(self):
        one = body(segment_type="GENERIC", time_start_milliseconds=0, time_end_milliseconds=1000, segment_text="Ada", external_id="a")
        made = self.said(self.client.post_asset_segments(ASSET, body=one), 201)
        self.assertEqual(self.said(self.client.get_asset_segment(ASSET, made["id"]))["segment_text"], "Ada")
        self.done(self.client.post_asset_segments_bulk(ASSET, body=body(objects=[dict(one)] * 500)), 201)
        self.done(self.client.post_asset_segments_bulk(ASSET, body=body(objects=[dict(one)] * 501)), 400)
        rows = self.said(self.client.get_asset_segments(ASSET, per_page=1000))
        self.assertEqual(rows["total"], 501)
        self.done(self.client.put_asset_segments_bulk(ASSET, body=body(objects=[{"id": made["id"], "segment_type": "GENERIC", "segment_text": "Grace"}])), 201)
        self.said(self.client.patch_asset_segment(ASSET, made["id"], body=body(segment_type="TAG")))
        self.done(self.client.delete_asset_segments_bulk(ASSET, body=body(segment_ids=[row["id"] for row in rows["objects"][:500]])), 204)
        self.assertEqual(self.said(self.client.get_asset_segments(ASSET))["total"], 1)

    def test_metadata(self):
        self.said(self.client.post_fields_metadata(body=body(name="Faces", label="Faces", field_type="tag_cloud")), 201)
        self.assertEqual(self.said(self.client.get_fields_metadata_by_field_name("Faces"))["name"], "Faces")
        view = self.said(self.client.post_views_metadata(body=body(name="People", view_fields=[{"name": "Faces"}])), 201)["id"]
        self.assertEqual(self.said(self.client.get_view_metadata(view))["name"], "People")
        self.done(self.client.get_asset_metadata(ASSET, view), 404)
        given = body(metadata_values={"Faces": {"field_values": [{"value": "Ada"}], "mode": "append"}})
        self.said(self.client.put_asset_metadata(ASSET, view, body=given))
        self.assertIn("Ada", str(self.said(self.client.get_asset_metadata(ASSET, view))))

    def test_jobs(self):
        job = self.said(self.client.post_jobs(body=body(title="Faces", type="CUSTOM", status="STARTED", object_type="assets", object_id=ASSET,
                                                        steps=[{"label": "Detect", "status": "WAITING"}])), 201)
        self.assertEqual(self.said(self.client.patch_job(job["id"], body=body(progress_processed=40)))["progress"], 40)
        self.said(self.client.patch_job_steps_by_job_step(job["id"], job["steps"][0]["id"], body=body(status="DONE")))
        self.fake.control(abort=[job["id"]])
        self.assertEqual(self.said(self.client.get_job(job["id"]))["status"], "ABORT_PENDING")
        self.assertEqual(self.said(self.client.get_jobs())["total"], 1)

    def test_webhooks_and_custom_actions(self):
        hook = self.said(self.client.post_webhooks(body=body(event_type="assets", url="https://example.com", status="ENABLED", name="ours")), 201)
        self.assertEqual(self.said(self.client.get_webhook(hook["id"]))["status"], "ENABLED")
        self.assertEqual(len(self.said(self.client.get_webhooks())["objects"]), 1)
        self.done(self.client.delete_webhook(hook["id"]), 204)
        self.said(self.client.post_custom_actions_by_context("ASSET", body=body(title="Find faces", url="https://example.com", type="POST", context="ASSET")), 201)
        self.assertEqual(len(self.said(self.client.get_custom_actions())["objects"]), 1)


if __name__ == "__main__":
    unittest.main()
