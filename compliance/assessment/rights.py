"""From the holders of rights to verdicts: are they few, and are these all?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.assessment.verdict import Fail, Indeterminate
from compliance.evidence.derived.rights import Rights
from compliance.evidence.derived.role_holders import Holder, Sort
from compliance.evidence.unread import Kind
from compliance.rules.facts import Certainty

LIMIT = 5
"""How many people may hold such rights: lookback's own figure, since no standard gives one."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What holders can do, as in "people who can ...", and what tells who is behind a name, or which names are one."""

    can: str
    who: str
    same: str = ""


def too_many(rights: Rights, holders: Sequence[Holder], condition: str) -> Fail:
    """Return the failure that some of the holders are."""
    tally = rights.tally(frozenset(holder.id for holder in holders))
    first = next(one for one in tally.affected if one.decided)
    notes = tuple(f"{one.dataset}: {one.reason}" for one in rights.unread)
    return Fail(
        condition=condition,
        cause=f"{first.name}: {first.why}",
        certainty=Certainty.MEDIUM if len(holders) > LIMIT else Certainty.HIGH,
        notes=notes,
        tally=tally,
    )


def open_rights(rights: Rights, words: Wording) -> Indeterminate | None:
    """Return what leaves it open whether these are all, and few: the first that holds."""
    people, tally = rights.of(Sort.PERSON), rights.tally()
    unknown = [one for one in tally.affected if one.kind is not Kind.NEEDS_ATTESTATION]
    if rights.unread:
        first = rights.unread[0]
        condition = "; ".join(f"{one.dataset}: {one.reason}" for one in rights.unread)
        return Indeterminate(
            kind=first.kind,
            condition=f"{condition}; people seen to hold such a right: {rights.at_least:,}",
            settle="; ".join(dict.fromkeys(one.settle for one in rights.unread)),
            tally=tally,
        )
    if unknown:
        return Indeterminate(
            kind=Kind.MALFORMED if any(one.kind is Kind.MALFORMED for one in unknown) else Kind.UNPROVEN,
            condition=f"holders of whom it is not known who they are: {len(unknown):,}",
            settle=words.who,
            cause=f"{unknown[0].name}: {unknown[0].why}",
            tally=tally,
        )
    if rights.at_most > LIMIT:
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition=f"{rights.at_least:,} to {rights.at_most:,} people can {words.can}: some names may be"
            " one person's",
            settle=words.same,
            tally=tally,
        )
    if not people:
        return Indeterminate(
            kind=Kind.CONTRADICTORY,
            condition=f"nobody was found who can {words.can}, which no tenant has",
            settle="the role assignments, read by an identity that may see them all",
            tally=tally,
        )
    if applications := rights.of(Sort.APPLICATION):
        return Indeterminate(
            kind=Kind.NEEDS_ATTESTATION,
            condition=f"applications that can {words.can}: {len(applications):,}",
            settle="a waiver that says why each application needs the right, or its removal",
            cause=f"{applications[0].name}: {', '.join(applications[0].through)}",
            tally=tally,
        )
    return None
