"""Follows and blocks."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from footlight import clock
from footlight.tables.attributes import InstantAttribute
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Item, Listing, Ref


class Follow(Item, discriminator="follow"):
    """The follow of a host by a user. `sk` is the host's id. Listed under the host, by time."""

    created_at = InstantAttribute()


class Block(Item, discriminator="block"):
    """The block of a viewer by a host. `sk` is the viewer's id. Listed under the viewer.

    `name` is what the viewer was called at the time of the block.
    """

    created_at = InstantAttribute()
    name = UnicodeAttribute()


def follow(user_id: str, host_id: str) -> Ref[Follow]:
    return Ref(Follow, follows_list(user_id), host_id)


def block(host_id: str, viewer_id: str) -> Ref[Block]:
    """Return the reference to a block. `viewer_id` is a user id or a guest id."""
    return Ref(Block, blocks_list(host_id), viewer_id)


def follows_list(user_id: str) -> str:
    """Return the `pk` of all follows of a user. `sk` is the host's id."""
    return f"FOLLOW#{user_id}"


def blocks_list(host_id: str) -> str:
    """Return the `pk` of all blocks of a host. `sk` is the viewer's id."""
    return f"BLOCK#{host_id}"


def by_follower(user_id: str, host_id: str, followed_at: datetime) -> Listing:
    """Return the place of a follow in the list of the host's followers."""
    return Listing(followers_list(host_id), f"{clock.iso(followed_at)}#{user_id}")


def followers_list(host_id: str) -> str:
    """Return the `list_pk` of a host's followers. An entry's `owner_id` is the follower's id."""
    return f"FOLLOWERS#{host_id}"


def by_blocker(host_id: str, viewer_id: str) -> Listing:
    """Return the place of a block in the list of the hosts that block a viewer."""
    return Listing(blockers_list(viewer_id), host_id)


def blockers_list(viewer_id: str) -> str:
    """Return the `list_pk` of the blocks of one viewer. An entry's `owner_id` is the host's id."""
    return f"BLOCKERS#{viewer_id}"


def follows_of(user_id: str) -> list[Follow]:
    """Return all follows of a user."""
    with unavailable_on_faults():
        return list(Follow.query(follows_list(user_id)))


def blocks_of(host_id: str) -> list[Block]:
    """Return all blocks of a host."""
    with unavailable_on_faults():
        return list(Block.query(blocks_list(host_id), consistent_read=True))
