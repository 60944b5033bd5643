"""Checks of channels against LiveKit. They guarantee what webhooks can't.

LiveKit guarantees neither the order nor the delivery of webhooks. It sends none if an ingress is
deleted while it is live. So all channels are checked every minute. A single channel is checked
when a read finds a stale state, when a webhook is ambiguous, and when a setting must reach the
viewers in the room.

A check is idempotent and may run at the same time as others: it only replaces the state that it
has read.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from livekit.protocol.models import Room

from footlight import clock, identities
from footlight.aws.logs import log
from footlight.channels import views
from footlight.errors import Unavailable
from footlight.literals import Source
from footlight.live.record import VersionChanged, record_event
from footlight.live.state import RoomSeen
from footlight.livekit import server
from footlight.sync.room_metadata import metadata_of
from footlight.tables import relations, users
from footlight.tables.items import Found, batch_get, listed
from footlight.tables.live import LISTED_LIVE, LISTED_RECONNECTING, LiveState, live_state
from footlight.watching import admission

CONFIRM_SECONDS = 6
"""LiveKit's list of rooms is up to 5 s old, so a difference is confirmed after this time."""


@dataclass
class Report:
    """The result of a check.

    `drift` counts changed states that no webhook had reported: it measures the health of webhooks.
    `removed` counts participants, `updated` rooms that got new metadata. `faults` counts parts that
    failed, which the next check repeats.
    """

    channels: int = 0
    live: int = 0
    viewers: int = 0
    drift: int = 0
    removed: int = 0
    updated: int = 0
    faults: int = 0


def check_all_channels() -> Report:
    """Check all channels that are live, are reconnecting, or have participants in their room."""
    rooms = {name: room for name, room in server.list_rooms().items() if identities.host_of(name)}
    entries = [*listed(LISTED_LIVE), *listed(LISTED_RECONNECTING)]
    return Check({*(entry.owner_id for entry in entries), *rooms}, rooms, "reconciler").run()


def check_channel(user_id: str) -> Report:
    rooms = server.list_rooms([identities.room_of(user_id)])
    return Check({user_id}, rooms, "repair").run()


class Check:
    """One check of some channels against the rooms that LiveKit has."""

    def __init__(self, user_ids: Iterable[str], rooms: Mapping[str, Room], source: Source) -> None:
        self._user_ids = set(user_ids)
        self._rooms = rooms
        self._source: Source = source
        self._participants: Mapping[str, list[str]] = {}
        """Identities by room."""
        self._report = Report()

    def run(self) -> Report:
        """Compare states, remove participants who aren't allowed in, and update the rooms."""
        states = self._states()
        self._report.channels = len(states)
        open_rooms = self._user_ids & self._rooms.keys()
        self._participants = self._list_participants(open_rooms)

        unconfirmed: dict[str, int] = {}
        for user_id, state in states.items():
            if _is_publishing(self._rooms.get(user_id)) != state.live:
                unconfirmed[user_id] = state.version
            else:
                self._record(user_id, self._rooms.get(user_id))

        self._remove_refused()
        self._update_metadata(open_rooms, self._rooms)
        if unconfirmed:
            self._confirm(unconfirmed)
        return self._report

    def _states(self) -> dict[str, LiveState]:
        """Return the states of channels that ever had an ingress.

        This excludes rooms of another site on the same LiveKit.
        """
        refs = {user_id: live_state(user_id) for user_id in self._user_ids}
        found = batch_get(*refs.values(), consistent=True)
        return {user_id: state for user_id, ref in refs.items() if (state := found.get(ref))}

    def _confirm(self, unconfirmed: Mapping[str, int]) -> None:
        """Read the rooms again, after their list has expired. Skip states that changed since."""
        time.sleep(CONFIRM_SECONDS)
        rooms = server.list_rooms([identities.room_of(user_id) for user_id in unconfirmed])
        changed = {
            user_id
            for user_id, version in unconfirmed.items()
            if self._record(user_id, rooms.get(user_id), if_version=version)
        }
        self._report.drift += len(changed)
        self._update_metadata(changed & rooms.keys(), rooms)

    def _record(self, user_id: str, room: Room | None, *, if_version: int | None = None) -> bool:
        """Record what the room shows. Return True if the channel's state changed."""
        event = self._event(room)
        self._report.live += int(event.is_publishing)
        self._report.viewers += event.viewers
        try:
            outcome = record_event(user_id, event, self._source, if_version=if_version)
        except VersionChanged:  # A webhook reported a newer state.
            return False
        except Unavailable:
            self._report.faults += 1
            return False
        return outcome.new_state is not None

    def _event(self, room: Room | None) -> RoomSeen:
        if room is None or not _is_publishing(room):
            return RoomSeen(is_publishing=False)
        parsed = [identities.parse(each) for each in self._participants.get(room.name, ())]
        host_tabs = sum(identity is not None and identity.is_host for identity in parsed)
        viewers = max(0, room.num_participants - room.num_publishers - host_tabs)
        return RoomSeen(is_publishing=True, viewers=viewers, is_sample=self._source == "reconciler")

    def _list_participants(self, rooms: Iterable[str]) -> dict[str, list[str]]:
        try:
            return server.list_participants(rooms)
        except Unavailable:
            self._report.faults += 1
            return {}

    def _remove_refused(self) -> None:
        """Remove participants who aren't allowed in.

        LiveKit doesn't revoke tokens, so they may have rejoined.
        """
        viewers = {room: _viewers(present) for room, present in self._participants.items()}
        try:
            refused = [
                (room, identity)
                for room, present in viewers.items()
                if present
                for identity in _refused(room, present)
            ]
            server.remove_participants(refused)
        except Unavailable:
            self._report.faults += 1
            return
        if refused:
            log.info("participants removed", participants=len(refused))
        self._report.removed += len(refused)

    def _update_metadata(self, user_ids: Iterable[str], rooms: Mapping[str, Room]) -> None:
        """Set the metadata of rooms that have other metadata."""
        try:
            metadata = {
                user_id: metadata_of(stream)
                for user_id, stream in views.shown_streams(user_ids).items()
            }
            stale = {
                identities.room_of(user_id): text
                for user_id, text in metadata.items()
                if rooms[user_id].metadata != text
            }
            server.set_metadata(stale)
        except Unavailable:
            self._report.faults += 1
            return
        self._report.updated += len(stale)


def _is_publishing(room: Room | None) -> bool:
    """Return True if the host's ingress publishes. Viewers can't publish."""
    return room is not None and room.num_publishers > 0


def _viewers(participants: Iterable[str]) -> dict[str, str]:
    """Return the viewer id of each identity, without the ingress and the host's own tabs."""
    return {
        identity: parsed.viewer_id
        for identity in participants
        if (parsed := identities.parse(identity)) and not parsed.is_host
    }


def _refused(host_id: str, viewers: Mapping[str, str]) -> list[str]:
    """Return the identities of viewers who may not be in the room."""
    found = Found.of(relations.blocks_of(host_id)) | batch_get(users.stream(host_id))
    now = clock.now()
    return [
        identity
        for identity, viewer_id in viewers.items()
        if admission.refusal(host_id, viewer_id, found, now)
    ]
