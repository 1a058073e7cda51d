"""Names whose server says something else the second time: nothing inside is reached, whatever the first answer was. The service asks its own
resolver, the C library's, in a network of its own (rebinding_world.py)."""
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

from rebinding_world import NAMES, PUBLIC, PUBLIC_V6
from service import PROGRAMS, Service, ServiceTest, wait_for

IN_A_NETWORK = ["unshare", "--user", "--map-root-user", "--mount", "--net"]
OF_IPV6 = {"rebind-v6.test", "rebind-mapped.test"}
WORLD = pathlib.Path(__file__).resolve().parent / "rebinding_world.py"


class ServiceInANetwork(Service):
    """Spoken to by commands alone: its control socket is a file, its port is nowhere but in there."""

    def start(self, **more: str) -> "ServiceInANetwork":
        with self.log.open("a") as log:
            self.process = subprocess.Popen([*IN_A_NETWORK, sys.executable, WORLD, self.folder, PROGRAMS / "notifications-api", "serve"],
                                            cwd=self.folder, env=self.environment(**more), stdout=log, stderr=log, start_new_session=True)
        wait_for("the service to start: " + str(self.log), self.address)
        return self

    def seen(self, what: str) -> list:
        path = self.folder / "seen"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.split(" ", 1)[1] for line in lines if line.startswith(what + " ")]


class Rebinding(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        if shutil.which(IN_A_NETWORK[0]) is None:
            self.skipTest("there is no unshare, so a network of its own cannot be made")
        tried = subprocess.run([*IN_A_NETWORK, "sh", "-c", "ip link set lo up && mount --bind /etc/hosts /etc/hosts"], capture_output=True, text=True)
        if tried.returncode != 0:
            self.skipTest("a network of its own cannot be made here: " + tried.stderr.strip())
        self.service = ServiceInANetwork(self.folder)

    def add(self, name: str, *more: str) -> str:
        url = f"http://{name}:{self.port}/"
        return json.loads(self.service.command("--json", "webhooks", "add", url, "--types", "endpoint.test", *more))["id"]

    def first_try(self, endpoint: str) -> dict:
        """What is kept of it."""
        self.service.command("webhooks", "test", endpoint)

        def attempts() -> list:
            rows = json.loads(self.service.command("--json", "webhooks", "deliveries", "--endpoint", endpoint))["rows"]
            return json.loads(self.service.command("--json", "webhooks", "delivery", rows[0]["id"]))["attempts"]
        return wait_for("a try", attempts)[0]

    def start(self, **more: str) -> None:
        self.service.start(**more)
        self.port, self.proxy = (self.folder / "ports").read_text().split()

    def test_nothing_inside_is_reached_whatever_a_name_stood_for_before(self) -> None:
        self.start(WEBHOOK_ALLOW_CIDRS="")
        names = [name for name in NAMES if name.startswith("rebind") and name != "rebind-behind-proxy.test"]
        for name in names:
            with self.subTest(name):
                endpoint = self.add(name)  # its first answer was good
                attempt = self.first_try(endpoint)
                answers = [line.split(" ")[1] for line in self.service.seen("asked") if line.startswith(name + " ")]
                if not answers and name in OF_IPV6:
                    continue  # where there is no IPv6 the resolver does not ask for it
                self.assertIn(answers[0], (PUBLIC, PUBLIC_V6))
                self.assertGreaterEqual(len(answers), 2, "it was resolved again")
                self.assertEqual(attempt["http_status"], 0, attempt)
                self.assertIn("webhooks may not be sent to ", attempt["error"])
        self.assertEqual([place for place in self.service.seen("took") if place not in (PUBLIC, PUBLIC_V6)], [])
        self.service.stop()

    def test_of_a_name_with_both_only_the_public_address_is_used(self) -> None:
        self.start(WEBHOOK_ALLOW_CIDRS="")
        for name in ("public.test", "both.test"):
            self.assertEqual(self.first_try(self.add(name))["http_status"], 204, name)
        self.assertEqual(self.service.seen("took"), [PUBLIC, PUBLIC])
        self.service.stop()

    def test_a_proxy_is_asked_for_the_address_that_was_judged_or_not_at_all(self) -> None:
        self.start(WEBHOOK_ALLOW_CIDRS="")
        through = ("--proxy", f"http://{PUBLIC}:{self.proxy}")
        self.first_try(self.add("public.test", *through))
        self.assertEqual(set(self.service.seen("tunnel")), {f"{PUBLIC}:{self.port}"}, "not for the name")  # it is tried again meanwhile
        attempt = self.first_try(self.add("rebind-behind-proxy.test", *through))
        self.assertIn("webhooks may not be sent to 127.0.0.1", attempt["error"])
        self.assertEqual(set(self.service.seen("tunnel")), {f"{PUBLIC}:{self.port}"})
        self.service.stop()

    def test_the_canary_is_hit_where_loopback_is_open(self) -> None:
        """So it is there, and would have told."""
        self.start(WEBHOOK_ALLOW_CIDRS="127.0.0.1/32")
        self.assertEqual(self.first_try(self.add("rebind.test"))["http_status"], 204)
        self.assertEqual(self.service.seen("took"), ["127.0.0.1"])
        self.service.stop()


if __name__ == "__main__":
    unittest.main()
