"""`/api/me/*`: the signed-in user; `PATCH /api/stream`: their channel's settings."""

from typing import Annotated

from footlight.accounts.deletion import delete_account
from footlight.accounts.export import AccountExport, export
from footlight.channels.accounts import Me, change_profile, own_profile
from footlight.channels.settings import SignedInOnly, StreamChanges, change_stream
from footlight.channels.views import OwnStream
from footlight.chat.blocked_words import MAX_BLOCKED_WORDS, Word
from footlight.edge.auth import CurrentCreator, SignedIn
from footlight.edge.http import Api
from footlight.errors import (
    DeletionInProgress,
    RateLimited,
    SignUpClosed,
    Suspended,
    UsernameFixed,
    UsernameRequired,
    UsernameTaken,
)
from footlight.text import Bio, Title
from footlight.wire import Request

from aws_lambda_powertools.event_handler import Response
from pydantic import Field

app = Api("people")
handler = app.resolve


class MeRequest(Request):
    """Changes of one's own profile. Omitted fields stay as they are."""

    username: Annotated[str | None, Field(max_length=64)] = None
    bio: Bio | None = None


class ChatRequest(Request):
    """Changes of the chat's rules. Omitted fields stay as they are."""

    delay_seconds: Annotated[int | None, Field(ge=1, le=300)] = None
    followers_minutes: Annotated[int | None, Field(ge=0, le=90 * 24 * 60)] = None
    is_signed_in_only: bool | None = None
    are_links_blocked: bool | None = None
    are_repeats_blocked: bool | None = None
    blocked_words: Annotated[list[Word] | None, Field(max_length=MAX_BLOCKED_WORDS)] = None


class StreamRequest(Request):
    """Changes of one's own channel. Omitted fields stay as they are."""

    title: Title | None = None
    is_chat_enabled: bool | None = None
    is_chat_delayed: bool | None = None
    is_chat_followers_only: bool | None = None
    signed_in_only: Annotated[
        SignedInOnly | None, Field(description="Whether guests are kept out, and for how long")
    ] = None
    is_for_adults: Annotated[
        bool | None,
        Field(description="Whether viewers first confirm that they are 18 or older"),
    ] = None
    chat: ChatRequest | None = None

    def changes(self) -> StreamChanges:
        chat = self.chat or ChatRequest()
        words = chat.blocked_words
        return StreamChanges(
            title=self.title,
            is_chat_enabled=self.is_chat_enabled,
            is_chat_delayed=self.is_chat_delayed,
            is_chat_followers_only=self.is_chat_followers_only,
            chat_delay_seconds=chat.delay_seconds,
            chat_followers_minutes=chat.followers_minutes,
            is_chat_signed_in_only=chat.is_signed_in_only,
            are_chat_links_blocked=chat.are_links_blocked,
            are_chat_repeats_blocked=chat.are_repeats_blocked,
            chat_blocked_words=None if words is None else frozenset(words),
            signed_in_only=self.signed_in_only,
            is_for_adults=self.is_for_adults,
        )


@app.get("/api/me")
def get_me(claims: SignedIn) -> Me:
    """Get the signed-in user. `username` is null until they choose one."""
    return own_profile(claims)


@app.put(
    "/api/me",
    DeletionInProgress,
    SignUpClosed,
    Suspended,
    UsernameTaken,
    UsernameFixed,
    UsernameRequired,
    RateLimited,
)
def put_me(request: MeRequest, claims: SignedIn) -> Me:
    """Choose a username, or change the bio. Idempotent.

    Choosing a username creates the channel. It is refused if the site accepts no new accounts.
    """
    return change_profile(claims, username=request.username, bio=request.bio)


@app.delete("/api/me", RateLimited, ok=202)
def delete_me(claims: SignedIn) -> Response[None]:
    """Delete your account. Idempotent.

    From the response on, no one sees it. What is left of it is deleted in the background. For 90
    days, only the same person can choose the username again.
    """
    delete_account(claims)
    return Response(status_code=202)


@app.get("/api/me/export", RateLimited)
def get_export(claims: SignedIn) -> AccountExport:
    """Get everything that the site holds about you.

    A very large document is cut, and `incomplete` names the lists that are cut. It never contains a
    stream key.
    """
    return export(claims)


@app.patch("/api/stream", RateLimited, tag="creating")
def patch_stream(request: StreamRequest, me: CurrentCreator) -> OwnStream:
    """Change your channel's title and chat settings. Idempotent."""
    return change_stream(me, request.changes())
