"""What the commands that lookback prints do to a simulated tenant, as Microsoft documents them.

A strict reader: of what it does not know, or what the service would refuse, it makes an AssertionError. Sources: the
references of Exchange Online PowerShell and of the Azure CLI on Microsoft Learn, and of the services behind them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Protocol

from azure_effects import AZURE, AzureCommand
from exchange_effects import CMDLETS, PolicyOf

from compliance.demo.azure import Workspace
from compliance.demo.tenant import Tenant

_PLACEHOLDER = re.compile(r"<([^<>]+)>")
_PARAMETER = re.compile(r'\s+-(\w+)\s+(@\{\w+="[^"]*"\}|"[^"]*"|\'(?:[^\']|\'\')*\'|[^\s"\'@;|&]+)')
_SESSIONS = {"Connect-ExchangeOnline": "exchange", "Connect-IPPSSession": "compliance"}
_QUERIES = ("w32tm /query /status", "timedatectl show-timesync --property=ServerName --property=NTPMessage")
"""What only shows something, of the machine that it is typed on."""


class Handler(Protocol):
    """What one command does."""

    def __call__(self, tenant: Tenant, given: Mapping[str, str], /) -> None: ...


class Shell:
    """Somebody's terminal: with a session of PowerShell or none, and signed in to the Azure CLI.

    `deleted` are the workspaces that were deleted within 14 days, which can be brought back.
    """

    def __init__(self, tenant: Tenant, deleted: Sequence[Workspace] = ()) -> None:
        """Sit down before a tenant."""
        self.tenant, self.session = tenant, ""
        self.azure = AzureCommand(tenant, list(deleted))
        self.policies = PolicyOf(tenant)

    def run(self, lines: Sequence[str]) -> None:
        """Type every line that is no comment."""
        for line in lines:
            if not line.startswith("#"):
                self.type(line)

    def type(self, line: str) -> None:
        """Type one line. Raises AssertionError for what cannot be typed, is not known, or would be refused."""
        assert not _PLACEHOLDER.search(line), f"a placeholder is left: {line}"
        assert line.isprintable(), line
        word = line.split()[0]
        if line in _SESSIONS:
            self.session = _SESSIONS[line]
        elif word == "az":
            words = shlex.split(line, comments=True)
            known = [verb for verb in AZURE if words[1 : 1 + len(verb)] == list(verb)]
            assert known, f"no such command: {line}"
            verb = max(known, key=len)
            AZURE[verb].run(self.azure, words[1 + len(verb) :])
        elif word in CMDLETS:
            session, parameters, effect = CMDLETS[word]
            assert session == self.session, f"{word} runs in the session {session}, not {self.session or 'none'}"
            effect(self.policies, _given(line, word, parameters))
        else:
            assert line in _QUERIES, f"no such command: {line}"


def _given(line: str, cmdlet: str, parameters: frozenset[str]) -> dict[str, str]:
    """Return what a cmdlet's parameters are given, without quotes; a list and a hashtable as they are written."""
    given: dict[str, str] = {}
    at = len(cmdlet)
    while at < len(line.rstrip()):
        found = _PARAMETER.match(line, at)
        assert found, f"cannot be read: {line[at:]}"
        name, value = found[1], found[2]
        assert name in parameters, f"{cmdlet} has no parameter -{name} that this knows"
        assert name not in given, f"-{name} is given twice"
        if value[0] == "'":
            value = value[1:-1].replace("''", "'")
        elif value[0] == '"':
            value = value[1:-1]
            assert not set(value) & set("$`"), f"PowerShell would change {value}"
        given[name] = value
        at = found.end()
    return given


def filled(line: str, values: Mapping[str, str]) -> str:
    """Return a line with its placeholders filled in; one that is not there, or has no value, is an error."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], line)
