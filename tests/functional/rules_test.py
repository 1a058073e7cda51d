"""Rules as a person uses them: choose a processor for a place, see what it takes, change it, switch it off."""
import re

from service import ServiceTest, ffmpeg, wait_for


class Rules(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.service.start()
        self.service.command("buckets", "add", self.service.inbox, "--name", "inbox", "--settle-seconds", "0")
        self.service.drop("note.txt", content=b"no media")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1", "-pix_fmt", "yuv420p", self.folder / "film.mp4")
        self.service.drop("film.mp4", self.folder / "film.mp4")

    def add(self, *arguments: str) -> str:
        return re.search(r"rul_\w+", self.service.command("rules", "add", "--bucket", "inbox", *arguments))[0]

    def test_a_rule_takes_up_what_was_skipped_before_there_was_one(self):
        before = self.service.wait_until_terminal("note.txt", "film.mp4")
        self.assertEqual({each["reason_code"] for each in before.values()}, {"no_rule"})
        self.assertIn("has no rule", before["film.mp4"]["reason"])
        self.add("--processor", "checksum", "--path", "*.mp4")
        wait_for("the film to be processed", lambda: self.service.item("film.mp4")["status"] == "Completed")
        self.assertEqual(self.service.item("note.txt")["status"], "Skipped")

    def test_a_rule_is_run_on_what_is_there_already_when_that_is_asked_for(self):
        self.add("--processor", "checksum")
        self.service.wait_until_terminal("note.txt", "film.mp4")
        wait_for("the film to be processed", lambda: self.service.item("film.mp4")["status"] == "Completed")
        told = self.service.command("rules", "add", "--bucket", "inbox", "--processor", "checksum", "--path", "*.mp4", "--existing")
        self.assertIn("0 items there already get it now", told, "it had that processor with that configuration")
        told = self.service.command("rules", "add", "--bucket", "inbox", "--processor", "facial-recognition", "--biometric-basis", "a test")
        self.assertIn("it holds for what is discovered from now on", told)
        rule = re.search(r"rules apply (rul_\w+)", told)[1]
        self.assertIn("2 items there already get it now", self.service.command("rules", "apply", rule))
        film = wait_for("the film again", lambda: (i := self.service.item("film.mp4"))["status"] == "Completed" and i)
        self.assertEqual([p["processor"] for p in film["processes"]], ["checksum", "facial-recognition"])
        self.service.command("rules", "add", "--bucket", "inbox", "--processor", "checksum", code=1)
        self.assertIn("chooses checksum for the same already", self.service.errors)
        self.assertRegex(self.service.command("rules", "list"), r"(?m) inbox .* facial-recognition .*a test$")

    def test_media_types_are_judged_by_content(self):
        rule = self.add("--processor", "checksum", "--media-type", "video/*")
        self.service.drop("film.txt", self.folder / "film.mp4")
        wait_for("the film with another name", lambda: self.service.items().get("film.txt", {}).get("status") == "Completed")
        note = wait_for("the note", lambda: (i := self.service.item("note.txt"))["processes"] and i["status"] == "Skipped" and i)
        self.assertEqual(note["reason_code"], "no_rule")
        self.assertIn("its rule takes video/*", note["reason"])
        self.assertEqual(note["processes"][0]["rule"], rule)

    def test_a_rule_is_shown_changed_disabled_and_removed(self):
        rule = self.add("--processor", "FacialRecognition", "--biometric-basis", "a test", "--config", '{"fps": 2}')
        self.assertIn("facial-recognition", self.service.command("rules", "list", "--bucket", "inbox"))
        self.assertIn("config.fps", self.service.command("rules", "show", rule))
        self.service.command("rules", "change", rule, "--config", '{"fps": 99}', code=1)
        self.assertIn("--config /fps: 99 is more than", self.service.errors)
        self.service.command("rules", "change", rule, code=1)
        self.assertIn("say what to change", self.service.errors)
        self.service.command("rules", "change", rule, "--path", "films/**", "--media-type", "video/*")
        self.assertEqual(self.service.get(f"/v1/rules/{rule}")["path_glob"], "films/**")
        self.service.command("rules", "change", rule, "--path", "", "--media-type", "")
        changed = self.service.get(f"/v1/rules/{rule}")
        self.assertEqual((changed["path_glob"], changed["media_types"]), ("", []))
        self.assertIn("(disabled)", self.service.command("rules", "disable", rule))
        self.service.drop("late.txt", content=b"late")
        late = self.service.wait_until_terminal("late.txt")["late.txt"]
        self.assertIn("all rules of bucket 'inbox' are disabled", late["reason"])
        self.assertNotIn("(disabled)", self.service.command("rules", "enable", rule))
        self.service.command("rules", "remove", rule)
        self.service.command("rules", "show", rule, code=1)
        self.assertIn("there is no rule", self.service.errors)
        self.service.command("rules", "add", "--bucket", "inbox", "--processor", "x", code=1)
        self.assertIn("there are: checksum, document-markdown, facial-recognition", self.service.errors)
