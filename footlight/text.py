"""Text from users: titles, bios, messages. Made safe to show without changing the meaning."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

TITLE_CHARACTERS = 140
BIO_CHARACTERS = 500
REASON_CHARACTERS = 200
REPORT_CHARACTERS = 1000
NOTICE_CHARACTERS = 500

# Directional overrides and isolates, which would reverse the text around them.
BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
# Characters that Unicode classifies as letters or symbols, but that are invisible.
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
# Unicode blocks of marks above or below letters of any script, Hebrew and Arabic points, and
# variation selectors. Not marks that belong to a letter: Indic vowels, Japanese voicing marks, and
# the breve of one Cyrillic letter.
ACCENTS = re.compile(
    "(?<!\u0438)\u0306|[\u0300-\u0305\u0307-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\ufe00-\ufe0f\U000e0100-\U000e01ef"
    "\u17b4\u17b5\u180b-\u180f]"
)
BREAKS = ("\r\n", "\r", "\x85", "\u2028", "\u2029")


def clean(text: str, *, lines: bool) -> str:
    """Return the text in NFC, trimmed, without directional controls.

    Tabs become spaces, line breaks become newlines. `lines` allows newlines.

    Raises:
        ValueError: the text contains another control character or a lone surrogate.
    """
    for line_break in BREAKS:
        text = text.replace(line_break, "\n")
    text = unicodedata.normalize("NFC", text.replace("\t", " ").translate(BIDI)).strip()
    allowed = "\n" if lines else ""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text):
        raise ValueError("Control characters are not allowed")
    return text


def folded(text: str) -> str:
    """Return a text without case, width variants, accents, and invisible characters."""
    plain = ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    visible = (c for c in plain if unicodedata.category(c)[0] != "C" and c not in FILLERS)
    return unicodedata.normalize("NFC", "".join(visible))


def is_visible(text: str) -> bool:
    """Return True if the text has a visible character, not only spaces, joiners, or marks."""
    return any(unicodedata.category(c)[0] not in "CMZ" and c not in FILLERS for c in text)


def _title(text: str) -> str:
    text = clean(text, lines=False)
    if not 1 <= len(text) <= TITLE_CHARACTERS or not is_visible(text):
        raise ValueError(f"1 to {TITLE_CHARACTERS} characters")
    return text


def _at_most(limit: int, text: str) -> str:
    if len(text) > limit:
        raise ValueError(f"At most {limit} characters")
    return text


def _bio(text: str) -> str:
    return _at_most(BIO_CHARACTERS, clean(text, lines=True))


def _line(text: str) -> str:
    text = clean(clean(text, lines=True).replace("\n", " "), lines=False)
    if not is_visible(text):
        raise ValueError("Enter some text")
    return text


def _reason(text: str) -> str:
    return _at_most(REASON_CHARACTERS, clean(text, lines=False))


def _report(text: str) -> str:
    return _at_most(REPORT_CHARACTERS, clean(text, lines=True))


def required_reason(text: str) -> str:
    """Return a reason as it is stored.

    Raises:
        ValueError: it is too long, or nothing of it is visible.
    """
    text = _reason(text)
    if not is_visible(text):
        raise ValueError("Enter a reason")
    return text


def notice(text: str) -> str:
    """Return the notice of the site as it is stored.

    Raises:
        ValueError: it is too long, or nothing of it is visible.
    """
    text = _at_most(NOTICE_CHARACTERS, clean(text, lines=False))
    if not is_visible(text):
        raise ValueError("Enter some text")
    return text


def _checked(check: Callable[[str], str]) -> AfterValidator:
    """Return a validator that keeps the message as it is. Pydantic would add 'Value error, '."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise PydanticCustomError("text", "{problem}", {"problem": str(error)}) from error

    return AfterValidator(checked)


Title = Annotated[str, _checked(_title)]
Bio = Annotated[str, _checked(_bio)]
Reason = Annotated[str, _checked(_reason)]
RequiredReason = Annotated[str, _checked(required_reason)]
NoticeText = Annotated[str, _checked(notice)]
ReportText = Annotated[str, _checked(_report)]
Line = Annotated[str, _checked(_line)]
"""One visible line of any length. Line breaks become spaces."""
