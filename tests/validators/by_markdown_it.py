"""Says what of Markdown is more than text: arguments are files, the answer is JSON of what is wrong by file."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

OURS = {"heading", "paragraph", "inline", "bullet_list", "list_item", "strong", "text", "code_inline"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
"""What the summary is made of."""
MEANT = re.compile(r"@|://|www\.|#\d|(?<!\d):\w+:(?!\d)|\$|\bGH-\d|[<>]")
"""What GitHub, GitLab or Azure DevOps look for in text that is in no code span."""


def flat(tokens: list[Token]) -> Iterator[Token]:
    """Yield tokens with all that is in them."""
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def wrong_in(text: str) -> str | None:
    """Return what is more than text in a document, or None."""
    for token in flat(MarkdownIt("commonmark").enable("table").parse(text)):
        kind = re.sub(r"_(open|close)$", "", token.type)
        if kind not in OURS:
            return f"{kind}: {token.content[:80]!r}"
        if kind == "text" and (found := MEANT.search(token.content)):
            return f"{found[0]!r} in text: {token.content[:80]!r}"
    return None


told = {name: wrong for name in sys.argv[1:] if (wrong := wrong_in(Path(name).read_text(encoding="utf-8"))) is not None}
print(json.dumps(told))
