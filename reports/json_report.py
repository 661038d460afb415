"""The assessment itself, in its one spelling, and the JSON Schema that it follows."""

from __future__ import annotations

from typing import Any

import msgspec

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import SCHEMA, Assessment
from compliance.assessment.document import encode
from reports.options import Options


def json_report(assessed: Assessed, options: Options) -> str:
    """Return the text of `assessment.json`, the same whatever the options say."""
    del options
    return encode(assessed.assessment).decode()


def assessment_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `assessment.json`; each part is described by its type's docstring."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": "Assessment of lookback",
        **msgspec.json.schema(Assessment),
    }
