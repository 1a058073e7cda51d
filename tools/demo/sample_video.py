#!/usr/bin/env python3
"""Composes the demo's sample video with FFmpeg alone, from public officials' portraits, and writes its truth beside it.

sample_video.py PORTRAITS OUT.mp4

Thirteen seconds, 1280x720, 25 fps: an enrolled person walks through, a cut, a stranger, a cut, the person again.
OUT.truth.json: {"appearances": [{"person", "enrolled", "start_s", "end_s"}]}
"""
import json
import pathlib
import subprocess
import sys

# portrait, shown from, to, x and y of the left upper corner over t (seconds since it is shown), height in pixels
SCENES = [
    {"portrait": "obama3.jpg", "person": "Barack Obama", "enrolled": True, "start": 1.0, "end": 4.6, "x": "120+90*t", "y": "60+14*t", "height": 560},
    {"portrait": "biden.jpg", "person": "a stranger", "enrolled": False, "start": 5.4, "end": 8.4, "x": "640-60*t", "y": "80", "height": 520},
    {"portrait": "obama3.jpg", "person": "Barack Obama", "enrolled": True, "start": 9.4, "end": 12.4, "x": "560-70*t", "y": "100-8*t", "height": 500},
]
CUTS = [5.0, 9.0]
LENGTH = 13.0


def filters() -> str:
    backgrounds = "".join(
        f"gradients=s=320x180:r=25:d={LENGTH}:c0={first}:c1={second}:speed=0.02:seed={seed},scale=1280:720[g{seed}];"
        for seed, (first, second) in enumerate([("0x203040", "0x506070"), ("0x604030", "0x302010"), ("0x205030", "0x607050")])
    )
    stages = [backgrounds, f"[g0][g1]overlay=enable='gte(t,{CUTS[0]})'[c1];", f"[c1][g2]overlay=enable='gte(t,{CUTS[1]})'[v0];"]
    for i, scene in enumerate(SCENES):
        shown = f"between(t,{scene['start']},{scene['end']})"
        x, y = (scene[axis].replace("t", f"(t-{scene['start']})") for axis in ("x", "y"))
        stages.append(f"[{i}:v]crop=iw*0.7:ih*0.42:iw*0.18:ih*0.03,scale=-2:{scene['height']},loop=loop=-1:size=1,fps=25[p{i}];[v{i}][p{i}]overlay=x='{x}':y='{y}':enable='{shown}':eval=frame[v{i + 1}];")
    return "".join(stages) + f"[v{len(SCENES)}]format=yuv420p[out]"


def main() -> None:
    portraits, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    inputs = [argument for scene in SCENES for argument in ("-i", str(portraits / scene["portrait"]))]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", filters(), "-map", "[out]", "-t", str(LENGTH),
         "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "50", str(out)],
        check=True,
    )
    truth = [{"person": s["person"], "enrolled": s["enrolled"], "start_s": s["start"], "end_s": s["end"]} for s in SCENES]
    out.with_suffix(".truth.json").write_text(json.dumps({"appearances": truth}, indent=1))


if __name__ == "__main__":
    main()
