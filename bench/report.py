"""What a measurement found: a table to read, figures to keep, goals that it reached or did not."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    """A figure that is to be held."""

    what: str
    measured: float
    at_most: float
    is_of_time: bool = False

    def reached(self, *, busy: bool) -> bool | None:
        """None where nothing can be said: a time, measured while others ran on the machine."""
        return None if busy and self.is_of_time else self.measured <= self.at_most


@dataclass(frozen=True)
class Report:
    """One measurement's table and goals; `figures` is what goes into the file beside them."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: Mapping[str, object]
    goals: Sequence[Goal] = field(default_factory=list[Goal])


def in_turns(
    subjects: Mapping[str, Callable[[], float]], rounds: int, *, unmeasured: int = 1
) -> dict[str, list[float]]:
    """What each subject gives in each round, after some rounds that only warm up.

    The subjects take turns, each round beginning with another one, so that whatever the machine
    does meanwhile falls on all of them alike.
    """
    names = list(subjects)
    given: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-unmeasured, rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            value = subjects[name]()
            if number >= 0:
                given[name].append(value)
    return given


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all lies at or under, by the nearest rank."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Median and minimum, for the file."""
    return {
        "median": round(statistics.median(values), 3),
        "minimum": round(min(values), 3),
        "samples": len(values),
    }


def ratios_of(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """The median of the rounds' ratios, in each of which the machine was the same for both; and
    the ratio of the least values, which a busy machine disturbs least."""
    of_rounds = (one / other for one, other in zip(ours, theirs, strict=True))
    return statistics.median(of_rounds), min(ours) / min(theirs)
