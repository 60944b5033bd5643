"""Somebody writes: two round trips to the table and one call to LiveKit.

A message is stored first and told then. Where telling fails, the answer is 503 and the sender sends
the same id again: that stores nothing anew and tells it once more.
"""

import uuid
from dataclasses import dataclass

from pydantic import Field
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from footlight import clock, identities, limits
from footlight.aws import secrets
from footlight.channels.views import state_at
from footlight.chat import links, messages, room, rules
from footlight.chat.room import ChatMessage, Said
from footlight.chat.rules import Before, Flood, Role, Rules, Sender
from footlight.errors import Blocked, NotAllowed, RateLimited, SignedInOnly, Unauthorized
from footlight.limits import Increment
from footlight.live.state import State
from footlight.tables import base, legacy, live, relations, users
from footlight.tables.chat import (
    Chatter,
    Message,
    MessageId,
    Timeout,
    chatter_key,
    message_id_key,
    messages_list,
    place,
    timeout_key,
)
from footlight.tables.limits import Taken
from footlight.watching import admission
from footlight.watching.viewer_tokens import ViewerClaims
from footlight.wire import Instant, Wire


class You(Wire):
    """How the caller stands to this chat."""

    role: Role
    timed_out_until: Instant | None


class ChatPage(Wire):
    """A page of a chat, oldest first."""

    messages: list[ChatMessage]
    before: str | None = Field(description="`before` of the page before, null at the beginning")
    you: You


@dataclass(frozen=True)
class _Found:
    """What the table has on a seat and its chat."""

    stream: users.Stream
    items: dict[base.Key, base.Item]


def history(viewer: ViewerClaims, username: str, before: str | None) -> ChatPage:
    """A page of the chat that a seat is in, whether the host is live or not.

    Raises Unauthorized, Blocked, SignedInOnly, InvalidRequest, Unavailable.
    """
    timeout = timeout_key(viewer.host_id, viewer.viewer_id)
    found = _read(viewer, username, [timeout])
    now = clock.now()
    if refused := admission.refusal(viewer.host_id, viewer.viewer_id, found.items, now):
        raise refused
    page, place_before = messages.page(
        viewer.host_id, before, int(found.stream.chat_cleared_ms or 0)
    )
    until_ms = _until_ms(found.items.get(timeout))
    return ChatPage(
        messages=page,
        before=place_before,
        you=You(
            role=_role(viewer, found.stream),
            timed_out_until=clock.from_ms(until_ms) if until_ms > clock.now_ms() else None,
        ),
    )


def post(
    viewer: ViewerClaims, username: str, text: str, given_id: uuid.UUID, address: str
) -> tuple[ChatMessage, bool]:
    """Stores a message and tells the room; the same id again is told again and stored no more.

    `address`: the caller's. Returns the message, and whether it is new. Raises Unauthorized,
    whatever `rules.refusal` gives, NotAllowed for a message that was deleted meanwhile,
    Unavailable.
    """
    posting = _Posting(viewer, username, text, given_id, address)
    message, is_new = legacy.retried(posting.attempt)
    shown = messages.message_of(message)
    if posting.state != "offline":
        room.tell(viewer.host_id, Said(**dict(shown)))
    return shown, is_new


class _Posting:
    """One message on its way."""

    def __init__(
        self, viewer: ViewerClaims, username: str, text: str, given_id: uuid.UUID, address: str
    ) -> None:
        self.viewer = viewer
        self.username = username
        self.text = text
        # What is too long is refused anyway, and to look through it would take a second.
        self.links = links.find(text) if len(text) <= rules.MOST_CHARACTERS else []
        self.state: State = "offline"
        own = uuid.uuid5(given_id, viewer.viewer_id)
        # The id as it was given, or, where another has taken that for a message here, one of ours.
        self.ids = (str(given_id), str(own))
        self.address_use: Increment | None = None
        if identities.is_guest(viewer.viewer_id):
            network = limits.address_key(address, secrets.cookie_key())
            self.address_use = limits.increment("guest_chat", f"{viewer.host_id}#{network}")

    def attempt(self) -> tuple[Message, bool]:
        """Read, decide, write. Raises Overtaken if another write came in between."""
        host_id, viewer_id = self.viewer.host_id, self.viewer.viewer_id
        chatter, timeout = chatter_key(host_id, viewer_id), timeout_key(host_id, viewer_id)
        live_key, follow = live.live_key(host_id), relations.follow_key(viewer_id, host_id)
        id_keys = [message_id_key(host_id, one) for one in self.ids]
        keys = [live_key, chatter, timeout, follow, *id_keys]
        if self.address_use:
            keys.append(self.address_use.key)
        found = _read(self.viewer, self.username, keys)
        if messages.is_overtaken(found.items.get(chatter)):
            # By a time-out or block, which that read may have from before: it is no snapshot.
            found = _read(self.viewer, self.username, keys)
        now = clock.now()
        self.state = state_at(now, base.found_of(found.items).get(live.live_state(host_id)))
        taken = [known for key in id_keys if isinstance(known := found.items.get(key), MessageId)]
        for known in taken:
            if known.viewer_id == viewer_id:
                return self._known(known, int(found.stream.chat_cleared_ms or 0)), False
        free_id = self.ids[1] if taken else self.ids[0]
        now_ms = clock.ms(now)
        before = _before(found.items.get(chatter))
        refused_entry = admission.refusal(host_id, viewer_id, found.items, now)
        sender = Sender(
            role=_role(self.viewer, found.stream),
            is_blocked=isinstance(refused_entry, Blocked),
            is_kept_out=isinstance(refused_entry, SignedInOnly),
            timed_out_until_ms=_until_ms(found.items.get(timeout)),
            following_since_ms=_since_ms(found.items.get(follow)),
            before=before,
        )
        chosen, flood = _rules(found.stream), Flood(*limits.limit("chat"))
        refused = rules.refusal(
            sender,
            chosen,
            self.state,
            flood,
            self.text,
            has_links=chosen.are_links_blocked
            and (bool(self.links) or links.has_address(self.text)),
            now_ms=now_ms,
        )
        if refused:
            raise refused
        if self.address_use and self.address_use.is_exceeded(found.items.get(self.address_use.key)):
            raise RateLimited(self.address_use.ends_in_ms)
        delay_ms = None if sender.is_exempt else chosen.delay_ms
        return self._store(free_id, sender.role, before, flood, delay_ms, now_ms), True

    def _known(self, known: MessageId, cleared_ms: int) -> Message:
        """The message as it is kept: its answer was lost, or it was told in vain."""
        limits.count_or_refuse(
            "chat", f"{self.viewer.host_id}#{self.viewer.viewer_id}"
        )  # all are told each time
        message = base.get((messages_list(self.viewer.host_id), known.place), consistent=True)
        if (
            not isinstance(message, Message)
            or message.deleted
            or int(message.sent_ms) <= cleared_ms
        ):
            raise NotAllowed("This message was deleted")
        return message

    def _store(
        self,
        message_id: str,
        role: Role,
        before: Before | None,
        flood: Flood,
        delay_ms: int | None,
        now_ms: int,
    ) -> Message:
        viewer, expires_at = self.viewer, messages.expires_at(now_ms)
        message = Message(
            messages_list(viewer.host_id),
            place(now_ms, message_id),
            message_id=message_id,
            sent_ms=now_ms,
            text=self.text,
            links=[list(link) for link in self.links] or None,
            viewer_id=viewer.viewer_id,
            identity=viewer.identity,
            name=viewer.name,
            role=role,
            expires_at=expires_at,
        )
        known = MessageId(
            *message_id_key(viewer.host_id, message_id),
            viewer_id=viewer.viewer_id,
            place=message.sk,
            expires_at=expires_at,
        )
        actions, condition = _count(before, flood, delay_ms, now_ms)
        actions.append(Chatter.last_text.set(rules.fingerprint(self.text)))
        try:
            with base.faults(), base.transaction() as transaction:
                transaction.update(
                    Chatter(*chatter_key(viewer.host_id, viewer.viewer_id)),
                    actions=actions,
                    condition=condition,
                )
                if self.address_use:
                    transaction.update(
                        Taken(*self.address_use.key),
                        actions=self.address_use.actions,
                        condition=self.address_use.condition,
                    )
                transaction.save(known, condition=MessageId.pk.does_not_exist())
                transaction.save(message)
        except TransactWriteError as error:
            raise legacy.Overtaken from error
        return message


def _count(
    before: Before | None, flood: Flood, delay_ms: int | None, now_ms: int
) -> tuple[list[Action], Condition]:
    """What a message changes of its sender, and what must hold still for it to be let through.

    So of many that are sent at once each is decided by itself: in slow mode one alone passes.
    """
    window = flood.window(now_ms)
    if before is None:
        times, condition = Chatter.times.set(1), Chatter.pk.does_not_exist()
    elif before.window == window:
        times = Chatter.times.add(1)
        condition = (Chatter.window == window) & (Chatter.times < flood.times)
    else:
        times, condition = Chatter.times.set(1), Chatter.window == before.window
    if before is not None and delay_ms is not None:
        condition &= Chatter.last_sent_ms <= now_ms - delay_ms
    actions: list[Action] = [
        times,
        Chatter.kind.set(Chatter),
        Chatter.window.set(window),
        Chatter.last_sent_ms.set(now_ms),
        Chatter.expires_at.set(now_ms // 1000 + messages.CHATTER_KEPT_SECONDS),
    ]
    return actions, condition


def _read(viewer: ViewerClaims, username: str, more: list[base.Key]) -> _Found:
    """Whose chat it is, who may be there, and `more`, in one read.

    Raises Unauthorized where the seat is in another room than the named host's.
    """
    profile_key = users.profile_key(viewer.host_id)
    keys = [profile_key, *admission.keys(viewer.host_id, viewer.viewer_id), *more]
    items = base.batch_get(keys, consistent=True)
    profile, stream = items.get(profile_key), items.get(users.stream_key(viewer.host_id))
    if (
        not isinstance(profile, users.Profile)
        or not isinstance(stream, users.Stream)
        or profile.username != username
    ):
        raise Unauthorized("This viewer token is for another channel")
    return _Found(stream, items)


def _role(viewer: ViewerClaims, stream: users.Stream) -> Role:
    if viewer.is_host:
        return "host"
    if identities.is_guest(viewer.viewer_id):
        return "guest"
    return "moderator" if viewer.viewer_id in (stream.moderators or ()) else "viewer"


def _rules(stream: users.Stream) -> Rules:
    return Rules(
        is_enabled=bool(stream.is_chat_enabled),
        delay_ms=int(stream.chat_delay_seconds) * 1000 if stream.is_chat_delayed else None,
        followers_ms=int(stream.chat_followers_minutes) * rules.MINUTE_MS
        if stream.is_chat_followers_only
        else None,
        is_signed_in_only=bool(stream.is_chat_signed_in_only),
        are_links_blocked=bool(stream.are_chat_links_blocked),
        are_repeats_blocked=bool(stream.are_chat_repeats_blocked),
        blocked_words=frozenset(stream.chat_blocked_words or ()),
    )


def _before(item: base.Item | None) -> Before | None:
    if not isinstance(item, Chatter):
        return None
    return Before(
        last_sent_ms=int(item.last_sent_ms),
        last_text=item.last_text,
        window=int(item.window),
        times=int(item.times),
    )


def _until_ms(item: base.Item | None) -> int:
    return int(item.until_ms) if isinstance(item, Timeout) else 0


def _since_ms(item: base.Item | None) -> int | None:
    if not isinstance(item, relations.Follow):
        return None
    return clock.ms(item.created_at)
