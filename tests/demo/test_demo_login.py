from __future__ import annotations

import base64
import hashlib
import json
import time
from datetime import UTC, datetime

import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def secret_credential(client, secret: str) -> ClientSecretCredential:
    return ClientSecretCredential(
        client.tenant.id,
        client.tenant.identity.client_id,
        secret,
        authority=client.served.endpoints["login"],
        disable_instance_discovery=True,
        connection_verify=str(client.served.ca_bundle),
    )


def certificate_assertion(client, **changes) -> str:
    pem = (client.served.directory / "client.pem").read_bytes()
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    stated = {
        "aud": f"{client.served.endpoints['login']}/{client.tenant.id}/oauth2/v2.0/token",
        "iss": client.tenant.identity.client_id,
        "sub": client.tenant.identity.client_id,
        "jti": "1",
        "exp": time.time() + 600,
        **{name: value for name, value in changes.items() if name not in {"key", "algorithm"}},
    }
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    return jwt.encode(
        stated, changes.get("key", pem), changes.get("algorithm", "PS256"), headers={"x5t#S256": thumbprint}
    )


def sign_in(client, assertion: str):
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return client.token_reply(client_secret="", client_assertion=assertion, client_assertion_type=kind)


def test_azure_identity_signs_in_with_the_secret(client):
    credential = secret_credential(client, client.tenant.identity.client_secret)
    token = credential.get_token(f"{client.served.endpoints['graph']}/.default")
    assert claims(token.token)["aud"] == client.served.endpoints["graph"]


def test_azure_identity_signs_in_with_the_certificate(client):
    credential = CertificateCredential(
        client.tenant.id,
        client.tenant.identity.client_id,
        str(client.served.directory / "client.pem"),
        authority=client.served.endpoints["login"],
        disable_instance_discovery=True,
        connection_verify=str(client.served.ca_bundle),
    )
    token = credential.get_token(f"{client.served.endpoints['exchange']}/.default")
    assert claims(token.token)["roles"] == ["Exchange.ManageAsApp"]


def test_azure_identity_shows_the_reason_of_a_wrong_secret(client):
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        secret_credential(client, "wrong").get_token(f"{client.served.endpoints['graph']}/.default")


def test_a_token_says_whose_it_is_and_what_it_may(client):
    token = claims(client.token("graph"))
    assert token["tid"] == client.tenant.id
    assert token["appid"] == client.tenant.identity.client_id
    assert token["oid"] == client.tenant.identity.object_id
    assert token["roles"] == list(client.tenant.identity.graph_roles)


def test_a_token_expires_by_the_real_clock_whatever_the_simulated_one_says(client):
    client.tenant.now = datetime(2001, 1, 1, tzinfo=UTC)
    assert 3500 < claims(client.token("graph"))["exp"] - time.time() <= 3600


def test_a_token_without_any_app_role_has_no_roles_claim(client):
    client.tenant.identity.graph_roles = ()
    assert "roles" not in claims(client.token("graph"))


@pytest.mark.parametrize(
    ("form", "status", "error", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"client_id": "11111111-1111-1111-1111-111111111111"}, 400, "unauthorized_client", 700016),
        ({"scope": "https://elsewhere.example/.default"}, 400, "invalid_resource", 500011),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_a_refused_sign_in_has_microsofts_error_shape(client, form, status, error, code):
    reply = client.token_reply(**form)
    body = reply.json()
    assert (reply.status_code, body["error"], body["error_codes"]) == (status, error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= set(body)


def test_an_unknown_tenant_is_told_so_by_discovery(client):
    reply = client.get(
        "graph", f"{client.served.endpoints['login']}/nobody.example/v2.0/.well-known/openid-configuration"
    )
    assert (reply.status_code, reply.json()["error_codes"]) == (400, [90002])


def test_discovery_names_the_token_endpoint_and_the_cloud(client):
    login = client.served.endpoints["login"]
    for name in (client.tenant.id, client.tenant.initial_domain):
        found = client.get("graph", f"{login}/{name}/v2.0/.well-known/openid-configuration").json()
        assert found["token_endpoint"] == f"{login}/{client.tenant.id}/oauth2/v2.0/token"
        assert found["tenant_region_scope"] == "NA"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_an_assertion_signed_by_the_registered_certificate_is_accepted(client, algorithm):
    assert sign_in(client, certificate_assertion(client, algorithm=algorithm)).status_code == 200


def test_an_assertion_that_expired_is_refused(client):
    reply = sign_in(client, certificate_assertion(client, exp=time.time() - 3600))
    assert (reply.status_code, reply.json()["error_codes"]) == (401, [700024])


def test_an_assertion_for_another_audience_is_refused(client):
    reply = sign_in(client, certificate_assertion(client, aud="https://elsewhere.example/token"))
    assert (reply.status_code, reply.json()["error_codes"]) == (401, [700023])


def test_an_assertion_signed_by_another_key_is_refused(client):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    reply = sign_in(client, certificate_assertion(client, key=key))
    assert (reply.status_code, reply.json()["error_codes"]) == (401, [700027])


def test_an_unsigned_assertion_is_refused(client):
    body = base64.urlsafe_b64encode(json.dumps({"aud": "x"}).encode()).decode().rstrip("=")
    assert sign_in(client, f"e30.{body}.").status_code == 401
