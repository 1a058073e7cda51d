#!/usr/bin/env python3
"""A queue that answers what it is told to, for what a real server does not do: wrong digests, refusals in each
spelling, web pages, batches that are answered in part. It prints its port, and ends when its standard input does.

POST /_control (JSON) sets:
  answers [{status, headers, body, hang}]: given one after another, each once; then {} with 200. `body` is text, or JSON;
     `hang`: seconds before it.
GET /_control answers {requests: [[operation, body], …], authorizations: […]}."""
import http.server, json, os, sys, threading, time


class Queue(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock, answers, requests, authorizations = threading.Lock(), [], [], []

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def control(self, body):
        with self.lock:
            if self.command == "POST":
                self.answers[:] = json.loads(body).get("answers", [])
            told = {"requests": self.requests, "authorizations": self.authorizations}
            self.answer(200, json.dumps(told).encode(), {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path == "/_control":
            return self.control(body)
        with self.lock:
            self.requests.append([self.headers.get("X-Amz-Target", "").rpartition(".")[2], body])
            self.authorizations.append(self.headers.get("Authorization", ""))
            answer = self.answers.pop(0) if self.answers else {}
        time.sleep(answer.get("hang", 0))
        content = answer.get("body", {})
        text = content if isinstance(content, str) else json.dumps(content)
        try:
            self.answer(answer.get("status", 200), text.encode(), answer.get("headers", {}))
        except OSError:
            self.close_connection = True

    do_GET = do_POST

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Queue)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.write(1, b"%d\n" % server.server_port)
    while os.read(0, 4096):
        pass


if __name__ == "__main__":
    main()
