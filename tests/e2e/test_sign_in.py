"""Signing in for real: azure-identity and MSAL against a token endpoint with TLS of its own authority."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lookback_command import (
    OPEN_IN_COMPLIANT,
    SETTLED,
    assessment_of,
    findings_of,
    lookback,
    lookback_here,
    write_config,
)

from checks import all_checks
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import VARIABLE, Served, serve


@pytest.fixture(scope="module")
def tenant() -> Iterator[Served]:
    with serve(load_scenario("compliant")) as served:
        yield served


def audit(served: Served, tmp_path: Path, *more: str, credential: str = "secret", secret: str | None = None):
    config = write_config(served, tmp_path, credential=credential)
    env = {VARIABLE: secret} if secret is not None else {}
    standard = ("--standard", "m-26-14")  # under m-21-31 where the 18 months beyond Purview are would stay open
    return lookback("audit", "-c", config, "-o", tmp_path / "bundle", "-q", *standard, *more, env=env, cwd=tmp_path)


def test_an_audit_signs_in_with_a_client_secret_and_ends_with_0_where_all_that_is_asked_is_satisfied(tenant, tmp_path):
    run = audit(tenant, tmp_path, "--checks", SETTLED, secret=tenant.tenant.identity.client_secret)
    assert (run.code, run.err) == (0, "")
    assert assessment_of(tmp_path / "bundle.result")["tenant"]["id"] == tenant.tenant.id
    assert {finding["status"] for finding in findings_of(tmp_path / "bundle.result").values()} == {"pass"}


def test_an_audit_ends_with_4_where_settings_cannot_show_all(tenant, tmp_path):
    run = audit(tenant, tmp_path, secret=tenant.tenant.identity.client_secret)
    assert (run.code, run.err) == (4, "")
    findings = findings_of(tmp_path / "bundle.result").values()
    assert {one["check"] for one in findings if one["status"] != "pass"} == set(OPEN_IN_COMPLIANT)


def test_an_audit_signs_in_with_a_certificate_and_ends_with_3_where_something_fails(tmp_path):
    with serve(load_scenario("ordinary")) as served:
        run = audit(served, tmp_path, credential="certificate")
    assert (run.code, run.err) == (3, "")
    assert (tmp_path / "bundle" / "manifest.json").is_file()


def test_a_wrong_secret_is_one_message_with_the_code_of_microsoft_and_what_to_do(tenant, tmp_path):
    run = audit(tenant, tmp_path, secret="not-the-secret-of-this-application")
    assert (run.code, run.out) == (2, "")
    assert "AADSTS7000215" in run.err
    assert "the client secret is wrong" in run.err
    assert "Certificates & secrets" in run.err
    assert run.err.count("lookback:") == 1
    assert "Traceback" not in run.err
    assert "internal error" not in run.err
    assert "not-the-secret" not in run.err


def test_a_certificate_that_is_not_registered_is_one_message_too(tmp_path):
    with serve(load_scenario("compliant")) as served:
        config = write_config(served, tmp_path, credential="certificate")
        foreign = tmp_path / "foreign.pem"
        foreign.write_bytes(_self_signed())
        config.write_text(config.read_text().replace(str(served.directory / "client.pem"), str(foreign)))
        run = lookback_here("audit", "-c", config, "-o", tmp_path / "bundle", "-q")
    assert run.code == 2
    assert "AADSTS700027" in run.err
    assert "Traceback" not in run.err


def test_a_secret_that_is_nowhere_names_the_variable_it_should_be_in(tenant, tmp_path):
    config = write_config(tenant, tmp_path)
    run = lookback_here("audit", "-c", config, "-o", tmp_path / "bundle", "-q")
    assert run.code == 2
    assert VARIABLE in run.err
    assert "Traceback" not in run.err


def test_a_server_that_another_authority_vouches_for_is_not_trusted(tenant, tmp_path, monkeypatch):
    for name, value in tenant.environment.items():
        monkeypatch.setenv(name, value)
    config = write_config(tenant, tmp_path)
    foreign = tmp_path / "foreign-ca.pem"
    foreign.write_bytes(_self_signed().partition(b"-----BEGIN PRIVATE KEY")[0])
    config.write_text(config.read_text().replace(str(tenant.ca_bundle), str(foreign)))
    run = lookback_here("audit", "-c", config, "-o", tmp_path / "b", "-q")
    assert run.code == 2
    assert "Traceback" not in run.err
    assert not (tmp_path / "b" / "manifest.json").exists()


EVERY = {one.id for one in all_checks()}
READING_NOTHING = {"INT-05", "INT-08"}
"""What rests on nothing of the tenant."""
WITHOUT_POLICIES = {"RET-01", "RET-02", "RET-03", "RET-04", "RET-08", "RET-11", "AUD-08"}
"""What rests on the retention policies: for how long records are kept, and whose licence that asks for."""
WITHOUT_AZURE = {one for one in EVERY if one.startswith(("EXP", "INT"))} - READING_NOTHING
WITHOUT_AZURE |= {"ACC-02", "ACC-03", "ACC-04", "RET-05", "RET-06", "RET-07", "RET-08", "RET-09", "RET-11", "RET-12"}
"""What rests on where logs are sent, and on the stores of logs in Azure."""
BY_WORD = {"EXP-05", "RET-06", "RET-04"}
"""What is open all the same where no subscription is shown: somebody's word settles it before any permission does."""
UNDECIDABLE = {
    "compliant": set(),  # was granted every permission that is listed
    "least-privilege": WITHOUT_POLICIES | WITHOUT_AZURE,  # Global Reader reads the rest
    "everything-denied": EVERY - READING_NOTHING,
}
EXIT_CODES = {"compliant": 4, "least-privilege": 3, "everything-denied": 4}
"""What audit ends with: in the first OPEN_IN_COMPLIANT stays open, in the second rooms are not audited."""


@pytest.mark.parametrize(("scenario", "undecidable"), UNDECIDABLE.items())
def test_doctor_says_beforehand_what_check_can_then_decide(scenario, undecidable, tmp_path, monkeypatch):
    with serve(load_scenario(scenario)) as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        config = write_config(served, tmp_path)
        doctor = lookback_here("doctor", "-c", config, "-q")
        both = ("--standard", "m-26-14", "--standard", "m-21-31")
        audited = lookback_here("audit", "-c", config, "-o", tmp_path / "bundle", "-q", *both)
    assert f"{len(EVERY - undecidable)} of {len(EVERY)} checks can be decided" in doctor.out
    assert doctor.code == (4 if undecidable else 0)
    assert audited.code == EXIT_CODES[scenario]
    assert set(re.findall(r"^  ([A-Z]{3}-\d\d) .*", doctor.out, re.MULTILINE)) == undecidable
    unread = {"denied", "failed", "unavailable", "not_requested"}
    for finding in findings_of(tmp_path / "bundle.result").values():
        if finding["check"] not in undecidable:
            assert finding["kind"] not in unread, finding["check"]
        elif finding["check"] == "RET-04" and finding["standard"] == "m-26-14":  # the fixed year is enough for it
            assert finding["status"] == ("pass" if scenario == "least-privilege" else "indeterminate")
        elif finding["check"] in BY_WORD:
            assert finding["kind"] == "needs_attestation", finding["check"]
        else:
            assert finding["kind"] in unread or finding["status"] == "fail", finding["check"]


def _self_signed() -> bytes:
    """A certificate that nobody registered, with its key behind it."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(serialization.Encoding.PEM) + pem
