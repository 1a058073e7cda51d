#!/usr/bin/env python3
"""Fits people/calibration.cpp on one half of the people and tries it on the other, both ways.

calibrate.py DATA BENCH_PEOPLE: prints the constants of both fits, their expected calibration error, and the table of the first.
Known people and strangers count alike. Galleries of 5 to 40 people with 1 to 5 photos, looked for with the mean of 1, 2 and 4 photos; ten
draws each, by names and seeds alone. Distances are the product's (docs/processors/facial-recognition.md, "Distance").
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import numpy  # noqa: E402
import protocol  # noqa: E402
from run import Program, embed  # noqa: E402

DRAWS = 10
BINS = 10
SHOTS = (1, 2, 4)


def mean_and_spread(faces: list) -> tuple[numpy.ndarray, float]:
    mean = numpy.mean(faces, 0)
    return mean / numpy.linalg.norm(mean), max(0.0, 1 - mean @ mean)


def squared_distances(photos: list, probes: numpy.ndarray) -> numpy.ndarray:
    """Of each probe to a person of these photos."""
    mean, spread = mean_and_spread(photos)
    gone = min(2 * spread, 0.0445 * (1 - 1 / len(photos)))
    to_photos = numpy.sort(((probes[:, None] - numpy.array(photos)) ** 2).sum(2), 1)
    to_person = (((probes - mean) ** 2).sum(1) + 0.62 * gone + 0.3 * to_photos[:, 0]) / 1.3
    return to_person if len(photos) == 1 else numpy.minimum(to_person, to_photos[:, 1] + 0.0445 / 4)


def draw(people: dict[str, list[str]], faces: dict, size: int, enrolled: int, number: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(distance to the nearest person, whether it is the right one) of every photo that is not enrolled, alone, with another and with
    three others."""
    order = protocol.shuffled(list(people), f"g{number}{size}{enrolled}")
    gallery, probes = [], []
    for person, name in enumerate(order):
        mixed = protocol.shuffled(people[name], f"p{number}")
        if person < size:
            gallery.append([faces[photo] for photo in mixed[:enrolled]])
            mixed = mixed[enrolled:]
        for at_once in SHOTS:
            groups = [mixed[at:at + at_once] for at in range(0, len(mixed) - at_once + 1, at_once)]
            probes += [(person if person < size else -1, *mean_and_spread([faces[photo] for photo in group])) for group in groups]
    means, spreads = (numpy.array(part) for part in list(zip(*probes))[1:])
    squares = numpy.stack([squared_distances(photos, means) for photos in gallery], 1)
    distances = numpy.sqrt(squares + spreads[:, None] / 2)
    return distances.min(1), distances.argmin(1) == [person for person, *_ in probes]


def samples(people: dict[str, list[str]], faces: dict) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """(features, right, weights): of each kind of gallery as much, and of that half right ones."""
    features, rights, weights = [], [], []
    for enrolled in (1, 2, 3, 5):
        for size in (5, 10, 20, 40):
            draws = [draw(people, faces, size, enrolled, number) for number in range(DRAWS)]
            distances, right = (numpy.concatenate(part) for part in zip(*draws))
            count = len(distances)
            columns = (1, distances, numpy.log(size / 20))
            features.append(numpy.stack([numpy.broadcast_to(column, count).astype(float) for column in columns], 1))
            rights.append(right)
            weights.append(numpy.where(right, 0.5 / right.sum(), 0.5 / (~right).sum()))
    return numpy.concatenate(features), numpy.concatenate(rights), numpy.concatenate(weights) * 1e4


def probability(features: numpy.ndarray, fit: numpy.ndarray) -> numpy.ndarray:
    return 1 / (1 + numpy.exp(-numpy.clip(features @ fit, -30, 30)))


def fitted(features: numpy.ndarray, right: numpy.ndarray, weights: numpy.ndarray) -> numpy.ndarray:
    """The logistic regression, by Newton's method."""
    fit = numpy.zeros(features.shape[1])
    for _ in range(60):
        said = probability(features, fit)
        curve = (features * (weights * said * (1 - said) + 1e-9)[:, None]).T @ features + 1e-6 * numpy.eye(len(fit))
        fit += numpy.linalg.solve(curve, features.T @ (weights * (right - said)))
    return fit


def reliability(said: numpy.ndarray, right: numpy.ndarray, weights: numpy.ndarray) -> tuple[float, list[tuple[float, float]]]:
    """(expected calibration error, what was said and was right in each tenth)."""
    tenth = numpy.minimum((said * BINS).astype(int), BINS - 1)
    table = [(numpy.average(said[tenth == i], weights=weights[tenth == i]), numpy.average(right[tenth == i], weights=weights[tenth == i]))
             for i in range(BINS)]
    shares = [weights[tenth == i].sum() / weights.sum() for i in range(BINS)]
    return sum(share * abs(a - b) for share, (a, b) in zip(shares, table)), table


def main() -> None:
    folder = pathlib.Path(sys.argv[1]).resolve() / "faces/lfw-dev"
    photos = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.jpg"))
    faces = embed(Program([sys.argv[2]]), folder, photos)
    people = protocol.by_person(photos)
    order = protocol.shuffled(list(people), "calibration/1")
    halves = [samples({name: people[name] for name in half}, faces) for half in (order[: len(order) // 2], order[len(order) // 2:])]
    for own, other in (halves, halves[::-1]):
        fit = fitted(*own)
        error, table = reliability(probability(other[0], fit), *other[1:])
        slope = -1 / fit[1]
        print(f"slope {slope:.4f} even {fit[0] * slope:.4f} more people {-fit[2] * slope:.4f} error on the others {error:.4f}")
        print(" ".join(f"{said:.3f}/{right:.3f}" for said, right in table))


if __name__ == "__main__":
    main()
