"""Sign-outs of every browser. Deleted by TTL when all earlier sessions have expired."""

from footlight.tables.attributes import InstantAttribute, IntegerAttribute
from footlight.tables.items import Item, Ref
from footlight.tables.users import Subject


class SignOut(Item, discriminator="sign_out"):
    """The last time at which someone signed out everywhere. Sessions from before have ended."""

    at = InstantAttribute()
    expires_at = IntegerAttribute()


def sign_out(account: Ref[Subject]) -> Ref[SignOut]:
    """Return the reference to the sign-out of an account at the identity provider."""
    return Ref(SignOut, account.pk.replace("SUBJECT#", "SIGNOUT#", 1), "SIGNOUT")
