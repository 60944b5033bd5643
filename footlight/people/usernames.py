"""Which usernames are allowed, and which look alike."""

import re
import unicodedata
from functools import cache

PATTERN = r"^[a-z0-9](?:[a-z0-9_]{1,22}[a-z0-9])$"
"""3 to 24 characters: a-z, 0-9, and `_`, but not `_` at either end."""

RESERVED = frozenset(
    """
    about account admin administrator api app assets auth channel channels chat community config
    creator dashboard dock embed explore favicon feed follow following footlight guest guests help
    home host index ingress keys legal live login logout media mod moderator moderators mods null
    oauth official operator privacy robots root rss search security server session settings
    sign_in sign_out sign_up signin signout signup sitemap staff static status stream streams
    support system terms u undefined user users viewer webhook www you
    """.split()  # noqa: SIM905 - a list of quoted words is harder to read
)
_GUEST = re.compile(r"^guest_?\d+$")


def normalize(text: str) -> str:
    """Return the stored form of a username: NFKC, case-folded, trimmed."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def parse(text: str) -> str | None:
    """Return the username in a path or field, or None if it isn't a valid username."""
    username = normalize(text)
    return username if re.fullmatch(PATTERN, username) else None


def problem(username: str) -> str | None:
    """Return the problem with a normalized username as a sentence, or None."""
    if not re.fullmatch(PATTERN, username):
        return "Use 3 to 24 letters a-z, digits, or _, and no _ at either end"
    if (
        username in RESERVED
        or skeleton(username) in _reserved_skeletons()
        or _GUEST.match(username)
    ):
        return "This username is reserved"
    return None


def skeleton(username: str) -> str:
    """Return the form that look-alike names share: `paypa1` and `paypal`, `rn` and `m`.

    Claiming it prevents others from choosing a look-alike.
    """
    text = username.replace("_", "")
    for character, canonical in (
        ("0", "o"),
        ("1", "l"),
        ("i", "l"),
        ("rn", "m"),
        ("vv", "w"),
        ("5", "s"),
    ):
        text = text.replace(character, canonical)
    return text


@cache
def _reserved_skeletons() -> frozenset[str]:
    """Return the skeletons of reserved names, so that `adm1n` is reserved too."""
    return frozenset(map(skeleton, RESERVED))
