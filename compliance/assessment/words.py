"""What a person wrote, without what cannot be seen, so that blanks are no name; and numbers in sentences."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Code points without a shape that are no format characters (Unicode, Default_Ignorable_Code_Point), and blank ones."""


def plain(text: str) -> str:
    """`text` in the compatibility form NFKC and in lower case, without surrounding blanks and invisible characters."""
    seen = "".join(
        one for one in _INVISIBLE.sub("", text) if one.isspace() or unicodedata.category(one) not in {"Cc", "Cf"}
    )
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).split())


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun, which takes an s in the plural unless `plural` says otherwise."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def is_blank(text: str) -> bool:
    """Whether nothing in `text` can be seen."""
    return not plain(text)
