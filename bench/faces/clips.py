#!/usr/bin/env python3
"""Measures facial recognition on synthetic clips with a known truth, and on labelled pairs of photos.

clips.py --program build/bench/bench/faces/bench_face_clips --data FOLDER [--clips FOLDER] [--seeds 1-10] [--json]

FOLDER holds `lfw-dev/` (one folder of photos per person) and, for the pairs, `labelled-pairs/master.csv`. Clips are made once by
make_clip.py into --clips, each seed with and without cuts. The program answers one JSON line per clip (bench/faces/clips.cpp
says how), so any other program that does can be measured the same way. The interval is a bootstrap over clips.
"""
import argparse
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

VERIFY = 0.39  # distance of two single photos: the line of docs/processors/facial-recognition.md


def seeds_of(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def made_clips(options: argparse.Namespace) -> list[tuple[pathlib.Path, dict]]:
    """(clip, truth) of every seed, made when missing."""
    clips = []
    options.clips.mkdir(parents=True, exist_ok=True)
    for seed in seeds_of(options.seeds):
        for name, extra in ((f"clip-{seed}", []), (f"cuts-{seed}", ["--cuts"])):
            clip, truth = options.clips / f"{name}.mp4", options.clips / f"{name}.json"
            if not truth.exists():
                maker = [sys.executable, HERE / "make_clip.py", options.data / "lfw-dev", clip, truth, "--seed", str(seed), *extra]
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


def measure_clips(program: Program, options: argparse.Namespace) -> dict:
    scores, cpu, decode, refused = [], [], [], []
    for clip, truth in made_clips(options):
        enrol = {person: [str(options.data / "lfw-dev" / photo) for photo in photos] for person, photos in truth["enrol"].items()}
        answer = program.ask({"clip": str(clip), "enrol": enrol})
        found = [a for a in answer["appearances"] if a["confirmed"]]
        one = score(truth["appearances"], found)
        scores.append(one)
        cpu.append(answer["cpu_s"])
        decode.append(answer["decode_cpu_s"])
        refused += answer["refused"]
        if options.verbose:
            print(f"{clip.name}: {one} cpu {cpu[-1]:.2f} decode {decode[-1]:.2f} tracks {len(answer['tracks'])} refused {len(answer['refused'])}", file=sys.stderr)
            explain(truth["appearances"], answer)
    total = sum(scores, Score())
    return {
        "clips": len(scores), "true": total.true, "named": total.named, "right": total.right, "time_iou": round(total.time_iou, 4),
        "appearance_f1": round(total.f1, 4), "f1_interval": [round(v, 4) for v in interval(scores, lambda s: s.f1)],
        "appearance_precision": round(total.precision, 4),
        "precision_interval": [round(v, 4) for v in interval(scores, lambda s: s.precision)],
        "appearance_recall": round(total.recall, 4),
        "clip_cpu_s": round(sorted(cpu)[len(cpu) // 2], 3), "decode_cpu_s": round(sorted(decode)[len(decode) // 2], 3),
        "enrolment_photos_refused": [{"photo": "/".join(pathlib.Path(r["photo"]).parts[-2:]), "reason": r["reason"]} for r in refused],
    }


def explain(truth: list[dict], answer: dict) -> None:
    for t in truth:
        over = [k for k in answer["tracks"] if k["start_ms"] / 1000 < t["end_s"] and k["end_ms"] / 1000 > t["start_s"]]
        near = [f"#{k['track']}/{k['link']} {k['start_ms']}-{k['end_ms']} {k['nearest']} d{k['distance']:.3f} m{k['margin']:.2f} q{k['quality']:.2f} n{k['shots']} → {k['named'] or '–'}" for k in over]
        print(f"   {t['start_s']:6.2f}-{t['end_s']:6.2f} {t['person']} {'' if t['enrolled'] else '(stranger)'}\n        " + "\n        ".join(near), file=sys.stderr)


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


parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True, help="the command that is measured, with its arguments")
parser.add_argument("--data", type=pathlib.Path, required=True)
parser.add_argument("--clips", type=pathlib.Path, default=pathlib.Path("build/bench/clips"))
parser.add_argument("--seeds", default="1-10")
parser.add_argument("--verbose", action="store_true")
parser.add_argument("--json", action="store_true")


def main() -> None:
    options = parser.parse_args()
    program = Program(options.program.split())
    figures = measure_clips(program, options)
    if (options.data / "labelled-pairs/master.csv").exists():
        figures["pairs"] = measure_pairs(program, options.data / "labelled-pairs")
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:26} {value}")


if __name__ == "__main__":
    main()
