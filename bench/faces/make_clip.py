#!/usr/bin/env python3
"""Makes a video with a known truth from folders of photos, one folder a person.

make_clip.py PHOTOS OUT.mp4 TRUTH.json [--seed N] [--seconds 20] [--known 6] [--strangers 3] [--appearances 11] [--size 1920x1080] [--cuts]
             [--face-px 32-60] [--hide 0.3] [--middle 0.7]
Known people keep their first three photos for enrolment; other photos of theirs are on screen, and photos of strangers. A person
moves, and half-way the photo changes. --cuts adds hard cuts, which end every appearance. --face-px: how large faces
are, 0.45 of the side of their photo. --hide: a bar covers that share of each face, from a side that is drawn for each appearance.
--middle: of each photo only the middle is shown, that share of its side, so that nobody is seen who stands beside. Needs opencv-python-headless, numpy, ffmpeg.
TRUTH.json: {"fps", "enrol": {person: [photo]}, "appearances": [{"person", "enrolled", "start_s", "end_s", "size_px"}]}
"""
import argparse
import json
import os
import pathlib
import random
import subprocess

import cv2
import numpy

LANES = 3
FACE = 0.45  # of the side of a photo of lfw-dev: brows to chin
SIDES = ("left", "right", "top", "bottom")


def appearances(options: argparse.Namespace, rng: random.Random, known: list, strangers: list, photos: dict) -> list[dict]:
    """Who is on screen, when, where, and with which photos."""
    width, height = options.size
    lane_free = [0.3] * LANES
    plan: list[dict] = []
    for _ in range(options.appearances):
        lane = min(range(LANES), key=lambda i: lane_free[i])
        start = lane_free[lane] + rng.uniform(0.3, 1.5)
        end = min(start + rng.uniform(1.5, 4.5), options.seconds - 0.2)
        if end - start < 1.0:
            continue
        person = rng.choice(known if rng.random() < options.known / (options.known + options.strangers) else strangers)
        if any(p["person"] == person and p["start"] < end + 0.5 and start < p["end"] + 0.5 for p in plan):
            continue
        lane_free[lane] = end
        size = int(rng.uniform(*options.face_px) * options.middle / FACE) if options.face_px else int(rng.uniform(0.14, 0.32) * width)
        shown = rng.sample(photos[person][3:], min(2, len(photos[person]) - 3))
        span = width // LANES
        x0 = lane * span + rng.randint(0, max(0, span - size))
        y0 = rng.randint(0, height - size)
        rightmost = min(width - size, (lane + 1) * span - size) if size < span else width - size
        x1 = min(max(lane * span, x0 + rng.randint(-90, 90)), rightmost)
        y1 = min(max(0, y0 + rng.randint(-160, 160)), height - size)
        plan.append({"person": person, "start": start, "end": end, "size": size, "from": (x0, y0), "to": (max(0, x1), y1), "photos": shown})
        if options.hide:
            plan[-1] |= {"hidden": rng.choice(SIDES), "share": options.hide}
    return plan


def middle(photo, share: float):
    height, width = photo.shape[:2]
    left, top = int(width * (1 - share) / 2), int(height * (1 - share) / 2)
    return photo[top:height - top, left:width - left]


def hide(photo, side: str, share: float):
    """Covers that share of the face in the middle of a photo."""
    height, width = photo.shape[:2]
    left, top = int(width * (1 - FACE) / 2), int(height * (1 - FACE) / 2)
    across, down = int(width * FACE), int(height * FACE)
    x, y = left + (across - int(across * share) if side == "right" else 0), top + (down - int(down * share) if side == "bottom" else 0)
    wide, high = (int(across * share), down) if side in ("left", "right") else (across, int(down * share))
    covered = photo.copy()
    covered[y:y + high, x:x + wide] = (70, 80, 60)
    return covered


def grounds(count: int, width: int, height: int) -> list:
    """A pattern for each scene."""
    y, x = numpy.mgrid[0:height, 0:width]
    return [
        cv2.merge([
            (((x >> 3) + 40 * k) % 127 + 40).astype(numpy.uint8),
            (((y >> 3) + 70 * k) % 85 + 60).astype(numpy.uint8),
            (((x + y) >> 5) + 30 + 50 * k & 127).astype(numpy.uint8),
        ])
        for k in range(count)
    ]


def frame_at(t: float, number: int, plan: list[dict], scenes: list, cuts: list[float], pictures: dict):
    frame = numpy.roll(scenes[sum(t >= cut for cut in cuts)], 2 * number, 1).copy()
    height, width = frame.shape[:2]
    for p in plan:
        if p["start"] <= t < p["end"]:
            done = (t - p["start"]) / (p["end"] - p["start"])
            size = p["size"]
            photo = p["photos"][0 if done < 0.5 else -1]
            x, y = (int(p["from"][i] + (p["to"][i] - p["from"][i]) * done) for i in (0, 1))
            picture = pictures[p["person"], photo]
            if "hidden" in p:
                picture = hide(picture, p["hidden"], p["share"])
            frame[y:y + size, x:x + size] = cv2.resize(picture, (size, size))[:height - y, :width - x]
    return frame


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("photos", "out", "truth"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--known", type=int, default=6)
    parser.add_argument("--strangers", type=int, default=3)
    parser.add_argument("--appearances", type=int, default=11)
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=(1920, 1080))
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--cuts", action="store_true")
    parser.add_argument("--face-px", type=lambda text: tuple(map(int, text.split("-"))))
    parser.add_argument("--hide", type=float, default=0)
    parser.add_argument("--middle", type=float, default=1)
    options = parser.parse_args()
    width, height = options.size
    rng = random.Random(options.seed)
    people = sorted(p.name for p in options.photos.iterdir() if p.is_dir() and len(os.listdir(p)) >= 5)
    rng.shuffle(people)
    known, strangers = people[:options.known], people[options.known:options.known + options.strangers]
    photos = {p: sorted(os.listdir(options.photos / p)) for p in known + strangers}
    plan = appearances(options, rng, known, strangers, photos)
    cuts = sorted(rng.uniform(4, options.seconds - 4) for _ in range(2)) if options.cuts else []
    for p in plan:
        for cut in cuts:
            if p["start"] + 0.7 < cut < p["end"]:
                p["end"] = cut
    pictures = {(p["person"], f): middle(cv2.imread(str(options.photos / p["person"] / f)), options.middle) for p in plan for f in p["photos"]}
    scenes = grounds(len(cuts) + 1, width, height)
    encoder = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(options.fps), "-i", "-",
         "-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-g", str(2 * options.fps), "-pix_fmt", "yuv420p", options.out],
        stdin=subprocess.PIPE,
    )
    for number in range(int(options.seconds * options.fps)):
        encoder.stdin.write(frame_at(number / options.fps, number, plan, scenes, cuts, pictures).tobytes())
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise SystemExit("ffmpeg could not make the clip")
    truth = {
        "fps": options.fps,
        "enrol": {p: [f"{p}/{f}" for f in photos[p][:3]] for p in known},
        "appearances": [
            {"person": p["person"], "enrolled": p["person"] in known, "start_s": round(p["start"], 3), "end_s": round(p["end"], 3), "size_px": p["size"]}
            for p in plan
        ],
    }
    options.truth.write_text(json.dumps(truth, indent=1))


if __name__ == "__main__":
    main()
