"""A work paper for spreadsheets: what an auditor files, with the conclusion and the signatures left blank.

No cell is a formula: every text is written as text, and one that looks like a formula carries Excel's mark for text, so
that editing the cell does not make it one. Instants are ISO 8601 in UTC. The same assessment gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment
from compliance.errors import InputError
from reports import cells
from reports.cells import Cell
from reports.options import Options
from reports.xlsx.paper import first_page
from reports.xlsx.sheets import Sheet, sheets

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel would read as the code of a character (ECMA-376, ST_Xstring)."""
_LOOKS_LIKE_MORE = re.compile(r"\s*[=+\-@'\uff1d\uff0b\uff0d\uff20]")
_RED, _YELLOW, _BLUE, _GREEN = "lookback F8D7DA", "lookback FFF3CD", "lookback E2E3F3", "lookback D8EEDD"
_COLOURS = {
    "fail": _RED,
    "error": _RED,
    "indeterminate": _YELLOW,
    "not collected": _YELLOW,
    "manual": _YELLOW,
    "waived": _BLUE,
    "pass": _GREEN,
}
_TITLE, _HEADING, _TEXT, _BLANK = "lookback title", "lookback heading", "lookback text", "lookback blank"
_COLOURED = ("Outcome", "Status", ": status")
_A4 = 9
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def xlsx_report(assessed: Assessed, options: Options) -> bytes:
    """Return the work paper as an Excel workbook; raises InputError where openpyxl is not installed."""
    try:
        from openpyxl import Workbook
    except ImportError:
        raise InputError(
            "the work paper needs a package that is not installed: openpyxl",
            where="--report xlsx",
            next_step="Install it: pip install 'lookback-auditor[xlsx]'",
        ) from None
    book = Workbook()
    for given in book.worksheets:
        book.remove(given)
    _add_styles(book)
    _first_page(book, assessed.assessment, options)
    for sheet in sheets(assessed):
        _table(book, sheet)
    return _packed(book, assessed.assessment.as_of)


def _add_styles(book: Workbook) -> None:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    wrapped = Alignment(wrap_text=True, vertical="top")
    book.add_named_style(NamedStyle(_TITLE, font=Font(bold=True, size=14)))
    book.add_named_style(NamedStyle(_HEADING, font=Font(bold=True), alignment=wrapped))
    book.add_named_style(NamedStyle(_TEXT, alignment=wrapped))
    book.add_named_style(NamedStyle(_BLANK, alignment=wrapped, border=Border(bottom=Side(style="thin"))))
    for colour in sorted(set(_COLOURS.values())):
        book.add_named_style(
            NamedStyle(colour, alignment=wrapped, fill=PatternFill("solid", fgColor=colour.removeprefix("lookback ")))
        )


def _first_page(book: Workbook, assessment: Assessment, options: Options) -> None:
    page = _page(book, "Workpaper", (18, 120))
    _put(page, 1, 1, "Work paper: how far back can you look, and can you prove it?", _TITLE)
    rows = count(3)
    for heading, lines in first_page(assessment, options):
        for index, line in enumerate(lines or (None,)):
            row = next(rows)
            _put(page, row, 1, None if index else heading, _HEADING)
            _put(page, row, 2, line, _TEXT if lines else _BLANK)


def _table(book: Workbook, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    page = _page(book, sheet.title, [width for _, width in sheet.headings])
    for row, line in enumerate(sheet.about, start=1):
        _put(page, row, 1, line, None)
    top = len(sheet.about) + 2
    for column, (heading, _) in enumerate(sheet.headings, start=1):
        _put(page, top, column, heading, _HEADING)
    coloured = [heading.endswith(_COLOURED) for heading, _ in sheet.headings]
    for row, values in enumerate(sheet.rows, start=top + 1):
        for column, (value, in_colour) in enumerate(zip(values, coloured, strict=True), start=1):
            _put(page, row, column, value, _COLOURS.get(str(value), _TEXT) if in_colour else _TEXT)
    page.freeze_panes = f"A{top + 1}"
    page.print_title_rows = f"{top}:{top}"
    if sheet.rows:
        last = f"{get_column_letter(len(sheet.headings))}{top + len(sheet.rows)}"
        table = Table(displayName=sheet.title.replace(" ", "_"), ref=f"A{top}:{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        page.add_table(table)


def _page(book: Workbook, title: str, widths: Iterable[int]) -> Worksheet:
    """Add a sheet that prints on landscape A4, as wide as a page and as long as it takes."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    page: Worksheet = book.create_sheet(title)
    for column, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if (footer := page.oddFooter) is not None:
        footer.left.text, footer.right.text = "&A", "&P / &N"
    return page


def _put(page: Worksheet, row: int, column: int, value: Cell, style: str | None) -> None:
    """Write a value; a text is a text whatever it looks like, which openpyxl would otherwise guess."""
    cell = page.cell(row, column)
    if style is not None:
        cell.style = style
    match value:
        case bool():
            cell.value = "yes" if value else "no"
        case str():
            text = cells.text(value)
            cell.value = _ESCAPE.sub("_x005F_", text)
            cell.data_type = "s"
            if _LOOKS_LIKE_MORE.match(text):
                cell.quotePrefix = True
        case _:
            cell.value = value


def _packed(book: Workbook, as_of: dt.datetime) -> bytes:
    """Return the workbook's file; what would tell the moment of writing tells that of the assessment, or none."""
    from openpyxl.writer.excel import ExcelWriter

    moment = as_of.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "lookback"
    book.properties.created = book.properties.modified = moment
    written = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w") as file:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, _UNIX
            file.writestr(entry, parts.read(name))
    return packed.getvalue()
