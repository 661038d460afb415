from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ClientAuthenticationError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from compliance.clouds import CLOUDS, Cloud
from compliance.credential_settings import CredentialSettings, Method
from compliance.credentials import (
    PUBLIC_CLIENTS,
    SIGN_IN_ADVICE,
    SignInError,
    TokenFacts,
    bearer_token,
    credential_for,
    credentials_for,
    token_facts,
)
from compliance.credentials.people import KeptSignIn, OneAtATime
from compliance.errors import InputError
from compliance.evidence.datasets import Api
from compliance.redaction import redact
from compliance.secret_ref import SecretRef
from tests.sources.conftest import TENANT, jwt

AUTHORITY = "https://login.microsoftonline.com"
TOKEN_URL = f"{AUTHORITY}/{TENANT}/oauth2/v2.0/token"
SCOPE = "https://graph.microsoft.com/.default"
CLIENT = "11111111-2222-4333-8444-555555555555"
SECRET = "s1gn-in~c4n4ry"
COMMERCIAL = CLOUDS["commercial"]
BY_PERSON = (Method.INTERACTIVE, Method.DEVICE_CODE, Method.DELEGATED)


def silent(line: str) -> None:
    raise AssertionError(f"nobody was to be told: {line}")


def made(settings: CredentialSettings, cloud: Cloud) -> TokenCredential:
    return credential_for(settings, cloud, TENANT, tell=silent)


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
    return CredentialSettings(Method.CLIENT_SECRET, CLIENT, client_secret=SecretRef(env="LOOKBACK_TEST_SECRET"))


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
        credential = made(secret_settings, COMMERCIAL)
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
        Method.CERTIFICATE,
        CLIENT,
        certificate_file=certificate(tmp_path / "c.pem", password=password),
        certificate_password=SecretRef(env="LOOKBACK_TEST_PASSWORD") if password else None,
    )
    assert bearer_token(made(settings, COMMERCIAL), SCOPE) == "t"
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
        bearer_token(made(secret_settings, COMMERCIAL), SCOPE)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert f"AADSTS{code}" in str(caught.value)
    assert SIGN_IN_ADVICE[code][1] in str(caught.value)
    assert "Trace ID" not in str(caught.value)


def test_an_unknown_refusal_names_its_code(entra: responses.RequestsMock, secret_settings: CredentialSettings) -> None:
    entra.post(TOKEN_URL, status=400, json={"error": "x", "error_description": "AADSTS99999: New."})
    with pytest.raises(SignInError, match="AADSTS99999"):
        bearer_token(made(secret_settings, COMMERCIAL), SCOPE)


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
            bearer_token(made(secret_settings, COMMERCIAL), SCOPE)
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
    settings = CredentialSettings(Method.CERTIFICATE, CLIENT, certificate_file=path)
    with pytest.raises(InputError, match="the credential cannot be used"):
        made(settings, COMMERCIAL)


def test_a_wrong_certificate_password_is_an_input_error_that_does_not_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKBACK_TEST_PASSWORD", "wr0ng-c4n4ry")
    settings = CredentialSettings(
        Method.CERTIFICATE,
        CLIENT,
        certificate_file=certificate(tmp_path / "c.pem", password=b"right"),
        certificate_password=SecretRef(env="LOOKBACK_TEST_PASSWORD"),
    )
    with pytest.raises(InputError) as caught:
        made(settings, COMMERCIAL)
    assert "c4n4ry" not in str(caught.value)


def test_an_elliptic_key_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    settings = CredentialSettings(
        Method.CERTIFICATE, CLIENT, certificate_file=certificate(tmp_path / "c.pem", key_type="ec")
    )
    with pytest.raises(InputError, match="RSA"):
        made(settings, COMMERCIAL)


def test_a_token_tells_what_it_holds_and_is_not_kept() -> None:
    token = jwt(
        aud="https://outlook.office365.com",
        appid=CLIENT,
        oid="o",
        tid=TENANT,
        roles=["Exchange.ManageAsApp"],
        wids=["17315797-102d-40b4-93e0-432062caca18"],
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
        directory_roles=("17315797-102d-40b4-93e0-432062caca18",),
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
        assert bearer_token(made(secret_settings, cloud), SCOPE) == "t"
        assert all(str(call.request.url).startswith(authority) for call in entra.calls)
        assert all(call.request.req_kwargs["verify"] == str(bundle) for call in entra.calls)


def private(credential: object, name: str) -> Any:
    """What azure-identity was given, which it keeps under names of its own."""
    return getattr(credential, f"_{name}")


def within(credential: object) -> Any:
    """The credential behind the one that a person's is wrapped in."""
    assert isinstance(credential, OneAtATime)
    return private(credential, "credential")


@pytest.mark.parametrize(("name", "cloud"), CLOUDS.items())
def test_every_method_signs_in_at_the_authority_of_the_cloud_and_no_other(
    name: str, cloud: Cloud, secret_settings: CredentialSettings, tmp_path: Path
) -> None:
    ending = {"commercial": "microsoftonline.com", "gcc": "microsoftonline.com", "china": "chinacloudapi.cn"}
    expected = f"https://login.{ending.get(name, 'microsoftonline.us')}"
    (tmp_path / "token").write_text("t")
    pem = certificate(tmp_path / "c.pem")
    by_msal = [
        made(secret_settings, cloud),
        made(CredentialSettings(Method.CERTIFICATE, CLIENT, certificate_file=pem), cloud),
        *(within(made(CredentialSettings(method, CLIENT), cloud)) for method in BY_PERSON),
    ]
    assert [private(one, "authority") for one in by_msal] == [expected] * len(by_msal)
    assert [private(one, "tenant_id") for one in by_msal] == [TENANT] * len(by_msal)
    federated = [
        made(CredentialSettings(Method.WORKLOAD_IDENTITY, CLIENT, token_file=tmp_path / "token"), cloud),
        made(CredentialSettings(Method.GITHUB_OIDC, CLIENT), cloud),
    ]
    assert [private(private(one, "client"), "authority") for one in federated] == [expected] * 2


@pytest.mark.parametrize(("name", "cloud"), CLOUDS.items())
def test_github_is_asked_for_a_token_that_the_cloud_takes(
    name: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix = {"commercial": "", "gcc": "", "gcc-high": "USGov", "dod": "USGov", "china": "China"}[name]
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "https://actions.example/token?v=1")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "r3quest-c4n4ry")
    credential = made(CredentialSettings(Method.GITHUB_OIDC, CLIENT), cloud)
    with responses.RequestsMock() as github:
        github.get(
            f"https://actions.example/token?v=1&audience=api://AzureADTokenExchange{suffix}", json={"value": "j"}
        )
        assert private(credential, "func")() == "j"
    assert "c4n4ry" not in redact("Authorization: r3quest-c4n4ry")


@pytest.mark.parametrize("method", BY_PERSON)
def test_a_person_without_an_app_registration_uses_microsofts_client_of_each_api(method: Method) -> None:
    credentials = credentials_for(dict.fromkeys(Api, CredentialSettings(method)), COMMERCIAL, TENANT, tell=silent)
    clients = {api: private(within(one), "client_id") for api, one in credentials.items()}
    assert clients == {
        Api.GRAPH: "14d82eec-204b-4c2f-b7e8-296a70dab67e",
        Api.EXCHANGE: "fb78d390-0c51-40cd-8e17-fdbfab77341b",
        Api.PURVIEW: "fb78d390-0c51-40cd-8e17-fdbfab77341b",
        Api.ARM: "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    }
    assert {api: client.client_id for api, client in PUBLIC_CLIENTS.items()} == clients
    assert credentials[Api.EXCHANGE] is credentials[Api.PURVIEW]


def test_apis_with_the_same_settings_share_a_credential_and_none_has_none(secret_settings: CredentialSettings) -> None:
    own = CredentialSettings(Method.AZURE_CLI)
    settings = {Api.GRAPH: secret_settings, Api.EXCHANGE: secret_settings, Api.ARM: own, Api.PURVIEW: None}
    credentials = credentials_for(settings, COMMERCIAL, TENANT, tell=silent)
    assert credentials[Api.GRAPH] is credentials[Api.EXCHANGE]
    assert credentials[Api.GRAPH] is not credentials[Api.ARM]
    assert credentials[Api.PURVIEW] is None


def test_nothing_is_kept_of_a_sign_in_unless_asked_for() -> None:
    inner = within(made(CredentialSettings(Method.INTERACTIVE, CLIENT), COMMERCIAL))
    assert private(inner, "cache_options") is None


@pytest.fixture
def key_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home where the system's key store works, as far as is asked before anybody signs in."""
    import msal_extensions

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(msal_extensions, "build_encrypted_persistence", lambda place: place)
    return tmp_path


KEPT = CredentialSettings(Method.INTERACTIVE, CLIENT, token_cache=True)


def test_a_sign_in_is_kept_only_in_the_key_store(key_store: Path) -> None:
    options = private(private(within(made(KEPT, COMMERCIAL)), "credential"), "cache_options")
    assert (options.name, options.allow_unencrypted_storage) == ("lookback", False)


def test_a_sign_in_is_not_kept_where_the_key_store_cannot_be_used(
    key_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msal_extensions

    def unusable(place: str) -> None:
        raise ImportError("Unable to import module 'gi'")

    monkeypatch.setattr(msal_extensions, "build_encrypted_persistence", unusable)
    with pytest.raises(InputError, match="never kept in clear"):
        made(KEPT, COMMERCIAL)


def test_whose_sign_in_was_kept_is_noted_without_a_secret_and_used_the_next_time(
    key_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.identity import AuthenticationRecord

    class Person:
        def authenticate(self, *, scopes: tuple[str, ...]) -> AuthenticationRecord:
            return AuthenticationRecord(TENANT, CLIENT, "login.evil.example", "home", "me@agency.example")

        def get_token(self, *scopes: str, **_: object) -> AccessToken:
            return AccessToken("t0k3n-c4n4ry", 2**31)

    kept = within(made(KEPT, COMMERCIAL))
    monkeypatch.setattr(kept, "_credential", Person())
    assert kept.get_token(SCOPE).token == "t0k3n-c4n4ry"
    (record,) = key_store.rglob("*.json")
    assert "c4n4ry" not in record.read_text()
    again = private(within(made(KEPT, COMMERCIAL)), "credential")
    assert private(again, "auth_record").username == "me@agency.example"
    assert private(again, "authority") == AUTHORITY
    assert (private(again, "client_id"), private(again, "tenant_id")) == (CLIENT, TENANT)
    record.write_text("{}")
    with pytest.raises(InputError, match="Delete this file"):
        made(KEPT, COMMERCIAL)


class Counting:
    """A credential that counts what it is asked, and is refused where there is an error to raise."""

    def __init__(self, *, expires: float = 3600, error: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.expires = expires
        self.error = error

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.asked += scopes
        if self.error is not None:
            raise self.error
        return AccessToken("t", int(self.expires))


def test_a_token_of_a_person_is_asked_for_again_only_when_it_nears_its_end() -> None:
    now, told = [0.0], []
    person = Counting()
    credential = OneAtATime(person, lambda: now[0], lambda: told.append("announced"), prompts=True)
    for moment in (0.0, 3200.0, 3299.0):
        now[0] = moment
        credential.get_token("a")
    assert person.asked == ["a"]
    now[0] = 3301.0
    credential.get_token("a")
    credential.get_token("b")
    assert person.asked == ["a", "a", "b"]
    assert told == ["announced"]


@pytest.mark.parametrize(("prompts", "asked"), [(True, ["a", "b"]), (False, ["a", "a", "b"])])
def test_a_person_who_was_refused_is_not_asked_again_and_a_program_is(prompts: bool, asked: list[str]) -> None:
    refused = Counting(error=ClientAuthenticationError(message="AADSTS65001: no consent"))
    credential = OneAtATime(refused, lambda: 0.0, lambda: None, prompts=prompts)
    for scope in ("a", "a", "b"):
        with pytest.raises(SignInError, match="AADSTS65001"):
            bearer_token(credential, scope)
    assert refused.asked == asked


def test_threads_do_not_ask_a_person_at_the_same_time() -> None:
    inside, most = [0], [0]

    class Slow(Counting):
        def get_token(self, *scopes: str, **options: object) -> AccessToken:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.02)
            inside[0] -= 1
            return super().get_token(*scopes, **options)

    person = Slow(expires=2**31)
    credential = OneAtATime(person, time.time, lambda: None, prompts=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(credential.get_token, ["a", "b", "a", "b"]))
    assert most == [1]
    assert sorted(person.asked) == ["a", "b"]


class SignedIn:
    """A person's credential that knows whose it is."""

    def authenticate(self, **_: object) -> SignedIn:
        return self

    def serialize(self) -> str:
        return '{"username": "person@contoso.com"}'

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken("t", 2**31)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_whose_sign_in_is_kept_is_noted_for_its_owner_alone_and_in_one_go(tmp_path: Path) -> None:
    record = tmp_path / ".lookback" / "sign-ins" / "client.json"
    person: Any = SignedIn()
    assert KeptSignIn(person, record).get_token(SCOPE).token == "t"
    assert record.read_text() == SignedIn().serialize()
    assert [oct(path.stat().st_mode & 0o777) for path in (record, record.parent, record.parents[1])] == [
        "0o600",
        "0o700",
        "0o700",
    ]
    assert list(record.parent.iterdir()) == [record]


def test_a_sign_in_that_cannot_be_noted_says_where(tmp_path: Path) -> None:
    (tmp_path / "sign-ins").write_text("x")
    person: Any = SignedIn()
    with pytest.raises(InputError, match="cannot be written") as caught:
        KeptSignIn(person, tmp_path / "sign-ins" / "client.json").get_token(SCOPE)
    assert "sign-ins" in str(caught.value)


def test_a_pipeline_without_its_token_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYSTEM_ACCESSTOKEN", raising=False)
    settings = CredentialSettings(Method.AZURE_PIPELINES, CLIENT, service_connection=CLIENT)
    with pytest.raises(InputError, match="SYSTEM_ACCESSTOKEN"):
        made(settings, COMMERCIAL)


@pytest.mark.parametrize("client", [None, CLIENT])
def test_a_managed_identity_is_the_systems_or_the_one_named(
    client: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.identity import ManagedIdentityCredential

    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    credential = made(CredentialSettings(Method.MANAGED_IDENTITY, client), COMMERCIAL)
    assert isinstance(credential, ManagedIdentityCredential)
    named = private(private(credential, "credential"), "settings")
    assert named["client_id"] == client


@pytest.mark.parametrize("code", ["65001", "65002", "500011", "650057", "50076", "50079", "50105"])
def test_a_refusal_for_one_api_says_nothing_of_the_others(
    entra: responses.RequestsMock, secret_settings: CredentialSettings, code: str
) -> None:
    entra.post(TOKEN_URL, status=400, json={"error": "x", "error_description": f"AADSTS{code}: No."})
    with pytest.raises(SignInError) as caught:
        bearer_token(made(secret_settings, COMMERCIAL), SCOPE)
    assert caught.value.of_one_api
