"""Going on with an unfinished collection: is it the same one, and what of it can be kept?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from compliance.collector.reading import counted
from compliance.errors import InputError
from compliance.evidence.bundle import frames_of
from compliance.evidence.datasets import DATASETS, Origin, State
from compliance.evidence.journal import Journal
from compliance.evidence.manifest import DatasetEntry
from compliance.evidence.rows import PAGE, typed_rows
from compliance.sources.readers import READERS
from compliance.sources.transport import TenantApis


def require_same(begun: Journal, wanted: Journal, out: Path) -> None:
    """Raise InputError, naming everything that differs, where a collection was begun for something else."""
    differing = [
        f"{what} ({mine} then, {yours} now)"
        for what, mine, yours in (
            ("the version of lookback", begun.tool.version, wanted.tool.version),
            ("the tenant", begun.tenant, wanted.tenant),
            ("the cloud", begun.cloud, wanted.cloud),
            ("--previous", _followed(begun), _followed(wanted)),
        )
        if mine != yours
    ]
    if begun.asked != wanted.asked:
        differing.append("--only, which says what to read")
    if begun.scope != wanted.scope:
        differing.append("the scope")
    elif begun.settings_sha256 != wanted.settings_sha256:
        differing.append("the settings in config.yaml")
    if differing:
        raise InputError(
            f"was begun otherwise; what differs: {', '.join(differing)}",
            where=str(out),
            next_step="Give what it was begun with, or collect anew into another directory.",
        )


def _followed(journal: Journal) -> str:
    return "none" if journal.previous is None else journal.previous.manifest_sha256[:12]


def kept(apis: TenantApis, out: Path, begun: Journal, say: Callable[[str], None]) -> tuple[DatasetEntry, ...]:
    """Return the datasets that need not be read again: complete, and with every byte and row as it was noted.

    What was denied, failed or read in part is read again, since its cause may have passed. So is what was discovered
    from a dataset that is read again. What later readers need to know is learnt from the pages once more.
    """
    whole: list[DatasetEntry] = []
    again: set[str] = set()
    finished = {entry.name: entry for entry in begun.finished}
    if begun.clock_offsets:
        apis.clock_offset = timedelta(seconds=begun.clock_offsets[-1])
    for name in (name for name in DATASETS if name in begun.asked):
        spec, entry = DATASETS[name], finished.get(name)
        if entry is not None and entry.state is State.COMPLETE and again.isdisjoint(spec.discovered_from):
            if _intact(out, entry):
                _learn(apis, out, entry)
                apis.whole.add(name)
                whole.append(entry)
                continue
            say(f"{name}: {out / (entry.file or '')} is not what the journal says, so it is read again")
        again.add(name)
    return tuple(whole)


def _intact(out: Path, entry: DatasetEntry) -> bool:
    """Whether a dataset is what a complete reading of it leaves behind, as `lookback check` would find."""
    spec = DATASETS[entry.name]
    if entry.file is None or entry.rows is None or (entry.origin, entry.request) != (Origin.COLLECTED, spec.request):
        return False
    if entry.expected_rows is not None and entry.rows < entry.expected_rows:
        return False
    try:
        for _ in typed_rows(out, entry):
            pass
        headers = [frame.header for frame in frames_of(out, entry)]
    except InputError:
        return False
    absent = tuple(header["absent"] for header in headers if "absent" in header)
    if absent != entry.absent or any(header["kind"] != PAGE for header in headers):
        return False
    return counted(spec, entry.rows, entry.expected_rows)[0] is State.COMPLETE


def _learn(apis: TenantApis, out: Path, entry: DatasetEntry) -> None:
    learn = READERS[entry.name].learn
    if learn is not None:
        for body in _pages(out, entry):
            learn(apis, body)


def _pages(out: Path, entry: DatasetEntry) -> Iterator[bytes]:
    return (frame.body for frame in frames_of(out, entry) if frame.header.get("kind") == PAGE)
