"""What `cmake --install` makes works wherever it lies, without the folder that it was built in."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from pdf_files import PARAGRAPH, document
from service import PROGRAMS, SAMPLES


class InstalledTree(unittest.TestCase):
    def test_the_installed_child_finds_its_libraries_and_models_and_converts(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            made, moved = folder / "made", folder / "moved"
            subprocess.run(["cmake", "--install", PROGRAMS.parent, "--prefix", made, "--strip"], check=True, capture_output=True)
            os.rename(made, moved)
            loaded = subprocess.run(["ldd", moved / "bin/notifications-api-processor"], check=True, capture_output=True, text=True).stdout
            for library in ("libpdfium.so", "libopenvino.so"):
                line = next(line for line in loaded.splitlines() if library in line)
                self.assertIn(str(moved), os.path.realpath(line.split()[2]), line)
            file = folder / "a.pdf"
            file.write_bytes(document(PARAGRAPH))
            environment = {"DATA_DIR": str(folder / "data"), "PATH": "/usr/bin:/bin"}
            for processor, item, words in (("document-markdown", file, "document_markdown/1"), ("facial-recognition", SAMPLES / "obama.jpg", "face_tracks/1")):
                done = subprocess.run([moved / "bin/notifications-api", "process", item, "--processor", processor, "--json", "--artifacts", folder / "out"],
                                      cwd=folder, env=environment, text=True, capture_output=True, timeout=600)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(words, done.stdout)
            self.assertIn("This is line six of a text", (folder / "out/document.md").read_text())


if __name__ == "__main__":
    unittest.main()
