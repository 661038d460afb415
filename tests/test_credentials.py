from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from compliance.clouds import CLOUDS
from compliance.credentials import (
    SIGN_IN_ADVICE,
    SignInError,
    TokenFacts,
    bearer_token,
    credential_for,
    token_facts,
)
from compliance.errors import InputError
from compliance.redaction import redact
from compliance.settings import CredentialSettings, SecretRef
from tests.sources.conftest import TENANT, jwt

AUTHORITY = "https://login.microsoftonline.com"
TOKEN_URL = f"{AUTHORITY}/{TENANT}/oauth2/v2.0/token"
SCOPE = "https://graph.microsoft.com/.default"
CLIENT = "11111111-2222-4333-8444-555555555555"
SECRET = "s1gn-in~c4n4ry"
COMMERCIAL = CLOUDS["commercial"]


@pytest.fixture
def entra() -> Iterator[responses.RequestsMock]:
    """Microsoft Entra's discovery, as far as MSAL asks for it."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(
            f"{AUTHORITY}/{TENANT}/v2.0/.well-known/openid-configuration",
            json={
                "token_endpoint": TOKEN_URL,
                "authorization_endpoint": f"{AUTHORITY}/{TENANT}/oauth2/v2.0/authorize",
                "issuer": f"{AUTHORITY}/{TENANT}/v2.0",
            },
        )
        mock.get(
            re.compile(f"{AUTHORITY}/common/discovery/instance.*"),
            json={
                "tenant_discovery_endpoint": f"{AUTHORITY}/{TENANT}/v2.0/.well-known/openid-configuration",
                "metadata": [],
            },
        )
        yield mock


@pytest.fixture
def secret_settings(monkeypatch: pytest.MonkeyPatch) -> CredentialSettings:
    monkeypatch.setenv("LOOKBACK_TEST_SECRET", SECRET)
    return CredentialSettings(client_id=CLIENT, client_secret=SecretRef(env="LOOKBACK_TEST_SECRET"))


def certificate(path: Path, *, key_type: str = "rsa", password: bytes | None = None) -> Path:
    key = rsa.generate_private_key(65537, 2048) if key_type == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lookback")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    path.write_bytes(pem + cert.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_client_secret_signs_in_and_shows_nowhere(
    entra: responses.RequestsMock, secret_settings: CredentialSettings, caplog: pytest.LogCaptureFixture
) -> None:
    token = jwt(aud="x")
    entra.post(TOKEN_URL, json={"access_token": token, "expires_in": 3600, "token_type": "Bearer"})
    with caplog.at_level(logging.DEBUG):
        credential = credential_for(secret_settings, COMMERCIAL, TENANT)
        assert bearer_token(credential, SCOPE) == token
    sent = next(call.request for call in entra.calls if call.request.url == TOKEN_URL)
    assert "s1gn-in~c4n4ry" in str(sent.body)
    assert SECRET not in caplog.text
    assert token not in caplog.text
    assert SECRET not in repr(credential) + repr(secret_settings)
    assert SECRET not in redact(str(sent.body))


@pytest.mark.parametrize("password", [None, b"p4ssw0rd-c4n4ry"])
def test_a_certificate_signs_in_with_an_assertion(
    entra: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: bytes | None
) -> None:
    entra.post(TOKEN_URL, json={"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})
    monkeypatch.setenv("LOOKBACK_TEST_PASSWORD", "p4ssw0rd-c4n4ry")
    settings = CredentialSettings(
        client_id=CLIENT,
        certificate_file=certificate(tmp_path / "c.pem", password=password),
        certificate_password=SecretRef(env="LOOKBACK_TEST_PASSWORD") if password else None,
    )
    assert bearer_token(credential_for(settings, COMMERCIAL, TENANT), SCOPE) == "t"
    sent = next(call.request for call in entra.calls if call.request.url == TOKEN_URL)
    assert "client_assertion=" in str(sent.body)
    assert "client_secret" not in str(sent.body)


@pytest.mark.parametrize("code", sorted(SIGN_IN_ADVICE))
def test_each_known_refusal_says_what_to_do(
    entra: responses.RequestsMock, secret_settings: CredentialSettings, code: str
) -> None:
    description = f"AADSTS{code}: Something. Trace ID: 1\r\nCorrelation ID: 2\r\nTimestamp: 3"
    entra.post(TOKEN_URL, status=401, json={"error": "invalid_client", "error_description": description})
    with pytest.raises(SignInError) as caught:
        bearer_token(credential_for(secret_settings, COMMERCIAL, TENANT), SCOPE)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert f"AADSTS{code}" in str(caught.value)
    assert SIGN_IN_ADVICE[code][1] in str(caught.value)
    assert "Trace ID" not in str(caught.value)


def test_an_unknown_refusal_names_its_code(entra: responses.RequestsMock, secret_settings: CredentialSettings) -> None:
    entra.post(TOKEN_URL, status=400, json={"error": "x", "error_description": "AADSTS99999: New."})
    with pytest.raises(SignInError, match="AADSTS99999"):
        bearer_token(credential_for(secret_settings, COMMERCIAL, TENANT), SCOPE)


def test_a_tenant_that_does_not_exist_is_recognised_from_discovery(
    secret_settings: CredentialSettings,
) -> None:
    with responses.RequestsMock() as entra:
        entra.get(
            f"{AUTHORITY}/{TENANT}/v2.0/.well-known/openid-configuration",
            status=400,
            json={"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found."},
        )
        with pytest.raises(SignInError) as caught:
            bearer_token(credential_for(secret_settings, COMMERCIAL, TENANT), SCOPE)
    assert caught.value.code == "90002"


def test_a_sign_in_endpoint_that_cannot_be_reached_is_no_refusal() -> None:
    class Offline:
        def get_token(self, *_: str, **__: object) -> object:
            from azure.core.exceptions import ClientAuthenticationError

            raise ClientAuthenticationError(message="Authentication failed: no\x1b[0m route\nclient_secret=c4n4ry")

    with pytest.raises(SignInError, match="no token for") as caught:
        bearer_token(Offline(), SCOPE)
    assert caught.value.code is None
    assert "\x1b" not in str(caught.value)
    assert "c4n4ry" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\nx\n", None])
def test_a_certificate_that_cannot_be_used_is_an_input_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.pem"
    if content is not None:
        path.write_bytes(content)
    settings = CredentialSettings(client_id=CLIENT, certificate_file=path)
    with pytest.raises(InputError, match="the credential cannot be used"):
        credential_for(settings, COMMERCIAL, TENANT)


def test_a_wrong_certificate_password_is_an_input_error_that_does_not_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKBACK_TEST_PASSWORD", "wr0ng-c4n4ry")
    settings = CredentialSettings(
        client_id=CLIENT,
        certificate_file=certificate(tmp_path / "c.pem", password=b"right"),
        certificate_password=SecretRef(env="LOOKBACK_TEST_PASSWORD"),
    )
    with pytest.raises(InputError) as caught:
        credential_for(settings, COMMERCIAL, TENANT)
    assert "c4n4ry" not in str(caught.value)


def test_an_elliptic_key_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    settings = CredentialSettings(client_id=CLIENT, certificate_file=certificate(tmp_path / "c.pem", key_type="ec"))
    with pytest.raises(InputError, match="RSA"):
        credential_for(settings, COMMERCIAL, TENANT)


def test_no_credential_at_all_is_an_input_error() -> None:
    with pytest.raises(InputError, match="neither"):
        credential_for(CredentialSettings(client_id=CLIENT), COMMERCIAL, TENANT)


def test_a_token_tells_what_it_holds_and_is_not_kept() -> None:
    token = jwt(
        aud="https://outlook.office365.com",
        appid=CLIENT,
        oid="o",
        tid=TENANT,
        roles=["Exchange.ManageAsApp"],
        exp=1_794_819_600,
    )
    facts = token_facts(token)
    assert facts == TokenFacts(
        audience="https://outlook.office365.com",
        app_id=CLIENT,
        object_id="o",
        tenant_id=TENANT,
        roles=("Exchange.ManageAsApp",),
        scopes=None,
        expires=datetime(2026, 11, 16, 9, tzinfo=UTC),
    )
    assert token.split(".")[1] not in repr(facts)


def test_an_absent_claim_is_none_and_an_empty_one_is_empty() -> None:
    assert token_facts(jwt(aud="x")).roles is None
    assert token_facts(jwt(aud="x", roles=[])).roles == ()
    assert token_facts(jwt(scp="User.Read Mail.Read")).scopes == ("User.Read", "Mail.Read")
    assert token_facts(jwt(azp="v2")).app_id == "v2"


@given(
    st.one_of(
        st.text(max_size=60),
        st.dictionaries(
            st.sampled_from(["aud", "roles", "exp", "scp", "tid"]),
            st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text())),
        ).map(lambda claims: jwt(**claims)),
    )
)
def test_any_token_can_be_asked(token: str) -> None:
    facts = token_facts(token)
    assert facts.expires is None or facts.expires.tzinfo is UTC


def test_a_simulated_cloud_asks_its_own_authority_only(tmp_path: Path, secret_settings: CredentialSettings) -> None:
    authority = "https://localhost:9"
    bundle = tmp_path / "ca.pem"
    bundle.write_text("x")
    cloud = replace(COMMERCIAL, name="custom", authority=authority, simulated=True, ca_bundle=bundle)
    with responses.RequestsMock() as entra:
        entra.get(
            f"{authority}/{TENANT}/v2.0/.well-known/openid-configuration",
            json={
                "token_endpoint": f"{authority}/t",
                "authorization_endpoint": f"{authority}/a",
                "issuer": f"{authority}/{TENANT}/v2.0",
            },
        )
        entra.post(f"{authority}/t", json={"access_token": "t", "expires_in": 3600})
        assert bearer_token(credential_for(secret_settings, cloud, TENANT), SCOPE) == "t"
        assert all(str(call.request.url).startswith(authority) for call in entra.calls)
        assert all(call.request.req_kwargs["verify"] == str(bundle) for call in entra.calls)
