"""A glob that cannot mean what its writer thinks is refused, when a bucket is added and when it is changed."""
from service import ServiceTest


class BucketGlobs(ServiceTest):
    def test_a_glob_of_another_language_is_refused_with_its_place(self):
        self.service.start()
        bucket = {"location": str(self.service.inbox), "include": ["*.mp4", "[ab]*.mov"], "rules": [{"processor": "checksum"}]}
        status, problem = self.service.request("POST", "/v1/buckets", bucket)
        self.assertEqual(status, 400, problem)
        self.assertIn("/include/1", str(problem))
        self.service.watch_inbox()
        status, problem = self.service.request("PATCH", "/v1/buckets/inbox", {"exclude": ["/proxy/**"]})
        self.assertEqual(status, 400, problem)
        self.assertIn("/exclude/0", str(problem))
        self.assertEqual(self.service.get("/v1/buckets/inbox")["exclude"], [])
