"""Waivers are listed with who approved them and when they end, and none of them is ever dropped in silence."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from handed_files import tenant_of, write_waivers
from lookback_command import assessment_of, check, findings_of, lookback, lookback_here, parts_of

from compliance.rules.log_sources import SOURCES
from reports.text import width_of

TODAY = dt.datetime.now(dt.UTC).date()
UNKNOWN = "00000000-0000-4000-8000-000000000001"
PARTS_FROM = ("agency", "hubs-and-adx", "immutable", "everything-denied")


def days(number):
    return (TODAY + dt.timedelta(days=number)).isoformat()


def lasting(number, **waiver):
    """A waiver that ends a number of days from today; one that has ended was approved before that."""
    approved = days(min(-1, number - 10))
    return {"checks": ["AUD-04"], "approved_on": approved, "expires": days(number), **waiver}


@pytest.fixture
def five(bundle_of, tmp_path):
    """Waivers that end yesterday, today, in 30 days, in 31 days and in 200 days."""
    waivers = [lasting(number, id=f"W-{number}") for number in (-1, 0, 30, 31, 200)]
    return write_waivers(tmp_path / "waivers.yaml", bundle_of("agency"), *waivers)


def listed(run):
    """The rows of the table, by id."""
    assert (run.code, run.err) == (0, ""), run.said
    assert all(width_of(line) <= 80 for line in run.out.splitlines())
    return {line.split()[0]: line for line in run.out.splitlines() if line.startswith("W-")}


def test_every_waiver_is_listed_the_ended_ones_first(five):
    run = lookback_here("waivers", "list", five)
    rows = listed(run)
    assert list(rows) == ["W--1", "W-0", "W-30", "W-31", "W-200"]
    assert "expired" in rows["W--1"]
    assert "ended" in rows["W--1"]
    assert "30 d" in rows["W-30"]
    assert all("active" in rows[one] for one in rows if one != "W--1")
    assert all("AUD-04" in row and "Risk board" in row for row in rows.values())
    assert "as written, not authenticated" in run.out
    assert "5 waivers" in run.out


def test_those_that_end_soon_are_told_with_those_that_have_ended(five):
    run = lookback_here("waivers", "list", five, "--expiring", "30d")
    assert list(listed(run)) == ["W--1", "W-0", "W-30"]
    assert "3 of 5 waivers" in run.out
    assert list(listed(lookback_here("waivers", "list", five, "--expiring", "0"))) == ["W--1", "W-0"]


@pytest.mark.parametrize("span", ["", "soon", "30 days", "-1d", "1e3", "99999d", "٣0d"])
def test_a_span_that_is_none_is_refused(five, span):
    run = lookback_here("waivers", "list", five, f"--expiring={span}")
    assert (run.code, "such as 30d" in run.err) == (2, True)


def test_a_malformed_waiver_hides_none_of_the_others(bundle_of, tmp_path):
    path = write_waivers(
        tmp_path / "waivers.yaml", bundle_of("agency"), lasting(10), lasting(20, approver="Mail team"), lasting(400)
    )
    run = lookback_here("waivers", "list", path)
    assert (run.code, run.out) == (2, "")
    assert "somebody else than the requester" in run.err
    assert "365 days" in run.err
    assert lookback_here("waivers", "list", tmp_path / "none.yaml").code == 2


def test_the_file_is_found_by_the_config_that_names_it(five, tmp_path):
    config = tmp_path / "config.yaml"
    text = "tenant: contoso.onmicrosoft.com\ncredential:\n  method: client_secret\n  client_secret: {env: X}\n"
    text += f"  client_id: {UNKNOWN}\n"
    config.write_text(f"{text}waivers: waivers.yaml\n")
    run = lookback_here("waivers", "list", "-c", config)
    assert len(listed(run)) == 5
    config.write_text(text)
    run = lookback_here("waivers", "list", "-c", config)
    assert (run.code, "names no waiver file" in run.err) == (2, True)


def test_waivers_come_from_one_place(five):
    for source in ((), (five, "--result", five.parent)):
        assert lookback_here("waivers", "list", *source).code == 2


def test_a_result_tells_what_each_waiver_covers_and_what_it_is_no_longer_needed_for(bundle_of, tmp_path):
    bundle = bundle_of("agency")
    check(bundle, tmp_path / "before")
    before = findings_of(tmp_path / "before")
    passing = sorted(name for name, one in before.items() if one["status"] == "pass" and not one["parts"])[0][0]
    failing = before["AUD-04", None]
    assert failing["status"] == "fail"
    ids = [
        json.loads(line)["id"]
        for line in (tmp_path / "before" / "affected" / "AUD-04.jsonl").read_text().split("\n")[:-1]
    ]
    gone = UNKNOWN
    path = write_waivers(
        tmp_path / "waivers.yaml",
        bundle,
        {"id": "W-used", "checks": ["AUD-04"], "objects": [*(one.upper() for one in ids), gone]},
        {"id": "W-closed", "checks": [passing]},
        {"id": "W-old", "checks": ["AUD-04"], "approved_on": "2026-01-01", "expires": "2026-02-01"},
        {"id": "W-soon", "checks": ["RET-01"], "parts": ["guest"], "expires": "2026-12-01"},
    )
    run = check(bundle, tmp_path / "result", "--waivers", path)
    uses = {one["id"]: one for one in assessment_of(tmp_path / "result")["waivers"]}
    assert uses["W-used"]["covered_objects"] == len(ids) > 0
    assert uses["W-used"]["no_longer_needed"] == [gone]
    assert uses["W-used"]["findings"] == [failing["uid"]]
    assert uses["W-closed"]["no_longer_needed"] == [passing]
    assert uses["W-closed"]["standing"] == "can be closed: its check passes"
    assert (uses["W-old"]["standing"], uses["W-old"]["covered_objects"]) == ("expired", 0)
    report = " ".join(run.out.split())
    assert "EXPIRED: 1, and no longer counted W-old" in report
    assert "Ending within 30 days: 1 W-soon" in report
    assert f"W-used covers 1 finding, {len(ids):,} affected object" in report
    assert f"W-used is no longer needed for {gone}" in report
    rows = listed(lookback_here("waivers", "list", "--result", tmp_path / "result"))
    assert {one: row.split()[-1] for one, row in rows.items()} == {
        "W-used": "used",
        "W-old": "expired",
        "W-closed": "closed",
        "W-soon": uses["W-soon"]["standing"].partition(":")[0],
    }


def test_a_waiver_that_ended_since_the_evidence_is_told_with_both_days(bundle_of, tmp_path):
    bundle = bundle_of("agency")
    path = write_waivers(
        tmp_path / "waivers.yaml", bundle, lasting(-1, id="W-since", approved_on="2026-10-01"), lasting(9, id="W-on")
    )
    run = check(bundle, tmp_path / "result", "--waivers", path)
    as_of = assessment_of(tmp_path / "result")["as_of"][:10]
    assert as_of < days(-1)
    assert f"Counted as of {as_of}, the day of the evidence" in run.out
    run = lookback_here("waivers", "list", "--result", tmp_path / "result", "--expiring", "0")
    rows = listed(run)
    assert list(rows) == ["W-since"]
    assert rows["W-since"].split()[-2:] == ["ended", "used"]
    assert f"W-since ended on {days(-1)}; counted as of {as_of}, the day of the evidence" in " ".join(run.out.split())
    assert f"1 of 2 waivers as of {TODAY}" in run.out
    assert "expired" in listed(lookback_here("waivers", "list", path))["W-since"]


def test_two_waivers_of_one_object_each_leave_nothing_of_the_finding_open(bundle_of, tmp_path):
    bundle = bundle_of("agency")
    check(bundle, tmp_path / "before", "--checks", "AUD-04")
    rows = (tmp_path / "before" / "affected" / "AUD-04.jsonl").read_text().split("\n")[:-1]
    ids = [json.loads(row)["id"] for row in rows]
    assert len(ids) == 2
    waivers = [{"id": f"W-{number}", "checks": ["AUD-04"], "objects": [one]} for number, one in enumerate(ids)]
    for handed, code in ((waivers[:1], 3), (waivers, 0)):
        path = write_waivers(tmp_path / "waivers.yaml", bundle, *handed)
        result = tmp_path / f"result{len(handed)}"
        assert check(bundle, result, "--checks", "AUD-04", "--waivers", path).code == code
        run = lookback_here("waivers", "list", "--result", result)
        assert run.out.count("used: it covers 1 of 2 affected objects") == len(handed)


def test_an_object_is_not_called_fixed_while_anything_is_undecided(bundle_of, tmp_path):
    bundle = bundle_of("everything-denied")
    waiver = {"checks": ["AUD-04"], "objects": [UNKNOWN]}
    check(bundle, tmp_path / "result", "--waivers", write_waivers(tmp_path / "waivers.yaml", bundle, waiver))
    (use,) = assessment_of(tmp_path / "result")["waivers"]
    assert use["no_longer_needed"] == []


def test_every_part_that_a_check_tells_apart_can_be_waived(bundle_of, tmp_path):
    waivers = []
    for name in PARTS_FROM:
        check(bundle_of(name), tmp_path / name, "--standard", "m-21-31", "--standard", "m-26-14")
        for (one, _), finding in findings_of(tmp_path / name).items():
            if parts := sorted(parts_of(finding)):
                waivers.append({"checks": [one], "parts": parts})
    kinds = {part for one in waivers for part in one["parts"]}
    assert len(kinds) > len(SOURCES)
    assert any(part.startswith("/subscriptions/") for part in kinds)
    path = write_waivers(tmp_path / "waivers.yaml", bundle_of("agency"), *waivers)
    assert lookback_here("waivers", "list", path).code == 0


def test_a_store_is_waived_by_its_id_in_whatever_letter_case(bundle_of, tmp_path):
    bundle = bundle_of("immutable")
    check(bundle, tmp_path / "before")
    (key, part), *_ = (
        (key, part)
        for key, finding in sorted(findings_of(tmp_path / "before").items(), key=str)
        for part in finding["parts"]
        if part["status"] == "fail" and part["id"].startswith("/subscriptions/")
    )
    wrong = part["id"] + "x"
    path = write_waivers(
        tmp_path / "waivers.yaml",
        bundle,
        {
            "id": "W-store",
            "checks": [key[0]],
            "parts": [part["id"].upper().replace("/SUBSCRIPTIONS/", "/subscriptions/")],
        },
        {"id": "W-other", "checks": [key[0]], "parts": [wrong]},
    )
    check(bundle, tmp_path / "result", "--waivers", path)
    assert [one["id"] for one in findings_of(tmp_path / "result")[key]["waivers"]] == ["W-store"]
    uses = {one["id"]: one for one in assessment_of(tmp_path / "result")["waivers"]}
    assert uses["W-other"]["standing"] == "unused: it covers nothing that was found"


def test_hostile_text_in_a_waiver_obeys_no_terminal(bundle_of, tmp_path):
    hostile = "Eve \u202e\x1b]0;pwned\x07"
    waiver = lasting(10, approver=hostile, reason=f"{hostile} {'x' * 300}", ticket=hostile)
    path = write_waivers(tmp_path / "waivers.yaml", bundle_of("agency"), waiver)
    run = lookback("waivers", "list", path)
    assert run.code == 0, run.said
    assert "\x1b" not in run.out
    assert "\u202e" not in run.out
    assert tenant_of(bundle_of("agency")) in path.read_text()
