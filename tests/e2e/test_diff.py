"""What `lookback diff` and `check --previous` say of one tenant from quarter to quarter, read over HTTP each time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from changing_tenant import JUDGED, Change, as_it_is, bypassing, collect_changed, judge, without_users_read
from handed_files import write_declarations
from lookback_command import (
    assessment_of,
    check,
    copied,
    findings_of,
    lookback,
    lookback_here,
    reseal,
    rewrite_json,
    write_config,
)

from compliance.assessment.changes import ComparisonEntry
from compliance.demo.people import Licence
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import RetentionPolicy, Tenant
from compliance.evidence.bundle import open_bundle
from compliance.runner import assess


def fewer_licences(tenant: Tenant) -> None:
    """Give three members a licence without Audit (Premium) in place of the one that they had."""
    tenant.add_sku("SPE_E3", 5)
    for user in tenant.users[:3]:
        user.licences = [Licence("SPE_E3")]


def renamed(tenant: Tenant) -> None:
    """Let the account that bypasses mailbox auditing be called otherwise."""
    bypassing("user007")(tenant)
    for row in tenant.bypass:
        row.name = "someone-else" if row.name == "user007" else row.name
    for one in (*tenant.users, *tenant.mailboxes):
        if one.user_principal_name.startswith("user007@"):
            one.display_name = "Somebody else"
            one.user_principal_name = f"someone-else@{tenant.domain}"


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The bundles of a tenant a quarter ago, and of what might have become of it since."""
    home = tmp_path_factory.mktemp("quarters")
    made = {
        "before": (as_it_is, 13),
        "bypass": (bypassing("user007"), 0),
        "unread": (without_users_read, 0),
        "licences": (fewer_licences, 0),
        "bypass-before": (bypassing("user007"), 13),
        "renamed": (renamed, 0),
    }
    return {name: collect_changed(change, home / name, weeks=ago) for name, (change, ago) in made.items()}


@pytest.fixture(scope="module")
def results(quarters: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The results of those bundles, each on its own; not to be changed."""
    home = tmp_path_factory.mktemp("results")
    for name, bundle in quarters.items():
        judge(bundle, home / name)
    return {name: home / name for name in quarters}


def compared(results: dict[str, Path], old: str, new: str) -> dict[str, Any]:
    """What changed, as JSON."""
    run = lookback_here("diff", results[old], results[new], "--report", "json")
    assert run.code == 0, run.said
    since: dict[str, Any] = json.loads(run.out)
    return since


def kinds(since: dict[str, Any]) -> set[str]:
    return {reason["kind"] for change in since["changes"] for reason in change["reasons"]}


def test_a_setting_that_changed_is_worse_and_named(results: dict[str, Path]) -> None:
    run = lookback("diff", results["before"], results["bypass"])
    assert run.code == 0, run.said
    words = " ".join(run.out.split())
    assert "AUD-04: pass -> fail. No account bypasses mailbox auditing" in words
    assert "why: setting" in words
    assert "1 affected object more" in words
    assert max(map(len, run.out.splitlines())) <= 80
    assert "*** SIMULATED TENANT" in run.out
    assert lookback("diff", results["before"], results["bypass"], "--exit-code").code == 3
    assert lookback("diff", results["bypass-before"], results["bypass"], "--exit-code").code == 0


def test_the_json_is_the_comparison_that_a_result_holds(
    quarters: dict[str, Path], results: dict[str, Path], tmp_path: Path
) -> None:
    judge(quarters["bypass"], tmp_path / "result", "--previous", results["before"])
    since = compared(results, "before", "bypass")
    assert assessment_of(tmp_path / "result")["since"] == since
    assert set(since) == set(ComparisonEntry.__struct_fields__)
    assert kinds(since) == {"setting"}


def test_a_log_that_is_kept_shorter_still_is_worse_under_a_control_that_failed_before(tmp_path: Path) -> None:
    def kept(duration: str) -> Change:
        def change(tenant: Tenant) -> None:
            mail = RetentionPolicy("Mail", "6e0cf0b6-0000-4000-8000-000000000001", 1, duration, tenant.now)
            mail.record_types = ("ExchangeItemAggregated", "ExchangeItemGroup")
            tenant.policies = [mail]

        return change

    months = {"six": ("SixMonths", 13), "three": ("ThreeMonths", 0)}
    for name, (duration, ago) in months.items():
        bundle = collect_changed(kept(duration), tmp_path / name / "bundle", weeks=ago)
        run = check(bundle, tmp_path / name / "result", "--standard", "m-21-31", "--checks", "RET-01,RET-05,RET-08")
        assert run.code == 3
    before, after = tmp_path / "six" / "result", tmp_path / "three" / "result"
    found = json.loads(lookback_here("diff", before, after, "--report", "json").out)
    worse = {one["check"]: one for one in found["changes"] if one["direction"] == "worse"}
    assert "RET-01" in worse
    assert "RET-05" not in worse
    assert (worse["RET-01"]["was"], worse["RET-01"]["now"]) == ("fail", "fail")
    assert "searchable 180 days then, 90 days now" in " ".join(one["text"] for one in worse["RET-01"]["reasons"])
    regression = ("--fail-on", "regression", "--against", before)
    bundle, again = tmp_path / "three" / "bundle", tmp_path / "again"
    chosen = ("--standard", "m-21-31", "--checks", "RET-01,RET-05,RET-08")
    assert check(bundle, again, *chosen, *regression).code == 3
    assert check(bundle, again, *chosen, "--fail-on", "regression", "--against", after).code == 0


def test_a_permission_that_is_gone_is_named_and_no_setting_is_blamed(results: dict[str, Path]) -> None:
    since = compared(results, "before", "unread")
    assert kinds(since) == {"permission"}
    assert {one["direction"] for one in since["changes"] if one["was"] != one["now"]} == {"worse"}
    assert {one["direction"] for one in since["changes"] if one["was"] == one["now"]} <= {"unclear", "neither"}
    texts = {reason["text"] for change in since["changes"] for reason in change["reasons"]}
    assert "graph.users: complete then, denied now" in texts
    assert "the reader of graph holds other permissions: then also User.Read.All" in texts


def test_licences_that_went_away_are_named(results: dict[str, Path]) -> None:
    since = compared(results, "before", "licences")
    by_check = {one["check"]: one for one in since["changes"]}
    reasons = by_check["AUD-08"]["reasons"]
    assert "licence" in {one["kind"] for one in reasons}
    text = next(one["text"] for one in reasons if one["kind"] == "licence")
    assert "members with Audit (Premium): 12 then, 9 now" in text
    assert "members without Audit (Premium): none then, 3 now" in text


def test_identities_outlast_renames_titles_and_runs(quarters: dict[str, Path], results: dict[str, Path]) -> None:
    before, after = findings_of(results["bypass-before"]), findings_of(results["renamed"])
    assert {key: one["uid"] for key, one in before.items()} == {key: one["uid"] for key, one in after.items()}
    old, new = (found["AUD-04", None]["samples"] for found in (before, after))
    assert [one["name"] for one in old] != [one["name"] for one in new]
    assert [(one["uid"], one["id"]) for one in old] == [(one["uid"], one["id"]) for one in new]
    since = compared(results, "bypass-before", "renamed")
    assert all((one["objects_new"], one["objects_gone"]) == (0, 0) for one in since["changes"])
    assert {one["direction"] for one in since["changes"]} <= {"neither"}


def test_a_result_that_follows_another_is_evaluated_again_byte_for_byte(
    quarters: dict[str, Path], results: dict[str, Path], tmp_path: Path
) -> None:
    result = tmp_path / "result"
    judge(quarters["bypass"], result, "--previous", results["bypass-before"], "--period", "FY2027Q1")
    found = findings_of(result)["AUD-04", None]
    first = assessment_of(results["bypass-before"])["as_of"]
    assert (found["state"], found["first_seen"], found["last_seen"]) == ("open", first, assessment_of(result)["as_of"])
    assert lookback_here("verify", quarters["bypass"], result).code == 0
    forged = copied(result, tmp_path / "forged")
    kept = forged / "inputs" / "previous" / "assessment.json"
    rewrite_json(kept, lambda document: document.update(as_of="2026-01-01T00:00:00Z"))
    reseal(forged)
    run = lookback_here("verify", quarters["bypass"], forged)
    assert (run.code, "gives other findings" in run.out) == (3, True)
    added = copied(result, tmp_path / "added")
    (added / "inputs" / "previous" / "affected" / "more.jsonl").write_text("{}\n")
    reseal(added)
    run = lookback_here("verify", quarters["bypass"], added)
    assert (run.code, "does not belong to a result" in run.out) == (3, True)


def test_an_audit_follows_a_result_beside_its_bundle(
    quarters: dict[str, Path], results: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = load_scenario("compliant")
    bypassing("user007")(tenant)
    with serve(tenant) as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        run = lookback_here(
            *("audit", "-c", write_config(served, tmp_path), "-o", tmp_path / "bundle", *JUDGED, "-q"),
            *("--previous", quarters["before"], "--previous-result", results["before"]),
        )
    assert run.code == 3, run.said
    assert "What changed since 2026-08-17" in run.out
    assert "2 new" in run.out
    assert lookback_here("verify", tmp_path / "bundle", tmp_path / "bundle.result").code == 0


def test_a_line_of_results_keeps_when_a_finding_was_first_seen(
    quarters: dict[str, Path], results: dict[str, Path], tmp_path: Path
) -> None:
    fixed, again = tmp_path / "fixed", tmp_path / "again"
    judge(collect_changed(as_it_is, tmp_path / "then", weeks=6), fixed, "--previous", results["bypass-before"])
    assert findings_of(fixed)["AUD-04", None]["state"] == "closed"
    judge(quarters["bypass"], again, "--previous", fixed)
    found = findings_of(again)["AUD-04", None]
    assert (found["state"], found["first_seen"]) == ("reopened", assessment_of(results["bypass-before"])["as_of"])


def test_an_assessment_alone_can_be_followed_though_it_counts_objects_only(
    quarters: dict[str, Path], results: dict[str, Path], tmp_path: Path
) -> None:
    alone, result = tmp_path / "q3.json", tmp_path / "result"
    alone.write_bytes((results["before"] / "assessment.json").read_bytes())
    run = judge(quarters["bypass"], result, "--previous", alone)
    assert "What changed since 2026-08-17" in run.out
    change = next(one for one in assessment_of(result)["since"]["changes"] if one["check"] == "AUD-04")
    assert (change["direction"], change["objects_new"]) == ("worse", None)
    assert (result / "inputs" / "previous.json").is_file()
    assert lookback_here("verify", quarters["bypass"], result).code == 0
    inside = lookback_here("diff", results["before"] / "assessment.json", results["bypass"], "--report", "json")
    assert json.loads(inside.out)["changes"][0]["objects_new"] == 1


def test_another_title_of_a_check_changes_no_identity(quarters: dict[str, Path]) -> None:
    from checks import all_checks
    from compliance.assessment.declarations import NO_DECLARATIONS
    from compliance.standards import load_standard

    one = next(each for each in all_checks() if each.id == "RET-01")
    uids = {
        assess(
            open_bundle(quarters["before"]),
            checks=[replace(one, title=title)],
            left_out=(),
            standards=[load_standard("m-21-31")],
            declarations=NO_DECLARATIONS,
            waivers=(),
        )
        .assessment.findings[0]
        .uid
        for title in (one.title, "Called otherwise")
    }
    assert len(uids) == 1


def test_declarations_that_are_handed_over_are_named(quarters: dict[str, Path], tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    check(quarters["before"], before, "--checks", "RET-04")
    declared = write_declarations(tmp_path, quarters["before"])
    check(quarters["before"], after, "--checks", "RET-04", "--declarations", declared, "--previous", before)
    (change,) = assessment_of(after)["since"]["changes"]
    assert [one["kind"] for one in change["reasons"]] == ["declaration"]


@pytest.mark.parametrize("command", ["diff", "previous"])
def test_what_cannot_be_compared_is_refused_with_what_to_do(
    command: str, quarters: dict[str, Path], results: dict[str, Path], bundle_of: Any, tmp_path: Path
) -> None:
    def refused(old: Path) -> str:
        if command == "diff":
            run = lookback_here("diff", old, results["before"])
        else:
            run = check(quarters["before"], tmp_path / "out", *JUDGED, "--previous", old)
        assert (run.code, run.out) == (2, "")
        assert not (tmp_path / "out").exists()
        return " ".join(run.err.split())

    check(bundle_of("agency"), tmp_path / "stranger", "--checks", "AUD-01")
    assert "is of another tenant" in refused(tmp_path / "stranger")
    assert "later than what it is compared with" in refused(results["bypass"])
    assert f"Judge it first: lookback check {quarters['before']}" in refused(quarters["before"])
    assert "cannot be read" in refused(tmp_path / "nothing")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no assessment.json" in refused(empty)
    changed = copied(results["before"], tmp_path / "changed")
    (changed / "assessment.json").write_bytes(b"{}")
    assert "was changed or damaged" in refused(changed)
    newer = tmp_path / "newer.json"
    newer.write_bytes((results["before"] / "assessment.json").read_bytes())
    for version in ("1.99.0", "9.0.0", "10.0.0", "newest"):
        rewrite_json(newer, lambda document, version=version: document.update(schema_version=version, more=1))
        assert "newer one" in refused(newer)
    doubled = tmp_path / "doubled.json"
    doubled.write_bytes((results["before"] / "assessment.json").read_bytes())
    rewrite_json(doubled, lambda document: document.update(findings=2 * document["findings"]))
    assert "holds one finding more than once" in refused(doubled)


def test_an_earlier_result_cannot_lead_outside_its_folder(results: dict[str, Path], tmp_path: Path) -> None:
    forged = copied(results["bypass-before"], tmp_path / "forged")

    def escape(document: dict[str, Any]) -> None:
        failing = next(one for one in document["findings"] if one["samples"])
        failing["check"] = "../../../secret"

    (tmp_path / "secret.jsonl").write_text('{"id": "x"}\n')
    rewrite_json(forged / "assessment.json", escape)
    reseal(forged)
    run = lookback_here("diff", forged, results["bypass"])
    assert (run.code, "affected/../../../secret" in run.err) == (2, True)
