"""The guest cookie. Separate from `auth`, so that few functions need the key that signs it."""

from footlight import identities
from footlight.edge.http import Api
from footlight.identities import Guest, Viewer
from footlight.people.guests import GUEST_COOKIE, GUEST_SECONDS, guest_cookie


def keep_guest(app: Api, identity: str) -> None:
    """Set the cookie that keeps a guest's id, if the identity is a guest's."""
    viewer = identities.parse(identity)
    if viewer and viewer.role == "guest":
        keep_viewer(app, Guest(viewer.viewer_id))


def keep_viewer(app: Api, viewer: Viewer) -> None:
    """Set the cookie that keeps a guest's id, if the viewer is a guest."""
    if isinstance(viewer, Guest):
        app.set_cookie(GUEST_COOKIE, guest_cookie(viewer), GUEST_SECONDS)
