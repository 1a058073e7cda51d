#!/usr/bin/env python3
"""Takes the figures of facial recognition: what it costs, how right it is, how near its models are to their origins.

run.py --build FOLDER [--json] [--rounds N] [--seeds 1-30]           BENCH_DATA names the evaluation data
[faces.clip_cpu_s]              a warm child on the 20 s 1080p30 clip, one decode thread, f32; median of the rounds
[faces.decode_cpu_s]            ffmpeg decoding the same clip on one thread, between those rounds; median
[faces.child_rss_mib]           the most memory that child held
[faces.xdcam_ratio], [faces.prores_ratio]        the child by ffmpeg decoding the same XDCAM HD422 1080i, ProRes HQ; median
[faces.uhd_rss_mib]             the most memory that children held on 2160p 10-bit HEVC and ProRes
[faces.ratio_python]            the same models on every frame from Python (bench/faces/video_peers.py), by ours, on the same clip in the same run
[faces.ratio_face_recognition]  face_recognition as its documentation uses it, likewise
[faces.appearance_f1], [faces.appearance_precision], [faces.time_iou]    clips with a known truth, with and without cuts, 640 × 360 to 3840 × 2160
[faces.degraded_f1]             576i at 6 Mbit/s, and faces of 32 to 60 pixels, noise, or 30 % of each face hidden (bench/faces/degraded.py)
[faces.strangers_wrong_per_10h] strangers who were given a name
The other figures: docs/benchmarks.md. Without BENCH_DATA the costs are taken on the demonstration's sample video.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
import clips  # noqa: E402
import degraded  # noqa: E402
import formats  # noqa: E402
from child import Child  # noqa: E402

GOALS = {
    "faces.clip_cpu_s": "≤ 3.0", "faces.ratio_python": "≥ 7", "faces.ratio_face_recognition": "≥ 170",
    "faces.degraded_f1": "≥ 0.85", "faces.strangers_wrong_per_10h": "≤ 1", "faces.cpu_over_decode": "≤ 2", "faces.child_rss_mib": "< 400",
    "faces.appearance_f1": "≥ 0.95", "faces.appearance_precision": "≥ 0.99", "faces.time_iou": "≥ 0.97", "faces.pairs_same_found": "≥ 37 of 38",
    "faces.pairs_false": "≤ 2 of 262", "faces.tensor_worst_relative_difference": "≤ 0.005", "faces.graph_worst_difference_px": "≤ 0.01",
    "faces.overlap_95_share": "≥ 0.99", "faces.landmark_median_px": "≤ 0.5", "faces.score_worst_difference": "≤ 0.02",
    "faces.embedding_worst_difference": "≤ 1e-5", "faces.xdcam_ratio": "≤ 1.9", "faces.prores_ratio": "≤ 1.9", "faces.uhd_rss_mib": "≤ 800",
    **{f"faces.{form.name}_f1_of_master": "≥ 0.95" for form in formats.FORMATS},
}


def decode_seconds(clip: pathlib.Path) -> float:
    """Processor seconds of plain decoding by ffmpeg on one thread."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["ffmpeg", "-v", "error", "-threads", "1", "-i", clip, "-map", "0:v", "-f", "null", "-"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_costs(program: pathlib.Path, models: pathlib.Path, clip: pathlib.Path, rounds: int) -> dict:
    """The child and plain decoding in turn, so that a machine that changes its speed changes both."""
    warm, fast = Child(program, models), Child(program, models, "bf16")
    print(f"the child's sandbox: {warm.sandbox}", file=sys.stderr)
    first = warm.run(clip)
    fast.run(clip)
    ours, decode, bf16 = [], [], []
    for _ in range(rounds):
        decode.append(decode_seconds(clip))
        ours.append(warm.run(clip))
        bf16.append(fast.run(clip))
    figures = {
        "faces.clip_cpu_s": statistics.median(ours),
        "faces.decode_cpu_s": statistics.median(decode),
        "faces.cpu_over_decode": statistics.median(a / b for a, b in zip(ours, decode)),
        "faces.bf16_clip_cpu_s": statistics.median(bf16),
        "faces.cold_start_cpu_s": warm.start_cpu_s,
        "faces.cold_start_wall_s": warm.start_wall_s,
        "faces.first_clip_cpu_s": first,
        "faces.child_rss_mib": warm.peak_rss_mib(),
        "faces.bf16_child_rss_mib": fast.peak_rss_mib(),
    }
    warm.close()
    fast.close()
    return figures


def measure_formats(program: pathlib.Path, models: pathlib.Path, data: pathlib.Path, folder: pathlib.Path, rounds: int) -> dict:
    """Costs on broadcast files: the child beside plain decoding, and its memory on large pictures."""
    clip, _ = formats.master(data, folder, 1)
    figures = {}
    for form in formats.FORMATS:
        if form.name in ("xdcam", "prores"):
            path, child = formats.made(clip, form), Child(program, models)
            child.run(path)
            figures[f"faces.{form.name}_ratio"] = statistics.median(child.run(path) / decode_seconds(path) for _ in range(rounds))
            child.close()
    peaks = []
    for form in formats.UHD:
        child = Child(program, models)
        child.run(formats.made(clip, form))
        peaks.append(child.peak_rss_mib())
        child.close()
    return figures | {"faces.uhd_rss_mib": max(peaks)}


def measure_accuracy(build: pathlib.Path, data: pathlib.Path, seeds: str) -> dict:
    program = clips.Program([str(build / "bench/faces/bench_face_clips")])
    found = clips.measure_clips(program, data / "faces", build / "clips", seeds)
    pairs = clips.measure_pairs(program, data / "faces/labelled-pairs")
    for photo in found["refused"]:
        print(f"enrolment photo refused: {photo['photo']}: {photo['reason']}", file=sys.stderr)
    return {
        "faces.appearance_f1": found["f1"], "faces.appearance_f1_low": found["f1_interval"][0], "faces.appearance_f1_high": found["f1_interval"][1],
        "faces.appearance_precision": found["precision"], "faces.appearance_precision_low": found["precision_interval"][0],
        "faces.appearance_recall": found["recall"], "faces.time_iou": found["time_iou"],
        "faces.appearances_true": found["true"], "faces.appearances_named": found["named"], "faces.clips": found["clips"],
        "faces.enrolment_photos_refused": len(found["refused"]),
        "faces.pairs_same_found": pairs["same_found"], "faces.pairs_same": pairs["same"],
        "faces.pairs_false": pairs["false_matches"], "faces.pairs": pairs["pairs"],
    }


def measure_peers(build: pathlib.Path, data: pathlib.Path, deps: pathlib.Path, clip: pathlib.Path, ours: float) -> dict:
    sys.path.append(str(deps))  # OpenVINO's own Python module is in its SDK
    import video_peers as peers
    embedder = build / "embedder.xml"
    subprocess.run([build / "bench/faces/bench_face_embedder_graph", embedder], check=True)
    python = peers.python_seconds(clip, data / "models", embedder)
    recognition = peers.face_recognition_seconds(clip, deps / "models")
    return {"faces.python_clip_cpu_s": python, "faces.ratio_python": python / ours,
            "faces.face_recognition_clip_cpu_s": recognition, "faces.ratio_face_recognition": recognition / ours}


def measure_hard(build: pathlib.Path, data: pathlib.Path, seeds: str, minutes: int) -> dict:
    program = clips.Program([str(build / "bench/faces/bench_face_clips")])
    figures = degraded.measure(program, data / "faces", build / "degraded", seeds)
    strangers = clips.measure_strangers(program, data / "faces", build / "clips", minutes)
    return figures | {f"faces.strangers_{name}": value for name, value in strangers.items()}


def compare_models(build: pathlib.Path, data: pathlib.Path) -> dict:
    """Our models beside YuNet's ONNX file and dlib; a missed limit shows in its figure."""
    printed = subprocess.run([build / "bench/faces/bench_face_models", data], text=True, stdout=subprocess.PIPE, check=False).stdout
    figures = {name: float(value) for name, value in (line.split() for line in printed.splitlines())}
    if "faces.embedding_worst_difference" not in figures:
        raise SystemExit("the comparison of the models did not end")
    return figures


def sample_video(build: pathlib.Path, deps: pathlib.Path) -> pathlib.Path:
    path = build / "sample.mp4"
    subprocess.run([sys.executable, ROOT / "tools/demo/sample_video.py", deps / "samples", path], check=True)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--deps", type=pathlib.Path, default=pathlib.Path(".deps"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seeds", default="1-30")
    parser.add_argument("--format-seeds", default="1-5", help="of the clips that are made in each broadcast format")
    parser.add_argument("--degraded-seeds", default="1-10")
    parser.add_argument("--stranger-minutes", type=int, default=120, help="of video, in clips of 10")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    build, deps = options.build.resolve(), options.deps.resolve()
    processor, models = build / "bin/notifications-api-processor", deps / "models"
    named = os.environ.get("BENCH_DATA", "")
    if named:
        data = pathlib.Path(named).resolve()
        clip = clips.made_clips(data / "faces", build / "clips", "1-1", ("1920x1080",))[0][0]
        figures = measure_costs(processor, models, clip, options.rounds)
        figures |= measure_peers(build, data, deps, clip, figures["faces.clip_cpu_s"])
        figures |= measure_formats(processor, models, data / "faces", build / "formats", options.rounds)
        figures |= measure_hard(build, data, options.degraded_seeds, options.stranger_minutes)
        figures |= measure_accuracy(build, data, options.seeds) | compare_models(build, data)
        program = clips.Program([str(build / "bench/faces/bench_face_clips")])
        figures |= formats.measure_accuracy(program, data / "faces", build / "formats", options.format_seeds)
    else:
        costs = measure_costs(processor, models, sample_video(build, deps), options.rounds)
        figures = {name.replace("faces.", "faces.sample_"): value for name, value in costs.items()}
        missing = [*costs, *(name for name in GOALS if name not in costs)]
        print("BENCH_DATA is not set: measured on the demonstration's sample video; not taken: " + ", ".join(missing), file=sys.stderr)
    figures = {name: float(f"{value:.4g}") for name, value in figures.items()}
    if options.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:<42} {figure:>12}" + (f"   goal {GOALS[name]}" if name in GOALS else ""))


if __name__ == "__main__":
    main()
