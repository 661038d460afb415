"""The registry of facts."""

from __future__ import annotations

import re
from pathlib import Path

from compliance.rules.facts import FACTS

RULES = Path(__file__).parents[2] / "compliance" / "rules"


def test_every_fact_names_a_public_page_and_an_iso_date_if_any() -> None:
    for fact in FACTS.values():
        assert "https://" in fact.source, fact.id
        assert fact.date is None or re.fullmatch(r"\d{4}-\d\d-\d\d", fact.date), fact.id
        assert fact.statement.endswith("."), fact.id


def test_every_fact_that_a_rule_names_is_registered() -> None:
    text = "".join(module.read_text(encoding="utf-8") for module in RULES.glob("*.py"))
    prefixes = "|".join({fact_id.split(".")[0] for fact_id in FACTS})
    assert set(re.findall(rf"(?:{prefixes})\.[a-z0-9]+(?:-[a-z0-9]+)+", text)) <= FACTS.keys()
