"""What people write: titles, bios, messages, made safe to show without being changed in meaning."""

import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

TITLE_CHARACTERS = 140
BIO_CHARACTERS = 500
REASON_CHARACTERS = 200

# Directional overrides and isolates, which would turn round the neighbours' text.
BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
# Letters and a sign, by Unicode, that show nothing.
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
BREAKS = ("\r\n", "\r", "\x85", "\u2028", "\u2029")


def clean(text: str, *, lines: bool) -> str:
    """NFC, trimmed, without directional controls; tabs become blanks, line breaks `\\n`.

    `lines`: whether line breaks may stay. Raises ValueError for any other control character, NUL
    among them, and for lone surrogates.
    """
    for line_break in BREAKS:
        text = text.replace(line_break, "\n")
    text = unicodedata.normalize("NFC", text.replace("\t", " ").translate(BIDI)).strip()
    allowed = "\n" if lines else ""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text):
        raise ValueError("Control characters are not allowed")
    return text


def visible(text: str) -> bool:
    """Whether there is anything to see: not blanks, joiners, marks without a letter alone."""
    return any(unicodedata.category(c)[0] not in "CMZ" and c not in FILLERS for c in text)


def _title(text: str) -> str:
    text = clean(text, lines=False)
    if not 1 <= len(text) <= TITLE_CHARACTERS or not visible(text):
        raise ValueError(f"1 to {TITLE_CHARACTERS} characters")
    return text


def _bio(text: str) -> str:
    text = clean(text, lines=True)
    if len(text) > BIO_CHARACTERS:
        raise ValueError(f"At most {BIO_CHARACTERS} characters")
    return text


def _line(text: str) -> str:
    text = clean(clean(text, lines=True).replace("\n", " "), lines=False)
    if not visible(text):
        raise ValueError("Say something")
    return text


def _reason(text: str) -> str:
    text = clean(text, lines=False)
    if len(text) > REASON_CHARACTERS:
        raise ValueError(f"At most {REASON_CHARACTERS} characters")
    return text


def _checked(check: Callable[[str], str]) -> AfterValidator:
    """The check with its sentence as it is: pydantic would put 'Value error, ' before it."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise PydanticCustomError("text", "{problem}", {"problem": str(error)}) from error

    return AfterValidator(checked)


Title = Annotated[str, _checked(_title)]
Bio = Annotated[str, _checked(_bio)]
Reason = Annotated[str, _checked(_reason)]
Line = Annotated[str, _checked(_line)]
"""A line of any length with something to see in it; line breaks become blanks."""
