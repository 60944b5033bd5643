"""The result of a measurement: a table to print, figures to save, and goals."""

import math
import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

QUICK: Final = os.environ.get("QUICK") == "1"
"""Measure with small sizes: a run takes minutes, and its figures are rough."""


def sized(full: int, *, quick: int) -> int:
    """Return the size of a measurement."""
    return quick if QUICK else full


@dataclass(frozen=True)
class Goal:
    """A figure with an upper limit."""

    name: str
    measured: float
    at_most: float
    is_of_time: bool = False

    def reached(self, *, busy: bool) -> bool | None:
        """Return whether the goal is reached, or None for a time measured on a busy machine."""
        return None if busy and self.is_of_time else self.measured <= self.at_most


@dataclass(frozen=True)
class Report:
    """The table and goals of one measurement. `figures` are saved in the results file."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: Mapping[str, object]
    goals: Sequence[Goal] = field(default_factory=list[Goal])

    def __post_init__(self) -> None:
        """Raise `ValueError` if a row doesn't fit the columns."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title}: {row} doesn't fit {self.columns}")


def in_turns(
    subjects: Mapping[str, Callable[[], float]], rounds: int, *, unmeasured: int = 1
) -> dict[str, list[float]]:
    """Call all subjects in each round and return their values, after some unmeasured rounds.

    The subjects take turns, and each round begins with another one, so that other load on the
    machine affects all of them equally.
    """
    names = list(subjects)
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-unmeasured, rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            value = subjects[name]()
            if number >= 0:
                values[name].append(value)
    return values


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values doesn't exceed (nearest-rank method)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the minimum for the results file."""
    return {
        "median": round(statistics.median(values), 3),
        "minimum": round(min(values), 3),
        "samples": len(values),
    }


def ratios_of(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """Return the median ratio of all rounds, and the ratio of the smallest values.

    Within one round, the machine is equally busy for both. Other load affects the smallest values
    least.
    """
    ratios = (our / their for our, their in zip(ours, theirs, strict=True))
    return statistics.median(ratios), min(ours) / min(theirs)
