"""The caller's own account: choosing a username creates a user and their channel."""

from footlight import clock, identities, limits
from footlight.channels.views import user_view
from footlight.channels.words import channel_words
from footlight.errors import (
    InvalidRequest,
    Unavailable,
    UsernameFixed,
    UsernameRequired,
    UsernameTaken,
)
from footlight.people import usernames
from footlight.people.oidc import Claims
from footlight.tables import search, users
from footlight.tables.items import get
from footlight.tables.transactions import commit, put_new, update_and_return
from footlight.tables.users import Profile, Subject
from footlight.wire import Instant, Wire


class Me(Wire):
    """The caller's profile. Before a username is chosen, everything is null or empty."""

    id: str | None
    username: str | None
    image: str | None
    bio: str
    follower_count: int
    created_at: Instant | None


WITHOUT_USERNAME = Me(id=None, username=None, image=None, bio="", follower_count=0, created_at=None)


class _AlreadyNamed(Exception):
    """Raised if this person has chosen a username in another request."""


def own_profile(claims: Claims) -> Me:
    """Return the caller's profile."""
    subject = _subject(claims)
    return _view(_profile(subject)) if subject else WITHOUT_USERNAME


def change_profile(claims: Claims, *, username: str | None, bio: str | None) -> Me:
    """Choose a username, once, and change the bio. Idempotent."""
    limits.count_or_refuse("write", users.subject(claims.issuer, claims.subject).pk)
    subject = _subject(claims)
    if username is not None:
        wanted = usernames.normalize(username)
        if subject is None:
            profile = _choose_username(claims, wanted, bio or "")
            if profile:
                return _view(profile)
            subject = _subject(claims)  # another tab of the same person was faster
        if subject is None or subject.username != wanted:
            raise UsernameFixed
    if subject is None:
        if bio is not None:
            raise UsernameRequired
        return WITHOUT_USERNAME
    return _view(_profile(subject) if bio is None else _set_bio(subject.user_id, bio))


def _subject(claims: Claims) -> Subject | None:
    return get(users.subject(claims.issuer, claims.subject), consistent=True)


def _profile(subject: Subject) -> Profile:
    profile = get(users.profile(subject.user_id), consistent=True)
    if profile is None:  # both were written in one transaction
        raise Unavailable
    return profile


def _set_bio(user_id: str, bio: str) -> Profile:
    profile = update_and_return(
        users.profile(user_id), Profile.bio.set(bio), condition=Profile.pk.exists()
    )
    if profile is None:
        raise Unavailable
    return profile


def _view(profile: Profile) -> Me:
    return Me(**dict(user_view(profile)))


def _choose_username(claims: Claims, username: str, bio: str) -> Profile | None:
    """Create a user and their channel in one transaction, so that one of two racers gets the name.

    Return None if this person has chosen a username in the meantime.
    """
    if problem := usernames.problem(username):
        raise InvalidRequest({"username": problem})
    now = clock.now()
    user_id = identities.new_user_id()
    title = f"{username}'s stream"
    listing = users.by_last_change(user_id, now)
    profile = users.profile(user_id).new(
        user_id=user_id, username=username, bio=bio, created_at=now
    )
    stream = users.stream(user_id).new(
        user_id=user_id,
        title=title,
        created_at=now,
        updated_at=now,
        **listing.attributes(),
    )
    subject = users.subject(claims.issuer, claims.subject)
    claims_of_name = (
        users.name(username).new(user_id=user_id),
        users.skeleton(usernames.skeleton(username)).new(user_id=user_id),
    )
    words = channel_words(username, title)
    try:
        commit(
            put_new(subject.new(user_id=user_id, username=username), or_raise=_AlreadyNamed),
            *(put_new(claim, or_raise=UsernameTaken) for claim in claims_of_name),
            put_new(profile, or_raise=UsernameTaken),
            put_new(stream, or_raise=UsernameTaken),
            *(
                put_new(search.word_item(word, user_id, words), or_raise=UsernameTaken)
                for word in words
            ),
        )
    except _AlreadyNamed:
        return None
    return profile
