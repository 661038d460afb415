"""Why a command may not have asked for everything, as far as its text tells.

The text is somebody's, and need not be what was run; so it can only raise doubts, never remove one. A command is taken
for the whole only where it is the documented request, followed by nothing that may leave something out. Parameters are
those that Microsoft Learn documents for the cmdlets, Microsoft Graph PowerShell and Azure CLI.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

from compliance.evidence.datasets import Api, DatasetSpec
from compliance.evidence.views import MAILBOX_DATASETS
from compliance.sources.imported.pipeline import SWITCH, VALUE, Command, Given, Options, given, taken_apart

_ASIDE: Final = re.compile(r" \(.*\)$|, for each .*$")
"""What a request says beside the command itself."""
_COMMON: Final[Options] = {
    "ErrorAction": VALUE,
    "ea": VALUE,
    "WarningAction": VALUE,
    "wa": VALUE,
    "InformationAction": VALUE,
    "ProgressAction": VALUE,
    "Verbose": SWITCH,
}
_STOPPING: Final = frozenset({"stop", "continue", "inquire"})
"""The values of ErrorAction with which an error in the middle of a list does not go unseen."""
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
_PAGED: Final = frozenset({"graph.users", "graph.role_assignments", "graph.role_eligibilities"})
_GRAPH_PAGES: Final = frozenset({100, 999})
"""The default and the greatest page of Microsoft Graph's directory: a file of just so many rows is likely one page."""
_LATEST: Final = "graph.secure_score"
"""The dataset of which one row is the whole."""

_HOST: Final = r"(?:https://[\w.-]+(?::\d+)?)?/?"
_WORKSPACE: Final = (
    rf"(?:{_HOST}(?:[\w.()-]+/)*workspaces/[\w.()-]+|(?:{_HOST})?(?:\$\w+|\$\{{\w+\}}|\$Arm\$\w+|WORKSPACE_ID))"
)
_ARM_PATHS: Final = {
    "arm.entra_diagnostic_settings": rf"{_HOST}providers/microsoft\.aadiam/diagnosticSettings",
    "arm.subscriptions": rf"{_HOST}subscriptions",
    "arm.workspaces": rf"(?:{_WORKSPACE}|{_HOST}(?:[\w.()-]+/)*workspaces)",
    "arm.tables": rf"{_WORKSPACE}/tables",
}
_EACH_WORKSPACE: Final = re.compile(
    r"^\s*Get-Workspaces\s*\|\s*(?:ForEach-Object|%)\s*\{\s*(Get-Arm(?:Answer|Rows))\s+\"\$\{?_\}?([^\"{}\s]*)\"\s*\}",
    re.IGNORECASE,
)
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
        **_COMMON,
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


def command_doubts(spec: DatasetSpec, command: str, rows: int) -> Iterator[str]:
    """Why a command may have asked for less than the dataset is, one sentence each."""
    whole, aside = _asked(spec)
    text = _EACH_WORKSPACE.sub(r"\1 '$_\2'", command.strip().removesuffix(aside).replace("{workspace}", "$workspace"))
    taken = taken_apart(text)
    match spec.api:
        case Api.GRAPH:
            doubts = [*_graph_doubts(spec, taken, rows)]
        case Api.ARM:
            doubts = [*_url_doubts(spec, taken, rows, _ARM_PATHS[spec.name])]
        case Api.EXCHANGE | Api.PURVIEW:
            doubts = [*_cmdlet_doubts(spec, taken, rows)]
    if taken.beyond is not None:
        doubts.append(_left_out(taken.beyond))
    if taken.member is not None and (spec.api not in (Api.GRAPH, Api.ARM) or spec.name in _PAGED):
        doubts.append(_left_out(taken.member))
    if doubts:
        yield from (*doubts[:-1], f"{doubts[-1]}; expected: {whole}")


def _asked(spec: DatasetSpec) -> tuple[str, str]:
    """Return a request without what it says beside, and that."""
    aside = _ASIDE.search(spec.request)
    return (spec.request, "") if aside is None else (spec.request[: aside.start()], aside[0])


def _left_out(piece: str) -> str:
    return f"its command may leave something out ({piece})"


def _cmdlet_doubts(spec: DatasetSpec, command: Command, rows: int) -> Iterator[str]:
    cmdlet, *parameters = shlex.split(_asked(spec)[0])
    names = ("Get-Mailbox", "Get-EXOMailbox") if spec.name in MAILBOX_DATASETS else (cmdlet,)
    asked, *words = command.request or ("",)
    if asked.casefold() not in {name.casefold() for name in names}:
        yield f"its command is not {cmdlet}"
        return
    needed = dict(_parameters(parameters))
    allowed: dict[str, bool] = {name: SWITCH if value is None else VALUE for name, value in needed.items()}
    allowed |= {"ResultSize": VALUE, **_COMMON}
    if spec.name in MAILBOX_DATASETS:
        allowed |= _OF_MAILBOXES
    if spec.name == _ACTIVE:
        allowed["IncludeInactiveMailbox"] = SWITCH
    found = given(words, allowed)
    yield from _common_doubts(found)
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


def _common_doubts(found: Given) -> Iterator[str]:
    yield from map(_left_out, found.unknown)
    for name in ("ErrorAction", "ea"):
        for action in found.options.get(name, ()):
            if action.casefold() not in _STOPPING:
                yield _left_out(f"-{name} {action}")


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
            yield _left_out(f"-ResultSize {size}")


def _graph_doubts(spec: DatasetSpec, command: Command, rows: int) -> Iterator[str]:
    cmdlet = _GRAPH_CMDLETS[spec.name]
    asked, *words = command.request or ("",)
    if spec.name in _PAGED and rows in _GRAPH_PAGES:
        yield _one_page(rows)
    if asked.casefold() != cmdlet.casefold():
        resource = re.escape(spec.request.partition("?")[0].partition("/v1.0/")[2])
        yield from _url_doubts(spec, command, rows, rf"{_HOST}(?:v1\.0|beta)/{resource}")
        return
    allowed = {**_OF_GRAPH_CMDLETS, **_COMMON}
    found = given(words, {**allowed, "Top": VALUE} if spec.name == _LATEST else allowed)
    yield from _common_doubts(found)
    if found.positional:
        yield f"its command names what it asks for ({cmdlet} followed by a name)"
    if spec.name in _PAGED and found.options.get("All") not in ((), ("$true",)):
        yield f"its command reads the first page alone; {cmdlet} needs -All"


def _url_doubts(spec: DatasetSpec, command: Command, rows: int, path: str) -> Iterator[str]:
    words = command.request
    caller = next((one for one in _ASK_BY_URL if tuple(word.casefold() for word in words[: len(one)]) == one), None)
    if caller is None:
        yield f"its command is not {_asked(spec)[0]}"
        return
    found = given(words[len(caller) :], _ASK_BY_URL[caller], exact=caller[0] in _EXACT)
    yield from _common_doubts(found)
    methods = [value for name in _METHOD for value in found.options.get(name, ())]
    urls = [value for name in _URL for value in found.options.get(name, ())]
    urls += [word for word in found.positional if word.casefold() != "get"]
    address, _, query = unquote(urls[0]).partition("?") if urls else ("", "", "")
    if any(method.casefold() != "get" for method in methods) or not re.fullmatch(f"{path}/?", address, re.IGNORECASE):
        yield f"its command is not {_asked(spec)[0]}"
        return
    yield from map(_left_out, urls[1:])
    yield from _query_doubts(spec, query, rows)
    if caller[0] in _BY_PAGE and spec.name in _PAGED:
        yield f"its command reads the first page alone ({words[0]})"
    for asked in found.options.get("--query", ()):
        if asked.casefold() not in _QUERIES or spec.name in _PAGED:
            yield _left_out(f"--query {asked}")


def _query_doubts(spec: DatasetSpec, query: str, rows: int) -> Iterator[str]:
    for part in query.split("&") if query else ():
        key, _, value = part.partition("=")
        if key.casefold() not in _HARMLESS_QUERY or "(" in value:
            yield _left_out(part)
        elif key.casefold() == "$top" and spec.name != _LATEST and not (value.isdecimal() and rows < int(value)):
            yield _one_page(rows)


def _one_page(rows: int) -> str:
    return f"exactly {rows} rows, the size of one page: the pages after it may be missing"
