"""How long every format takes, and how much memory, from one assessment that is read, judged and held once."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

from processes import apart, in_a_process, peak_megabytes, serving

if TYPE_CHECKING:
    from compliance.assessment.assessment import AffectedEntry

SIZE = 100_000
"""Mailboxes."""
AFFECTED = 20_000
"""Affected objects; nearly every mailbox is one, and those beyond this number are left out."""
MOST_SECONDS = 10.0
"""Of CPU, for all formats together: other processes of the machine are no format's fault."""
MOST_MEGABYTES = 500.0
FORMATS = (
    *("json", "html", "csv", "csv-objects", "xlsx", "markdown", "github", "junit", "sarif"),
    *("oscal-ar", "oscal-ap", "oscal-poam", "ocsf", "hdf"),
)
ALL_OBJECTS = "json, all objects"
_LOCATION = "config.yaml"


@dataclass(frozen=True, slots=True)
class Rendering:
    """One document: seconds of the clock and of CPU, its bytes, and the peak of the process by then."""

    format: str
    seconds: float
    cpu_seconds: float
    size: int
    megabytes: float


@dataclass(frozen=True, slots=True)
class Renderings:
    """All documents of one assessment, and how many objects it affects."""

    mailboxes: int
    affected: int
    documents: tuple[Rendering, ...]

    @property
    def cpu_seconds(self) -> float:
        """Seconds of CPU of all documents."""
        return sum(one.cpu_seconds for one in self.documents)

    @property
    def megabytes(self) -> float:
        """The peak of the process."""
        return max(one.megabytes for one in self.documents)

    @property
    def over(self) -> bool:
        """Whether a limit is passed."""
        return self.cpu_seconds > MOST_SECONDS or self.megabytes > MOST_MEGABYTES


class First(Sequence["AffectedEntry"]):
    """The first objects of a finding, each still made when it is asked for."""

    def __init__(self, objects: Sequence[AffectedEntry], number: int) -> None:
        self._objects = objects
        self._number = min(number, len(objects))

    def __len__(self) -> int:
        """Return how many there are."""
        return self._number

    @overload
    def __getitem__(self, index: int) -> AffectedEntry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[AffectedEntry]: ...
    def __getitem__(self, index: int | slice) -> AffectedEntry | Sequence[AffectedEntry]:
        """Return one object, or several."""
        if isinstance(index, slice):
            return [self._objects[number] for number in range(*index.indices(self._number))]
        if not 0 <= index < self._number:
            raise IndexError(index)
        return self._objects[index]


def rendered(size: int = SIZE) -> Renderings:
    """Collect a generated tenant, judge it by every check, write every format; raises SystemExit where one fails."""
    with tempfile.TemporaryDirectory(prefix="lookback-bench-") as folder:
        bundle = Path(folder) / "bundle"
        with serving(f"generated:{size}") as (config, environment):
            in_a_process(["collect", "-c", config, "-o", str(bundle), "-q"], environment)
        made = apart(_render_all, size, bundle)
    if made is None:
        raise SystemExit("a report failed")
    return made


def _render_all(size: int, bundle: Path) -> Renderings:
    from checks import all_checks
    from compliance.assessment.declarations import NO_DECLARATIONS
    from compliance.evidence.bundle import open_bundle
    from compliance.runner import assess
    from compliance.standards import load_standard
    from reports import Options, render

    assessed = assess(
        open_bundle(bundle),
        checks=all_checks(),
        left_out=(),
        standards=[load_standard("m-21-31")],
        declarations=NO_DECLARATIONS,
        waivers=(),
    )
    room = AFFECTED
    affected = {}
    for uid, objects in assessed.affected.items():
        affected[uid] = First(objects, room)
        room -= len(affected[uid])
    assessed = replace(assessed, affected=affected)
    documents = []
    for name in (*FORMATS, ALL_OBJECTS):
        options = Options(location=_LOCATION, all_objects=name == ALL_OBJECTS)
        started, worked = time.monotonic(), time.process_time()
        document = render(name.partition(",")[0], assessed, options)
        seconds, cpu_seconds = time.monotonic() - started, time.process_time() - worked
        size_of = len(document if isinstance(document, bytes) else document.encode("utf-8", "backslashreplace"))
        documents.append(Rendering(name, seconds, cpu_seconds, size_of, peak_megabytes()))
    return Renderings(size, sum(map(len, assessed.affected.values())), tuple(documents))


def told(renderings: Renderings) -> Iterator[str]:
    """The measurement as a table."""
    yield f"{renderings.mailboxes:,} mailboxes, {renderings.affected:,} affected objects"
    yield "  format              seconds    cpu s         bytes   peak MB"
    for one in renderings.documents:
        figures = f"{one.seconds:>7.2f}  {one.cpu_seconds:>7.2f}  {one.size:>12,}  {one.megabytes:>8.0f}"
        yield f"  {one.format:18} {figures}"
    yield (
        f"  all: {renderings.cpu_seconds:.1f} s of CPU (limit {MOST_SECONDS:.0f}),"
        f" {renderings.megabytes:.0f} MB at most (limit {MOST_MEGABYTES:.0f})"
    )
