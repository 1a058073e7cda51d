"""Who is enrolled, who is looked for and what is counted: the same each time, from names and seeds alone.

`photos` are paths "PERSON/FILE.jpg". Every choice is by the SHA-256 of a seed and a name, so that it depends on no library.
"""
import hashlib

import numpy

SPLITS = 10
ENROLLED = 3


def shuffled(names: list[str], seed: str) -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest())


def by_person(photos: list[str]) -> dict[str, list[str]]:
    people = {}
    for photo in sorted(photos):
        people.setdefault(photo.split("/")[0], []).append(photo)
    return people


def split(photos: list[str], number: int) -> tuple[list[list[str]], list[tuple[int, str]], list[str]]:
    """(photos of each enrolled person, (person, photo) of those to be found, photos of strangers): half of the people are strangers."""
    people = by_person(photos)
    order = shuffled(list(people), f"people/1/{number}")
    gallery, known = [], []
    for name in order[: len(order) // 2]:
        mixed = shuffled(people[name], f"photos/1/{number}")
        known += [(len(gallery), photo) for photo in mixed[ENROLLED:]]
        gallery.append(mixed[:ENROLLED])
    return gallery, known, [photo for name in order[len(order) // 2:] for photo in people[name]]


def arrivals(photos: list[str], seed: int) -> list[str]:
    """The photos in the order in which they come to be clustered."""
    return shuffled(photos, f"arrivals/1/{seed}")


def few_of_most(photos: list[str]) -> list[str]:
    """As archives are: of a quarter of the people one photo, of an eighth each 2, 3, 4, 6, 9 and 14 at most."""
    people = by_person(photos)
    counts = (1, 2, 3, 4, 6, 9, 14, 1)
    chosen = []
    for i, name in enumerate(shuffled(list(people), "few/1")):
        chosen += shuffled(people[name], "few/1")[: counts[i % len(counts)]]
    return chosen


def rate_at(found: list[tuple[bool, float]], strangers: list[float], false_rate: float) -> float:
    """The share of `found` (right person, distance) below the distance that lets `false_rate` of the strangers through."""
    line = sorted(strangers)[int(false_rate * len(strangers))]
    return sum(right and distance < line for right, distance in found) / len(found)


def verification(faces: dict[str, numpy.ndarray], false_rates: tuple[float, ...]) -> list[float]:
    """Of all pairs of photos of one person, the share below the distance that lets so many pairs of two people through.
    A photo without a face is like no other."""
    names = sorted(faces)
    there = numpy.array([faces[name] is not None for name in names])
    vectors = numpy.array([numpy.zeros(128) if faces[name] is None else faces[name] for name in names])
    squares = (vectors ** 2).sum(1)
    distances = numpy.sqrt(numpy.maximum(0, squares[:, None] + squares - 2 * vectors @ vectors.T))
    distances[~(there[:, None] & there)] = 9
    people = numpy.unique([name.split("/")[0] for name in names], return_inverse=True)[1]
    rows, columns = numpy.triu_indices(len(names), 1)
    pairs, same = distances[rows, columns], people[rows] == people[columns]
    others = numpy.sort(pairs[~same])
    return [float((pairs[same] < others[int(rate * len(others))]).mean()) for rate in false_rates]


def b_cubed(photos: list[str], clusters: list) -> tuple[float, float, float]:
    """(precision, recall, F) over photos; None is a cluster of its own."""
    truth = [photo.split("/")[0] for photo in photos]
    clusters = [("alone", i) if cluster is None else cluster for i, cluster in enumerate(clusters)]
    pairs = list(zip(clusters, truth))
    precision = sum(pairs.count(pair) / clusters.count(pair[0]) for pair in pairs) / len(pairs)
    recall = sum(pairs.count(pair) / truth.count(pair[1]) for pair in pairs) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)
