"""Nothing unread passes: every check, over every way in which what it rests on can be unread."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import replace

import pytest
from matrix import (
    DATASET_WAYS,
    PROPERTY_WAYS,
    Laboratory,
    Property,
    dataset_unreadings,
    properties,
    property_unreadings,
    violations,
)
from worlds import Subject, World, pictures, subjects_of

from checks import all_checks
from compliance.assessment.check import Check
from compliance.assessment.verdict import Fail, Pass, Status, Verdict, decide
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import parameters
from compliance.evidence.population import Judgement, Population, Satisfied, Violating
from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.evidence.views import ROWS, MailboxAuditBypass, OrganizationConfig, View

BASES = ("compliant", "crowded")
SUBJECTS = [*subjects_of(all_checks()), *pictures()]


def is_single(dataset: str) -> bool:
    """Whether anybody takes this dataset as one object rather than as a population."""
    functions = [*(one.function for one in all_checks()), *DERIVATIONS.values()]
    return any(kind is ROWS[dataset] for function in functions for _, kind, _ in parameters(function))


def dataset_violations(subjects: list[Subject], base: World, dataset: str, way: str, where: Laboratory) -> list[str]:
    return violations(
        subjects,
        base,
        lambda: dataset_unreadings(base, dataset, way, single=is_single(dataset)),
        where,
        lambda subject: dataset in subject.datasets,
    )


def property_violations(subjects: list[Subject], base: World, dataset: str, way: str, where: Laboratory) -> list[str]:
    reads = {subject.name: where.properties_read(subject, base) for subject in subjects if dataset in subject.datasets}

    def of(one: Property) -> list[str]:
        return violations(
            subjects,
            base,
            lambda: property_unreadings(base, dataset, one, way),
            where,
            lambda subject: (one.owner, one.attribute) in reads.get(subject.name, ()),
        )

    return [violation for one in properties(ROWS[dataset]) for violation in of(one)]


@pytest.mark.parametrize("base", BASES)
def test_every_check_passes_where_everything_was_read(
    base: str, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    evidence = laboratory.evidence(worlds[base])
    statuses = {subject.name: {status for status, _ in subject.ask(evidence).values()} for subject in SUBJECTS}
    for rows in ("mailbox sources m-21-31", "other sources m-21-31"):
        statuses[rows] -= {Status.FAIL}  # 30 months in total are more than Purview keeps
    del statuses["levels m-21-31"]  # it has none
    assert statuses == dict.fromkeys(statuses, {Status.PASS})
    assert {name.split()[0] for name in statuses} >= {one.id for one in all_checks()}


@pytest.mark.parametrize("way", DATASET_WAYS)
@pytest.mark.parametrize("dataset", ROWS)
@pytest.mark.parametrize("base", BASES)
def test_nothing_passes_on_an_unread_dataset(
    base: str, dataset: str, way: str, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    assert dataset_violations(SUBJECTS, worlds[base], dataset, way, laboratory) == []


@pytest.mark.parametrize("way", PROPERTY_WAYS)
@pytest.mark.parametrize("dataset", ROWS)
@pytest.mark.parametrize("base", BASES)
def test_nothing_passes_on_an_unread_property(
    base: str, dataset: str, way: str, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    assert property_violations(SUBJECTS, worlds[base], dataset, way, laboratory) == []
