#!/usr/bin/env python3
"""libFuzzer's targets (tests/fuzz), two at a time: what each ran, what it reached, and what it found.

A target fails when an input breaks it, and when it ran none. Inputs that reached something new stay in
build/fuzz/corpus/TARGET and are where the next run goes on; one that broke something is in build/fuzz/findings/TARGET.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

MOST_BYTES = {"api_json": 8192, "dot_env": 8192, "store_message": 8192, "queue_answer": 8192, "child_protocol": 8192, "model_import": 65536, "media_probe": 65536, "document_pages": 24000}
MEMORY_MIB = 2560  # FFmpeg may ask for 1 GiB at once (src/media/demuxer.cpp)
ONE_INPUT_SECONDS = 10
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:quarantine_size_mb=32", "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}

PICTURE = ["-f", "lavfi", "-i", "testsrc=size=48x32:rate=25"]
SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000"]
MEDIA = {  # name → what FFmpeg is told
    "clip.mp4": [*PICTURE, *SOUND, "-t", "0.4", "-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart", "-timecode", "01:00:00:00"],
    "turned.mov": [*PICTURE, "-t", "0.2", "-r", "30000/1001", "-c:v", "mjpeg", "-metadata:s:v:0", "rotate=90", "-timecode", "00:59:50;00"],
    "clip.mkv": [*PICTURE, *SOUND, "-t", "0.2", "-c:v", "libx264", "-c:a", "flac"],
    "clip.webm": [*PICTURE, "-t", "0.2", "-c:v", "libvpx"],
    "clip.ts": [*PICTURE, "-t", "0.2", "-c:v", "mpeg2video"],
    "clip.mxf": [*PICTURE, "-t", "0.08", "-c:v", "mpeg2video"],
    "clip.avi": [*PICTURE, "-t", "0.2", "-c:v", "mpeg4"],
    "clip.flv": [*PICTURE, "-t", "0.2", "-c:v", "flv1"],
    "clip.gif": [*PICTURE, "-t", "0.2"],
    "sound.wav": [*SOUND, "-t", "0.1"],
    "sound.mp3": [*SOUND, "-t", "0.2"],
    "sound.ogg": [*SOUND, "-t", "0.2", "-c:a", "flac"],
    "still.jpg": [*PICTURE, "-frames:v", "1"],
    "still.png": [*PICTURE, "-frames:v", "1"],
    "still.webp": [*PICTURE, "-frames:v", "1"],
    "still.bmp": [*PICTURE, "-frames:v", "1", "-s", "8x8"],
    "still.tiff": [*PICTURE, "-frames:v", "1"],
}
EXIF = bytes.fromhex("ffe10022457869660000") + b"MM\0*" + bytes.fromhex("00000008000101120003000000010006000000000000")


def make_seeds(seeds: pathlib.Path, programs: pathlib.Path) -> None:
    subprocess.run([programs / "fuzz_seeds", seeds], check=True, env=os.environ | SANITIZERS)
    (seeds / "dot_env").mkdir(exist_ok=True)
    (seeds / "dot_env/example").write_bytes(pathlib.Path(".env.example").read_bytes())
    set_all = re.sub(r"^#\s*([A-Z_]+=)", r"\1", pathlib.Path(".env.example").read_text(), flags=re.MULTILINE)
    set_all = set_all.replace("WEBHOOK_ALLOW_CIDRS=\n", "WEBHOOK_ALLOW_CIDRS=10.1.0.0/16, fd00::/8\n").replace("DATACORE_ENDPOINT=\n", "DATACORE_ENDPOINT=https://a.example:1\n")
    (seeds / "dot_env/all-set").write_text(re.sub(r"=$", "='a value' # it", set_all, flags=re.MULTILINE))
    media = seeds / "media_probe"
    media.mkdir(exist_ok=True)
    for name, arguments in MEDIA.items():
        if not (media / name).exists():
            subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, media / name], check=True)
    photo = (media / "still.jpg").read_bytes()
    (media / "turned.jpg").write_bytes(photo[:2] + EXIF + photo[2:])
    (media / "playlist").write_bytes(b"#EXTM3U\nother.ts\n")


def run(target: str, seconds: int, build: pathlib.Path) -> bool:
    corpus, findings = build / "corpus" / target, build / "findings" / target
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    kept = pathlib.Path("tests/fuzz/corpus") / target
    before = set(findings.iterdir())
    log = build / f"{target}.log"
    with log.open("w") as output:
        code = subprocess.run(
            [build / "tests/fuzz" / f"fuzz_{target}", f"-max_total_time={seconds}", f"-max_len={MOST_BYTES[target]}", f"-timeout={ONE_INPUT_SECONDS}",
             f"-rss_limit_mb={MEMORY_MIB}", "-print_final_stats=1", f"-artifact_prefix={findings}/", corpus,
             *(folder for folder in (build / "seeds" / target, kept) if folder.is_dir())],
            stdout=output, stderr=output, env=os.environ | SANITIZERS).returncode
    text = log.read_text(errors="replace")
    runs = int((re.findall(r"^stat::number_of_executed_units: (\d+)", text, re.MULTILINE) or ["0"])[-1])
    reached = (re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", text) or [("0", "0", "0")])[-1]
    passed = code == 0 and runs > 0
    print(f"{target}: {'passed' if passed else 'FAILED'}, {runs} runs, {runs // max(seconds, 1)} a second, coverage {reached[0]} ({reached[1]} features), corpus {reached[2]}", flush=True)
    if not passed:
        for path in sorted(set(findings.iterdir()) - before):
            print(f"{target}: the input is {path}")
        told = re.findall(r"^(?:.*runtime error: .*|a promise was broken: .*|==\d+==\s*ERROR: .*|SUMMARY: .*)$", text, re.MULTILINE)
        print("\n".join(f"{target}: {line}" for line in told[:6]) or f"{target}: ended with {code}", f"\n{target}: the log is {log}", flush=True)
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/fuzz"))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(MOST_BYTES))
    options = parser.parse_args()
    unknown = set(options.targets) - set(MOST_BYTES)
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}; there are {', '.join(MOST_BYTES)}")
    (options.build / "seeds").mkdir(exist_ok=True)
    make_seeds(options.build / "seeds", options.build / "tests/fuzz")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(lambda target: run(target, options.seconds, options.build), options.targets or MOST_BYTES))
    print(f"{sum(passed)} passed, {len(passed) - sum(passed)} failed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
