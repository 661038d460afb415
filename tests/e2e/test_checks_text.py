"""`lookback checks` tells everything about a check that a reader needs, and its commands add and never overwrite."""

from __future__ import annotations

import re

import pytest
from lookback_command import lookback_here

from checks import all_checks
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import datasets_behind
from compliance.permissions import PERMISSIONS, permissions_for
from compliance.rules.facts import FACTS
from compliance.standards import load_standard, standard_ids

CHECKS = {one.id: one for one in all_checks()}
SECTIONS = [
    "Question",
    "Why it matters",
    "How it is decided",
    "What it reads",
    "Permissions that buy it, and what does instead",
    "What to do when it fails",
    "The same elsewhere",
    "In the standards",
]
OVERWRITING = re.compile(
    r"-Audit(?:Owner|Delegate|Admin)\b(?!\s+@\{\s*Add\s*=)"  # a list takes the place of what was there
    r"|\bSet-\w*Policy\b(?!.*-Identity\b)"
    r"|\bSet-\w+\b.*-(?:RecordTypes|Operations|UserIds)\b(?!\s+@\{\s*Add\s*=)"
    r"|--method\s+['\"]?(?:put|delete)\b"
    r"|-Method\s+['\"]?(?:put|delete)\b"
    r"|\bPUT\b",
    re.IGNORECASE,
)


def shown(*words: object) -> str:
    run = lookback_here("checks", *words)
    assert (run.code, run.err) == (0, "")
    return run.out


def flat(text: str) -> str:
    return " ".join(text.split())


def section(text: str, heading: str) -> str:
    return text.partition(f"\n{heading}\n")[2].partition("\n\n" if heading != "How it is decided" else "\nFacts")[0]


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_is_explained_in_full(check_id):
    one, text = CHECKS[check_id], shown(check_id)
    places = [text.index(f"\n{heading}\n") for heading in SECTIONS]
    assert places == sorted(places)
    told = flat(text)
    paragraphs = one.text.partition("\n")[2].strip().split("\n\n")
    for part in (one.title, one.severity.value, one.effect, one.lesson, *paragraphs, *one.mappings.nist_800_53):
        assert flat(part) in told
    for fact in (FACTS[name] for name in one.facts):
        assert f"{flat(fact.statement)} source: {flat(fact.source)}" in told
        assert f"{f'dated {fact.date}' if fact.date else 'undated'}, certainty {fact.certainty.value}" in told


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_names_what_it_reads_and_every_way_to_it(check_id):
    text = flat(shown(check_id))
    behind = datasets_behind(CHECKS[check_id].function, DERIVATIONS)
    for name in behind:
        assert DATASETS[name].request in text
        assert f"{name}; or exported as {DATASETS[name].export_file}" in text
    for permission in permissions_for(behind):
        assert flat(permission.title) in text
        for other in permission.others:
            assert flat(f"or {other}") in text


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_names_its_clause_in_each_standard(check_id):
    told = flat(section(shown(check_id), "In the standards"))
    clauses, _, others = told.partition("names no clause for it: ")
    without, _, not_asked = (others or clauses).partition("does not ask for it: ")
    for standard_id in standard_ids():
        asked_for = CHECKS[check_id].standards
        clause = load_standard(standard_id).criteria.get(check_id)
        if asked_for is not None and standard_id not in asked_for:
            assert standard_id in not_asked.split(", ")
        elif clause is None:
            assert standard_id in without.split("does not")[0].strip().split(", ")
        else:
            assert f"{standard_id}: {flat(clause)}" in clauses


@pytest.mark.parametrize("check_id", CHECKS)
def test_an_explanation_fits_eighty_columns_but_for_commands_and_addresses(check_id):
    one = CHECKS[check_id]
    commands = {f"  {command}" for command in one.remediation if not command.startswith("#")}
    too_long = [line for line in shown(check_id).splitlines() if len(line) > 80 and line not in commands]
    assert [line for line in too_long if " " in line.strip()] == []


def test_every_check_is_listed_once_below_its_group():
    text = shown()
    assert [line for line in text.splitlines() if len(line) > 80] == []
    groups: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith(" "):
            group = groups[line] = []
        elif match := re.match(r"  ([A-Z]+-\d+) ", line):
            group.append(match[1])
    assert sorted(name for names in groups.values() for name in names) == sorted(CHECKS)
    assert {name: group for group, names in groups.items() for name in names} == {
        one.id: one.group for one in CHECKS.values()
    }


@pytest.mark.parametrize("check_id", CHECKS)
def test_what_to_do_adds_and_never_overwrites(check_id):
    assert CHECKS[check_id].remediation
    for command in (line for line in CHECKS[check_id].remediation if not line.startswith("#")):
        assert not OVERWRITING.search(command), command


@pytest.mark.parametrize(
    ("command", "overwrites"),
    [
        ("Set-Mailbox -Identity x -AuditOwner @{Add='MailItemsAccessed'}", False),
        ("Set-Mailbox -Identity x -AuditOwner @('MailItemsAccessed')", True),
        ("Set-Mailbox -Identity x -AuditDelegate MailItemsAccessed,Send", True),
        ("Set-Mailbox -Identity x -AuditAdmin @{Remove='Send'}", True),
        ("Set-Mailbox -Identity x -DefaultAuditSet Admin,Delegate,Owner", False),
        ("New-UnifiedAuditLogRetentionPolicy -Name x -RecordTypes ExchangeItem -Priority 1", False),
        ("Set-UnifiedAuditLogRetentionPolicy -RetentionDuration TwelveMonths", True),
        ("Set-UnifiedAuditLogRetentionPolicy -Identity x -RetentionDuration TwelveMonths", False),
        ("Set-UnifiedAuditLogRetentionPolicy -Identity x -RecordTypes ExchangeItem", True),
        ("az rest --method put --url https://management.azure.com/x/tables/SigninLogs", True),
        ("az monitor log-analytics workspace table update --name SigninLogs --retention-time 365", False),
    ],
)
def test_an_overwriting_command_would_be_noticed(command, overwrites):
    assert bool(OVERWRITING.search(command)) == overwrites


def test_every_dataset_has_a_permission_that_buys_it_and_no_permission_buys_nothing():
    bought = {name for permission in PERMISSIONS.values() for name in permission.datasets}
    assert bought == set(DATASETS)
    assert all(permission.datasets and permission.grant for permission in PERMISSIONS.values())


@pytest.mark.parametrize("permission", PERMISSIONS.values(), ids=list(PERMISSIONS))
def test_a_permission_and_its_datasets_are_told_in_the_same_words(permission):
    for name in permission.datasets:
        told = DATASETS[name].permission
        words = permission.id.removesuffix(" (Purview)").partition(" at ")[0].partition(" on ")[0]
        assert words in told or permission.api.value == "purview", (words, told)
