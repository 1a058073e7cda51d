"""Verifies webhooks with the package standardwebhooks: JSON lines {secret, headers, body} on stdin, one word each out."""
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    message = json.loads(line)
    try:
        Webhook(message["secret"]).verify(message["body"].encode(), message["headers"])
        print("accepted")
    except (WebhookVerificationError, ValueError):
        print("rejected")
