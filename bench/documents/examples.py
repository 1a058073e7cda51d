#!/usr/bin/env python3
"""Converts documents by the product's own program, and says how near each comes to texts of others that lie beside it.

Of NAME.pdf the reference is NAME.marker.md or marker/NAME.md, Marker's published text; NAME.nougat.md or nougat/NAME.md is measured beside
ours. Both may be missing. Our text and its pictures go into NAME.ours/."""
import argparse
import pathlib
import time

from converted import convert
from score import score


def text_of(document, peer):
    """A peer's text of the document, or None."""
    for path in (document.with_suffix(f".{peer}.md"), document.parent / peer / f"{document.stem}.md"):
        if path.exists():
            return path.read_text()
    return None


def row(name, peer, scores):
    figures = [f"{scores[measure]:.3f}" for measure in ("nid", "word_f1", "heading_f1")] if scores else ["-"] * 3
    return f"{name:<28} {peer:<8}" + "".join(f"{figure:>12}" for figure in figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs="+", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--program", type=pathlib.Path, required=True)
    options = parser.parse_args()
    for document in options.documents:
        if not document.is_file():
            raise SystemExit(f"there is no file {document}")
    print(f"{'document':<28} {'text of':<8}{'NID':>12}{'word F1':>12}{'heading F1':>12}")
    for document in options.documents:
        folder = document.with_suffix(".ours")
        start = time.monotonic()
        ours, told = convert(options.program, document, folder)
        seconds = time.monotonic() - start
        reference, nougat = text_of(document, "marker"), text_of(document, "nougat")
        print(row(document.name, "ours", reference and score(ours, reference)) + f"   {told['pages']} pages in {seconds:.1f} s: {folder / 'document.md'}")
        if reference and nougat:
            print(row("", "nougat", score(nougat, reference)))
        if not reference:
            print(f"  no text of Marker lies beside it ({document.with_suffix('.marker.md').name}): nothing to be measured by")


if __name__ == "__main__":
    main()
