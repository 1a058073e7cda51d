#!/usr/bin/env python3
"""A small webhook receiver: verifies every delivery with the package standardwebhooks and appends it to a file.

receiver.py PORT_FILE OUT.jsonl SECRET_FILE      the secret is read at each request; a bad signature is answered 401
"""
import http.server
import json
import pathlib
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

port_file, out, secret_file = map(pathlib.Path, sys.argv[1:4])


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802, the base class names it
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            payload = Webhook(secret_file.read_text().strip()).verify(body, headers)
            status = 204
        except (WebhookVerificationError, OSError) as refusal:
            payload, status = {"refused": str(refusal)}, 401
        with out.open("a") as file:
            file.write(json.dumps({"status": status, "id": headers.get("webhook-id"), "payload": payload}) + "\n")
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
port_file.write_text(str(server.server_port))
server.serve_forever()
