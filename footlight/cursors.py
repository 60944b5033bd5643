"""Cursors of lists. Clients treat them as opaque and send back the `next` of the previous page."""

import base64
import json

from footlight.errors import InvalidRequest

MAX_CHARACTERS = 200
"""Limit of each part. Parts go into table keys, which must be 1 to 1,024 bytes long."""


def encode(*parts: str) -> str:
    """Return the cursor that contains these parts."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode(cursor: str, field: str = "cursor") -> list[str]:
    """Return the parts of a cursor. `field` is the parameter named in a refusal."""
    try:
        # Lone surrogates and invalid UTF-8 raise subclasses of ValueError.
        parts = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if isinstance(parts, list) and all(
            isinstance(part, str) and len(part.encode()) > 0 and len(part) <= MAX_CHARACTERS
            for part in parts
        ):
            return parts
    except (ValueError, RecursionError) as error:
        raise invalid(field) from error
    raise invalid(field)


def decode_one(cursor: str, field: str = "cursor") -> str:
    """Return the only part of a cursor that must have exactly one."""
    match decode(cursor, field):
        case [part]:
            return part
        case _:
            raise invalid(field)


def invalid(field: str = "cursor") -> InvalidRequest:
    """Return the refusal of a cursor that this list didn't produce."""
    return InvalidRequest({field: "Invalid cursor"})
