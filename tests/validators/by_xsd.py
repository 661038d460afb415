"""Judges XML documents by a schema: `by_xsd.py lxml|xmlschema SCHEMA DOCUMENT...`; prints what is wrong as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from xml.etree import ElementTree

import lxml.etree
import xmlschema


def by_lxml(schema: str) -> Callable[[str], str | None]:
    judge = lxml.etree.XMLSchema(lxml.etree.parse(schema))
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True)

    def wrong_with(path: str) -> str | None:
        try:
            document = lxml.etree.parse(path, parser)
        except lxml.etree.XMLSyntaxError as error:
            return f"is not well formed: {error}"
        return None if judge.validate(document) else str(judge.error_log)

    return wrong_with


def by_xmlschema(schema: str) -> Callable[[str], str | None]:
    judge = xmlschema.XMLSchema(schema)

    def wrong_with(path: str) -> str | None:
        try:
            judge.validate(path)
        except (xmlschema.XMLSchemaException, ElementTree.ParseError) as error:
            return str(error)[:2_000]
        return None

    return wrong_with


def main(library: str, schema: str, *paths: str) -> None:
    wrong_with = {"lxml": by_lxml, "xmlschema": by_xmlschema}[library](schema)
    judged = {path: wrong_with(path) for path in paths}
    print(json.dumps({path: wrong for path, wrong in judged.items() if wrong is not None}))


if __name__ == "__main__":
    main(*sys.argv[1:])
