"""`make bench delay`, with seconds instead of minutes."""

from bench import delay
from local.settings import INGRESS


def test_both_broadcasts_are_sampled_after_a_stall() -> None:
    broadcasts = delay.broadcast_twice(INGRESS, seconds=45, stalls=(1,), every=10)

    for name, broadcast in broadcasts.items():
        samples = [(elapsed, late) for elapsed, late in broadcast.samples if elapsed > 11]
        assert samples, f"{name}: no picture"
        # Every number that was read is of a frame that the encoder has sent.
        assert all(0 < late < elapsed for elapsed, late in samples), f"{name}: {samples}"
