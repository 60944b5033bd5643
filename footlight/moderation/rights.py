"""Who may moderate a channel, and whom: its creator everybody, their moderators the viewers."""

from collections.abc import Collection
from dataclasses import dataclass

from footlight import clock, identities, limits
from footlight.channels.views import state_at
from footlight.chat import room
from footlight.chat.room import News
from footlight.errors import Forbidden, NotFound, Oneself
from footlight.identities import Guest, Person, Viewer
from footlight.live.state import State
from footlight.people import usernames
from footlight.tables import base, live, users

ASK_SECONDS = 0.65
"""For who is in a room, before it is told something within a request's three seconds."""


@dataclass(frozen=True)
class Authority:
    """Somebody who may moderate a channel, and what the channel is doing."""

    me: Person
    host_id: str
    moderators: Collection[str]
    state: State

    def over(self, viewer_id: str) -> None:
        """Raises Oneself and, for a moderator over the host or another moderator, Forbidden."""
        if viewer_id == self.me.id:
            raise Oneself
        self.over_words_of(viewer_id)

    def over_words_of(self, viewer_id: str) -> None:
        """The same for what somebody wrote; everybody has that over their own."""
        if self.me.id in (self.host_id, viewer_id):
            return
        if viewer_id == self.host_id or viewer_id in self.moderators:
            raise Forbidden

    def whom(self, viewer_id: str) -> Viewer:
        """Somebody to be moderated, by name. Raises Oneself, Forbidden, NotFound."""
        self.over(viewer_id)
        if identities.is_guest(viewer_id):
            return Guest(viewer_id)
        profile = base.get(users.profile_key(viewer_id))
        if not isinstance(profile, users.Profile):
            raise NotFound
        return Person(viewer_id, profile.username)

    def tell(self, news: News, seconds: float | None = None) -> None:
        """Tells those in the room, if there are any.

        Raises Unavailable: what was done stands, and doing it again tells it again.
        """
        if self.state == "live" or (self.state == "reconnecting" and self._is_anybody_there()):
            room.tell(self.host_id, news, seconds)

    def _is_anybody_there(self) -> bool:
        """An empty room is not told: LiveKit would wait for somebody to hear it, and fail."""
        from footlight.livekit import server  # which is rarely asked

        of = identities.room_of(self.host_id)
        return bool(server.list_participants([of], ASK_SECONDS)[of])


def acting(me: Person, username: str) -> Authority:
    """The same for somebody who is about to do something. Raises RateLimited too."""
    limits.count_or_refuse("write", me.id)
    return authority_over(me, username)


def acting_on_own(me: Person) -> Authority:
    """What a creator may do on their own channel. Raises RateLimited, Unavailable."""
    limits.count_or_refuse("write", me.id)
    return _authority(me, me.id)


def authority_over(me: Person, username: str) -> Authority:
    """What somebody may do on a host's channel. Raises NotFound, Forbidden, Unavailable."""
    named = usernames.parse(username)
    host_id = users.user_id_of(named) if named else None
    if host_id is None:
        raise NotFound
    return _authority(me, host_id)


def _authority(me: Person, host_id: str) -> Authority:
    stream_key, live_key = users.stream_key(host_id), live.live_key(host_id)
    found = base.batch_get([stream_key, live_key], consistent=True)
    stream = found.get(stream_key)
    moderators = (stream.moderators or set()) if isinstance(stream, users.Stream) else set[str]()
    if me.id != host_id and me.id not in moderators:
        raise Forbidden("Only the creator and their moderators may do this")
    return Authority(
        me,
        host_id,
        moderators,
        state_at(clock.now(), base.found_of(found).get(live.live_state(host_id))),
    )
