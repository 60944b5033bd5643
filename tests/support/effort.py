"""How long the tests run: `--effort quick` by default, `soak`, or `attack`."""

from dataclasses import dataclass, replace
from typing import Final

import hypothesis


@dataclass(frozen=True)
class Effort:
    """The numbers of the tests that can run for longer."""

    examples: int = 100
    """Of each property, unless a test has its own number here."""
    histories: int = 300
    """Random histories of an unreliable LiveKit."""
    transitions: int = 12
    """Of live states, with every webhook lost."""
    outage_seconds: float = 5
    """How long viewers watch without an API. In 10 minutes, LiveKit renews their tokens."""
    webhooks: int = 300
    """Malformed webhooks."""
    rounds: int = 10
    """Of 20 concurrent posts in slow mode."""
    flood_seconds: float = 3
    """How long each route is flooded."""


EFFORTS: Final = {
    "quick": (quick := Effort()),
    "soak": replace(quick, examples=1_000, histories=100_000, transitions=500, outage_seconds=600),
    "attack": replace(quick, webhooks=10_000, rounds=1_000, flood_seconds=10),
}
_chosen: list[Effort] = [quick]


def choose(name: str) -> None:
    """Set the effort of this run. pytest does so before it collects tests."""
    _chosen[:] = [EFFORTS[name]]
    hypothesis.settings.register_profile(name, max_examples=EFFORTS[name].examples, deadline=None)
    hypothesis.settings.load_profile(name)


def chosen() -> Effort:
    """Return the effort of this run."""
    return _chosen[0]
