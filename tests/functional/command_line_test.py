"""The commands as a user has them: good and bad input, each with its exit code and its sentence."""
import contextlib
import http.client
import http.server
import json
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
import urllib.parse

from service import DEPS, PROGRAMS, SAMPLES, ServiceTest, wait_for

PROGRAM = PROGRAMS / "notifications-api"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes every webhook."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


@contextlib.contextmanager
def listening(server):
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class CommandTest(ServiceTest):
    def run_command(self, *arguments, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, env=self.service.environment(**more), text=True, capture_output=True, timeout=300)

    def assert_refused(self, sentence: str, *arguments, code: int = 1, **more: str) -> None:
        """One sentence on standard error, nothing on standard output."""
        done = self.run_command(*arguments, **more)
        self.assertEqual(done.returncode, code, done)
        self.assertIn(sentence, done.stderr)
        self.assertEqual(done.stdout, "")

    def assert_printed(self, text: str, *arguments, **more: str) -> str:
        done = self.run_command(*arguments, **more)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(text, done.stdout)
        return done.stdout


class WithoutData(CommandTest):
    def test_a_command_in_the_wrong_folder_says_so_and_leaves_nothing(self):
        self.assert_refused("there is no data in", "items", "list")
        self.assert_refused("there is no data in", "buckets", "add", self.service.inbox)
        self.assert_refused("there is no data in", "items", "list", DATA_DIR="data")
        self.assert_printed("there is none in", "doctor", PORT="0")
        self.assertFalse(self.service.data.exists())
        self.assertEqual([p.name for p in self.folder.iterdir()], ["inbox"])

    def test_migrate_makes_the_data_folder_for_its_owner(self):
        self.assert_printed("newest schema", "migrate")
        self.assertEqual(stat.S_IMODE(self.service.data.stat().st_mode), 0o700)
        self.assert_printed("no items", "items", "list")

    def test_an_unknown_command_is_named(self):
        self.assert_refused("there is no command 'nonsense'", "nonsense", code=2)
        self.assert_refused("there is no command 'nonsense'", "buckets", "nonsense", code=2)
        self.assert_refused("say which command", code=2)
        self.assert_refused("say which command", "buckets", code=2)
        self.assert_refused("--bogus", "items", "list", "--bogus", code=2)
        self.assert_refused("file is required", "process", "--processor", "checksum", code=2)

    def test_every_fault_of_the_line_is_said_in_one_voice(self):
        for sentence, *line in (
            ("'--port 99' is not expected; notifications-api serve --help says more", "serve", "--port", "99"),
            ("item is required; notifications-api items show --help says more", "items", "show"),
            ("--limit: 'ten' is not a whole number; notifications-api items list --help says more", "items", "list", "--limit", "ten"),
            ("--limit needs a value; notifications-api items list --help says more", "items", "list", "--limit"),
            ("--status is given more than once; notifications-api items list --help says more", "items", "list", "--status", "Failed", "--status", "Failed"),
            ("--settle-seconds: 'x' is not a number of seconds, 0 or more; notifications-api buckets add --help says more", "buckets", "add", "/", "--settle-seconds", "x"),
        ):
            done = self.run_command(*line)
            self.assertEqual((done.returncode, done.stderr, done.stdout), (2, f"notifications-api: {sentence}\n", ""))

    def test_the_help_names_the_processors(self):
        self.assert_printed("checksum, document-markdown, facial-recognition", "buckets", "add", "--help")
        self.assert_printed("checksum, document-markdown, facial-recognition", "process", "--help")

    def test_a_bad_setting_stops_only_the_commands_that_need_settings(self):
        self.assert_refused("HOST: 'nope' is not allowed", "items", "list", HOST="nope")
        self.assert_refused("HOST: '127.0.0.300' is not allowed", "serve", HOST="127.0.0.300")
        self.assert_refused("DATACORE_ENDPOINT: 'notaurl' is not allowed", "serve", DATACORE_ENDPOINT="notaurl")
        self.assert_refused("WEBHOOK_ALLOW_CIDRS: '10.1' is not allowed", "serve", WEBHOOK_ALLOW_CIDRS="10.1")
        self.assertFalse(self.service.data.exists())
        self.assert_printed('"openapi"', "openapi", HOST="nope")
        self.assert_printed("#PORT=8080", "settings", HOST="nope")
        done = self.run_command("doctor", HOST="nope")
        self.assertEqual(done.returncode, 1)
        self.assertIn("FIX settings: HOST: 'nope'", done.stdout)

    def test_postgresql_is_never_replaced_by_sqlite_in_silence(self):
        self.assert_refused("DATABASE_HOST is set, but DATABASE_USER is not", "items", "list", DATABASE_HOST="db")
        self.assert_refused("DATABASE_HOST is set, but DATABASE_USER is not", "serve", DATABASE_HOST="db")
        self.assertIn("FIX database: DATABASE_HOST is set", self.run_command("doctor", DATABASE_HOST="db").stdout)
        away = {"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": "1", "DATABASE_USER": "media", "DATABASE_NAME": "media"}
        self.assert_refused("PostgreSQL at 127.0.0.1:1 does not answer", "migrate", **away)  # serve waits: postgres_test
        self.assert_printed("sha256", "process", SAMPLES / "biden.jpg", "--processor", "checksum", DATABASE_HOST="db")

    def test_an_empty_variable_undoes_a_line_of_the_file(self):
        (self.folder / ".env").write_text("\ufeffDATABASE_HOST=db\nHOST=nope\n")
        self.assert_refused("HOST: 'nope'", "migrate")
        self.assert_printed("newest schema", "migrate", HOST="", DATABASE_HOST="")

    def test_output_that_nobody_reads_ends_quietly(self):
        for command in ("openapi", "settings"):
            with subprocess.Popen([PROGRAM, command], cwd=self.folder, env=self.service.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.close()
                self.assertEqual(process.stderr.read(), b"")
                self.assertEqual(process.wait(60), 141)

    def test_output_that_cannot_be_written_is_a_failure(self):
        self.run_command("migrate")
        for command in (("openapi",), ("items", "list"), ("--help",)):
            with open("/dev/full", "w") as full:
                done = subprocess.run([PROGRAM, *command], cwd=self.folder, env=self.service.environment(), stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1, command)
            self.assertIn("standard output cannot be written: No space left", done.stderr)


class OneFile(CommandTest):
    def test_a_result_is_a_summary_for_people_and_a_document_for_programs(self):
        text = self.assert_printed("media.width", "process", SAMPLES / "biden.jpg", "--processor", "facial-recognition")
        self.assertIn("tracks (1)", text)
        self.assertNotIn("{", text)
        document = json.loads(self.run_command("process", SAMPLES / "biden.jpg", "--processor", "facial-recognition", "--json").stdout)
        self.assertEqual(document["schema"], "face_tracks/1")

    def test_faults_have_a_sentence_each(self):
        photo = SAMPLES / "biden.jpg"
        self.assert_refused("No such file", "process", self.folder / "missing", "--processor", "checksum")
        self.assert_refused("there is no processor 'nope'; there are: checksum", "process", photo, "--processor", "nope")
        self.assert_refused("notifications-api: --config /fps: ", "process", photo, "--processor", "facial-recognition", "--config", '{"fps":99}')
        self.assert_refused("--config", "process", photo, "--processor", "facial-recognition", "--config", "{")
        self.assert_refused("/nope cannot be run; set PROCESSOR_PROGRAM", "process", photo, "--processor", "checksum", PROCESSOR_PROGRAM="/nope")
        done = self.run_command("process", photo, "--processor", "checksum", PROCESSOR_PROGRAM="/bin/false")
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.strip().endswith("exit code 1"), done.stderr)

    def test_ctrl_c_says_stopped(self):
        slow = self.folder / "slow"
        slow.write_text("#!/bin/sh\nexec sleep 30\n")
        slow.chmod(0o755)
        process = subprocess.Popen([PROGRAM, "process", SAMPLES / "biden.jpg", "--processor", "checksum"], cwd=self.folder,
                                   env=self.service.environment(PROCESSOR_PROGRAM=str(slow)), stderr=subprocess.PIPE, text=True)
        threads = pathlib.Path(f"/proc/{process.pid}/task")
        wait_for("the child to start", lambda: any((thread / "children").read_text() for thread in threads.iterdir()))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate(timeout=60)[1], "notifications-api: stopped\n")
        self.assertEqual(process.returncode, 130)


class WithoutService(CommandTest):
    def setUp(self) -> None:
        super().setUp()
        self.service.command("migrate")

    def test_a_bucket_is_added_paused_switched_off_and_removed(self):
        self.assert_printed("watches", "buckets", "add", self.service.inbox, "--processor", "checksum")
        self.assert_printed("bucket inbox is paused", "buckets", "pause", "inbox", "--reason", "it is sorted")
        self.assert_printed("ok  bucket inbox: the bucket is paused since", "doctor")
        self.assert_refused("it is sorted", "buckets", "scan", "inbox")
        self.assert_printed("bucket inbox goes on", "buckets", "resume", "inbox")
        self.assert_printed("bucket inbox is switched off", "buckets", "off", "inbox")
        self.assertFalse(json.loads(self.run_command("--json", "buckets", "list").stdout)["rows"][0]["active"])
        self.assert_printed("ok  bucket inbox: it is switched off", "doctor")
        self.assert_refused("switch it on first", "buckets", "scan", "inbox")
        self.assert_refused("but switched off: notifications-api buckets on inbox", "buckets", "resume", "inbox")
        self.assert_printed("bucket inbox is switched on", "buckets", "on", "inbox")
        self.assert_printed("bucket inbox is removed", "buckets", "remove", "inbox")
        self.assert_printed("no buckets yet", "buckets", "list")
        self.assert_refused("there is no bucket", "buckets", "pause", "inbox", "--reason", "none")
        for action in ("off", "on", "resume", "remove", "scan"):
            self.assert_refused("there is no bucket", "buckets", action, "inbox")

    def test_a_bucket_is_changed_and_shown(self):
        self.assert_printed("watches", "buckets", "add", self.service.inbox, "--processor", "checksum", "--exclude", "*.tmp", "--no-publish")
        self.assert_refused("say what to change", "buckets", "change", "inbox")
        self.assert_refused("--weight: must be from 1", "buckets", "change", "inbox", "--weight", "0")
        self.assert_printed("films", "buckets", "change", "inbox", "--name", "films", "--include", "*.mp4", "--exclude", "", "--settle-seconds", "7", "--publish", "--weight", "3")
        kept = json.loads(self.run_command("--json", "buckets", "show", "films").stdout)
        self.assertEqual([kept[m] for m in ("name", "include", "exclude", "settle_seconds", "publish", "weight", "scan_interval_seconds")],
                         ["films", ["*.mp4"], [], 7, True, 3, 60])
        self.assert_printed("local", "sources", "list")
        self.assert_printed("bucket.change", "audit")
        self.assert_printed("there are more; go on with --after ", "audit", "--limit", "1")

    def test_a_list_of_items_says_how_it_goes_on(self):
        for name in ("a.txt", "b.txt", "c.bin"):
            self.service.drop(name, content=name.encode())
        self.run_command("buckets", "add", self.service.inbox, "--processor", "checksum", "--settle-seconds", "0")
        self.run_command("buckets", "scan", "inbox")
        first = self.assert_printed("there are more; go on with --after itm_", "items", "list", "--limit", "2")
        rest = self.assert_printed(".", "items", "list", "--limit", "2", "--after", first.split()[-1])
        self.assertNotIn("there are more", rest)
        self.assertEqual(sorted(w for w in (first + rest).split() if w in ("a.txt", "b.txt", "c.bin")), ["a.txt", "b.txt", "c.bin"])
        self.assertEqual(self.assert_printed("c.bin", "items", "list", "--key", "bin").count("itm_"), 1)
        item = json.loads(self.run_command("--json", "items", "list", "--key", "a.txt").stdout)["rows"][0]["id"]
        shown = self.assert_printed("next_attempt_at", "items", "show", item)
        self.assertRegex(shown, r"(?m)^attempt +0$")

    def test_what_waits_says_that_no_service_runs(self):
        self.service.drop("a.txt", content=b"text")
        self.run_command("buckets", "add", self.service.inbox, "--processor", "checksum", "--settle-seconds", "0")
        self.assert_printed("new items: 1;", "buckets", "scan", "inbox")
        row = json.loads(self.run_command("--json", "items", "list").stdout)["rows"][0]
        self.assertEqual((row["status"], row["blocked_by"]), ("Pending", "service_stopped"))
        why = self.assert_printed("the service is not running; start it", "items", "why", row["id"])
        self.assertNotIn("free worker", str(why))

    def test_a_bad_bucket_is_refused_in_the_words_of_the_command_line(self):
        inbox = self.service.inbox
        self.assert_refused("say one with --name", "buckets", "add", "/")
        self.assert_refused("the folder: ", "buckets", "add", self.folder / "missing")
        self.assert_refused("--scan-seconds: must be from 1", "buckets", "add", inbox, "--scan-seconds", "0")
        self.assert_refused("--processor: there is no processor 'nope'", "buckets", "add", inbox, "--processor", "nope")
        self.assert_refused("say why that is allowed here", "buckets", "add", inbox, "--processor", "facial-recognition")
        self.assert_refused("--config", "buckets", "add", inbox, "--processor", "checksum", "--config", '{"x":1}')
        self.assert_refused("rules add --bucket NAME --processor NAME --config JSON", "buckets", "add", inbox, "--processor", "checksum", "--processor", "facial-recognition",
                            "--config", "{}")
        self.assert_refused("--processor: checksum is chosen twice", "buckets", "add", inbox, "--processor", "checksum", "--processor", "checksum")
        for seconds in ("nan", "-1", "inf", "soon"):
            self.assert_refused("is not a number of seconds", "buckets", "add", inbox, "--settle-seconds", seconds, code=2)

    def test_a_folder_of_photos_enrols_a_person(self):
        photos = self.folder / "photos"
        photos.mkdir()
        self.assert_refused("there is no photo", "people", "enrol", "Barack Obama", photos)
        self.assert_refused("missing", "people", "enrol", "Barack Obama", self.folder / "missing")
        for name in ("obama.jpg", "obama2.jpg"):
            shutil.copy(SAMPLES / name, photos)
        (photos / "notes.txt").write_text("not a photo")
        self.assert_printed("has 2 photos", "people", "enrol", "Barack Obama", photos)
        shutil.copy(SAMPLES / "biden.jpg", photos)
        done = self.run_command("people", "enrol", "Barack Obama", photos)
        self.assertEqual(done.returncode, 1)
        self.assertIn("biden.jpg: refused, ", done.stdout)
        self.assertIn("1 of 3 photos were refused", done.stderr)
        same = self.assert_printed("obama.jpg: accepted\n", "people", "enrol", "B. Obama", photos / "obama.jpg")
        self.assertEqual(same.count("looks like Barack Obama"), 1)
        photo = json.loads(self.run_command("--json", "people", "show", "B. Obama").stdout)["photos"][0]["id"]
        self.assert_printed("B. Obama is Obama now", "people", "rename", "B. Obama", "Obama")
        self.assert_printed(f"photo {photo} is removed", "people", "remove-photo", "Obama", photo)
        self.assert_refused("has no photo", "people", "remove-photo", "Obama", photo)
        self.assert_printed("Obama is erased", "people", "erase", "Obama")
        self.assert_refused("no photo was accepted: notes.txt", "people", "enrol", "Somebody", photos / "notes.txt")
        self.assert_printed("Barack Obama is erased", "people", "erase", "Barack Obama")
        self.assert_printed("nobody is enrolled", "people", "list")
        self.assert_refused("there is no person", "people", "erase", "Barack Obama")

    def test_doctor_finds_what_others_may_open(self):
        self.assert_printed("ok  data: only you", "doctor")
        self.service.data.chmod(0o755)
        done = self.run_command("doctor")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"run chmod 700 {self.service.data}", done.stdout)

    def test_doctor_finds_a_port_that_is_taken(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            done = self.run_command("doctor", PORT=str(other.getsockname()[1]))
        self.assertEqual(done.returncode, 1)
        self.assertIn("FIX port: another program listens", done.stdout)

    def test_doctor_warns_of_a_network_that_opens_nothing(self):
        done = self.run_command("doctor", WEBHOOK_ALLOW_CIDRS="127.0.0.0/8")
        self.assertEqual(done.returncode, 1)
        self.assertIn("FIX settings: WEBHOOK_ALLOW_CIDRS: 127.0.0.0/8 opens nothing", done.stdout)

    def test_a_service_that_others_reach_needs_an_admin_key(self):
        self.service.command("keys", "add", "reader")
        self.assert_refused("there is no admin key yet", "serve", HOST="0.0.0.0")
        self.service.command("keys", "add", "mine", "--scope", "admin")
        self.service.start(HOST="0.0.0.0")
        self.assertTrue(self.service.url.startswith("http://127.0.0.1:"), self.service.url)
        self.assertFalse((self.service.data / "first-key").exists())


class BesideTheService(CommandTest):
    def setUp(self) -> None:
        super().setUp()
        self.service.start()

    def test_migrate_says_that_the_service_did_it(self):
        self.assert_printed("the service runs; it brought the database", "migrate")

    def test_doctor_finds_a_bucket_whose_folder_went_away(self):
        self.service.watch_inbox()
        self.assert_printed("ok  bucket inbox: ", "doctor")
        self.service.command("webhooks", "add", "http://127.0.0.1:1025/")
        self.service.inbox.rmdir()
        done = self.run_command("doctor")
        self.assertEqual(done.returncode, 1)
        self.assertIn("FIX bucket inbox: ", done.stdout)
        self.assertIn("ok  service: it runs at " + self.service.url, done.stdout)
        self.assertIn("ok  keys: the first key is in", done.stdout)

    def test_doctor_says_why_a_webhook_fails(self):
        endpoint = json.loads(self.run_command("--json", "webhooks", "add", "http://127.0.0.1:1025/").stdout)["id"]
        self.assert_printed("is on its way", "webhooks", "test", endpoint)
        wait_for("the try to fail", lambda: self.service.get("/v1/webhooks")["rows"][0]["consecutive_failures"])
        done = self.run_command("doctor")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, rf"FIX webhook {endpoint}: http://127.0.0.1:1025/ failed 1 time in a row: .*(refused|connect).*; mend it, then run notifications-api webhooks test {endpoint}")

    def test_missing_models_are_not_ready_once_faces_are_wanted(self):
        self.service.stop()
        self.service.start(MODEL_FOLDER="/nope", PROCESSOR_PROGRAM="/nope")
        self.service.wait_until_logged("is not in /nope; run script/bootstrap, or set MODEL_FOLDER")
        self.service.wait_until_logged("/nope cannot be run; set PROCESSOR_PROGRAM")
        self.service.stop()
        self.service.start(MODEL_FOLDER="/nope")
        self.assertEqual(self.service.get("/health/ready")["models"], "not needed")
        self.service.watch_inbox("facial-recognition")
        status, ready = self.service.request("GET", "/health/ready")
        self.assertEqual((status, ready["status"]), (503, "not ready"))
        self.assertIn("MODEL_FOLDER", ready["models"])
        told = self.run_command("doctor", MODEL_FOLDER=str(DEPS / "models")).stdout
        self.assertIn("FIX models: faces cannot be recognised", told, "the service's own setting counts")

    def test_a_processor_that_does_not_work_is_said_at_the_start(self):
        self.service.stop()
        self.assertNotIn("no item can be processed", self.service.log.read_text())
        self.service.start(PROCESSOR_PROGRAM="/bin/true")
        wait_for("the warning", lambda: "no item can be processed: " in self.service.log.read_text())

    def test_the_first_key_goes_when_it_is_revoked_and_comes_again(self):
        file = self.service.data / "first-key"
        first = file.read_text()
        key = json.loads(self.run_command("--json", "keys", "list").stdout)["rows"][0]["id"]
        self.run_command("keys", "add", "twice")
        self.run_command("keys", "add", "twice")
        self.assert_refused("2 keys are called twice; say which", "keys", "revoke", "twice")
        self.run_command("keys", "add", "once")
        self.assert_printed("once is revoked", "keys", "revoke", "once")
        self.assert_printed("is revoked", "keys", "revoke", key)
        self.assertFalse(file.exists())
        self.service.stop()
        self.service.start()
        self.assertNotEqual(file.read_text(), first)
        self.service.get("/v1/buckets")

    def test_lists_are_shown_whole_however_many_pages_they_have(self):
        names = {f"key {number}" for number in range(205)}
        for name in names:
            self.service.request("POST", "/v1/keys", {"name": name, "scopes": ["read"]})
        shown = json.loads(self.run_command("--json", "keys", "list").stdout)["rows"]
        self.assertLessEqual(names, {row["name"] for row in shown})
        self.assertEqual(len(shown), len({row["id"] for row in shown}))

    def test_deliveries_are_listed_and_sent_again(self):
        with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as receiver, listening(receiver):
            self.endpoint_is_told_and_told_again(f"http://127.0.0.1:{receiver.server_port}/")

    def endpoint_is_told_and_told_again(self, url: str) -> None:
        def deliveries(*more) -> list:
            return json.loads(self.run_command("--json", "webhooks", "deliveries", *more).stdout)["rows"]

        endpoint = json.loads(self.run_command("--json", "webhooks", "add", url).stdout)["id"]
        self.assert_printed("is on its way", "webhooks", "test", endpoint)
        first = wait_for("the delivery", lambda: deliveries("--endpoint", endpoint, "--status", "Completed"))[0]["id"]
        self.assert_printed(first, "webhooks", "deliveries")
        self.assert_printed("is on its way", "webhooks", "resend", first)
        self.assertEqual(len(deliveries("--endpoint", endpoint)), 2)
        self.assert_refused("there is no delivery nope", "webhooks", "resend", "nope")
        self.assert_refused("one of Pending, Processing", "webhooks", "deliveries", "--status", "Odd")
        self.assert_printed("new signing secret, shown this one time: whsec_", "webhooks", "rotate", endpoint, "--overlap-hours", "1")
        self.assert_refused("--overlap-hours: must be from 0", "webhooks", "rotate", endpoint, "--overlap-hours", "999")
        self.assert_printed("0 deliveries are on their way", "webhooks", "replay", endpoint, "--since", "2026-01-01T00:00:00Z")
        self.assert_refused("--since: ", "webhooks", "replay", endpoint, "--since", "yesterday")
        self.assert_printed("there are more; go on with --after dlv_", "webhooks", "deliveries", "--limit", "1")
        self.assert_refused("say what to change", "webhooks", "change", endpoint)
        self.assert_refused("10.0.0.1", "webhooks", "change", endpoint, "--url", "http://10.0.0.1/")
        self.assert_printed(url + "new", "webhooks", "change", endpoint, "--url", url + "new", "--types", "item.*", "--description", "MAM")
        kept = json.loads(self.run_command("--json", "webhooks", "list").stdout)["rows"][0]
        self.assertEqual((kept["url"], kept["types"], kept["description"]), (url + "new", ["item.*"], "MAM"))
        self.assert_printed("is paused", "webhooks", "pause", endpoint)
        self.assert_printed("is told again", "webhooks", "resume", endpoint)
        self.assert_printed("is removed", "webhooks", "remove", endpoint)
        self.assert_printed("no webhook endpoints", "webhooks", "list")

    def test_nothing_in_the_data_folder_is_for_others(self):
        self.service.watch_inbox("facial-recognition")
        self.service.drop("obama.jpg", SAMPLES / "obama.jpg")
        self.service.wait_until_terminal("obama.jpg")
        for path in (self.service.data, *self.service.data.rglob("*")):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_a_bucket_with_items_is_kept(self):
        self.service.watch_inbox()
        self.service.drop("a.txt", content=b"text")
        self.service.wait_until_terminal("a.txt")
        item = self.service.items()["a.txt"]["id"]
        self.assert_printed("Completed since", "items", "why", item)
        self.assertRegex(self.assert_printed("history", "items", "show", item), r"Completed +checksum")
        self.assert_printed("rerun: 1 process\n", "items", "rerun", item)
        self.assert_refused("has items", "buckets", "remove", "inbox")

    def test_requests_are_answered_with_their_id_and_a_head_without_a_body(self):
        address = urllib.parse.urlsplit(self.service.url)
        with contextlib.closing(http.client.HTTPConnection(address.hostname, address.port, timeout=30)) as connection:
            for method in ("HEAD", "GET"):  # on one connection: a body after HEAD would be read as the next answer
                connection.request(method, "/health/live")
                answer = connection.getresponse()
                body = answer.read()
                self.assertEqual(answer.status, 200)
                self.assertTrue(answer.headers["x-request-id"].startswith("req_"))
                self.assertEqual(len(body) > 0, method == "GET")

    def test_the_service_stops_while_a_photo_is_looked_at(self):
        self.service.stop()
        slow = self.folder / "slow"
        slow.write_text("#!/bin/sh\nexec sleep 600\n")
        slow.chmod(0o755)
        self.service.start(PROCESSOR_PROGRAM=str(slow))
        enrol = subprocess.Popen([PROGRAM, "people", "enrol", "Ada", SAMPLES / "obama.jpg"], cwd=self.folder, env=self.service.environment(), stderr=subprocess.PIPE, text=True)
        threads = pathlib.Path(f"/proc/{self.service.process.pid}/task")
        wait_for("the child to start, and that of the trial", lambda: sum(len((thread / "children").read_text().split()) for thread in threads.iterdir()) == 2)
        start = time.monotonic()
        self.service.stop()
        self.assertLess(time.monotonic() - start, 20, "a child that is not ready is waited for longer than that")
        self.assertIn("stopped", enrol.communicate(timeout=60)[1])
        self.assertNotEqual(enrol.returncode, 0)

    def test_the_service_stops_at_once_while_a_command_hangs(self):
        with socket.socket(socket.AF_UNIX) as silent:
            silent.connect(str(self.service.data / "control.sock"))
            self.service.command("buckets", "list")  # it was accepted before
            start = time.monotonic()
            self.service.stop()
            self.assertLess(time.monotonic() - start, 60)
