#!/usr/bin/env python3
"""Prints how long the files are, and fails when a source file has more than 400 lines."""
import pathlib
import statistics
import sys


def lines(folder: str) -> dict[pathlib.Path, int]:
    paths = [p for p in pathlib.Path(folder).rglob("*") if p.suffix in (".cpp", ".hpp")]
    return {p: len(p.read_text(encoding="utf-8").splitlines()) for p in paths}


def main() -> int:
    totals = {}
    for folder in sys.argv[1:]:
        found = lines(folder)
        totals[folder] = sum(found.values())
        if found:
            print(f"{folder}: {len(found)} files, {sum(found.values())} lines, median {statistics.median(found.values()):.0f}, longest {max(found.values())}")
    too_long = {p: n for p, n in lines("src").items() if n > 400}
    for path, count in sorted(too_long.items()):
        print(f"{path}: {count} lines")
    return bool(too_long)


if __name__ == "__main__":
    sys.exit(main())
