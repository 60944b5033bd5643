"""The reconciler's run each minute: all channels, and changes that were left unfinished.

A run lists the channels and checks up to `PART_CHANNELS` itself. Each further part of as many is an
asynchronous invocation of the same function. Parts don't start others, so Lambda's detection of
recursive loops, which stops a chain of 16 invocations, never applies.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html

A lease prevents two runs at the same time. A run with parts keeps it until its end, and no part
continues after that.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from footlight import clock
from footlight.aws import invocations, metrics
from footlight.aws.logs import log
from footlight.errors import ResetInProgress, Unavailable
from footlight.ingress import cleanup, lease, suspension
from footlight.sync.check import Report, Survey, check_channels, survey
from footlight.tables import leases
from footlight.tables.items import Found
from footlight.tables.standing import all_suspensions

LEASE = "reconcile"
LEASE_SECONDS = 50
"""As long as Lambda lets a run take. It is shorter than a minute: neither a run that died nor one
with parts delays the next run."""

RUN_SECONDS = 42
"""The time in which a run and its parts start a batch of channels. The rest is for the last one."""

PART_CHANNELS = 600
"""`bench/reconciler.py` shows that so many take half of this time at the latencies of AWS."""


class RunNotFinished(Exception):
    """Raised after a run or a part had no time for all its channels, so that the alarm fires."""


def reconcile(function: str = "") -> Report | None:
    """Run once. Return None if another run is in progress.

    `function` is the ARN of this function, which checks the further parts.

    Raises:
        RunNotFinished: some channels were not checked. The next run checks them.
    """
    until = clock.now() + timedelta(seconds=RUN_SECONDS)
    try:
        with leases.hold(LEASE, LEASE_SECONDS) as held:
            found = survey()
            own, *others = _cut(found.user_ids)
            started = [_start(function, part, until) for part in others]
            held.is_kept = any(started)
            suspended = all_suspensions()
            # Before the check, which then finds no drift.
            faults = _for_each(suspension.due(suspended), suspension.settle_account)
            report = check_channels(own, found.rooms, _deadline(until), Found.of(suspended))
            report.faults += faults + started.count(False)
            report.faults += _for_each(lease.unfinished(), cleanup.finish_change)
            report.faults += _for_each(cleanup.expired_keys(), cleanup.disarm_expired)
            report.faults += _for_each(cleanup.ended_rests(), cleanup.end_rest)
    except leases.Held:
        log.info("reconciler is already running")
        return None
    _publish(report, found)
    return report


def reconcile_part(user_ids: Sequence[str], until: datetime) -> Report:
    """Check a part of a run's channels, until the run ends.

    Raises:
        RunNotFinished: some channels were not checked. The next run checks them.
    """
    suspensions = Found.of(all_suspensions())
    report = check_channels(user_ids, deadline=_deadline(until), suspensions=suspensions)
    _publish(report)
    return report


def _cut(user_ids: Sequence[str]) -> list[Sequence[str]]:
    """Return the parts of a run: at least one, which may be empty."""
    firsts = range(0, max(1, len(user_ids)), PART_CHANNELS)
    return [user_ids[first : first + PART_CHANNELS] for first in firsts]


def _start(function: str, user_ids: Sequence[str], until: datetime) -> bool:
    """Start a part, which ends at `until`. Return False if it can't be started.

    Lambda takes up to 1 MB, and an id has 32 characters.
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    return invocations.invoke(function, {"channels": list(user_ids), "until": clock.ms(until)})


def _deadline(until: datetime) -> float:
    return time.monotonic() + (until - clock.now()).total_seconds()


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


def _publish(report: Report, listed: Survey | None = None) -> None:
    """Write the metrics of a part, and those of the whole run if it has surveyed the channels.

    The channels are counted once, in the lists, so that the numbers don't depend on the parts.
    """
    log.info("reconciled", **vars(report))
    # Alarms watch these two. The first also shows that a run was completed.
    counts = {"LiveChannels": listed.live} if listed else {}
    counts["ReconcileDrift"] = report.drift
    others = {"Viewers": listed.viewers if listed else 0, "ReconcileFaults": report.faults}
    metrics.publish(counts | {name: value for name, value in others.items() if value})
    if report.unfinished:
        raise RunNotFinished(f"{report.unfinished} channels were not checked in time")
