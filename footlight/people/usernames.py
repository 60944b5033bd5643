"""Which usernames may be chosen, and which look alike."""

import re
import unicodedata
from functools import cache

PATTERN = r"^[a-z0-9](?:[a-z0-9_]{1,22}[a-z0-9])$"
"""3 to 24 characters of a to z, 0 to 9 and `_`, which is never first or last."""

RESERVED = frozenset(
    """
    about account admin administrator api app assets auth channel channels chat community config
    creator dashboard dock embed explore favicon feed follow following footlight guest guests help
    home host index ingress keys legal live login logout media mod moderator moderators mods null
    oauth official operator privacy robots root rss search security server session settings
    sign_in sign_out sign_up signin signout signup sitemap staff static status stream streams
    support system terms u undefined user users viewer webhook www you
    """.split()  # noqa: SIM905 - a list of quoted words would be harder to read
)
_GUEST = re.compile(r"^guest_?\d+$")


def normalize(text: str) -> str:
    """The username as it is kept: NFKC, case folded, without blanks at its ends."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def parse(text: str) -> str | None:
    """The username that a path or a field names; None where nobody can be called so."""
    username = normalize(text)
    return username if re.fullmatch(PATTERN, username) else None


def problem(username: str) -> str | None:
    """What is wrong with a normalised username, as a sentence; None where nothing is."""
    if not re.fullmatch(PATTERN, username):
        return "3 to 24 letters a-z, digits or _, neither beginning nor ending with _"
    if (
        username in RESERVED
        or skeleton(username) in _reserved_skeletons()
        or _GUEST.match(username)
    ):
        return "This username is reserved"
    return None


def skeleton(username: str) -> str:
    """What names that look alike have in common: `paypa1` and `paypal`, `rn` and `m`.

    A claim on it keeps a second person from choosing a look-alike.
    """
    text = username.replace("_", "")
    for look, alike in (("0", "o"), ("1", "l"), ("i", "l"), ("rn", "m"), ("vv", "w"), ("5", "s")):
        text = text.replace(look, alike)
    return text


@cache
def _reserved_skeletons() -> frozenset[str]:
    """So that nobody is `adm1n` either."""
    return frozenset(map(skeleton, RESERVED))
