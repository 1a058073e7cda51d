#!/usr/bin/env python3
"""Figures of document-markdown beside pymupdf4llm and pdftotext, scored against Marker's published text, the documents' own outlines,
and documents that typst makes of a known text (generated.py).

BENCH_DATA names a folder with documents/NAME.pdf, documents/marker/NAME.md and documents/nougat/NAME.md."""
import argparse
import functools
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

from converted import convert
from generated import DOCUMENTS, cells_of, many_pages, made
from score import headings, outline_score, overlap, score

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / ".deps/document-peers"
sys.path.insert(0, str(PEERS))

NAMES = {"switch_transformers": "switch", "thinkos": "thinkos"}
GOALS = {
    "documents.switch_nid": ">= 0.957", "documents.switch_word_f1": ">= 0.965", "documents.switch_heading_f1": ">= 0.91",
    "documents.switch_outline_recall": ">= 0.99", "documents.switch_outline_f1": ">= 0.94",
    "documents.thinkos_nid": ">= 0.985", "documents.thinkos_word_f1": ">= 0.988", "documents.thinkos_heading_f1": ">= 0.82",
    "documents.thinkos_outline_recall": ">= 0.99", "documents.thinkos_outline_f1": ">= 0.94", "documents.cpu_ms_page": "<= 15",
    "documents.typst_word_f1": ">= 0.99", "documents.typst_order": ">= 0.98", "documents.typst_heading_f1": ">= 0.98",
    "documents.typst_cells": ">= 0.95", "documents.ocr_cpu_s_page": "<= 3",
    "documents.rss_mb_5000_pages": "< 300",
}
SCANS = 4  # documents; the first and the last have two columns
PEER = ("import sys; sys.path.insert(0, sys.argv[1])\nimport pymupdf4llm\n"
        "open(sys.argv[3], 'w').write(pymupdf4llm.to_markdown(sys.argv[2], show_progress=False))")


def cpu_seconds_of(command, **more):
    """Processor time of a program and of what it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(program, pdf, folder, **config):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text, told = convert(program, pdf, folder, **config)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return text, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told


def pymupdf4llm(pdf, folder):
    seconds = cpu_seconds_of([sys.executable, "-c", PEER, PEERS, pdf, folder / "peer.md"])
    return (folder / "peer.md").read_text(), seconds


def pdftotext(pdf, folder):
    program = shutil.which("pdftotext") or PEERS / "pdftotext"
    libraries = {**os.environ, "LD_LIBRARY_PATH": str(PEERS)}
    seconds = cpu_seconds_of([program, pdf, folder / "peer.txt"], env=libraries)
    return (folder / "peer.txt").read_text(), seconds


@functools.cache
def fonts():
    import typst
    return typst.Fonts(include_system_fonts=False)


def generated(seed):
    """A document whose text is known: the PDF, that text as Markdown, the cells of its tables."""
    import typst
    source, markdown, cells, tagged = made(seed)
    return typst.compile(source.encode(), font_paths=fonts(), pdf_tags=tagged), markdown, cells


def scan_of(pdf):
    """The same pages as pictures of 200 pixels an inch, and how many."""
    import pymupdf
    digital, scan = pymupdf.open(stream=pdf, filetype="pdf"), pymupdf.open()
    for page in digital:
        sheet = scan.new_page(width=page.rect.width, height=page.rect.height)
        sheet.insert_image(sheet.rect, pixmap=page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY))
    return scan.tobytes(deflate=True), len(digital)


def scanned_figures(program):
    """Means over scans of generated documents, and the processor time of a page."""
    sums, seconds, pages = {}, 0, 0
    for seed in range(SCANS):
        pdf, markdown, _ = generated(seed)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "scan.pdf"
            scan, count = scan_of(pdf)
            file.write_bytes(scan)
            text, spent, told = ours(program, file, pathlib.Path(folder), ocr="auto")
        assert len(told["ocr_pages"]) == count
        seconds, pages = seconds + spent, pages + count
        for measure, value in score(text, markdown).items():
            sums.setdefault(measure, []).append(value)
    return {"documents.scan_word_f1": sum(sums["word_f1"]) / SCANS, "documents.scan_order": sum(sums["nid"]) / SCANS,
            "documents.ocr_cpu_s_page": seconds / pages}


def generated_figures(program):
    """Means over the documents of which the text is known."""
    sums = {}
    for seed in range(DOCUMENTS):
        pdf, markdown, cells = generated(seed)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "generated.pdf"
            file.write_bytes(pdf)
            text, _, _ = ours(program, file, pathlib.Path(folder))
        scores = score(text, markdown)
        scores["order"] = scores.pop("nid")
        if seed % 3 == 0:
            scores["two_columns_order"] = scores["order"]
        if cells:
            scores["cells"] = overlap(list(cells_of(text).elements()), cells)[2]
        for measure, value in scores.items():
            sums.setdefault(measure, []).append(value)
    return {f"documents.typst_{measure}": sum(values) / len(values) for measure, values in sums.items()}


def memory_figure(program):
    """The most that any process of a conversion of 5,000 pages held, in MB; in a process of its own, which has no other children."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = pathlib.Path(folder) / "many.pdf"
        many_pages(pdf, 5000)
        measure = ("import resource, sys\nfrom converted import convert\nimport pathlib\n"
                   "_, told = convert(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))\nassert told['pages'] == 5000\n"
                   "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)")
        done = subprocess.run([sys.executable, "-c", measure, program, pdf, folder], check=True, capture_output=True, text=True,
                              cwd=pathlib.Path(__file__).parent)
    return {"documents.rss_mb_5000_pages": float(done.stdout)}


def scores(text, outline, reference, titles):
    """What a text is worth. `outline`: titles it is said to have; headings of the text where nothing is said."""
    told = headings(text) if outline is None else outline
    recall, f1 = outline_score(told, titles)
    return score(text, reference) | {"outline_recall": recall, "outline_f1": f1, "headings_outline_f1": outline_score(headings(text), titles)[1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not os.environ.get("BENCH_DATA"):
        raise SystemExit("BENCH_DATA is not set: there are no documents to measure")
    data = pathlib.Path(os.environ["BENCH_DATA"]) / "documents"
    program = options.build.resolve() / "bin/notifications-api"
    import pymupdf
    figures, pages, seconds = {}, 0, {}
    for name, short in NAMES.items():
        pdf = (data / f"{name}.pdf").resolve()
        document = pymupdf.open(pdf)
        titles = [entry[1] for entry in document.get_toc()]
        pages += len(document)
        reference = (data / f"marker/{name}.md").read_text()
        found = {"_nougat": ((data / f"nougat/{name}.md").read_text(), None)}
        for suffix, run in (("", lambda: ours(program, pdf, folder)), ("_pymupdf4llm", lambda: pymupdf4llm(pdf, folder)),
                            ("_pdftotext", lambda: pdftotext(pdf, folder))):
            with tempfile.TemporaryDirectory() as made_here:
                folder = pathlib.Path(made_here)
                text, spent, *told = run()
            found[suffix] = (text, [entry["title"] for entry in told[0]["outline"]] if told else None)
            seconds[suffix] = seconds.get(suffix, 0) + spent
        for suffix, (text, outline) in found.items():
            for measure, value in scores(text, outline, reference, titles).items():
                figures[f"documents.{short}_{measure}{suffix}"] = value
    for suffix, spent in seconds.items():
        figures[f"documents.cpu_ms_page{suffix}"] = spent * 1000 / pages
    figures |= generated_figures(program) | scanned_figures(program) | memory_figure(program)
    figures = {name: float(f"{value:.4g}") for name, value in figures.items()}
    if options.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:<44} {figure:>10}" + (f"   goal {GOALS[name]}" if name in GOALS else ""))


if __name__ == "__main__":
    main()
