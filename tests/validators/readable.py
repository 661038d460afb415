"""What a reader of each format sees as text: strings of JSON, text and attributes of XML, cells, whole files."""

from __future__ import annotations

import html
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

_DANGEROUS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ORDINARY = frozenset("\n\r\t")


def texts(report: str, document: bytes) -> Iterator[str]:
    """Yield every text of a document, with whatever its format escapes put back; raises where it is not well formed."""
    if zipfile.is_zipfile(io.BytesIO(document)):
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    yield from _of_xml(archive.read(name))
        return
    text = document.decode("utf-8")
    match report:
        case "junit":
            yield from _of_xml(document)
        case "sarif" | "oscal-ar" | "oscal-ap" | "oscal-poam" | "hdf":
            yield from _of_json(json.loads(text))
        case "ocsf":
            for line in text.splitlines():
                yield from _of_json(json.loads(line))
        case "html" | "markdown":
            yield html.unescape(text)
        case _:
            yield text


def dangers(text: str) -> set[str]:
    """Return the characters that move a cursor, turn the direction of writing, hide, or are none at all."""
    if text.isascii() and text.isprintable():
        return set()
    return {one for one in set(text) - _ORDINARY if unicodedata.category(one) in _DANGEROUS}


def _of_xml(document: bytes) -> Iterator[str]:
    for element in ElementTree.fromstring(document).iter():
        yield from filter(None, (element.text, element.tail, *element.attrib.values()))


def _of_json(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, each in value.items():
                yield str(key)
                yield from _of_json(each)
        case list():
            for each in value:
                yield from _of_json(each)
        case _:
            pass
