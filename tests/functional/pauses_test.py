"""Pauses: what is held back says why, and goes on."""
import datetime
import time

from service import ServiceTest, wait_for


class Pauses(ServiceTest):
    def status(self, key: str) -> tuple:
        item = self.service.item(key)
        return item["status"], item["blocked_by"]

    def test_a_pause_of_everything_holds_items_back_and_says_who_and_why(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        out = self.service.command("pauses", "begin", "everything", "--reason", "the machine room is moved")
        self.assertIn("pauses end pau_", out)
        self.service.drop("film.bin", content=b"film")
        wait_for("the file to be noticed", lambda: "film.bin" in self.service.items())
        time.sleep(2)
        self.assertEqual(self.status("film.bin"), ("Pending", "paused"))
        why = self.service.command("items", "why", self.service.items()["film.bin"]["id"])
        self.assertIn("everything is paused since", why)
        self.assertIn("the machine room is moved", why)
        self.assertIn("the machine room is moved", self.service.command("pauses", "list"))
        self.service.stop()  # it outlives a restart
        self.service.start()
        time.sleep(2)
        self.assertEqual(self.status("film.bin"), ("Pending", "paused"))
        self.service.command("pauses", "end", out.split()[-1])
        self.assertEqual(self.service.wait_until_terminal("film.bin")["film.bin"]["status"], "Completed")
        self.assertEqual(self.service.command("pauses", "list").strip(), "nothing is paused")
        self.assertIn("pause.begin", self.service.command("audit"))

    def test_a_paused_source_is_not_scanned_and_goes_on_by_itself_when_its_time_is_over(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        source = self.service.get("/v1/sources")["rows"][0]["name"]
        self.service.command("pauses", "begin", "source", source, "--reason", "the disk is checked", "--for", "10s")
        time.sleep(1)
        self.service.drop("film.bin", content=b"film")
        time.sleep(2)
        self.assertEqual(self.service.items(), {}, "nothing was scanned")
        status, refused = self.service.request("POST", "/v1/buckets/inbox/scan")
        self.assertEqual((status, "the disk is checked" in refused["detail"]), (409, True), refused)
        self.assertEqual(self.service.wait_until_terminal("film.bin")["film.bin"]["status"], "Completed")

    def test_a_paused_bucket_is_left_alone_and_says_who_why_and_until_when(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        self.service.command("buckets", "pause", "inbox", "--reason", "it is sorted", "--for", "6s")
        self.service.drop("film.bin", content=b"film")
        time.sleep(3)
        self.assertEqual(self.service.items(), {}, "nothing was scanned")
        (row,) = self.service.get("/v1/pauses")["rows"]
        lasts = datetime.datetime.fromisoformat(row["until"]) - datetime.datetime.fromisoformat(row["since"])
        self.assertEqual((row["of"], row["reason"], lasts.total_seconds()), ("bucket", "it is sorted", 6))
        self.assertIn("it is sorted", self.service.command("buckets", "list"))
        self.assertEqual(self.service.wait_until_terminal("film.bin")["film.bin"]["status"], "Completed", "it ended by itself")
        self.service.command("buckets", "pause", "inbox", "--reason", "it is sorted again")
        self.assertIn("goes on", self.service.command("buckets", "resume", "inbox"))
        self.service.command("buckets", "resume", "inbox", code=1)
        self.assertIn("bucket inbox is not paused", self.service.errors)

    def test_how_long_a_pause_lasts_is_counted_by_the_clock_of_the_service(self) -> None:
        self.service.start()
        began = datetime.datetime.now(datetime.timezone.utc)
        self.service.command("pauses", "begin", "everything", "--reason", "a test", "--for", "2h", **self.service.off_by("-1d"))
        until = datetime.datetime.fromisoformat(self.service.get("/v1/pauses")["rows"][0]["until"])
        self.assertLess(abs((until - began).total_seconds() - 7200), 600)

    def test_a_drained_node_says_so_and_takes_nothing(self) -> None:
        self.service.start()
        self.service.watch_inbox()
        node = self.service.get("/v1/nodes")["rows"][0]
        self.service.command("pauses", "begin", "node", node["host"], "--reason", "new memory")
        self.service.drop("film.bin", content=b"film")
        wait_for("the file to be noticed", lambda: "film.bin" in self.service.items())
        time.sleep(2)
        self.assertEqual(self.status("film.bin"), ("Pending", "paused"))
        self.assertIn("no node may take it: the node is paused", self.service.command("items", "why", self.service.items()["film.bin"]["id"]))
        self.assertIn("new memory", self.service.get("/v1/nodes")["rows"][0]["paused"])

    def test_what_cannot_be_paused_is_one_sentence(self) -> None:
        self.service.start()
        for arguments, sentence in ((("node", "nowhere"), "there is no node 'nowhere'"),
                                    (("source", "nowhere"), "there is no source"),
                                    (("source",), "say which source"),
                                    (("bucket", "nowhere"), "there is no bucket"),
                                    (("everything", "here"), "there is none of everything"),
                                    (("everything", "--until", "2001-01-01T00:00:00Z"), "is over already")):
            self.service.command("pauses", "begin", *arguments, "--reason", "a test", code=1)
            self.assertIn(sentence, self.service.errors)
