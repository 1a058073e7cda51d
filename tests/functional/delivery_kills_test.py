"""The service is killed again and again while it tells a receiver what happens."""
import collections
import http.server
import json
import random
import threading
import time

from service import ServiceTest, wait_for


class Receiver:
    """Takes webhooks; now and then it answers 503, or takes one and answers nothing."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.took = collections.defaultdict(list)  # by webhook-id: the bodies it took, as they came
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                luck = random.random()
                if luck > 0.02:
                    with outer.lock:
                        outer.took[self.headers["webhook-id"]].append(body)
                if 0.02 < luck < 0.04:  # taken, but the sender never hears of it
                    self.close_connection = True
                    return
                self.send_response(204 if luck > 0.02 else 503)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A sender that is killed resets its connections."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def count(self) -> int:
        with self.lock:
            return len(self.took)


class DeliveryKills(ServiceTest):
    KILLS, FILES = 4, 10  # files between two kills; script/faults: --deliveries KILLS

    def setUp(self) -> None:
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def told(self) -> set:
        return {event for event, in self.service.rows("SELECT id FROM event")}

    def test_no_event_is_lost_and_one_that_comes_twice_is_the_same(self):
        self.service.start()
        self.service.watch_inbox()
        self.service.command("webhooks", "add", self.receiver.url)
        for kill in range(self.KILLS):
            for number in range(self.FILES):
                self.service.drop(f"{kill:03}-{number:02}.bin", content=bytes(random.randrange(1, 5000)))
            wait_for("something more to be told", lambda before=self.receiver.count(): self.receiver.count() > before)
            time.sleep(random.uniform(0, 0.2))
            self.service.kill()
            self.service.start()
        files = self.KILLS * self.FILES
        wait_for("all items to end", lambda: self.service.rows("SELECT count(*) FROM item WHERE status = 'Completed'") == [(files,)], 600)
        # a try that failed comes again by the schedule: that is not waited for, but looked at
        quiet = "SELECT count(*) FROM delivery WHERE status = 'Processing' OR (status = 'Pending' AND attempt = 0)"
        wait_for("every event to be tried", lambda: self.service.rows(quiet) == [(0,)], 600)
        waiting = {event for event, in self.service.rows("SELECT event_id FROM delivery WHERE status = 'Pending'")}
        told = self.told()
        self.assertGreaterEqual(len(told), 4 * files)  # discovered, started, completed, completed
        with self.receiver.lock:
            took = {event: list(bodies) for event, bodies in self.receiver.took.items()}
        self.assertEqual(told - set(took) - waiting, set(), "lost")
        self.assertEqual(set(took) - told, set(), "told, and never happened")
        for event, bodies in took.items():
            self.assertEqual(len(set(bodies)), 1, f"{event} came as two different messages")
        completed = collections.Counter(json.loads(bodies[0])["data"]["key"] for bodies in took.values()
                                        if json.loads(bodies[0])["type"] == "item.completed")
        self.assertEqual([key for key, times in completed.items() if times > 1], [], "one end told under two ids")
        self.service.stop()
