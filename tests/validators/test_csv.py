"""CSV: both tables as a Frictionless data package, described by `lookback schema datapackage`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from documents import file_name
from toolbox import LOCATION, Complaints, Validator, in_python, replacing

from compliance.cli.schema import schemas
from reports import Options

_REPORTS = {"controls": "csv", "objects": "csv-objects"}


def by_frictionless(paths: Sequence[Path]) -> Complaints:
    """Validate the package that each document lies in, keys between its two tables included."""
    packages: dict[Path, Path] = {}
    for path in paths:
        package = schemas()["datapackage"]()
        for resource in package["resources"]:
            resource["path"] = file_name(_REPORTS[resource["name"]])
        file = path.with_name(f"{path.stem}.datapackage.json")
        file.write_text(json.dumps(package), encoding="utf-8")
        packages[file] = path
    done = in_python("tools", "by_frictionless.py", *packages)
    assert done.code == 0, done.said
    return {packages[Path(file)]: wrong for file, wrong in json.loads(done.out).items()}


_CONTROLS: Mapping[str, tuple[str, str]] = {
    "an outcome that there is not": ('"fail","fail"', '"failed","fail"'),
    "a moment that is none": ('"2026-10-05T09:00:00Z"', '"5 October 2026"'),
    "a number that is none": ('"7","4842"', '"seven","4842"'),
    "a truth that is none": (',"true",', ',"yes",'),
    "a column too few": ('"tenant_id",', ""),
    "a column of another name": ('"severity"', '"weight"'),
    "a control twice": ('"uid-AUD-01"', '"uid-AUD-04"'),
    "a control without its check": ('"AUD-01"', '""'),
    "a quote that never ends": ('"AUD-04"', '"AUD-04'),
}
_OBJECTS: Mapping[str, tuple[str, str]] = {
    "an object of a control that is not there": ('"uid-AUD-04"', '"uid-AUD-99"'),
    "a status that there is not": ('"fail"', '"failed"'),
    "a truth that is none": ('"AuditBypassEnabled is True"', '"AuditBypassEnabled is True","more"'),
}

VALIDATORS = tuple(
    Validator(
        format=report,
        name="frictionless",
        judge=by_frictionless,
        broken={wrong: replacing(*change) for wrong, change in broken.items()},
        options=Options(location=LOCATION),
        beside=(other,),
    )
    for report, other, broken in (("csv", "csv-objects", _CONTROLS), ("csv-objects", "csv", _OBJECTS))
)
