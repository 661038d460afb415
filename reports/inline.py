"""Text of others inside Markdown that GitHub, GitLab, Azure DevOps or anybody else turns into HTML.

A code span is the only place in which all of them leave a text alone: no HTML, link, mention, reference to an issue,
emoji or formula is looked for in it, and no character reference is read (CommonMark 0.31, 6.1 Code spans; GitHub
Flavored Markdown, 6.3). An escaped `@` would not do: mentions are looked for after the escapes are gone.
"""

from __future__ import annotations

import re
from itertools import groupby

from reports.text import cut, harmless

_MOST_COLUMNS = 300
_PLAIN = re.compile(r"[^\W_](?:[^\W_]|[ ,;()/'%-]|[.](?=[ 0-9]|$)|:(?= |$))*")
"""Words in which nothing means anything: no mark-up, and no dot or colon that could make a link or an emoji."""
_LOOKS_LIKE_A_LINK = re.compile(r"www|http|//|\bgh-\d", re.IGNORECASE)


def inline(text: str, width: int = _MOST_COLUMNS) -> str:
    """Return a text of at most about `width` columns: words as they are, and anything else as a code span."""
    shown = cut(harmless(text[: width * 4]), width, "…")
    if _PLAIN.fullmatch(shown) and not _LOOKS_LIKE_A_LINK.search(shown):
        return shown
    return code(shown, width)


def code(text: str, width: int = _MOST_COLUMNS) -> str:
    """Return a text of at most about `width` columns as a code span, fenced by more backticks than it holds."""
    shown = cut(harmless(text[: width * 4]), width, "…")
    if not shown.strip():
        return "(blank)"
    longest = max((len(list(run)) for char, run in groupby(shown) if char == "`"), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
