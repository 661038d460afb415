"""Azure Resource Manager: where Microsoft Entra ID's logs are sent to, and how long the workspaces there keep them.

Sources: Microsoft Learn, "Diagnostic settings" (Azure Monitor), "Subscriptions - List", "Workspaces - Get" and
"Tables - List By Workspace" (Log Analytics), each with its api-version. The workspaces are those that diagnostic
settings name: no subscription is searched, since a list shows only what the identity may see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from compliance.evidence.datasets import Api, State
from compliance.sources.errors import SourceError, Truncated, printable
from compliance.sources.pages import Page, read_object, read_pages
from compliance.sources.policies import WORKSPACE_ID
from compliance.sources.transport import Request, TenantApis

SETTINGS = "arm.entra_diagnostic_settings"
SUBSCRIPTIONS = "arm.subscriptions"
WORKSPACES = "arm.workspaces"
TABLES = "arm.tables"
ENDPOINT = "arm"

_SETTINGS_PATH = "/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01"
_SUBSCRIPTIONS_PATH = "/subscriptions?api-version=2022-12-01"
_WORKSPACE_VERSION = "api-version=2023-09-01"
_WORKSPACE = re.compile(WORKSPACE_ID, re.ASCII | re.IGNORECASE)


class _Destination(msgspec.Struct):
    workspace_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="workspaceId")


class _Setting(msgspec.Struct):
    properties: _Destination


class _Settings(msgspec.Struct):
    value: list[msgspec.Raw]


def read_settings(apis: TenantApis) -> Iterator[Page]:
    """The diagnostic settings of Microsoft Entra ID; raises `SourceError` and `Truncated`."""
    return _list(apis, SETTINGS, _SETTINGS_PATH)


def read_subscriptions(apis: TenantApis) -> Iterator[Page]:
    """The subscriptions that the identity may see; raises `SourceError` and `Truncated`."""
    return _list(apis, SUBSCRIPTIONS, _SUBSCRIPTIONS_PATH)


def read_workspaces(apis: TenantApis) -> Iterator[Page]:
    """The workspaces that diagnostic settings name, an object each; raises `SourceError` and `Truncated`."""

    def read(workspace: str) -> Iterator[Page]:
        request = Request("GET", f"{apis.cloud.arm}{workspace}?{_WORKSPACE_VERSION}", {})
        yield read_object(apis, Api.ARM, request, dataset=WORKSPACES, endpoint=ENDPOINT)

    return _of_each_workspace(apis, read)


def read_tables(apis: TenantApis) -> Iterator[Page]:
    """The tables of the workspaces that diagnostic settings name; raises `SourceError` and `Truncated`."""
    return _of_each_workspace(apis, lambda workspace: _list(apis, TABLES, f"{workspace}/tables?{_WORKSPACE_VERSION}"))


def learn_workspaces(apis: TenantApis, settings: bytes) -> None:
    """Add the workspaces that a page of diagnostic settings names to `TenantApis.workspaces`, each once.

    What stands in a workspace's place and is no id of one is kept as it is, for its readers to name.
    """
    known = () if apis.workspaces is None else apis.workspaces
    apis.workspaces = tuple({one.casefold(): one for one in (*known, *named_workspaces(settings))}.values())


def named_workspaces(settings: bytes) -> Iterator[str]:
    """The workspace ids in an answer of diagnosticSettings, as they stand there; none in what is no such answer."""
    try:
        rows = msgspec.json.decode(settings, type=_Settings).value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    for row in rows:
        try:
            workspace = msgspec.json.decode(row, type=_Setting).properties.workspace_id
            named = None if isinstance(workspace, msgspec.UnsetType) else msgspec.json.decode(workspace)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            # Such a setting is malformed evidence of its own dataset, and that it names a workspace is not known.
            continue
        if named is not None:
            yield named if isinstance(named, str) else repr(named)


def _list(apis: TenantApis, dataset: str, path: str) -> Iterator[Page]:
    return read_pages(
        apis,
        Api.ARM,
        Request("GET", f"{apis.cloud.arm}{path}", {}),
        dataset=dataset,
        endpoint=ENDPOINT,
        next_request=lambda link, before: Request("GET", link, {}, follows=before),
    )


def _of_each_workspace(apis: TenantApis, read: Callable[[str], Iterator[Page]]) -> Iterator[Page]:
    """The pages of every workspace that can be read; what cannot be makes it a part, or a refusal where nothing can.

    Raises `SourceError` and `Truncated`.
    """
    if apis.workspaces is None:
        raise SourceError(State.NOT_REQUESTED, "no diagnostic setting was read, so no workspace is known", api=Api.ARM)
    problems: list[tuple[State, str]] = []
    last: SourceError | None = None
    pages = 0
    for workspace in apis.workspaces:
        if _WORKSPACE.fullmatch(workspace) is None:
            problems.append((State.FAILED, f"{printable(workspace)!r} is not the id of a workspace"))
            continue
        try:
            for page in read(workspace):
                pages += 1
                yield page
        except SourceError as error:
            last = error
            gone = error.state is State.UNAVAILABLE
            told = f"the workspace is not there: {error.reason}" if gone else error.reason
            problems.append((State.FAILED if gone else error.state, f"{_short(workspace)}: {told}"))
    if not problems:
        return
    reason = "; ".join(text for _, text in problems)
    reply = None if last is None else last.reply
    if pages:
        raise Truncated(reason, api=Api.ARM, reply=reply)
    states = {state for state, _ in problems}
    state = states.pop() if len(states) == 1 else State.FAILED
    raise SourceError(state, reason, api=Api.ARM, reply=reply)


def _short(workspace: str) -> str:
    """The name of a workspace, for people; its whole id stands in the evidence."""
    return workspace.rsplit("/", 1)[-1]
