"""Streamers: the users whom an operator has approved."""

from footlight.tables.attributes import InstantAttribute
from footlight.tables.items import Item, Ref


class Streamer(Item, discriminator="streamer"):
    """An operator's approval of a user, since `at`. Read if only approved people may stream."""

    at = InstantAttribute()


def streamer_ref(user_id: str) -> Ref[Streamer]:
    return Ref(Streamer, f"STREAMER#{user_id}", "STREAMER")
