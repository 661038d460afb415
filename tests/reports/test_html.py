"""The page for auditors: everything that was found is on it, in order, and says what it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from html_reader import Node, read
from hypothesis import given, settings
from hypothesis import strategies as st
from made_assessments import FINDINGS, affected, finding, ordinary, rendered, source, used_waiver, waiver

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, PeriodEntry, SourceEntry
from compliance.assessment.changes import (
    ChangeEntry,
    ComparisonEntry,
    Direction,
    FindingState,
    ReasonEntry,
    ReasonKind,
)
from compliance.assessment.history import HistoryPoint
from compliance.assessment.verdict import Status
from reports import Options, render
from reports.words import KIND_WORDS, STATUS_WORDS

SECTIONS = [
    *("verdict", "picture", "failed", "undecided", "plan", "waivers", "changed", "trend", "index", "controls"),
    *("days", "completeness", "evidence", "run", "method", "sign-off"),
]
WITHOUT_ASKING = [one for one in SECTIONS if one not in ("plan", "trend")]
END_OF_AXIS = 1.04
"""How far the axis goes beyond the longest period asked for."""


def page(assessment: Assessment | None = None, **options: Any) -> Node:
    """The page, read."""
    return read(rendered("html", assessment or ordinary(), Options(**options)))


def section(tree: Node, identity: str) -> Node:
    """A section by its id."""
    return tree.one("section", id=identity)


def point(day: int, failed: int) -> HistoryPoint:
    """An assessment of October, earlier than the others."""
    return HistoryPoint(
        as_of=dt.datetime(2026, 7, day, tzinfo=dt.UTC),
        bundle_sha256="ef" * 32,
        tool_version="0.0.9",
        totals=(msgspec.structs.replace(ordinary().totals[0], failed=failed),),
        statuses={},
        evidence_days=(dt.date(2026, 7, day),),
    )


def test_the_sections_stand_in_the_order_in_which_an_auditor_asks() -> None:
    tree = page(steps=True, history=(point(1, 3),))
    shown = [one.attributes["id"] for one in tree.one("main").inside if isinstance(one, Node)]

    assert shown == SECTIONS
    assert [one.attributes["href"] for one in tree.one("nav").all("a")] == [f"#{each}" for each in SECTIONS]


def test_what_nobody_asked_for_has_no_section() -> None:
    shown = [one.attributes["id"] for one in page().one("main").inside if isinstance(one, Node)]

    assert shown == WITHOUT_ASKING


def test_the_first_screen_tells_whose_by_what_of_when_and_what_was_left_out() -> None:
    head = page(gate="m-21-31").one("header").text

    assert head.startswith("Simulated tenant : this report says nothing of a real one.")
    for told in (
        *("Contoso", "contoso.onmicrosoft.example", "8b947832-52d7-574a-ac49-f62be9953091", "2026-10-05 09:00:00 UTC"),
        *("rescinded on 2026-05-22 by OMB M-26-14", "in force since 2026-05-22", "(decides the exit code)"),
        *("1 class of actors left out", "2 days forgiven", "unlicensed members (30): shared mailboxes"),
        "none was asked for",
    ):
        assert told in head


def test_the_verdict_is_the_sentence_with_the_counts_and_that_it_is_not_complete() -> None:
    told = section(page(), "verdict")

    first, second = told.all(class_="verdict")
    assert ordinary().totals[0].sentence in first.text
    assert "2 ✗ fail 12 ? indeterminate 2 ✓ pass 0 – not applicable" in first.text
    assert "1 of them under a waiver, which changes no status" in first.text
    assert ordinary().totals[1].sentence in second.text
    assert "Not complete" in told.text


def test_a_real_tenant_is_not_called_simulated_anywhere() -> None:
    text = rendered("html", ordinary(simulated=False), Options())

    assert "simulated tenant" not in text.lower()


def test_the_standard_that_decides_comes_first() -> None:
    tree = page(gate="m-26-14")

    assert [one.text for one in section(tree, "verdict").all("h3")] == ["m-26-14", "m-21-31"]
    assert section(tree, "picture").all("caption")[0].text.startswith("m-26-14: ")


@pytest.mark.parametrize("check", sorted({one.check for one in FINDINGS}))
def test_every_control_is_told_with_all_that_is_known_of_it(check: str) -> None:
    told = page().one("div", id=f"control-{check}").text

    for one in (one for one in FINDINGS if one.check == check):
        wanted = (one.condition, one.cause, one.effect, one.settle, one.criteria, one.would_be, one.uid, one.lesson)
        assert [each for each in wanted if each and " ".join(each.split()) not in told] == []
        assert all(part.title in told and part.condition in told for part in one.parts)
        assert all(sample.name in told and sample.why in told and sample.pointer in told for sample in one.samples)
        assert all(each.dataset in told for each in one.evidence)


def test_commands_stand_where_they_can_be_copied_line_by_line() -> None:
    (pre, *_) = section(page(), "failed").all("pre")
    lines = "".join(pre._texts()).splitlines()

    assert [line.strip() for line in lines] == list(FINDINGS[0].recommendation)


def test_failures_come_worst_first_and_those_under_a_waiver_last_with_their_status() -> None:
    failed = section(page(), "failed")
    headings = [one.text for one in failed.all() if one.tag in ("h3", "h4")]

    assert headings[0].startswith("✗ fail AUD-04")
    assert headings[1].startswith("✗ fail RET-01")
    assert headings[2:] == [
        "Failing under a waiver",
        "✗ fail under a waiver RET-01 MailItemsAccessed records stay searchable as long as the standard asks",
    ]
    assert "Not waived: the rest, which is fail." in failed.one(id="failed-RET-01").text
    assert "as written, not authenticated" in failed.one(id="failed-RET-01").text


def test_every_kind_of_indeterminate_is_told_in_words_with_what_would_settle_it() -> None:
    told = section(page(), "undecided").text

    for one in FINDINGS:
        if one.status is Status.INDETERMINATE:
            assert one.kind is not None
            assert KIND_WORDS[one.kind.value] in told
            assert one.settle is None or one.settle in told


@settings(deadline=None, max_examples=32)
@given(status=st.sampled_from(Status), left=st.sampled_from(Status), waived=st.booleans())
def test_nothing_shows_as_pass_but_a_pass(status: Status, left: Status, waived: bool) -> None:
    given_waivers = (waiver("W-1"),) if waived else ()
    one = finding("AUD-99", status, waivers=given_waivers, left_open=left if waived else status)
    tree = page(ordinary(findings=(one,)))
    marks = {
        mark.text
        for identity in ("failed", "undecided", "index", "controls")
        for mark in section(tree, identity).all("span", class_="status")
    }

    assert {mark.partition(" ")[2] for mark in marks} == {STATUS_WORDS[status]}
    assert ("AUD-99" in section(tree, "failed").text) is (status is Status.FAIL)
    assert ("AUD-99" in section(tree, "undecided").text) is (status is Status.INDETERMINATE)


def test_design_and_operation_stand_side_by_side() -> None:
    findings = (
        finding("AUD-01", Status.PASS, tests="design"),
        finding("REC-01", Status.INDETERMINATE, tests="operation"),
    )
    (row,) = section(page(ordinary(findings=findings)), "index").one("tbody").all("tr")

    design, operation = row.all("td")
    assert "AUD-01 ✓ pass" in design.text
    assert "REC-01" not in design.text
    assert "REC-01 ? indeterminate" in operation.text


def test_waivers_say_who_as_written_and_what_ends() -> None:
    given_waivers = (
        used_waiver(id="W-later", expires_in_days=31),
        used_waiver(id="W-soon", expires="2026-11-04", expires_in_days=30),
        used_waiver(id="W-gone", expires="2026-01-31", standing="expired", expires_in_days=-247),
        used_waiver(id="W-idle", standing="unused: it covers nothing that was found"),
    )
    told = section(page(ordinary(waivers=given_waivers)), "waivers")

    headings = [one.text for one in told.all("h3")]
    assert headings == [
        "W-gone expired, and no longer counted",
        "W-soon used, expires in 30 days",
        "W-idle unused: it covers nothing that was found",
        "W-later used",
    ]
    assert "4 waivers: 2 used, 1 expired" in told.text
    assert "1 expiring within 30 days" in told.text
    assert told.text.count("ciso@contoso.example on 2026-10-02, as written, not authenticated") == len(given_waivers)


def test_what_changed_is_told_with_its_reasons_the_worse_first() -> None:
    base = ChangeEntry(
        uid="uid-AUD-04", check="AUD-04", standard=None, title="No account bypasses", was=Status.FAIL, now=Status.PASS,
        was_left_open=Status.FAIL, now_left_open=Status.PASS, direction=Direction.BETTER, was_condition="7 bypass",
        condition="none bypasses", objects_new=0, objects_gone=7,
        reasons=(ReasonEntry(kind=ReasonKind.SETTING, text="AuditBypassEnabled was True and is False"),),
    )  # fmt: skip
    worse = msgspec.structs.replace(
        base, check="AUD-01", was=None, now=Status.FAIL, direction=Direction.WORSE, reasons=(), objects_gone=None
    )
    since = ComparisonEntry(
        previous_as_of=dt.datetime(2026, 7, 1, tzinfo=dt.UTC), previous_bundle_sha256="aa" * 32,
        previous_tool_version="0.0.9", changes=(base, worse), unchanged=11,
    )  # fmt: skip
    told = section(page(ordinary(since=since)), "changed")

    assert [one.text for one in told.all("h3")] == ["For the worse", "For the better"]
    assert "Since 2026-07-01 00:00:00 UTC (judged by version 0.0.9): 2 controls changed, 11 did not." in told.text
    assert "not assessed → then ✗ fail" in told.text
    assert "✗ fail → then ✓ pass" in told.text
    assert "setting: AuditBypassEnabled was True and is False" in told.text
    assert "neither assessment tells" in told.text
    assert "7 no longer affected" in told.text


def test_a_finding_says_how_long_it_has_been_open() -> None:
    one = finding("AUD-09", Status.FAIL, state=FindingState.REOPENED, first_seen=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    assert "reopened, first seen 2026-01-02" in section(page(ordinary(findings=(one,))), "failed").text


def test_the_trend_shows_each_assessment_and_this_one_last() -> None:
    rows = section(page(history=(point(1, 9), point(2, 7))), "trend").all("table")[0].one("tbody").all("tr")

    assert [row.one("th").text for row in rows][:2] == ["2026-07-01", "2026-07-02"]
    assert rows[-1].one("th").text.startswith("2026-10-05, this one")
    assert [row.all("td")[1].text for row in rows] == ["9", "7", "2"]


def test_days_of_the_period_without_evidence_are_listed_as_spans() -> None:
    period = PeriodEntry(
        text="2026Q3", first=dt.date(2026, 7, 1), last=dt.date(2026, 9, 30), evidence_days=(dt.date(2026, 9, 30),)
    )
    tree = page(ordinary(period=period), history=(point(3, 1),))

    spans = [one.text for one in section(tree, "days").all("li")]
    assert spans == ["2026-07-01 to 2026-07-02 (2 days)", "2026-07-04 to 2026-09-29 (88 days)"]
    assert "Evidence is from 2 days of 92" in section(tree, "days").text
    assert "2026-07-01 to 2026-09-30 (2026Q3)" in tree.one("header").text


def test_completeness_compares_with_an_independent_count_and_an_unknown_number_is_no_zero() -> None:
    rows = {row.one("th").text: row for row in section(page(), "completeness").one("tbody").all("tr")}

    users, bypass, policies = ([cell.text for cell in row.all("td")] for row in rows.values())
    assert users[2:5] == ["12,480", "12,480", "0"]
    assert bypass[0].startswith("partial exactly 1,000 rows")
    assert bypass[2:5] == ["1,000", "4,842", "-3,842"]
    assert policies[:5] == ["not requested not asked for", "not known", "not known", "none", "–"]
    assert "1 of 3 datasets complete" in section(page(), "completeness").text


def test_files_of_the_bundle_are_links_only_where_it_is_at_hand() -> None:
    row = msgspec.structs.replace(ordinary().datasets[0], file="datasets/graph.users.frames.gz", sha256="ab" * 32)
    given_one = ordinary(datasets=(row,))

    assert section(page(given_one), "evidence").all("a") == []
    link = section(page(given_one, evidence="javascript:alert(1)//a b"), "evidence").one("a")
    assert link.attributes["href"] == "javascript%3Aalert%281%29//a%20b/datasets/graph.users.frames.gz"
    assert "ab" * 32 in section(page(given_one), "evidence").text


def test_the_sign_off_is_blank_and_ties_paper_to_files() -> None:
    told = section(page(), "sign-off")

    assert [one.text for one in told.one("dl", class_="sign-off").all("dt")] == [
        *("Prepared by", "Date", "Reviewed by", "Date", "Conclusion")
    ]
    assert ordinary().bundle_sha256 in told.text
    assert f"bundle {ordinary().bundle_sha256[:12]}" in page().all("style")[1].text


def test_affected_objects_beyond_the_samples_are_counted_and_their_file_is_named() -> None:
    one = finding(
        "MIA-01", Status.FAIL, standard="m-21-31", affected_count=20_000, affected_total=100_000,
        samples=tuple(affected(f"user{number}", number) for number in range(20)),
    )  # fmt: skip
    told = page(ordinary(findings=(one,))).one("div", id="control-MIA-01").text

    assert "Objects: 20,000 of 100,000" in told
    assert "19,980 more stand, with the evidence of each, in affected/MIA-01.m-21-31.jsonl" in told


def test_an_assessment_without_anything_is_still_a_report() -> None:
    nothing = ordinary(
        standards=(), totals=(), sources=(), levels=(), findings=(), facts=(), datasets=(), waivers=(), notes=()
    )
    assert "Nothing failed" in section(page(nothing, steps=True), "failed").text


def test_an_unread_name_of_the_tenant_is_said_to_be_unread() -> None:
    tenant = msgspec.structs.replace(ordinary().tenant, name=None, initial_domain=None)
    told = page(ordinary(tenant=tenant)).one("header").text

    assert "the tenant whose name is unread" in told
    assert "initial domain unread" in told


def test_the_same_assessment_gives_the_same_page() -> None:
    assert rendered("html", ordinary()) == rendered("html", ordinary())


def bars(tree: Node) -> list[Node]:
    """The bars of the first picture."""
    return tree.all("table", class_="picture")[0].all("svg", class_="bar")


def ends(bar: Node) -> dict[str, float]:
    """Where each stretch of a bar ends, in percent of the axis."""
    return {
        one.attributes["class"].split()[1]: float(one.attributes["x"][:-1]) + float(one.attributes["width"][:-1])
        for one in bar.all("rect")
    }


def kept(hot: int, total: int, **changes: Any) -> SourceEntry:
    """A source kept for some days, searchable and in all."""
    words = {"hot_text": f"{hot} days", "total_text": f"{total} days"}
    return source("Mail", **{"hot_days": hot, "total_days": total, **words, **changes})


@settings(deadline=None, max_examples=60)
@given(hot=st.integers(0, 1_000), more=st.integers(0, 1_000), today=st.integers(0, 2_000), seen=st.integers(0, 2_000))
def test_a_bar_agrees_with_the_figures_of_its_source(hot: int, more: int, today: int, seen: int) -> None:
    total = hot + more
    one = kept(
        hot, total, at_most_today_days=min(today, hot), total_at_most_today_days=min(today, total), proven_days=seen
    )
    (bar,) = bars(page(ordinary(findings=(), datasets=(), sources=(one,))))
    marks = [float(mark.attributes["x1"][:-1]) for mark in bar.all("line", class_="mark")]
    drawn = ends(bar)

    assert marks == pytest.approx([365 / 912 / END_OF_AXIS * 100, 100 / END_OF_AXIS], abs=0.01)
    furthest = max(drawn.values(), default=0.0)
    assert [furthest >= mark - 0.01 for mark in marks] == [total >= 365, total >= 912]
    assert drawn.get("proven", 0.0) == pytest.approx(_percent(min(seen, total)), abs=1.1)
    searchable = max((drawn.get(kind, 0.0) for kind in ("proven", "in-force", "configured")), default=0.0)
    assert searchable == pytest.approx(_percent(max(hot, min(seen, total))), abs=1.1)
    assert furthest == pytest.approx(_percent(total), abs=1.1)
    assert ("configured" in drawn) <= (hot > max(min(today, hot), min(seen, total)))


def _percent(days: int) -> float:
    return min(100.0, 100 * days / (912 * END_OF_AXIS))


def test_the_figures_beside_a_bar_are_those_of_the_source(assessed_of: Callable[..., Assessed]) -> None:
    assessed = assessed_of("agency", "m-21-31", "m-26-14")
    document = render("html", assessed, Options(gate="m-21-31"))
    assert isinstance(document, str)
    tree = read(document)
    picture = tree.all("table", class_="picture")[0]
    figures = {
        row.one("th").text: [cell.text for cell in row.all("td")]
        for row in tree.all("table", class_="figures")[0].one("tbody").all("tr")
    }
    rows = [row for row in picture.all("tr") if row.all("td")]
    sources = [one for one in assessed.assessment.sources if one.standard == "m-21-31"]

    assert len(rows) == len(sources) == len(figures)
    for row in rows:
        (one,) = [each for each in sources if row.one("th").text.startswith(each.title)]
        hot, total = row.all("td", class_="figure")
        assert f"{one.hot_text} , {one.hot_status.value}" in hot.text
        assert f"{one.total_text} , {one.total_status.value}" in total.text
        cells = figures[one.title]
        assert one.hot_text in cells[0]
        assert ("not known" if one.at_most_today_days is None else f"{one.at_most_today_days} days") in cells[0]
        assert one.total_text in cells[1]
        assert cells[3] == ("not known" if one.in_force_since is None else one.in_force_since.isoformat())
        assert cells[4].startswith("not known" if one.full_on is None else one.full_on.isoformat())


def test_a_bar_tells_in_words_what_it_shows() -> None:
    one = kept(365, 912, at_most_today_days=100, proven_days=42)
    (bar,) = bars(page(ordinary(sources=(one,))))

    assert bar.attributes["role"] == "img"
    assert bar.attributes["aria-label"] == (
        "configured: searchable 365 days, in all 912 days; in force: 100 days today; oldest record seen: 42 days old"
    )


def test_no_word_claims_compliance() -> None:
    text = re.sub(r"Security & Compliance", "", page().text)
    assert not re.search(r"\bcomplian(t|ce)\b", text, re.IGNORECASE)


def test_whoever_the_settings_leave_out_is_named_where_no_class_of_a_control_shows_it() -> None:
    tree = page(ordinary(left_out=()))

    assert "Left out unlicensed: closed by GRC-77" in " ".join(tree.one("header").text.split())
    assert "Left out: unlicensed: closed by GRC-77" in section(tree, "method").text
