"""Which tenant exported files are of: every one that says so must say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compliance.errors import InputError
from compliance.evidence.exports import Row

GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_INITIAL_DOMAIN: Final = re.compile(r"(?<![\w.-])[\w-]+\.onmicrosoft\.[a-z]+", re.ASCII | re.IGNORECASE)
_TENANT_KEYS: Final = frozenset({"tenantid", "organizationid", "externaldirectoryorganizationid"})
_OWN_ID: Final = {
    "graph.organization": "id",
    "graph.subscribed_skus": "accountid",
    "graph.secure_score": "azuretenantid",
}
_OTHERS_ID: Final = {"arm.subscriptions": "tenantid"}
"""A subscription may be shown to somebody of another tenant than its own."""


@dataclass(frozen=True, slots=True)
class Named:
    """What one file says of its tenant, in lower case."""

    ids: frozenset[str]
    domains: frozenset[str]


class Tenants:
    """The tenants that the files name; all must be the same one."""

    def __init__(self) -> None:
        self._ids: dict[str, Path] = {}
        self._domains: dict[str, Path] = {}
        self._verified: set[str] = set()

    def add(self, spec_name: str, path: Path, rows: tuple[Row, ...], ids: frozenset[str] = frozenset()) -> Named:
        """Take note of a file's rows and of the `ids` it gives beside them; return the tenants named."""
        found, domains, initial = set[str](ids), set[str](), set[str]()
        for row in rows:
            for key, value in row.items():
                if not isinstance(value, str) or key.lower() == _OTHERS_ID.get(spec_name):
                    continue
                if key.lower() in _TENANT_KEYS or key.lower() == _OWN_ID.get(spec_name):
                    if GUID.fullmatch(value):
                        found.add(value.lower())
                    elif domain := _INITIAL_DOMAIN.search(value):
                        domains.add(domain[0].lower())
            if spec_name == "graph.organization":
                self._verified |= _verified_domains(row)
                initial |= _verified_domains(row, initial=True)
        for tenant in found:
            self._ids.setdefault(tenant, path)
        for name in domains:
            self._domains.setdefault(name, path)
        return Named(frozenset(found), frozenset(domains | initial))

    def check(self) -> None:
        """Raise `InputError` unless every file names the same tenant, as far as it names one."""
        for named in (self._ids, self._domains):
            if len(named) > 1:
                (first, here), (second, there) = list(named.items())[:2]
                raise InputError(
                    f"the files are of different tenants: {here.name} is of {first}, {there.name} of {second}",
                    where=str(here.parent),
                    next_step="Export all files from the same tenant.",
                )
        for domain, path in self._domains.items():
            if self._verified and domain not in self._verified:
                raise InputError(
                    f"this file is of {domain}, which is no domain of the tenant in organization.json",
                    where=str(path),
                    next_step="Export all files from the same tenant.",
                )


def _verified_domains(row: Row, *, initial: bool = False) -> set[str]:
    """The tenant's onmicrosoft.com domains (`initial`: the one), where Graph's `verifiedDomains` was exported."""
    domains = row.get("verifiedDomains")
    if not isinstance(domains, list):
        return set()
    items = [item for item in domains if isinstance(item, dict)]
    names = [item.get("name") for item in items if not initial or item.get("isInitial") is True]
    return {name.lower() for name in names if isinstance(name, str) and _INITIAL_DOMAIN.fullmatch(name)}
