"""Object stores for tests of the built service: programs of tests/fakes, told what to hold and what to do wrong."""
import base64
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

FAKES = pathlib.Path(__file__).resolve().parent.parent / "fakes"


class FakeStore:
    PROGRAM = ""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, FAKES / self.PROGRAM, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def control(self, **asked) -> dict:
        request = urllib.request.Request(self.url + "/_control", json.dumps(asked).encode() if asked else None)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def put(self, **objects: bytes) -> None:
        self.put_all(objects)

    def put_all(self, objects: dict) -> None:
        """Objects by "BUCKET/KEY"."""
        self.control(put={name: base64.b64encode(data).decode() for name, data in objects.items()})

    def read(self, name: str) -> bytes | None:
        found = self.control(show=name).get("base64")
        return None if found is None else base64.b64decode(found)

    def requests(self, method: str, part: str = "") -> list:
        """Paths of the requests of a method that hold `part`."""
        return [path for each, path, _ in self.control()["log"] if each == method and part in path]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


class FakeS3(FakeStore):
    PROGRAM = "s3.py"


class FakeSwarm(FakeStore):
    PROGRAM = "swarm.py"
    TOKEN = "0123456789abcdef0123456789abcdef"  # lives at the start


class FakeIconik(FakeStore):
    PROGRAM = "iconik.py"
    APP_ID, TOKEN = "app-of-tests", "token-of-tests"


class ElasticMq:
    """A server of Amazon SQS (tests/servers/elasticmq.py) behind a gate that checks signatures."""
    JARS = pathlib.Path(os.environ["NOTIFY_DEPS"]) / "elasticmq" / "lib"
    KEYS = {"AWS_ACCESS_KEY": "AKTEST", "AWS_SECRET_KEY": "SecretForTests", "AWS_REGION": "eu-west-1"}

    def __init__(self) -> None:
        server = FAKES.parent / "servers" / "elasticmq.py"
        self.process = subprocess.Popen([sys.executable, server, self.JARS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def queue(self, name: str) -> str:
        return f"{self.url}/000000000000/{name}"

    def ask(self, operation: str, name: str, **members) -> dict:
        """What the service does not do, unsigned."""
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"AmazonSQS.{operation}"}
        body = json.dumps({"QueueUrl": self.queue(name)} | members).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + "/_unsigned/", body, headers), timeout=60) as answer:
            return json.loads(answer.read() or b"{}")

    def send(self, name: str, bodies: list) -> None:
        for start in range(0, len(bodies), 10):
            entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies[start:start + 10])]
            answer = self.ask("SendMessageBatch", name, Entries=entries)
            assert len(answer.get("Successful", [])) == len(entries), answer

    def left(self, name: str) -> int:
        """Messages in the queue, those that somebody received included."""
        told = self.ask("GetQueueAttributes", name, AttributeNames=["All"])["Attributes"]
        return int(told["ApproximateNumberOfMessages"]) + int(told["ApproximateNumberOfMessagesNotVisible"])

    def requests(self) -> dict:
        """How many signed requests there were, by operation."""
        return self.control()["requests"]

    def behind_the_gate(self) -> str:
        """The server itself, which checks no signatures."""
        return f"http://127.0.0.1:{self.control()['upstream']}"

    def control(self) -> dict:
        with urllib.request.urlopen(self.url + "/_control", timeout=60) as answer:
            return json.load(answer)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


class S3Proxy:
    """An S3 server of others (tests/servers/s3proxy.py) that checks signatures, with a bucket "media"."""
    JARS = pathlib.Path(os.environ["NOTIFY_DEPS"]) / "s3proxy" / "lib"
    THERE = JARS.exists()

    def __init__(self) -> None:
        server = FAKES.parent / "servers" / "s3proxy.py"
        self.process = subprocess.Popen([sys.executable, server, self.JARS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def client(self):
        import botocore.config
        import botocore.session
        plain = botocore.config.Config(request_checksum_calculation="when_required", response_checksum_validation="when_required")
        return botocore.session.get_session().create_client("s3", region_name="us-east-1", endpoint_url=self.url, aws_access_key_id="AKTEST",
                                                            aws_secret_access_key="SecretForTests", config=plain)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


class Moto:
    """S3 and SQS of one server (tests/servers/moto_server.py), which takes any credentials."""
    THERE = importlib.util.find_spec("moto") is not None

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, FAKES.parent / "servers" / "moto_server.py"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def client(self, service: str):
        import botocore.session
        return botocore.session.get_session().create_client(service, region_name="us-east-1", endpoint_url=self.url, aws_access_key_id="AKTEST",
                                                            aws_secret_access_key="SecretForTests")

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)
