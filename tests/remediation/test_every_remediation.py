"""What every check tells to do, done to a tenant that needs it: the check passes, and nothing else gets worse."""

from __future__ import annotations

import pytest
from effects import Shell, filled
from judged_tenants import Judged, judged, worse
from remedy_cases import CASES, Case, Typed, kept, nothing

from checks import all_checks
from compliance.assessment.assessment import Finding, PartEntry
from compliance.assessment.verdict import BADNESS, Status

CHECKS = {one.id: one for one in all_checks()}


def commands_of(check: str) -> list[str]:
    return [line for line in CHECKS[check].remediation if not line.startswith("#")]


def line_of(check: str, typed: Typed) -> str:
    found = [line for line in commands_of(check) if typed.within in line]
    assert len(found) == 1, f"{check}: lines with {typed.within!r}: {found}"
    return found[0]


def connection_before(check: str, line: str) -> list[str]:
    """The session that a line runs in: the last one that the check tells to open before it."""
    before = commands_of(check)[: commands_of(check).index(line)]
    return [one for one in before if one.startswith("Connect-")][-1:]


def do(shell: Shell, case: Case) -> None:
    for typed in case.typed:
        line = line_of(case.check, typed)
        values = typed.values(shell.tenant) if callable(typed.values) else typed.values
        shell.run([*connection_before(case.check, line), filled(line, values)])
    if case.by_hand is not None:
        case.by_hand(shell.tenant)


def _about(case: Case, told: Judged) -> list[Finding | PartEntry]:
    """What the commands are about: parts of the finding, or the whole."""
    check = case.shown_by or case.check
    if not case.parts:
        return [told.finding(check, case.standard)]
    return [told.part(check, part, case.standard) for part in case.parts]


@pytest.mark.parametrize("case", CASES, ids=[f"{one.check}-{one.typed[-1].within}" for one in CASES])
def test_the_commands_of_a_check_mend_what_it_found_and_make_nothing_worse(case: Case) -> None:
    tenant = kept()
    case.fault(tenant)
    declarations = case.declarations(tenant)
    before = judged(tenant, declarations)
    do(Shell(tenant, case.deleted(tenant)), case)
    after = judged(tenant, declarations)
    assert case.stays or (case.reaches is Status.PASS and not case.parts and not case.shown_by)
    for was, found in zip(_about(case, before), _about(case, after), strict=True):
        assert found.status is case.reaches, found.condition
        assert BADNESS.index(was.status) > BADNESS.index(found.status) or case.fault is nothing
    told = {case.check} if case.shown_by else set()
    assert {key: change for key, change in worse(before, after).items() if key[0] not in told} == {}


def test_no_command_is_left_out():
    tried = {(case.check, line_of(case.check, typed)) for case in CASES for typed in case.typed}
    every = {(check, line) for check in CHECKS for line in commands_of(check) if not line.startswith("Connect-")}
    assert every - tried == set()


def test_a_tenant_without_fault_passes_what_the_commands_mend():
    """So that each case has one fault, and a command that mended nothing would not be seen to pass."""
    well = judged(kept(), CASES[0].declarations(kept()))
    for case in CASES:
        if case.reaches is Status.PASS and not case.parts:
            finding = well.finding(case.check, case.standard)
            assert finding.status is Status.PASS, (case.check, finding.condition)
