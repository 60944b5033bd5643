"""What is recorded, held against what LiveKit has: the guarantee that webhooks are not.

LiveKit promises neither order nor delivery of webhooks, and sends none for an ingress that is
deleted while it is live. So every minute all channels are looked at, and one channel whenever
somebody has reason to: a read that saw an old state, a webhook that may mean two things, a setting
that those in the room should hear of. A look is safe to repeat and to run beside others: whatever
it writes, it writes only over the state that it has seen.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from livekit.protocol.models import Room

from footlight import clock, identities
from footlight.aws.logs import log
from footlight.channels import views
from footlight.errors import Unavailable
from footlight.live import record
from footlight.live.record import Moved, Source
from footlight.live.state import Seen
from footlight.livekit import server
from footlight.sync.room_metadata import metadata_of
from footlight.tables import base, relations, users
from footlight.tables.live import LISTED_LIVE, LISTED_RECONNECTING, Live, live_key
from footlight.watching import admission

CONFIRM_SECONDS = 6
"""LiveKit's list of rooms is up to 5 s old: what disagrees with it is asked for again later."""


@dataclass
class Report:
    """What a look found.

    `drift`: states that no webhook had told of and that were put right; the health of that path.
    `faults`: parts that could not be done, and are left to the next look.
    """

    channels: int = 0
    live: int = 0
    viewers: int = 0
    drift: int = 0
    put_out: int = 0
    told: int = 0
    faults: int = 0


def look_at_all() -> Report:
    """Every channel that is on, or whose room somebody is in. Raises Unavailable."""
    rooms = {name: room for name, room in server.list_rooms().items() if identities.host_of(name)}
    listed = [*_listed(LISTED_LIVE), *_listed(LISTED_RECONNECTING)]
    return _look({*listed, *rooms}, rooms, "reconciler")


def look_at(user_id: str) -> Report:
    """One channel. Raises Unavailable."""
    return _look({user_id}, server.list_rooms([identities.room_of(user_id)]), "repair")


def _listed(list_pk: str) -> Iterable[str]:
    with base.faults():
        return [item.pk.partition("#")[2] for item in base.Item.lists.query(list_pk)]


def _look(user_ids: set[str], rooms: dict[str, Room], source: Source) -> Report:
    states = base.batch_get((live_key(user_id) for user_id in user_ids), consistent=True)
    # Not those that never had an ingress, nor rooms of another site on the same LiveKit; but who
    # may be in a room does not hang on that.
    known = {item.user_id: item for item in states.values() if isinstance(item, Live)}
    report = Report(channels=len(known))
    there = _participants(user_ids & rooms.keys(), report)

    doubtful: dict[str, int] = {}
    for user_id, item in known.items():
        room = rooms.get(user_id)
        if _is_publishing(room) != bool(item.live):
            doubtful[user_id] = int(item.version)
        else:
            _record(user_id, _seen(room, there, source), source, None, report)

    _sweep(there, report)
    _tell(user_ids & rooms.keys(), rooms, report)
    if doubtful:
        _confirm(doubtful, there, source, report)
    return report


def _confirm(
    doubtful: dict[str, int], there: dict[str, list[str]], source: Source, report: Report
) -> None:
    """Asks again, later than LiveKit's list is old, and believes it where nobody else wrote."""
    time.sleep(CONFIRM_SECONDS)
    rooms = server.list_rooms([identities.room_of(user_id) for user_id in doubtful])
    changed = {
        user_id
        for user_id, version in doubtful.items()
        if _record(user_id, _seen(rooms.get(user_id), there, source), source, version, report)
    }
    report.drift += len(changed)
    _tell(changed & rooms.keys(), rooms, report)


def _record(
    user_id: str, seen: Seen, source: Source, if_version: int | None, report: Report
) -> bool:
    """Whether the state is another than before."""
    report.live += int(seen.is_publishing)
    report.viewers += seen.viewers
    try:
        outcome = record.record(user_id, seen, source, if_version=if_version)
    except Moved:  # a webhook was faster, and knows better
        return False
    except Unavailable:
        report.faults += 1
        return False
    return outcome.change is not None


def _is_publishing(room: Room | None) -> bool:
    """Viewers can't publish, so whoever does is the host's ingress."""
    return room is not None and room.num_publishers > 0


def _seen(room: Room | None, there: dict[str, list[str]], source: Source) -> Seen:
    if room is None or not _is_publishing(room):
        return Seen(is_publishing=False)
    own = sum(
        parsed is not None and parsed.is_host
        for parsed in map(identities.parse, there.get(room.name, ()))
    )
    viewers = max(0, room.num_participants - room.num_publishers - own)
    return Seen(is_publishing=True, viewers=viewers, is_sample=source == "reconciler")


# --- who is in the rooms ---


def _participants(user_ids: Iterable[str], report: Report) -> dict[str, list[str]]:
    """Who is in the rooms, by identity: to count the viewers, and to find who may not be there."""
    try:
        return server.list_participants(user_ids)
    except Unavailable:
        report.faults += 1
        return {}


def _sweep(there: dict[str, list[str]], report: Report) -> None:
    """Puts out who may not be in: LiveKit does not revoke tokens, so they may have come again."""
    viewers = {room: viewers for room, who in there.items() if (viewers := _viewers(who))}
    if not viewers:
        return
    try:
        out = [
            (room, identity) for room, who in viewers.items() for identity in _kept_out(room, who)
        ]
        server.remove_participants(out)
    except Unavailable:
        report.faults += 1
        return
    if out:
        log.info("put_out", participants=len(out))
    report.put_out += len(out)


def _viewers(identities_there: list[str]) -> dict[str, str]:
    """Identity -> user or guest id, without the ingress and the host's own tabs."""
    return {
        identity: parsed.viewer_id
        for identity in identities_there
        if (parsed := identities.parse(identity)) and not parsed.is_host
    }


def _kept_out(host_id: str, viewers: dict[str, str]) -> list[str]:
    with base.faults():
        blocks = list(relations.Block.query(relations.blocks_list(host_id)))
    found: dict[base.Key, base.Item] = {(block.pk, block.sk): block for block in blocks}
    found |= base.batch_get([users.stream_key(host_id)])
    now = clock.now()
    return [
        identity
        for identity, viewer in viewers.items()
        if admission.refusal(host_id, viewer, found, now)
    ]


# --- what the rooms say ---


def _tell(user_ids: Iterable[str], rooms: dict[str, Room], report: Report) -> None:
    """Gives each room the metadata that its channel has by now, where it has another."""
    try:
        shown = views.shown_streams(user_ids)
        wanted = {user_id: metadata_of(stream) for user_id, stream in shown.items()}
        news = {
            identities.room_of(user_id): metadata
            for user_id, metadata in wanted.items()
            if rooms[user_id].metadata != metadata
        }
        server.set_metadata(news)
    except Unavailable:
        report.faults += 1
        return
    report.told += len(news)
