#!/usr/bin/env python3
"""Runs the main job end to end on the embedded default and prints what happened beside the known truth.

main_job.py --programs FOLDER --deps FOLDER [--keep]
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
PERSON = "Barack Obama"
start = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - start:5.1f}s] {text}", flush=True)


def wait_for(what: str, seconds: float, probe):
    """Polls `probe` until it gives something; ends the demo with a sentence when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"the demo waited {seconds:.0f} s for {what}; the service's log is {log_path}")


class Api:
    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url, key

    def get(self, path: str):
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def command(*arguments: str) -> str:
    """Runs notifications-api as a person would, and shows it."""
    say("$ notifications-api " + " ".join(a if " " not in a else f"'{a}'" for a in arguments))
    done = subprocess.run([programs / "notifications-api", *arguments], env=environment, cwd=work, text=True, capture_output=True)
    text = (done.stdout + done.stderr).rstrip()
    if text:
        print("        " + text.replace("\n", "\n        "), flush=True)
    if done.returncode != 0:
        raise SystemExit(f"that command ended with {done.returncode}")
    return done.stdout


def show_statuses(api: Api, item: str) -> None:
    print("\nThe item's way through its statuses")
    for change in api.get(f"/v1/items/{item}")["history"]:
        reason = f"  {change['reason']}" if change.get("reason") else ""
        print(f"  {change['at']}  {change['status']:<10}{reason}")


def show_appearances(api: Api, item: str, truth: list) -> bool:
    found = api.get(f"/v1/appearances?item={item}")["rows"]
    print("\nAppearances found                                    known truth of the sample")
    known = [t for t in truth if t["enrolled"]]
    right = len(found) == len(known)
    for i in range(max(len(found), len(known))):
        left = ""
        if i < len(found):
            f = found[i]
            left = f"{f['person_name']:<14} {f['start_ms'] / 1000:6.2f} – {f['end_ms'] / 1000:6.2f} s  similarity {f['similarity']:.1f}"
        line = f"  {left:<52}"
        if i < len(known):
            t = known[i]
            line += f" {t['person']:<14} {t['start_s']:6.2f} – {t['end_s']:6.2f} s"
        print(line)
    for f, t in zip(found, known):
        overlap = min(f["end_ms"] / 1000, t["end_s"]) - max(f["start_ms"] / 1000, t["start_s"])
        union = max(f["end_ms"] / 1000, t["end_s"]) - min(f["start_ms"] / 1000, t["start_s"])
        right = right and f["person_name"] == t["person"] and overlap / union >= 0.8
    for t in truth:
        if not t["enrolled"]:
            print(f"  {'(no name, as it should be)':<52} {t['person']:<14} {t['start_s']:6.2f} – {t['end_s']:6.2f} s")
    print("  right: the same people, each range overlapping the truth by at least 80 %" if right else "  WRONG: that is not the truth")
    return right


def show_webhooks(received: pathlib.Path) -> bool:
    print("\nSigned webhooks the receiver got, verified by the package standardwebhooks")
    lines = [json.loads(line) for line in received.read_text().splitlines()]
    for line in lines:
        payload = line["payload"]
        print(f"  {line['status']}  {line['id']}  {payload.get('type', payload)}")
    last = [line for line in lines if line["payload"].get("type") == "item.completed"]
    if last:
        print("  " + json.dumps(last[-1]["payload"], indent=2).replace("\n", "\n  "))
    return bool(last) and all(line["status"] == 204 for line in lines)


parser = argparse.ArgumentParser()
parser.add_argument("--programs", required=True)
parser.add_argument("--deps", required=True)
parser.add_argument("--keep", action="store_true", help="leave the service up until Ctrl-C")
options = parser.parse_args()
programs, deps = pathlib.Path(options.programs).resolve(), pathlib.Path(options.deps).resolve()
work = pathlib.Path(tempfile.mkdtemp(prefix="notifications-demo."))
inbox, log_path, received, secret = work / "inbox", work / "service.log", work / "received.jsonl", work / "secret"
inbox.mkdir()
environment = {
    "PATH": os.environ["PATH"], "HOME": str(work), "DATA_DIR": str(work / "data"), "PORT": "0",
    "MODEL_FOLDER": str(deps / "models"), "WEBHOOK_ALLOW_CIDRS": "127.0.0.1/32", "LOG_LEVEL": "INFO",
}
children: list[subprocess.Popen] = []
right = False
try:
    say("composing the sample video with FFmpeg")
    subprocess.run([sys.executable, HERE / "sample_video.py", deps / "samples", work / "sample.mp4"], check=True)
    truth = json.loads((work / "sample.truth.json").read_text())["appearances"]
    received.touch()
    children.append(subprocess.Popen([sys.executable, HERE / "receiver.py", work / "port", received, secret]))
    with log_path.open("w") as log:
        children.append(subprocess.Popen([programs / "notifications-api", "serve"], env=environment, cwd=work, stderr=log, stdout=log))
    url = wait_for("the service", 20, lambda: (work / "data/address").exists() and (work / "data/address").read_text().strip())
    port = wait_for("the receiver", 20, lambda: (work / "port").exists() and (work / "port").read_text())
    api = Api(url, (work / "data/first-key").read_text().strip())
    say(f"the service is up at {url}")
    added = command("webhooks", "add", f"http://127.0.0.1:{port}/", "--types", "item.*")
    secret.write_text(next(word for word in added.split() if word.startswith("whsec_")))
    command("people", "enrol", PERSON, *(str(deps / "samples" / name) for name in ("obama.jpg", "obama2.jpg")))
    command("buckets", "add", str(inbox), "--name", "inbox", "--processor", "facial-recognition",
            "--biometric-basis", "portraits of public officials, for this demonstration")
    say("a video lands in the bucket")
    shutil.copy(work / "sample.mp4", inbox / "sample.mp4")
    item = wait_for("the item to be noticed", 30, lambda: api.get("/v1/items")["rows"])[0]["id"]
    seen = ""

    def ended():
        global seen
        row = api.get(f"/v1/items/{item}")
        now = row["status"] + (f" {100 * max(p['progress'] for p in row['processes']):.0f} %" if row["status"] == "Processing" else "")
        if now != seen:
            seen = now
            say(f"{row['key']}: {now}")
        return row["status"] in ("Completed", "Failed", "Cancelled", "Skipped")

    wait_for("the item to end", 300, ended)
    wait_for("the webhook", 30, lambda: "item." in received.read_text() and api.get("/v1/deliveries?status=Pending")["rows"] == [])
    show_statuses(api, item)
    right = show_appearances(api, item, truth)
    right = show_webhooks(received) and right
    beside = wait_for("the result beside the video", 30, lambda: list(inbox.glob("*.notifications.json")))[0]
    print(f"\nThe result stands beside the video: {beside.name}, {beside.stat().st_size} bytes")
    print(f"API documentation: {url}/docs")
    if options.keep:
        print(f"The service stays up; its key is in {work}/data/first-key, drop files into {inbox}. Ctrl-C ends it.", flush=True)
        signal.pause()
except KeyboardInterrupt:
    pass
finally:
    for child in reversed(children):
        child.terminate()
        try:
            child.wait(40)
        except subprocess.TimeoutExpired:
            child.kill()
    if right:
        shutil.rmtree(work, ignore_errors=True)
say("the main job works" if right else f"the main job did NOT work; look into {work}")
sys.exit(0 if right else 1)
