"""Letters of one script that look like those of another, so that a name spelled with them is no other person's."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from compliance.assessment.words import plain

_FOLDED: Final = str.maketrans(
    "авеѕіјкмнорстухһԁԛԝӏ" + "αβεζηικμνορτυχγϲϳ" + "ı",
    "abesijkmhopctyxhdqwl" + "abezhikmnoptyxycj" + "i",
)
"""What a small Cyrillic or Greek letter, or the capital of it, is taken for in Latin."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_SCRIPTS: Final = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Scripts that have letters in the shapes of others; no name mixes two of them within a word."""


def look_alike(one: str, other: str) -> bool:
    """Whether a reader takes two names for one: apart from case, blanks, and letters of Cyrillic and Greek."""
    return _folded(one) == _folded(other)


def mixed_word(text: str) -> str | None:
    """Return the first word that mixes scripts whose letters look alike; None where there is none."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        if len(_scripts(word)) > 1:
            return str(word)
    return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFD", plain(text)).translate(_FOLDED)


def _scripts(word: str) -> frozenset[str]:
    return _SCRIPTS & {unicodedata.name(one, "?").partition(" ")[0] for one in word}
