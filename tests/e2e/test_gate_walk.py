"""A gate can be green, red, and green again: one repository through a failing tenant, a waiver, a regression, a fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from changing_tenant import as_it_is, bypassing, collect_changed, gate, judge, without_users_read
from handed_files import write_waivers
from lookback_command import assessment_of, copied, findings_of, reseal, rewrite_json

BYPASS_CHECKS = ["AUD-04", "MIA-01"]
"""What an account fails that bypasses mailbox auditing."""


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One tenant, week after week: sound, failing, failing in one more account, fixed, and no longer readable."""
    home = tmp_path_factory.mktemp("weeks")
    weeks = {
        "sound": (as_it_is, 5),
        "failing": (bypassing("user007"), 4),
        "regressed": (bypassing("user007", "user008"), 3),
        "fixed": (as_it_is, 2),
        "unread": (without_users_read, 1),
    }
    return {name: collect_changed(change, home / name, weeks=ago) for name, (change, ago) in weeks.items()}


def accepting(tmp_path: Path, bundle: Path, result: Path) -> Path:
    """A waiver of the accounts that fail in a result, and of no others."""
    failing = {one["id"] for check in BYPASS_CHECKS for one in findings_of(result)[check, None]["samples"]}
    return write_waivers(tmp_path / "waivers.yaml", bundle, {"checks": BYPASS_CHECKS, "objects": sorted(failing)})


def test_a_gate_is_green_red_waived_red_again_and_green_again(tenants: dict[str, Path], tmp_path: Path) -> None:
    result = tmp_path / "result"
    assert gate(tenants["sound"], result).code == 0
    assert gate(tenants["failing"], result).code == 3
    waivers = accepting(tmp_path, tenants["failing"], result)
    waived = gate(tenants["failing"], result, "--waivers", waivers)
    assert waived.code == 0
    assert {one["status"] for (check, _), one in findings_of(result).items() if check in BYPASS_CHECKS} == {"fail"}
    assert "under a waiver, which changes no status" in " ".join(waived.out.split())
    assert gate(tenants["regressed"], result, "--waivers", waivers).code == 3
    assert gate(tenants["fixed"], result, "--waivers", waivers).code == 0
    assert gate(tenants["unread"], result, "--waivers", waivers).code == 4


def test_a_gate_on_regressions_is_red_only_where_something_got_worse(tenants: dict[str, Path], tmp_path: Path) -> None:
    baseline, result = tmp_path / "baseline", tmp_path / "result"
    regression = ("--fail-on", "regression", "--against")
    assert gate(tenants["sound"], tmp_path / "sound").code == 0
    assert gate(tenants["failing"], baseline, *regression, tmp_path / "sound").code == 3
    assert gate(tenants["failing"], result, *regression, baseline).code == 0
    regressed = gate(tenants["regressed"], result, *regression, baseline)
    assert regressed.code == 3
    assert "1 affected object more" in regressed.out
    waivers = accepting(tmp_path, tenants["regressed"], result)
    assert gate(tenants["regressed"], result, *regression, baseline, "--waivers", waivers).code == 0
    assert gate(tenants["fixed"], result, *regression, baseline).code == 0
    assert gate(tenants["unread"], result, *regression, tmp_path / "sound").code == 4


def test_one_account_for_another_is_a_regression_though_as_many_fail(tenants: dict[str, Path], tmp_path: Path) -> None:
    other = collect_changed(bypassing("user008"), tmp_path / "other", weeks=3)
    judge(tenants["failing"], tmp_path / "before")
    swapped = judge(other, tmp_path / "after", "--fail-on", "regression", "--against", tmp_path / "before")
    assert swapped.code == 3


def test_leaving_a_check_out_does_not_make_a_gate_on_regressions_green(
    tenants: dict[str, Path], tmp_path: Path
) -> None:
    judge(tenants["failing"], tmp_path / "before")
    less = judge(
        *(tenants["failing"], tmp_path / "after", "--checks", "AUD-01"),
        *("--fail-on", "regression", "--against", tmp_path / "before"),
    )
    assert less.code == 4


def test_a_waiver_that_ran_out_is_a_regression(tenants: dict[str, Path], tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    assert judge(tenants["failing"], before).code == 3
    accepted = [{"checks": [check], "expires": "2026-10-20"} for check in BYPASS_CHECKS]
    waivers = write_waivers(tmp_path / "waivers.yaml", tenants["failing"], *accepted)
    assert judge(tenants["failing"], before, "--waivers", waivers).code == 0
    again = collect_changed(bypassing("user007"), tmp_path / "again", weeks=3)
    run = judge(again, after, "--waivers", waivers, "--fail-on", "regression", "--against", before)
    assert run.code == 3
    reasons = [one for change in assessment_of(after)["since"]["changes"] for one in change["reasons"]]
    assert {one["kind"] for one in reasons} == {"waiver"}
    assert all("expired on 2026-10-20" in one["text"] for one in reasons)


def test_a_gate_on_regressions_says_what_it_lacks(tenants: dict[str, Path], tmp_path: Path) -> None:
    bundle, result = tenants["sound"], tmp_path / "result"
    alone = judge(bundle, result, "--fail-on", "regression")
    assert (alone.code, "--against" in alone.err) == (2, True)
    assert judge(bundle, result).code == 0
    elsewhere = judge(bundle, tmp_path / "other", "--fail-on", "high", "--against", result)
    assert (elsewhere.code, "--fail-on regression" in elsewhere.err) == (2, True)
    another = judge(bundle, tmp_path / "other", "--standard", "m-21-31", "--gate", "m-21-31", "--fail-on", "regression")
    assert another.code == 2
    ungated = judge(
        *(bundle, tmp_path / "other", "--standard", "m-21-31", "--gate", "m-21-31"),
        *("--fail-on", "regression", "--against", result),
    )
    assert (ungated.code, "was not judged by m-21-31" in ungated.err) == (2, True)
    assert not (tmp_path / "other").exists()


def test_a_check_that_is_left_out_is_no_mere_warning(tenants: dict[str, Path], tmp_path: Path) -> None:
    judge(tenants["failing"], tmp_path / "before")
    less = judge(
        *(tenants["failing"], tmp_path / "after", "--checks", "AUD-01", "--on-indeterminate", "warn"),
        *("--fail-on", "regression", "--against", tmp_path / "before"),
    )
    assert less.code == 4


def test_what_a_gate_compares_with_has_to_be_sealed_and_judged_by_the_same_text(
    tenants: dict[str, Path], tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    judge(tenants["sound"], before)

    def refused(baseline: Path) -> str:
        run = judge(tenants["failing"], after, "--fail-on", "regression", "--against", baseline)
        assert (run.code, after.exists()) == (2, False)
        return " ".join(run.err.split())

    alone = tmp_path / "alone.json"
    alone.write_bytes((before / "assessment.json").read_bytes())
    assert "without its result folder" in refused(alone)
    assert "Give the whole result folder" in refused(alone)
    changed = copied(before, tmp_path / "changed")
    rewrite_json(changed / "assessment.json", lambda document: document.update(findings=[]))
    assert "was changed or damaged" in refused(changed)
    weaker = copied(before, tmp_path / "weaker")
    rewrite_json(weaker / "assessment.json", lambda document: document["standards"][0].update(sha256="ee" * 32))
    reseal(weaker)
    assert "was judged by another text of m-26-14" in refused(weaker)
    assert "Judge the bundle of that result again" in refused(weaker)
    narrower = copied(before, tmp_path / "narrower")
    rewrite_json(narrower / "assessment.json", lambda document: document["scope"].update(tolerance_days=30))
    reseal(narrower)
    assert "was judged under another scope" in refused(narrower)
    assert "have a result under the new scope accepted" in refused(narrower)
    told = judge(tenants["failing"], after, "--previous", narrower)
    assert told.code == 3


def test_what_the_exit_code_counts_is_said_where_the_reports_tell_of_another_result(
    tenants: dict[str, Path], tmp_path: Path
) -> None:
    accepted, last = tmp_path / "accepted", tmp_path / "last"
    judge(tenants["sound"], accepted)
    judge(tenants["failing"], last)
    regression = ("--fail-on", "regression", "--against", accepted)
    run = judge(tenants["regressed"], tmp_path / "after", *regression, "--previous", last)
    assert run.code == 3
    assert "What changed since 2026-10-19" in run.out
    assert "the exit code counts what got worse, or is open and unclear, since 2026-10-12" in run.err
    assert "(--against): 2 controls\n" in run.err
    assert "  AUD-04: pass -> fail\n" in run.err
    assert "user007" not in run.err
    same = judge(tenants["regressed"], tmp_path / "after", *regression, "--previous", accepted)
    assert (same.code, same.err) == (3, "")
