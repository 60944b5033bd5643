"""Which usernames are allowed, and which look alike."""

import re
import unicodedata
from functools import cache
from typing import Final

PATTERN = r"^[a-z0-9](?:[a-z0-9_]{1,22}[a-z0-9])$"
"""3 to 24 characters: a-z, 0-9, and `_`, but not `_` at either end."""

RESERVED = frozenset(
    """
    about account admin administrator api app assets auth channel channels chat community config
    copyright creator dashboard dock embed explore favicon feed follow following footlight guest
    guests help home host imprint index ingress keys legal live login logout media mod moderator
    moderators mods null oauth official operator overlay privacy robots root rss search security
    server session settings sign_in sign_out sign_up signin signout signup sitemap staff static
    status stream streams support system terms u undefined user users viewer webhook www you
    """.split()  # noqa: SIM905 - a list of quoted words is harder to read
)
STAFF: Final = tuple(
    """
    admin admins administration administrator administrators helpdesk mod moderation moderator
    moderators mods operator operators security staff support sysadmin sysop webmaster
    """.split()  # noqa: SIM905
)
"""Words that claim to speak for the site, also as a part of a username: `staff_ann`."""

OFFICIAL: Final = ("official", "system")
"""Words that do so as a whole username: `official1`, but not `ann_official`."""

COMPANIONS: Final = tuple(
    """
    account bot center channel chat chief community desk global head help info lead live my our
    real service site stream super team the tv your
    """.split()  # noqa: SIM905
)
"""Words that a word of the staff's or the site's name may be combined with: `siteadmin`."""

PRODUCT: Final = "footlight"

_GUEST = re.compile(r"^guest_?\d+$")
_DIGITS = "0123456789"
_LETTERS_FOR_DIGITS = str.maketrans("34789", "eatbg")


def normalize(text: str) -> str:
    """Return the stored form of a username: NFKC, case-folded, trimmed."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def parse(text: str) -> str | None:
    """Return the username in a path or field, or None if it isn't a valid username."""
    username = normalize(text)
    return username if re.fullmatch(PATTERN, username) else None


def problem(username: str, site_name: str = "") -> str | None:
    """Return the problem with a normalized username as a sentence, or None.

    A word that only contains a reserved word is no problem: `stafford`, `modesto`.
    """
    if not re.fullmatch(PATTERN, username):
        return "Use 3 to 24 letters a-z, digits, or _, and no _ at either end"
    if username in RESERVED:
        return "This username is reserved"
    if _GUEST.match(username):
        return "Names like this are for guests"
    if _imitates_staff(username):
        return "This username looks like one of the site's staff"
    if any(_imitates_site(username, name) for name in (site_name, PRODUCT)):
        return "This username looks like the site's own name"
    if _look_alike(username) in _reserved_look_alikes():
        return "This username looks like a reserved one"
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


def _look_alike(username: str) -> str:
    """Return a skeleton that keeps `rn`: the surname Horne is not the word `home`."""
    return "rn".join(map(skeleton, username.replace("_", "").split("rn")))


@cache
def _reserved_look_alikes() -> frozenset[str]:
    """Return the forms of reserved names, so that `l0gin` is reserved too."""
    return frozenset(map(_look_alike, RESERVED))


def _folded(text: str) -> str:
    """Return a skeleton in which all digits that look like a letter are one: `m0d3rator`."""
    return skeleton(text.translate(_LETTERS_FOR_DIGITS))


def _readings(text: str) -> set[str]:
    """Return what a word says if digits around it are a number, and if they are letters."""
    return {_folded(text), _folded(text.strip(_DIGITS))}


@cache
def _combination(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a name that consists of one of the words, and of companions."""
    core, companions = "|".join(map(_folded, words)), "|".join(map(_folded, COMPANIONS))
    official = "|".join(map(_folded, STAFF + OFFICIAL))
    return re.compile(rf"(?:{companions}|{official})*(?:{core})(?:{companions}|{official})*")


def _imitates_staff(username: str) -> bool:
    parts = {word for part in username.split("_") for word in _readings(part)}
    parts |= set(map(_folded, re.split(r"[_\d]+", username)))
    if not parts.isdisjoint(map(_folded, STAFF)):
        return True
    whole = _readings(username.replace("_", ""))
    return any(map(_combination(STAFF + OFFICIAL).fullmatch, whole))


def _imitates_site(username: str, site_name: str) -> bool:
    """Return whether a username is the site's name or a look-alike of it, without accents."""
    name = re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", site_name).casefold())
    if not name:
        return False
    whole = _readings(username.replace("_", ""))
    return any(map(_combination((name,)).fullmatch, whole))
