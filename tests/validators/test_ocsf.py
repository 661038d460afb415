"""OCSF: the schemas of every version from 1.5 to 1.8, strictly: an attribute that a version lacks is refused.

They cannot tell seconds from milliseconds, nor a caption that says something else than its id: the reader in the
reports' own tests does.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Sequence
from pathlib import Path

from toolbox import LOCATION, Complaints, Validator, in_python, replacing

from reports import Options


def _by(version: str, paths: Sequence[Path]) -> Complaints:
    done = in_python("tools", "by_ocsf.py", version, *paths)
    assert done.code == 0, done.said
    return {Path(path): wrong for path, wrong in json.loads(done.out).items()}


def _a_time_in_fractions(document: bytes) -> bytes:
    return re.sub(rb'"time": (\d+)', rb'"time": \1.5', document, count=1)


_BROKEN = {
    "no uid of the finding": replacing('"uid": "uid-AUD-04"', '"id": "uid-AUD-04"'),
    "a status that does not exist": replacing('"status_id": 3', '"status_id": 33'),
    "a time that is not whole": _a_time_in_fractions,
    "evidence that is none": replacing('"evidences": [{"data"', '"evidences": [{"nothing"'),
    "a line that is cut off": lambda document: document[:-40],
}

VALIDATORS = tuple(
    Validator(
        format="ocsf",
        name=f"OCSF {version}",
        judge=functools.partial(_by, version),
        broken=_BROKEN,
        options=Options(location=LOCATION),
    )
    for version in ("1.5.0", "1.6.0", "1.7.0", "1.8.0")
)
