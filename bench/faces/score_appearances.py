#!/usr/bin/env python3
"""Scores found appearances against the truth of make_clip.py.

score_appearances.py TRUTH.json FOUND.json [TRUTH FOUND …]
FOUND.json: [{"person": name, "start_ms": int, "end_ms": int}, …]; people without a name are left out or have a null person.
A found range is right when the name is right and it overlaps an unmatched true range of that person with time IoU ≥ 0.5; every
other named range is a false positive. Strangers are never right.
"""
import dataclasses
import json
import sys


@dataclasses.dataclass
class Score:
    true: int = 0
    named: int = 0
    right: int = 0
    iou_sum: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.true + other.true, self.named + other.named, self.right + other.right, self.iou_sum + other.iou_sum)

    @property
    def precision(self) -> float:
        return self.right / max(self.named, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.true, 1)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)

    @property
    def time_iou(self) -> float:
        return self.iou_sum / max(self.right, 1)

    def __str__(self) -> str:
        return (f"true {self.true} named {self.named} precision {self.precision:.3f} recall {self.recall:.3f} "
                f"f1 {self.f1:.3f} time_iou {self.time_iou:.3f}")


def time_iou(start: float, end: float, truth: dict) -> float:
    both = min(end, truth["end_s"]) - max(start, truth["start_s"])
    return max(0.0, both) / (max(end, truth["end_s"]) - min(start, truth["start_s"]))


def score(truth: list[dict], found: list[dict]) -> Score:
    enrolled = [t for t in truth if t["enrolled"]]
    named = sorted((f for f in found if f.get("person")), key=lambda f: f["start_ms"])
    result = Score(true=len(enrolled), named=len(named))
    used: set[int] = set()
    for f in named:
        ious = [(time_iou(f["start_ms"] / 1000, f["end_ms"] / 1000, t), i) for i, t in enumerate(enrolled)
                if i not in used and t["person"] == f["person"]]
        best, index = max(ious, default=(0.0, -1))
        if best >= 0.5:
            used.add(index)
            result.right += 1
            result.iou_sum += best
    return result


if __name__ == "__main__":
    total = Score()
    for truth_path, found_path in zip(sys.argv[1::2], sys.argv[2::2]):
        with open(truth_path) as truth_file, open(found_path) as found_file:
            total += score(json.load(truth_file)["appearances"], json.load(found_file))
    print(f"clips {len(sys.argv) // 2} {total}")
