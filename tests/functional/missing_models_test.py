"""Missing model files hold up the processors that need them, and nothing else."""
from service import SAMPLES, ServiceTest, wait_for


class MissingModels(ServiceTest):
    def processes(self, key: str) -> dict:
        """The processes of an item by processor; empty while there is no item."""
        return {p["processor"]: p for p in self.service.item(key)["processes"]} if key in self.service.items() else {}

    def test_what_needs_no_models_is_done_and_what_does_says_what_it_waits_for(self):
        self.service.start(MODEL_FOLDER="/nonexistent")
        self.service.watch_inbox("checksum", "--processor", "facial-recognition", "--biometric-basis", "test pictures")
        self.service.drop("a.jpg", SAMPLES / "biden.jpg")
        found = wait_for("the checksum", lambda: (p := self.processes("a.jpg")) and p["checksum"]["status"] == "Completed" and p)
        waits = wait_for("the faces to wait", lambda: (p := self.processes("a.jpg")["facial-recognition"])["failure"] and p)
        self.assertEqual((waits["status"], waits["attempt"], waits["crashes"]), ("Pending", 0, 0), found)
        self.assertIn("load the face models", waits["failure"]["message"])
        item = self.service.item("a.jpg")
        self.assertEqual((item["status"], item["blocked_by"]), ("Pending", "processor"))
        self.assertIn("load the face models", self.service.command("items", "why", item["id"]))
        self.service.stop()
        self.service.start()
        ended = self.service.wait_until_terminal("a.jpg")["a.jpg"]
        self.assertEqual(ended["status"], "Completed", ended)
        self.assertEqual({p["attempt"] for p in ended["processes"]}, {0})
