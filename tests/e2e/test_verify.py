"""`verify` passes what is as it was sealed, and notices whatever was done to it since."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil

import pytest
from exported_files import write_exports
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lookback_command import (
    check,
    copied,
    files_of,
    lookback,
    lookback_here,
    reseal,
    rewrite_json,
    write_config,
)

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.evidence.datasets import DATASETS

USERS, BYPASS = "datasets/graph.users.frames.gz", "datasets/exchange.mailbox_audit_bypass.frames.gz"


@pytest.fixture
def bundle(compliant, tmp_path):
    return copied(compliant, tmp_path / "bundle")


@pytest.fixture
def result(compliant_result, tmp_path):
    return copied(compliant_result, tmp_path / "result")


def refused(*args):
    """Verify, and return what is wrong: a list with at least one line, and no success beside it."""
    run = lookback_here("verify", *args)
    problems = [line for line in run.out.splitlines() if line.startswith("NOT AS SEALED")]
    assert (run.code, bool(problems)) == (3, True), run.said
    assert "internal error" not in run.said
    assert "byte for byte the same" not in run.out
    return problems


def test_a_fresh_bundle_and_its_result_are_as_they_were_sealed(compliant, compliant_result):
    run = lookback("verify", compliant, compliant_result)
    assert (run.code, run.err) == (0, "")
    assert f"{len(DATASETS)} datasets" in run.out
    assert "evaluated again, byte for byte the same" in run.out
    assert "unsigned" in run.out


def test_the_sums_can_be_checked_without_lookback(compliant, compliant_result):
    for folder in (compliant, compliant_result):
        lines = (folder / "SHA256SUMS").read_text().splitlines()
        named = dict(reversed(line.split("  ", 1)) for line in lines)
        files = {name: content for name, content in files_of(folder).items() if name != "SHA256SUMS"}
        assert named == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_flipped_bit_in_any_file_is_noticed(compliant, compliant_result, tmp_path, data):
    folder = data.draw(st.sampled_from(["bundle", "result"]))
    for name, source in (("bundle", compliant), ("result", compliant_result)):
        if not (tmp_path / name).exists():
            shutil.copytree(source, tmp_path / name)
    name = data.draw(st.sampled_from(sorted(files_of(tmp_path / folder))))
    path = tmp_path / folder / name
    whole = path.read_bytes()
    offset = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1 << bit]) + whole[offset + 1 :])
    try:
        assert name in "".join(refused(tmp_path / "bundle", tmp_path / "result")) or name == "SHA256SUMS"
    finally:
        path.write_bytes(whole)


FILES = ["manifest.json", "SHA256SUMS", USERS, BYPASS]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["removed", "emptied", "cut", "lengthened"])
def test_a_damaged_file_of_the_bundle_is_noticed(name, damage, bundle):
    path = bundle / name
    whole = path.read_bytes()
    match damage:
        case "removed":
            path.unlink()
        case "emptied":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(whole[:-1])
        case _:
            path.write_bytes(whole + b"\n")
    run = lookback_here("verify", bundle)
    assert run.code == 3, run.said
    assert name in run.said
    assert "internal error" not in run.said


@pytest.mark.parametrize("name", ["note.txt", "datasets/other.frames.gz", ".hidden", "deep/er/file"])
def test_an_added_file_is_noticed_also_when_the_sums_were_written_anew(name, bundle):
    (bundle / name).parent.mkdir(parents=True, exist_ok=True)
    (bundle / name).write_text("added")
    assert name in refused(bundle)[0]
    reseal(bundle)
    assert name in refused(bundle)[0]


@pytest.mark.skipif(os.name != "posix", reason="making links needs a privilege on Windows")
def test_a_link_in_place_of_a_file_is_noticed(bundle, tmp_path):
    (bundle / USERS).rename(tmp_path / "elsewhere.gz")
    (bundle / USERS).symlink_to(tmp_path / "elsewhere.gz")
    assert USERS in refused(bundle)[0]


def test_sums_that_are_a_link_to_elsewhere_are_noticed(bundle, tmp_path):
    (bundle / "SHA256SUMS").rename(tmp_path / "sums")
    (bundle / "SHA256SUMS").symlink_to(tmp_path / "sums")
    assert "SHA256SUMS: not a regular file" in refused(bundle)[0]


def _reworded_refusal(raw):
    return gzip.compress(gzip.decompress(raw).replace(b"Insufficient", b"Sufficient!!"))


@pytest.mark.parametrize(
    "damage", [_reworded_refusal, lambda raw: b"", lambda raw: b"no frames"], ids=["reworded", "emptied", "replaced"]
)
def test_a_refusal_that_was_reworded_is_noticed_also_when_the_sums_were_written_anew(bundle_of, tmp_path, damage):
    bundle = copied(bundle_of("everything-denied"), tmp_path / "bundle")
    before = (bundle / USERS).read_bytes()
    (bundle / USERS).write_bytes(damage(before))
    assert (bundle / USERS).read_bytes() != before
    reseal(bundle)
    assert USERS in refused(bundle)[0]


def test_what_an_import_took_the_place_of_is_verified_like_what_took_it(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    write_exports(tmp_path / "export", {"Get-UnifiedAuditLogRetentionPolicy.json": []})
    assert lookback_here("import", tmp_path / "export", "--into", bundle).code == 0
    assert lookback_here("verify", bundle).code == 0
    replaced = bundle / "datasets/purview.audit_retention_policies.frames.gz"
    replaced.write_bytes(gzip.compress(b""))
    reseal(bundle)
    assert replaced.name in refused(bundle)[0]


def test_two_datasets_that_changed_places_are_noticed(bundle):
    swapped = (bundle / USERS).read_bytes()
    (bundle / USERS).write_bytes((bundle / BYPASS).read_bytes())
    (bundle / BYPASS).write_bytes(swapped)
    assert refused(bundle)
    reseal(bundle)
    assert refused(bundle)


def entry(manifest, name):
    return next(one for one in manifest["datasets"] if one["name"] == name)


def _swap_files(manifest):
    one, other = entry(manifest, "graph.users"), entry(manifest, "exchange.mailbox_audit_bypass")
    one["file"], other["file"] = other["file"], one["file"]


def _swap_digests(manifest):
    one, other = entry(manifest, "graph.users"), entry(manifest, "exchange.mailbox_audit_bypass")
    for key in ("sha256", "frames", "rows"):
        one[key], other[key] = other[key], one[key]


def _fewer_rows(manifest):
    entry(manifest, "exchange.mailbox_audit_bypass")["rows"] -= 1


def _other_scope(manifest):
    manifest["scope"]["tolerance_days"] = 31


def _a_dataset_twice(manifest):
    manifest["datasets"].append(manifest["datasets"][0])


def _a_file_elsewhere(manifest):
    entry(manifest, "graph.users")["file"] = "../../../etc/passwd"


def _no_dataset(manifest):
    manifest["datasets"] = [one for one in manifest["datasets"] if one["name"] != "graph.users"]


@pytest.mark.parametrize(
    "change",
    [_swap_files, _swap_digests, _fewer_rows, _other_scope, _a_dataset_twice, _a_file_elsewhere, _no_dataset],
)
def test_a_manifest_that_does_not_fit_its_files_is_noticed_though_the_sums_fit(change, bundle):
    rewrite_json(bundle / "manifest.json", change)
    reseal(bundle)
    assert refused(bundle)


def test_a_body_that_was_edited_and_sealed_again_no_longer_gives_the_result_it_came_with(bundle, compliant_result):
    path = bundle / "datasets" / "exchange.organization_config.frames.gz"
    frames = gzip.decompress(path.read_bytes())
    assert frames.count(b'"AuditDisabled":false') == 1
    path.write_bytes(gzip.compress(frames.replace(b'"AuditDisabled":false', b'"AuditDisabled":true ')))
    reseal(bundle)
    assert "does not match its digest" in refused(bundle, compliant_result)[0]


def _pass_what_fails(assessment):
    for finding in assessment["findings"]:
        finding["status"] = finding["left_open"] = "pass"


def _say_another_tenant(assessment):
    assessment["tenant"]["name"] = "Somebody Else"


@pytest.mark.parametrize("change", [_pass_what_fails, _say_another_tenant])
def test_an_edited_assessment_is_noticed_also_when_the_sums_were_written_anew(change, bundle_of, tmp_path):
    result = tmp_path / "result"
    check(bundle_of("ordinary"), result)
    rewrite_json(result / "assessment.json", change)
    assert "assessment.json" in refused(bundle_of("ordinary"), result)[0]
    reseal(result)
    assert "other findings" in refused(bundle_of("ordinary"), result)[0]


def test_an_edited_list_of_affected_objects_is_noticed_also_when_the_sums_were_written_anew(bundle_of, tmp_path):
    result = tmp_path / "result"
    check(bundle_of("agency"), result)
    path = result / "affected" / "AUD-04.jsonl"
    path.write_bytes(path.read_bytes().replace(b"svc-backup", b"svc-nobody"))
    assert "AUD-04.jsonl" in refused(bundle_of("agency"), result)[0]
    reseal(result)
    assert refused(bundle_of("agency"), result)


def test_a_list_of_affected_objects_that_was_added_or_removed_is_noticed_too(bundle_of, tmp_path):
    result = tmp_path / "result"
    check(bundle_of("agency"), result)
    (result / "affected" / "AUD-04.jsonl").rename(result / "affected" / "AUD-03.jsonl")
    reseal(result)
    assert "AUD-03.jsonl, affected/AUD-04.jsonl" in refused(bundle_of("agency"), result)[0]


def test_an_edited_waiver_among_the_inputs_is_noticed_also_when_the_sums_were_written_anew(bundle_of, tmp_path):
    bundle, result = bundle_of("agency"), tmp_path / "result"
    waivers = tmp_path / "waivers.yaml"
    tenant = json.loads((bundle / "manifest.json").read_bytes())["tenant"]["id"]
    waivers.write_text(
        f"version: 1\ntenant: {tenant}\nwaivers:\n"
        "  - {id: W-1, checks: [AUD-04], reason: The backup tool is watched elsewhere., ticket: T-1,\n"
        "     requester: Mail team, approver: Risk board, approved_on: 2026-10-01, expires: 2027-03-31}\n"
    )
    check(bundle, result, "--waivers", waivers)
    assert lookback_here("verify", bundle, result).code == 0
    kept = result / "inputs" / "waivers.yaml"
    kept.write_text(kept.read_text().replace("Risk board", "Chief clerk"))
    assert "waivers.yaml" in refused(bundle, result)[0]
    reseal(result)
    assert "other findings" in refused(bundle, result)[0]


def test_a_result_of_another_bundle_is_not_taken_for_one_of_this(bundle_of, result_of):
    assert "not from this one" in refused(bundle_of("compliant"), result_of("agency")[0])[0]


@pytest.fixture(scope="module")
def chain(compliant, tmp_path_factory):
    """A bundle that follows the compliant one."""
    directory = tmp_path_factory.mktemp("chain")
    with serve(load_scenario("compliant")) as served:
        config = write_config(served, directory)
        asked = ("collect", "-c", config, "-o", directory / "next", "--previous", compliant, "-q")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in served.environment.items():
                patch.setenv(name, value)
            run = lookback_here(*asked)
    assert run.code == 0, run.said
    return directory / "next"


def test_a_bundle_is_known_to_follow_the_one_before_it(chain, compliant):
    for previous in (compliant, compliant / "manifest.json"):
        run = lookback_here("verify", chain, "--previous", previous)
        assert (run.code, run.err) == (0, "")
        assert f"it follows {previous}" in run.out


def test_a_bundle_that_came_before_others_is_not_taken_for_this_ones_predecessor(chain, compliant, bundle_of):
    assert "does not follow" in refused(chain, "--previous", bundle_of("agency"))[0]
    assert "does not follow" in refused(compliant, "--previous", chain)[0]


def test_a_predecessor_that_was_changed_breaks_the_chain(chain, bundle):
    rewrite_json(bundle / "manifest.json", lambda manifest: manifest["tenant"].update(name="Another"))
    assert "does not follow" in refused(chain, "--previous", bundle)[0]


@pytest.mark.parametrize("previous", ["missing", "empty-directory"])
def test_a_predecessor_that_is_not_there_is_said_in_one_message(previous, chain, tmp_path):
    (tmp_path / "empty-directory").mkdir()
    run = lookback_here("verify", chain, "--previous", tmp_path / previous)
    assert run.code == 2
    assert previous in run.said
    assert "internal error" not in run.said


def test_judging_refuses_a_bundle_that_verify_would_refuse(bundle, tmp_path):
    path = bundle / USERS
    path.write_bytes(path.read_bytes()[:-1])
    run = check(bundle, tmp_path / "r")
    assert run.code == 2
    assert USERS in run.err
    assert not (tmp_path / "r" / "assessment.json").exists()


@pytest.mark.parametrize("folder", ["bundle", "result"])
def test_sums_that_are_missing_are_damage_and_a_folder_that_was_never_sealed_is_none(folder, bundle, result, tmp_path):
    (tmp_path / folder / "SHA256SUMS").unlink()
    assert "SHA256SUMS" in refused(bundle, result)[0]
    (tmp_path / folder / "manifest.json").unlink()
    run = lookback_here("verify", bundle, result)
    assert (run.code, run.out) == (2, "")
    assert folder in run.err


def test_the_help_of_verify_says_what_its_exit_codes_mean():
    said = " ".join(lookback_here("verify", "--help").out.split())
    for code in ("0 everything", "2 there is nothing", "3 something"):
        assert code in said


@pytest.mark.parametrize("ending", ["\r\n", "\x0b", "\x0c", "\x85", "\u2028"])
def test_a_line_of_the_sums_ends_with_a_line_feed_and_nothing_else(ending, bundle):
    sums = bundle / "SHA256SUMS"
    sums.write_bytes(sums.read_text().replace("\n", ending).encode())
    assert "SHA256SUMS" in "".join(refused(bundle)) or "missing" in "".join(refused(bundle))


def _reworded(result, *, version=None):
    """Keep another text of m-21-31 among the inputs, and seal the result anew."""
    path = result / "inputs" / "standards" / "m-21-31.yaml"
    path.write_text(path.read_text() + "# reworded\n")
    if version is not None:
        rewrite_json(result / "manifest.json", lambda manifest: manifest["tool"].update(version=version))
    reseal(result)


def test_a_result_judged_by_another_m_21_31_than_the_one_that_comes_with_lookback_is_noticed(bundle, result):
    _reworded(result)
    assert "not the m-21-31 that comes with lookback" in refused(bundle, result)[0]


def test_a_standard_that_another_version_of_lookback_brought_is_pointed_out(bundle, result):
    _reworded(result, version="0.0.1")
    run = lookback_here("verify", bundle, result)
    assert "note: " in run.out
    assert "not the m-21-31 that comes with lookback" in run.out


STRANGERS = ["note.txt", "inputs/waivers.yaml", "inputs/standards/m-26-14.yaml", "inputs/attachments/" + "0" * 64]


@pytest.mark.parametrize("name", STRANGERS)
def test_what_does_not_belong_to_a_result_is_noticed_also_when_the_sums_were_written_anew(name, bundle, result):
    (result / name).parent.mkdir(parents=True, exist_ok=True)
    (result / name).write_text("added")
    assert name in refused(bundle, result)[0]
    reseal(result)
    assert name in refused(bundle, result)[0]


def test_a_bundle_that_names_one_of_another_tenant_as_its_predecessor_is_noticed(chain, bundle_of, tmp_path):
    other, forged = bundle_of("agency"), copied(chain, tmp_path / "forged")
    digest = hashlib.sha256((other / "manifest.json").read_bytes()).hexdigest()
    rewrite_json(forged / "manifest.json", lambda manifest: manifest["previous"].update(manifest_sha256=digest))
    reseal(forged)
    assert "of tenant" in refused(forged, "--previous", other)[0]
