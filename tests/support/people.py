"""Users, broadcasts, follows, and blocks, written to the table without the API."""

from datetime import UTC, datetime, timedelta

from footlight import clock, identities
from footlight.channels.words import channel_words
from footlight.identities import Person, Viewer
from footlight.moderation import blocks as blocking
from footlight.moderation.rights import authorize_owner
from footlight.people import usernames
from footlight.people.callers import Caller
from footlight.people.oidc import Claims
from footlight.tables import live, operators, relations, search, standing, users
from tests.support.stored import write_items

START = datetime(2026, 1, 1, tzinfo=UTC)
ISSUER = "https://issuer.example.com"


def a_person(
    username: str,
    *,
    number: int = 0,
    title: str = "",
    joined: int | None = None,
    start: datetime = START,
    claims: Claims | None = None,
) -> Person:
    """Write a user whose channel last changed `number` seconds after the start.

    The user joined at the same time, or `joined` seconds after the start. `claims` are those of
    the user's access token.
    """
    person = Person(identities.new_user_id(), username)
    changed = start + timedelta(seconds=number)
    created = start + timedelta(seconds=number if joined is None else joined)
    title = title or f"{username}'s stream"
    words = channel_words(username, title)
    write_items(
        (claims or claims_of(person)).ref.new(user_id=person.id, username=username),
        users.name(username).new(user_id=person.id),
        users.skeleton(usernames.skeleton(username)).new(user_id=person.id),
        users.profile(person.id).new(user_id=person.id, username=username, created_at=created),
        users.stream(person.id).new(
            user_id=person.id,
            title=title,
            created_at=created,
            updated_at=changed,
            **users.by_last_change(person.id, changed).attributes(),
        ),
        *(search.word_item(word, person.id, words) for word in words),
    )
    return person


def has_streamed(person: Person, *, number: int = 0) -> None:
    """Write that a person last went live `number` seconds after the start."""
    write_items(live.last_broadcast_item(person.id, START + timedelta(seconds=number)))


def goes_live(person: Person, *, viewers: int = 0) -> None:
    """Write that a person's ingress has started."""
    has_streamed(person)
    state = live.live_state(person.id).new(
        user_id=person.id,
        live=True,
        session_id="1767225600000",
        session_started_at=START,
        verified_at=clock.now(),
        viewers=viewers,
        **live.by_viewers(person.id, viewers).attributes(),
    )
    write_items(state)


def drops(person: Person, *, seconds_ago: int, number: int = 0) -> None:
    """Write that a person's encoder disconnected some seconds ago.

    The broadcast started `number` seconds after the start.
    """
    started_at = START + timedelta(seconds=number)
    has_streamed(person, number=number)
    state = live.live_state(person.id).new(
        user_id=person.id,
        live=False,
        session_id=f"{clock.ms(started_at)}",
        session_started_at=started_at,
        ended_at=clock.now() - timedelta(seconds=seconds_ago),
        viewers=7,
    )
    write_items(state)


def follows(who: Person, whom: Person, *, number: float = 0) -> None:
    """Write a follow from `number` seconds after the start."""
    at = START + timedelta(seconds=number)
    listing = relations.by_follower(who.id, whom.id, at).attributes()
    write_items(relations.follow(who.id, whom.id).new(created_at=at, **listing))


def claims_of(person: Person) -> Claims:
    """Return the claims of a person's access token."""
    return Claims(ISSUER, f"subject of {person.username}")


def caller(person: Person | None) -> Caller:
    """Return a person, or a guest, as the caller of a route for anyone."""
    return Caller(claims_of(person) if person else None, {})


def a_block(*, by: Person, of: Viewer) -> None:
    """Write only the item of a block."""
    block = relations.block(by.id, of.id)
    listing = relations.by_blocker(by.id, of.id).attributes()
    write_items(block.new(created_at=clock.now(), name=of.name, **listing))


def a_suspension(
    user_id: str, *, reason: str = "spam", until: datetime | None = None, is_listed: bool = True
) -> None:
    """Write only the item of a suspension."""
    listing = standing.by_due(user_id, until).attributes() if is_listed else {}
    write_items(
        standing.standing_ref(user_id).new(
            user_id=user_id,
            state="suspended",
            reason=reason,
            until=until,
            at=clock.now(),
            **listing,
        )
    )


def an_operator(user_id: str) -> None:
    """Write the item of an operator's role."""
    write_items(operators.operator_ref(user_id).new(at=clock.now()))


def blocks(host: Person, viewer: Viewer) -> None:
    """Block a viewer."""
    blocking.block(authorize_owner(host), viewer.id)


def unblocks(host: Person, viewer: Viewer) -> None:
    """Unblock a viewer."""
    blocking.unblock(authorize_owner(host), viewer.id)
