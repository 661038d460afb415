"""The values that OSCAL documents are made of: identities, instants, strings, Markdown and properties.

The rules are those of the OSCAL metaschema: UUIDs of version 4 or 5, instants with a zone, strings that neither are
empty nor begin or end with a blank, titles of one line, prose in CommonMark. What a tenant or an administrator worded
stays what it is: its control characters become visible escapes, and its Markdown is escaped, so that it shows as text.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reports.text import cut, harmless

Object = dict[str, Any]
"""A JSON object of a document."""
NAMESPACE = "https://lookback.invalid/ns/oscal/1"
"""The namespace of the properties that OSCAL does not define: a name, not an address. Tools refuse one without host."""
NAME = 200
"""The most columns of a name or a title."""
SENTENCE = 2_000
"""The most columns of a paragraph."""
_UUIDS = uuid.UUID("0f0c8a2e-3d51-5d8e-9b7a-5c1f2f6d7e90")
_EMPTY = "(empty)"
_MARKUP = re.compile(r"[\\`*\[\]<>&{}~^]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_BLOCK = re.compile(r"^(?:[#+=-]|\d+[.)])")
_TICKS = re.compile(r"`+")
_RESERVED = "%/:?#@!$&'()*+,;="
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def identity(*parts: str) -> str:
    """Return the UUID (version 5) of what some texts name; the same ones always give the same one."""
    name = "\x1f".join(parts).encode("unicode_escape").decode("ascii")
    return str(uuid.uuid5(_UUIDS, name))


def moment(instant: dt.datetime) -> str:
    """Return an aware instant in UTC, as `2026-10-05T09:00:00Z`."""
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def string(text: str, width: int = NAME) -> str:
    """Return a text as a string: one line, no blank at its ends, `(empty)` where nothing is left."""
    return cut(" ".join(harmless(text).split()), width, "…") or _EMPTY


def line(text: str, width: int = NAME) -> str:
    """Return a text as one line of Markdown that shows the text and nothing else."""
    escaped = _MARKUP.sub(lambda found: f"\\{found[0]}", string(text, width))
    return _BLOCK.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", escaped)


def prose(*paragraphs: str | None) -> str:
    """Return paragraphs of Markdown that show their texts; those that are None or empty are left out."""
    return "\n\n".join(line(each, SENTENCE) for each in paragraphs if each) or _EMPTY


def listed(items: Iterable[str]) -> str:
    """Return a list in Markdown."""
    return "\n".join(f"- {line(each, SENTENCE)}" for each in items)


def code(lines: Sequence[str]) -> str:
    """Return lines as a block of code, to be copied; nothing in them ends it."""
    shown = [harmless(each) for each in lines]
    longest = max((len(ticks) for each in shown for ticks in _TICKS.findall(each)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((fence, *shown, fence))


def path_reference(path: str) -> str:
    """Return a relative path, with forward slashes, as a URI reference."""
    return quote(path.encode("utf-8", "surrogatepass"), safe="/")


def uri_reference(href: str) -> str:
    """Return what somebody gave as a URI reference; what may not stand in one is percent-encoded."""
    return quote(_STRAY_PERCENT.sub("%25", harmless(href)), safe=_RESERVED)


def prop(name: str, value: str, *, remarks: str | None = None) -> Object:
    """Return a property of ours, with a remark that says how to read it."""
    return filled({"name": name, "ns": NAMESPACE, "value": string(value, SENTENCE), "remarks": remarks})


def props(values: Mapping[str, str | Sequence[str] | None]) -> list[Object]:
    """Return properties of ours; a name with several values stands several times, one with None not at all."""
    return [
        prop(name, value)
        for name, found in values.items()
        if found is not None
        for value in ([found] if isinstance(found, str) else found)
    ]


def filled(values: Mapping[str, Any]) -> Object:
    """Return an object without what is None or empty, which OSCAL forbids."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}
