"""The guest cookie. Separate from `auth`, so that few functions need the key that signs it."""

from footlight import identities
from footlight.edge.http import Api
from footlight.identities import Guest
from footlight.people.guests import GUEST_COOKIE, GUEST_SECONDS, guest_cookie


def keep_guest(app: Api, identity: str) -> None:
    """Set the cookie that keeps a guest's id, if the identity is a guest's."""
    viewer = identities.parse(identity)
    if viewer and viewer.role == "guest":
        keep_guest_id(app, Guest(viewer.viewer_id))


def keep_guest_id(app: Api, guest: Guest) -> None:
    """Set the cookie that keeps a guest's id."""
    app.set_cookie(GUEST_COOKIE, guest_cookie(guest), GUEST_SECONDS)
