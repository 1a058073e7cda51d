"""The commands of README.md, typed in their order as they stand there, against a service and a store."""
import pathlib
import re
import shlex
import shutil
import subprocess

from service import PROGRAMS, SAMPLES, ServiceTest, ffmpeg
from stores import FakeS3

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
PHOTOS = {"ada1.jpg": "obama.jpg", "ada2.jpg": "obama2.jpg", "ada3.jpg": "obama3.jpg"}


class Readme(ServiceTest):
    def setUp(self):
        super().setUp()
        self.store = FakeS3()
        self.addCleanup(self.store.close)
        self.store.put_all({"media/incoming/a.mxf": b"1", "media/incoming-old/b.mxf": b"2"})
        self.store.control(credentials={"AK": "SecretForTests"})
        for name, sample in PHOTOS.items():
            shutil.copy(SAMPLES / sample, self.folder / name)
        ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=320x240", self.folder / "clip.mp4")
        self.incoming = self.folder / "incoming"
        self.incoming.mkdir()
        (self.incoming / "c.mxf").write_bytes(b"3")

    def commands(self) -> list:
        """The commands that a reader types, each as a shell reads it."""
        lines = re.findall(r"(?m)^    (notifications-api .*)$", README.read_text())
        return [shlex.split(line, comments=True)[1:] for line in lines]

    def typed(self, words: list) -> str:
        here = {"/media/incoming": str(self.incoming), "https://s3.example:9000": self.store.url}
        if "ITEM" in words:
            here["ITEM"] = self.service.items()["c.mxf"]["id"]
        done = subprocess.run([PROGRAMS / "notifications-api", *(here.get(word, word) for word in words)], cwd=self.folder, text=True,
                              env=self.service.environment(), input="SecretForTests\n", capture_output=True, timeout=300)
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_its_commands_do_what_they_say_in_their_order(self):
        self.service.start()
        commands = self.commands()
        self.assertGreater(len(commands), 9)
        for words in commands:
            if words[:2] == ["items", "list"]:
                self.service.wait_until_terminal("c.mxf", "incoming/a.mxf")
            self.typed(words)
        self.assertEqual({row["name"] for row in self.service.get("/v1/buckets")["rows"]}, {"incoming", "archive"})
        self.assertEqual(set(self.service.items()), {"c.mxf", "incoming/a.mxf"})
