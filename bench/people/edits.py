"""What edits of people cost: 10,000 appearances of one person in 2,000 items, and 1,000 random edits that are all undone again."""
import pathlib
import subprocess
import tempfile


def figures(build: pathlib.Path) -> dict:
    """On SQLite, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([build / "bench/people/bench_people_edits", folder], check=True, capture_output=True, text=True).stdout
    return {f"people.{name}": float(number) for name, number in (line.split() for line in out.splitlines())}
