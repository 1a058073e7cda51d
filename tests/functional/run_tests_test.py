"""What script/test tells of a test that passed, failed, was skipped, or could not be run."""
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = f"""cmake_minimum_required(VERSION 3.25)
project(fake_tests NONE)
enable_testing()
include({ROOT}/tests/functional/CMakeLists.txt)
"""
# indented, so that what looks for tests in this file finds none of these
GOOD_AND_SKIPPED = textwrap.dedent("""\
        import unittest

        class Fake(unittest.TestCase):
            def test_good(self):
                self.assertTrue(True)

            @unittest.skip("there's no elephant here")
            def test_skipped(self):
                self.fail("it was not skipped")

            def test_skipped_late(self):
                self.skipTest("the elephant left")

        @unittest.skip("no zoo")
        class FakeClass(unittest.TestCase):
            def test_of_a_class(self):
                self.fail("it was not skipped")
""")
BAD = textwrap.dedent("""\
        import unittest

        class Bad(unittest.TestCase):
            def test_bad(self):
                print("OK")
                self.fail("the elephant fell")
""")
AS_GTEST = """
add_test(NAME Fake.Gtest COMMAND cmake -E echo "[ RUN      ] Fake.Gtest\nfake_test.cpp:1: Skipped\nno mouse either\n\n[  SKIPPED ] Fake.Gtest (0 ms)")
set_tests_properties(Fake.Gtest PROPERTIES SKIP_REGULAR_EXPRESSION "\\\\[  SKIPPED \\\\]")
"""
# GoogleTest skips the tests of a suite whose setting up failed, and its exit code is not looked at then
SKIPPED_BY_A_FAILURE = """
add_test(NAME Fake.Suite COMMAND cmake -E echo "fake_test.cpp:1: Skipped\n\n[  SKIPPED ] Fake.Suite (0 ms)\n 0 FAILED TESTS\n 1 FAILED TEST SUITE")
set_tests_properties(Fake.Suite PROPERTIES SKIP_REGULAR_EXPRESSION "\\\\[  SKIPPED \\\\]")
"""
MISSING = """
add_test(NAME Fake.Missing COMMAND /there/is/no/such/program)
"""


class RunTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="run-tests.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def told(self, project: str, *arguments: str, **files: str) -> tuple:
        """Exit code and the lines that are told."""
        (self.folder / "CMakeLists.txt").write_text(PROJECT + project)
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(text)
        build = self.folder / "build"
        subprocess.run(["cmake", "-G", "Ninja", f"-DNOTIFY_DEPS={os.environ['NOTIFY_DEPS']}", "-S", self.folder, "-B", build], check=True,
                       stdout=subprocess.DEVNULL)
        done = subprocess.run([sys.executable, ROOT / "tools/run_tests.py", build, *arguments], text=True, capture_output=True)
        return done.returncode, done.stdout.splitlines()

    def test_what_was_skipped_is_named_with_its_reason_and_did_not_pass(self) -> None:
        code, lines = self.told(AS_GTEST, fake_test=GOOD_AND_SKIPPED)
        self.assertEqual(code, 0)
        self.assertEqual(sorted(line for line in lines if line.startswith("skipped: ")), [
            "skipped: Fake.Gtest: no mouse either",
            "skipped: functional.fake_test.Fake.test_skipped: there's no elephant here",
            "skipped: functional.fake_test.Fake.test_skipped_late: the elephant left",
            "skipped: functional.fake_test.FakeClass.test_of_a_class: no zoo"])
        self.assertEqual(lines[-1], "1 passed, 0 failed")

    def test_what_failed_or_could_not_be_run_failed(self) -> None:
        code, lines = self.told(MISSING, fake_test=GOOD_AND_SKIPPED, bad_test=BAD)
        self.assertNotEqual(code, 0)
        self.assertIn("AssertionError: the elephant fell", lines)
        self.assertEqual(lines[-1], "1 passed, 2 failed")

    def test_what_was_skipped_because_its_suite_could_not_be_set_up_failed(self) -> None:
        code, lines = self.told(SKIPPED_BY_A_FAILURE, fake_test=GOOD_AND_SKIPPED)
        self.assertNotEqual(code, 0)
        self.assertTrue([line for line in lines if "Fake.Suite" in line and "Skipped" in line], lines)
        self.assertEqual([line for line in lines if line.startswith("skipped: Fake.Suite")], [])
        self.assertEqual(lines[-1], "1 passed, 1 failed")

    def test_nothing_to_run_is_a_failure(self) -> None:
        code, lines = self.told("", "-R", "NoSuchTest", fake_test=GOOD_AND_SKIPPED)
        self.assertNotEqual(code, 0)
        self.assertIn("No tests were found!!!", lines)
        self.assertEqual(lines[-1], "0 passed, 1 failed")


if __name__ == "__main__":
    unittest.main()
