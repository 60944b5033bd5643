"""Post a message: two round trips to the table and one call to LiveKit. Also read the chat.

A guest's message also counts for the guest's address, which takes a third round trip. So do the
few posts that need a second read: after a timeout, or in a chat for followers only.

A message is stored, then sent to the room. If sending fails, the response is 503, and the sender
retries with the same id: the stored message is then resent.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field

from footlight import clock, identities, limits, standing
from footlight.chat import links, messages, room, rules
from footlight.chat.room import ChatMessage, MessagePosted
from footlight.chat.rules import Draft, Flood, LastMessage, Rules, Sender, Sent, Situation
from footlight.errors import (
    HostNotFound,
    NotAllowed,
    SignedInOnly,
    Suspended,
    Unauthorized,
)
from footlight.literals import Role, State
from footlight.live.current import state_at
from footlight.people import addresses
from footlight.tables import chat, live, relations, users
from footlight.tables.attributes import assign
from footlight.tables.chat import Chatter, Message, MessageId
from footlight.tables.items import Found, Ref, batch_get, get
from footlight.tables.transactions import Operation, put, put_new, retry, upsert, write
from footlight.tables.users import Stream
from footlight.watching import admission
from footlight.watching.viewer_tokens import ViewerClaims
from footlight.wire import Instant, Wire

DAY_MS = 24 * 3600 * 1000

FENCE_MS = 60_000
"""How long a fence is kept: longer than any post takes."""


class You(Wire):
    """The caller's role in this chat, and the end of the caller's timeout."""

    role: Role
    timed_out_until: Instant | None


class ChatPage(Wire):
    """A page of a chat, oldest message first."""

    messages: list[ChatMessage]
    before: str | None = Field(description="`before` of the previous page; null at the beginning")
    you: You


def history(viewer: ViewerClaims, username: str, before: str | None) -> ChatPage:
    """Return a page of the chat, whether the host is live or not."""
    timeout_ref = chat.timeout(viewer.host_id, viewer.viewer_id)
    found = _read(viewer, username, timeout_ref)
    stream, timeout = found.require(users.stream(viewer.host_id)), found.get(timeout_ref)
    now = clock.now()
    refusal = admission.refusal(viewer.host_id, viewer.viewer_id, found, now)
    if refusal and not isinstance(refusal, Suspended):  # Suspended viewers may read.
        raise refusal
    page, previous = messages.page(viewer.host_id, before, stream.chat_cleared_ms)
    return ChatPage(
        messages=page,
        before=previous,
        you=You(
            role=_role(viewer, stream),
            timed_out_until=timeout.until if timeout and timeout.until > clock.now() else None,
        ),
    )


def post(
    viewer: ViewerClaims, username: str, text: str, given_id: uuid.UUID, address: str
) -> tuple[ChatMessage, bool]:
    """Post a message. Return it, and whether it is new. Idempotent for the same `given_id`."""
    posted = retry(_Posting(viewer, username, text, given_id, address).attempt)
    message = messages.message_of(posted.message)
    if posted.state != "offline":
        room.send_event(viewer.host_id, MessagePosted(**dict(message)))
    return message, posted.is_new


@dataclass(frozen=True)
class _Posted:
    """A stored message, and the state of the host's stream when it was read."""

    message: Message
    state: State
    is_new: bool


class _Posting:
    """A message that is being posted."""

    def __init__(
        self, viewer: ViewerClaims, username: str, text: str, given_id: uuid.UUID, address: str
    ) -> None:
        host_id, viewer_id = viewer.host_id, viewer.viewer_id
        self.viewer, self.username, self.text = viewer, username, text
        # Skip the link scan for long text: it takes a second, and the message is rejected anyway.
        self.links = links.find_links(text) if len(text) <= rules.MAX_CHARACTERS else []
        # If another sender's message already has the given id, the message gets the sender's own.
        self.given_id, self.own_id = str(given_id), str(uuid.uuid5(given_id, viewer_id))
        self.given_ref, self.own_ref = (
            chat.message_id(host_id, id_) for id_ in (self.given_id, self.own_id)
        )
        self.live_ref = live.live_state(host_id)
        self.chatter_ref = chat.chatter(viewer_id)
        self.timeout_ref = chat.timeout(host_id, viewer_id)
        self.follow_ref = relations.follow(viewer_id, host_id)
        self.address = address
        self.is_address_counted = False

    def attempt(self) -> _Posted:
        """Read, decide, and write. Call it inside `retry`."""
        found = self._read()
        standing.require_good_caller(self.viewer.viewer_id, found)
        now = clock.now()
        state = state_at(now, found.get(self.live_ref))
        stream = found.require(users.stream(self.viewer.host_id))
        claims = [c for ref in (self.given_ref, self.own_ref) if (c := found.get(ref))]
        if repeated := next((c for c in claims if c.viewer_id == self.viewer.viewer_id), None):
            return _Posted(self._stored_message(repeated, stream), state, is_new=False)
        sender, chat_rules = self._sender(found, stream, now), _rules(stream)
        situation = Situation(state, Flood(*limits.limit("chat")), clock.ms(now))
        if refusal := rules.refusal(sender, chat_rules, self._draft(chat_rules), situation):
            raise refusal
        self._count_address()
        message = self._message(self.own_id if claims else self.given_id, sender.role, now)
        chatter = found.get(self.chatter_ref)
        record = self._record(message, sender.last_message)
        self._store(message, self._count(chatter, situation), record)
        return _Posted(message, state, is_new=True)

    def _read(self) -> Found:
        """Read what decides. What few posts need is read for them only, in a second request."""
        host_id, viewer_id = self.viewer.host_id, self.viewer.viewer_id
        found = _read(
            self.viewer,
            self.username,
            *(self.live_ref, self.chatter_ref, self.timeout_ref, self.given_ref),
        )
        more: list[Ref[Any]] = []
        chatter, claim = found.get(self.chatter_ref), found.get(self.given_ref)
        if chatter and host_id in (chatter.fenced or ()):
            # A batch is no snapshot: it may lack the timeout or block that set the fence.
            # The counter is not read again: if it is fenced again, the write's condition fails.
            more += [relations.block(host_id, viewer_id), self.timeout_ref]
        if claim and claim.viewer_id != viewer_id:
            more.append(self.own_ref)
        if found.require(users.stream(host_id)).is_chat_followers_only:
            more.append(self.follow_ref)
        return found | batch_get(*more, consistent=True) if more else found

    def _stored_message(self, claim: MessageId, stream: Stream) -> Message:
        """Return a message that is stored already, because its response or event was lost."""
        viewer = self.viewer
        # The message is sent to the room each time, so repeats are limited like new messages.
        limits.count_or_refuse("chat", viewer.viewer_id)
        message = get(chat.message(viewer.host_id, claim.place), consistent=True)
        if message is None or message.deleted or message.sent_ms <= stream.chat_cleared_ms:
            raise NotAllowed("This message was deleted")
        return message

    def _sender(self, found: Found, stream: Stream, now: datetime) -> Sender:
        timeout, follow = found.get(self.timeout_ref), found.get(self.follow_ref)
        chatter = found.get(self.chatter_ref)
        return Sender(
            role=_role(self.viewer, stream),
            is_blocked=relations.block(self.viewer.host_id, self.viewer.viewer_id) in found,
            may_not_watch=isinstance(
                admission.refusal(self.viewer.host_id, self.viewer.viewer_id, found, now),
                SignedInOnly,
            ),
            timed_out_until_ms=clock.ms(timeout.until) if timeout else 0,
            following_since_ms=clock.ms(follow.created_at) if follow else None,
            last_message=_last_message(chatter, self.viewer.host_id) if chatter else None,
            sent=_sent(chatter, self.viewer.host_id) if chatter else None,
        )

    def _draft(self, chat_rules: Rules) -> Draft:
        is_checked = chat_rules.are_links_blocked and len(self.text) <= rules.MAX_CHARACTERS
        return Draft(self.text, links.address_in(self.text, self.links) if is_checked else None)

    def _message(self, message_id: str, role: Role, now: datetime) -> Message:
        viewer, sent_ms = self.viewer, clock.ms(now)
        return chat.message(viewer.host_id, chat.message_place(sent_ms, message_id)).new(
            message_id=message_id,
            sent_ms=sent_ms,
            text=self.text,
            links=[list(link) for link in self.links] or None,
            viewer_id=viewer.viewer_id,
            identity=viewer.identity,
            name=viewer.name,
            role=role,
            expires_at=messages.expires_at(now),
        )

    def _count(self, chatter: Chatter | None, situation: Situation) -> Operation:
        """Return the operation that counts the message as the sender's last.

        Its condition fails if another message of the sender was stored since the read, in this
        chat or another, or if the sender was fenced. Of messages sent at the same time in slow
        mode, only one is stored.
        """
        now_ms, window = situation.now_ms, situation.flood.window(situation.now_ms)
        if chatter is None:
            times, fences, condition = 1, 0, Chatter.pk.does_not_exist()
        else:
            times = chatter.times + 1 if chatter.window == window else 1
            fences = chatter.fences
            condition = (
                (Chatter.window == chatter.window)
                & (Chatter.times == chatter.times)
                & (Chatter.fences == fences)
            )
        fenced = _still_fenced(chatter, self.viewer.host_id, now_ms) if chatter else set[str]()
        last_message = (now_ms, rules.fingerprint(self.text))
        return upsert(
            self.chatter_ref,
            Chatter.window.set(window),
            Chatter.times.set(times),
            Chatter.chats.set(
                _recent_chats(chatter, self.viewer.host_id) | {self.viewer.host_id: last_message}
            ),
            Chatter.fences.set(fences),
            assign(Chatter.fenced, fenced),
            Chatter.expires_at.set(clock.from_ms(now_ms) + messages.CHATTER_LIFETIME),
            condition=condition,
        )

    def _store(self, message: Message, count: Operation, record: Sequence[Operation]) -> None:
        claim = chat.message_id(self.viewer.host_id, message.message_id).new(
            viewer_id=message.viewer_id, place=message.sk, expires_at=message.expires_at
        )
        write(count, put_new(claim), put(message), *record)

    def _record(self, message: Message, last: LastMessage | None) -> list[Operation]:
        """Return the operation that records this chat as one in which the user has written.

        The first message of a day needs it. The record outlives all messages of that day.
        """
        if identities.is_guest(message.viewer_id) or (
            last and last.sent_ms // DAY_MS == message.sent_ms // DAY_MS
        ):
            return []
        record = chat.written_chat(message.viewer_id, self.viewer.host_id)
        return [put(record.new(expires_at=message.expires_at + messages.RECORD_MARGIN))]

    def _count_address(self) -> None:
        """Count a guest's message for its address, or raise RateLimited. This is the last rule.

        It is a request of its own. In the transaction it would cost twice as much, and messages of
        many guests at one address would conflict. A message that then fails is counted anyway.
        """
        if self.is_address_counted or not identities.is_guest(self.viewer.viewer_id):
            return
        addresses.count_or_refuse("guest_chat", self.address)
        self.is_address_counted = True


def _read(viewer: ViewerClaims, username: str, *refs: Ref[Any]) -> Found:
    """Read the host's profile, the items that decide admission, and `refs`, in one request."""
    profile_ref = users.profile(viewer.host_id)
    admission_refs = admission.refs(viewer.host_id, viewer.viewer_id)
    found = batch_get(profile_ref, *admission_refs, *refs, consistent=True)
    profile = found.get(profile_ref)
    if profile is None or profile.username != username:
        raise Unauthorized("This viewer token is for another channel")
    if not viewer.is_host and not standing.is_in_good_standing(viewer.host_id, found):
        raise HostNotFound
    return found


def _role(viewer: ViewerClaims, stream: Stream) -> Role:
    if viewer.is_host:
        return "host"
    if identities.is_guest(viewer.viewer_id):
        return "guest"
    return "moderator" if viewer.viewer_id in (stream.moderators or ()) else "viewer"


def _rules(stream: Stream) -> Rules:
    return Rules(
        is_enabled=stream.is_chat_enabled,
        delay_ms=stream.chat_delay_seconds * 1000 if stream.is_chat_delayed else None,
        followers_ms=stream.chat_followers_minutes * rules.MINUTE_MS
        if stream.is_chat_followers_only
        else None,
        is_signed_in_only=stream.is_chat_signed_in_only,
        are_links_blocked=stream.are_chat_links_blocked,
        are_repeats_blocked=stream.are_chat_repeats_blocked,
        blocked_words=frozenset(stream.chat_blocked_words or ()),
    )


def _last_message(chatter: Chatter, host_id: str) -> LastMessage | None:
    last = chatter.last_messages().get(host_id)
    return LastMessage(*last) if last else None


def _sent(chatter: Chatter, host_id: str) -> Sent:
    others = _other_chats(chatter, host_id).values()
    return Sent(chatter.window, chatter.times, [sent_ms for sent_ms, _ in others])


def _recent_chats(chatter: Chatter | None, host_id: str) -> dict[str, tuple[int, str]]:
    """Return the last messages in the most recent other chats, so that they and one more fit."""
    others = _other_chats(chatter, host_id) if chatter else {}
    newest_first = sorted(others.items(), key=lambda entry: entry[1], reverse=True)
    return dict(newest_first[: rules.MAX_CHATS - 1])


def _other_chats(chatter: Chatter, host_id: str) -> dict[str, tuple[int, str]]:
    return {id_: last for id_, last in chatter.last_messages().items() if id_ != host_id}


def _still_fenced(chatter: Chatter, host_id: str, now_ms: int) -> set[str]:
    """Return the hosts whose fence still matters: no post outlives its function by this time."""
    if (chatter.fenced_ms or 0) < now_ms - FENCE_MS:
        return set()
    return set(chatter.fenced or ()) - {host_id}
