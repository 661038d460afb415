"""From a statement that somebody makes about what no API shows, to a part of a finding."""

from __future__ import annotations

import datetime as dt

from compliance.assessment.declarations import StatementAbout
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Basis, Indeterminate, Part, Pass
from compliance.evidence.unread import Kind
from compliance.rules.facts import Certainty


def statement_part(
    part: tuple[str, str],
    about: StatementAbout,
    since: dt.date,
    terms: Terms,
    *,
    stated: str,
    nobody: str,
    by: str,
    certainty: Certainty = Certainty.HIGH,
) -> Part:
    """Return a part, by id and title, that passes where a current statement was made on `since` or later.

    `stated` is what it says, `nobody` what nobody does, and `by` who can state it.
    """
    part_id, title = part
    statement = terms.declarations.statement(about, terms.as_of)
    if statement is not None and statement.declared_on is not None and statement.declared_on >= since:
        passed = Pass(
            condition=f"{stated}, as stated on {statement.declared_on}",
            cause=f"stated by {statement.owner}, valid to {statement.expires}",
            certainty=certainty,
            basis=Basis.ATTESTED,
        )
        return Part(id=part_id, title=title, count=None, verdict=passed)
    last = "" if statement is None else f"; the last such statement is of {statement.declared_on}"
    asked = Indeterminate(
        kind=Kind.NEEDS_ATTESTATION,
        condition=f"nobody states {nobody} since {since}{last}",
        settle=f"a statement about {about} in declarations.yaml, by {by}",
    )
    return Part(id=part_id, title=title, count=None, verdict=asked)
