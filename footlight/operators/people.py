"""People as operators see them: found by name or title, or all who are suspended."""

from pydantic import Field

from footlight import cursors, settings, standing
from footlight.channels.search import find_users, parse_query
from footlight.channels.views import channel_items, channel_refs, stream_view
from footlight.literals import State
from footlight.standing import Suspension
from footlight.tables.items import batch_get, listed_newest
from footlight.tables.reports import reported_ref
from footlight.tables.standing import LISTED_SUSPENDED
from footlight.tables.streamers import streamer_ref
from footlight.wire import Instant, Wire

PAGE = 20


class PersonForOperators(Wire):
    """A user and their channel."""

    id: str
    username: str
    image: str | None
    bio: str
    title: str
    state: State
    is_for_adults: bool = Field(description="True if the host set it for their channel")
    follower_count: int
    created_at: Instant
    suspension: Suspension | None
    open_reports: int
    is_approved: bool | None = Field(
        description="Whether an operator has approved that they stream. Null: everyone may stream"
    )


class PeopleForOperators(Wire):
    """A page of people. It can be shorter than others, even empty, although more pages follow."""

    people: list[PersonForOperators]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def find_people(term: str, cursor: str | None) -> PeopleForOperators:
    """Return people whose username or title has words with these prefixes.

    Without a term, return all suspended people.
    """
    if term.strip():
        user_ids, following = find_users(parse_query(term, cursor))
        return PeopleForOperators(people=_people(user_ids), next=following)
    before = None if cursor is None else cursors.decode_one(cursor)
    entries, has_more = listed_newest(LISTED_SUSPENDED, before=before, limit=PAGE)
    people = [person for person in _people([e.owner_id for e in entries]) if person.suspension]
    following = cursors.encode(entries[-1].list_sk) if has_more else None
    return PeopleForOperators(people=people, next=following)


def _people(user_ids: list[str]) -> list[PersonForOperators]:
    refs = [ref for user_id in user_ids for ref in channel_refs(user_id)]
    is_asked = settings.needs_approval()
    approvals = map(streamer_ref, user_ids) if is_asked else ()
    found = batch_get(*refs, *map(reported_ref, user_ids), *approvals)
    people: list[PersonForOperators] = []
    for user_id in user_ids:
        items = channel_items(user_id, found)
        if items is None:
            continue
        stream = stream_view(items.stream, items.state)
        reported = found.get(reported_ref(user_id))
        people.append(
            PersonForOperators(
                id=user_id,
                username=items.profile.username,
                image=items.profile.image,
                bio=items.profile.bio,
                title=stream.title,
                state=stream.state,
                is_for_adults=stream.is_for_adults,
                follower_count=max(0, items.profile.follower_count),
                created_at=items.profile.created_at,
                suspension=standing.suspension_view(user_id, found),
                open_reports=reported.open_reports if reported else 0,
                is_approved=streamer_ref(user_id) in found if is_asked else None,
            )
        )
    return people
