"""The console report: harmless, within its width, readable without colour, and the same every time."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_assessments import COMMANDS, FINDINGS, M_21_31, M_26_14, NASTY_NAMES, finding, ordinary, rendered, with_name

from compliance.assessment.assessment import Assessment, RequirementEntry
from compliance.assessment.verdict import Severity, Status
from reports import Options
from reports.text import width_of

OWN_PERIOD = RequirementEntry(
    word="active", period="3 months", least_days=89, most_days=92, citation="section 4", own=True
)
EXPECTED = Path(__file__).with_name("expected_console.txt")
SGR = re.compile(r"\x1b\[[0-9;]*m")


def report(assessment: Assessment, **options: bool | int) -> str:
    """The console report with some options."""
    return rendered("console", assessment, Options(**options))  # type: ignore[arg-type]  # names and types as written


def too_long(text: str, width: int = 80) -> list[str]:
    """The lines that are wider than they may be, commands to copy aside."""
    return [line for line in text.splitlines() if width_of(line) > width and line.strip() not in COMMANDS]


def forbidden(text: str) -> set[str]:
    """Characters that a terminal obeys or hides."""
    return {
        char
        for char in text
        if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    }


def section(text: str, heading: str) -> str:
    """What stands under a heading, to the next one."""
    after = text.split(f"\n{heading}\n", 1)[1]
    return re.split(r"\n\n\n", after, maxsplit=1)[0]


def test_the_whole_report_is_as_it_was_looked_at_and_found_good() -> None:
    text = report(ordinary())
    if os.environ.get("LOOKBACK_REWRITE_EXPECTED"):
        EXPECTED.write_bytes(text.encode())
    assert EXPECTED.read_bytes() == text.encode()


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", [72, 80, 120])
def test_no_line_but_a_command_is_wider_than_asked(width: int, verbose: bool) -> None:
    assert too_long(report(ordinary(), width=width, verbose=verbose), width) == []


def test_a_command_stays_on_one_line_to_be_copied() -> None:
    lines = [line.strip() for line in report(ordinary()).splitlines()]
    assert [command for command in COMMANDS if command not in lines] == []
    assert any(len(command) > 80 for command in COMMANDS)


def test_a_comment_among_commands_stays_a_comment_on_every_line() -> None:
    text = report(ordinary())
    lines = text.splitlines()
    start = next(index for index, line in enumerate(lines) if "# an account that has to keep" in line)
    assert lines[start].startswith("    # ")
    assert lines[start + 1].startswith("    # ")


def test_the_same_commands_are_told_once_for_two_standards() -> None:
    text = report(ordinary())
    assert text.count(COMMANDS[-1]) == 1
    assert "what stands at RET-01 above" in text


def under_two(**changes: Any) -> Assessment:
    """An assessment in which one check fails under two standards, with changes under the second."""
    first = finding("RET-08", Status.FAIL, standard="m-21-31", criteria="Appendix C")
    second = msgspec.structs.replace(first, uid="other", standard="m-26-14", criteria="Appendix B", **changes)
    return ordinary(findings=(first, second))


def test_a_failure_that_is_the_same_under_two_standards_is_told_once_with_both_clauses() -> None:
    text = section(report(under_two()), "What failed, and what to do")
    assert text.count("what was found by RET-08") == 1
    assert "Under      fail m-21-31, m-26-14" in text
    assert "Clause     m-21-31: Appendix C" in text
    assert "Clause     m-26-14: Appendix B" in text


def test_a_failure_that_differs_between_standards_is_told_under_the_name_of_each() -> None:
    text = section(report(under_two(condition="another figure")), "What failed, and what to do")
    assert text.count("RET-08 (high)") == 1
    assert text.index("  m-21-31:\n  Found      what was found by RET-08") < text.index(
        "  m-26-14:\n  Found      another"
    )


def test_a_check_that_fails_under_one_standard_alone_says_how_it_stands_under_the_other() -> None:
    passes = under_two(status=Status.PASS, left_open=Status.PASS, condition="long enough")
    text = section(report(passes), "What failed, and what to do")
    assert "Under      fail m-21-31; pass m-26-14" in text
    assert "✓ pass  RET-08 m-26-14: long enough" in section(report(passes), "Passed")


def test_a_long_sentence_of_a_pass_is_wrapped_and_not_cut() -> None:
    text = section(report(ordinary()), "Passed")
    assert "declared to keep what is asked, 30 months, in the cold" in " ".join(text.split())


def test_the_first_screen_holds_verdict_and_status_of_the_standard_before_the_findings() -> None:
    text = report(ordinary())
    order = ("\nVerdict\n", "rescinded on 2026-05-22", "\nHow far back", "\nWhat failed", "\nStandards asked for\n")
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"interpretive": True}, "; interpretive"),
        ({"unverified": True}, "; unverified"),
        ({"lake_counts_as_searchable": True}, "; the data lake taken for searchable"),
        ({"hot": OWN_PERIOD}, "; by the organisation's own number"),
    ],
)
def test_what_has_to_be_known_of_a_standard_stands_at_its_verdict(changes: dict[str, Any], told: str) -> None:
    text = report(ordinary(standards=(msgspec.structs.replace(M_21_31, **changes), M_26_14)))
    verdict = " ".join(section(text, "Verdict").split())
    assert f"m-21-31: rescinded on 2026-05-22 by OMB M-26-14{told} " in verdict
    assert told not in " ".join(section(report(ordinary()), "Verdict").split())


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("name", NASTY_NAMES, ids=range(len(NASTY_NAMES)))
def test_a_nasty_name_changes_neither_width_nor_terminal(name: str, ascii_only: bool, verbose: bool) -> None:
    text = report(with_name(name), ascii=ascii_only, verbose=verbose)
    assert too_long(text) == []
    assert forbidden(text) == set()
    text.encode("ascii" if ascii_only else "utf-8")


def test_a_nasty_name_is_shown_by_visible_escapes() -> None:
    text = report(with_name("\x1b[2J\u202eevil\nname\ud800"))
    assert r"\x1b[2J\u202eevil\nname\ud800" in text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.text(max_size=90))
def test_no_name_at_all_breaks_out_of_its_line(name: str) -> None:
    text = report(with_name(name))
    assert too_long(text) == []
    assert forbidden(text) == set()
    assert text.splitlines() == text.split("\n")[:-1]


def test_ascii_holds_nothing_but_ascii_and_says_as_much() -> None:
    text = report(ordinary(), ascii=True)
    assert text.isascii()
    assert "x fail" in text
    assert "? indeterminate" in text
    assert "+ pass" in text
    assert "- not applicable" in text


def test_colour_adds_nothing_but_colour() -> None:
    plain, coloured = report(ordinary()), report(ordinary(), colour=True)
    assert "\x1b" not in plain
    assert "\x1b" in coloured
    assert SGR.sub("", coloured) == plain


def test_every_colour_ends_on_its_own_line() -> None:
    for line in report(ordinary(), colour=True).splitlines():
        assert len(re.findall(r"\x1b\[0m", line)) * 2 == len(SGR.findall(line))


def test_the_same_assessment_gives_the_same_text() -> None:
    again = msgspec.json.decode(rendered("json", ordinary(), Options()), type=Assessment)
    assert report(ordinary()) == report(again)


def test_no_word_claims_compliance() -> None:
    for verbose in (False, True):
        assert "compliant" not in report(ordinary(), verbose=verbose).casefold()


def test_a_simulated_tenant_says_so_before_anything_else() -> None:
    assert "SIMULATED TENANT" in "\n".join(report(ordinary()).splitlines()[:4])
    assert "SIMULATED" not in report(ordinary(simulated=False))


def test_the_header_names_tenant_moment_and_bundle() -> None:
    head = report(ordinary())[:700]
    for expected in (
        "Contoso",
        "8b947832-52d7-574a-ac49-f62be9953091",
        "2026-10-05 09:00:00 UTC",
        "0856dbe880b1963c6b1faf72704bb955a626abea18084f1aa94050cecd091b5a",
        "lookback 0.1.0",
    ):
        assert expected in head


def test_an_unread_tenant_name_is_said_to_be_unread() -> None:
    base = ordinary()
    text = report(ordinary(tenant=msgspec.structs.replace(base.tenant, name=None, initial_domain=None)))
    assert "name unread" in text
    assert "initial domain unread" in text


def test_failures_come_worst_first_and_waived_ones_last() -> None:
    text = section(report(ordinary()), "What failed, and what to do")
    order = [text.index(title) for title in ("AUD-04 (critical)", "RET-01 (high)", "Failing under a waiver")]
    assert order == sorted(order)
    assert "RET-01 (low)" in text[order[-1] :]
    assert "\n  m-26-14:\n" in text[order[-1] :]


def test_an_affected_object_beyond_five_is_counted_and_its_file_named() -> None:
    text = report(ordinary())
    assert "svc-4" in text
    assert "svc-5" not in text
    assert "and 2 more in affected/AUD-04.jsonl" in text
    assert "svc-6" in report(ordinary(), verbose=True)


def test_undecided_objects_are_not_called_affected_ones() -> None:
    assert "not decided, among 12" in report(ordinary())


def test_a_part_left_out_shows_its_reason_and_not_its_status() -> None:
    text = section(report(ordinary()), "What failed, and what to do")
    assert "unlicensed members (30): shared mailboxes, closed by GRC-77" in text


def test_an_unknown_count_is_no_zero() -> None:
    assert "guests (unknown)" in " ".join(report(ordinary()).split())


def test_a_waiver_is_shown_as_written_and_changes_no_status() -> None:
    text = section(report(ordinary()), "What failed, and what to do")
    assert "WVR-2026-014, as written, not authenticated; expires 2027-03-31" in " ".join(text.split())
    assert "Not waived the rest, which is fail" in " ".join(text.split())


def test_an_expired_waiver_is_said_aloud() -> None:
    text = section(report(ordinary()), "Waivers")
    assert "EXPIRED: 1, and no longer counted" in text
    assert text.index("WVR-2025-003") < text.index("WVR-2026-014")


def test_every_kind_of_indeterminate_is_told_in_words_with_what_would_settle_it() -> None:
    text = section(report(ordinary()), "What could not be determined, and what would settle it")
    for one in FINDINGS:
        if one.kind is not None:
            assert f"{one.check} " in text
            assert one.kind.value not in text.split() or "_" not in one.kind.value
            assert f"what settles {one.check}" in text


def test_a_pass_on_weaker_ground_says_so_in_short() -> None:
    text = " ".join(section(report(ordinary()), "Passed").split())
    assert "rests on somebody's declaration; the other documented reading gives 180 days" in text


def test_what_was_not_assessed_is_listed_once_and_called_incomplete() -> None:
    text = report(ordinary())
    assert text.count("MIA-01 MailItemsAccessed is recorded for every mailbox") == 1
    assert text.count("Not complete") == 2
    assert "Not complete" not in report(ordinary(complete=True, not_assessed=()))


def test_nothing_is_claimed_of_maturity_levels() -> None:
    text = report(ordinary())
    assert "Maturity levels: retention figures alone, no level is claimed" in text
    assert "L1, not assessed: Logs are stored." in text


def test_an_unknown_number_of_rows_is_no_zero() -> None:
    lines = section(report(ordinary()), "Completeness of what was read").splitlines()
    row = next(line for line in lines if line.startswith("purview.audit_retention_policies"))
    assert row.split() == ["purview.audit_retention_policies", "not", "requested", "-", "-", "-"]


def test_an_assessment_without_anything_is_still_a_report() -> None:
    empty = ordinary(
        findings=(), sources=(), levels=(), waivers=(), datasets=(), standards=(), totals=(), notes=(), facts=()
    )
    assert too_long(report(empty)) == []


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("status", list(Status))
def test_no_finding_is_ever_left_out(status: Status, severity: Severity) -> None:
    text = report(ordinary(findings=(finding("ONE-01", status, severity=severity),)))
    assert "ONE-01" in text


def test_a_width_in_which_no_table_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 72 columns"):
        Options(width=40)


def test_whoever_the_settings_leave_out_is_named_where_no_class_of_a_control_shows_it() -> None:
    assert "Left out: unlicensed: closed by GRC-77" in report(ordinary(left_out=()))
