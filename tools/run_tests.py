#!/usr/bin/env python3
"""Runs the tests of a build folder: a line for each tenth of them and for each that fails, then why tests were skipped, and at last
"N passed, N failed". All of it is kept in FOLDER/tests.log.

usage: run_tests.py FOLDER [ctest arguments]"""
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

RESULT = re.compile(r" *(\d+)/(\d+) Test .*?( Passed +[0-9.]+ sec)?$")
# as unittest -v and GoogleTest say it
REASON = re.compile(r"\.\.\. skipped (?P<quote>['\"])(?P<unittest>.*)(?P=quote)$|: Skipped\n(?P<gtest>.+)$", re.MULTILINE)


def run(folder: pathlib.Path, arguments: list) -> int:
    """Exit code of ctest; two tests more at a time than there are cores, as many wait."""
    command = ["ctest", "--test-dir", folder, "--output-on-failure", "--no-tests=error", "--output-junit", (folder / "tests.xml").resolve(),
               "-j", str(len(os.sched_getaffinity(0)) + 2), *arguments]
    tenths = 0
    with (folder / "tests.log").open("w") as log, subprocess.Popen(command, text=True, errors="replace", stdout=subprocess.PIPE,
                                                                   stderr=subprocess.STDOUT) as ctest:
        for line in ctest.stdout:
            log.write(line)
            if result := RESULT.match(line.rstrip("\n")):
                number, total = int(result[1]), int(result[2])
                if 10 * number // total > tenths:
                    tenths = 10 * number // total
                    print(f"        {number} of {total} tests", flush=True)
                if not result[3]:
                    print(line, end="", flush=True)
    return ctest.returncode


def is_left_out(test: xml.etree.ElementTree.Element) -> bool:
    """It said that it cannot run here, and why; what is not run because what it needs failed is not left out, nor what has no program."""
    skipped = test.find("skipped")
    return skipped is not None and skipped.get("message", "").startswith("SKIP_") and "FAILED TEST SUITE" not in test.findtext("system-out", "")


def reason(output: str) -> str:
    said = REASON.search(output)
    return said["unittest"] or said["gtest"] if said else "it did not say why"


def tell(folder: pathlib.Path, status: int) -> int:
    """How many failed."""
    tests = list(xml.etree.ElementTree.parse(folder / "tests.xml").getroot().iter("testcase")) if (folder / "tests.xml").exists() else []
    skipped = [test for test in tests if is_left_out(test)]
    passed = sum(test.get("status") == "run" for test in tests)
    for test in skipped:
        print(f"skipped: {test.get('name')}: {reason(test.findtext('system-out', ''))}")
    failed = len(tests) - passed - len(skipped) if tests else 1
    if status or failed:
        log = (folder / "tests.log").read_text()
        print("\n".join(line for line in log.splitlines() if not ((result := RESULT.match(line)) and result[3])))
    print(f"the log is {folder / 'tests.log'}")
    print(f"{passed} passed, {failed} failed")
    return failed


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    (folder / "tests.xml").unlink(missing_ok=True)
    status = run(folder, sys.argv[2:])
    failed = tell(folder, status)
    return status or int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
