"""Checks of channels against LiveKit. They guarantee what webhooks can't.

LiveKit guarantees neither the order nor the delivery of webhooks. It sends none if an ingress is
deleted while it is live. So all channels are checked every minute. A single channel is checked
after a webhook about its encoder, when a read finds a stale state, and when a setting must reach
the viewers in the room.

LiveKit's list of rooms has the rooms that exist, and their metadata. Its counts are up to 10 s old,
so the participants of each room decide whether the host publishes. LiveKit stores each change of a
participant or track at once, and lists participants from that store.
https://github.com/livekit/livekit/blob/v1.13.5/pkg/service/roommanager.go (`OnParticipantChanged`)

A check is idempotent and may run at the same time as others: it only replaces the state that it
has read before it asked LiveKit.
"""

import math
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Final

from livekit.protocol.models import ParticipantInfo, Room

from footlight import clock, identities, standing
from footlight.aws.logs import log
from footlight.channels import views
from footlight.errors import ResetInProgress, Unavailable
from footlight.ingress.approval import approval_refs, is_approved
from footlight.ingress.cleanup import finish_change
from footlight.ingress.suspension import settle_account
from footlight.literals import Source
from footlight.live.caps import broadcasts_to_end
from footlight.live.current import state_at
from footlight.live.record import record_event, record_seen
from footlight.live.state import EndedByCap, RoomSeen
from footlight.livekit import server
from footlight.sync.room_metadata import metadata_of
from footlight.tables import relations, users
from footlight.tables.items import Found, batch_get, listed
from footlight.tables.live import (
    LISTED_LIVE,
    LISTED_RECONNECTING,
    LiveState,
    listed_viewers,
    live_state,
)
from footlight.tables.standing import standing_ref
from footlight.watching import admission

BATCH_CHANNELS = 100
"""Channels that are read together. After each batch, a check may stop."""

MAX_ATTEMPTS = 3
"""Checks of one channel. Each loss of a race means that another process has written the state."""

GUEST_SECONDS = 60
"""How long a guest may be in the room of a channel that is offline, or not yet known to be live."""

DEPENDENTS = (ParticipantInfo.Kind.AGENT, ParticipantInfo.Kind.EGRESS)
"""Programs in a room. LiveKit doesn't count them as participants either."""


@dataclass
class Report:
    """The result of a check.

    `drift` counts changed states that no webhook had reported: it measures the health of webhooks.
    `removed` counts participants, `updated` rooms that got new metadata. `faults` counts parts that
    failed, and `unfinished` channels for which there was no time. The next check repeats both.
    """

    channels: int = 0
    live: int = 0
    viewers: int = 0
    drift: int = 0
    removed: int = 0
    updated: int = 0
    faults: int = 0
    unfinished: int = 0


Rooms = Mapping[str, Room]
"""LiveKit's rooms by name, which is the host's user id."""


@dataclass(frozen=True)
class Survey:
    """All channels that may need a check: live, reconnecting, or with participants in their room.

    `live` and `viewers` are the numbers of live channels and of their viewers, as listed.
    """

    user_ids: Sequence[str]
    rooms: Rooms
    live: int
    viewers: int


def survey() -> Survey:
    """Return all channels that may need a check."""
    rooms = {name: room for name, room in server.list_rooms().items() if identities.host_of(name)}
    live = listed(LISTED_LIVE)
    entries = [*live, *listed(LISTED_RECONNECTING)]
    return Survey(
        user_ids=sorted({*(entry.owner_id for entry in entries), *rooms}),
        rooms=rooms,
        live=len(live),
        viewers=sum(map(listed_viewers, live)),
    )


NO_SUSPENSIONS: Final = Found({})


def check_channels(
    user_ids: Sequence[str],
    rooms: Rooms | None = None,
    deadline: float = math.inf,
    suspensions: Found = NO_SUSPENSIONS,
) -> Report:
    """Check some channels, for the run of each minute.

    `rooms` may have more than theirs. No batch starts after the deadline (`time.monotonic`).
    `suspensions` are those of viewers: a suspended viewer is removed from every room.
    """
    if rooms is None:
        rooms = server.list_rooms([identities.room_of(user_id) for user_id in user_ids])
    report = Report()
    for first in range(0, len(user_ids), BATCH_CHANNELS):
        if time.monotonic() > deadline:
            report.unfinished = len(user_ids) - first
            break
        batch = user_ids[first : first + BATCH_CHANNELS]
        _check_batch(batch, rooms, report, suspensions)
    return report


def _check_batch(user_ids: Sequence[str], rooms: Rooms, report: Report, suspensions: Found) -> None:
    """Check channels together. If one of them can't be checked, check each alone.

    Raises:
        Unavailable: the table is unavailable, so no channel can be checked.
    """
    try:
        Check(user_ids, rooms, "reconciler", report, suspensions=suspensions).run()
    except Unavailable:
        raise
    except Exception:
        # An item or a room that nothing here expects. It must not stop the others' checks.
        if len(user_ids) > 1:
            for user_id in user_ids:
                _check_batch([user_id], rooms, report, suspensions)
            return
        log.exception("channel not checked", user_id=user_ids[0])
        report.faults += 1


def check_channel(user_id: str, source: Source = "repair", last_joined: int = 0) -> Report:
    """Check one channel. If another process writes its state during the check, check again.

    `last_joined`: see `RoomSeen`.
    """
    report = Report()
    for _ in range(MAX_ATTEMPTS):
        rooms = server.list_rooms([identities.room_of(user_id)])
        report = Report()
        if Check([user_id], rooms, source, report, last_joined).run():
            break
    return report


class Check:
    """One check of up to a batch of channels against the rooms that LiveKit has."""

    def __init__(
        self,
        user_ids: Sequence[str],
        rooms: Rooms,
        source: Source,
        report: Report,
        last_joined: int = 0,
        suspensions: Found = NO_SUSPENSIONS,
    ) -> None:
        self._rooms = {user_id: rooms[user_id] for user_id in user_ids if user_id in rooms}
        self._source: Source = source
        self._last_joined = last_joined
        self._report = report
        refs = [(user_id, live_state(user_id), users.stream(user_id)) for user_id in user_ids]
        found = batch_get(
            *chain.from_iterable(pair for _, *pair in refs),
            *map(standing_ref, user_ids),
            *chain.from_iterable(map(approval_refs, user_ids)),
            consistent=True,
        )
        self._found = suspensions | found
        # Rooms of another site on the same LiveKit have no items here.
        self._states = {user_id: item for user_id, ref, _ in refs if (item := found.get(ref))}
        self._streams = {user_id: item for user_id, _, ref in refs if (item := found.get(ref))}
        self._participants = self._list_participants()

    def run(self) -> bool:
        """Compare states, remove participants who aren't allowed in, and update the rooms.

        Return False if some states weren't written, because another process has written them or
        the table has failed.
        """
        self._report.channels += len(self._states)
        unknown = self._record()
        self._stop_unapproved(self._states.keys() - unknown)
        self._stop_over_caps(self._states.keys() - unknown)
        self._remove_refused()
        self._update_metadata(self._rooms.keys() - unknown)
        return not unknown

    def _list_participants(self) -> dict[str, Sequence[ParticipantInfo]]:
        """Return the participants by room, without the rooms that LiveKit failed to list.

        A live channel's room is listed even if the list of rooms lacks it.
        """
        live = {user_id for user_id, state in self._states.items() if state.live}
        asked = {*self._rooms, *live}
        listed = server.list_participants_of(asked)
        if asked - listed.keys():
            self._report.faults += 1
        return listed

    def _record(self) -> set[str]:
        """Record what the rooms show. Return the channels whose state isn't known now."""
        events = {user_id: self._event(user_id, item) for user_id, item in self._states.items()}
        seen = {user_id: event for user_id, event in events.items() if event}
        self._report.live += sum(event.is_publishing for event in seen.values())
        self._report.viewers += sum(event.viewers for event in seen.values())
        outcomes, faults = record_seen(
            [(self._states[user_id], event) for user_id, event in seen.items()], self._source
        )
        self._report.faults += faults
        for user_id, outcome in outcomes.items():
            is_changed = seen[user_id].is_publishing != self._states[user_id].live
            if outcome.new_state and is_changed and self._source != "webhook":
                self._report.drift += 1
            if outcome.item:
                self._states[user_id] = outcome.item
        return seen.keys() - outcomes.keys()

    def _stop_unapproved(self, user_ids: Iterable[str]) -> None:
        """End the broadcasts of creators who aren't approved, and turn off their keys.

        Their keys may be older than the setting that requires an approval.
        """
        for user_id in user_ids:
            if not self._states[user_id].live or is_approved(user_id, self._found):
                continue
            with self._next_check_repeats(user_id):
                settle_account(user_id)
                self._states[user_id] = _stored(user_id)

    def _stop_over_caps(self, user_ids: Iterable[str]) -> None:
        """End the broadcasts that are over a cap of the site, and let their keys rest.

        An encoder that publishes while its key rests for a cap is disconnected. LiveKit or the
        creator's own change of the ingress prevented that before.
        """
        states = [self._states[user_id] for user_id in sorted(user_ids)]
        resting = [state.user_id for state in states if state.resting_for and not state.live]
        over: list[tuple[str, EndedByCap]] = []
        try:
            over = broadcasts_to_end([state for state in states if state.live])
        except Unavailable:
            self._report.faults += 1
        for user_id, event in over:
            with self._next_check_repeats(user_id):
                outcome = record_event(user_id, event, self._source)
                self._states[user_id] = outcome.item or self._states[user_id]
                if outcome.new_state:
                    log.info("broadcast over a cap", channel=user_id, cap=event.cap)
                    finish_change(user_id)
        for user_id in resting:
            if _is_publishing(user_id, self._participants.get(user_id, ())):
                with self._next_check_repeats(user_id):
                    finish_change(user_id)

    @contextmanager
    def _next_check_repeats(self, user_id: str) -> Generator[None]:
        """Count a fault, and leave what remains to the next check."""
        try:
            yield
        except ResetInProgress:
            log.info("ingress is changing", channel=user_id)
        except Unavailable:
            self._report.faults += 1

    def _event(self, user_id: str, state: LiveState) -> RoomSeen | None:
        """Return what the room shows, or None if that isn't known."""
        participants = self._participants.get(user_id)
        if participants is None:
            return self._event_of_list(self._rooms.get(user_id), state)
        is_suspended = not standing.is_in_good_standing(user_id, self._found)
        if is_suspended or not _is_publishing(user_id, participants):
            return RoomSeen(is_publishing=False, last_joined=self._last_joined)
        return RoomSeen(
            is_publishing=True,
            viewers=sum(_is_viewer(user_id, participant) for participant in participants),
            is_sample=self._source == "reconciler",
        )

    def _event_of_list(self, room: Room | None, state: LiveState) -> RoomSeen | None:
        """Return what the list of rooms shows of a room whose participants are unknown.

        It is only good to confirm the state. It is up to 10 s old, and it lacks rooms that exist
        after a restart of LiveKit's Redis.
        """
        is_publishing = room is not None and room.num_publishers > 0
        if is_publishing != state.live:
            return None
        viewers = room.num_participants - room.num_publishers if room and is_publishing else 0
        return RoomSeen(is_publishing, viewers, is_sample=self._source == "reconciler")

    def _remove_refused(self) -> None:
        """Remove participants who aren't allowed in, and guests whose host is offline.

        LiveKit doesn't revoke tokens, so they may have rejoined. A page of an offline channel isn't
        in its room: only other programs stay there, at the operator's expense.
        """
        try:
            refused = {*_refused(self._participants, self._found), *self._guests_of_offline()}
        except Unavailable:
            self._report.faults += 1
            return
        removed = server.remove_each(sorted(refused))
        self._report.faults += removed < len(refused)
        if removed:
            log.info("participants removed", participants=removed)
        self._report.removed += removed

    def _guests_of_offline(self) -> Iterable[tuple[str, str]]:
        """Yield the room and identity of each guest in the room of an offline channel."""
        now = clock.now()
        latest = now.timestamp() - GUEST_SECONDS
        for host_id, present in self._participants.items():
            # Rooms of another site on the same LiveKit have no stream here.
            is_ours = host_id in self._streams
            if is_ours and state_at(now, self._states.get(host_id)) == "offline":
                earlier = [each for each in present if each.joined_at <= latest]
                for identity, viewer_id in _viewers(earlier).items():
                    if identities.is_guest(viewer_id):
                        yield host_id, identity

    def _update_metadata(self, user_ids: Iterable[str]) -> None:
        """Set the metadata of rooms that have other metadata."""
        shown = {
            user_id: views.shown_stream_view(self._streams[user_id], self._states.get(user_id))
            for user_id in user_ids
            if user_id in self._streams
        }
        stale = self._stale(shown)
        if not stale:
            return
        try:
            # A setting may have changed since the read, and its own check may have been faster.
            stale = self._stale(views.shown_streams(stale))
        except Unavailable:
            self._report.faults += 1
            return
        updated = server.set_metadata(
            {identities.room_of(user_id): text for user_id, text in stale.items()}
        )
        self._report.faults += updated < len(stale)
        self._report.updated += updated

    def _stale(self, shown: Mapping[str, views.ShownStream]) -> dict[str, str]:
        """Return the right metadata of rooms that have other metadata."""
        metadata = {user_id: metadata_of(stream) for user_id, stream in shown.items()}
        return {
            user_id: text
            for user_id, text in metadata.items()
            if self._rooms[user_id].metadata != text
        }


def _stored(user_id: str) -> LiveState:
    return batch_get(live_state(user_id), consistent=True).require(live_state(user_id))


def _is_publishing(host_id: str, participants: Iterable[ParticipantInfo]) -> bool:
    """Return whether the host's ingress has published a track."""
    ingress = identities.ingress_identity(host_id)
    return any(
        participant.identity == ingress and len(participant.tracks) > 0
        for participant in participants
    )


def _is_viewer(host_id: str, participant: ParticipantInfo) -> bool:
    """Return whether a participant is neither the ingress, a tab of the host, nor a program."""
    parsed = identities.parse(participant.identity)
    return (
        participant.identity != identities.ingress_identity(host_id)
        and not (parsed and parsed.is_host)
        and participant.kind not in DEPENDENTS
    )


def _viewers(participants: Iterable[ParticipantInfo]) -> dict[str, str]:
    """Return the viewer id of each identity, without the ingress and the host's own tabs."""
    return {
        participant.identity: parsed.viewer_id
        for participant in participants
        if (parsed := identities.parse(participant.identity)) and not parsed.is_host
    }


def _refused(
    participants: Mapping[str, Iterable[ParticipantInfo]], found: Found
) -> Iterable[tuple[str, str]]:
    """Yield the room and identity of each participant who may not be there.

    That is everyone in the room of a suspended host: the encoder and the host's own tabs, too.
    `found` has the streams and standings of the hosts, and the known suspensions of viewers.
    """
    viewers = {host_id: _viewers(present) for host_id, present in participants.items()}
    found |= _blocks(viewers)
    now = clock.now()
    for host_id, present in participants.items():
        if not standing.is_in_good_standing(host_id, found):
            yield from ((host_id, participant.identity) for participant in present)
            continue
        for identity, viewer_id in viewers[host_id].items():
            if admission.refusal(host_id, viewer_id, found, now):
                yield host_id, identity


def _blocks(rooms: Mapping[str, Mapping[str, str]]) -> Found:
    """Return the hosts' blocks of the viewers in their rooms.

    They are read by key, so a long list of blocks costs nothing.
    """
    return batch_get(
        *(
            relations.block(host_id, viewer_id)
            for host_id, viewers in rooms.items()
            for viewer_id in viewers.values()
        )
    )
