"""JUnit: the schema of the xunit plugin of Jenkins, read by two libraries."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path

from toolbox import LOCATION, Complaints, Validator, in_python, replacing, source_file

from reports import Options


def _by(library: str, paths: Sequence[Path]) -> Complaints:
    done = in_python("tools", "by_xsd.py", library, source_file("junit-10.xsd"), *paths)
    assert done.code == 0, done.said
    return {Path(path): wrong for path, wrong in json.loads(done.out).items()}


_BROKEN = {
    "properties of a test case": replacing("<failure type", "<properties /><failure type"),
    "a suite that does not say how many tests failed": replacing(' failures="2" errors="11" skipped', " skipped"),
    "a test without a name": replacing(' name="AUD-04', ' title="AUD-04'),
    "a control character": replacing("what 7 accounts", "what \x0b accounts"),
    "a time that is none": replacing('time="0" timestamp', 'time="soon" timestamp'),
}

VALIDATORS = tuple(
    Validator(
        format="junit",
        name=f"junit-10.xsd by {library}",
        judge=functools.partial(_by, library),
        broken=_BROKEN,
        options=Options(location=LOCATION, show_objects=True),
    )
    for library in ("lxml", "xmlschema")
)
