"""Who is in a room, and under which names: made and parsed here only.

- room: the host's user id
- the ingress's participant: the host's user id
- a viewer: `{userId}:{tab}`; a guest: `{guestId}:{tab}`
- the creator on their own channel: `Host-{userId}:{tab}`

No viewer's identity can equal a bare user id, since each ends in its tab.
"""

import hashlib
import re
import secrets
import string
import uuid
from dataclasses import dataclass

TAB_PATTERN = r"^[a-z0-9]{8}$"
_USER_ID = "[0-9a-f]{32}"
_GUEST_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
USER_ID_PATTERN = rf"^{_USER_ID}$"
GUEST_ID_PATTERN = rf"^{_GUEST_ID}$"
VIEWER_ID_PATTERN = rf"^(?:{_USER_ID}|{_GUEST_ID})$"
_HOST = "Host-"
_IDENTITY = re.compile(rf"({_HOST})?({_USER_ID}|{_GUEST_ID}):[a-z0-9]{{8}}")
_TAB_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class Person:
    """Somebody signed in who has chosen a username; so they are a creator as well."""

    id: str
    username: str

    @property
    def name(self) -> str:
        return self.username


@dataclass(frozen=True)
class Guest:
    """Somebody not signed in, known by a signed id in a cookie."""

    id: str

    @property
    def name(self) -> str:
        """`guest-` and nine digits, derived from the id, so that it can't be chosen."""
        digest = hashlib.sha256(f"guest name {self.id}".encode()).digest()
        return f"guest-{int.from_bytes(digest[:8]) % 10**9:09d}"


Viewer = Person | Guest


def new_user_id() -> str:
    """32 hexadecimal digits; ours, never the identity provider's subject."""
    return uuid.uuid4().hex


def new_guest_id() -> str:
    """A UUID with its dashes, which no user id has."""
    return str(uuid.uuid4())


def new_tab() -> str:
    """Eight characters that tell two tabs of one viewer apart."""
    return "".join(secrets.choice(_TAB_ALPHABET) for _ in range(8))


def is_guest(viewer_id: str) -> bool:
    """Whether an id is a guest's: only those have dashes."""
    return "-" in viewer_id


def room_of(host_id: str) -> str:
    """Name of the room that a host's viewers are in."""
    return host_id


def host_of(room: str) -> str | None:
    """The user id of the host whose room it is; None for a room that is not of this site."""
    return room if re.fullmatch(USER_ID_PATTERN, room) else None


def ingress_identity(host_id: str) -> str:
    """Identity of the encoder's participant; the player takes the host by it alone."""
    return host_id


def viewer_identity(viewer: Viewer, tab: str, *, host_id: str) -> str:
    """Identity of one tab of a viewer in a host's room."""
    if viewer.id == host_id:
        return f"{_HOST}{viewer.id}:{tab}"
    return f"{viewer.id}:{tab}"


def viewer_id_of(identity: str) -> str | None:
    """The user id or guest id behind a viewer's identity; None for the ingress and the host."""
    who = identity.rpartition(":")[0]
    if not who or who.startswith(_HOST):
        return None
    return who


def sitting_as(identity: str, host_id: str) -> str | None:
    """The user id or guest id of a viewer token's identity in a host's room, the host's own too.

    None for what no viewer token of that room has.
    """
    parts = _IDENTITY.fullmatch(identity)
    if not parts or bool(parts[1]) != (parts[2] == host_id):
        return None
    return parts[2]


def is_host_tab(identity: str) -> bool:
    """Whether it is a creator who looks at their own channel."""
    return identity.startswith(_HOST)
