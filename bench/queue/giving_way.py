"""How long something short waits while every worker is busy with something long: from when its file lands until it is begun. Films of forty hours
are looked at for faces; clips of a minute and photos land at random."""
import os
import pathlib
import random
import shutil
import struct
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKERS, FILMS, HOURS = 2, 4, 40
FACES = '{"fps": 5, "long_side": 320}'
PAUSES = (2, 40)  # seconds between two that land
SEED = 7


class Busy:
    """A service whose workers all have a film."""

    def __init__(self, programs: pathlib.Path) -> None:
        os.environ |= {"NOTIFY_PROGRAMS": str(programs), "NOTIFY_DEPS": str(ROOT / ".deps")}
        sys.path.insert(0, str(ROOT / "tests/functional"))
        from service import SAMPLES, Service, ffmpeg, wait_for
        self.wait_for, self.photo = wait_for, SAMPLES / "biden.jpg"
        self.folder, self.landed = pathlib.Path(tempfile.mkdtemp(prefix="bench-giving-way.")), {}
        self.clip, film = self.folder / "clip.mp4", self.folder / "film.mp4"
        ffmpeg("-loop", "1", "-framerate", "5", "-t", "60", "-i", SAMPLES / "obama.jpg",
               "-vf", "scale=480:270:force_original_aspect_ratio=increase,crop=480:270:'10+10*sin(t/7)':0,setsar=1",
               "-c:v", "libx264", "-preset", "ultrafast", "-g", "150", "-pix_fmt", "yuv420p", self.clip)
        ffmpeg("-stream_loop", str(HOURS * 60 - 1), "-i", self.clip, "-c", "copy", film)
        self.service = Service(self.folder, WORKERS=str(WORKERS), LOG_LEVEL="INFO")
        self.service.start()
        self.service.watch_inbox("facial-recognition", "--config", FACES)
        for number in range(FILMS):
            self.drop(f"film {number}.mp4", film)
        film.unlink()
        wait_for("all workers to have a film", lambda: self.count("progress > 0") == WORKERS, 600)

    def __enter__(self) -> "Busy":
        return self

    def __exit__(self, *_) -> None:
        self.service.kill()
        shutil.rmtree(self.folder)

    def count(self, condition: str) -> int:
        return self.service.rows(f"SELECT count(*) FROM process WHERE {condition}")[0][0]

    def drop(self, name: str, source: pathlib.Path) -> None:
        """Each with bytes of its own, or it would be known: behind a film's own a box that says nothing, behind a photo's what nobody reads."""
        own = name.encode()
        content = source.read_bytes() + struct.pack(">I4s", 8 + len(own), b"free") + own
        self.landed[name] = time.time()
        self.service.drop(name, content=content)

    def waits(self, items: int) -> list:
        """Seconds, in order."""
        chance = random.Random(SEED)
        short = [f"{number}.jpg" if number % 2 else f"{number}.mp4" for number in range(items)]
        for name in short:
            self.drop(name, self.photo if name.endswith("jpg") else self.clip)
            time.sleep(chance.uniform(*PAUSES))
        begun = "SELECT CAST(key AS TEXT), started_at FROM process JOIN item ON item.id = item_id WHERE process.status = 'Completed'"
        self.wait_for("what is short to be done", lambda: len(self.service.rows(begun)) >= items, 600)
        if self.count("status IN ('Pending', 'Processing')") != FILMS:
            raise SystemExit("a film ended, so not all workers were busy: take longer ones")
        return sorted(started_at / 1000 - self.landed[name] for name, started_at in self.service.rows(begun))


def giving_way(programs: pathlib.Path, items: int) -> dict:
    with Busy(programs) as busy:
        waits = busy.waits(items)
        given = busy.service.rows("SELECT sum(gave_way) FROM long_work")[0][0]
    return {"queue.short_items": items, "queue.short_start_p50_s": waits[items // 2], "queue.short_start_max_s": waits[-1], "queue.short_gave_way": given}
