"""Open workbooks: each argument is an XLSX file; prints what is wrong by its path, as JSON.

Beyond opening them: every XML file is well formed, no cell is a formula, an error or a link, every part is declared,
and the headings of every table are those of its cells, without which Excel repairs the file.
"""

from __future__ import annotations

import json
import sys
import zipfile

from lxml import etree
from openpyxl import load_workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
FORBIDDEN = (f"{MAIN}f", f"{MAIN}hyperlink", f"{MAIN}externalReference")
LONGEST = 32_767


def complaints(name: str):
    """Yield what is wrong with a workbook."""
    with zipfile.ZipFile(name) as file:
        trees = {part: etree.fromstring(file.read(part)) for part in file.namelist()}
    declared = {each.get("PartName") for each in trees["[Content_Types].xml"].iter(f"{TYPES}Override")}
    for part, tree in trees.items():
        if part.endswith(".xml") and part != "[Content_Types].xml" and f"/{part}" not in declared:
            yield f"{part}: is not declared"
        if part.startswith("xl/"):
            yield from (f"{part}: {found.tag}" for found in tree.iter(*FORBIDDEN))
        yield from (f"{part}: error at {cell.get('r')}" for cell in tree.iter(f"{MAIN}c") if cell.get("t") == "e")
    for sheet in load_workbook(name):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str) and len(cell.value.encode("utf-16-le")) > 2 * LONGEST:
                yield f"{sheet.title}!{cell.coordinate}: a longer text than a cell holds"
        for table in sheet.tables.values():
            headings = [cell.value for cell in sheet[table.ref][0]]
            if headings != table.column_names or len(set(headings)) < len(headings):
                yield f"{sheet.title}: the table's headings are {table.column_names}, its cells {headings}"


told = {}
for path in sys.argv[1:]:
    try:
        wrong = list(complaints(path))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        wrong = [f"is not read: {type(error).__name__}: {error}"]
    if wrong:
        told[path] = "; ".join(wrong[:5])
print(json.dumps(told))
