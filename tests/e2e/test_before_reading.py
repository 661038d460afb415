"""What is wrong with an option or a file is told before anything is sent, written or removed."""

from __future__ import annotations

import json
import os
import threading

import pytest
from handed_files import write_declarations, write_waivers
from lookback_command import (
    assessment_of,
    check,
    copied,
    files_of,
    lookback_here,
    reseal,
    rewrite_json,
    write_config,
)

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve


@pytest.fixture(scope="module")
def served():
    with serve(load_scenario("compliant")) as tenant, pytest.MonkeyPatch.context() as patch:
        for name, value in tenant.environment.items():
            patch.setenv(name, value)
        yield tenant


def refused_unsent(served, tmp_path, *options, config=None):
    """Audit; expect one message, no request, and no bundle."""
    before = len(served.requests.all())
    asked = ("audit", "-c", config or write_config(served, tmp_path), "-o", tmp_path / "bundle", "-q")
    run = lookback_here(*asked, *options)
    assert (run.code, run.out) == (2, ""), run.said
    assert "internal error" not in run.err
    assert len(served.requests.all()) == before
    assert not (tmp_path / "bundle").exists()
    return run.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--standard", "no-such"), "no-such"),
        (("--gate", "m-26-14"), "--gate"),
        (("--checks", "RET-99"), "--checks"),
        (("--report", "pdf"), "pdf"),
        (("--report", "json="), "names no file"),
        (("--report", "json=."), "is a directory"),
        (("--waivers", "no-such.yaml"), "no-such.yaml"),
        (("--declarations", "no-such.yaml"), "no-such.yaml"),
        (("--only", "RET-99"), "--only"),
        (("--previous", "no-such"), "no-such"),
    ],
    ids=" ".join,
)
def test_a_mistake_costs_no_collection(options, said, served, tmp_path):
    assert said in refused_unsent(served, tmp_path, *options)


def test_a_result_folder_that_is_in_the_way_costs_no_collection(served, tmp_path):
    (tmp_path / "bundle.result").mkdir()
    (tmp_path / "bundle.result" / "letters.txt").write_text("dear")
    assert "bundle.result" in refused_unsent(served, tmp_path)


def _by_domain(served, tmp_path):
    config = write_config(served, tmp_path)
    config.write_text(config.read_text().replace(f"tenant: {served.tenant.id}", "tenant: contoso.onmicrosoft.com"))
    return config


@pytest.mark.parametrize("by_domain", [False, True], ids=["tenant-by-guid", "tenant-by-domain"])
def test_a_waiver_that_nobody_could_sign_costs_no_collection(by_domain, served, compliant, tmp_path):
    waivers = write_waivers(tmp_path / "w.yaml", compliant, {"checks": ["RET-99"]})
    config = _by_domain(served, tmp_path) if by_domain else None
    assert "RET-99" in refused_unsent(served, tmp_path, "--waivers", waivers, config=config)


@pytest.mark.parametrize("by_domain", [False, True], ids=["tenant-by-guid", "tenant-by-domain"])
def test_an_attestation_that_is_not_there_costs_no_collection(by_domain, served, compliant, tmp_path):
    declarations = write_declarations(tmp_path, compliant)
    (tmp_path / "attestation.txt").unlink()
    config = _by_domain(served, tmp_path) if by_domain else None
    assert "file" in refused_unsent(served, tmp_path, "--declarations", declarations, config=config)


def test_waivers_of_another_tenant_cost_no_collection_where_the_settings_give_the_tenants_guid(
    served, bundle_of, tmp_path
):
    waivers = write_waivers(tmp_path / "w.yaml", bundle_of("agency"), {"checks": ["AUD-04"]})
    assert "another tenant" in refused_unsent(served, tmp_path, "--waivers", waivers)


def test_a_demo_with_a_mistake_leaves_the_earlier_one_alone(compliant, compliant_result, tmp_path):
    copied(compliant, tmp_path / "d" / "bundle")
    before = files_of(tmp_path / "d")
    run = lookback_here("demo", "-o", tmp_path / "d", "--gate", "no-such", "-q")
    assert (run.code, run.out) == (2, "")
    assert files_of(tmp_path / "d") == before


def test_a_bundle_of_another_tenant_is_not_followed_and_nothing_is_sent(served, bundle_of, tmp_path):
    assert "--previous" in refused_unsent(served, tmp_path, "--previous", bundle_of("agency"))


def test_a_bundle_of_another_tenant_is_not_followed_by_a_tenant_that_is_named_by_its_domain(
    served, bundle_of, tmp_path
):
    before = len(served.requests.all())
    asked = ("-c", _by_domain(served, tmp_path), "-o", tmp_path / "b", "-q", "--previous", bundle_of("agency"))
    run = lookback_here("collect", *asked)
    assert run.code == 2
    apis = {request.api for request in served.requests.all()[before:]}
    assert apis <= {"login", "graph"}
    assert not [request for request in served.requests.to("graph") if "users" in request.path.lower()]
    assert not (tmp_path / "b" / "manifest.json").exists()


def test_only_complains_about_itself(tmp_path, served):
    run = lookback_here("collect", "-c", write_config(served, tmp_path), "-o", tmp_path / "b", "--only", "NOPE")
    assert run.code == 2
    assert "--only" in run.err
    assert "--checks" not in run.err


@pytest.mark.parametrize("wanted", ["all", "settings", "RET-01,RET-02"])
def test_one_check_is_explained_at_a_time(wanted):
    run = lookback_here("checks", wanted)
    assert run.code == 2
    assert "internal error" not in run.err


INSIDE = [
    ("-o", "{bundle}"),
    ("-o", "{bundle}/result"),
    ("-o", "{bundle}/datasets/../deep/er"),
    ("--report", "json={bundle}/report.json"),
    ("--report", "console={bundle}/datasets/x.txt"),
    ("--report", "json={result}/report.json"),
]


@pytest.mark.parametrize("options", INSIDE, ids=" ".join)
def test_nothing_is_written_into_what_is_sealed(options, compliant, tmp_path):
    bundle, result = copied(compliant, tmp_path / "b"), tmp_path / "r"
    before = files_of(bundle)
    option, value = options
    given = value.format(bundle=bundle, result=result)
    run = lookback_here("check", bundle, option, given, *(("-o", result) if option != "-o" else ()))
    assert run.code == 2, run.said
    assert "internal error" not in run.err
    assert files_of(bundle) == before
    assert not result.exists()


@pytest.mark.skipif(os.name != "posix", reason="making links needs a privilege on Windows")
def test_a_link_into_the_bundle_is_inside_it_too(compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")
    (tmp_path / "door").symlink_to(bundle)
    assert check(bundle, tmp_path / "door" / "r").code == 2
    assert check(bundle, tmp_path / "r", "--report", f"json={tmp_path / 'door' / 'x.json'}").code == 2
    assert lookback_here("verify", bundle).code == 0


@pytest.mark.skipif(os.name != "posix", reason="there are no such pipes on Windows")
@pytest.mark.parametrize("option", ["--waivers", "--declarations"])
def test_a_file_that_can_be_read_only_once_is_kept_as_it_was_read(option, bundle_of, tmp_path):
    bundle = bundle_of("agency")
    if option == "--waivers":
        raw = write_waivers(tmp_path / "w.yaml", bundle, {"checks": ["AUD-04"]}).read_bytes()
    else:
        raw = write_declarations(tmp_path, bundle).read_bytes()
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(raw,), daemon=True)
    writer.start()
    run = check(bundle, tmp_path / "r", "--exit-zero", option, pipe)
    writer.join(timeout=30)
    assert run.code == 0, run.said
    assert (tmp_path / "r" / "inputs" / f"{option.removeprefix('--')}.yaml").read_bytes() == raw
    assert assessment_of(tmp_path / "r")
    assert lookback_here("verify", bundle, tmp_path / "r").code == 0


def test_check_refuses_a_scope_that_does_not_match_its_digest(compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")
    rewrite_json(bundle / "manifest.json", lambda manifest: manifest["scope"].update(tolerance_days=31))
    reseal(bundle)
    run = check(bundle, tmp_path / "r")
    assert run.code == 2
    assert "scope" in run.err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("scope_sha256",), "0" * 63),
        (("scope_sha256",), "0" * 64 + "\n"),
        (("settings_sha256",), "G" * 64),
        (("datasets", 0, "sha256"), "../../etc/passwd"),
        (("as_of",), "2026-11-16T09:00:00"),
        (("datasets", 0, "ended"), "2026-11-16T09:00:00"),
        (("scope", "max_age", "collected_hours"), 0),
        (("scope", "max_age", "collected_hours"), 10**12),
        (("scope", "max_age", "exported_days"), 3651),
        (("scope", "tolerance_days"), 32),
    ],
    ids=repr,
)
def test_a_manifest_with_a_value_that_lookback_never_writes_is_one_message(path, value, compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")

    def change(manifest):
        *outer, last = path
        for key in outer:
            manifest = manifest[key]
        manifest[last] = value

    rewrite_json(bundle / "manifest.json", change)
    reseal(bundle)
    run = check(bundle, tmp_path / "r")
    assert run.code == 2, run.said
    assert f"{bundle / 'manifest.json'}: is damaged" in run.err
    assert json.loads((bundle / "manifest.json").read_bytes())
