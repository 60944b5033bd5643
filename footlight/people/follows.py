"""Follow and unfollow."""

from footlight import clock, limits, standing
from footlight.errors import NotFound, Oneself
from footlight.identities import Person
from footlight.people import usernames
from footlight.tables import relations, users
from footlight.tables.items import batch_get
from footlight.tables.standing import standing_ref
from footlight.tables.transactions import absent, add, commit, delete_existing, put_new


def follow(me: Person, username: str) -> None:
    """Follow a channel. Idempotent."""
    limits.count_or_refuse("write", me.id)
    host = find_other_user(me, username)
    now = clock.now()
    listing = relations.by_follower(me.id, host.id, now)
    follow = relations.follow(me.id, host.id).new(created_at=now, **listing.attributes())
    commit(
        # A host who has blocked the caller responds as if they didn't exist.
        absent(relations.block(host.id, me.id), or_raise=NotFound),
        standing.in_good_standing(host.id, or_raise=NotFound),
        put_new(follow),
        add(users.profile(host.id), follower_count=1),
    )


def unfollow(me: Person, username: str) -> None:
    """Unfollow a channel. Idempotent."""
    limits.count_or_refuse("write", me.id)
    host = find_other_user(me, username)
    commit(
        absent(relations.block(host.id, me.id), or_raise=NotFound),
        standing.in_good_standing(host.id, or_raise=NotFound),
        delete_existing(relations.follow(me.id, host.id)),
        add(users.profile(host.id), follower_count=-1),
    )


def find_other_user(me: Person, username: str) -> Person:
    """Return the user with this name, who must not be the caller.

    The caller is about to change something, so they must be in good standing.
    """
    name = usernames.parse(username)
    if name == me.username:
        raise Oneself
    if name is None:
        raise NotFound
    name_ref = users.name(name)
    found = batch_get(name_ref, standing_ref(me.id), consistent=True)
    standing.require_good_caller(me.id, found)
    claim = found.get(name_ref)
    if claim is None:
        raise NotFound
    return Person(claim.user_id, name)
