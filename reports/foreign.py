"""What formats of others are given of a finding: ids, short harmless texts, and numbers by outcome."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from compliance.assessment.assessment import AppliedWaiver, Assessment, Finding
from compliance.assessment.verdict import OPEN
from reports.in_brief import numbers_of, why_open
from reports.outcome import Outcome, outcome_of
from reports.text import cut, harmless
from reports.words import STATUS_WORDS

LONG = 2_000
"""The most columns of a sentence that a tenant may have worded."""
SHORT = 200
"""The most columns of a name."""
SIMULATED = "SIMULATED TENANT: this says nothing of a real one"


def plain(text: str, most: int = LONG) -> str:
    """Return a text of at most `most` columns in which every character that is not shown is a visible escape."""
    return cut(harmless(text[: most * 4]), most, "…")


def control_id(finding: Finding) -> str:
    """Return the id of a finding's control: its check, and the standard where it is judged by one: `RET-01/m-21-31`."""
    return finding.check if finding.standard is None else f"{finding.check}/{plain(finding.standard, SHORT)}"


def aside_waivers(finding: Finding) -> Outcome:
    """Return how a finding would count if nobody had waived anything."""
    return outcome_of(msgspec.structs.replace(finding, waivers=()))


def counts_by_outcome(assessment: Assessment) -> Mapping[Outcome, int]:
    """Return how many findings there are of every outcome, none left out."""
    counted = Counter(outcome_of(finding) for finding in assessment.findings)
    return {outcome: counted[outcome] for outcome in Outcome}


def status_words(finding: Finding) -> str:
    """Return the status in words, and why where it is indeterminate."""
    why = why_open(finding)
    return f"{STATUS_WORDS[finding.status]} ({why})" if why else STATUS_WORDS[finding.status]


def in_numbers(finding: Finding) -> str:
    """Return what was found without the name of any object: the status, and how many are affected."""
    return "; ".join(filter(None, (status_words(finding), numbers_of(finding))))


def details(finding: Finding) -> Iterator[str]:
    """Yield what decides a finding and what else is to be said of it, line by line; objects of the tenant are named."""
    if finding.cause:
        yield f"decided by: {plain(finding.cause)}"
    if numbers := numbers_of(finding):
        yield numbers
    if finding.would_be is not None:
        yield f"otherwise: {plain(finding.would_be)}"
    yield from (f"note: {plain(note)}" for note in finding.notes)


def named(finding: Finding) -> Iterator[str]:
    """Yield the samples of what is affected, one to a line."""
    for one in finding.samples:
        undecided = "" if one.decided else "not decided, "
        yield f"{plain(one.name, SHORT)} [{plain(one.id, SHORT)}]: {undecided}{plain(one.why, SHORT)}"


def rests_on(finding: Finding) -> str:
    """Return the datasets that a finding rests on, and how the reading of each ended."""
    return plain(", ".join(f"{one.dataset} ({one.state.value})" for one in finding.evidence)) or "nothing"


def asked_for_by(finding: Finding) -> str | None:
    """Return the standard and its clause that a finding is judged by, None where there is none."""
    if finding.standard is None:
        return None
    return plain(", ".join(filter(None, (finding.standard, finding.criteria))))


def commands(finding: Finding) -> list[str]:
    """Return what would change a finding, line by line; nothing where it asks for nothing."""
    asks = finding.status in OPEN
    return [plain(command) for command in finding.recommendation] if asks else []


def who_accepted(waiver: AppliedWaiver) -> str:
    """Return a waiver in a sentence, with the names that stand in its file."""
    names = f"requested by {plain(waiver.requester, SHORT)}, approved by {plain(waiver.approver, SHORT)}"
    return (
        f"{waiver_id(waiver)} (as written, not authenticated): {names},"
        f" {plain(waiver.ticket, SHORT)}: {plain(waiver.reason)}"
    )


def waiver_id(waiver: AppliedWaiver) -> str:
    """Return the id of a waiver and its last day."""
    return f"{plain(waiver.id, SHORT)} until {plain(waiver.expires, SHORT)}"


def known(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of what is known: a key whose value is None or empty is left out, as the schemas ask."""
    return {key: value for key, value in pairs if value is not None and value not in ("", [], {})}


def json_text(document: Mapping[str, Any]) -> str:
    """Return an indented JSON document that ends with a line break."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
