#!/usr/bin/env python3
"""Feeds damaged PDFs to the built program and its sandboxed child, one after the other.

Each must end as a result, or as Failed with one sentence; a child that crashes, or a program that does, fails the run. What broke
something is in build/fuzz/findings/documents. usage: documents.py --programs FOLDER [--seconds N] [--seed N]"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/functional"))
from pdf_files import PARAGRAPH, document, encrypted, stream, text  # noqa: E402: beside the tests

FINDINGS = ROOT / "build/fuzz/findings/documents"


def seeds() -> list:
    """Documents in which everything that is read has a part."""
    rules = b"".join(b"72 %d m 300 %d l S\n" % (y, y) for y in (500, 480, 440))
    cells = b"".join(text(x, y, f"{x}{y}") for y in (486, 466, 446) for x in (80, 160))
    picture = b"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 4 >>\nstream\n\x00\x40\x80\xff\nendstream"
    marks = {60: b"<< /First 61 0 R >>", 61: b"<< /Title (Files) /Dest [10 0 R /Fit] /First 62 0 R >>", 62: b"<< /Title (More) /Dest [12 0 R /Fit] >>"}
    tags = {70: b"<< /Type /StructTreeRoot /K [71 0 R] /ParentTree 74 0 R >>", 71: b"<< /Type /StructElem /S /H1 /P 70 0 R /Pg 10 0 R /K 0 >>",
            74: b"<< /Nums [0 [71 0 R]] >>"}
    cmap = b"begincmap\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n2 beginbfchar\n<41> <05D0>\n<42> <0041>\nendbfchar\nendcmap"
    full = document(text(72, 740, "1 Files", "F2", 16) + PARAGRAPH + rules + cells + b"q 200 0 0 100 100 300 cm /Im Do Q\n",
                    text(72, 740, "1.1 More", "F2", 14) + PARAGRAPH + text(72, 600, "- one") + text(72, 588, "- two") + text(72, 500, "x = 1", "F3"),
                    catalog=b"/Outlines 60 0 R", more=marks | {90: picture}).replace(b"/Font << /F1", b"/XObject << /Im 90 0 R >> /Font << /F1")
    tagged = document(b"/H1 << /MCID 0 >> BDC\n" + text(72, 740, "Files") + b"EMC\n" + PARAGRAPH, page=b"/StructParents 0",
                      catalog=b"/MarkInfo << /Marked true >> /StructTreeRoot 70 0 R", more=tags)
    mapped = document(text(72, 700, "ABAB"), more={3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 81 0 R >>", 81: stream(cmap)})
    return [full, tagged, mapped, encrypted(b"hidden, and read"), document(PARAGRAPH, page=b"/Rotate 90", table=False)]


def damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at, kind = chance.randrange(len(out)), chance.randrange(6)
        end = min(len(out), at + chance.choice((1, 2, 8, 64, 500)))
        if kind == 0:
            out[at] = chance.randrange(256)
        elif kind == 1 and len(out) - (end - at) > 20:
            del out[at:end]
        elif kind == 2:
            out[at:at] = out[at:end]
        elif kind == 3:
            out[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
        elif numbers := list(re.finditer(rb"\d+", bytes(out))):
            number = chance.choice(numbers)
            out[number.start():number.end()] = chance.choice((b"0", b"1", b"-1", b"10", b"11", b"71", b"65536", b"2147483648", b"99999999999999999999"))
    return bytes(out[:chance.randrange(20, len(out))] if chance.randrange(20) == 0 else out)


def fault_of(done: subprocess.CompletedProcess) -> str:
    """Why this is no way to end, or nothing."""
    if done.returncode not in (0, 1):
        return f"the program ended with {done.returncode}"
    if done.returncode == 0:
        return "" if json.loads(done.stdout).get("schema") == "document_markdown/1" else "no result"
    said = done.stderr.strip().splitlines()[-1:] or [""]
    crashed = re.search(r"ended unexpectedly|ended by signal|memory|too long|sign of life|broke a rule", said[0])
    return f"the child did not survive it: {said[0]}" if crashed else "" if " " in said[0] else "no sentence"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    chance, sources = random.Random(options.seed), seeds()
    counts, until = {"read": 0, "refused": 0, "broken": 0}, time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "damaged.pdf"
        settings = {"DATA_DIR": folder + "/data", "PATH": "/usr/bin:/bin"}
        while time.monotonic() < until:
            data = damaged(chance.choice(sources), chance)
            file.write_bytes(data)
            done = subprocess.run([options.programs / "notifications-api", "process", file, "--processor", "document-markdown", "--json"],
                                  env=settings, text=True, capture_output=True)
            fault = fault_of(done)
            counts["broken" if fault else "refused" if done.returncode else "read"] += 1
            if fault:
                FINDINGS.mkdir(parents=True, exist_ok=True)
                kept = FINDINGS / f"{options.seed}-{sum(counts.values())}.pdf"
                kept.write_bytes(data)
                print(f"{kept}: {fault}", flush=True)
    print(f"documents, seed {options.seed}: {counts['read']} read, {counts['refused']} refused with a sentence, {counts['broken']} broke something")
    sys.exit(counts["broken"] > 0 or counts["read"] == 0 or counts["refused"] == 0)


if __name__ == "__main__":
    main()
