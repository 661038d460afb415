"""`lookback schema NAME`: the JSON Schema of a file that lookback reads or writes, or the package of its CSV files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers

NAMES = (
    "assessment",
    "objects",
    "datapackage",
    "manifest",
    "result",
    "config",
    "waivers",
    "declarations",
    "standard",
    "provenance",
    "retention_policies",
)


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("schema", help="print the JSON Schema of a file that lookback reads or writes")
    parser.add_argument("name", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(schemas()[args.name](), indent=2, sort_keys=True))
    return 0


def schemas() -> dict[str, Callable[[], dict[str, Any]]]:
    """Return how each schema is made, by name."""
    import msgspec

    from compliance import settings, standards
    from compliance.assessment import declarations, waivers
    from compliance.evidence import attested
    from compliance.evidence.manifest import Manifest
    from compliance.result import ResultManifest
    from compliance.sources.imported import provenance
    from reports.csv_columns import datapackage
    from reports.json_report import assessment_schema, objects_schema

    return {
        "assessment": assessment_schema,
        "objects": objects_schema,
        "datapackage": datapackage,
        "manifest": lambda: msgspec.json.schema(Manifest),
        "result": lambda: msgspec.json.schema(ResultManifest),
        "config": settings.json_schema,
        "waivers": waivers.json_schema,
        "declarations": declarations.json_schema,
        "standard": standards.json_schema,
        "provenance": provenance.json_schema,
        "retention_policies": attested.json_schema,
    }
