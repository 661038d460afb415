"""The formats of a report: each a pure projection of one assessment.

Only the format that is asked for is loaded: some need a library that others can do without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from compliance.errors import InputError
from reports.options import Options

if TYPE_CHECKING:
    from compliance.assessment.assessed import Assessed

__all__ = ["REPORTS", "Format", "Options", "Report", "render"]

Report = Callable[["Assessed", Options], str | bytes]
"""Turns an assessment into a document; the same arguments always give the same one.

Text may hold lone surrogates where a tenant's names do and the format can carry them; they are written as escapes.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the module and function that write it, and what it is, for `--help`."""

    module: str
    function: str
    is_: str


REPORTS: Mapping[str, Format] = MappingProxyType(
    {
        "console": Format("reports.console", "console_report", "text for a terminal"),
        "json": Format("reports.json_report", "json_report", "the assessment itself"),
        "html": Format("reports.html", "html_report", "one self-contained page to read, print and sign"),
        "csv": Format("reports.csv_report", "csv_report", "a row per control"),
        "csv-objects": Format("reports.csv_report", "objects_csv_report", "a row per affected object"),
        "xlsx": Format("reports.xlsx", "xlsx_report", "a work paper for spreadsheets"),
        "markdown": Format("reports.markdown_report", "markdown_report", "a summary for a ticket or a job's page"),
        "github": Format("reports.github_report", "github_report", "annotations of GitHub Actions"),
        "junit": Format("reports.junit_report", "junit_report", "JUnit XML for GitLab, Azure DevOps and Jenkins"),
        "sarif": Format("reports.sarif_report", "sarif_report", "failures for GitHub code scanning"),
        "oscal-ar": Format("reports.oscal", "assessment_results", "OSCAL assessment results"),
        "oscal-ap": Format("reports.oscal", "assessment_plan", "OSCAL assessment plan"),
        "oscal-poam": Format("reports.oscal", "plan_of_action", "OSCAL plan of action and milestones"),
        "ocsf": Format("reports.ocsf_report", "ocsf_report", "OCSF compliance findings, one a line"),
        "hdf": Format("reports.hdf_report", "hdf_report", "Heimdall data format"),
    }
)
"""Every format by the name that `--report` takes."""


def render(name: str, assessed: Assessed, options: Options) -> str | bytes:
    """Return an assessment in a format; raises InputError for a name that is not in `REPORTS`."""
    if name not in REPORTS:
        raise InputError(f"there is no report format {name!r}", next_step=f"Give one of {', '.join(REPORTS)}.")
    found = REPORTS[name]
    report = cast("Report", getattr(import_module(found.module), found.function))
    return report(assessed, options)
