"""The minute's run: all channels, and what creators or crashes left to do. Never two at once."""

from collections.abc import Callable, Iterable

from footlight.aws import metrics
from footlight.aws.logs import log
from footlight.errors import ResetInProgress, Unavailable
from footlight.ingress import lease, upkeep
from footlight.sync.check import Report, look_at_all
from footlight.tables import leases

LEASE = "reconcile"
LEASE_SECONDS = 55
"""Longer than a run and shorter than a minute: a run that died holds up no other."""


def run() -> Report | None:
    """One run; None where another is under way. Raises Unavailable where LiveKit can't be asked."""
    try:
        with leases.hold(LEASE, LEASE_SECONDS):
            report = look_at_all()
            report.faults += _each(lease.unfinished(), upkeep.finish)
            report.faults += _each(upkeep.run_out(), upkeep.disarm)
    except leases.Held:
        log.info("reconcile_under_way_elsewhere")
        return None
    _count(report)
    return report


def _each(user_ids: Iterable[str], do: Callable[[str], None]) -> int:
    """Does it for each; how many could not be done now."""
    faults = 0
    for user_id in user_ids:
        try:
            do(user_id)
        except ResetInProgress:
            continue  # its creator is at it
        except Unavailable:
            faults += 1
    return faults


def _count(report: Report) -> None:
    log.info("reconciled", **vars(report))
    metrics.count("ReconcileDrift", report.drift)
    metrics.count("ReconcileFaults", report.faults)
    metrics.count("LiveChannels", report.live)
    metrics.count("Viewers", report.viewers)
