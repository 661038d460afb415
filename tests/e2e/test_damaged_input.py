"""Whatever a file that somebody hands over has become, the answer is one message with its name, and exit code 2."""

from __future__ import annotations

import json
import os
import shutil

import pytest
import requests
from exported_files import array, rows_of, write_exports
from handed_files import tenant_of, write_declarations, write_waivers
from lookback_command import check, copied, lookback_here, reseal

from compliance import cloud_detection
from compliance.evidence.datasets import DATASETS

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
BROKEN = {
    "empty": b"",
    "blank": b" \n\n",
    "binary": bytes(range(256)) * 8,
    "nul-bytes": b"\0" * 64,
    "utf-16-without-mark": "version: 1".encode("utf-16-be"),
    "latin-1": "title: Café".encode("latin-1"),
    "a-list": b"[1, 2, 3]",
    "a-number": b"42",
    "a-text": b'"text"',
    "null": b"null",
    "an-empty-object": b"{}",
    "cut-off": b'{"version": 1, "tenant": "a',
    "html": b"<!DOCTYPE html><html><body>Sign in to continue</body></html>",
    "huge-number": b'{"version": 1' + b"0" * 5000 + b"}",
    "infinite": b'{"version": 1e999, "rows": NaN}',
    "deep-lists": b"[" * 20_000,
    "deep-objects": b'{"a":' * 20_000,
    "deep-and-closed": b"[" * 2_000 + b"]" * 2_000,
    "alias-bomb": BOMB.encode(),
    "python-tag": b"!!python/object/apply:os.system ['touch never']",
    "twice-the-same-key": b'{"version": 1, "version": 2}',
    "lone-surrogate": b'{"version": "\\ud800"}',
}
WAYS = [*BROKEN, "missing", "a-directory", "unreadable"]


def put(path, way):
    """Leave at `path` what the way of breaking it says."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    match way:
        case "missing":
            return
        case "a-directory":
            path.mkdir()
        case "unreadable":
            path.write_bytes(b"{}")
            path.chmod(0)
            if os.name != "posix" or os.geteuid() == 0:
                pytest.skip("nothing is unreadable to this user")
        case _:
            path.write_bytes(BROKEN[way])


def refused(run, path, *, codes=(2,)):
    """One message that names the file, and no trace of a program that broke."""
    assert run.code in codes, run.said
    assert "Traceback" not in run.said
    assert "internal error" not in run.said
    assert path.name in run.said
    if run.code == 2:
        assert run.err.startswith("lookback: ")
        assert run.err.count("lookback: ") == 1
        assert "\n  " in run.err, "no next step"
    assert len(run.err) < 5_000
    return run


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_config_is_one_message(way, tmp_path):
    put(tmp_path / "config.yaml", way)
    run = lookback_here("collect", "-c", tmp_path / "config.yaml", "-o", tmp_path / "b")
    refused(run, tmp_path / "config.yaml")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("way", WAYS)
def test_damaged_waivers_are_one_message(way, compliant, tmp_path):
    put(tmp_path / "waivers.yaml", way)
    run = check(compliant, tmp_path / "r", "--waivers", tmp_path / "waivers.yaml")
    refused(run, tmp_path / "waivers.yaml")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("way", WAYS)
def test_damaged_declarations_are_one_message(way, compliant, tmp_path):
    put(tmp_path / "declarations.yaml", way)
    run = check(compliant, tmp_path / "r", "--declarations", tmp_path / "declarations.yaml")
    refused(run, tmp_path / "declarations.yaml")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("way", ["missing", "a-directory", "binary"])
def test_a_damaged_attachment_is_one_message_with_the_line_that_names_it(way, compliant, tmp_path):
    declarations = write_declarations(tmp_path, compliant)
    put(tmp_path / "attestation.txt", way)
    run = refused(check(compliant, tmp_path / "r", "--declarations", declarations), declarations)
    assert f"{declarations}:1:" in run.err


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_standard_is_one_message(way, compliant, tmp_path):
    put(tmp_path / "own.yaml", way)
    run = check(compliant, tmp_path / "r", "--standard", tmp_path / "own.yaml")
    refused(run, tmp_path / "own.yaml")
    refused(lookback_here("standards", tmp_path / "own.yaml"), tmp_path / "own.yaml")


@pytest.mark.parametrize("way", [way for way in WAYS if way != "missing"])
def test_damaged_provenance_is_one_message(way, compliant, tmp_path):
    exports = write_exports(tmp_path / "exports", rows_of(compliant))
    put(exports / "provenance.yaml", way)
    run = lookback_here("import", exports, "-o", tmp_path / "b")
    refused(run, exports / "provenance.yaml")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("name", ["../outside.json", "/etc/passwd", "sub/file.json", "..\\up.json", "C:\\x.json", ".."])
def test_provenance_that_leads_out_of_its_directory_is_refused(name, compliant, tmp_path):
    exports = write_exports(tmp_path / "exports", rows_of(compliant))
    provenance = json.loads((exports / "provenance.yaml").read_text())
    provenance["files"][name] = {"by": "somebody"}
    (exports / "provenance.yaml").write_text(json.dumps(provenance, indent=2))
    refused(lookback_here("import", exports, "-o", tmp_path / "b"), exports / "provenance.yaml")


@pytest.mark.skipif(os.name != "posix", reason="making links needs a privilege on Windows")
@pytest.mark.parametrize("target", ["/etc/hostname", "../secret.json", "nowhere"])
def test_an_export_that_is_a_link_out_of_its_directory_is_refused(target, compliant, tmp_path):
    exports = write_exports(tmp_path / "exports", rows_of(compliant))
    (tmp_path / "secret.json").write_text("[]")
    (exports / "users.json").unlink()
    (exports / "users.json").symlink_to(target)
    refused(lookback_here("import", exports, "-o", tmp_path / "b"), exports / "users.json")


EXPORTED = [spec.export_file for spec in DATASETS.values()]
NO_EXPORT = [way for way in WAYS if way not in {"missing", "a-list", "an-empty-object", "twice-the-same-key"}]


@pytest.mark.parametrize("name", EXPORTED)
@pytest.mark.parametrize("way", ["empty", "binary", "cut-off", "a-directory", "html", "deep-objects"])
def test_every_damaged_export_is_one_message(name, way, compliant, tmp_path):
    exports = write_exports(tmp_path / "exports", rows_of(compliant))
    put(exports / name, way)
    refused(lookback_here("import", exports, "-o", tmp_path / "b"), exports / name)


@pytest.mark.parametrize("way", [*NO_EXPORT, "a-list", "twice-the-same-key"])
def test_a_damaged_export_is_one_message_however_it_is_damaged(way, compliant, tmp_path):
    exports = write_exports(tmp_path / "exports", rows_of(compliant))
    put(exports / "users.json", way)
    run = lookback_here("import", exports, "-o", tmp_path / "b")
    if way in {"lone-surrogate", "infinite"} and run.code == 0:
        pytest.skip("legal JSON of one odd row")
    refused(run, exports / "users.json")
    assert not (tmp_path / "b").exists()


ODD_VALUES = (None, True, 0, -1, 10**18, 1.5, "", "x" * 10_000, "\ud800", [], {}, [[]], [None], {"value": None})


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("name", EXPORTED)
def test_a_value_of_an_odd_type_never_breaks_and_never_makes_a_pass_of_a_failure(name, value, bundle_of, tmp_path):
    """Every property of every row takes the odd value in turn; the tenant's failing checks must not pass by it."""
    rows = rows_of(bundle_of("shadowed-policy"))
    for row in rows[name][:1]:
        for key in row:
            row[key] = value
    (tmp_path / "e").mkdir()
    exports = write_exports(tmp_path / "e", rows, shape=array)
    run = lookback_here("import", exports, "-o", tmp_path / "b")
    assert run.code in (0, 2), run.said
    assert "internal error" not in run.said
    if run.code == 0:
        judged = check(tmp_path / "b", tmp_path / "r")
        assert judged.code in (3, 4), judged.said
        assert "internal error" not in judged.said


@pytest.mark.parametrize("way", ["missing", "a-file", "empty-directory"])
def test_a_directory_of_exports_that_is_none_is_one_message(way, tmp_path):
    exports = tmp_path / "exports"
    if way == "a-file":
        exports.write_text("x")
    elif way == "empty-directory":
        exports.mkdir()
    refused(lookback_here("import", exports, "-o", tmp_path / "b"), exports)


@pytest.mark.parametrize("resealed", [False, True], ids=["as-damaged", "sums-written-anew"])
@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_manifest_is_one_message_from_check_and_verify_and_import(way, resealed, compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")
    put(bundle / "manifest.json", way)
    if resealed and way not in {"a-directory", "unreadable"}:
        reseal(bundle)
    refused(check(bundle, tmp_path / "r"), bundle / "manifest.json")
    refused(lookback_here("verify", bundle), bundle / "manifest.json", codes=(2, 3))
    exports = write_exports(tmp_path / "exports", rows_of(compliant))
    refused(lookback_here("import", exports, "--into", bundle), bundle / "manifest.json")


@pytest.mark.parametrize("way", WAYS)
def test_damaged_sums_are_one_message_from_check_and_verify(way, compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")
    put(bundle / "SHA256SUMS", way)
    refused(check(bundle, tmp_path / "r"), bundle / "SHA256SUMS")
    refused(lookback_here("verify", bundle), bundle / "SHA256SUMS", codes=(2, 3))


@pytest.mark.parametrize("line", ["../../etc/passwd", "/etc/passwd", "datasets", "a\x1b[31mb"])
def test_sums_that_name_what_is_no_file_of_the_bundle_are_refused(line, compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")
    with (bundle / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  {line}\n")
    run = refused(lookback_here("verify", bundle), bundle, codes=(3,))
    assert "\x1b" not in run.said
    refused(check(bundle, tmp_path / "r"), bundle)


@pytest.mark.parametrize("resealed", [False, True], ids=["as-damaged", "sums-written-anew"])
@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_dataset_is_one_message_from_check_and_verify(way, resealed, compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")
    dataset = bundle / "datasets" / "exchange.mailbox_audit_bypass.frames.gz"
    put(dataset, way)
    if resealed and way not in {"a-directory", "unreadable"}:
        reseal(bundle)
    refused(check(bundle, tmp_path / "r"), dataset)
    refused(lookback_here("verify", bundle), dataset, codes=(2, 3))


@pytest.mark.parametrize("name", ["assessment.json", "manifest.json", "SHA256SUMS", "inputs/standards/m-21-31.yaml"])
@pytest.mark.parametrize("resealed", [False, True], ids=["as-damaged", "sums-written-anew"])
@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_result_is_noticed_by_verify_in_one_message(
    way, resealed, name, compliant, compliant_result, tmp_path
):
    result = copied(compliant_result, tmp_path / "r")
    put(result / name, way)
    if resealed and way not in {"a-directory", "unreadable"} and name != "SHA256SUMS":
        reseal(result)
    run = lookback_here("verify", compliant, result)
    assert run.code in (2, 3), run.said
    assert "Traceback" not in run.said
    assert "internal error" not in run.said
    assert str(result) in run.said


@pytest.mark.parametrize("way", ["missing", "a-file", "empty-directory"])
@pytest.mark.parametrize("command", ["check", "verify"])
def test_a_bundle_that_is_none_is_one_message(command, way, tmp_path):
    bundle = tmp_path / "bundle"
    if way == "a-file":
        bundle.write_text("x")
    elif way == "empty-directory":
        bundle.mkdir()
    out = ("-o", tmp_path / "r") if command == "check" else ()
    refused(lookback_here(command, bundle, *out), bundle)


@pytest.mark.parametrize("option", ["-o", "--report"])
def test_an_output_that_cannot_be_written_is_one_message(option, compliant, tmp_path):
    (tmp_path / "file").write_text("x")
    target = tmp_path / "file" / "below"
    value = target if option == "-o" else f"json={target}"
    extra = () if option == "-o" else ("-o", tmp_path / "r")
    refused(lookback_here("check", compliant, *extra, option, value), tmp_path / "file")


@pytest.mark.parametrize("way", ["missing", "a-directory", "empty", "binary"])
@pytest.mark.parametrize("credential", ["client_secret: {file: secret.txt}", "certificate: {file: secret.txt}"])
def test_a_damaged_secret_or_certificate_is_one_message_before_anything_is_sent(way, credential, tmp_path, monkeypatch):
    sent = []
    monkeypatch.setattr(cloud_detection, "fetch_configuration", sent.append)
    monkeypatch.setattr(requests.Session, "send", lambda *_, **__: sent.append("a request"))
    config = tmp_path / "config.yaml"
    config.write_text(
        "tenant: contoso.onmicrosoft.com\n"
        f"credential:\n  client_id: 00000000-0000-0000-0000-000000000001\n  {credential}\n"
    )
    put(tmp_path / "secret.txt", way)
    run = lookback_here("doctor", "-c", config)
    assert run.code == 2, run.said
    assert sent == []
    assert "Traceback" not in run.said
    assert "internal error" not in run.said
    assert "lives in the cloud" not in run.said


def test_every_problem_of_a_file_is_told_at_once_with_line_and_column(compliant, tmp_path):
    waivers = write_waivers(tmp_path / "w.yaml", compliant, {"checks": ["RET-99"]})
    text = waivers.read_text().replace(tenant_of(compliant), "not-a-tenant")
    waivers.write_text(text)
    run = refused(check(compliant, tmp_path / "r", "--waivers", waivers), waivers)
    assert run.err.count(f"{waivers}:1:") == 2
