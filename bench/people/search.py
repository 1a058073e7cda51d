"""How fast the nearest of a million faces is found: ours, and FAISS's exact search over the same faces in the same run."""
import pathlib
import subprocess
import tempfile
import time

import numpy

FACES, PEOPLE_EACH, QUERIES, SEED = 1_000_000, 8, 2_000, 11
AT_ONCE = 50_000


def unit(rows: numpy.ndarray) -> numpy.ndarray:
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


class People:
    """Makes faces like those of a set of people: Gaussian, with the covariances between and within them. Within is a tenth even, since there are
    fewer photos than numbers."""

    def __init__(self, photos: list[str], faces: dict) -> None:
        of_person: dict = {}
        for photo in photos:
            if faces[photo] is not None:
                of_person.setdefault(photo.split("/")[0], []).append(faces[photo])
        centres = numpy.array([numpy.mean(each, 0) for each in of_person.values()])
        within = numpy.concatenate([numpy.array(each) - numpy.mean(each, 0) for each in of_person.values()])
        self.middle = centres.mean(0)
        self.between = numpy.linalg.cholesky(numpy.cov(centres.T) + 1e-7 * numpy.eye(128))
        spread = numpy.cov(within.T)
        even = numpy.trace(spread) / 128
        self.within = numpy.linalg.cholesky(0.9 * spread + 0.1 * even * numpy.eye(128))
        self.random = numpy.random.default_rng(SEED)

    def centres(self, count: int) -> numpy.ndarray:
        return self.middle + self.random.standard_normal((count, 128)) @ self.between.T

    def around(self, centres: numpy.ndarray) -> numpy.ndarray:
        return unit(centres + self.random.standard_normal(centres.shape) @ self.within.T).astype("float32")


def write(folder: pathlib.Path, people: People) -> tuple:
    """Faces of strangers to each other by the thousand; half of the queries show somebody of them, half do not."""
    faces, known = folder / "faces", []
    with faces.open("wb") as file:
        for _ in range(0, FACES, AT_ONCE):
            centres = people.centres(AT_ONCE // PEOPLE_EACH)
            known.append(centres[:QUERIES * AT_ONCE // FACES // 2 + 1])
            file.write(people.around(numpy.repeat(centres, PEOPLE_EACH, 0)).tobytes())
    known = numpy.concatenate(known)[:QUERIES // 2]
    queries = people.around(numpy.concatenate([known, people.centres(QUERIES - len(known))]))
    (folder / "queries").write_bytes(people.random.permutation(queries).tobytes())
    return faces, folder / "queries"


def exact(faces_path: pathlib.Path, queries_path: pathlib.Path) -> dict:
    import faiss
    faiss.omp_set_num_threads(1)
    faces = numpy.fromfile(faces_path, "float32").reshape(-1, 128)
    queries = numpy.fromfile(queries_path, "float32").reshape(-1, 128)[:100]
    index = faiss.IndexFlatL2(128)
    index.add(faces)
    times = []
    for query in queries:
        start = time.perf_counter()
        index.search(query[None], 1)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return {"people.faiss_exact_p50_ms": times[len(times) // 2], "people.faiss_exact_p99_ms": times[len(times) * 99 // 100]}


def figures(build: pathlib.Path, photos: list[str], faces: dict) -> dict:
    with tempfile.TemporaryDirectory(prefix="bench-people.") as name:
        paths = write(pathlib.Path(name), People(photos, faces))
        lines = subprocess.run([build / "bench/people/bench_people_search", *paths], check=True, text=True, stdout=subprocess.PIPE).stdout
        ours = {f"people.{word}": float(value) for word, value in (line.split() for line in lines.splitlines())}
        return ours | {"people.search_faces": FACES} | exact(*paths)
