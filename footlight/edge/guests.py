"""The guest cookie. Separate from `auth`, so that only `token` needs the key that signs it."""

from footlight import identities
from footlight.edge.http import Api
from footlight.identities import Guest
from footlight.people.guests import GUEST_COOKIE, GUEST_SECONDS, guest_cookie


def keep_guest(app: Api, identity: str) -> None:
    """Set the cookie that keeps a guest's id, if the identity is a guest's."""
    viewer = identities.parse(identity)
    if viewer and viewer.role == "guest":
        value = guest_cookie(Guest(viewer.viewer_id))
        app.set_cookie(GUEST_COOKIE, value, GUEST_SECONDS)
