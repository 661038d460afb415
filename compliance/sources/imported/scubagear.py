"""ProviderSettingsExport.json, in which CISA's ScubaGear keeps what it read of a tenant.

It is one object: `module_version`, `timestamp_zulu`, `tenant_details`, and under a key per cmdlet the rows that this
gave. What failed is a row of null, or an empty list, under a key like any other; only the lists
`<product>_successful_commands` and `<product>_unsuccessful_commands` tell it from an answer. So rows count only where
the command is among the first and not among the second. Source: cisagov/ScubaGear, the modules below
PowerShell/ScubaGear/Modules/Providers (ExportEXOProvider, ExportSecuritySuiteProvider, CommandTracker) and its sample
report. `service_plans` names plans without the subscriptions that hold them, and `tenant_details` is not what Microsoft
Graph answers: neither is taken for a dataset.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from compliance.errors import InputError
from compliance.evidence.attested import instant
from compliance.evidence.datasets import DATASETS, State
from compliance.evidence.exports import Row, read_export
from compliance.sources.imported.dataset import Endpoint, ImportedDataset
from compliance.sources.imported.tenants import GUID, Tenants
from compliance.textfile import decode_text

PROVIDER_SETTINGS: Final = "ProviderSettingsExport.json"
"""The name that ScubaGear gives the file."""

KEYS: Final = {
    "exchange.admin_audit_log_config": "admin_audit_log_config",
    "exchange.organization_config": "org_config",
    "purview.audit_retention_policies": "unified_audit_log_retention_policies",
}
"""The datasets that the file may hold, and where."""

_COMMANDS: Final = re.compile(r"_(?P<un>(?:un)?)successful_commands$", re.ASCII | re.IGNORECASE)
_WORD: Final = re.compile(r"[\w-]+", re.ASCII)
_WITHOUT_ROWS: Final = "it holds null, which ScubaGear writes for an answer without rows and for none alike"
_COMPLIANCE_FOREST: Final = "FFO."
"""How names of Security & Compliance's own directory begin, as in the rows of its cmdlets in the sample report."""


@dataclass(frozen=True, slots=True)
class _File:
    """The file, taken apart; of commands the names in small letters, `failed` None where that cannot be told."""

    path: Path
    sha256: str
    parts: Mapping[str, msgspec.Raw]
    tool: str
    when: str | None
    tenant_ids: frozenset[str]
    succeeded: frozenset[str]
    failed: frozenset[str] | None


def read_provider_settings(path: Path, raw: bytes, tenants: Tenants) -> Iterator[ImportedDataset]:
    """Yield each dataset that the file has a key for; what ScubaGear could not read has no rows and says so.

    Raises `InputError` where it is no such file.
    """
    file = _opened(path, raw)
    for name, key in KEYS.items():
        if key in file.parts:
            yield _dataset(file, name, key, tenants)


def _opened(path: Path, raw: bytes) -> _File:
    text = decode_text(raw, where=str(path), guess_utf16=True)
    outermost: list[str] = []

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        outermost[:] = [key for key, _ in pairs]
        return dict(pairs)

    try:
        content = json.loads(text, object_pairs_hook=noted)
        parts = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except json.JSONDecodeError as error:
        raise _refused(f"not JSON: {error.msg}", f"{path}:{error.lineno}:{error.colno}") from error
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise _refused("not the one object that ScubaGear writes", str(path)) from error
    version = content.get("module_version")
    if not isinstance(version, str):
        raise _refused("it does not name the version of ScubaGear (module_version)", str(path))
    folded = [key.casefold() for key in outermost]
    for key in outermost:
        if folded.count(key.casefold()) > 1 and (key.casefold() in KEYS.values() or _COMMANDS.search(key)):
            raise _refused(f"the key {key!r} stands in it twice", str(path))
    when = content.get("timestamp_zulu")
    return _File(
        path=path,
        sha256=hashlib.sha256(raw).hexdigest(),
        parts=parts,
        tool=f"ScubaGear {version}",
        when=when if isinstance(when, str) else None,
        tenant_ids=frozenset(_tenant_ids(content)),
        succeeded=_succeeded(content),
        failed=_failed(content),
    )


def _dataset(file: _File, name: str, key: str, tenants: Tenants) -> ImportedDataset:
    spec = DATASETS[name]
    cmdlet = spec.request.split()[0]
    body = bytes(file.parts[key])
    collected_at = None if file.when is None else instant(file.when)
    reasons = [] if collected_at else [f"{PROVIDER_SETTINGS} does not say when it was written (timestamp_zulu)"]
    rows: tuple[Row, ...] | None = None
    state = State.FAILED
    if (failure := _failure(file, cmdlet)) is not None:
        reasons.insert(0, f"{file.tool} {failure}")
    elif _is_null(body):
        state = State.PARTIAL
        reasons.insert(0, f"{key}: {_WITHOUT_ROWS}")
    else:
        export = read_export(body, where=f"{file.path} {key}")
        rows = export.rows
        reasons += export.doubts
        if len(rows) < spec.least_rows:
            reasons.insert(0, f"{key} holds {len(rows)} rows; no tenant has fewer than {spec.least_rows}")
        else:
            state = State.PARTIAL if reasons else State.COMPLETE
    named = tenants.add(name, file.path, () if rows is None else rows, file.tenant_ids)
    return ImportedDataset(
        spec_name=name,
        path=file.path,
        raw=body,
        rows=None if rows is None else len(rows),
        state=state,
        reasons=tuple(reasons),
        collected_at=collected_at,
        by=file.tool,
        command=f"{cmdlet} ({file.tool})",
        endpoint=_endpoint(name, rows),
        tenant_ids=named.ids,
        domains=named.domains,
        source={"file": file.path.name, "file_sha256": file.sha256, "key": key, "tool": file.tool},
    )


def _endpoint(name: str, rows: tuple[Row, ...] | None) -> Endpoint | None:
    """Who answered: ScubaGear asks Exchange Online, unless a row names the other directory; None for the policies.

    Releases that use PowerShell sessions ask whichever was opened last, and Security & Compliance says of ingestion
    that it is off, whatever is so.
    """
    if name == "purview.audit_retention_policies":
        return None
    if rows is None:
        return None
    texts = (value for row in rows for value in row.values() if isinstance(value, str))
    foreign = any(text.startswith(_COMPLIANCE_FOREST) for text in texts)
    return Endpoint.SECURITY_COMPLIANCE if foreign else Endpoint.EXCHANGE_ONLINE


def _is_null(body: bytes) -> bool:
    return json.loads(body) in (None, [None])


def _tenant_ids(content: Mapping[str, Any]) -> Iterator[str]:
    details = content.get("tenant_details")
    for one in details if isinstance(details, list) else [details]:
        tenant_id = one.get("TenantId") if isinstance(one, dict) else None
        if isinstance(tenant_id, str) and GUID.fullmatch(tenant_id):
            yield tenant_id.lower()


def _failure(file: _File, cmdlet: str) -> str | None:
    """Say why the rows of a cmdlet do not count, or None where they do."""
    name = cmdlet.casefold()
    if file.failed is None:
        return "lists what it could not run in a form that is not its own"
    if name in file.failed:
        return f"could not run {cmdlet}"
    return None if name in file.succeeded else f"does not say that it could run {cmdlet}"


def _succeeded(content: Mapping[str, Any]) -> frozenset[str]:
    names = (name for listed in _listed(content, un="") for name in _as_list(listed))
    return frozenset(name.strip().casefold() for name in names if isinstance(name, str))


def _failed(content: Mapping[str, Any]) -> frozenset[str] | None:
    """Every command that a list of failures names, with whatever parameters; None where a list is of another form."""
    names = [name for listed in _listed(content, un="un") for name in _as_list(listed)]
    if not all(name is None or isinstance(name, str) for name in names):
        return None
    return frozenset(word.casefold() for name in names if name is not None for word in _WORD.findall(name))


def _listed(content: Mapping[str, Any], *, un: str) -> Iterator[Any]:
    for key, listed in content.items():
        match = _COMMANDS.search(key)
        if match is not None and match["un"].casefold() == un:
            yield listed


def _as_list(listed: Any) -> list[Any]:
    """The items of a list, which ConvertTo-Json may have left as the one that it held."""
    return listed if isinstance(listed, list) else [listed]


def _refused(what: str, where: str) -> InputError:
    return InputError(what, where=where, next_step=f"Take {PROVIDER_SETTINGS} from ScubaGear's report folder as it is.")
