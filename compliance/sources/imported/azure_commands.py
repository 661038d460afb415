"""By which commands the datasets of Azure Resource Manager are exported, and which of them ask for less.

`az rest` hands on what the API answers. Most other commands of Azure CLI, and those of Azure PowerShell, give the
properties other names or another place, so that nothing of them is taken for the whole; `az graph query` does not.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

from compliance.evidence.attested import instant
from compliance.evidence.datasets import DATASETS, DatasetSpec
from compliance.evidence.parents import BLOBS, BY_ID, FOUND, ONE_OBJECT_EACH, PARENT_OF, Parent, of_each
from compliance.rules.resource_graph import RESOURCE_QUERY, ROWS_PER_PAGE
from compliance.sources.imported.addresses import HOST, left_out, request_of, url_doubts
from compliance.sources.imported.pipeline import SWITCH, VALUE, Command, Options, given

_VARIABLE: Final = r"\$\w+|\$\{\w+\}|\$Arm\$\w+|[A-Z]+_ID"
SEGMENTS: Final[Mapping[Parent, str]] = MappingProxyType(
    {
        Parent.SUBSCRIPTION: r"subscriptions/[\w-]+",
        Parent.WORKSPACE: r"workspaces/[\w-]+",
        Parent.SENTINEL: r"workspaces/[\w-]+",
        Parent.NAMESPACE: r"namespaces/[\w-]+",
        Parent.CLUSTER: r"clusters/\w+",
        Parent.DATABASE: r"databases/[\w. -]+",
        Parent.ACCOUNT: r"storageAccounts/\w+",
        Parent.STORE: rf"workspaces/[\w-]+|storageAccounts/\w+{BLOBS}",
        Parent.STORE_SUBSCRIPTION: r"subscriptions/[\w-]+",
    }
)
"""How the id of what a dataset is asked of ends, as a pattern."""
_PATHS: Final = {
    "arm.entra_diagnostic_settings": rf"{HOST}providers/microsoft\.aadiam/diagnosticSettings",
    "arm.subscriptions": rf"{HOST}subscriptions",
}
_LISTED: Final = {"arm.workspaces": "workspaces", "arm.storage_accounts": "storageAccounts"}
"""Datasets of which a list of all in a subscription holds what the resources themselves answer."""
_EVENTS: Final = "arm.activity_events"
_EVENTS_SINCE: Final = "$Since"
"""The variable of export.ps1 that holds the window of events to ask for."""
_EVENTS_REACH: Final = timedelta(days=89)
_LATE: Final = timedelta(hours=1)
"""How much time may lie between the writing of a command and its end."""
_WINDOW: Final = re.compile(
    r"&\$filter=eventTimestamp ge '([^']+)' and eventTimestamp le '([^']+)'"
    r" and resourceProvider eq 'Microsoft\.OperationalInsights'(?=&|$)",
    re.IGNORECASE,
)
_FIND: Final = "Get-Resources"
_ASK_EACH: Final = frozenset({"get-eachrows", "get-eachanswer"})
"""The helpers of export.ps1 that ask each resource of a kind."""
_OF_GRAPH_QUERY: Final[Options] = {
    **dict.fromkeys(("-q", "--graph-query", "--first", "--query", "--output", "-o"), VALUE),
    "--only-show-errors": SWITCH,
}


def asked_of_each(name: str) -> str:
    """The words by which export.ps1 asks each resource for its part of a dataset, which is one of `BY_ID`."""
    rest = of_each(DATASETS[name])
    helper = "Get-EachAnswer" if name in ONE_OBJECT_EACH else "Get-EachRows"
    what = f'"{rest}&{_EVENTS_SINCE}"' if name == _EVENTS else f"'{rest}'"
    return f"{helper} '{PARENT_OF[name]}' {what}"


def azure_doubts(spec: DatasetSpec, command: Command, rows: int, when: datetime | None) -> Iterator[str]:
    """Why a command that was run at a moment may have asked Azure Resource Manager for less than a dataset is."""
    asked, *words = command.request or ("",)
    if spec.name == FOUND:
        if not (asked.casefold() == _FIND.casefold() and not words):
            yield from _graph_query_doubts(spec, command, rows)
    elif asked.casefold() in _ASK_EACH:
        expected = asked_of_each(spec.name) if spec.name in BY_ID else ""
        if [*map(str.casefold, command.request)] != shlex.split(expected.casefold()):
            yield f"its command is not {request_of(spec)[0]}"
    else:
        asking = _without_window(command, when) if spec.name == _EVENTS else command
        yield from url_doubts(spec, asking, rows, _path_of(spec))


def _without_window(command: Command, when: datetime | None) -> Command:
    """Take the window of events out of an address, where it reaches from 89 days before the asking up to that."""

    def taken_out(window: re.Match[str]) -> str:
        begin, end = instant(window[1]), instant(window[2])
        if when is None or begin is None or end is None:
            return window[0]
        return "" if begin <= when - _EVENTS_REACH + _LATE and end >= when - _LATE else window[0]

    return replace(command, request=tuple(_WINDOW.sub(taken_out, unquote(word)) for word in command.request))


def _path_of(spec: DatasetSpec) -> str:
    """The address of a dataset of Azure Resource Manager without its query, as a pattern."""
    if spec.name not in BY_ID:
        return _PATHS[spec.name]
    segment = SEGMENTS[PARENT_OF[spec.name]]
    parent = rf"(?:{HOST}(?:[\w.()-]+/)*(?:{segment})|(?:{HOST})?(?:{_VARIABLE}))"
    path = f"{parent}{re.escape(of_each(spec).partition('?')[0])}"
    return rf"(?:{path}|{HOST}(?:[\w.()-]+/)*{_LISTED[spec.name]})" if spec.name in _LISTED else path


def _graph_query_doubts(spec: DatasetSpec, command: Command, rows: int) -> Iterator[str]:
    """`az graph query` gives a hundred rows unless it is told how many, and never more than one page."""
    if " ".join(command.request).casefold() == request_of(spec)[0].casefold():
        return
    if [*command.request[:3]] != ["az", "graph", "query"]:
        yield f"its command is not {request_of(spec)[0]}"
        return
    found = given(command.request[3:], _OF_GRAPH_QUERY, exact=True)
    yield from map(left_out, (*found.unknown, *found.positional))
    queries = [value for name in ("-q", "--graph-query") for value in found.options.get(name, ())]
    if [" ".join(one.split()) for one in queries] != [RESOURCE_QUERY]:
        yield f"its query is not: {RESOURCE_QUERY}"
    if found.options.get("--first") != (str(ROWS_PER_PAGE),) or rows >= ROWS_PER_PAGE:
        yield f"its command reads one page alone; it needs --first {ROWS_PER_PAGE} and fewer rows than that"
    if found.options.get("--query") not in (("data",), ("data[]",)):
        yield "its command does not take the rows out of the answer (--query data)"
