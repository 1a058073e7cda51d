"""Measures facial recognition on clips with a known truth, and on labelled pairs of photos.

`data` holds `lfw-dev/` (one folder of photos a person); clips are made of it once by make_clip.py, each seed with and without cuts, and
each in the next of five sizes.
The program that is measured answers one JSON line a clip (bench/faces/clips.cpp says how), so any other that does can be measured
the same way. Intervals are bootstraps over clips.
"""
import csv
import json
import math
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from score_appearances import Score, score  # noqa: E402

SIZES = ("640x360", "960x540", "1280x720", "1920x1080", "3840x2160")
BESIDE = {"Joe_Lieberman": "Colin_Powell"}  # Joe_Lieberman_0004.jpg shows both, and naming the second is no mistake
VERIFY = 0.39  # distance of two single photos: the line of docs/processors/facial-recognition.md


def seeds_of(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def made_clips(data: pathlib.Path, folder: pathlib.Path, seeds: str, sizes: tuple[str, ...] = SIZES) -> list[tuple[pathlib.Path, dict]]:
    """(clip, truth) of every seed, made when missing. A truth is there when its clip is whole."""
    clips = []
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds_of(seeds):
        size = sizes[seed % len(sizes)]
        for name, extra in ((f"clip-{seed}-{size}", []), (f"cuts-{seed}-{size}", ["--cuts"])):
            clip, truth = folder / f"{name}.mp4", folder / f"{name}.json"
            if not truth.exists():
                print(f"making {clip.name}", file=sys.stderr, flush=True)
                maker = [sys.executable, HERE / "make_clip.py", data / "lfw-dev", clip, truth, "--seed", str(seed), "--size", size, *extra]
                subprocess.run(maker, check=True)
            clips.append((clip, json.loads(truth.read_text())))
    return clips


class Program:
    """One warm process that answers a JSON line with a JSON line."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request: dict) -> dict:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args[0]} ended with {self.process.wait()}")
        return json.loads(line)


def interval(scores: list[Score], of, rounds: int = 2000) -> tuple[float, float]:
    """95 % of a bootstrap over clips."""
    draw = random.Random(1)
    values = sorted(of(sum(draw.choices(scores, k=len(scores)), Score())) for _ in range(rounds))
    return values[int(0.025 * rounds)], values[int(0.975 * rounds)]


def measure_clips(program: Program, data: pathlib.Path, folder: pathlib.Path, seeds: str) -> dict:
    """Confirmed names against the truth; each clip's score goes to stderr."""
    scores, refused = [], []
    for clip, truth in made_clips(data, folder, seeds):
        enrol = {person: [str(data / "lfw-dev" / photo) for photo in photos] for person, photos in truth["enrol"].items()}
        answer = program.ask({"clip": str(clip), "enrol": enrol})
        scores.append(score(truth["appearances"], [a for a in answer["appearances"] if a["confirmed"]]))
        refused += answer["refused"]
        print(f"{clip.name}: {scores[-1]}", file=sys.stderr, flush=True)
    total = sum(scores, Score())
    return {
        "clips": len(scores), "true": total.true, "named": total.named, "time_iou": total.time_iou,
        "f1": total.f1, "f1_interval": interval(scores, lambda s: s.f1),
        "precision": total.precision, "precision_interval": interval(scores, lambda s: s.precision), "recall": total.recall,
        "refused": [{"photo": "/".join(pathlib.Path(r["photo"]).parts[-2:]), "reason": r["reason"]} for r in refused],
    }


def measure_strangers(program: Program, data: pathlib.Path, folder: pathlib.Path, minutes: int) -> dict:
    """How often strangers get a name that is not proposed but given, in `minutes` of video in which mostly strangers come and go: clips of 10
    minutes, 40 people enrolled, 60 others. Of photos the middle is shown: beside strangers stand people who are enrolled, and those are named rightly."""
    named = strangers = 0
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(101, 101 + minutes // 10):
        clip, truth = folder / f"alone-{seed}.mp4", folder / f"alone-{seed}.json"
        if not truth.exists():
            print(f"making {clip.name}", file=sys.stderr, flush=True)
            maker = [sys.executable, HERE / "make_clip.py", data / "lfw-dev", clip, truth, "--seed", str(seed), "--size", "960x540", "--fps", "10",
                     "--seconds", "600", "--known", "40", "--strangers", "60", "--appearances", "450", "--middle", "0.7"]
            subprocess.run(maker, check=True)
        told = json.loads(truth.read_text())
        enrol = {person: [str(data / "lfw-dev" / photo) for photo in photos] for person, photos in told["enrol"].items()}
        answer = program.ask({"clip": str(clip), "enrol": enrol})
        confirmed = [a for a in answer["appearances"] if a["confirmed"]]
        wrong = sum(not any(a["person"] in (true["person"], BESIDE.get(true["person"])) and a["start_ms"] < 1000 * true["end_s"] and 1000 * true["start_s"] < a["end_ms"]
                            for true in told["appearances"]) for a in confirmed)
        strangers += sum(not a["enrolled"] for a in told["appearances"])
        named += wrong
        print(f"{clip.name}: {score(told['appearances'], confirmed)}, wrong {wrong}", file=sys.stderr, flush=True)
    hours = (minutes // 10) / 6
    return {"hours": hours, "seen": strangers, "wrong": named, "wrong_per_10h": named * 10 / hours, "wrong_per_1000": 1000 * named / strangers}


def measure_pairs(program: Program, folder: pathlib.Path) -> dict:
    rows = list(csv.DictReader((folder / "master.csv").open()))
    names = sorted({row[side] for row in rows for side in ("file_x", "file_y")})
    faces = dict(zip(names, program.ask({"photos": [str(folder / name) for name in names]})["faces"]))
    found = false = same = 0
    for row in rows:
        a, b = faces[row["file_x"]], faces[row["file_y"]]
        distance = math.dist(a, b) if a and b else 2
        is_same = row["Decision"].strip().lower() in ("yes", "true", "1", "same")
        same += is_same
        found += is_same and distance < VERIFY
        false += not is_same and distance < VERIFY
    return {"pairs": len(rows), "same": same, "same_found": found, "false_matches": false, "photos_without_face": sum(f is None for f in faces.values())}
