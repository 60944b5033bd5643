"""The caller's own account: choosing a username creates a user and their channel."""

from footlight import clock, identities, limits, settings, standing
from footlight.aws.user_pool import NoSuchUser
from footlight.channels.views import user_view
from footlight.channels.words import channel_words
from footlight.errors import (
    DeletionInProgress,
    InvalidRequest,
    SignUpClosed,
    Unauthorized,
    Unavailable,
    UsernameFixed,
    UsernameRequired,
    UsernameTaken,
)
from footlight.people import emails, usernames
from footlight.people.callers import subject_of
from footlight.people.oidc import Claims
from footlight.standing import Suspension
from footlight.tables import deletions, search, users
from footlight.tables.items import Found, batch_get, get, ref_of
from footlight.tables.operators import operator_ref
from footlight.tables.reports import Reported, reported_ref
from footlight.tables.standing import Standing, standing_ref
from footlight.tables.transactions import (
    Operation,
    absent,
    check,
    commit,
    delete,
    put,
    put_new,
    update_and_return,
)
from footlight.tables.users import FormerEmail, FormerUser, Profile, Subject
from footlight.wire import Instant, Wire


class OperatorWarning(Wire):
    """The last warning of an operator, after a report."""

    reason: str
    at: Instant


class Me(Wire):
    """The caller's profile. Before a username is chosen, everything is null or empty.

    While the caller is suspended, they can read, but change nothing.
    """

    id: str | None
    username: str | None
    image: str | None
    bio: str
    follower_count: int
    created_at: Instant | None
    suspension: Suspension | None = None
    warning: OperatorWarning | None = None
    is_operator: bool = False


WITHOUT_USERNAME = Me(id=None, username=None, image=None, bio="", follower_count=0, created_at=None)


def _look_alike() -> UsernameTaken:
    return UsernameTaken("This username looks too much like one that is taken")


class _AlreadyNamed(Exception):
    """Raised if this person has chosen a username in another request."""


def own_profile(claims: Claims) -> Me:
    """Return the caller's profile."""
    subject = subject_of(claims)
    if subject is None:
        return WITHOUT_USERNAME
    user_id = subject.user_id
    found = _read(user_id)
    profile = found.get(users.profile(user_id))
    if profile is None:  # The provider account is cached, and its user is deleted.
        return WITHOUT_USERNAME
    return _view(profile, found)


def change_profile(claims: Claims, *, username: str | None, bio: str | None) -> Me:
    """Choose a username, once, and change the bio. Idempotent."""
    limits.count_or_refuse("write", users.subject(claims.issuer, claims.subject).pk)
    subject, former = _read_person(claims)
    if username is not None:
        wanted = usernames.normalize(username)
        if subject is None:
            profile = _choose_username(claims, former, wanted, bio or "")
            if profile:
                return _view(profile, Found({}))
            subject, _ = _read_person(claims)  # another tab of the same person was faster
        if subject is None or subject.username != wanted:
            raise UsernameFixed
    if subject is None:
        if bio is not None:
            raise UsernameRequired
        return WITHOUT_USERNAME
    found = _read(subject.user_id)
    standing.require_good_caller(subject.user_id, found)
    profile = found.require(users.profile(subject.user_id))
    return _view(profile if bio is None else _set_bio(subject.user_id, bio), found)


def _read_person(claims: Claims) -> tuple[Subject | None, FormerUser | None]:
    """Return a person's provider account, and the user that they were before a deletion, if any.

    It reads no cache, because the person may have deleted their account since.
    """
    former_ref = users.former_user(claims.ref.pk)
    found = batch_get(claims.ref, former_ref, consistent=True)
    return found.get(claims.ref), _remembered(found.get(former_ref))


def _remembered(former: FormerUser | None) -> FormerUser | None:
    is_forgotten = former and former.expires_at and former.expires_at <= clock.now()
    return None if is_forgotten else former


def _former_email(claims: Claims) -> FormerEmail | None:
    """Return the item of the person's email address, if a deleted account of the pool had it.

    Raises:
        Unauthorized: the token belongs to a user whom a deletion has removed from the pool.
        Unavailable: the pool doesn't respond. A person who must be recognized wouldn't be.
    """
    try:
        email_hash = emails.email_hash(claims.subject)
    except NoSuchUser as error:
        raise Unauthorized from error
    return get(users.former_email(email_hash), consistent=True) if email_hash else None


def _read(user_id: str) -> Found:
    roles = standing_ref(user_id), operator_ref(user_id), reported_ref(user_id)
    return batch_get(users.profile(user_id), *roles, consistent=True)


def _set_bio(user_id: str, bio: str) -> Profile:
    profile = update_and_return(
        users.profile(user_id), Profile.bio.set(bio), condition=Profile.pk.exists()
    )
    if profile is None:
        raise Unavailable
    return profile


def _view(profile: Profile, found: Found) -> Me:
    user_id = profile.user_id
    return Me(
        **dict(user_view(profile)),
        suspension=standing.suspension_view(user_id, found),
        warning=_warning(found.get(reported_ref(user_id))),
        is_operator=operator_ref(user_id) in found,
    )


def _warning(reported: Reported | None) -> OperatorWarning | None:
    if reported is None or reported.warned_at is None:
        return None
    return OperatorWarning(reason=reported.warning or "", at=reported.warned_at)


def _choose_username(
    claims: Claims, former: FormerUser | None, username: str, bio: str
) -> Profile | None:
    """Create a user and their channel in one transaction, so that one of two racers gets the name.

    A person who has deleted their account gets their former user id again: one with the same
    account at the provider, or with the same email address in the stack's own pool. Return None if
    this person has chosen a username in the meantime.
    """
    if settings.is_sign_up_closed():
        raise SignUpClosed
    if problem := usernames.problem(username, settings.site_name()):
        raise InvalidRequest({"username": problem})
    former_email = _former_email(claims)
    if former is None and former_email:
        former = _remembered(get(users.former_user(former_email.subject_key), consistent=True))
    now = clock.now()
    user_id = former.user_id if former else identities.new_user_id()
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
    skeleton = usernames.skeleton(username)
    words = channel_words(username, title)
    is_free = users.is_free_for(user_id)
    try:
        commit(
            put_new(subject.new(user_id=user_id, username=username), or_raise=_AlreadyNamed),
            *(_return(former) if former else ()),
            *([delete(ref_of(former_email))] if former_email else ()),
            # The first failed condition decides, so a look-alike is a name that no user has.
            put_new(users.name(username).new(user_id=user_id), or_raise=UsernameTaken),
            check(users.name_reservation(username), is_free, or_raise=UsernameTaken),
            put_new(users.skeleton(skeleton).new(user_id=user_id), or_raise=_look_alike),
            check(users.skeleton_reservation(skeleton), is_free, or_raise=_look_alike),
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


def _return(former: FormerUser) -> list[Operation]:
    """Return the operations with which a person gets their former user id again.

    Blocks and timeouts by others name that id, so they hold again. So does a suspension.
    """
    standing_key = standing_ref(former.user_id)
    is_deleted = Standing.pk.does_not_exist() | (Standing.state == "deleted")
    suspension = former.suspension()
    return [
        absent(deletions.deletion(former.user_id), or_raise=DeletionInProgress),
        put(suspension, condition=is_deleted, or_raise=Unavailable)
        if suspension
        else delete(standing_key, condition=is_deleted, or_raise=Unavailable),
        delete(
            ref_of(former),
            condition=FormerUser.user_id == former.user_id,
            or_raise=Unavailable,
        ),
    ]
