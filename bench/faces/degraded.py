"""Facial recognition on clips that are as bad as archives can be: each fault alone, and all of them at once.

Frames are 720 × 576 with 25 interlaced frames a second, MPEG-2 at 6 Mbit/s; those that differ in nothing else are "sd". The clips are made once.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import clips  # noqa: E402
import formats  # noqa: E402
from score_appearances import Score  # noqa: E402

NOISE = "noise=alls=30:allf=t,"
SMALL, HIDDEN = ["--face-px", "32-60"], ["--hide", "0.3"]
# name: what make_clip.py is told, and what ffmpeg does first
FAULTS = {"sd": ([], ""), "small": (SMALL, ""), "noise": ([], NOISE), "hidden": (HIDDEN, ""), "worst": ([*SMALL, *HIDDEN], NOISE)}


def made(data: pathlib.Path, folder: pathlib.Path, name: str, seed: int) -> tuple[pathlib.Path, dict]:
    """(clip, truth), made when missing."""
    extra, before = FAULTS[name]
    folder.mkdir(parents=True, exist_ok=True)
    clip, truth = folder / f"{name}-{seed}.mp4", folder / f"{name}-{seed}.json"
    if not truth.exists():
        print(f"making {clip.name}", file=sys.stderr, flush=True)
        maker = [sys.executable, HERE / "make_clip.py", data / "lfw-dev", clip, truth, "--seed", str(seed), "--size", "720x576", "--fps", "50", *extra]
        subprocess.run(maker, check=True)
    sd = formats.Format("sd", "576i.mpg", f"-vf {before}{formats.FIELDS} -c:v mpeg2video -pix_fmt yuv420p -b:v 6M -maxrate 6M -bufsize 1835008 "
                        "-flags +ildct+ilme -top 1 -g 12 -bf 2 -f mpegts")
    return formats.made(clip, sd), json.loads(truth.read_text())


def measure(program: clips.Program, data: pathlib.Path, folder: pathlib.Path, seeds: str) -> dict:
    """F1 of each fault and, as `degraded`, of all appearances but the worst's."""
    totals = {name: Score() for name in FAULTS}
    for name in FAULTS:
        for seed in clips.seeds_of(seeds):
            path, truth = made(data, folder, name, seed)
            totals[name] += formats.scored(program, data, path, truth)
    total = sum((score for name, score in totals.items() if name != "worst"), Score())
    figures = {"faces.degraded_f1": total.f1, "faces.degraded_precision": total.precision, "faces.degraded_appearances": total.true}
    return figures | {f"faces.degraded_{name}_f1": score.f1 for name, score in totals.items()}
