"""From an object that is put into a bucket to its item, by the events that the bucket sends to a queue: moto's S3 and SQS, the built service."""
import hashlib
import json

from service import ServiceTest, wait_for
from stores import Moto

ODD, BIG, LATER = "in/vidéo 1+2 & 50%.mp4", "big.mp4", "in/later.mp4"


class BucketEvents(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        if not Moto.THERE:
            self.skipTest("moto was not fetched by script/bootstrap test")
        self.moto = Moto()
        self.addCleanup(self.moto.close)
        self.store, self.queues = self.moto.client("s3"), self.moto.client("sqs")
        self.queue = self.queues.create_queue(QueueName="media-events")["QueueUrl"]
        self.store.create_bucket(Bucket="media")
        self.send_events(".mp4")

    def send_events(self, suffix: str) -> None:
        arn = self.queues.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        rules = {"Key": {"FilterRules": [{"Name": "suffix", "Value": suffix}]}}
        told = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "Filter": rules}
        self.store.put_bucket_notification_configuration(Bucket="media", NotificationConfiguration={"QueueConfigurations": [told]})

    def put(self, key: str, data: bytes) -> None:
        self.store.put_object(Bucket="media", Key=key, Body=data)

    def put_in_parts(self, key: str, *parts: bytes) -> None:
        upload = {"Bucket": "media", "Key": key}
        upload["UploadId"] = self.store.create_multipart_upload(**upload)["UploadId"]
        sent = [{"PartNumber": number, "ETag": self.store.upload_part(**upload, PartNumber=number, Body=part)["ETag"]}
                for number, part in enumerate(parts, 1)]
        self.store.complete_multipart_upload(**upload, MultipartUpload={"Parts": sent})

    def left(self) -> int:
        told = self.queues.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        return int(told["ApproximateNumberOfMessages"]) + int(told["ApproximateNumberOfMessagesNotVisible"])

    def watch(self) -> None:
        secret = self.folder / "secret"
        secret.write_text("SecretForTests\n")
        keys = ("--access-key", "AKTEST", "--secret-file", secret)
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", self.moto.url, *keys)
        self.service.command("buckets", "add", "media", "--source", "store", "--name", "media", "--processor", "checksum",
                             "--backlog", "process", "--settle-seconds", "0", "--scan-seconds", "604800")
        wait_for("the first scan", lambda: self.service.get("/v1/buckets/media")["last_scan_at"])
        self.keys = keys

    def add_queue(self) -> None:
        self.service.command("sources", "add", "sqs", "--name", "events", "--queue-url", self.queue, "--region", "us-east-1", *self.keys)

    def test_objects_become_items_by_the_events_of_their_bucket(self):
        self.service.start()
        self.watch()
        parts = b"1" * (5 << 20), b"2" * 1000
        self.put(ODD, b"odd")
        self.put_in_parts(BIG, *parts)
        self.put("in/readme.txt", b"of no kind that is told of")
        self.put("gone.mp4", b"gone before it was looked at")
        self.store.delete_object(Bucket="media", Key="gone.mp4")
        self.add_queue()
        self.service.wait_until_terminal(ODD, BIG)
        wait_for("the queue to be empty", lambda: self.left() == 0)
        self.put(LATER, b"later")
        items = self.service.wait_until_terminal(ODD, BIG, LATER)
        for key, data in ((ODD, b"odd"), (BIG, b"".join(parts)), (LATER, b"later")):
            self.assertEqual(items[key]["status"], "Completed", items[key])
            self.assertEqual(items[key]["content_sha256"], hashlib.sha256(data).hexdigest())
            self.assertEqual(len(items[key]["processes"]), 1, "told twice of what came in parts")
        wait_for("the queue to be empty", lambda: self.left() == 0)
        wait_for("the inbox to be empty", lambda: not self.service.get("/v1/news")["rows"])
        self.assertEqual(sorted(self.service.items()), sorted([ODD, BIG, LATER]))
        self.assertIn("no dead messages", self.service.command("dead-messages", "list"))
        for key in (ODD, BIG, LATER):
            result = wait_for(f"the result of {key}", lambda: self.result(key))
            self.assertEqual(result["item"]["status"], "Completed")

    def result(self, key: str) -> dict | None:
        listed = self.store.list_objects_v2(Bucket="media", Prefix=key + ".notifications.json")
        if not listed.get("KeyCount"):
            return None
        return json.load(self.store.get_object(Bucket="media", Key=key + ".notifications.json")["Body"])
