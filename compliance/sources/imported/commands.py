"""Why a command may not have asked for everything, as far as its text tells.

The text is somebody's, and need not be what was run; so it can only raise doubts, never remove one. A command is taken
for the whole only where it is the documented request, followed by nothing that may leave something out. Parameters are
those that Microsoft Learn documents for the cmdlets, Microsoft Graph PowerShell and Azure CLI.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from compliance.evidence.datasets import Api, DatasetSpec
from compliance.evidence.views import MAILBOX_DATASETS
from compliance.sources.imported.addresses import (
    COMMON,
    HOST,
    LATEST,
    PAGED,
    common_doubts,
    left_out,
    one_page,
    request_of,
    url_doubts,
)
from compliance.sources.imported.azure_commands import azure_doubts
from compliance.sources.imported.pipeline import SWITCH, VALUE, Command, Given, Options, given, taken_apart

_PLACEHOLDER: Final = re.compile(r"(?<!\$)\{(\w+)\}(?=[/?])")
"""How a request names what it is asked of."""
_OF_MAILBOXES: Final[Options] = {"Properties": VALUE, "PropertySets": VALUE}
_ACTIVE: Final = "exchange.mailboxes"

_GRAPH_CMDLETS: Final = {
    "graph.organization": "Get-MgOrganization",
    "graph.subscribed_skus": "Get-MgSubscribedSku",
    "graph.users": "Get-MgUser",
    "graph.secure_score": "Get-MgSecuritySecureScore",
    "graph.role_assignments": "Get-MgRoleManagementDirectoryRoleAssignment",
    "graph.role_eligibilities": "Get-MgRoleManagementDirectoryRoleEligibilityScheduleInstance",
}
_OF_GRAPH_CMDLETS: Final[Options] = {
    "All": SWITCH,
    "Property": VALUE,
    "Select": VALUE,
    "ExpandProperty": VALUE,
    "PageSize": VALUE,
    "Sort": VALUE,
    "ConsistencyLevel": VALUE,
    "CountVariable": VALUE,
}
_GRAPH_PAGES: Final = frozenset({100, 999})
"""The default and the greatest page of Microsoft Graph's directory: a file of just so many rows is likely one page."""


def command_doubts(spec: DatasetSpec, command: str, rows: int, when: datetime | None) -> Iterator[str]:
    """Why a command that was run at a moment may have asked for less than the dataset is, one sentence each."""
    whole, aside = request_of(spec)
    taken = taken_apart(_PLACEHOLDER.sub(r"$\1", command.strip().removesuffix(aside)))
    match spec.api:
        case Api.GRAPH:
            doubts = [*_graph_doubts(spec, taken, rows)]
        case Api.ARM:
            doubts = [*azure_doubts(spec, taken, rows, when)]
        case Api.EXCHANGE | Api.PURVIEW:
            doubts = [*_cmdlet_doubts(spec, taken, rows)]
    if taken.beyond is not None:
        doubts.append(left_out(taken.beyond))
    if taken.member is not None and (spec.api not in (Api.GRAPH, Api.ARM) or spec.name in PAGED):
        doubts.append(left_out(taken.member))
    if doubts:
        yield from (*doubts[:-1], f"{doubts[-1]}; expected: {whole}")


def _cmdlet_doubts(spec: DatasetSpec, command: Command, rows: int) -> Iterator[str]:
    cmdlet, *parameters = shlex.split(request_of(spec)[0])
    names = ("Get-Mailbox", "Get-EXOMailbox") if spec.name in MAILBOX_DATASETS else (cmdlet,)
    asked, *words = command.request or ("",)
    if asked.casefold() not in {name.casefold() for name in names}:
        yield f"its command is not {cmdlet}"
        return
    needed = dict(_parameters(parameters))
    allowed: dict[str, bool] = {name: SWITCH if value is None else VALUE for name, value in needed.items()}
    allowed |= {"ResultSize": VALUE, **COMMON}
    if spec.name in MAILBOX_DATASETS:
        allowed |= _OF_MAILBOXES
    if spec.name == _ACTIVE:
        allowed["IncludeInactiveMailbox"] = SWITCH
    found = given(words, allowed)
    yield from common_doubts(found)
    if found.positional:
        yield f"its command names what it asks for ({cmdlet} followed by a name)"
    for name, value in needed.items():
        if name != "ResultSize":
            yield from _needed_doubts(found, name, value)
    yield from _size_doubts(found, rows)


def _parameters(words: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the parameters of a request, with their value where they have one."""
    for word, following in pairwise([*words, "-"]):
        if word.startswith("-"):
            yield word.removeprefix("-"), None if following.startswith("-") else following


def _needed_doubts(found: Given, name: str, value: str | None) -> Iterator[str]:
    given_values = found.options.get(name)
    if given_values is None or (value is None and given_values not in ((), ("$true",))):
        yield f"its command lacks -{name}, without which it lists something else"
    elif value is not None and " ".join(given_values).casefold() != value.casefold():
        yield f"its command asks for another {name.casefold()} than {value}"


def _size_doubts(found: Given, rows: int) -> Iterator[str]:
    for size in found.options.get("ResultSize", ()):
        if size.isdecimal() and rows >= int(size):
            yield "its command limits the result to as many rows as it holds (-ResultSize)"
        elif not size.isdecimal() and size.casefold() != "unlimited":
            yield left_out(f"-ResultSize {size}")


def _graph_doubts(spec: DatasetSpec, command: Command, rows: int) -> Iterator[str]:
    cmdlet = _GRAPH_CMDLETS[spec.name]
    asked, *words = command.request or ("",)
    if spec.name in PAGED and rows in _GRAPH_PAGES:
        yield one_page(rows)
    if asked.casefold() != cmdlet.casefold():
        resource = re.escape(spec.request.partition("?")[0].partition("/v1.0/")[2])
        yield from url_doubts(spec, command, rows, rf"{HOST}(?:v1\.0|beta)/{resource}")
        return
    allowed = {**_OF_GRAPH_CMDLETS, **COMMON}
    found = given(words, {**allowed, "Top": VALUE} if spec.name == LATEST else allowed)
    yield from common_doubts(found)
    if found.positional:
        yield f"its command names what it asks for ({cmdlet} followed by a name)"
    if spec.name in PAGED and found.options.get("All") not in ((), ("$true",)):
        yield f"its command reads the first page alone; {cmdlet} needs -All"
