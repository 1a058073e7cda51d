"""Documents as Markdown beside them, with their pictures: in a folder and in an S3 store of others; what we write there is no item."""
import pathlib
import re
import time
import urllib.parse

from pdf_files import PARAGRAPH, document, encrypted
from service import ServiceTest, wait_for
from stores import S3Proxy

LINK = re.compile(r"!\[[^\]]*\]\(([^)]*)\)")
NAME = "A paper (1).pdf"


def paper(*, pictures: int, words: str = "") -> bytes:
    """A page of text for each picture, and the picture below it."""
    gray = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream"
    pages = [PARAGRAPH.replace(b"line one", words.encode() or b"line one") + b"q 200 0 0 100 100 300 cm /Im Do Q\n" for _ in range(pictures)]
    made = document(*(pages or [PARAGRAPH]), more={9: gray})
    return made.replace(b"/Font << /F1", b"/XObject << /Im 9 0 R >> /Font << /F1")


class DocumentsInAFolder(ServiceTest):
    def files(self) -> set:
        return {str(path.relative_to(self.service.inbox)) for path in self.service.inbox.rglob("*") if path.is_file()}

    def settled(self) -> bool:
        rows = self.service.get("/v1/deliveries?limit=200")["rows"]
        return rows and all(row["status"] in ("Completed", "Skipped", "Cancelled", "Failed") for row in rows)

    def change(self, data: bytes, word: str) -> str:
        """The text of the paper once it has the word."""
        self.service.drop(NAME, content=data)
        self.service.command("buckets", "scan", "inbox")
        text = self.service.inbox / f"{NAME}.md"
        wait_for("the text", lambda: text.exists() and word in text.read_text())
        wait_for("the rest", self.settled)
        return text.read_text()

    def test_a_document_is_text_beside_it_whose_pictures_are_there_and_no_items(self):
        self.service.start()
        self.service.watch_inbox("document-markdown", "--publish-format", "markdown")
        self.service.command("rules", "add", "--bucket", "inbox", "--processor", "facial-recognition", "--biometric-basis", "a test")
        text = self.change(paper(pictures=2), "line one")
        self.assertTrue(text.startswith("<!-- notifications-api document-markdown -->\n\nThis is line one"), text[:80])
        links = LINK.findall(text)
        self.assertEqual(links, [f"A%20paper%20%281%29.pdf.assets/image-{i}.jpg" for i in (1, 2)])
        for link in links:
            self.assertTrue((self.service.inbox / urllib.parse.unquote(link)).read_bytes().startswith(b"\xff\xd8"), link)
        item = self.service.item(NAME)
        status, exported = self.service.request("GET", f"/v1/items/{item['id']}/exports/csv")
        self.assertEqual(status, 422, exported)
        self.assertEqual(set(self.service.items()), {NAME})

        text = self.change(paper(pictures=1, words="a second version"), "a second version")
        self.assertEqual(len(LINK.findall(text)), 1)
        pictures = f"{NAME}.assets/image-"
        self.assertEqual({name for name in self.files() if ".assets/" in name}, {pictures + "1.jpg"}, "what is no more is removed")
        self.change(paper(pictures=0, words="no picture").replace(b"line one", b"line 1st"), "line 1st")
        self.assertEqual(self.files(), {NAME, f"{NAME}.md", f"{NAME}.notifications.json"})
        self.assertFalse((self.service.inbox / f"{NAME}.assets").exists())
        self.service.command("buckets", "scan", "inbox")
        self.assertEqual(set(self.service.items()), {NAME}, "what we wrote is no item")
        before = (self.service.inbox / f"{NAME}.md").stat().st_mtime_ns
        self.service.command("buckets", "publish", "inbox")
        wait_for("all to be looked at", self.settled)
        self.assertEqual((self.service.inbox / f"{NAME}.md").stat().st_mtime_ns, before, "nothing changed")

    def test_a_hundred_pictures_of_one_size_are_no_frame_sequence(self):
        self.service.start()
        self.service.watch_inbox("document-markdown", "--publish-format", "markdown")
        self.service.drop(NAME, content=paper(pictures=110))
        wait_for("the last picture", (self.service.inbox / f"{NAME}.assets/image-110.jpg").exists)
        wait_for("the text", (self.service.inbox / f"{NAME}.md").exists)
        for _ in range(2):
            self.service.command("buckets", "scan", "inbox")
        self.assertEqual(set(self.service.items()), {NAME})

    def test_files_of_somebody_else_in_the_place_are_left_alone(self):
        self.service.start()
        self.service.watch_inbox("document-markdown", "--publish-format", "markdown", "--include", "*.pdf")
        notes, picture = self.service.inbox / "a.pdf.md", self.service.inbox / "b.pdf.assets/image-1.jpg"
        picture.parent.mkdir()
        notes.write_text("# My notes\n")
        picture.write_bytes(b"mine")
        for name in ("a.pdf", "b.pdf"):
            self.service.drop(name, content=paper(pictures=1))
        self.service.wait_until_terminal("a.pdf", "b.pdf")
        refused = wait_for("both to be refused", lambda: len(found := {
            row["last_error"] for row in self.service.get("/v1/deliveries?limit=200")["rows"] if "already" in row["last_error"]}) == 2 and found)
        self.assertTrue(all("was not written by this service" in each for each in refused), refused)
        self.assertEqual((notes.read_text(), picture.read_bytes()), ("# My notes\n", b"mine"))
        self.assertFalse((self.service.inbox / "b.pdf.md").exists(), "no text whose pictures are not there")

    def test_bad_documents_fail_with_a_sentence_and_the_next_is_read(self):
        self.service.start()
        self.service.watch_inbox("document-markdown")
        whole = paper(pictures=1)
        bad = {"cut.pdf": whole[:200], "noise.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 50, "locked.pdf": encrypted(b"hidden", user=b"secret")}
        for name, data in bad.items():
            self.service.drop(name, content=data)
        self.service.drop("whole.pdf", content=whole)
        ended = self.service.wait_until_terminal(*bad, "whole.pdf")
        self.assertEqual(ended["whole.pdf"]["status"], "Completed")
        failures = {name: ended[name]["processes"][0]["failure"] for name in bad}
        self.assertEqual({name: failure["reason"] for name, failure in failures.items()},
                         {"cut.pdf": "damaged", "noise.pdf": "damaged", "locked.pdf": "encrypted"})
        self.assertTrue(all(" " in failure["message"] for failure in failures.values()), failures)
        self.assertEqual([ended[name]["processes"][0]["crashes"] for name in ended], [0] * 4)

    def test_a_password_opens_a_document_and_is_never_shown(self):
        self.service.start()
        secret = "correct horse"
        self.service.command("buckets", "add", self.service.inbox, "--name", "inbox", "--settle-seconds", "0", "--processor", "document-markdown",
                             "--publish-format", "markdown", "--config", '{"password": "%s"}' % secret)
        self.service.drop("locked.pdf", content=encrypted(b"hidden in the file", user=secret.encode()))
        self.service.drop("other.pdf", content=encrypted(b"hidden in another", user=b"another"))
        ended = self.service.wait_until_terminal("locked.pdf", "other.pdf")
        self.assertEqual([ended[key]["status"] for key in sorted(ended)], ["Completed", "Failed"])
        failure = ended["other.pdf"]["processes"][0]["failure"]
        self.assertEqual((failure["code"], failure["reason"]), ("unsupported", "wrong_password"))
        wait_for("the text", lambda: (self.service.inbox / "locked.pdf.md").exists())
        self.assertIn("hidden in the file", (self.service.inbox / "locked.pdf.md").read_text())
        rule = self.service.get("/v1/rules")["rows"][0]
        self.assertEqual(rule["config"]["password"], "(set)")
        self.assertEqual(ended["locked.pdf"]["processes"][0]["config"]["password"], "(set)")
        status, _ = self.service.request("PATCH", f"/v1/rules/{rule['id']}", {"config": rule["config"] | {"images": False}})
        self.assertEqual(status, 200)
        self.service.drop("again.pdf", content=encrypted(b"hidden once more", user=secret.encode()))
        self.assertEqual(self.service.wait_until_terminal("again.pdf")["again.pdf"]["status"], "Completed", "it is kept")
        self.service.stop()
        for path in [self.service.log, *self.service.data.rglob("*")]:
            if path.is_file():
                self.assertNotIn(secret.encode(), path.read_bytes(), path)


class DocumentsInAStore(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        if not S3Proxy.THERE:
            self.skipTest("s3proxy was not fetched by script/bootstrap test")
        self.server = S3Proxy()
        self.addCleanup(self.server.close)
        self.store = self.server.client()

    def keys(self) -> set:
        return {each["Key"] for each in self.store.list_objects_v2(Bucket="media").get("Contents", [])}

    def read(self, key: str) -> bytes | None:
        return self.store.get_object(Bucket="media", Key=key)["Body"].read() if key in self.keys() else None

    def tell(self, *keys: str) -> None:
        for key in keys:
            status, answer = self.service.request("POST", "/v1/intake/s3", {"bucket": "media", "key": key})
            self.assertEqual(status, 200, answer)

    def test_texts_and_pictures_stand_beside_the_object_and_are_no_items_by_scan_or_message(self):
        self.service.start()
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", self.server.url, "--access-key", "AKTEST",
                             "--secret-file", secret)
        self.store.put_object(Bucket="media", Key="day/a.pdf", Body=paper(pictures=2))
        self.service.command("buckets", "add", "media", "--source", "store", "--processor", "document-markdown", "--processor", "facial-recognition",
                             "--biometric-basis", "a test", "--settle-seconds", "0", "--backlog", "process", "--publish-format", "markdown")
        self.service.wait_until_terminal("day/a.pdf")
        text = wait_for("the text", lambda: self.read("day/a.pdf.md")).decode()
        self.assertEqual(LINK.findall(text), ["a.pdf.assets/image-1.jpg", "a.pdf.assets/image-2.jpg"])
        pictures = [f"day/a.pdf.assets/image-{i}.jpg" for i in (1, 2)]
        self.assertLessEqual(set(pictures), self.keys())
        self.service.command("buckets", "scan", "media")
        self.tell("day/a.pdf.md", *pictures)
        self.store.put_object(Bucket="media", Key="day/b.bin", Body=b"an item")
        self.tell("day/b.bin")
        self.service.wait_until_terminal("day/b.bin")
        self.assertEqual(set(self.service.items()), {"day/a.pdf", "day/b.bin"}, "what we wrote is no item")

        time.sleep(1.1)  # s3proxy tells times in seconds
        self.store.put_object(Bucket="media", Key="day/a.pdf", Body=paper(pictures=1, words="a second version"))
        self.tell("day/a.pdf")
        wait_for("the new text", lambda: b"a second version" in self.read("day/a.pdf.md"))
        wait_for("the second picture to go", lambda: pictures[1] not in self.keys())
        self.assertIn(pictures[0], self.keys())
