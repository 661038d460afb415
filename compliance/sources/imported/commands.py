"""Why a command may not have asked for everything, as far as its text tells.

The text is somebody's, and need not be what was run; so it can only raise doubts, never remove one. Parameters are
those that Microsoft Learn documents for the cmdlets and for Select-Object.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Final

from compliance.evidence.datasets import Api, DatasetSpec
from compliance.evidence.views import MAILBOX_DATASETS

_NARROWING: Final = re.compile(
    r"-First\b|-Last\b|-Skip\b|-Top\b|-Index\b|-Unique\b|-Filter\b|-Identity\b|-UserId\b|-RecordType\b|-Operation\b"
    r"|-RetentionDuration\b|-Search\b|-RecipientTypeDetails\b|-RecipientType\b|-Database\b|-Server\b|-Anr\b"
    r"|-OrganizationalUnit\b|-MailboxPlan\b|-RoleAssignee\b|-RoleAssigneeType\b|-AssignmentMethod\b|-Delegating\b"
    r"|-Enabled\b|-Exclusive\b|-WritableRecipient\b|\bWhere(-Object)?\b|\|\s*\?|\$filter|\$search|\$skip\b",
    re.ASCII | re.IGNORECASE,
)
_SELECTING: Final = re.compile(
    r"\bSelect(?:-Object)?\b[^|;]*?(?<![\w-])(?P<option>-(?:f(?:i(?:r(?:st?)?)?)?|l(?:a(?:st?)?)?|sk\w*|ind\w*)\b)"
    r"|(?<![\w-])(?P<short>-(?:f(?:i(?:r(?:st?)?)?)?|l(?:a(?:st?)?)?|sk\w*|ind\w*)[\s:]+[\"'(+-]*\d+)",
    re.ASCII | re.IGNORECASE,
)
"""First, Last, Skip..., Index of Select-Object, which PowerShell knows by their beginnings; `-f` may be something else
where neither the cmdlet nor a number tells."""
_OTHER_MAILBOXES: Final = (
    "GroupMailbox",
    "PublicFolder",
    "InactiveMailboxOnly",
    "SoftDeletedMailbox",
    "Archive",
    "Arbitration",
    "AuditLog",
    "AuxAuditLog",
    "Migration",
    "Monitoring",
    "RemoteArchive",
    "SupervisoryReviewPolicy",
)
"""Switches of Get-Mailbox that list other mailboxes in place of the plain ones."""
_DASHES: Final = str.maketrans("\u2013\u2014\u2015", "---")
"""PowerShell takes each of them for the hyphen of an option."""
_TOP: Final = re.compile(r"\$top=(\d+)", re.ASCII | re.IGNORECASE)
_QUERY: Final = re.compile(r"--query[\s=]+(?![\"']?value(?:\[\])?[\"']?(?:\s|$))\S+", re.ASCII | re.IGNORECASE)
_RESULT_SIZE: Final = re.compile(r"-ResultSize[\s:]+(\d+)", re.ASCII | re.IGNORECASE)
_GRAPH_PAGES: Final = frozenset({100, 999})
"""The default and the greatest page of Microsoft Graph's directory: a file of just so many rows is likely one page."""

_GRAPH_CMDLETS: Final = {
    "graph.organization": "Get-MgOrganization",
    "graph.subscribed_skus": "Get-MgSubscribedSku",
    "graph.users": "Get-MgUser",
    "graph.secure_score": "Get-MgSecuritySecureScore",
    "graph.role_assignments": "Get-MgRoleManagementDirectoryRoleAssignment",
    "graph.role_eligibilities": "Get-MgRoleManagementDirectoryRoleEligibilityScheduleInstance",
}
_PAGED: Final = frozenset({"graph.users", "graph.role_assignments", "graph.role_eligibilities"})
_ARM_PATHS: Final = {
    "arm.entra_diagnostic_settings": r"/providers/microsoft\.aadiam/diagnosticSettings(?![\w/])",
    "arm.subscriptions": r"/subscriptions[\"']?(?=[?\s]|$)",
    "arm.workspaces": r"(?:/workspaces(?:/[\w.()-]+)?|\{workspace\}|\$\{?\w+\}?)[\"']?\?api-version",
    "arm.tables": r"/tables[\"']?\?api-version",
}


def command_doubts(spec: DatasetSpec, command: str, rows: int) -> Iterator[str]:
    """Why a command may have asked for less than the dataset is, one sentence each."""
    hyphened = command.translate(_DASHES)
    match spec.api:
        case Api.GRAPH:
            yield from _graph_doubts(spec, command, rows)
        case Api.ARM:
            yield from _arm_doubts(spec, command)
        case Api.EXCHANGE | Api.PURVIEW:
            yield from _cmdlet_doubts(spec, hyphened)
    if narrowing := _NARROWING.search(hyphened):
        yield f"its command leaves something out ({narrowing[0].strip()})"
    elif selecting := _SELECTING.search(hyphened):
        option = selecting["option"] or selecting["short"]
        yield f"its command leaves something out ({option})"
    if any(rows >= int(size[1]) for size in _RESULT_SIZE.finditer(command)):
        yield "its command limits the result to as many rows as it holds (-ResultSize)"


def _cmdlet_doubts(spec: DatasetSpec, command: str) -> Iterator[str]:
    cmdlet, *parameters = shlex.split(spec.request.partition(" (")[0])
    name = "Get-(?:EXO)?Mailbox" if spec.name in MAILBOX_DATASETS else re.escape(cmdlet)
    called = rf"(?<![\w-]){name}(?![\w-])"
    if not re.search(called, command, re.IGNORECASE):
        yield f"its command is not {cmdlet}"
        return
    if re.search(rf"{called}[^\S\n]+(?=[^\s\-|;)}}>&`#])", command, re.IGNORECASE):
        yield f"its command names what it asks for ({cmdlet} followed by a name)"
    if re.search(rf"\|\s*{called}", command, re.IGNORECASE):
        yield f"its command pipes into {cmdlet} what it asks for"
    asked = [word for word in parameters if word.startswith("-") and word != "-ResultSize"]
    for option in asked:
        if not _given(option, command):
            yield f"its command lacks {option}, without which it lists something else"
    if spec.name in MAILBOX_DATASETS:
        for switch in _OTHER_MAILBOXES:
            if f"-{switch}" not in asked and _given(f"-{switch}", command):
                yield f"its command asks for other mailboxes (-{switch})"
    if "-Role" in asked and not re.search(r"-Role[\s:]+[\"']?Audit Logs[\"']?(?!\w)", command, re.IGNORECASE):
        yield "its command asks for another role than Audit Logs"


def _given(option: str, command: str) -> bool:
    return re.search(rf"{option}\b(?!:\s*\$false)", command, re.IGNORECASE) is not None


def _graph_doubts(spec: DatasetSpec, command: str, rows: int) -> Iterator[str]:
    resource = re.escape(spec.request.partition("?")[0].partition("/v1.0/")[2])
    cmdlet = _GRAPH_CMDLETS[spec.name]
    whole = re.search(rf"(?:v1\.0|beta)/{resource}(?![\w/])", command, re.IGNORECASE)
    by_cmdlet = re.search(rf"\b{cmdlet}\b", command, re.IGNORECASE)
    if not whole and not by_cmdlet:
        yield f"its command is not {spec.request}"
    if spec.name in _PAGED:
        if rows in _GRAPH_PAGES | {int(size[1]) for size in _TOP.finditer(command)}:
            yield f"exactly {rows} rows, the size of one page: the pages after it may be missing"
        if by_cmdlet and not re.search(r"-All\b", command, re.IGNORECASE):
            yield f"its command reads the first page alone; {cmdlet} needs -All"


def _arm_doubts(spec: DatasetSpec, command: str) -> Iterator[str]:
    if not re.search(_ARM_PATHS[spec.name], command, re.IGNORECASE):
        yield f"its command is not {spec.request}"
    if _QUERY.search(command):
        yield "its command leaves something out (--query)"
