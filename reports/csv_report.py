"""Tables as CSV: a row per control, and a row per affected object.

UTF-8 with a byte order mark, without which Excel takes it for another encoding; commas, CRLF (RFC 4180), every cell in
quotes. Instants are ISO 8601 in UTC with a Z, truth is `true` and `false`, lists are joined by semicolons, and an empty
cell is not known or not there. Characters that are not shown stand as escapes such as `\\x1b`, and a cell ends at
16,000 characters with an ellipsis. `lookback schema datapackage` describes every column.

A spreadsheet runs what looks like a formula. An apostrophe is put before a cell that begins with = + - or @, spaces and
quotes before them aside, and before what would begin such a cell where a reader parts cells at semicolons or does not
heed quotes; full-width and small forms of these signs count as they do (OWASP, CSV Injection). Tabs and line breaks are
escapes by then. `assessment.json` holds every text as it was read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from compliance.assessment.assessed import Assessed
from reports.cells import Cell, text
from reports.csv_columns import CONTROLS, OBJECTS, Column, Control, Object, RowT
from reports.options import Options

_BYTE_ORDER_MARK = "\ufeff"
_SIGNS = "=+\\-@" + "\uff1d\uff0b\uff0d\uff20" + "\ufe66\ufe62\ufe63\ufe6b" + "\u2212"
_FORMULA = re.compile(rf"(^|[,;])(?=[\s\"]*[{_SIGNS}])")


def csv_report(assessed: Assessed, options: Options) -> str:
    """Return a table with a row for each finding, in the order of the assessment."""
    del options
    assessment = assessed.assessment
    return _table(CONTROLS, (Control(assessment, finding) for finding in assessment.findings))


def objects_csv_report(assessed: Assessed, options: Options) -> str:
    """Return a table with a row for each affected object, under each finding that names it."""
    del options
    return _table(OBJECTS, _objects(assessed))


def _objects(assessed: Assessed) -> Iterator[Object]:
    for finding in assessed.assessment.findings:
        control = Control(assessed.assessment, finding)
        for one in assessed.affected[finding.uid]:
            yield Object(control, one)


def _table(columns: Sequence[Column[RowT]], rows: Iterable[RowT]) -> str:
    written = io.StringIO()
    written.write(_BYTE_ORDER_MARK)
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([_shown(column.value(row)) for column in columns] for row in rows)
    return written.getvalue()


def _shown(value: Cell) -> str:
    match value:
        case str():
            return _defused(value)
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)


@lru_cache(maxsize=256)
def _defused(value: str) -> str:
    """Return a text as it stands in its cell; most columns say the same in row after row."""
    shown = text(value)
    return _FORMULA.sub(r"\1'", shown) if _FORMULA.search(shown) else shown
