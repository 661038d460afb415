"""Nothing unread passes: every check, over every way in which what it rests on can be unread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import TENANTS
from matrix import (
    DATASET_WAYS,
    UNDATED,
    Laboratory,
    Property,
    dataset_unreadings,
    properties,
    property_unreadings,
    violations,
)
from worlds import Subject, World, pictures, subjects_of

from checks import all_checks
from compliance.assessment.verdict import Fail, Pass, Status, Verdict, decide
from compliance.evidence.azure_views import AZURE_ROWS
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import parameters
from compliance.evidence.population import Judgement, Population, Satisfied, Violating
from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.evidence.views import ROWS, MailboxAuditBypass, OrganizationConfig

ALWAYS_OPEN = frozenset({"INT-04", "INT-08"})
"""Checks that no settings pass: of an alert rule and of the clock nothing is read."""
RELAYS = (
    "arm.event_hubs",
    "arm.adx_databases",
    "arm.adx_data_connections",
    "arm.lifecycle_policies",
    "arm.activity_events",
)
BEFORE = ("arm.entra_diagnostic_settings", "arm.workspaces", "arm.tables")


def bases_of(dataset: str) -> tuple[str, ...]:
    """The tenants in which much rests on a dataset, and there is something in it."""
    if dataset in RELAYS:
        return ("kept", "relayed")
    if dataset in BEFORE:
        return ("compliant", "kept")
    if dataset in AZURE_ROWS:
        return ("kept",)
    return ("compliant", "crowded", "kept") if dataset.startswith("graph.") else ("compliant", "crowded")


BASED = [(base, dataset) for dataset in ROWS for base in bases_of(dataset)]
CHECKS = subjects_of(all_checks())
SUBJECTS = [*CHECKS, *pictures()]
PROPERTIES = [
    pytest.param(base, dataset, one, id=f"{base}-{dataset}-{one.text}")
    for base, dataset in BASED
    for one in properties(ROWS[dataset])
]


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
        lambda subject: (
            (dataset in subject.datasets and not DATASETS[dataset].corroborates)
            or (dataset in subject.opens and way not in UNDATED)
        ),
    )


def property_violations(
    subjects: list[Subject], base: World, dataset: str, one: Property, where: Laboratory
) -> list[str]:
    return violations(
        subjects,
        base,
        lambda: property_unreadings(base, dataset, one),
        where,
        lambda subject: (
            dataset in subject.datasets | subject.opens
            and not DATASETS[dataset].corroborates
            and (one.owner, one.attribute) in where.properties_read(subject, base)
        ),
    )


@pytest.mark.parametrize("base", TENANTS)
def test_every_check_passes_where_everything_was_read(
    base: str, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    evidence = laboratory.evidence(worlds[base])
    statuses = {subject.name: {status for status, _ in subject.ask(evidence).values()} for subject in SUBJECTS}
    opened = {name for name, found in statuses.items() if found != {Status.PASS}}
    long = {
        *(name for name in statuses if name.startswith(("RET-04", "RET-08", "mailbox", "other")) and "m-21-31" in name),
        "EXP-03",
    }
    assert opened - {"levels m-21-31"} == ALWAYS_OPEN | (long if base in ("compliant", "crowded") else set())
    assert statuses["levels m-21-31"] == set()
    assert all(Status.FAIL not in found for found in statuses.values())
    assert {subject.name.split()[0] for subject in CHECKS} == {one.id for one in all_checks()}


@pytest.mark.parametrize("way", DATASET_WAYS)
@pytest.mark.parametrize(("base", "dataset"), BASED)
def test_nothing_passes_on_an_unread_dataset(
    base: str, dataset: str, way: str, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    assert dataset_violations(SUBJECTS, worlds[base], dataset, way, laboratory) == []


@pytest.mark.parametrize(("base", "dataset", "one"), PROPERTIES)
def test_nothing_passes_on_an_unread_property(
    base: str, dataset: str, one: Property, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    assert property_violations(CHECKS, worlds[base], dataset, one, laboratory) == []


@pytest.mark.parametrize("way", DATASET_WAYS)
@pytest.mark.parametrize("dataset", [name for name, spec in DATASETS.items() if spec.corroborates])
def test_what_only_corroborates_takes_nothing_away_where_it_is_unread(
    dataset: str, way: str, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    base = worlds["compliant"]
    told = {subject.name: subject.ask(laboratory.evidence(base)) for subject in SUBJECTS}
    for unreading in dataset_unreadings(base, dataset, way, single=False):
        evidence = laboratory.evidence(unreading.world)
        assert {subject.name: subject.ask(evidence) for subject in SUBJECTS} == told


@pytest.mark.parametrize("way", UNDATED)
@pytest.mark.parametrize("dataset", sorted(frozenset[str]().union(*(subject.opens for subject in SUBJECTS))))
def test_what_can_only_open_a_question_takes_no_pass_away_where_nobody_dated_it(
    dataset: str, way: str, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    base = worlds["compliant"]
    subjects = [subject for subject in SUBJECTS if dataset in subject.opens]
    assert {"RET-01 m-21-31", "RET-02 m-26-14", "AUD-08 m-21-31"} <= {subject.name for subject in subjects}
    told = {subject.name: subject.ask(laboratory.evidence(base)) for subject in subjects}
    for unreading in dataset_unreadings(base, dataset, way, single=False):
        evidence = laboratory.evidence(unreading.world)
        assert {subject.name: subject.ask(evidence) for subject in subjects} == told


# --- the matrix itself ----------------------------------------------------------------------------------------------


def made(function: Callable[..., Verdict]) -> list[Subject]:
    """A check that nobody has written yet."""
    return subjects_of([replace(all_checks()[0], id="NEW-01", standards=None, function=function)])


def passes_on_unread(config: OrganizationConfig | Unread) -> Verdict:
    if isinstance(config, Unread) or not config.audit_disabled:
        return Pass(condition="", cause="")
    return Fail(condition="", cause="")


def puts_a_default(config: OrganizationConfig) -> Verdict:
    disabled = config.holds("audit_disabled") and config.audit_disabled
    return Fail(condition="", cause="") if disabled else Pass(condition="", cause="")


def breaks_on_unread(config: OrganizationConfig | Unread) -> Verdict:
    assert isinstance(config, OrganizationConfig)
    return Pass(condition="", cause="") if not config.audit_disabled else Fail(condition="", cause="")


def skips_what_it_cannot_read(accounts: Population[MailboxAuditBypass]) -> Verdict:
    def audited(account: MailboxAuditBypass) -> Judgement:
        try:
            return Violating("") if account.audit_bypass_enabled else Satisfied()
        except PropertyUnreadError:
            return Satisfied()

    return decide(accounts.judge(audited), met="", broken="", settle="", cause="")


def forgets_the_coverage(accounts: Population[MailboxAuditBypass]) -> Verdict:
    tally = accounts.judge(lambda account: Violating("") if account.audit_bypass_enabled else Satisfied())
    return Pass(condition="", cause="") if not tally.violating else Fail(condition="", cause="")


def reads_with_care(config: OrganizationConfig) -> Verdict:
    return Fail(condition="", cause="") if config.audit_disabled else Pass(condition="", cause="")


ORGANIZATION, BYPASS = "exchange.organization_config", "exchange.mailbox_audit_bypass"


def caught(function: Callable[..., Verdict], dataset: str, base: World, where: Laboratory) -> str:
    """What the matrix says of a check, over everything that it does."""
    subjects = [replace(subject, name=f"{function.__name__} {subject.name}") for subject in made(function)]
    found = [each for way in DATASET_WAYS for each in dataset_violations(subjects, base, dataset, way, where)]
    for one in properties(ROWS[dataset]):
        found += property_violations(subjects, base, dataset, one, where)
    return "\n".join(found)


@pytest.mark.parametrize(
    ("function", "dataset", "complaint"),
    [
        (passes_on_unread, ORGANIZATION, "passes with exchange.organization_config denied"),
        (puts_a_default, ORGANIZATION, "passes with exchange.organization_config: AuditDisabled absent in row 0"),
        (breaks_on_unread, ORGANIZATION, "breaks with exchange.organization_config without an entry"),
        (skips_what_it_cannot_read, BYPASS, "mailbox_audit_bypass: AuditBypassEnabled absent in every row"),
        (forgets_the_coverage, BYPASS, "passes with exchange.mailbox_audit_bypass only what may be seen"),
    ],
)
def test_a_new_check_that_passes_on_something_unread_is_caught_without_a_line_being_written(
    function: Callable[..., Verdict],
    dataset: str,
    complaint: str,
    worlds: dict[str, World],
    laboratory: Laboratory,
) -> None:
    assert complaint in caught(function, dataset, worlds["compliant"], laboratory)


def test_a_new_check_that_reads_with_care_is_not_complained_of(
    worlds: dict[str, World], laboratory: Laboratory
) -> None:
    assert caught(reads_with_care, ORGANIZATION, worlds["compliant"], laboratory) == ""


def test_a_pass_beside_something_unread_is_excused_only_where_every_possible_value_passes(
    worlds: dict[str, World], laboratory: Laboratory
) -> None:
    """Of a policy about Teams that is off, the switch decides for Teams and nothing for access to mail."""
    base, policies = worlds["compliant"], "purview.audit_retention_policies"
    teams = next(row for row in base.rows[policies] if row["Name"] == "Teams 1 year")
    short = {**teams, "Name": "Off", "Priority": 1, "RetentionDuration": "SevenDays", "Enabled": False}
    world = replace(base.with_rows(policies, [short, *base.rows[policies]]), name="one that is off")
    enabled = next(one for one in properties(ROWS[policies]) if one.attribute == "enabled")
    (absent, *_) = property_unreadings(world, policies, enabled)
    passing = [(subject, subject.name.split()[0]) for subject in CHECKS if "RET" in subject.name]
    unjustified = {name for _, name in laboratory.unjustified(passing, absent.unknown)}
    assert unjustified == {"RET-02", "RET-03", "RET-04", "RET-08", "RET-11"}
