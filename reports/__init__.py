"""The formats of a report: each a pure projection of one assessment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from compliance.assessment.assessment import Assessment
from compliance.errors import InputError
from reports.console import console_report
from reports.json_report import assessment_schema, json_report
from reports.options import Options

__all__ = ["REPORTS", "Options", "Report", "assessment_schema", "render"]

Report = Callable[[Assessment, Options], str]
"""Turns an assessment into text; the same arguments always give the same text."""

REPORTS: Mapping[str, Report] = MappingProxyType({"console": console_report, "json": json_report})
"""Every format by the name that `--report` takes."""


def render(name: str, assessment: Assessment, options: Options) -> str:
    """Return an assessment in a format; raises InputError for a name that is not in `REPORTS`."""
    report = REPORTS.get(name)
    if report is None:
        raise InputError(f"there is no report format {name!r}", next_step=f"Give one of {', '.join(REPORTS)}.")
    return report(assessment, options)
