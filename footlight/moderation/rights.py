"""Rights on a channel: its creator moderates everyone, and the moderators moderate viewers."""

from collections.abc import Collection
from dataclasses import dataclass

from footlight import clock, identities, limits, standing
from footlight.chat import room
from footlight.chat.room import ChatEvent
from footlight.errors import Forbidden, NotFound, Oneself
from footlight.identities import Guest, Person, Viewer
from footlight.literals import State
from footlight.live.current import state_at
from footlight.livekit import server
from footlight.people import usernames
from footlight.tables import live, users
from footlight.tables.items import batch_get, get
from footlight.tables.standing import standing_ref

LIST_SECONDS = 0.65
"""Limit of the call that lists a room's participants. A request has 3 s."""


@dataclass(frozen=True)
class Authority:
    """A user's right to moderate a channel, and the state of the channel's stream."""

    me: Person
    host_id: str
    moderator_ids: Collection[str]
    state: State

    def check_may_moderate(self, sender_id: str) -> None:
        """Check the right to moderate a sender. Moderators may delete their own messages."""
        if self.me.id in (self.host_id, sender_id):
            return
        if sender_id == self.host_id or sender_id in self.moderator_ids:
            raise Forbidden

    def target(self, viewer_id: str) -> Viewer:
        """Check the right to moderate a viewer, and return the viewer with their name."""
        if viewer_id == self.me.id:
            raise Oneself
        self.check_may_moderate(viewer_id)
        if identities.is_guest(viewer_id):
            return Guest(viewer_id)
        profile = get(users.profile(viewer_id))
        if profile is None:
            raise NotFound
        return Person(viewer_id, profile.username)

    def notify_room(self, event: ChatEvent, seconds: float | None = None) -> None:
        """Send an event to everyone in the room, unless the room is empty.

        Raises:
            Unavailable: LiveKit did not respond. The action is stored. A repeat sends the event.
        """
        if self.state == "live" or (self.state == "reconnecting" and self._has_participants()):
            room.send_event(self.host_id, event, seconds)

    def _has_participants(self) -> bool:
        """Return False if the room is empty: LiveKit would wait for a participant, then fail."""
        return bool(server.list_participants(identities.room_of(self.host_id), LIST_SECONDS))


def authorize(me: Person, username: str) -> Authority:
    """Return the caller's authority over a host's channel, for a change. Changes are limited."""
    limits.count_or_refuse("write", me.id)
    return _authority(me, _host_id(username), is_change=True)


def authorize_owner(me: Person) -> Authority:
    """Return a creator's authority over their own channel, for a change. Changes are limited."""
    limits.count_or_refuse("write", me.id)
    return _authority(me, me.id, is_change=True)


def authorize_read(me: Person, username: str) -> Authority:
    """Return the caller's authority over a host's channel, to read what others can't."""
    return _authority(me, _host_id(username), is_change=False)


def _host_id(username: str) -> str:
    name = usernames.parse(username)
    host_id = users.user_id_of(name) if name else None
    if host_id is None:
        raise NotFound
    return host_id


def _authority(me: Person, host_id: str, *, is_change: bool) -> Authority:
    stream_ref, live_ref = users.stream(host_id), live.live_state(host_id)
    standings = {standing_ref(me.id), standing_ref(host_id)}
    found = batch_get(stream_ref, live_ref, *standings, consistent=True)
    if is_change:
        standing.require_good_caller(me.id, found)
    if me.id != host_id and not standing.is_in_good_standing(host_id, found):
        raise NotFound
    stream = found.get(stream_ref)
    moderator_ids = (stream.moderators if stream else None) or set[str]()
    if me.id != host_id and me.id not in moderator_ids:
        raise Forbidden("Only the creator and their moderators may do this")
    return Authority(me, host_id, moderator_ids, state_at(clock.now(), found.get(live_ref)))
