"""Cursors of lists: opaque to clients, which hand back what they were given in `next`."""

import base64
import json

from footlight.errors import InvalidRequest

MAX_CHARACTERS = 200
"""Of each part: it becomes part of a key, which must not be empty nor pass 1024 bytes."""


def write(*parts: str) -> str:
    """The cursor that holds these parts."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read(cursor: str, field: str = "cursor") -> list[str]:
    """What `write` was given. Raises InvalidRequest, which names the field, for what is none."""
    try:
        # A lone surrogate or a byte that is no UTF-8 is a ValueError of one kind or another.
        parts = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if isinstance(parts, list) and all(
            isinstance(part, str) and len(part.encode()) > 0 and len(part) <= MAX_CHARACTERS
            for part in parts
        ):
            return parts
    except (ValueError, RecursionError) as error:
        raise wrong(field) from error
    raise wrong(field)


def read_one(cursor: str, field: str = "cursor") -> str:
    """The part of a cursor that has one alone. Raises InvalidRequest."""
    match read(cursor, field):
        case [part]:
            return part
        case _:
            raise wrong(field)


def wrong(field: str = "cursor") -> InvalidRequest:
    """The refusal of a cursor that this list has not given."""
    return InvalidRequest({field: "This is no cursor of this list"})
