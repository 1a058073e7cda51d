"""Facial recognition on broadcast formats beside the progressive master that they are made of.

The master has 50 frames a second, so that both fields of an interlaced file show moments of their own. Files are made once, with ffmpeg.
"""
import dataclasses
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import clips  # noqa: E402
from score_appearances import Score, score  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Format:
    name: str
    file: str
    arguments: str


FIELDS = "tinterlace=interleave_top,setfield=tff"
FORMATS = (
    Format("xdcam", "xdcam.mxf",
           f"-vf {FIELDS} -c:v mpeg2video -pix_fmt yuv422p -b:v 50M -minrate 50M -maxrate 50M -bufsize 17825792 -flags +ildct+ilme -top 1 "
           "-g 12 -bf 2 -dc 10 -timecode 10:00:00:00"),
    Format("imx", "imx.mxf",
           f"-f lavfi -i anullsrc=r=48000:cl=stereo -shortest -vf scale=720:576,{FIELDS},pad=720:608:0:32,setsar=608/405 -c:v mpeg2video "
           "-pix_fmt yuv422p -intra_vlc 1 -non_linear_quant 1 -rc_init_occupancy 2000000 -b:v 50M -minrate 50M -maxrate 50M -bufsize 2000000 "
           "-flags +ildct+low_delay -g 0 -top 1 -dc 10 -qmin 1 -qmax 12 -c:a pcm_s16le -f mxf_d10"),
    Format("dnxhd", "dnxhd.mxf", f"-vf {FIELDS} -c:v dnxhd -b:v 120M -pix_fmt yuv422p -flags +ildct"),
    Format("prores", "prores.mov", "-r 25 -c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le -timecode 01:00:00:00"),
    Format("dv", "dv.dv",
           "-vf scale=720:576,tinterlace=interleave_bottom,setfield=bff -c:v dvvideo -flags +ildct+ilme -pix_fmt yuv420p -aspect 16:9"),
    Format("hevc", "hevc.mov", "-c:v libx265 -preset ultrafast -x265-params log-level=none -crf 20 -pix_fmt yuv420p10le"),
    Format("ts", "h264.ts", "-c:v libx264 -preset veryfast -crf 22 -pix_fmt yuv420p -output_ts_offset 36000"),
)
UHD = (
    Format("uhd_hevc", "uhd-hevc.mp4",
           "-t 4 -vf scale=3840:2160 -c:v libx265 -preset ultrafast -x265-params log-level=none:ref=4:bframes=4 -pix_fmt yuv420p10le"),
    Format("uhd_prores", "uhd-prores.mov", "-t 2 -vf scale=3840:2160 -c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le"),
)


def master(data: pathlib.Path, folder: pathlib.Path, seed: int) -> tuple[pathlib.Path, dict]:
    """(clip of 50 frames a second, truth), made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    clip, truth = folder / f"master-{seed}.mp4", folder / f"master-{seed}.json"
    if not truth.exists():
        print(f"making {clip.name}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, HERE / "make_clip.py", data / "lfw-dev", clip, truth, "--seed", str(seed), "--fps", "50"], check=True)
    return clip, json.loads(truth.read_text())


def made(clip: pathlib.Path, form: Format) -> pathlib.Path:
    path = clip.with_name(f"{clip.stem}-{form.file}")
    if not path.exists():
        print(f"making {path.name}", file=sys.stderr, flush=True)
        unfinished = path.with_stem(path.stem + "-unfinished")
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", clip, *form.arguments.split(), unfinished], check=True)
        unfinished.rename(path)
    return path


def scored(program: clips.Program, data: pathlib.Path, path: pathlib.Path, truth: dict) -> Score:
    enrol = {person: [str(data / "lfw-dev" / photo) for photo in photos] for person, photos in truth["enrol"].items()}
    answer = program.ask({"clip": str(path), "enrol": enrol})
    found = score(truth["appearances"], [a for a in answer["appearances"] if a["confirmed"]])
    print(f"{path.name}: {found}", file=sys.stderr, flush=True)
    return found


def measure_accuracy(program: clips.Program, data: pathlib.Path, folder: pathlib.Path, seeds: str) -> dict:
    """Each format's F1 by that of the master, over all seeds."""
    totals = {name: Score() for name in ("master", *(form.name for form in FORMATS))}
    for seed in clips.seeds_of(seeds):
        clip, truth = master(data, folder, seed)
        totals["master"] += scored(program, data, clip, truth)
        for form in FORMATS:
            totals[form.name] += scored(program, data, made(clip, form), truth)
    whole = totals.pop("master")
    figures = {"faces.master_f1": whole.f1, "faces.formats_appearances": whole.true}
    return figures | {f"faces.{name}_f1_of_master": total.f1 / whole.f1 for name, total in totals.items()}
