"""The summary in Markdown: counts and controls for everybody, names only where asked for, and as text alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import NASTY_NAMES, affected, finding, ordinary, rendered, with_name

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment
from compliance.assessment.changes import ChangeEntry, ComparisonEntry, Direction, ReasonEntry, ReasonKind
from compliance.assessment.verdict import Severity, Status
from reports import Options, render
from reports.inline import code, inline
from reports.markdown_report import MOST_BYTES

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "@everyone #1 GH-1 :tada: $x$",
    "](https://evil.example) [click](https://evil.example) ![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example evil@evil.example",
    "`` ` ``` tick",
    "`",
    "| a | b |",
    "## heading",
    "- [ ] item",
    "&lt;b&gt; &#64;user",
    "\\` \\",
    "**bold** _it_ ~~no~~",
)
SHOWN = Options(show_objects=True)


def outside_code(document: str) -> str:
    """What is left of each line without its code spans: fences of one length, as CommonMark finds them."""
    return "\n".join(re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "·", line) for line in document.splitlines())


def changed(**changes: object) -> ChangeEntry:
    """A control that got worse."""
    base = ChangeEntry(
        uid="uid-AUD-04",
        check="AUD-04",
        standard=None,
        title="No account bypasses mailbox auditing",
        was=Status.PASS,
        now=Status.FAIL,
        was_left_open=Status.PASS,
        now_left_open=Status.FAIL,
        direction=Direction.WORSE,
        was_condition="nobody bypasses",
        condition="svc-backup bypasses",
        objects_new=7,
        objects_gone=0,
        reasons=(ReasonEntry(kind=ReasonKind.SETTING, text="AuditBypassEnabled of svc-backup was False and is True"),),
    )
    return msgspec.structs.replace(base, **changes)


def since(*changes: ChangeEntry) -> Assessment:
    """An assessment with changes since July."""
    comparison = ComparisonEntry(
        previous_as_of=dt.datetime(2026, 7, 5, 9, 0, tzinfo=dt.UTC),
        previous_bundle_sha256="00" * 32,
        previous_tool_version="0.1.0",
        changes=changes,
        unchanged=35,
    )
    return ordinary(since=comparison)


def section(document: str, heading: str) -> list[str]:
    """The lines of the section whose heading begins so."""
    found = re.search(rf"^## {re.escape(heading)}.*?\n\n(.*?)(?=\n## |\Z)", document, re.M | re.S)
    assert found is not None, heading
    return found[1].splitlines()


def test_failures_stand_the_worst_first_with_severity_and_count() -> None:
    lines = section(rendered("markdown", ordinary()), "What failed (2)")
    assert lines[0] == "- **AUD-04 (critical)** No account bypasses mailbox auditing; 7 of 4,842 affected"
    assert lines[1].startswith("- **RET-01 m-21-31 (high)** ")
    assert len(lines) == 2


def test_what_is_waived_or_unknown_is_counted_neither_as_failed_nor_as_passed() -> None:
    document = rendered("markdown", ordinary())
    assert "| m-21-31 | 2 | 2 | 9 | 1 | 0 | 2 | 0 |" in document
    assert "| m-26-14 | 1 | 2 | 9 | 1 | 1 | 1 | 1 |" in document
    assert section(document, "Under a waiver")[0].startswith("- **RET-01 m-26-14 (low)** ")


def test_what_a_waiver_covers_in_part_stays_a_failure_and_says_so() -> None:
    (line,) = (one for one in section(rendered("markdown", ordinary()), "What failed") if "RET-01" in one)
    assert "waiver `WVR-2026-014` to 2027-03-31, which leaves the rest fail" in line


def test_an_expired_waiver_is_told_first_and_aloud() -> None:
    first = section(rendered("markdown", ordinary()), "Waivers (2)")[0]
    assert first == "- `WVR-2025-003`: **EXPIRED**, and no longer counted; last day 2026-01-31; 0 findings"


def test_only_identifiers_of_ours_and_counts_are_told_unless_objects_are_asked_for() -> None:
    canary = "canary-7f3a"
    base = with_name(canary)
    ours = msgspec.structs.replace(
        base,
        tenant=ordinary().tenant,
        standards=ordinary().standards,
        datasets=ordinary().datasets,
        not_assessed=ordinary().not_assessed,
        findings=tuple(
            msgspec.structs.replace(one, title=was.title, waivers=was.waivers)
            for one, was in zip(base.findings, ordinary().findings, strict=True)
        ),
        waivers=ordinary().waivers,
        since=since(changed(was_condition=canary, condition=canary)).since,
    )
    quiet = rendered("markdown", ours)
    assert canary not in quiet
    assert "Contoso" not in quiet
    assert "svc-backup" not in quiet
    assert canary in rendered("markdown", ours, SHOWN)
    assert "`Contoso`" in rendered("markdown", ours, SHOWN)
    assert "svc-backup" in rendered("markdown", ours, SHOWN)


def test_what_changed_is_counted_by_direction_with_the_kinds_of_reasons() -> None:
    better = changed(check="AUD-01", direction=Direction.BETTER, was=Status.FAIL, now=Status.PASS, objects_new=None)
    lines = section(rendered("markdown", since(changed(), better)), "What changed since 2026-07-05")
    assert lines[0] == "1 worse, 0 unclear, 1 better, 0 neither better nor worse, 35 unchanged."
    assert lines[2] == (
        "- worse: **AUD-04** No account bypasses mailbox auditing; pass before, fail now;"
        " 7 more objects affected, 0 no longer; because of setting"
    )
    assert lines[3].startswith("- better: **AUD-01** ")


def test_what_was_left_out_and_not_assessed_is_told() -> None:
    lines = section(rendered("markdown", ordinary()), "Scope")
    assert "- Left out: 1 class (actors: unlicensed)" in lines
    assert "- Not assessed: RET-08 Exports are kept" in lines
    assert "- Read whole: 1 of 3 datasets" in lines


@pytest.mark.parametrize("name", [*NASTY_NAMES, *HOSTILE], ids=range(len(NASTY_NAMES) + len(HOSTILE)))
def test_a_hostile_name_is_text_in_a_code_span_and_nothing_else(name: str) -> None:
    honest = outside_code(rendered("markdown", with_name("plainword"), SHOWN))
    document = rendered("markdown", with_name(name), SHOWN)
    bare = outside_code(document)
    assert len(document.splitlines()) == len(honest.splitlines())
    assert set("<@`") & set(bare) == set()
    assert "](" not in bare
    assert "://" not in bare
    assert document.isprintable() or all(line.isprintable() for line in document.split("\n"))


@given(st.text())
def test_any_text_is_either_plain_words_or_one_code_span(text: str) -> None:
    shown = inline(text)
    if shown.startswith("`"):
        assert outside_code(shown) == "·"
    else:
        assert re.fullmatch(r"\(blank\)|[^\W_](?:[^\W_]|[ ,;()/'%.:-])*…?", shown)


@given(st.text(alphabet="`ab \\|<", min_size=1))
def test_a_code_span_says_what_was_there(text: str) -> None:
    shown = code(text)
    if text.strip():
        fence = re.match(r"`+", shown)
        assert fence is not None
        inner = shown[fence.end() : -fence.end()]
        assert inner == text or inner == f" {text} "


def test_a_summary_never_outgrows_what_a_job_page_takes_and_counts_what_is_beyond() -> None:
    many = tuple(
        finding(f"CHK-{number}", Status.FAIL, severity=Severity.LOW, samples=(affected("x" * 5_000, number),) * 5)
        for number in range(2_000)
    )
    document = rendered("markdown", ordinary(findings=many), SHOWN)
    assert MOST_BYTES - 2_000 < len(document.encode()) <= MOST_BYTES
    last = re.fullmatch(r"- and ([\d,]+) more; the result folder holds all of them", document.splitlines()[-1])
    assert last is not None
    whole = sum(line.lstrip().startswith("- ") for line in document.splitlines()[:-1])
    assert int(last[1].replace(",", "")) + whole > 2_000 * 6


def test_the_summary_of_a_real_reading_tells_every_failing_control(assessed_of: Callable[..., Assessed]) -> None:
    judged = assessed_of("agency")
    document = render("markdown", judged, Options())
    assert isinstance(document, str)
    failing = {one.check for one in judged.assessment.findings if one.status is Status.FAIL}
    told = {line.split()[1].strip("*") for line in section(document, "What failed")}
    assert told == failing
    assert "bureau.example" not in document
    assert "svc-backup" not in document
