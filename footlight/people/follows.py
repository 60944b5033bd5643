"""Follow and unfollow."""

from footlight import clock, limits
from footlight.errors import NotFound, Oneself
from footlight.identities import Person
from footlight.people import usernames
from footlight.tables import relations, users
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
        put_new(follow),
        add(users.profile(host.id), follower_count=1),
    )


def unfollow(me: Person, username: str) -> None:
    """Unfollow a channel. Idempotent."""
    limits.count_or_refuse("write", me.id)
    host = find_other_user(me, username)
    commit(
        absent(relations.block(host.id, me.id), or_raise=NotFound),
        delete_existing(relations.follow(me.id, host.id)),
        add(users.profile(host.id), follower_count=-1),
    )


def find_other_user(me: Person, username: str) -> Person:
    """Return the user with this name, who must not be the caller."""
    name = usernames.parse(username)
    if name == me.username:
        raise Oneself
    user_id = users.user_id_of(name) if name else None
    if name is None or user_id is None:
        raise NotFound
    return Person(user_id, name)
