"""A directory of files that an administrator exported, with what provenance.yaml says about each of them.

A file is complete only if provenance gives its command, date and row count, and they agree with it; anything less
makes it partial, with the reasons. Files that are not there are unread, and produce nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from annotated_types import Ge, MinLen

from compliance.errors import InputError
from compliance.evidence.datasets import DATASETS, Api, DatasetSpec, State
from compliance.evidence.exports import Export, Row, read_export
from compliance.textfile import read_capped
from compliance.yamlfile import FILE_SHAPE, KeyPath, load_yaml, validated

PROVENANCE: Final = "provenance.yaml"
"""The file that says by whom, when and by which command the others were exported."""

MAX_BYTES: Final = 1 << 30
"""The largest exported file that is read, in bytes."""

_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_INITIAL_DOMAIN: Final = re.compile(r"(?<![\w.-])[\w-]+\.onmicrosoft\.[a-z]+", re.ASCII | re.IGNORECASE)
_TENANT_KEYS: Final = frozenset({"tenantid", "organizationid", "externaldirectoryorganizationid"})
_OWN_ID: Final = {"graph.organization": "id", "graph.subscribed_skus": "accountid"}
_NARROWING: Final = re.compile(
    r"-First\b|-Last\b|-Skip\b|-Top\b|-Index\b|-Filter\b|-Identity\b|-UserId\b|-RecordType\b|-Operation\b"
    r"|-RetentionDuration\b|-Search\b|\bWhere(-Object)?\b|\|\s*\?|\$filter|\$search|\$skip\b",
    re.ASCII | re.IGNORECASE,
)
_SELECTING: Final = re.compile(
    r"\bSelect(?:-Object)?\b[^|;]*?(?<![\w-])(?P<option>-(?:f(?:i(?:r(?:st?)?)?)?|l(?:a(?:st?)?)?|sk\w*|ind\w*)\b)"
    r"|(?<![\w-])(?P<short>-(?:f(?:i(?:r(?:st?)?)?)?|l(?:a(?:st?)?)?|sk\w*|ind\w*)[\s:]+[\"'(+-]*\d+)",
    re.ASCII | re.IGNORECASE,
)
"""First, Last, Skip..., Index of Select-Object, which PowerShell knows by their beginnings; `-f` may be something else
where neither the cmdlet nor a number tells."""
_DASHES: Final = str.maketrans("\u2013\u2014\u2015", "---")
"""PowerShell takes each of them for the hyphen of an option."""
_TOP: Final = re.compile(r"\$top=(\d+)", re.ASCII | re.IGNORECASE)
_GRAPH_PAGES: Final = frozenset({100, 999})
"""The default and the greatest page of /users: a file of just so many rows is likely one page."""

_GRAPH_CMDLETS: Final = {
    "graph.organization": "Get-MgOrganization",
    "graph.subscribed_skus": "Get-MgSubscribedSku",
    "graph.users": "Get-MgUser",
}
_EXPORT_FILES: Final = tuple(spec.export_file for spec in DATASETS.values())
_RESULT_SIZE: Final = re.compile(r"-ResultSize[\s:]+(\d+)", re.ASCII | re.IGNORECASE)


class Endpoint(StrEnum):
    """Which of Microsoft's services answered; Exchange and Security & Compliance share some cmdlets."""

    EXCHANGE_ONLINE = "exchange_online"
    SECURITY_COMPLIANCE = "security_compliance"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class ImportedDataset:
    """One exported file: `raw` as it lies on disk, and what can be said for it.

    `reasons` say why `state` is not complete. `collected_at`, `by`, `command` and `endpoint` are what provenance
    says, `None` where it does not. `tenant_ids` are the tenant GUIDs and `domains` the tenants' initial domains
    (`contoso.onmicrosoft.com`) found in the rows, in lower case.
    """

    spec_name: str
    path: Path
    raw: bytes = field(repr=False)
    rows: int
    state: State
    reasons: tuple[str, ...]
    collected_at: datetime | None
    by: str | None
    command: str | None
    endpoint: Endpoint | None
    tenant_ids: frozenset[str]
    domains: frozenset[str]


def read_exports(directory: Path) -> tuple[ImportedDataset, ...]:
    """Every dataset file in `directory`, in the order of the datasets.

    Raises `InputError` for a file that cannot be read as what it is, for a path that leads out of the directory,
    and where the files are of more than one tenant.
    """
    root = _root(directory)
    provenance = _provenance(root)
    found = tuple(
        (spec, path, _entry(provenance, spec.export_file))
        for spec in DATASETS.values()
        if (path := _inside(root, spec.export_file)) is not None
    )
    if not found:
        raise InputError(
            "none of the files that can be imported is here",
            where=str(directory),
            next_step=f"Expected any of: {', '.join(_EXPORT_FILES)}.",
        )
    tenants = _Tenants()
    datasets = []
    for spec, path, entry in found:
        raw = read_capped(path, max_bytes=MAX_BYTES)
        export = read_export(raw, where=str(path))
        named = tenants.add(spec, path, export.rows)
        datasets.append(_dataset(spec, path, raw, export, entry, named))
    tenants.check()
    return tuple(datasets)


def unknown_files(directory: Path) -> tuple[str, ...]:
    """The names in `directory` that `read_exports` does not read, for telling the user."""
    known = {PROVENANCE, *_EXPORT_FILES}
    try:
        names = [path.name for path in _root(directory).iterdir()]
    except OSError as error:
        raise InputError("the directory cannot be listed", where=str(directory)) from error
    return tuple(sorted(name for name in names if name not in known))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What provenance.yaml says about one file; `None` is what it does not say."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    by: Annotated[str, MinLen(1)] | None = None
    when: str | None = None
    command: Annotated[str, MinLen(1)] | None = None
    endpoint: Endpoint | None = None
    rows: Annotated[int, Ge(0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ProvenanceFile:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    files: Mapping[str, _Entry]


def _root(directory: Path) -> Path:
    try:
        root = directory.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError("the directory cannot be read", where=str(directory)) from error
    if not root.is_dir():
        raise InputError("a directory of exported files was expected", where=str(directory))
    return root


def _inside(root: Path, name: str) -> Path | None:
    """The path of a file of the directory, or `None` if it is not there; a link must not lead out of it."""
    path = root / name
    try:
        path.lstat()
        target = path.resolve(strict=True)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise InputError("a link that leads nowhere", where=str(path)) from error
        return None
    except (OSError, RuntimeError) as error:
        raise InputError("the path cannot be followed", where=str(path)) from error
    if not target.is_relative_to(root):
        raise InputError(
            "a link that leads out of the directory", where=str(path), next_step="Put the file itself there."
        )
    if not target.is_file():
        raise InputError("a file was expected", where=str(path))
    return path


def _provenance(root: Path) -> Mapping[str, _Entry]:
    path = _inside(root, PROVENANCE)
    if path is None:
        return {}
    document = load_yaml(path)
    files = validated(document, _ProvenanceFile).files
    if problems := tuple(_problems(files)):
        raise document.error(problems)
    return files


def _problems(files: Mapping[str, _Entry]) -> Iterator[tuple[KeyPath, str]]:
    spelling = {name.lower(): name for name in _EXPORT_FILES}
    for name, entry in files.items():
        if name in {"", ".", ".."} or any(character in name for character in "/\\:\0"):
            yield ("files", name), "the plain name of a file in this directory was expected"
        elif name not in _EXPORT_FILES:
            if name.lower() in spelling:
                yield ("files", name), f"letter case counts: the file is called {spelling[name.lower()]}"
            else:
                yield ("files", name), f"no file that is imported; those are {', '.join(_EXPORT_FILES)}"
        if entry.when is not None and _instant(entry.when) is None:
            yield (
                ("files", name, "when"),
                "a date and time with its offset from UTC was expected, such as 2026-11-20T09:15:00Z",
            )


def _instant(text: str) -> datetime | None:
    """The UTC instant that a text names; `None` if it names none, or leaves the offset open."""
    try:
        instant = datetime.fromisoformat(text)
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _entry(provenance: Mapping[str, _Entry], name: str) -> _Entry:
    return provenance[name] if name in provenance else _Entry()


def _dataset(
    spec: DatasetSpec, path: Path, raw: bytes, export: Export, entry: _Entry, named: _Named
) -> ImportedDataset:
    rows = len(export.rows)
    reasons = (*_provenance_doubts(spec, entry, rows), *_name_doubts(spec, export.rows), *export.doubts)
    if rows < spec.least_rows:
        reasons = (f"the file holds {rows} rows; no tenant has fewer than {spec.least_rows}", *reasons)
        state = State.FAILED
    else:
        state = State.PARTIAL if reasons else State.COMPLETE
    return ImportedDataset(
        spec_name=spec.name,
        path=path,
        raw=raw,
        rows=rows,
        state=state,
        reasons=reasons,
        collected_at=None if entry.when is None else _instant(entry.when),
        by=entry.by,
        command=entry.command,
        endpoint=entry.endpoint,
        tenant_ids=named.ids,
        domains=named.domains,
    )


def _name_doubts(spec: DatasetSpec, rows: tuple[Row, ...]) -> Iterator[str]:
    """Microsoft Graph PowerShell names properties otherwise than the API, whose names all begin in lower case."""
    if spec.api is not Api.GRAPH:
        return
    foreign = sorted({key for row in rows for key in row if key[:1].isupper()})
    if foreign:
        yield (
            f"its property names ({', '.join(foreign[:3])}) are those of the PowerShell module, which the API does not"
            f" use; export what `{spec.request}` answers, for instance with Invoke-MgGraphRequest -OutputType Json"
        )


def _provenance_doubts(spec: DatasetSpec, entry: _Entry, rows: int) -> Iterator[str]:
    missing = [
        word
        for word, value in (("command", entry.command), ("when", entry.when), ("rows", entry.rows))
        if value is None
    ]
    if missing:
        yield f"{PROVENANCE} does not give its {', '.join(missing)}"
    if entry.rows is not None and entry.rows != rows:
        yield f"{PROVENANCE} says {entry.rows} rows, and the file holds {rows}"
    if entry.command is not None:
        yield from _command_doubts(spec, entry.command, rows)


def _command_doubts(spec: DatasetSpec, command: str, rows: int) -> Iterator[str]:
    """Why a command may not have asked for everything, as far as its text tells."""
    if spec.api is Api.GRAPH:
        yield from _graph_doubts(spec, command, rows)
    elif (cmdlet := spec.request.split()[0]).lower() not in command.lower():
        yield f"its command is not {cmdlet}"
    hyphened = command.translate(_DASHES)
    if narrowing := _NARROWING.search(hyphened):
        yield f"its command leaves something out ({narrowing[0].strip()})"
    elif selecting := _SELECTING.search(hyphened):
        option = selecting["option"] or selecting["short"]
        yield f"its command leaves something out ({option})"
    if any(rows >= int(size[1]) for size in _RESULT_SIZE.finditer(command)):
        yield "its command limits the result to as many rows as it holds (-ResultSize)"
    if "get-mguser" in command.lower() and not re.search(r"-All\b", command, re.IGNORECASE):
        yield "its command reads the first page alone; Get-MgUser needs -All"


def _graph_doubts(spec: DatasetSpec, command: str, rows: int) -> Iterator[str]:
    resource = spec.request.rpartition("/")[2]
    whole = re.search(rf"(?:v1\.0|beta)/{resource}(?![\w/])", command, re.IGNORECASE)
    if not whole and not re.search(rf"\b{_GRAPH_CMDLETS[spec.name]}\b", command, re.IGNORECASE):
        yield f"its command is not {spec.request}"
    if spec.counted and rows in _GRAPH_PAGES | {int(size[1]) for size in _TOP.finditer(command)}:
        yield f"exactly {rows} rows, the size of one page: the pages after it may be missing"


@dataclass(frozen=True, slots=True)
class _Named:
    """What one file says of its tenant, in lower case."""

    ids: frozenset[str]
    domains: frozenset[str]


class _Tenants:
    """The tenants that the files name; all must be the same one."""

    def __init__(self) -> None:
        self._ids: dict[str, Path] = {}
        self._domains: dict[str, Path] = {}
        self._verified: set[str] = set()

    def add(self, spec: DatasetSpec, path: Path, rows: tuple[Row, ...]) -> _Named:
        """Take note of a file's rows, and return the tenants named in them."""
        ids, domains, initial = set[str](), set[str](), set[str]()
        for row in rows:
            for key, value in row.items():
                if not isinstance(value, str):
                    continue
                if key.lower() in _TENANT_KEYS or key.lower() == _OWN_ID.get(spec.name):
                    if _GUID.fullmatch(value):
                        ids.add(value.lower())
                    elif domain := _INITIAL_DOMAIN.search(value):
                        domains.add(domain[0].lower())
            if spec.name == "graph.organization":
                self._verified |= _verified_domains(row)
                initial |= _verified_domains(row, initial=True)
        for tenant in ids:
            self._ids.setdefault(tenant, path)
        for name in domains:
            self._domains.setdefault(name, path)
        return _Named(frozenset(ids), frozenset(domains | initial))

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
