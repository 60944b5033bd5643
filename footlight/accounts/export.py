"""Everything that the site holds about a person, as one JSON document.

The document contains what the person entered or did. It never contains a stream key. The texts of
other people's deleted messages, which the moderation log holds, aren't the person's own data.

Lambda returns at most 6 MB, and API Gateway waits for 30 s. The function has 10 s. A document that
would be too large or too slow is cut, and `incomplete` names the lists that are cut. Broadcasts,
messages of a chat, and the log begin with the newest entry.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, TypeVar

from pydantic import Field

from footlight import clock, limits
from footlight.channels import broadcasts
from footlight.channels.broadcasts import PastBroadcast
from footlight.channels.views import (
    ChannelItems,
    OwnStream,
    User,
    channel_items,
    channel_refs,
    own_stream_view,
    user_view,
)
from footlight.channels.words import channel_words
from footlight.literals import Armed, InputType, ModerationAction
from footlight.people.oidc import Claims
from footlight.tables import audit_log, chat, ingress, live, relations, users
from footlight.tables.items import batch_get, get, pages
from footlight.wire import Instant, Wire

MAX_BYTES: Final = 4_000_000
"""The size of all lists in Lambda's response, in which the document is a string. Lambda allows
6,291,556 bytes. The rest is for what isn't in a list: at most 100 blocked words and 50
moderators."""

EXPORT_SECONDS: Final = 5
"""After this time, no further page is read. The rest of the function's time is for the response."""

Part = Literal["following", "blocks", "timeouts", "broadcasts", "messages", "moderationLog"]
"""The lists of an export that can be incomplete."""

WireT = TypeVar("WireT", bound=Wire)


class SignInAccount(Wire):
    """The account at the identity provider, from the access token.

    The site stores only a hash of both values.
    """

    issuer: str
    subject: str


class ExportedUser(Wire):
    """Another user. `username` is null if the account is deleted."""

    id: str
    username: str | None


class ExportedChannel(Wire):
    """The person's channel. `searchWords` are the words by which search finds it."""

    stream: OwnStream
    search_words: list[str]
    moderators: list[ExportedUser]
    chat_cleared_at: Instant | None = Field(
        description="Messages in the channel's chat up to this time are hidden"
    )


class ExportedStreamKey(Wire):
    """When the stream key was made, and when it works. LiveKit holds the key itself."""

    input_type: InputType | None
    created_at: Instant | None
    armed: Armed
    armed_until: Instant | None


class ExportedFollow(Wire):
    """A channel that the person follows. `username` is null if the account is deleted."""

    id: str
    username: str | None
    followed_at: Instant


class ExportedBlock(Wire):
    """A viewer whom the person has blocked, with the name at that time."""

    viewer_id: str
    name: str
    blocked_at: Instant


class ExportedTimeout(Wire):
    """A viewer who can't write in the person's chat until a time."""

    viewer_id: str
    name: str
    until: Instant
    by: str
    reason: str | None


class ExportedMessage(Wire):
    """A message that the person wrote and that is still stored."""

    id: str
    channel_id: str
    channel: str | None = Field(description="The channel's username; null if it is deleted")
    text: str
    sent_at: int = Field(description="Milliseconds since 1970")


class ExportedAction(Wire):
    """An action in the channel's moderation log, with the names at that time."""

    at: Instant
    by: str
    action: ModerationAction
    whom: str | None
    until: Instant | None
    reason: str | None


class AccountExport(Wire):
    """Everything that the site holds about the caller. Before a username is chosen, it is empty."""

    exported_at: Instant
    sign_in: SignInAccount
    profile: User | None
    channel: ExportedChannel | None
    stream_key: ExportedStreamKey | None
    following: list[ExportedFollow]
    blocks: list[ExportedBlock]
    timeouts: list[ExportedTimeout]
    broadcasts: list[PastBroadcast] = Field(description="Past broadcasts, newest first")
    messages: list[ExportedMessage] = Field(description="By channel, newest first")
    moderation_log: list[ExportedAction] = Field(description="Newest first")
    incomplete: list[Part] = Field(
        description="The lists that are cut, because the document would be too large or too slow"
    )


def export(claims: Claims) -> AccountExport:
    """Return everything that the site holds about a person.

    Each read is of the table's state at that moment, so changes during an export may be missing.
    """
    subject_ref = claims.ref
    limits.count_or_refuse("export", subject_ref.pk)
    subject = get(subject_ref, consistent=True)
    budget = _Budget()
    user_id = subject.user_id if subject else None
    found = batch_get(*channel_refs(user_id), consistent=True) if user_id else None
    items = channel_items(user_id, found) if user_id and found else None
    lists = _Lists(items.profile.user_id, budget) if items else None
    return AccountExport(
        exported_at=clock.now(),
        sign_in=SignInAccount(issuer=claims.issuer, subject=claims.subject),
        profile=user_view(items.profile) if items else None,
        channel=_channel(items) if items else None,
        stream_key=_stream_key(items.profile.user_id) if items else None,
        following=lists.following() if lists else [],
        blocks=lists.blocks() if lists else [],
        timeouts=lists.timeouts() if lists else [],
        broadcasts=lists.broadcasts() if lists else [],
        messages=lists.messages() if lists else [],
        moderation_log=lists.moderation_log() if lists else [],
        incomplete=budget.incomplete,
    )


def _channel(items: ChannelItems) -> ExportedChannel:
    stream = items.stream
    return ExportedChannel(
        stream=own_stream_view(stream, items.state),
        search_words=channel_words(items.profile.username, stream.title),
        moderators=_users(sorted(stream.moderators or ())),
        chat_cleared_at=clock.from_ms(stream.chat_cleared_ms) if stream.chat_cleared_ms else None,
    )


def _stream_key(user_id: str) -> ExportedStreamKey | None:
    stored = get(ingress.ingress_ref(user_id), consistent=True)
    if stored is None or stored.ingress_id is None:
        return None
    return ExportedStreamKey(
        input_type=stored.input_type,
        created_at=stored.created_at,
        armed=stored.armed,
        armed_until=stored.armed_until,
    )


class _Budget:
    """The size and the time that are left for the lists of one export."""

    def __init__(self) -> None:
        self._bytes = MAX_BYTES
        self._ends = time.monotonic() + EXPORT_SECONDS
        self.incomplete: list[Part] = []

    def take(self, part: Part, read: Iterable[Sequence[WireT]]) -> list[WireT]:
        """Return the entries of all pages that fit. Otherwise, note that the list is cut."""
        taken: list[WireT] = []
        for page in read:
            for entry in page:
                size = _size(entry)
                if size > self._bytes:
                    self.incomplete.append(part)
                    return taken
                self._bytes -= size
                taken.append(entry)
            if time.monotonic() > self._ends:
                self.incomplete.append(part)
                return taken
        return taken


def _size(entry: Wire) -> int:
    """Return the bytes of an entry in Lambda's response: JSON, as a string in JSON."""
    return len(json.dumps(json.dumps(entry.model_dump(mode="json", by_alias=True))))


class _Lists:
    """The lists about one user."""

    def __init__(self, user_id: str, budget: _Budget) -> None:
        self._user_id = user_id
        self._take = budget.take
        self._now = clock.now()

    def following(self) -> list[ExportedFollow]:
        def read() -> Iterator[list[ExportedFollow]]:
            for page in pages(relations.Follow, relations.follows_list(self._user_id)):
                names = _usernames(follow.sk for follow in page)
                yield [
                    ExportedFollow(
                        id=follow.sk, username=names.get(follow.sk), followed_at=follow.created_at
                    )
                    for follow in page
                ]

        return self._take("following", read())

    def blocks(self) -> list[ExportedBlock]:
        return self._take(
            "blocks",
            (
                [
                    ExportedBlock(viewer_id=block.sk, name=block.name, blocked_at=block.created_at)
                    for block in page
                ]
                for page in pages(relations.Block, relations.blocks_list(self._user_id))
            ),
        )

    def timeouts(self) -> list[ExportedTimeout]:
        return self._take(
            "timeouts",
            (
                [
                    ExportedTimeout(
                        viewer_id=timeout.sk,
                        name=timeout.name,
                        until=timeout.until,
                        by=timeout.by_name,
                        reason=timeout.reason,
                    )
                    for timeout in page
                    if timeout.until > self._now
                ]
                for page in pages(chat.Timeout, chat.timeouts_list(self._user_id))
            ),
        )

    def broadcasts(self) -> list[PastBroadcast]:
        return self._take(
            "broadcasts",
            (
                [broadcasts.view_of(broadcast) for broadcast in page]
                for page in pages(live.PastBroadcast, live.past_broadcasts(self._user_id))
            ),
        )

    def messages(self) -> list[ExportedMessage]:
        def read() -> Iterator[list[ExportedMessage]]:
            for written in pages(chat.WrittenChat, chat.written_chats(self._user_id)):
                names = _usernames(chat_.sk for chat_ in written)
                for host_id in (chat_.sk for chat_ in written):
                    for page in chat.message_pages_of(host_id, self._user_id):
                        yield [
                            self._message(message, host_id, names.get(host_id))
                            for message in page
                            if not message.deleted and message.expires_at > self._now
                        ]

        return self._take("messages", read())

    @staticmethod
    def _message(message: chat.Message, host_id: str, channel: str | None) -> ExportedMessage:
        return ExportedMessage(
            id=message.message_id,
            channel_id=host_id,
            channel=channel,
            text=message.text,
            sent_at=message.sent_ms,
        )

    def moderation_log(self) -> list[ExportedAction]:
        return self._take(
            "moderationLog",
            (
                [_action(entry) for entry in page if entry.expires_at > self._now]
                for page in pages(audit_log.LogEntry, audit_log.log_of(self._user_id))
            ),
        )


def _action(entry: audit_log.LogEntry) -> ExportedAction:
    return ExportedAction(
        at=entry.at,
        by=entry.by_name,
        action=entry.action,
        whom=entry.target_name,
        until=entry.until,
        reason=entry.reason,
    )


def _users(user_ids: Sequence[str]) -> list[ExportedUser]:
    names = _usernames(user_ids)
    return [ExportedUser(id=user_id, username=names.get(user_id)) for user_id in user_ids]


def _usernames(user_ids: Iterable[str]) -> dict[str, str]:
    """Return the usernames of these users, by id. Users who don't exist are missing."""
    refs = [users.profile(user_id) for user_id in user_ids]
    found = batch_get(*refs)
    return {
        profile.user_id: profile.username for ref in refs if (profile := found.get(ref)) is not None
    }
