#!/usr/bin/env python3
"""Takes the figures of people: who is found among strangers, and how faces without a name come together.

run.py --build FOLDER [--json] [--parts accuracy,search,edits]     BENCH_DATA names the evaluation data; without it there is no accuracy
[people.tpir_at_1], [people.tpir_at_5]   of photos of enrolled people (three photos each), the share that is found when 1, 5 % of strangers'
                                         photos are taken for somebody; mean of ten splits (bench/people/protocol.py)
[people.tar_at_1e2], [people.tar_at_1e3] of pairs of photos of one person, the share that is found when so many of two people are
[people.cluster_f]                       B-cubed F of all photos without a name, clustered at once
[people.cluster_incremental_f]           and one photo at a time, in the worst of three orders
[people.rename_ms], [people.merge_ms]    an edit of a person with 10,000 appearances in 2,000 items, on SQLite (bench/people/edits.py)
[people.search_p99_ms], …p50_ms          the nearest of 1,000,000 faces like those people (bench/people/search.py); [people.search_recall] of what comparison
                                         with every one finds; [people.search_memory_ratio] of the embeddings' bytes; [people.search_open_s] from sealed rows
[people.undone_equal]                    1 when people are the same, byte for byte, after 1,000 random edits were undone in random order
Beside each of the accuracy the same by a recipe in Python and by face_recognition (bench/people/peers.py), on the same photos in the same run.
"""
import argparse
import json
import os
import pathlib
import statistics
import sys

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "faces")]
import edits  # noqa: E402
import numpy  # noqa: E402
import protocol  # noqa: E402
import search  # noqa: E402
from clips import Program  # noqa: E402

GOALS = {
    "people.tpir_at_1_by_recipe": "≥ 1", "people.tpir_at_1_by_face_recognition": "> 1", "people.tar_at_1e3_by_recipe": "≥ 1",
    "people.cluster_f": "≥ 0.965", "people.search_p99_ms": "≤ 5", "people.search_recall": "≥ 0.999", "people.search_memory_ratio": "≤ 1.3",
    "people.search_open_s": "≤ 5", "people.rename_ms": "≤ 100", "people.merge_ms": "≤ 100", "people.undone_equal": "1",
}
FALSE_RATES = {"1": 0.01, "5": 0.05}
PAIR_RATES = {"1e2": 1e-2, "1e3": 1e-3}


def nearest_mean(gallery: list[list], faces: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(person, distance) of each face: to the mean of a person's photos, scaled to length 1."""
    means = numpy.array([numpy.mean([f for f in photos if f is not None], 0) for photos in gallery])
    distances = numpy.linalg.norm(faces[:, None] - means / numpy.linalg.norm(means, axis=1)[:, None], axis=2)
    return distances.argmin(1), distances.min(1)


def nearest_photo(gallery: list[list], faces: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(person, distance) of each face: to a person's nearest photo, as it is."""
    owners, photos = zip(*((person, photo) for person, photos in enumerate(gallery) for photo in photos if photo is not None))
    distances = numpy.linalg.norm(faces[:, None] - numpy.array(photos), axis=2)
    return numpy.array(owners)[distances.argmin(1)], distances.min(1)


def identify(photos: list[str], answer) -> dict:
    """The shares that are found, where `answer` gives (person, distance) for each of some photos against a gallery."""
    rates = {name: [] for name in FALSE_RATES}
    for number in range(protocol.SPLITS):
        gallery, known, strangers = protocol.split(photos, number)
        answers = answer(gallery, [photo for _, photo in known] + strangers)
        found = [(person == said, distance) for (person, _), (said, distance) in zip(known, answers)]
        for name, rate in FALSE_RATES.items():
            rates[name].append(protocol.rate_at(found, [distance for _, distance in answers[len(known):]], rate))
    return {f"tpir_at_{name}": statistics.mean(values) for name, values in rates.items()}


def measure_peer(photos: list[str], faces: dict, nearest) -> dict:
    def answer(gallery: list[list[str]], probes: list[str]) -> list[tuple[int, float]]:
        enrolled = [[faces[photo] for photo in person] for person in gallery]
        looked_at = numpy.array([numpy.zeros(128) if faces[probe] is None else faces[probe] for probe in probes])
        people, distances = nearest(enrolled, looked_at)
        return [(-1, 9.0) if faces[probe] is None else (int(p), float(d)) for probe, p, d in zip(probes, people, distances)]
    rates = protocol.verification(faces, tuple(PAIR_RATES.values()))
    return identify(photos, answer) | {f"tar_at_{name}": rate for name, rate in zip(PAIR_RATES, rates)}


def embed(program: Program, folder: pathlib.Path, photos: list[str]) -> dict:
    faces = {}
    for at in range(0, len(photos), 50):
        some = photos[at:at + 50]
        found = program.ask({"photos": [str(folder / photo) for photo in some]})["faces"]
        faces |= {photo: None if face is None else numpy.array(face) for photo, face in zip(some, found)}
    return faces


class Ours:
    """The product's own code, in one warm process."""

    def __init__(self, program: Program, folder: pathlib.Path, photos: list[str]) -> None:
        self.program = program
        self.faces = embed(program, folder, photos)
        self.number = {photo: i for i, photo in enumerate(photos)}
        self.named_strangers = self.strangers = self.named_right = self.named_wrong = self.known = 0

    def answer(self, gallery: list[list[str]], probes: list[str]) -> list[tuple[int, float]]:
        people = [[self.number[photo] for photo in person] for person in gallery]
        matches = self.program.ask({"people": people, "probes": [self.number[probe] for probe in probes]})["matches"]
        who = {photo.split("/")[0]: i for i, (photo, *_) in enumerate(gallery)}
        for probe, (person, _, _, confirmed) in zip(probes, matches):
            is_known = probe.split("/")[0] in who
            self.known += is_known
            self.strangers += not is_known
            self.named_strangers += confirmed and not is_known
            self.named_right += confirmed and is_known and who[probe.split("/")[0]] == person
            self.named_wrong += confirmed and is_known and who[probe.split("/")[0]] != person
        return [(person, distance) for person, distance, *_ in matches]

    def clustered(self, photos: list[str], at_once: int) -> tuple[float, float, float]:
        clusters = self.program.ask({"cluster": [self.number[photo] for photo in photos], "at_once": at_once})["people"]
        return protocol.b_cubed(photos, clusters)


def measure_ours(ours: Ours, photos: list[str]) -> dict:
    rates = protocol.verification(ours.faces, tuple(PAIR_RATES.values()))
    figures = identify(photos, ours.answer) | {f"tar_at_{name}": rate for name, rate in zip(PAIR_RATES, rates)}
    figures |= {
        "named_right_share": ours.named_right / ours.known, "named_wrong_share": ours.named_wrong / ours.known,
        "named_strangers_share": ours.named_strangers / ours.strangers,
    }
    at_once = protocol.arrivals(photos, 0)
    figures |= dict(zip(("cluster_precision", "cluster_recall", "cluster_f"), ours.clustered(at_once, len(at_once))))
    one_by_one = [ours.clustered(protocol.arrivals(photos, seed), 1) for seed in range(3)]
    figures |= dict(zip(("cluster_incremental_precision", "cluster_incremental_recall", "cluster_incremental_f"), min(one_by_one, key=lambda prf: prf[2])))
    few = protocol.few_of_most(photos)
    return figures | {"cluster_few_f": ours.clustered(few, len(few))[2], "cluster_few_photos": len(few)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--deps", type=pathlib.Path, default=pathlib.Path(".deps"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--parts", default="accuracy,search,edits")
    options = parser.parse_args()
    figures = edits.figures(options.build.resolve()) if "edits" in options.parts.split(",") else {}
    if {"accuracy", "search"} & set(options.parts.split(",")):
        figures |= of_photos(options)
    if options.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:<48} {figure:>10}" + (f"   goal {GOALS[name]}" if name in GOALS else ""))


def of_photos(options: argparse.Namespace) -> dict:
    named = os.environ.get("BENCH_DATA", "")
    if not named:
        print("BENCH_DATA is not set, so there are no photos of people: not taken: people.tpir_…, people.tar_…, people.cluster_…, people.search_…", file=sys.stderr)
        return {}
    data, models = pathlib.Path(named).resolve(), options.deps.resolve() / "models"
    sys.path.append(str(options.deps.resolve()))  # OpenVINO's own Python module is in its SDK
    folder = data / "faces/lfw-dev"
    photos = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.jpg"))
    ours = Ours(Program([str(options.build.resolve() / "bench/people/bench_people")]), folder, photos)
    searched = search.figures(options.build.resolve(), photos, ours.faces) if "search" in options.parts.split(",") else {}
    return searched | (accuracy(options, data, models, ours, photos) if "accuracy" in options.parts.split(",") else {})


def accuracy(options: argparse.Namespace, data: pathlib.Path, models: pathlib.Path, ours: Ours, photos: list[str]) -> dict:
    import peers
    folder = data / "faces/lfw-dev"
    figures = measure_ours(ours, photos)
    for name, peer, nearest in (("recipe", peers.Recipe(data, models), nearest_mean), ("face_recognition", peers.FaceRecognition(models), nearest_photo)):
        faces = {photo: peer.face(folder / photo) for photo in photos}
        theirs = measure_peer(photos, faces, nearest)
        figures |= {f"{name}_{figure}": value for figure, value in theirs.items()}
        figures[f"{name}_photos_without_face"] = sum(face is None for face in faces.values())
        figures |= {f"{figure}_by_{name}": figures[figure] / value for figure, value in theirs.items()}
    figures |= {"photos": len(photos), "persons": len(protocol.by_person(photos))}
    return {f"people.{name}": float(f"{value:.4g}") for name, value in figures.items()}


if __name__ == "__main__":
    main()
