"""Hostile files amid good ones: every good one completes, the service stays the same process, its children stay within their memory.

NOTIFY_FLOOD=500 sets how many there are of each; script/faults takes 500."""
import os
import pathlib
import random
import struct
import sys
import threading
import time
import urllib.request

from service import SAMPLES, ServiceTest, ffmpeg, wait_for, TERMINAL

EACH = int(os.environ.get("NOTIFY_FLOOD", "30"))
MEMORY_MIB = 1536  # the default of PROCESSOR_MEMORY_MIB


def kinds_of_media(folder: pathlib.Path) -> dict:
    """A small good file of each kind that a face can be seen in, by its ending."""
    made = {}
    picture = ("-loop", "1", "-i", SAMPLES / "biden.jpg", "-t", "0.4", "-r", "25", "-vf", "scale=720:576,setsar=1", "-pix_fmt", "yuv420p")
    for ending, encoder in (("mp4", ("-c:v", "libx264", "-preset", "ultrafast")), ("mkv", ("-c:v", "libx264", "-preset", "ultrafast")),
                            ("mxf", ("-c:v", "mpeg2video", "-b:v", "8M")), ("jpg", ("-frames:v", "1")), ("png", ("-frames:v", "1"))):
        path = folder / f"good.{ending}"
        ffmpeg(*picture, *encoder, path)
        made[ending] = path.read_bytes()
    return made


def distinct(media: bytes, ending: str, number: int) -> bytes:
    """The same pictures in bytes that no other file has, so that no result is used twice."""
    mark = struct.pack(">Q", number)
    return media + {"mp4": struct.pack(">I", 16) + b"free" + mark, "mkv": b"\xec\x88" + mark}.get(ending, mark)


def spoiled(media: bytes, chance: random.Random) -> bytes:
    """Damage as it comes: bytes changed near the start or anywhere, a cut, a part twice, zeros."""
    bad = bytearray(media)
    for _ in range(chance.randint(1, 40)):
        reach = min(len(bad), 1024) if chance.random() < 0.6 else len(bad)
        bad[chance.randrange(reach)] = chance.choice((0, 0xFF, 0x7F, 0x80, chance.randrange(256)))
    at, length = chance.randrange(len(bad)), chance.randint(1, 4000)
    way = chance.randrange(4)
    if way == 0:
        del bad[max(at, 16):]
    elif way == 1:
        bad[at:at] = bad[at:at + length]
    elif way == 2:
        bad[at:at + length] = bytes(len(bad[at:at + length]))
    return bytes(bad)


class Flood(ServiceTest):
    def put(self, folder: pathlib.Path, good: int, bad: int) -> None:
        """Files that have long been still, the good and the bad by turns."""
        media, chance, long_ago = kinds_of_media(self.folder), random.Random(20_26), time.time() - 3600
        endings = list(media)
        for number in range(max(good, bad)):
            ending = endings[number % len(endings)]
            for name, wanted, content in (("good", good, distinct(media[ending], ending, number)), ("bad", bad, None)):
                if number < wanted:
                    path = folder / f"{number:04}-{name}.{ending}"
                    path.write_bytes(content if content is not None else spoiled(distinct(media[ending], ending, 10**9 + number), chance))
                    os.utime(path, (long_ago, long_ago))

    def children_mib(self) -> float:
        """Resident memory of the largest child."""
        most = 0
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and (entry / "stat").read_text().rsplit(")", 1)[1].split()[1] == str(self.service.process.pid):
                    lines = (entry / "status").read_text().splitlines()
                    most = max(most, *(int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
            except (OSError, IndexError):
                continue
        return most / 1024

    def run_all(self, good: int, bad: int) -> tuple:
        """(items by key, seconds until all ended, the largest child seen in MiB) of a service of its own."""
        self.service.inbox = self.folder / f"inbox{good + bad}"
        self.service.inbox.mkdir()
        self.put(self.service.inbox, good, bad)
        self.service.data = self.folder / f"data{good + bad}"
        self.service.start(LOG_LEVEL="WARN")
        most, ended = 0.0, threading.Event()

        def look() -> None:
            nonlocal most
            while not ended.wait(0.05):
                most = max(most, self.children_mib())
        looking = threading.Thread(target=look)
        looking.start()
        try:
            pid, begin = self.service.process.pid, time.monotonic()
            self.service.watch_inbox("facial-recognition")
            self.service.command("buckets", "scan", "inbox")
            wait_for("all items to end", lambda: self.ended() == good + bad, 3600)
            took = time.monotonic() - begin
        finally:
            ended.set()
            looking.join()
        self.assertEqual((self.service.process.pid, self.service.process.poll()), (pid, None))
        items = self.all_items()
        self.service.stop()
        return items, took, most

    def ended(self) -> int:
        """How many items of the bucket are in a terminal state."""
        key = (self.service.data / "first-key").read_text().strip()
        request = urllib.request.Request(self.service.url + "/metrics", headers={"authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        return sum(int(line.rsplit(" ", 1)[1]) for line in lines
                   if line.startswith("notifications_items{") and any(f'status="{status}"' in line for status in TERMINAL))

    def all_items(self) -> dict:
        page = self.service.get("/v1/items?limit=200")
        rows = page["rows"]
        while page.get("next"):
            page = self.service.get(f"/v1/items?limit=200&after={page['next']}")
            rows += page["rows"]
        return {row["key"]: row for row in rows}

    def test_good_items_complete_amid_as_many_bad_ones(self):
        _, alone, _ = self.run_all(EACH, 0)
        items, mixed, most = self.run_all(EACH, EACH)
        ways: dict = {}
        for key, item in items.items():
            if "good" in key:
                self.assertEqual(item["status"], "Completed", item)
            else:
                self.assertIn(item["status"], TERMINAL, item)
                if item["status"] != "Completed":
                    self.assertGreater(len(item["reason"]), 10, item)
                ways[item["reason_code"] or "Completed"] = ways.get(item["reason_code"] or "Completed", 0) + 1
        self.assertEqual(len(items), 2 * EACH)
        self.assertLessEqual(most, MEMORY_MIB)
        print(f"{EACH} good alone: {EACH / alone:.1f}/s; amid {EACH} bad: {EACH / mixed:.1f}/s good, {2 * EACH / mixed:.1f}/s in all "
              f"({2 * alone / mixed:.2f} of alone); largest child {most:.0f} MiB; the bad ended as {ways}", file=sys.stderr)
