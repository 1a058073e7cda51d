"""What a browser is told about the API's answers, and whom the service listens to before anybody can administer it."""
import html.parser
import urllib.error
import urllib.request

from service import ServiceTest

STRANGER = "https://stranger.example"


class Scripts(html.parser.HTMLParser):
    """What of a page needs 'unsafe-inline' for scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inline, self.inside = [], False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.inside = tag == "script"
        self.inline += [f"{name}={value}" for name, value in attributes if name.startswith("on") or (value or "").startswith("javascript:")]

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.inline.append(data.strip())


class SecurityHeaders(ServiceTest):
    def ask(self, method: str, path: str, **headers: str):
        """(status, headers, text)"""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            answer = urllib.request.urlopen(urllib.request.Request(self.service.url + path, method=method, headers=named), timeout=60)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    def key(self) -> str:
        return (self.service.data / "first-key").read_text().strip()

    @staticmethod
    def policy(headers) -> dict:
        """What each directive of the one policy allows."""
        policies = headers.get_all("content-security-policy") or []
        assert len(policies) == 1, policies
        directives = [part.split() for part in policies[0].split(";") if part.strip()]
        return {words[0]: words[1:] for words in directives}

    def assert_strict(self, path: str, headers) -> None:
        policy = self.policy(headers)
        self.assertEqual(policy["default-src"], ["'none'"], path)
        self.assertIn(policy.get("script-src", ["'none'"]), (["'none'"], ["'self'"]), path)
        for directive, allowed in policy.items():
            self.assertNotIn("'unsafe-eval'", allowed, (path, directive))
            self.assertNotIn("*", allowed, (path, directive))
        self.assertEqual(policy["frame-ancestors"], ["'none'"], path)
        self.assertEqual(headers.get_all("x-content-type-options"), ["nosniff"], path)
        self.assertEqual(headers.get_all("referrer-policy"), ["no-referrer"], path)

    def test_answers_have_strict_policies_the_page_needs_no_more_and_strangers_stay_out(self):
        self.service.start()
        self.assert_policies_and_types()
        self.assert_the_page_has_no_script_of_its_own()
        self.assert_strangers_stay_out()
        self.service.stop()

    def assert_policies_and_types(self) -> None:
        for path, status, type in (("/docs", 200, "text/html"), ("/openapi.json", 200, "application/json"), ("/health/live", 200, "application/json"),
                                   ("/v1/items", 401, "application/problem+json"), ("/nothing", 404, "application/problem+json")):
            answered, headers, _ = self.ask("GET", path)
            self.assertEqual((answered, headers.get_content_type()), (status, type), path)
            self.assert_strict(path, headers)
        answered, headers, _ = self.ask("GET", "/v1/items", authorization=f"Bearer {self.key()}")
        self.assertEqual((answered, headers["cache-control"]), (200, "no-store"))
        self.assert_strict("/v1/items", headers)

    def assert_the_page_has_no_script_of_its_own(self) -> None:
        _, headers, page = self.ask("GET", "/docs")
        self.assertEqual(self.policy(headers)["script-src"], ["'self'"])
        self.assertEqual(Scripts(page).inline, [])
        self.assertEqual(Scripts("<p onload=a()><script>b()</script>").inline, ["onload=a()", "b()"])

    def assert_strangers_stay_out(self) -> None:
        for path in ("/docs", "/openapi.json", "/v1/items", "/v1/keys", "/metrics", "/health/ready", "/nothing"):
            for key in ("", f"Bearer {self.key()}"):
                _, headers, _ = self.ask("GET", path, origin=STRANGER, **({"authorization": key} if key else {}))
                self.assertEqual([name for name in headers if name.lower().startswith("access-control")], [], path)
            status, headers, _ = self.ask("OPTIONS", path, origin=STRANGER, access_control_request_method="POST",
                                          access_control_request_headers="authorization, content-type")
            self.assertGreaterEqual(status, 400, path)
            self.assertEqual([name for name in headers if name.lower().startswith("access-control")], [], path)

    def test_nobody_else_reaches_a_service_without_an_admin_key(self):
        for host in ("0.0.0.0", "::"):
            self.service.command("serve", code=1, HOST=host)
            self.assertIn(f"HOST {host} is reachable by others, but there is no admin key yet", self.service.errors)
            self.assertFalse((self.service.data / "address").exists())
        self.service.command("keys", "add", "only reads", "--scope", "read")
        self.service.command("serve", code=1, HOST="0.0.0.0")
        self.assertIn("there is no admin key yet", self.service.errors)
        self.service.command("keys", "add", "administers", "--scope", "admin")
        self.service.start(HOST="0.0.0.0")
        self.service.wait_until_logged("host=0.0.0.0")
        self.service.stop()
