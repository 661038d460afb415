"""Markup as a type of its own: a string is always text, and is escaped when it is put into an element.

Nothing but this module makes `Markup`, so that no string can reach the page unescaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from compliance.assessment.words import is_blank
from reports.text import harmless

LONGEST = 1_000
"""Characters of a text that are shown; what is cut off is counted."""
_SHORTEST = 160
_VOID = frozenset({"br", "col", "meta"})


@dataclass(frozen=True, slots=True)
class Markup:
    """A piece of a page: whole elements, everything in them escaped."""

    source: str


Content: TypeAlias = "Markup | str | None"
"""What goes into an element: markup as it is, a string as text, None as nothing."""


def clean(text: str, longest: int = LONGEST) -> str:
    """Return a text with nothing in it that is invisible or turns the direction of writing, cut to `longest`."""
    if len(text) <= longest:
        return harmless(text)
    return f"{harmless(text[:longest])}… ({len(text) - longest:,} characters more)"


def text(content: str) -> Markup:
    """Return a text as markup; at most `LONGEST` characters of it."""
    return Markup(escape(clean(content)))


def el(tag: str, *contents: Content, cls: str = "", **attributes: str | int | None) -> Markup:
    """Return an element. An attribute that is None is left out; `_` in its name stands for `-`, and one at its end for
    none, so that words of the language can be names (`for_`).
    """
    given = {"class": cls or None, **attributes}
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(clean(str(value)))}"'
        for name, value in given.items()
        if value is not None
    )
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(contents).source}</{tag}>")


def joined(contents: Iterable[Content], between: str = "") -> Markup:
    """Return contents one after the other, a text between them."""
    separator = escape(between)
    return Markup(separator.join(_source(one) for one in contents if one is not None))


def named(name: str) -> Markup:
    """Return a name that somebody of the tenant chose: short, and of whatever direction its letters are."""
    return el("bdi", clean(said(name), _SHORTEST))


def said(name: str) -> str:
    """Return a name, or that there is none to be seen."""
    return "(no name)" if is_blank(name) else name


def document(title: str, language: str, styles: Iterable[str], policy: str, body: Markup) -> str:
    """Return a whole page; `styles` are sheets of this package's own, and raise ValueError where they end early."""
    sheets = list(styles)
    if any("</" in sheet for sheet in sheets):
        raise ValueError("a style sheet holds the beginning of an end tag")
    head = joined(
        (
            el("meta", charset="utf-8"),
            el("meta", http_equiv="Content-Security-Policy", content=policy),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("meta", name="color-scheme", content="light dark"),
            el("meta", name="referrer", content="no-referrer"),
            el("title", clean(title, _SHORTEST)),
            *(Markup(f"<style>{sheet}</style>") for sheet in sheets),
        ),
    )
    page = el("html", el("head", head), el("body", body), lang=language)
    return f"<!DOCTYPE html>\n{page.source}\n"


def _source(content: Markup | str) -> str:
    return content.source if isinstance(content, Markup) else text(content).source
