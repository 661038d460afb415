"""XLSX: what openpyxl reads back, and what Excel is known to repair or to run."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from toolbox import LOCATION, Breaking, Complaints, Validator, in_python, replacing

from reports import Options

_SHEET = "xl/worksheets/sheet2.xml"


def by_openpyxl(paths: Sequence[Path]) -> Complaints:
    """Open each workbook, and look into its files."""
    done = in_python("tools", "by_openpyxl.py", *paths)
    assert done.code == 0, done.said
    return {Path(path): wrong for path, wrong in json.loads(done.out).items()}


def inside(part: str, old: str, new: str) -> Breaking:
    """Break one of the files of a workbook."""
    break_it = replacing(old, new)

    def rewritten(document: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(document)) as before, zipfile.ZipFile(made, "w") as after:
            assert part in before.namelist()
            for name in before.namelist():
                after.writestr(name, break_it(before.read(name)) if name == part else before.read(name))
        return made.getvalue()

    return rewritten


VALIDATORS = (
    Validator(
        format="xlsx",
        name="openpyxl, and what Excel repairs or runs",
        judge=by_openpyxl,
        broken={
            "a formula": inside(_SHEET, "<is><t>AUD-04</t></is>", "<f>1+1</f>"),
            "an error": inside(_SHEET, '<c r="B4" s="3" t="inlineStr"', '<c r="B4" s="3" t="e"'),
            "a control character": inside(_SHEET, "AUD-04", "AUD\x0b04"),
            "a heading that is not that of its table": inside(_SHEET, "<t>Severity</t>", "<t>Weight</t>"),
            "XML that does not end": inside(_SHEET, "</worksheet>", ""),
            "a sheet that is not declared": inside(
                "[Content_Types].xml", 'PartName="/xl/worksheets/sheet2.xml"', 'PartName="/xl/worksheets/other.xml"'
            ),
            "an archive cut off": lambda document: document[: len(document) // 2],
        },
        options=Options(location=LOCATION),
    ),
)
