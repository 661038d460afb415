"""Earlier results as a trend, and the days of a period without evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from changing_tenant import as_it_is, bypassing, collect_changed
from lookback_command import assessment_of, check, lookback_here

from compliance.assessment.history import history_of
from compliance.assessment.verdict import Status
from compliance.earlier import read_history

ONE = ("--checks", "AUD-04")


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tenant in September, October and November."""
    home = tmp_path_factory.mktemp("months")
    return {
        "september": collect_changed(bypassing("user007"), home / "september", weeks=9),
        "october": collect_changed(as_it_is, home / "october", weeks=4),
        "november": collect_changed(as_it_is, home / "november"),
    }


@pytest.fixture
def kept(months: dict[str, Path], tmp_path: Path) -> Path:
    """Results where people keep them: one beside the others, one in a folder of its year, one without its folder."""
    home = tmp_path / "kept"
    check(months["september"], home / "2026" / "september", *ONE)
    check(months["october"], home / "october", *ONE, "--previous", home / "2026" / "september")
    return home


def test_earlier_results_are_a_trend_the_oldest_first(months: dict[str, Path], kept: Path, tmp_path: Path) -> None:
    check(months["november"], kept / "november", *ONE)
    found = [one.earlier.assessment for one in read_history(kept)]
    now = next(one for one in found if f"{one.as_of:%m}" == "11")
    points = history_of(reversed(found), now)
    assert [f"{one.as_of:%Y-%m-%d}" for one in points] == ["2026-09-14", "2026-10-19"]
    uid = assessment_of(kept / "november")["findings"][0]["uid"]
    assert [one.statuses[uid] for one in points] == [Status.FAIL, Status.PASS]
    assert [[day.isoformat() for day in one.evidence_days] for one in points] == [["2026-09-14"], ["2026-10-19"]]
    assert [one.totals[0].failed for one in points] == [1, 0]
    assert [(one.complete, one.simulated, one.redacted) for one in points] == [(False, True, False)] * 2


def test_days_of_a_period_without_evidence_are_told_of_this_and_of_earlier_bundles(
    months: dict[str, Path], kept: Path, tmp_path: Path
) -> None:
    alone = check(months["november"], tmp_path / "alone", *ONE, "--period", "2026Q4")
    words = " ".join(alone.out.split())
    assert "2026-10-01 to 2026-12-31: evidence of this bundle is from 1 day of 92." in words
    assert "45 of these days are still to come." in words
    assert "Days without evidence: 2026-10-01 to 2026-11-15, 2026-11-17 to 2026-12-31" in words
    assert assessment_of(tmp_path / "alone")["period"] == {
        "text": "2026Q4",
        "first": "2026-10-01",
        "last": "2026-12-31",
        "evidence_days": ["2026-11-16"],
    }
    assert lookback_here("verify", months["november"], tmp_path / "alone").code == 0
    beside = check(months["november"], tmp_path / "beside", *ONE, "--period", "2026Q4", "--history", kept)
    words = " ".join(beside.out.split())
    assert "evidence of this bundle and of 2 earlier assessments is from 2 days of 92." in words
    assert "2026-10-01 to 2026-10-18, 2026-10-20 to 2026-11-15, 2026-11-17 to 2026-12-31" in words
    assert (tmp_path / "beside/assessment.json").read_bytes() == (tmp_path / "alone/assessment.json").read_bytes()


def test_a_trend_is_drawn_into_the_html(months: dict[str, Path], kept: Path, tmp_path: Path) -> None:
    reports = {name: tmp_path / f"{name}.html" for name in ("without", "with")}
    check(months["november"], tmp_path / "result", *ONE, "--report", f"html={reports['without']}")
    check(months["november"], tmp_path / "result", *ONE, "--report", f"html={reports['with']}", "--history", kept)
    assert "2026-09-14" not in reports["without"].read_text("utf-8")
    trend = reports["with"].read_text("utf-8")
    for day in ("2026-09-14", "2026-10-19", "2026-11-16, this one"):
        assert f"{day}, not every control, simulated" in trend


def test_a_history_of_another_tenant_is_refused_by_its_file(
    months: dict[str, Path], kept: Path, tmp_path: Path, bundle_of: Callable[[str], Path]
) -> None:
    check(bundle_of("agency"), kept / "2026" / "stranger", "--checks", "AUD-01")
    run = check(months["november"], tmp_path / "result", *ONE, "--history", kept)
    assert run.code == 2
    assert str(kept / "2026" / "stranger" / "assessment.json") in run.err
    assert "is of another tenant" in run.err
    assert not (tmp_path / "result").exists()


def test_a_history_without_results_and_a_period_that_is_none_are_refused(
    months: dict[str, Path], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for option, value, told in (
        ("--history", empty, "holds no assessment.json"),
        ("--history", tmp_path / "missing", "is not a directory"),
        ("--period", "2026Q7", "FY2026Q4"),
    ):
        run = check(months["november"], tmp_path / "result", *ONE, option, value)
        assert (run.code, told in run.err) == (2, True)
