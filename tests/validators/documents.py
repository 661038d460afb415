"""Assessments of every sort, and the documents that `lookback check --report` writes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hostile import NAMES, hostile, thorough
from lookback_command import collect_from
from made_assessments import assessed, ordinary

from checks import all_checks
from compliance.assessment.assessed import Assessed
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.cli.reporting import Wanted, write_report
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.evidence.bundle import open_bundle
from compliance.runner import assess
from compliance.standards import load_standard
from reports import Options

SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "agency": ("m-21-31", "m-26-14"),
    "compliant": ("m-26-14",),
    "everything-kept": ("m-21-31",),
}
"""Scenarios of the simulated tenant and the standards that they are judged by."""
ORDINARY = "ordinary"
"""The assessment made by hand that holds every status and kind; the one that is broken on purpose."""
THOROUGH = "thorough"
"""Likewise, with every field filled: what changed, the period, who read it, what it would take."""
_SUFFIXES = {
    "csv": "csv",
    "csv-objects": "csv",
    "github": "txt",
    "hdf": "json",
    "html": "html",
    "json": "json",
    "junit": "xml",
    "markdown": "md",
    "ocsf": "ndjson",
    "sarif": "sarif",
    "xlsx": "xlsx",
}


def file_name(report: str) -> str:
    """Return the name of a format's document here: `oscal-ar.json`, `junit.xml`."""
    return f"{report}.{_SUFFIXES.get(report, 'json' if report.startswith('oscal') else 'txt')}"


class Documents:
    """Every document that was asked for, each written once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bundles: dict[str, Path] = {}
        self._assessed: dict[str, Assessed] = {}
        self._written: dict[Options, str] = {}

    def labels(self) -> tuple[str, ...]:
        """Return what names the assessments: scenarios, `ordinary`, `thorough`, `hostile-00` and on."""
        return (*SCENARIOS, ORDINARY, THOROUGH, *(f"hostile-{number:02}" for number in range(len(NAMES))))

    def assessed(self, label: str) -> Assessed:
        """Return an assessment by its label."""
        if label not in self._assessed:
            self._assessed[label] = self._made(label)
        return self._assessed[label]

    def bundle(self, label: str) -> Path:
        """Return the bundle of a scenario, not to be changed; those made by hand have none, only the path of one."""
        if label not in SCENARIOS:
            return self._folder / "bundle"
        if label not in self._bundles:
            with serve(load_scenario(label)) as served:
                self._bundles[label] = collect_from(served, self._folder / "bundles" / label)
        return self._bundles[label]

    def of(self, report: str, options: Options, *beside: str) -> Mapping[str, Path]:
        """Write one format of every assessment, and others beside it; returns paths by label."""
        return {label: self.one(label, report, options, *beside) for label in self.labels()}

    def one(self, label: str, report: str, options: Options, *beside: str) -> Path:
        """Write one format of one assessment, and others beside it; returns the path of the first."""
        variant = self._written.setdefault(options, f"options-{len(self._written)}")
        folder = self._folder / variant / label
        folder.mkdir(parents=True, exist_ok=True)
        for each in (report, *beside):
            path = folder / file_name(each)
            if not path.exists():
                write_report(Wanted(each, path), self.assessed(label), options, self.bundle(label))
        return folder / file_name(report)

    def _made(self, label: str) -> Assessed:
        if label in SCENARIOS:
            return assess(
                open_bundle(self.bundle(label)),
                checks=all_checks(),
                left_out=(),
                standards=[load_standard(one) for one in SCENARIOS[label]],
                declarations=NO_DECLARATIONS,
                waivers=(),
            )
        if label == ORDINARY:
            return assessed(ordinary())
        if label == THOROUGH:
            return assessed(thorough())
        return assessed(hostile(NAMES[int(label.removeprefix("hostile-"))]))
