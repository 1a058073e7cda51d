"""Secrets are where they were put and nowhere else: each of these is unlike anything, and is looked for in whatever leaves the service."""
import base64
import contextlib
import http.server
import json
import re
import secrets
import socket
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

from pdf_files import encrypted
from service import PROGRAMS, ServiceTest, wait_for
from stores import FakeS3

KEY_FILES = {"secret.key", "first-key"}  # of DATA_DIR: what they hold is the secret itself
SILENT = {"/v1/people/{person}", "/v1/people/{person}/photos/{photo}/crop", "/v1/edits/{edit}", "/v1/appearances/{appearance}/explain", "/v1/dead-messages/{message}"}  # routes about what is not there
NOWHERE = "http://127.0.0.1:9"


def forms(secret: bytes) -> set:
    """How it may be written: as it is, in JSON, hexadecimal, percent-encoded, and within a longer text in base 64."""
    quoted = urllib.parse.quote_from_bytes(secret, safe="")
    found = {secret, secret.replace(b"/", b"\\/"), secret.hex().encode(), secret.hex().upper().encode(), quoted.encode(),
             re.sub("%..", lambda code: code[0].lower(), quoted).encode()}
    for before in range(3):
        packed = base64.b64encode(bytes(before) + secret)[-(-before * 8 // 6):(before + len(secret)) * 8 // 6]
        found |= {packed, packed.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


class Canaries:
    """Secrets by what they are for."""

    def __init__(self) -> None:
        self.forms = {}

    def make(self, what: str, length: int = 30) -> str:
        made = f"Ca/{len(self.forms)}+{secrets.token_hex(20)}"[:length]
        self.know(what, made.encode())
        return made

    def know(self, what: str, *secret: bytes) -> None:
        assert what not in self.forms, what
        self.forms[what] = [form for each in secret for form in forms(each)]

    def found_in(self, data: bytes) -> list:
        return [what for what, written in self.forms.items() if any(form in data for form in written)]


class Mirror:
    """Answers every request with what was asked: as a store it refuses, as a receiver it fails, and it says all that it knows."""

    def __init__(self) -> None:
        self.knows, self.asked = "", []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"] or 0)).decode("latin-1")
                outer.asked.append((self.command, self.path, str(self.headers)))
                told = f"{self.requestline} {self.headers} {body} {outer.knows}"
                iconik = self.path.startswith("/API/")
                text = json.dumps({"errors": [told]}) if iconik else f"<Error><Code>AccessDenied</Code><Message>{told}</Message></Error>"
                self.send_response(500 if self.path == "/hook" else 403, "told")
                self.send_header("content-type", "application/json" if iconik else "application/xml")
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text.encode())

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class CanarySecrets(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.canaries, self.seen = Canaries(), []  # (where, bytes)
        self.mirror, self.store = Mirror(), FakeS3()
        self.addCleanup(self.mirror.close)
        self.addCleanup(self.store.close)

    def note(self, where: str, data: bytes, shown: str = "") -> None:
        """`shown`: the secret that this answer makes, and shows this once."""
        self.seen.append((where, data.replace(shown.encode(), b"", 1) if shown else data))

    def file(self, text: str):
        path = self.folder / f"file-{secrets.token_hex(4)}"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def ask(self, method: str, path: str, body=None, makes: str = "", **headers: str):
        """(status, JSON or None); `makes`: the member of the answer that is a new secret, and what it is for."""
        member, _, what = makes.partition(": ")
        named = {"authorization": f"Bearer {self.key}", "content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.service.url + urllib.parse.quote(path, safe="/?&=%"), data=data, method=method, headers=named)
        try:
            answer = urllib.request.urlopen(request, timeout=300)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            status, text = answer.status, answer.read()
            told = str(answer.headers).encode() + text
        with contextlib.suppress(ValueError):
            parsed = json.loads(text)
            shown = parsed[member] if member else ""
            if what:
                self.know_made(what, shown)
            self.note(f"{method} {path}: {status}", told, shown)
            return status, parsed
        self.note(f"{method} {path}: {status}", told)
        return status, None

    def know_made(self, what: str, secret: str) -> None:
        """A secret that the service made: with what its text stands for."""
        parts = [secret.encode(), re.sub("^[a-z]+_", "", secret).encode()]
        if secret.startswith("whsec_"):
            parts.append(base64.b64decode(parts[1]))
        self.canaries.know(what, *parts)

    def run_command(self, *arguments: object, makes: str = "", stdin: str = "", **more: str) -> int:
        """Its exit code; `makes`: what the secret is for that it prints once."""
        done = subprocess.run([PROGRAMS / "notifications-api", *map(str, arguments)], cwd=self.folder, env=self.service.environment(**more),
                              capture_output=True, timeout=600, input=stdin.encode())
        shown = re.search(rb"(whsec_|nk_)[\w+/=-]+", done.stdout)[0].decode() if makes else ""
        if makes:
            self.know_made(makes, shown)
        self.note(f"the command {' '.join(map(str, arguments[:3]))}: {done.returncode}", done.stdout + done.stderr, shown)
        return done.returncode

    def settings(self) -> dict:
        """A secret in every setting that may hold one."""
        new = self.canaries.make
        (self.folder / ".env").write_text(f"STORE_LINE_TOKEN={new('a line of .env')}\n")
        return {
            "DATACORE_ENDPOINT": self.mirror.url, "DATACORE_TOKEN": f"AKDATACORE:{new('DATACORE_TOKEN')}",
            "AWS_ACCESS_KEY": "AKAWS", "AWS_SECRET_KEY": new("AWS_SECRET_KEY"), "AWS_SESSION_TOKEN": new("AWS_SESSION_TOKEN"),
            "SQS_QUEUE_URL": f"{self.mirror.url}/000000000000/events", "AWS_REGION": "eu-west-1",
            "ICONIK_URL": self.mirror.url, "ICONIK_APP_ID": "our-app", "ICONIK_ACCESS_TOKEN": new("ICONIK_ACCESS_TOKEN"),
            "ICONIK_WEBHOOK_SECRET": new("ICONIK_WEBHOOK_SECRET"),
            "STORE_ARCHIVE_KEY": "AKARCHIVE", "STORE_ARCHIVE_SECRET_FILE": str(self.file(new("STORE_ARCHIVE_SECRET_FILE"))),
            "STORE_SWARM_TOKEN": new("STORE_SWARM_TOKEN"), "STORE_UNUSED": new("STORE_UNUSED"),
            "HTTP_PROXY": f"http://us:{new('HTTP_PROXY')}@127.0.0.1:9", "NO_PROXY": "127.0.0.1",
        }

    def add_sources(self) -> None:
        """Stores of every kind, with credentials of every kind; all but one repeat what they are sent, and refuse it."""
        new, url = self.canaries.make, self.mirror.url
        for source in (
            {"kind": "s3", "name": "api", "config": {"endpoint": url}, "secret": {"access_key": "AK1", "secret_key": new("secret key"), "session_token": new("session token")}},
            {"kind": "object_matrix", "name": "matrix", "config": {"endpoint": url}, "secret": {"access_key": "AK2", "secret_key": new("secret key of a MatrixStore")}},
            {"kind": "datacore", "name": "swarm", "config": {"endpoint": url}, "secret": {"token": new("token of Swarm")}},
            {"kind": "datacore", "name": "pair", "config": {"endpoint": url}, "secret": {"access_key": "AK3", "secret_key": new("secret key of Swarm")}},
            {"kind": "iconik", "name": "dailies", "config": {"endpoint": url}, "secret": {"access_key": "an-app", "secret_key": new("token of Iconik")}},
            {"kind": "s3", "name": "named", "config": {"endpoint": url, "credentials": {"access_key": "STORE_ARCHIVE_KEY", "secret_key": "STORE_ARCHIVE_SECRET"}}},
            {"kind": "datacore", "name": "line", "config": {"endpoint": url, "credentials": {"token": "STORE_LINE_TOKEN"}}},
            {"kind": "s3", "name": "by-settings", "config": {"endpoint": url}},
        ):
            status, told = self.ask("POST", "/v1/sources", source)
            self.assertEqual(status, 201, told)
        status, _ = self.ask("POST", "/v1/sources/api/secrets", {"access_key": "AK4", "secret_key": new("a newer secret key")})
        self.assertEqual(status, 201)
        self.assertEqual(self.run_command("sources", "secret", "swarm", "--token-file", "-", stdin=new("a newer token") + "\n"), 0)
        self.store.control(credentials={"AKSTORE": (secret := new("secret key that is right"))}, token=(token := new("session token that is right")))
        self.store.put_all({"media/clip.mxf": b"bytes"})
        status, told = self.ask("POST", "/v1/sources", {"kind": "s3", "name": "store", "config": {"endpoint": self.store.url},
                                                       "secret": {"access_key": "AKSTORE", "secret_key": secret, "session_token": token}})
        self.assertEqual(status, 201, told)

    def add_bucket(self, name: str, location: str, rules: list, **more) -> None:
        bucket = {"name": name, "location": location, "settle_seconds": 0, "backlog": {"policy": "process"}, "rules": rules}
        status, told = self.ask("POST", "/v1/buckets", bucket | more)
        self.assertEqual(status, 400 if name.startswith("refused") else 201, told)

    def go_to_sources(self) -> None:
        for source in self.ask("GET", "/v1/sources")[1]["rows"]:
            place = "collections/11111111-1111-4111-8111-111111111111" if source["kind"] == "iconik" else "media"
            if source["kind"] != "sqs":
                self.add_bucket("good" if source["name"] == "store" else f"refused by {source['name']}", place, [{"processor": "checksum"}], source=source["id"])
                self.ask("POST", "/v1/buckets/preview", {"location": place, "source": source["id"]})
            self.ask("POST", f"/v1/sources/{source['id']}/test", {})
            self.ask("POST", f"/v1/sources/{source['id']}/setup", {"dry_run": True})
        self.assertEqual(self.ask("POST", "/v1/buckets/good/test", {})[0], 200)
        self.service.wait_until_terminal("clip.mxf")
        self.assertEqual(self.service.item("clip.mxf")["status"], "Completed")

    def read_documents(self) -> None:
        right, wrong = self.canaries.make("password of documents"), self.canaries.make("a wrong password of documents")
        self.add_bucket("inbox", str(self.service.inbox), [{"processor": "document-markdown", "config": {"password": right}}])
        rule = {"bucket": "inbox", "processor": "document-markdown", "path_glob": "wrong*", "priority": 5, "config": {"password": wrong}}
        status, told = self.ask("POST", "/v1/rules", rule)
        self.assertEqual(status, 201, told)
        locked = encrypted(b"hidden in the file", user=right.encode())
        self.service.drop("right.pdf", content=locked)
        self.service.drop("wrong.pdf", content=locked)
        ended = self.service.wait_until_terminal("right.pdf", "wrong.pdf")
        self.assertEqual([ended[key]["status"] for key in sorted(ended)], ["Completed", "Failed"])
        self.run_command("process", self.service.inbox / "right.pdf", "--processor", "document-markdown", "--config", json.dumps({"password": wrong}))

    def tell_webhooks(self) -> None:
        """The receiver says its own secrets, both of them, besides what it was sent."""
        _, made = self.ask("POST", "/v1/webhooks", {"url": f"{self.mirror.url}/hook"}, makes="secret: a webhook's secret")
        _, rotated = self.ask("POST", f"/v1/webhooks/{made['id']}/rotate", {}, makes="secret: a webhook's next secret")
        self.run_command("webhooks", "add", f"{self.mirror.url}/hook", "--types", "endpoint.test", makes="a webhook's secret that a command made")
        self.mirror.knows = f"{made['secret']} {rotated['secret']}"
        self.ask("POST", f"/v1/webhooks/{made['id']}/test", {})
        def tried() -> list:
            rows = self.service.get(f"/v1/deliveries?endpoint={made['id']}")["rows"]
            return [attempt for row in rows for attempt in self.service.get(f"/v1/deliveries/{row['id']}")["attempts"]]
        answer = wait_for("the message that is answered", tried)[0]["response"]
        self.mirror.knows = ""
        self.assertIn("webhook-signature: v1,", answer)
        self.assertEqual(answer.count("[redacted]"), 2, answer)

    def make_keys(self) -> None:
        self.ask("POST", "/v1/keys", {"name": "reads", "scopes": ["read"]}, makes="key: a key")
        twice = {"name": "asked twice", "scopes": ["read"]}
        self.ask("POST", "/v1/keys", twice, makes="key: a key that is asked for twice", idempotency_key="once")
        self.assertEqual(self.ask("POST", "/v1/keys", twice, idempotency_key="once")[0], 409)
        self.run_command("keys", "add", "administers", "--scope", "admin", makes="a key that a command made")

    def send_what_is_refused(self) -> None:
        """Secrets at places where none belongs, each refused in a sentence that does not repeat it."""
        new = self.canaries.make
        self.ask("GET", "/v1/items", authorization=f"Bearer nk_{new('a wrong key')}")
        self.ask("GET", "/v1/items", authorization="Basic " + base64.b64encode(f"us:{new('a password')}".encode()).decode())
        self.ask("GET", "/v1/items", authorization=new("no scheme"), x_api_key=new("another wrong key"))
        self.ask("GET", f"/v1/items?api_key={urllib.parse.quote(new('a key in an address'), safe='')}")
        self.ask("POST", "/v1/intake/iconik", {}, x_notifications_secret=new("a wrong secret of Iconik"), authorization="")
        self.ask("POST", "/v1/intake/s3", {"Records": 1, "password": new("a member of a message")})
        for source in (
            {"config": {"endpoint": NOWHERE, "proxy": f"http://us:{new('a password of a proxy')}@127.0.0.1:9"}},
            {"config": {"endpoint": f"http://us:{new('a password of an endpoint')}@127.0.0.1:9"}},
            {"config": {"endpoint": NOWHERE, "secret_key": new("a member that is not known")}},
            {"config": {"endpoint": NOWHERE, "credentials": {"access_key": "STORE_A", "secret_key": new("a secret in the place of its name")}}},
            {"config": {"endpoint": NOWHERE}, "secret": {"access_key": "AK", "secret_key": f"{new('a secret with a blank')} "}},
            {"config": {"endpoint": NOWHERE}, "secret": {"access_key": "AK", "secret_key": [new("a secret in a list")]}},
            {"config": {"endpoint": NOWHERE}, "secret": new("a secret of the wrong type")},
        ):
            status, told = self.ask("POST", "/v1/sources", {"kind": "s3", "name": "refused"} | source)
            self.assertEqual(status, 400, told)
        self.assertEqual(self.ask("POST", "/v1/sources", b'{"kind": "s3", "secret": {"token": "%s"' % new("half a body").encode())[0], 400)
        self.assertEqual(self.ask("POST", "/v1/webhooks", {"url": f"http://us:{new('a password of a receiver')}@127.0.0.1:8080/"})[0], 400)
        rule = {"bucket": "inbox", "processor": "document-markdown", "config": {"password": [new("a password in a list")]}}
        self.assertEqual(self.ask("POST", "/v1/rules", rule)[0], 400)

    def run_what_fails(self) -> None:
        new = self.canaries.make
        away = {"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": "1", "DATABASE_USER": "media", "DATABASE_NAME": "media"}
        by_file = {"DATABASE_PASSWORD_FILE": str(self.file(new("DATABASE_PASSWORD_FILE")))}
        self.assertEqual(self.run_command("migrate", **away, DATABASE_PASSWORD=new("DATABASE_PASSWORD")), 1)
        self.assertEqual(self.run_command("doctor", **away, **by_file), 1)
        for name in ("SQS_QUEUE_URL", "DATACORE_ENDPOINT", "ICONIK_URL"):
            self.run_command("doctor", **{name: f"http://us:{new(f'a password in {name}')}@127.0.0.1:9/q"})
        self.assertEqual(self.run_command("doctor", ICONIK_WEBHOOK_SECRET=new("ICONIK_WEBHOOK_SECRET that is short", 15)), 1)
        self.assertEqual(self.run_command("sources", "secret", "api", "--access-key", "AK", "--secret-file", self.file(f"two {new('two words')}")), 1)
        (self.folder / ".env").write_text(f"AWS_SECRET_KEY {new('a line of .env without =')}\n")
        self.run_command("items", "list")
        (self.folder / ".env").unlink()

    def get_everything(self) -> set:
        """Every GET route of the description, for every id that lists have; those that answered 200 for none."""
        ids = {name: [row["id"] for row in self.ask("GET", f"/v1/{rows}")[1]["rows"]] for name, rows in (
            ("source", "sources"), ("bucket", "buckets"), ("rule", "rules"), ("item", "items"), ("endpoint", "webhooks"), ("delivery", "deliveries"),
            ("event", "events?limit=50"), ("message", "dead-messages"), ("person", "people"), ("edit", "edits"), ("appearance", "appearances"))}
        processes = [process for item in ids["item"] for process in self.ask("GET", f"/v1/items/{item}")[1]["processes"]]
        ids |= {"process": [process["id"] for process in processes], "result": [process["result"] for process in processes if process.get("result")],
                "processor": ["checksum", "document-markdown"], "format": ["json", "markdown"], "name": ["document.md"], "photo": [], "file": ["swagger-ui.css"]}
        silent = set()
        for path, methods in self.ask("GET", "/openapi.json")[1]["paths"].items():
            if "get" not in methods or path == "/v1/events/stream":
                continue
            paths = [path]
            for name in re.findall(r"{(\w+)}", path):
                paths = [each.replace(f"{{{name}}}", id) for each in paths for id in ids[name] or ["none"]]
            if not any(status == 200 for status in [self.ask("GET", each)[0] for each in paths]):
                silent.add(path)
        return silent

    def listen_to_the_stream(self) -> None:
        address = urllib.parse.urlsplit(self.service.url)
        with socket.create_connection((address.hostname, address.port), timeout=300) as stream:
            stream.sendall(f"GET /v1/events/stream HTTP/1.1\r\nhost: a\r\nlast-event-id: 0\r\nauthorization: Bearer {self.key}\r\n\r\n".encode())
            told = b""
            while b"item.completed" not in told:
                told += stream.recv(65536)
        self.note("the stream of events", told)

    def list_everything(self) -> None:
        for command in (("--json", "sources", "list"), ("doctor",), ("webhooks", "deliveries"), ("backup", self.folder / "backup")):
            self.run_command(*command)

    def note_files(self) -> None:
        self.note("the log", self.service.log.read_bytes())
        for root in (self.service.data, self.service.inbox, self.folder / "backup"):
            for path in root.rglob("*"):
                if path.is_file() and path.name not in KEY_FILES:
                    self.note(str(path.relative_to(self.folder)), path.read_bytes())

    def test_the_search_finds_what_is_planted_in_any_form(self):
        secret = self.canaries.make("planted")
        other = self.canaries.make("another")
        quoted = urllib.parse.quote(secret, safe="")
        for before in ("", "a", "ab", "abc"):
            text = f"{before}{secret} and more".encode()
            for written in (text, text.hex().encode(), base64.b64encode(text), base64.urlsafe_b64encode(text), text.hex().upper().encode(),
                            f"{before}{quoted}".encode(), f"{before}{quoted}".replace("%2F", "%2f").replace("%2B", "%2b").encode(), json.dumps(secret).replace("/", "\\/").encode()):
                self.assertEqual(self.canaries.found_in(b"\0" + written), ["planted"], written)
        self.assertEqual(self.canaries.found_in(secret[:-1].encode()), [])
        self.know_made("a webhook's", shown := "whsec_" + base64.b64encode(bytes(range(32))).decode())
        self.assertEqual(self.canaries.found_in(bytes(range(32))), ["a webhook's"])
        self.service.log.write_text(f"told {other}")
        self.service.data.mkdir()
        (self.service.data / "first-key").write_text(secret)
        (self.service.data / "notifications.db").write_text(base64.b64encode(secret.encode()).decode())
        self.note("the answer that makes it", f"{{{shown}}}".encode(), shown)
        self.note_files()
        found = {(what, where) for where, data in self.seen for what in self.canaries.found_in(data)}
        self.assertEqual(found, {("another", "the log"), ("planted", "data/notifications.db")})

    def test_no_secret_comes_back(self):
        self.service.settings |= self.settings()
        self.service.start()
        self.key = (self.service.data / "first-key").read_text().strip()
        self.know_made("the first key", self.key)
        self.canaries.know("the key that seals", (self.service.data / "secret.key").read_bytes().strip())
        self.add_sources()
        self.tell_webhooks()
        self.make_keys()
        self.read_documents()
        self.go_to_sources()
        self.send_what_is_refused()
        silent = self.get_everything()
        self.listen_to_the_stream()
        self.list_everything()
        self.note_files()
        self.service.stop()
        self.run_what_fails()
        self.note_files()
        self.assertEqual(silent, SILENT)
        self.assertGreaterEqual(len(self.canaries.forms), 20)
        found = {(what, where): data[-400:] for where, data in self.seen for what in self.canaries.found_in(data)}
        self.assertEqual(found, {})
