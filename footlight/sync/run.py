"""The reconciler's run each minute: all channels, and changes that were left unfinished.

A lease prevents two runs at the same time.
"""

from collections.abc import Callable, Iterable

from footlight.aws import metrics
from footlight.aws.logs import log
from footlight.errors import ResetInProgress, Unavailable
from footlight.ingress import cleanup, lease
from footlight.sync.check import Report, check_all_channels
from footlight.tables import leases

LEASE = "reconcile"
LEASE_SECONDS = 55
"""Longer than a run, and shorter than a minute: a run that died doesn't delay the next one."""


def reconcile() -> Report | None:
    """Run once. Return None if another run is in progress."""
    try:
        with leases.hold(LEASE, LEASE_SECONDS):
            report = check_all_channels()
            report.faults += _for_each(lease.unfinished(), cleanup.finish_change)
            report.faults += _for_each(cleanup.expired_keys(), cleanup.disarm_expired)
    except leases.Held:
        log.info("reconciler is already running")
        return None
    _publish(report)
    return report


def _for_each(user_ids: Iterable[str], clean_up: Callable[[str], None]) -> int:
    """Clean up for each user. Return the number of failures."""
    faults = 0
    for user_id in user_ids:
        try:
            clean_up(user_id)
        except ResetInProgress:
            continue  # The creator is changing the ingress.
        except Unavailable:
            faults += 1
    return faults


def _publish(report: Report) -> None:
    log.info("reconciled", **vars(report))
    # Alarms watch these two. The first also shows that a run was completed.
    counts = {"LiveChannels": report.live, "ReconcileDrift": report.drift}
    others = {"Viewers": report.viewers, "ReconcileFaults": report.faults}
    metrics.publish(counts | {name: value for name, value in others.items() if value})
