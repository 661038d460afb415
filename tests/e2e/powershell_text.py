"""PowerShell as far as a script's text tells: its tokens, whether what opens is closed, and what it calls."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<literal>'(?:[^'\u2018\u2019\u201a\u201b]|['\u2018\u2019\u201a\u201b]{2})*')"
    r'|(?P<expanded>"(?:[^"`]|`.)*")'
    r"|(?P<open>[({\[])|(?P<close>[)}\]])"
    r"|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<variable>\$\{?\w+\}?|\$_|\$\?)"
    r"|(?P<other>[\s\S])"
)
_PAIRS = {")": "(", "}": "{", "]": "["}


@dataclass(frozen=True)
class Token:
    """A piece of a script and what it is."""

    kind: str
    text: str


def tokens(script: str) -> Iterator[Token]:
    """The pieces of a script; raises `ValueError` where a quotation mark or bracket is left open."""
    open_brackets: list[str] = []
    for found in _TOKEN.finditer(script):
        kind = str(found.lastgroup)
        if kind == "other" and found[0] in "'\"\u2018\u2019\u201a\u201b":
            raise ValueError(f"a quotation mark is left open at {found.start()}: {script[found.start() :][:40]!r}")
        if kind == "open":
            open_brackets.append(found[0])
        elif kind == "close" and (not open_brackets or open_brackets.pop() != _PAIRS[found[0]]):
            raise ValueError(f"{found[0]} closes nothing at {found.start()}")
        yield Token(kind, found[0])
    if open_brackets:
        raise ValueError(f"{open_brackets[-1]} is left open")


def calls(script: str) -> set[str]:
    """Every command of the form Verb-Noun, and every program, that a script names outside of texts and comments."""
    words = [token.text for token in tokens(script) if token.kind == "word"]
    return {word for word in words if re.fullmatch(r"[A-Za-z]+-[A-Za-z]+", word) or word == "az"}


def texts(script: str) -> set[str]:
    """Every text in single quotes, as PowerShell reads it."""
    found = (token.text[1:-1] for token in tokens(script) if token.kind == "literal")
    return {re.sub("(['\u2018\u2019\u201a\u201b])\\1", r"\1", text) for text in found}


def subcommands(script: str, program: str) -> set[str]:
    """What follows each call of a program: the word after it."""
    words = [token.text for token in tokens(script) if token.kind == "word"]
    return {after for word, after in itertools.pairwise(words) if word == program}
