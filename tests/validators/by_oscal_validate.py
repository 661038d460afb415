"""Validates OSCAL documents with oscal-validate: `by_oscal_validate.py DOCUMENT...`.

Each is read beside the plan in its folder. Prints what is wrong with each, by its path. What could not be verified is
no complaint.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from oscal_validate.validator import validate_file

PLAN = "oscal-ap.json"
_COMPLAINTS = ("ERROR", "WARNING")


def wrong_with(path: Path) -> str | None:
    """Return the errors and warnings about a document."""
    beside = [] if path.name == PLAN else [path.with_name(PLAN)]
    findings = (one.to_dict() for one in validate_file(path, beside))
    return "\n".join(json.dumps(one) for one in findings if one["severity"] in _COMPLAINTS) or None


def main(*paths: str) -> None:
    judged = {path: wrong_with(Path(path)) for path in paths}
    print(json.dumps({path: wrong for path, wrong in judged.items() if wrong is not None}))


if __name__ == "__main__":
    main(*sys.argv[1:])
