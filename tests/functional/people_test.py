"""People are corrected by whoever uses the command line, and every correction can be taken back."""
import base64
import contextlib
import json
import shutil
import sqlite3
import subprocess
import zipfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service import PROGRAMS, SAMPLES, ServiceTest, ffmpeg, wait_for


JPEG = b"\xff\xd8\xff"
FIT = "scale=640:640:force_original_aspect_ratio=decrease,pad=640:640:-1:-1,setsar=1,fps=25"


def decision(why: dict) -> str:
    """The state that an explanation comes to, from nothing but what it tells; "" for nobody."""
    by_somebody = {"verdict": "user_confirmed", "link_verdict": "system_confirmed", "found": "new"}
    if why["decided_by"] in by_somebody:
        return by_somebody[why["decided_by"]]
    lines, person = why["thresholds"], why["appearance"]["person"]
    margin = why["runner_up"]["distance"] - why["distance"] if why["runner_up"] else 2
    for_it = sum(vote["quality"] for vote in why["votes"] if vote["person"] == person and vote["distance"] <= lines["vote_reach"])
    if margin < 0 or why["distance"] > lines["possible"]:
        return ""
    sure = why["distance"] < lines["confirmed"] and margin >= lines["margin"]
    return "system_confirmed" if sure and for_it >= lines["least_votes"] * sum(vote["quality"] for vote in why["votes"]) else "unconfirmed"


class PeopleEdits(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service.start()
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg", SAMPLES / "obama2.jpg")
        self.service.command("people", "enrol", "Joe Biden", SAMPLES / "biden.jpg")
        self.service.watch_inbox("facial-recognition", "--publish-format", "csv")
        clip = self.folder / "made.mp4"
        ffmpeg("-loop", "1", "-i", SAMPLES / "obama.jpg", "-t", "2", "-r", "25", "-vf", "scale=640:-2", "-pix_fmt", "yuv420p", clip)
        self.service.drop("clip.mp4", clip)
        self.service.wait_until_terminal("clip.mp4")

    def seen(self) -> list:
        return self.service.get("/v1/appearances?limit=50")["rows"]

    def named(self) -> list:
        return [(row["person_name"], row["state"]) for row in self.seen()]

    def published(self) -> str:
        path = self.service.inbox / "clip.mp4.notifications.csv"
        return path.read_text() if path.exists() else ""

    def undo_last(self) -> None:
        last = self.service.get("/v1/edits?limit=1")["rows"][0]["id"]
        self.service.command("people", "undo", last)

    def test_faces_are_rejected_confirmed_and_given_back(self):
        self.assertEqual(self.named(), [("Barack Obama", "system_confirmed")])
        wait_for("the rows", lambda: "Barack Obama" in self.published())
        why = json.loads(self.service.command("--json", "people", "explain", self.seen()[0]["id"]))
        self.assertEqual(why["decided_by"], "link")
        self.assertAlmostEqual(why["distance"], self.seen()[0]["distance"])
        self.assertLess(why["distance"], why["thresholds"]["confirmed"])
        self.assertGreaterEqual(why["margin"], why["thresholds"]["margin"])
        self.assertGreaterEqual(sum(vote["quality"] for vote in why["votes"] if vote["counts"]),
                                why["thresholds"]["least_votes"] * sum(vote["quality"] for vote in why["votes"]))
        self.assertEqual(why["runner_up"]["person"], self.service.get("/v1/people/Joe%20Biden")["id"])
        self.assertAlmostEqual(why["runner_up"]["distance"] - why["distance"], why["margin"])
        self.assertTrue(why["crops"] and all(crop.startswith("/v1/results/res_") for crop in why["crops"]), why["crops"])
        self.assertEqual({photo["file_name"] for photo in why["exemplars"]}, {"obama.jpg", "obama2.jpg"})
        self.service.command("people", "reject", "Barack Obama", self.seen()[0]["id"])
        wait_for("nobody", lambda: self.seen() == [])
        wait_for("the rows without the name", lambda: "Barack Obama" not in self.published())
        self.undo_last()
        actions = [row["action"] for row in self.service.get("/v1/audit?limit=50")["rows"]]
        self.assertEqual((actions.count("person.reject"), actions.count("person.undo")), (1, 1), actions)
        wait_for("the name", lambda: self.named() == [("Barack Obama", "system_confirmed")])
        self.service.command("people", "move", "Barack Obama", "Joe Biden", self.seen()[0]["id"])
        wait_for("the other", lambda: self.named() == [("Joe Biden", "user_confirmed")])
        wait_for("the rows with the other", lambda: "Joe Biden" in self.published())
        self.service.stop()
        self.service.start()
        self.undo_last()
        wait_for("the first", lambda: self.named() == [("Barack Obama", "system_confirmed")])

    def why(self, row: dict) -> dict:
        """The explanation, from which alone the decision is what is shown."""
        why = self.service.get(f"/v1/appearances/{row['id']}/explain")
        self.assertEqual(decision(why), row["state"], why)
        self.assertEqual(why["appearance"], row)
        return why

    def test_an_explanation_comes_to_what_is_shown_whoever_decided(self):
        self.assertEqual(self.why(self.seen()[0])["decided_by"], "link")
        self.service.command("people", "enrol", "Twin", SAMPLES / "obama.jpg", SAMPLES / "obama2.jpg")
        wait_for("a proposal", lambda: [row["state"] for row in self.seen()] == ["unconfirmed"])
        why = self.why(self.seen()[0])
        self.assertLess(why["margin"], why["thresholds"]["margin"])
        self.assertLess(why["distance"], why["thresholds"]["confirmed"], "the margin alone is missed")
        self.assertTrue(0 < why["exemplars"][-1]["probability"] <= why["exemplars"][0]["probability"] <= 1, why["exemplars"])
        self.service.command("people", "confirm", "Joe Biden", self.seen()[0]["id"])
        wait_for("a verdict", lambda: self.named() == [("Joe Biden", "user_confirmed")])
        self.assertEqual(self.why(self.seen()[0])["decided_by"], "verdict")
        again = self.folder / "again.mp4"
        ffmpeg("-loop", "1", "-t", "2", "-i", SAMPLES / "obama.jpg", "-f", "lavfi", "-t", "8", "-i", "color=gray:s=640x640:r=25",
               "-loop", "1", "-t", "2", "-i", SAMPLES / "obama.jpg",
               "-filter_complex", f"[0]{FIT}[a];[1]setsar=1[b];[2]{FIT}[c];[a][b][c]concat=n=3", "-pix_fmt", "yuv420p", again)
        self.service.drop("again.mp4", again)
        item = self.service.wait_until_terminal("again.mp4")["again.mp4"]["id"]
        shown = lambda: [row for row in self.seen() if row["item"] == item]
        self.assertEqual(len(shown()), 2)
        self.service.command("people", "confirm", "Joe Biden", shown()[0]["id"])
        wait_for("both", lambda: [row["person_name"] for row in shown()] == ["Joe Biden", "Joe Biden"])
        self.assertEqual([self.why(row)["decided_by"] for row in shown()], ["verdict", "link_verdict"])

    def test_the_faces_of_photos_are_seen_by_who_may_and_are_gone_with_the_person(self):
        folder = self.folder / "faces"
        person = json.loads(self.service.command("--json", "people", "show", "Barack Obama", "--folder", folder))
        ids = {photo["id"] for photo in person["photos"]}
        self.assertEqual({path.name for path in folder.iterdir()}, {f"{id}.jpg" for id in ids})
        self.assertEqual({path.read_bytes()[:3] for path in folder.iterdir()}, {JPEG})
        self.assertEqual({path.stat().st_mode & 0o777 for path in folder.iterdir()}, {0o600})
        why = self.why(self.seen()[0])
        self.assertEqual({photo["crop"] for photo in why["exemplars"]}, {photo["crop"] for photo in person["photos"]})
        explained = self.folder / "explained"
        printed = self.service.command("people", "explain", self.seen()[0]["id"], "--folder", explained)
        files = {path.name for path in explained.iterdir()}
        self.assertEqual(files, {f"{id}.jpg" for id in ids} | {f"{why['appearance']['id']}-{number + 1}.jpg" for number in range(len(why["crops"]))})
        self.assertTrue(all(str(explained / name) in printed for name in files), printed)
        reads = [row for row in self.service.get("/v1/audit?limit=50")["rows"] if row["action"] == "photo.read"]
        self.assertEqual({row["detail"] for row in reads}, ids)
        self.assertEqual({(row["subject"], row["actor"]) for row in reads}, {(person["id"], "command line")})
        key = json.loads(self.service.command("--json", "keys", "add", "looks", "--scope", "people"))["key"]
        crop = person["photos"][0]["crop"]
        self.assertEqual(self.service.request("GET", crop, key=key)[0], 403)
        self.service.command("people", "erase", "Barack Obama")
        self.assertEqual(self.service.request("GET", crop)[0], 404)

    def test_two_who_are_seen_together_are_found(self):
        both = self.folder / "both.mp4"
        ffmpeg("-loop", "1", "-t", "2", "-i", SAMPLES / "obama.jpg", "-loop", "1", "-t", "2", "-i", SAMPLES / "biden.jpg",
               "-filter_complex", f"[0]{FIT}[a];[1]{FIT}[b];[a][b]hstack", "-pix_fmt", "yuv420p", both)
        self.service.drop("both.mp4", both)
        item = self.service.wait_until_terminal("both.mp4")["both.mp4"]["id"]
        seen = lambda *options: [row["item"] for row in json.loads(self.service.command("--json", "people", "seen", *options))["rows"]]
        self.assertEqual(len(seen("Barack Obama")), 2)
        self.assertEqual(seen("Barack Obama", "--with", "Joe Biden"), [item])
        self.assertEqual(seen("Barack Obama", "--with", "Joe Biden", "--until", "2020-01-01T00:00:00Z"), [])
        self.assertEqual(len(seen("Barack Obama", "--bucket", "inbox", "--since", "2020-01-01T00:00:00Z")), 2)
        self.assertEqual(seen("Barack Obama", "--since", "2100-01-01T00:00:00Z"), [])
        other = self.folder / "other"
        other.mkdir()
        self.service.command("buckets", "add", other, "--name", "other", "--processor", "checksum")
        self.assertEqual(seen("Barack Obama", "--bucket", "other"), [])
        self.assertEqual(seen("Barack Obama", "--unconfirmed"), [])
        self.assertIn(item, self.service.command("people", "seen", "Joe Biden", "--with", "Barack Obama"))
        self.assertIn("seen nowhere", self.service.command("people", "seen", "Barack Obama", "--unconfirmed"))
        self.service.command("people", "seen", "Barack Obama", "--with", "Nobody", code=1)
        self.assertIn("Nobody", self.service.errors)
        self.assertIn("--with", self.service.command("people", "seen", "--help"))

    def test_two_faces_of_one_listing_are_confirmed_one_after_the_other(self):
        clip = self.folder / "both.mp4"
        ffmpeg("-loop", "1", "-t", "2", "-i", SAMPLES / "obama.jpg", "-loop", "1", "-t", "2", "-i", SAMPLES / "biden.jpg",
               "-filter_complex", f"[0]{FIT}[a];[1]{FIT}[b];[a][b]concat", "-pix_fmt", "yuv420p", clip)
        self.service.drop("both.mp4", clip)
        item = self.service.wait_until_terminal("both.mp4")["both.mp4"]["id"]
        shown = lambda: [(row["id"], row["person_name"], row["state"]) for row in self.seen() if row["item"] == item]
        first, second = (row[0] for row in shown())
        names = ("Barack Obama", "Joe Biden")
        self.assertEqual(shown(), [(first, names[0], "system_confirmed"), (second, names[1], "system_confirmed")])
        self.service.command("people", "confirm", names[0], first)
        wait_for("the first", lambda: shown() == [(first, names[0], "user_confirmed"), (second, names[1], "system_confirmed")])
        self.service.command("people", "confirm", names[1], second)
        wait_for("both", lambda: shown() == [(first, names[0], "user_confirmed"), (second, names[1], "user_confirmed")])
        self.service.command("people", "move", names[0], names[1], first)
        wait_for("one where two of a person meet", lambda: shown() == [(second, names[1], "user_confirmed")])
        self.service.command("people", "confirm", names[1], first, code=1)
        self.assertIn(f"there is no appearance {first}", self.service.errors)

    def test_a_merge_is_undone_whatever_came_after_it(self):
        before = json.dumps([{**row, "etag": ""} for row in self.service.get("/v1/people")["rows"]])
        self.service.command("people", "merge", "Joe Biden", "Barack Obama")
        merge = self.service.get("/v1/edits?limit=1")["rows"][0]["id"]
        wait_for("one person", lambda: [name for name, _ in self.named()] == ["Joe Biden"])
        self.service.command("people", "merge", "Joe Biden", "Barack Obama", code=1)
        self.assertIn("one person already", self.service.errors)
        self.service.command("people", "rename", "Joe Biden", "Barack Obama")
        wait_for("the name", lambda: [name for name, _ in self.named()] == ["Barack Obama"])
        self.service.command("people", "undo", merge)
        wait_for("the first", lambda: self.named() == [("Barack Obama", "system_confirmed")])
        after = json.dumps([{**row, "etag": ""} for row in self.service.get("/v1/people")["rows"]])
        self.assertEqual(after, before, "the rename is to a name that is somebody else's again")
        rename = self.service.get("/v1/edits?limit=3")["rows"][1]
        self.assertEqual((rename["kind"], rename["outcome"], rename["note"]), ("rename", "no_op", "the name is another person's"))
        self.service.command("people", "undo", merge, code=1)
        self.assertIn("is undone already", self.service.errors)

    def test_two_who_edit_at_once_hear_of_each_other(self):
        person = self.service.get("/v1/people/Joe%20Biden")
        edit = {"kind": "rename", "person": "Joe Biden", "name": "Joseph"}
        status, _ = self.service.request("POST", "/v1/edits", edit, headers={"If-Match": person["etag"]})
        self.assertEqual(status, 201)
        edit = {"kind": "hide", "person": person["id"]}
        status, problem = self.service.request("POST", "/v1/edits", edit, headers={"If-Match": person["etag"]})
        self.assertEqual((status, problem["reason"]), (412, "changed_since"))
        self.assertIn("has changed since it was read", problem["detail"])

    def test_who_decides_of_a_person_hears_of_what_was_said_of_their_faces(self):
        tag = self.service.get("/v1/people/Barack%20Obama")["etag"]
        self.service.command("people", "confirm", "Barack Obama", self.seen()[0]["id"])
        self.assertNotEqual(self.service.get("/v1/people/Barack%20Obama")["etag"], tag)
        rename = {"kind": "rename", "person": "Barack Obama", "name": "Barack"}
        self.assertEqual(self.service.request("POST", "/v1/edits", rename, headers={"If-Match": tag})[0], 412)

    def test_who_gets_another_name_by_the_undo_of_an_edit_of_others_has_another_etag(self):
        biden = self.service.get("/v1/people/Joe%20Biden")["id"]
        self.service.command("people", "rename", "Barack Obama", "Barack")
        first = self.service.get("/v1/edits?limit=1")["rows"][0]["id"]
        self.service.command("people", "rename", "Joe Biden", "Barack Obama")
        tag = self.service.get(f"/v1/people/{biden}")["etag"]
        self.service.command("people", "undo", first)
        self.assertEqual(self.service.get(f"/v1/people/{biden}")["name"], "Joe Biden")
        self.assertNotEqual(self.service.get(f"/v1/people/{biden}")["etag"], tag)

    def test_two_who_are_seen_at_the_same_time_are_one_only_when_somebody_insists(self):
        clip = self.folder / "beside.mp4"
        fit = "scale=640:640:force_original_aspect_ratio=decrease,pad=640:640:-1:-1,setsar=1,fps=25"
        ffmpeg("-loop", "1", "-t", "2", "-i", SAMPLES / "obama.jpg", "-loop", "1", "-t", "2", "-i", SAMPLES / "biden.jpg",
               "-filter_complex", f"[0]{fit}[a];[1]{fit}[b];[a][b]hstack", "-pix_fmt", "yuv420p", clip)
        self.service.drop("beside.mp4", clip)
        self.service.wait_until_terminal("beside.mp4")
        self.assertEqual(len(self.service.get("/v1/appearances?person=Joe%20Biden&with=Barack%20Obama")["rows"]), 1)
        self.service.command("people", "merge", "Joe Biden", "Barack Obama", code=1)
        self.assertIn("are seen at the same time", self.service.errors)
        self.assertEqual({name for name, _ in self.named()}, {"Joe Biden", "Barack Obama"})
        self.service.command("people", "merge", "Joe Biden", "Barack Obama", "--anyway")
        wait_for("one person", lambda: {name for name, _ in self.named()} == {"Joe Biden"})

    def test_an_edit_says_what_it_needs(self):
        for edit, sentence in [
            ({"kind": "confirm", "person": "Joe Biden"}, "needs appearances or tracks"),
            ({"kind": "rename", "person": "Joe Biden"}, "needs name"),
            ({"kind": "rename", "person": "Joe Biden", "name": " "}, "1 to 200 characters"),
            ({"kind": "merge", "person": "Joe Biden"}, "needs other"),
            ({"kind": "merge", "person": "Joe Biden", "other": "Joe Biden"}, "one person already"),
            ({"kind": "hide", "person": "Nobody"}, "there is no person 'Nobody'"),
            ({"kind": "confirm", "person": "Joe Biden", "tracks": ["trk_none"]}, "there is no track trk_none"),
            ({"kind": "split", "person": "Joe Biden", "photos": ["pho_none"]}, "has no photo pho_none"),
            ({"kind": "erase", "person": "Joe Biden"}, "not made in this way"),
        ]:
            with self.subTest(edit=edit):
                status, problem = self.service.request("POST", "/v1/edits", edit)
                self.assertIn(status, (404, 409, 422, 400), problem)
                self.assertIn(sentence, problem["detail"])

    def artifacts(self) -> set:
        item = self.service.get("/v1/items?limit=1")["rows"][0]["id"]
        result = self.service.get(f"/v1/items/{item}")["processes"][0]["result"]
        return {artifact["name"] for artifact in self.service.get(f"/v1/results/{result}")["artifacts"]}

    def erasures(self) -> list:
        return json.loads(self.service.command("--json", "people", "erasures"))["rows"]

    def test_an_erased_person_is_in_no_file(self):
        backup = self.folder / "backup"
        self.service.command("backup", backup)
        self.assertEqual(self.artifacts(), {"embeddings", "track-1.jpg"})
        self.service.command("people", "erase", "Barack Obama")
        for name, photo in (("Barack Obama", "obama3.jpg"), ("Somebody", "obama.jpg")):
            self.service.command("people", "enrol", name, SAMPLES / photo, code=1)
            self.assertIn("was erased and is not to be enrolled", self.service.errors)
        wait_for("nobody", lambda: self.seen() == [])
        wait_for("the rows without the name", lambda: "Barack Obama" not in self.published())
        edits = self.service.get("/v1/edits?limit=50")["rows"]
        self.assertNotIn("Barack", json.dumps(edits))
        self.assertIn("erased", {edit["outcome"] for edit in edits})
        wait_for("the receipt", lambda: self.erasures()[0]["receipt"])
        erasure = self.erasures()[0]
        self.assertEqual((erasure["photos"], erasure["faces"], erasure["items"]), (2, 1, 1))
        signature, public_key = (base64.b64decode(erasure["receipt"][name]) for name in ("signature", "public_key"))
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, erasure["receipt"]["text"].encode())
        with self.assertRaises(InvalidSignature):
            key.verify(signature, erasure["receipt"]["text"].replace('"faces":1', '"faces":2').encode())
        self.assertEqual(json.loads(erasure["receipt"]["text"])["people"], erasure["people"])
        self.assertEqual(self.artifacts(), {"embeddings"})
        self.service.stop()
        for path in self.service.data.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"Barack Obama", path.read_bytes(), path)
        self.bring_back(backup)
        self.assertEqual([person["name"] for person in self.service.get("/v1/people")["rows"]], ["Joe Biden"])
        wait_for("nobody", lambda: self.seen() == [])
        self.assertIn(erasure["id"], [row["id"] for row in self.erasures()])

    def bring_back(self, backup) -> None:
        """The state as it was, beside what tells whom to erase again."""
        log = (self.service.data / "erasures.json").read_bytes()
        shutil.rmtree(self.service.data)
        self.service.data.mkdir()
        (self.service.data / "erasures.json").write_bytes(log)
        self.service.command("restore", backup)
        self.service.start()


class UnknownPeople(ServiceTest):
    """Nobody is enrolled: who comes again and again is found, asked about, named, and looked for."""

    def setUp(self):
        super().setUp()
        self.service.start()
        self.service.watch_inbox("facial-recognition")
        for photo in ("obama.jpg", "obama2.jpg", "obama3.jpg"):
            self.service.drop(photo, SAMPLES / photo)
            self.service.wait_until_terminal(photo)

    def seen(self) -> list:
        return self.service.get("/v1/appearances?limit=50")["rows"]

    def test_who_comes_again_and_again_is_found_and_named_in_all_items_at_once(self):
        wait_for("somebody unknown", lambda: len(self.seen()) == 3)
        self.assertEqual({(row["person_name"], row["state"]) for row in self.seen()}, {("", "new")})
        self.assertEqual(len({row["person"] for row in self.seen()}), 1)
        why = [self.service.get(f"/v1/appearances/{row['id']}/explain") for row in self.seen()]
        self.assertEqual([(told["decided_by"], decision(told)) for told in why], [("found", "new")] * 3)
        self.service.stop()
        self.service.start()
        question = self.service.get("/v1/review")["rows"][0]
        self.assertEqual((question["name"], question["faces"], question["gain_bits"]), ("", 3, 3))
        answers = "x\nBarack Obama\n"
        printed = self.service.command("people", "review", "--folder", str(self.folder / "crops"), stdin=answers)
        self.assertIn("1 of 1: who is this?", printed)
        self.assertIn("answer with a name", printed)
        self.assertIn("1 question answered", printed)
        crops = sorted((self.folder / "crops").iterdir())
        self.assertEqual(len(crops), 3)
        self.assertEqual({crop.read_bytes()[:3] for crop in crops}, {b"\xff\xd8\xff"})
        wait_for("the name", lambda: {row["person_name"] for row in self.seen()} == {"Barack Obama"})
        last = self.service.get("/v1/edits?limit=1")["rows"][0]
        self.assertEqual(last["kind"], "rename")
        self.service.command("people", "undo", last["id"])
        wait_for("no name", lambda: {row["person_name"] for row in self.seen()} == {""})

    def audited(self, action: str) -> list:
        return [(row["subject"], row["detail"]) for row in self.service.get("/v1/audit?limit=50")["rows"] if row["action"] == action]

    def test_a_picture_is_looked_for_and_the_search_is_noted(self):
        wait_for("somebody unknown", lambda: len(self.seen()) == 3)
        people = self.folder / "people"
        for name, photo in (("Joe Biden", "biden.jpg"), ("Barack Obama", "obama.jpg")):
            (people / name).mkdir(parents=True)
            (people / name / photo).write_bytes((SAMPLES / photo).read_bytes())
        printed = self.service.command("people", "import", str(people))
        self.assertIn("2 of 2 people enrolled, with 2 new photos", printed)
        unpacked = self.folder / "tmp"
        unpacked.mkdir()
        archive = shutil.make_archive(str(self.folder / "people"), "zip", self.folder, people.name)
        self.assertIn("2 of 2 people enrolled, with 0 new photos", self.service.command("people", "import", archive, TMPDIR=str(unpacked)))
        empty = self.folder / "empty.zip"
        with zipfile.ZipFile(empty, "w") as file:
            file.writestr("../../evil/../photo.jpg", b"x")
            file.writestr("Ada/notes.txt", b"x")
        many = self.folder / "many.zip"
        with zipfile.ZipFile(many, "w") as file:
            for number in range(10_001):
                file.writestr(f"Ada/{number}.jpg", b"")
        for path, sentence in ((empty, "there is no photo in a folder"), (SAMPLES / "obama.jpg", "cannot be unpacked"),
                               (many, "has more than 10000 photos: import some people at a time")):
            self.service.command("people", "import", str(path), code=1, TMPDIR=str(unpacked))
            self.assertIn(sentence, self.service.errors)
        self.assertEqual(list(unpacked.iterdir()), [])
        printed = self.service.command("people", "search", str(SAMPLES / "obama2.jpg"))
        self.assertRegex(printed, r"face 1: Barack Obama \((confirmed|possible), \d+ %\)")
        self.assertEqual(printed.count("seen in itm_"), 3)
        wait_for("the name", lambda: {row["person_name"] for row in self.seen()} == {"Barack Obama"})
        grey = self.folder / "grey.png"
        ffmpeg("-f", "lavfi", "-i", "color=gray:s=320x240", "-frames:v", "1", grey)
        self.assertIn("no face in it", self.service.command("people", "search", str(grey)))
        audit = [row for row in self.service.get("/v1/audit?limit=50")["rows"] if row["action"] == "face.search"]
        self.assertEqual(len(audit), 2)
        text = self.folder / "text.jpg"
        text.write_text("no picture")
        self.service.command("people", "search", str(text), code=1)
        self.assertIn("no media of a known format", self.service.errors)
        self.assertEqual(self.audited("face.search")[0], ("faces", "no answer: unsupported"))
        self.service.command("people", "enrol", "Somebody", text, grey, code=1)
        self.assertEqual(self.audited("person.enrol")[0], ("nobody", "0 of 2 photos accepted; refused: 1 no_face, 1 not_a_photo"))
        self.assertNotIn("Somebody", json.dumps(self.service.get("/v1/audit?limit=50")))
        (people / "Joe Biden" / "grey.png").write_bytes(grey.read_bytes())
        printed = self.service.command("people", "import", str(people), code=1)
        self.assertIn("Joe Biden/grey.png: there is no face in grey.png", printed)
        self.assertIn("2 of 2 people enrolled, with 0 new photos", printed)
        self.assertIn("1 photo was refused", self.service.errors)
        rows = json.loads(self.service.command("--json", "people", "import", str(people), code=1))["rows"]
        self.assertEqual([[verdict["code"] for verdict in row["verdicts"]] for row in rows], [["same_photo"], ["same_photo", "no_face"]])
        self.service.command("people", "import", str(self.folder / "none"), code=1)
        self.assertIn("cannot be read", self.service.errors)


class Review(ServiceTest):
    """What is asked about faces, and what each answer comes to."""

    def setUp(self):
        super().setUp()
        self.service.start()
        self.service.watch_inbox("facial-recognition")

    def unknown(self, *more: str) -> None:
        """Somebody who comes again and again and has no name."""
        for photo in ("obama.jpg", "obama2.jpg", "obama3.jpg"):
            self.service.drop(photo, SAMPLES / photo)
        for number, photo in enumerate(more):
            turned = self.folder / f"more-{number}.png"
            ffmpeg("-i", SAMPLES / photo, "-vf", f"crop=iw-{number + 2}:ih-{number + 2}", turned)
            self.service.drop(turned.name, turned)
        wait_for("somebody unknown", lambda: len(self.seen()) == 3 + len(more))

    def proposal(self) -> None:
        """A photo that shows him, whose name is then made a proposal."""
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg")
        self.service.command("people", "enrol", "Joe Biden", SAMPLES / "biden.jpg")
        self.service.drop("obama2.jpg", SAMPLES / "obama2.jpg")
        self.service.wait_until_terminal("obama2.jpg")
        self.propose()

    def propose(self) -> None:
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db", timeout=60)) as database, database:
            database.execute("UPDATE appearance SET certainty = 'possible', by_user = 0, probability = 0.5")
        self.assertEqual(self.named(), [("Barack Obama", "unconfirmed")])

    def seen(self) -> list:
        return self.service.get("/v1/appearances?limit=50")["rows"]

    def named(self) -> list:
        return [(row["person_name"], row["state"]) for row in self.seen()]

    def review(self, answers: str) -> str:
        return self.service.command("people", "review", stdin=answers)

    def last(self) -> dict:
        return self.service.get("/v1/edits?limit=1")["rows"][0]

    def test_nobody_known_is_said_of_all_faces_and_undone_at_once(self):
        self.unknown("obama.jpg", "obama2.jpg", "obama3.jpg")
        question = self.service.get("/v1/review")["rows"][0]
        self.assertEqual(question["faces"], 6)
        stale = {"kind": "unknown", "person": question["person"]}
        self.assertEqual(self.service.request("POST", "/v1/edits", stale, headers={"If-Match": '"of before"'})[0], 412)
        printed = self.review("u\n")
        self.assertIn("an answer settles 6 faces", printed)
        self.assertIn("1 question answered", printed)
        edit = self.last()
        self.assertEqual((edit["kind"], len(edit["tracks"])), ("unknown", 6))
        wait_for("nobody", lambda: self.seen() == [])
        self.assertIn("nothing is open", self.review(""))
        self.service.command("people", "undo", edit["id"])
        wait_for("all of them", lambda: [state for _, state in self.named()] == ["new"] * 6)
        self.assertEqual(self.service.get("/v1/review")["rows"][0]["faces"], 6)

    def test_who_was_seen_beside_somebody_is_not_taken_for_them_unasked(self):
        self.service.command("people", "enrol", "Joe Biden", SAMPLES / "biden.jpg")
        beside = self.folder / "beside.png"
        ffmpeg("-i", SAMPLES / "obama.jpg", "-i", SAMPLES / "biden.jpg", "-filter_complex", f"[0]{FIT}[a];[1]{FIT}[b];[a][b]hstack",
               "-frames:v", "1", beside)
        for name, photo in (("beside.png", beside), *((photo, SAMPLES / photo) for photo in ("obama.jpg", "obama2.jpg", "obama3.jpg"))):
            self.service.drop(name, photo)
        question = wait_for("somebody unknown", lambda: [row for row in self.service.get("/v1/review")["rows"] if row["faces"] == 4])[0]
        printed = self.review("Joe Biden\nq\n")
        self.assertIn("are seen at the same time", printed)
        self.assertIn(f'people merge "Joe Biden" {question["person"]} --anyway', printed)
        self.assertIn("0 questions answered", printed)

    def test_somebody_known_is_named_and_the_two_are_one(self):
        self.unknown()
        self.service.command("people", "enrol", "Joe Biden", SAMPLES / "biden.jpg")
        self.assertIn("1 question answered", self.review("Joe Biden\n"))
        self.assertEqual(self.last()["kind"], "merge")
        wait_for("the name", lambda: {name for name, _ in self.named()} == {"Joe Biden"})

    def test_a_skipped_question_stays_away_also_after_a_restart(self):
        self.unknown()
        printed = self.review("s\n")
        self.assertIn("skipped until 20", printed)
        self.assertIn("0 questions answered", printed)
        self.service.stop()
        self.service.start()
        printed = self.review("u\n")
        self.assertIn("0 questions answered", printed)
        self.assertIn("open when it began: 0 proposals, 1 person without a name; skipped by you before: 1 question", printed)
        self.assertEqual(len(self.seen()), 3)

    def test_a_proposal_is_confirmed_rejected_and_of_nobody(self):
        self.proposal()
        self.assertIn("is this Barack Obama?", self.review("y\n"))
        wait_for("the name", lambda: self.named() == [("Barack Obama", "user_confirmed")])
        self.service.command("people", "undo", self.last()["id"])
        for answer, kind in (("n", "reject"), ("u", "unknown")):
            with self.subTest(answer=answer):
                wait_for("the name", lambda: self.named() == [("Barack Obama", "system_confirmed")])
                self.propose()
                self.assertIn("1 question answered", self.review(f"{answer}\n"))
                self.assertEqual(self.last()["kind"], kind)
                wait_for("nobody", lambda: self.seen() == [])
                self.service.command("people", "undo", self.last()["id"])

    def test_a_proposal_is_of_somebody_else_known_or_new(self):
        self.proposal()
        self.assertIn("1 question answered", self.review("Joe Biden\n"))
        self.assertEqual(self.last()["kind"], "confirm")
        wait_for("the other", lambda: self.named() == [("Joe Biden", "user_confirmed")])
        self.service.command("people", "undo", self.last()["id"])
        wait_for("the first", lambda: self.named() == [("Barack Obama", "system_confirmed")])
        self.propose()
        self.assertIn("1 question answered", self.review("Somebody New\n"))
        self.assertEqual(self.last()["kind"], "split")
        wait_for("the new one", lambda: self.named() == [("Somebody New", "user_confirmed")])

    def test_what_is_gone_meanwhile_is_left_out(self):
        self.unknown()
        question = self.service.get("/v1/review")["rows"][0]
        finding = [row for row in self.service.get("/v1/edits?limit=50")["rows"] if row["kind"] == "found"][0]["id"]
        command = subprocess.Popen([PROGRAMS / "notifications-api", "people", "review"], cwd=self.service.folder,
                                   env=self.service.environment(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertIn("who is this?", command.stdout.readline())
        self.service.command("people", "undo", finding)
        printed, _ = command.communicate("u\n", timeout=60)
        self.assertEqual(command.returncode, 0)
        self.assertIn("the question is out of date and left out", printed)
        self.assertIn("0 questions answered", printed)
        status, problem = self.service.request("POST", f"/v1/review/{question['id']}/skip")
        self.assertEqual((status, problem["detail"]), (404, f"no question {question['id']} is open"))


class Galleries(ServiceTest):
    PASSPHRASE = "correct horse battery"

    def setUp(self):
        super().setUp()
        self.service.start()
        self.service.command("people", "enrol", "Barack Obama", SAMPLES / "obama.jpg", SAMPLES / "obama2.jpg")
        self.service.command("people", "consent", "Barack Obama", "form 17")
        self.phrase = self.folder / "phrase"
        self.phrase.write_text(self.PASSPHRASE + "\n")
        self.gallery = self.folder / "people.gallery"

    def people(self) -> list:
        return [(person["name"], person["consent"], len(person["photos"])) for person in self.service.get("/v1/people")["rows"]]

    def elsewhere(self) -> None:
        """The same service with nobody in it: another key, another database."""
        self.service.stop()
        shutil.rmtree(self.service.data)
        self.service.start()

    def move(self, *options: str, code: int = 0) -> list:
        answer = self.service.command("--json", "people", "import", self.gallery, "--passphrase-file", self.phrase, *options, code=code)
        return [(row["name"], row["outcome"], row["photos"]) for row in json.loads(answer)["rows"]] if code == 0 else []

    def test_people_move_and_are_recognised_there(self):
        self.service.command("people", "export", self.gallery, "--passphrase-file", self.phrase)
        self.assertEqual(self.gallery.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(b"Obama", self.gallery.read_bytes())
        self.service.command("people", "export", self.gallery, "--passphrase-file", self.phrase, code=1)
        self.assertIn("is there already", self.service.errors)
        self.elsewhere()
        self.service.watch_inbox("facial-recognition")
        clip = self.folder / "made.mp4"
        ffmpeg("-loop", "1", "-i", SAMPLES / "obama3.jpg", "-t", "2", "-r", "25", "-vf", "scale=640:-2", "-pix_fmt", "yuv420p", clip)
        self.service.drop("clip.mp4", clip)
        self.service.wait_until_terminal("clip.mp4")
        self.assertEqual(self.move(), [("Barack Obama", "enrolled", 2)])
        self.assertEqual(self.people(), [("Barack Obama", "form 17", 2)])
        wait_for("the name", lambda: [row["person_name"] for row in self.service.get("/v1/appearances")["rows"]] == ["Barack Obama"])
        self.assertEqual(self.move(), [("Barack Obama", "unchanged", 0)])
        told = self.service.command("people", "what-if", "--confirm", "0", "--propose", "0.36")
        self.assertIn("confirmed -> proposed: 1 track\n", told)
        self.assertIn("1 track in 1 item looked at", told)
        self.assertNotIn("left out", told)
        edit = [row for row in self.service.get("/v1/edits")["rows"] if row["kind"] == "enrol"][0]["id"]
        self.service.command("people", "undo", edit)
        self.assertEqual(self.people(), [])
        wait_for("nobody", lambda: self.service.get("/v1/appearances")["rows"] == [])
        actions = [row["action"] for row in self.service.get("/v1/audit?limit=50")["rows"]]
        self.assertEqual(actions.count("people.import"), 2, actions)
        with contextlib.closing(sqlite3.connect(self.service.data / "notifications.db", timeout=60)) as database, database:
            database.execute("""UPDATE result SET document = '{"schema":"face_tracks/1","tracks":[{}]}'""")
        told = self.service.command("people", "what-if", "--confirm", "0")
        self.assertIn("1 item left out: the faces cannot be read\n0 tracks in 0 items looked at", told)

    def test_a_file_that_is_not_as_it_was_changes_nothing(self):
        self.service.command("people", "export", self.gallery, "--passphrase-file", self.phrase, "--person", "Barack Obama")
        whole = self.gallery.read_bytes()
        self.elsewhere()
        for name, content, sentence in (
            ("cut short", whole[:-1], "the gallery is cut short"),
            ("changed", whole[:-1] + bytes([whole[-1] ^ 1]), "the gallery was changed since it was written"),
            ("of another format", whole[:26] + b"\2" + whole[27:], "is of format 2"),
            ("no gallery", b"people", "people.gallery cannot be unpacked: Unrecognized archive format"),
            ("empty", b"", "there is no photo in a folder in"),
            ("too large", whole + bytes(64 << 20), "people.gallery is larger than 67108864 bytes"),
        ):
            with self.subTest(name):
                self.gallery.write_bytes(content)
                self.move(code=1)
                self.assertIn(sentence, self.service.errors)
                self.assertEqual(len(self.service.errors.strip().splitlines()), 1, self.service.errors)
        self.gallery.write_bytes(whole)
        self.phrase.write_text("another horse battery\n")
        self.move(code=1)
        self.assertIn("the passphrase is not the one", self.service.errors)
        self.assertEqual(self.people(), [])
