"""Secrets are planted, and must turn up nowhere: not in evidence, results, output, logs or tracebacks."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives import serialization
from lookback_command import Run, assessment_of, check, copied, lookback, lookback_here, write_config

from compliance.demo import login
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import VARIABLE, serve

SECRET = 'canary~Client/Secret+&="8Q~'
PASSWORD = "canary-of-the-certificate's password"
TOKEN_LIKE = re.compile(rb"eyJ[A-Za-z0-9_-]{16,}\.|bearer [A-Za-z0-9._~+/-]{16,}", re.IGNORECASE)
POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")


@dataclass(frozen=True)
class Audited:
    """An audit with --debug: how it ended, where its files are, and what must not be found in them."""

    run: Run
    directory: Path
    canaries: tuple[bytes, ...]


def spellings(secret: str) -> tuple[bytes, ...]:
    """A secret as it looks in text, in a URL, in a form, in JSON and in base64."""
    in_json = secret.replace("\\", "\\\\").replace('"', '\\"')
    texts = {secret, quote(secret, safe=""), quote_plus(secret), in_json, base64.b64encode(secret.encode()).decode()}
    return tuple(text.encode() for text in texts)


@pytest.fixture(scope="module")
def audits(tmp_path_factory) -> dict[str, Audited]:
    """One audit that signs in with a secret, one with a certificate whose key has a password."""
    tokens: list[str] = []
    issue = login._access_token
    login._access_token = lambda *asked: tokens.append(token := issue(*asked)) or token
    tenant = load_scenario("compliant")
    tenant.identity.client_secret = SECRET
    audited = {}
    try:
        with serve(tenant) as served:
            for credential in ("secret", "certificate"):
                directory = tmp_path_factory.mktemp(credential)
                config = write_config(served, directory, credential=credential)
                planted = spellings(SECRET)
                if credential == "certificate":
                    planted = (*spellings(PASSWORD), *_locked(served.directory / "client.pem", directory / "key.pem"))
                    named = "certificate: {file: key.pem, password: {env: CANARY_PASSWORD}}"
                    config.write_text(re.sub(r"certificate: \{.*\}", named, config.read_text()), encoding="utf-8")
                env = {VARIABLE: SECRET, "CANARY_PASSWORD": PASSWORD}
                run = lookback("audit", "-c", config, "-o", directory / "b", "-q", "--debug", env=env)
                audited[credential] = Audited(
                    run, directory, (*planted, *(token.encode() for token in tokens), *_signatures(tokens))
                )
    finally:
        login._access_token = issue
    assert len(tokens) >= 6, "three APIs, twice"
    return audited


def _locked(pem: Path, target: Path) -> tuple[bytes, ...]:
    """Save the client's key with the canary password and its certificate; return the key's material."""
    raw = pem.read_bytes()
    key = serialization.load_pem_private_key(raw, None)
    certificate = raw[raw.index(b"-----BEGIN CERTIFICATE") :]
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    target.write_bytes(key.private_bytes(*form, encryption) + certificate)
    lines = [*raw.splitlines(), *target.read_bytes().splitlines()]
    public = set(certificate.splitlines())
    return tuple(line for line in lines if len(line) == 64 and line not in public)


def _signatures(tokens: list[str]) -> tuple[bytes, ...]:
    return tuple(token.rpartition(".")[2].encode() for token in tokens)


def leaks(audited: Audited, content: bytes) -> list[str]:
    found = [canary.decode() for canary in audited.canaries if canary in content]
    return found + [match.decode() for match in TOKEN_LIKE.findall(content)]


@pytest.mark.parametrize("credential", ["secret", "certificate"])
def test_the_audit_behind_the_canaries_succeeded_and_logged(credential, audits):
    run = audits[credential].run
    assert run.code == 4
    assert "DEBUG" in run.err


@pytest.mark.parametrize(("credential", "planted"), [("secret", 4 + 3 + 3), ("certificate", 40 + 3 + 3)])
def test_what_is_planted_would_be_found(credential, planted, audits):
    audited = audits[credential]
    assert len(audited.canaries) >= planted, "spellings or lines of the key, tokens, signatures of the tokens"
    assert all(leaks(audited, b"before" + canary + b"after") for canary in audited.canaries)
    assert leaks(audited, b"Authorization: Bearer " + b"a" * 20)


@pytest.mark.parametrize("credential", ["secret", "certificate"])
def test_no_secret_and_no_token_is_in_any_file_of_bundle_or_result(credential, audits):
    import gzip

    audited = audits[credential]
    files = [path for name in ("b", "b.result") for path in (audited.directory / name).rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        raw = path.read_bytes()
        assert not leaks(audited, raw), path
        if path.suffix == ".gz":
            assert not leaks(audited, gzip.decompress(raw)), path


@pytest.mark.parametrize("credential", ["secret", "certificate"])
def test_no_secret_and_no_token_is_printed_or_logged_even_with_debug(credential, audits):
    audited = audits[credential]
    assert not leaks(audited, audited.run.out.encode())
    assert not leaks(audited, audited.run.err.encode())


@POSIX
@pytest.mark.parametrize("credential", ["secret", "certificate"])
def test_bundle_and_result_are_their_owners_alone(credential, audits):
    for name in ("b", "b.result"):
        root = audits[credential].directory / name
        for path in (root, *root.rglob("*")):
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


@POSIX
def test_the_umask_does_not_open_them_and_an_open_directory_is_closed(compliant, tmp_path):
    out = tmp_path / "open"
    out.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        assert check(compliant, out, "--report", f"json={tmp_path / 'report.json'}").code == 4
    finally:
        os.umask(before)
    for path in (out, *out.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert (tmp_path / "report.json").stat().st_mode & 0o077 == 0


def test_a_check_that_breaks_shows_no_secret_and_does_not_stop_the_others(compliant, tmp_path, monkeypatch):
    import checks
    from compliance.redaction import register_secret

    register_secret(SECRET)
    broken = next(one for one in checks.all_checks() if one.id == "AUD-01")

    def breaks(config):
        raise RuntimeError(f"client_secret={SECRET} Authorization: Bearer {'x' * 40}")

    breaks.__annotations__ = {"config": next(iter(_evidence_types(broken))), "return": None}
    from dataclasses import replace

    others = [one for one in checks.all_checks() if one.id != "AUD-01"]
    monkeypatch.setattr(checks, "all_checks", lambda: (replace(broken, function=breaks), *others))
    run = lookback_here("check", compliant, "-o", tmp_path / "r", "--debug")
    assert run.code == 4
    findings = {one["check"]: one for one in assessment_of(tmp_path / "r")["findings"]}
    assert (findings["AUD-01"]["status"], findings["AUD-01"]["kind"]) == ("indeterminate", "internal_error")
    assert findings["AUD-03"]["status"] == "pass"
    assert "Traceback" in run.err
    for text in (run.said, (tmp_path / "r" / "assessment.json").read_text()):
        assert SECRET not in text
        assert "x" * 40 not in text


def test_an_internal_error_is_one_masked_message_and_exit_code_1(compliant, tmp_path, monkeypatch):
    from compliance import runner
    from compliance.redaction import register_secret

    register_secret(SECRET)

    def breaks(*_args, **_options):
        raise RuntimeError(f"client_secret={SECRET}")

    monkeypatch.setattr(runner, "assess", breaks)
    quiet = lookback_here("check", compliant, "-o", tmp_path / "r")
    assert (quiet.code, quiet.out) == (1, "")
    assert "internal error" in quiet.err
    assert "Traceback" not in quiet.err
    loud = lookback_here("check", compliant, "-o", tmp_path / "r", "--debug")
    assert "Traceback" in loud.err
    assert SECRET not in quiet.said + loud.said


def test_a_secret_in_clear_in_config_yaml_is_refused_and_not_repeated(tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(
        "tenant: contoso.onmicrosoft.com\n"
        f"credential: {{client_id: 00000000-0000-0000-0000-000000000000, client_secret: '{SECRET}'}}\n"
    )
    run = lookback_here("collect", "-c", config, "-o", tmp_path / "b", "--debug")
    assert run.code == 2
    assert f"{config}:2:" in run.err
    assert SECRET not in run.said


def test_a_damaged_bundle_is_reported_without_quoting_what_is_in_it(compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "b")
    (bundle / "manifest.json").write_bytes(f'{{"client_secret={SECRET}": 1'.encode())
    run = lookback_here("check", bundle, "-o", tmp_path / "r", "--debug")
    assert run.code == 2
    assert SECRET not in run.said


def _evidence_types(check):
    import typing

    hints = typing.get_type_hints(check.function)
    return [hint for name, hint in hints.items() if name != "return"]
