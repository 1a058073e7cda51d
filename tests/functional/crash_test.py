"""kill -9 of the child and of the service at each step: every item ends, none twice, nothing is left behind."""
import os
import pathlib
import signal

from service import SAMPLES, ServiceTest, wait_for

STEPS = ("fetched", "claimed", "opened", "job_running", "result_computed", "before_commit", "after_commit", "before_send", "after_2xx")


class Crash(ServiceTest):
    def left_over(self) -> list:
        """Temporary files anywhere in the data folder or the bucket."""
        return [str(p) for root in (self.service.data, self.service.inbox) for p in root.rglob("*") if p.name.endswith(".tmp")]

    def killed_at(self, step: str) -> None:
        """The service kills itself at `step`, is started again, and everything must come out right once."""
        self.service.start(NOTIFICATIONS_FAILPOINT=step)
        self.service.command("webhooks", "add", "http://127.0.0.1:1025/", "--types", "item.*")
        self.service.watch_inbox("checksum")
        for i in range(4):
            self.service.drop(f"{i}.jpg", SAMPLES / "biden.jpg")
        if step in ("before_send", "after_2xx"):
            wait_for("the items", lambda: len(self.service.items()) == 4 if self.service.process.poll() is None else True)
        if step != "after_2xx":  # nobody answers 2xx at port 1025
            wait_for(f"the service to die at {step}", lambda: self.service.process.poll() is not None)
            self.assertEqual(self.service.process.returncode, -signal.SIGKILL)
            self.service.start()
        ended = self.service.wait_until_terminal(*(f"{i}.jpg" for i in range(4)))
        for key, item in ended.items():
            self.assertEqual(item["status"], "Completed", (key, item))
            self.assertEqual(len(item["processes"]), 1)
            self.assertEqual(item["processes"][0]["attempt"], 0, "a lost node burns no attempt")
        completed = [e for e in self.service.get("/v1/events?limit=200")["rows"] if e["type"] == "item.completed"]
        self.assertEqual(len(completed), 4)
        self.assertEqual(len({e["subject"] for e in completed}), 4)
        self.service.stop()
        self.assertEqual(self.left_over(), [])

    def test_the_service_dies_when_a_file_was_fetched(self):
        self.killed_at("fetched")

    def test_the_service_dies_after_the_claim(self):
        self.killed_at("claimed")

    def test_the_service_dies_with_the_item_open(self):
        self.killed_at("opened")

    def test_the_service_dies_while_the_job_runs(self):
        self.killed_at("job_running")

    def test_the_service_dies_with_the_result_in_hand(self):
        self.killed_at("result_computed")

    def test_the_service_dies_before_the_commit(self):
        self.killed_at("before_commit")

    def test_the_service_dies_after_the_commit(self):
        self.killed_at("after_commit")

    def test_the_service_dies_before_a_webhook_is_sent(self):
        self.killed_at("before_send")

    def children(self) -> list:
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rsplit(")", 1)
            except OSError:
                continue
            if "notifications-a" in fields[0] and fields[1].split()[1] == str(self.service.process.pid):
                found.append(int(path.parent.name))
        return found

    def test_a_killed_child_costs_its_item_nothing_but_time(self):
        self.service.start()
        self.service.watch_inbox("facial-recognition")
        self.service.drop("face.jpg", SAMPLES / "obama.jpg")
        for child in wait_for("a child", self.children):
            os.kill(child, signal.SIGKILL)
        item = self.service.wait_until_terminal("face.jpg")["face.jpg"]
        self.assertEqual(item["status"], "Completed", item)

    def test_children_do_not_outlive_a_killed_service(self):
        self.service.start()
        self.service.watch_inbox("checksum")
        self.service.drop("a.jpg", SAMPLES / "biden.jpg")
        self.service.wait_until_terminal("a.jpg")
        children = wait_for("a warm child", self.children)
        self.service.kill()
        wait_for("the children to end", lambda: not any(pathlib.Path(f"/proc/{c}/exe").exists() for c in children), 20)

    def test_sigterm_releases_work_without_burning_an_attempt(self):
        self.service.start(STOP_GRACE_SECONDS="0")
        self.service.watch_inbox("checksum")
        for i in range(40):
            self.service.drop(f"{i}.jpg", SAMPLES / "obama3.jpg")
        wait_for("some items", lambda: len(self.service.items()) > 3)
        self.service.stop()
        self.service.start()
        for item in self.service.wait_until_terminal(*(f"{i}.jpg" for i in range(40))).values():
            self.assertEqual(item["status"], "Completed", item)
            self.assertEqual(item["processes"][0]["attempt"], 0)
