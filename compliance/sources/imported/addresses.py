"""Which address a command asks, and whether it asks that for everything.

A command asks an address by curl, `az rest`, a cmdlet of Microsoft Graph PowerShell, the words of a request, or a
helper of export.ps1. Parameters are those of Microsoft Learn's pages on each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from compliance.evidence.datasets import DatasetSpec
from compliance.evidence.parents import MAY_BE_EMPTY
from compliance.sources.imported.pipeline import SWITCH, VALUE, Command, Given, Options, given

_ASIDE: Final = re.compile(r"(?: \([^)]*\))?(?:, for each .*)?$")
"""What a request says beside the command itself."""
COMMON: Final[Options] = {
    "ErrorAction": VALUE,
    "ea": VALUE,
    "WarningAction": VALUE,
    "wa": VALUE,
    "InformationAction": VALUE,
    "ProgressAction": VALUE,
    "Verbose": SWITCH,
}
"""The parameters that every cmdlet has and that leave nothing out."""
_STOPPING: Final = frozenset({"stop", "continue", "inquire"})
"""The values of ErrorAction with which an error in the middle of a list does not go unseen."""
PAGED: Final = frozenset({"graph.users", "graph.role_assignments", "graph.role_eligibilities"}) | MAY_BE_EMPTY
"""The datasets whose answers come in pages, as the link beside the rows tells."""
LATEST: Final = "graph.secure_score"
"""The dataset of which one row is the whole."""

HOST: Final = r"(?:https://[\w.-]+(?::\d+)?)?/?"
"""How an address may begin, as a pattern."""
_HARMLESS_QUERY: Final = frozenset({"$select", "$top", "$count", "$expand", "$orderby", "api-version"})
_ASK_BY_URL: Final[dict[tuple[str, ...], Options]] = {
    ("get",): {},
    ("get-graphrows",): {},
    ("get-graphpage",): {},
    ("get-armrows",): {},
    ("get-armanswer",): {},
    ("invoke-mggraphrequest",): {
        "Method": VALUE,
        "Uri": VALUE,
        "OutputType": VALUE,
        "OutputFilePath": VALUE,
        **COMMON,
    },
    ("curl",): {
        **dict.fromkeys(("-s", "-S", "-sS", "-f", "-L", "--silent", "--show-error", "--fail", "--location"), SWITCH),
        **dict.fromkeys(("-H", "--header", "-X", "--request", "-o", "--output"), VALUE),
    },
    ("az", "rest"): {
        **dict.fromkeys(("--method", "-m", "--url", "--uri", "-u", "--resource", "--headers", "--query"), VALUE),
        **dict.fromkeys(("--output", "-o", "--output-file"), VALUE),
        "--only-show-errors": SWITCH,
    },
}
"""How an address is asked: by which words, and with which options beside it; the first four are of export.ps1."""
_METHOD: Final = frozenset({"Method", "-X", "--request", "--method", "-m"})
_URL: Final = frozenset({"Uri", "--url", "--uri", "-u"})
_BY_PAGE: Final = frozenset({"get-graphpage"})
_EXACT: Final = frozenset({"curl", "az"})
_QUERIES: Final = frozenset({"value", "value[]"})


def request_of(spec: DatasetSpec) -> tuple[str, str]:
    """Return a request without what it says beside, and that."""
    whole = _ASIDE.sub("", spec.request, count=1)
    return whole, spec.request.removeprefix(whole)


def left_out(piece: str) -> str:
    """A doubt about a piece of a command."""
    return f"its command may leave something out ({piece})"


def common_doubts(found: Given) -> Iterator[str]:
    """Why what was given beside the request itself may leave something out."""
    yield from map(left_out, found.unknown)
    for name in ("ErrorAction", "ea"):
        for action in found.options.get(name, ()):
            if action.casefold() not in _STOPPING:
                yield left_out(f"-{name} {action}")


def url_doubts(spec: DatasetSpec, command: Command, rows: int, path: str) -> Iterator[str]:
    """Why a command may not ask the whole of an address; `path` is the pattern of that without its query."""
    words = command.request
    caller = next((one for one in _ASK_BY_URL if tuple(word.casefold() for word in words[: len(one)]) == one), None)
    if caller is None:
        yield f"its command is not {request_of(spec)[0]}"
        return
    found = given(words[len(caller) :], _ASK_BY_URL[caller], exact=caller[0] in _EXACT)
    yield from common_doubts(found)
    methods = [value for name in _METHOD for value in found.options.get(name, ())]
    urls = [value for name in _URL for value in found.options.get(name, ())]
    urls += [word for word in found.positional if word.casefold() != "get"]
    address, _, query = unquote(urls[0]).partition("?") if urls else ("", "", "")
    if any(method.casefold() != "get" for method in methods) or not re.fullmatch(f"{path}/?", address, re.IGNORECASE):
        yield f"its command is not {request_of(spec)[0]}"
        return
    yield from map(left_out, urls[1:])
    yield from _query_doubts(spec, query, rows)
    if caller[0] in _BY_PAGE and spec.name in PAGED:
        yield f"its command reads the first page alone ({words[0]})"
    for asked in found.options.get("--query", ()):
        if asked.casefold() not in _QUERIES or spec.name in PAGED:
            yield left_out(f"--query {asked}")


def _query_doubts(spec: DatasetSpec, query: str, rows: int) -> Iterator[str]:
    for part in query.split("&") if query else ():
        key, _, value = part.partition("=")
        if key.casefold() not in _HARMLESS_QUERY or "(" in value:
            yield left_out(part)
        elif key.casefold() == "$top" and spec.name != LATEST and not (value.isdecimal() and rows < int(value)):
            yield one_page(rows)


def one_page(rows: int) -> str:
    """A doubt about as many rows as a page holds."""
    return f"exactly {rows} rows, the size of one page: the pages after it may be missing"
