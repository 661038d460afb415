"""The facts of the field that the rules rest on: each with its source, the source's date, and how certain it is.

Every result of a rule names the ids of the facts that it used, so that a reader can go back to the published text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from compliance.rules.facts import access, azure, mailboxes, purview, services, storage
from compliance.rules.facts.fact import Certainty, Fact

__all__ = ["FACTS", "Certainty", "Fact"]


def _by_id(facts: Iterable[Fact]) -> Mapping[str, Fact]:
    found: dict[str, Fact] = {}
    for fact in facts:
        if fact.id in found:
            raise ValueError(f"the fact {fact.id} is stated twice")
        found[fact.id] = fact
    return MappingProxyType(found)


FACTS = _by_id(fact for part in (purview, mailboxes, services, azure, storage, access) for fact in part.FACTS)
"""Every fact by its id."""
