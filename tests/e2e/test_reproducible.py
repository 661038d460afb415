"""Whoever judges a bundle, wherever and whenever, gets the same findings byte for byte."""

from __future__ import annotations

import datetime as dt
import os
import shutil

import pytest
from lookback_command import check, collect_from, files_of, lookback, lookback_here

from compliance.cli import judging
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

BOTH = ("--standard", "m-21-31", "--standard", "m-26-14")
ELSEWHERE = (
    {"TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "America/Adak", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"},
)


def test_two_processes_in_other_zones_languages_and_directories_write_the_same_files(bundle_of, tmp_path):
    results = []
    for number, env in enumerate(ELSEWHERE):
        cwd = tmp_path / f"cwd{number}"
        cwd.mkdir()
        bundle = cwd / "evidence"
        shutil.copytree(bundle_of("agency"), bundle)
        given = bundle if number else "evidence"
        report = f"json=report{number}.json"
        run = lookback("check", given, "-o", "result", *BOTH, "--report", report, env=env, cwd=cwd)
        assert (run.code, run.err) == (3, "")
        results.append((files_of(cwd / "result"), (cwd / f"report{number}.json").read_bytes()))
    assert results[0] == results[1]
    assert len(results[0][0]) > 5


def test_a_result_names_neither_the_machine_nor_the_place_nor_the_moment_of_judging(bundle_of, result_of):
    result, _ = result_of("agency")
    today = dt.datetime.now(dt.UTC).date().isoformat()
    for name, content in files_of(result).items():
        for telling in (str(bundle_of("agency")), str(result), os.uname().nodename, today):
            assert telling.encode() not in content, name


def test_a_check_years_later_gives_the_same_files(bundle_of, result_of, tmp_path, monkeypatch):
    monkeypatch.setattr(judging, "_today", lambda: dt.date(2031, 2, 28))
    assert check(bundle_of("agency"), tmp_path / "later", *BOTH).code == 3
    assert files_of(tmp_path / "later") == files_of(result_of("agency")[0])


def test_judging_over_an_earlier_result_leaves_nothing_of_it_behind(bundle_of, compliant_result, tmp_path):
    result = tmp_path / "result"
    check(bundle_of("agency"), result, *BOTH)
    assert (result / "affected").is_dir()
    assert check(bundle_of("compliant"), result).code == 4
    assert files_of(result) == files_of(compliant_result)


def test_the_order_of_the_checks_asked_for_makes_no_difference(bundle_of, tmp_path):
    for name, order in (("one", "RET-01,AUD-04"), ("other", "aud-04, ret-01")):
        check(bundle_of("agency"), tmp_path / name, "--checks", order)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def test_a_moved_bundle_is_judged_the_same(bundle_of, result_of, tmp_path):
    shutil.copytree(bundle_of("agency"), tmp_path / "renamed and moved")
    check(tmp_path / "renamed and moved", tmp_path / "r", *BOTH)
    assert files_of(tmp_path / "r") == files_of(result_of("agency")[0])


@pytest.mark.parametrize("scenario", ["agency", "least-privilege"])
def test_two_collections_of_the_same_tenant_give_the_same_findings(scenario, bundle_of, result_of, tmp_path):
    with serve(load_scenario(scenario)) as served:
        collect_from(served, tmp_path / "again")
    check(tmp_path / "again", tmp_path / "r", *BOTH)
    first, second = (files_of(folder) for folder in (result_of(scenario)[0], tmp_path / "r"))
    assert set(first) == set(second)
    ours, theirs = _findings(first), _findings(second)
    assert ours == theirs


def test_the_order_in_which_an_api_lists_its_rows_does_not_decide_a_verdict(tmp_path, result_of):
    tenant = load_scenario("agency")
    tenant.users.reverse()
    tenant.bypass.reverse()
    tenant.skus.reverse()
    with serve(tenant) as served:
        collect_from(served, tmp_path / "reversed")
    check(tmp_path / "reversed", tmp_path / "r", *BOTH)
    turned, straight = (_findings(files_of(folder)) for folder in (tmp_path / "r", result_of("agency")[0]))
    assert turned == straight


def test_verify_evaluates_again_and_finds_the_same(bundle_of, result_of):
    run = lookback_here("verify", bundle_of("agency"), result_of("agency")[0])
    assert (run.code, run.err) == (0, "")
    assert "byte for byte the same" in run.out


def _findings(files):
    """The findings without what names the bytes, the row or the moment that they were read from."""
    import json

    def plain(value):
        if isinstance(value, dict):
            return {
                key: plain(item) for key, item in value.items() if key not in {"sha256", "frame", "pointer", "started"}
            }
        return [plain(item) for item in value] if isinstance(value, list) else value

    assessment = json.loads(files["assessment.json"])
    return plain({key: value for key, value in assessment.items() if key not in {"bundle_sha256", "run"}})
