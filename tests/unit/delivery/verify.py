"""Verifies webhooks with the package standardwebhooks: JSON lines {secret, headers, body in base 64} on stdin, one word each out."""
import base64
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    message = json.loads(line)
    try:
        Webhook(message["secret"]).verify(base64.b64decode(message["body"]), message["headers"])
        print("accepted")
    except (WebhookVerificationError, ValueError):
        print("rejected")
