"""Rooms and participant identities: built and parsed here only.

- room: the host's user id
- the ingress's participant: the host's user id
- a viewer: `{userId}:{tab}`; a guest: `{guestId}:{tab}`
- the creator on their own channel: `Host-{userId}:{tab}`

A viewer's identity never equals a bare user id, because it ends with the tab.
"""

import hashlib
import re
import secrets
import string
import uuid
from dataclasses import dataclass
from typing import Literal

TAB_PATTERN = r"^[a-z0-9]{8}$"
_USER_ID = "[0-9a-f]{32}"
_GUEST_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
USER_ID_PATTERN = rf"^{_USER_ID}$"
GUEST_ID_PATTERN = rf"^{_GUEST_ID}$"
VIEWER_ID_PATTERN = rf"^(?:{_USER_ID}|{_GUEST_ID})$"
_HOST = "Host-"
_IDENTITY = re.compile(rf"({_HOST})?({_USER_ID}|{_GUEST_ID}):([a-z0-9]{{8}})")
_TAB_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class Person:
    """A signed-in user with a username, and so also a creator."""

    id: str
    username: str

    @property
    def name(self) -> str:
        return self.username


@dataclass(frozen=True)
class Guest:
    """A viewer who isn't signed in, identified by a signed id in a cookie."""

    id: str

    @property
    def name(self) -> str:
        """`guest-` and nine digits. Derived from the id, so that a guest can't choose it."""
        digest = hashlib.sha256(f"guest name {self.id}".encode()).digest()
        return f"guest-{int.from_bytes(digest[:8]) % 10**9:09d}"


Viewer = Person | Guest


def new_user_id() -> str:
    """Return a new user id: 32 hexadecimal digits, unrelated to the provider's subject."""
    return uuid.uuid4().hex


def new_guest_id() -> str:
    """Return a new guest id: a UUID with dashes, which user ids don't have."""
    return str(uuid.uuid4())


def new_tab() -> str:
    """Return a new tab id: eight characters that distinguish the tabs of one viewer."""
    return "".join(secrets.choice(_TAB_ALPHABET) for _ in range(8))


def is_guest(viewer_id: str) -> bool:
    """Return True for a guest id: only guest ids contain dashes."""
    return "-" in viewer_id


def room_of(host_id: str) -> str:
    """Return the name of a host's room."""
    return host_id


def host_of(room: str) -> str | None:
    """Return the host's user id, or None if the room doesn't belong to this site."""
    return room if re.fullmatch(USER_ID_PATTERN, room) else None


def ingress_identity(host_id: str) -> str:
    """Return the identity of the encoder's participant. The player finds the host by it."""
    return host_id


def viewer_identity(viewer: Viewer, tab: str, *, host_id: str) -> str:
    """Return the identity of one tab of a viewer in a host's room."""
    if viewer.id == host_id:
        return f"{_HOST}{viewer.id}:{tab}"
    return f"{viewer.id}:{tab}"


@dataclass(frozen=True)
class Identity:
    """A parsed viewer identity. The role is `host` for a creator on their own channel."""

    role: Literal["host", "viewer", "guest"]
    viewer_id: str
    tab: str

    @property
    def is_host(self) -> bool:
        return self.role == "host"


def parse(identity: str) -> Identity | None:
    """Parse a viewer's identity. Return None for the ingress and for unknown formats."""
    parts = _IDENTITY.fullmatch(identity)
    if parts is None:
        return None
    host_prefix, viewer_id, tab = parts.groups()
    if host_prefix:
        return Identity("host", viewer_id, tab)
    return Identity("guest" if is_guest(viewer_id) else "viewer", viewer_id, tab)
