"""What people write: titles and bios, made safe to show without being changed in meaning."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

# Directional overrides and isolates, which would turn round the neighbours' text.
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str, *, lines: bool) -> str:
    """NFC, trimmed, without directional controls; other control characters are refused.

    `lines`: whether line breaks may stay. Raises ValueError, also for lone surrogates.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    kept = "".join(character for character in text if character not in BIDI)
    for character in kept:
        if character == "\n" and lines:
            continue
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError("Control characters are not allowed")
    return kept.strip()


def _title(text: str) -> str:
    text = clean(text, lines=False)
    if not 1 <= len(text) <= 140:
        raise ValueError("1 to 140 characters")
    return text


def _bio(text: str) -> str:
    text = clean(text, lines=True)
    if len(text) > 500:
        raise ValueError("At most 500 characters")
    return text


Title = Annotated[str, AfterValidator(_title)]
Bio = Annotated[str, AfterValidator(_bio)]
