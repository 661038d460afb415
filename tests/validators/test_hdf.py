"""HDF: inspecjs, the library by which Heimdall reads it, and what it makes of every control.

Its parser is made from the schema of exec-json. No package carries the schema itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hdf_reader import heimdall_status
from toolbox import LOCATION, Complaints, Validator, in_node, node_module, replacing

from reports import Options


def _by_heimdall(paths: Sequence[Path]) -> Complaints:
    """Complain of what Heimdall cannot read, and of a status that is another than the reports' own reader tells."""
    node_module("inspecjs")
    done = in_node("by_heimdall.mjs", *paths)
    assert done.code == 0, done.said
    judged = json.loads(done.out)
    assert set(judged) == set(map(str, paths))
    return {Path(path): wrong for path, told in judged.items() if (wrong := _wrong_with(Path(path), told)) is not None}


def _wrong_with(path: Path, told: dict[str, object]) -> str | None:
    if "controls" not in told:
        return str(told["wrong"])
    (profile,) = json.loads(path.read_text(encoding="utf-8"))["profiles"]
    shown = {one["id"]: (one["status"], one["severity"], one["waived"]) for one in told["controls"]}
    expected = {
        one["id"]: (heimdall_status(one), one["tags"]["severity"], False)
        for one in profile["controls"]
        if _agrees(one["tags"]["outcome"], heimdall_status(one))
    }
    return None if shown == expected else f"Heimdall shows {sorted(shown.items() - expected.items())}"


def _agrees(outcome: str, status: str) -> bool:
    return status in {
        "fail": ("Failed",),
        "error": ("Profile Error",),
        "not_collected": ("Profile Error",),
        "manual": ("Not Reviewed",),
        "waived": ("Failed", "Profile Error", "Not Reviewed"),
        "pass": ("Passed",),
        "not_applicable": ("Not Applicable",),
    }.get(outcome, ())


VALIDATORS = (
    Validator(
        format="hdf",
        name="inspecjs",
        judge=_by_heimdall,
        broken={
            "a status that does not exist": replacing('"status": "failed"', '"status": "broken"'),
            "a control without an id": replacing('"id": "AUD-04",\n          "title"', '"title"'),
            "an impact that is no number": replacing('"impact": 0.9', '"impact": "high"'),
            "a failure without impact": replacing('"impact": 0.9', '"impact": 0.0'),
            "a waiver that hides a failure": replacing(
                '"skipped_due_to_waiver": false', '"skipped_due_to_waiver": true'
            ),
            "a document that is cut off": lambda document: document[:-400],
        },
        options=Options(location=LOCATION),
    ),
)
