"""The authority: OpenID configuration and tokens, for an application with a secret, a certificate or a federated token.

signing_in.py serves the persons who sign in.

Sources: Microsoft identity platform, "OAuth 2.0 client credentials flow"
(https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow), "Certificate credentials"
(https://learn.microsoft.com/entra/identity-platform/certificate-credentials), "Workload identity federation"
(https://learn.microsoft.com/entra/workload-id/workload-identity-federation) and "Error codes"
(https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
"""

from __future__ import annotations

import base64
import hashlib
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from compliance.demo.signing_in import RefusedError, device_code, person_token, sign_in_page
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, answered

FEDERATED_ISSUER = "https://issuer.example"
"""The issuer of the application's one federated credential; its key is that of the registered certificate."""

FEDERATED_SUBJECT = "repo:bureau/audit:ref:refs/heads/main"
"""The subject of that federated credential."""

FEDERATED_AUDIENCE = "api://AzureADTokenExchange"
"""The audience of that federated credential."""


@dataclass(frozen=True, slots=True)
class Authority:
    """What the authority knows beside the tenant.

    `resources` are the roots that a token may be asked for, with the name of the API each belongs to; `certificate`
    is the one registered for the application, and `key` signs access tokens.
    """

    resources: Mapping[str, str]
    certificate: x509.Certificate
    key: bytes


def answer(tenant: Tenant, authority: Authority, asked: Asked) -> Answered:
    """Answer one request to the authority."""
    parts = asked.segments
    if parts and parts[0] not in tenant.names:
        return _refused(
            asked,
            400,
            "invalid_request",
            90002,
            f"Tenant '{parts[0]}' not found. Check to make sure you have the correct tenant ID and are signing into"
            " the correct cloud.",
        )
    match asked.method, parts[1:]:
        case "GET", ("v2.0", ".well-known", "openid-configuration"):
            return _openid_configuration(tenant, asked)
        case "POST", ("oauth2", "v2.0", "token"):
            return _token(tenant, authority, asked)
        case "GET", ("oauth2", "v2.0", "authorize"):
            return sign_in_page(asked)
        case "POST", ("oauth2", "v2.0", "devicecode"):
            return device_code(asked, _form(asked))
    return Answered(404, content_type=None)


def _openid_configuration(tenant: Tenant, asked: Asked) -> Answered:
    base = f"{asked.root}/{tenant.id}"
    return answered(
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
            "tenant_region_scope": tenant.tenant_region_scope,
            **({"tenant_region_sub_scope": tenant.tenant_region_sub_scope} if tenant.tenant_region_sub_scope else {}),
            "cloud_instance_name": "microsoftonline.com",
            "msgraph_host": "graph.microsoft.com",
        }
    )


_OF_PERSONS = frozenset(
    {"authorization_code", "refresh_token", "device_code", "urn:ietf:params:oauth:grant-type:device_code"}
)


def _form(asked: Asked) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(asked.body.decode("utf-8", "replace")))


def _token(tenant: Tenant, authority: Authority, asked: Asked) -> Answered:
    form = _form(asked)
    if form.get("grant_type") in _OF_PERSONS:
        try:
            return person_token(tenant, authority.key, asked, form, authority.resources)
        except RefusedError as error:
            return _refused(asked, 400, error.error, error.code, error.text)
    if form.get("grant_type") != "client_credentials":
        return _refused(
            asked,
            400,
            "unsupported_grant_type",
            70003,
            f"The app requested an unsupported grant type '{form.get('grant_type')}'.",
        )
    client_id = form.get("client_id")
    if client_id != tenant.identity.client_id:
        return _refused(
            asked,
            400,
            "unauthorized_client",
            700016,
            f"Application with identifier '{client_id}' was not found in the directory '{tenant.display_name}'."
            " This can happen if the application has not been installed by the administrator of the tenant or"
            " consented to by any user in the tenant. You may have sent your authentication request to the wrong"
            " tenant.",
        )
    refusal = _credential_refused(tenant, authority, asked, form)
    if refusal is not None:
        return refusal
    resource = form.get("scope", "").removesuffix("/.default").rstrip("/")
    if resource not in authority.resources:
        return _refused(
            asked,
            400,
            "invalid_resource",
            500011,
            f"The resource principal named {resource} was not found in the tenant named {tenant.display_name}."
            " This can happen if the application has not been installed by the administrator of the tenant or"
            " consented to by any user in the tenant.",
        )
    lifetime = tenant.identity.token_lifetime_seconds
    return answered(
        {
            "token_type": "Bearer",
            "expires_in": max(lifetime, 1),
            "ext_expires_in": max(lifetime, 1),
            "access_token": _access_token(tenant, authority, asked, resource),
        },
        headers={"cache-control": "no-store, no-cache", "pragma": "no-cache"},
    )


def _access_token(tenant: Tenant, authority: Authority, asked: Asked, resource: str) -> str:
    identity = tenant.identity
    granted: dict[str, tuple[str, ...]] = {
        "graph": identity.graph_roles,
        "exchange": ("Exchange.ManageAsApp",) if identity.exchange_manage_as_app else (),
        "purview": ("Exchange.ManageAsApp",) if identity.compliance_manage_as_app else (),
        "arm": (),
    }
    roles = granted[authority.resources[resource]]
    issued = int(asked.clock.timestamp())
    claims: dict[str, object] = {
        "aud": resource,
        "iss": f"{asked.root}/{tenant.id}/v2.0",
        "iat": issued,
        "nbf": issued,
        "exp": issued + identity.token_lifetime_seconds,
        "appid": identity.client_id,
        "azp": identity.client_id,
        "idtyp": "app",
        "oid": identity.object_id,
        "sub": identity.object_id,
        "tid": tenant.id,
        "ver": "1.0",
    }
    if roles:  # a token of an application without any app role has no `roles` claim at all
        claims["roles"] = list(roles)
    return jwt.encode(claims, authority.key, algorithm="HS256")


def _credential_refused(tenant: Tenant, authority: Authority, asked: Asked, form: Mapping[str, str]) -> Answered | None:
    secret, assertion = form.get("client_secret"), form.get("client_assertion")
    if secret is not None:
        if secret == tenant.identity.client_secret:
            return None
        return _refused(
            asked,
            401,
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value,"
            f" not the client secret ID, for a secret added to app '{tenant.identity.client_id}'.",
        )
    if assertion is None:
        return _refused(
            asked,
            401,
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )
    return _assertion_refused(tenant, authority, asked, assertion)


def _assertion_refused(tenant: Tenant, authority: Authority, asked: Asked, assertion: str) -> Answered | None:
    key = authority.certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        header = jwt.get_unverified_header(assertion)
        if jwt.decode(assertion, options={"verify_signature": False}).get("iss") == FEDERATED_ISSUER:
            return _federated_refused(key, asked, assertion)
        if not _names(header, authority.certificate):
            return _refused(
                asked,
                401,
                "invalid_client",
                700027,
                "The certificate with identifier used to sign the client assertion is not registered on application.",
            )
        claims = jwt.decode(
            assertion,
            key,
            algorithms=["RS256", "PS256"],
            audience=[f"{asked.root}{asked.path}", f"{asked.root}/{tenant.id}/oauth2/v2.0/token"],
            issuer=tenant.identity.client_id,
            options={"require": ["aud", "exp", "iss", "sub", "jti"]},
        )
    except jwt.ExpiredSignatureError:
        return _refused(
            asked,
            401,
            "invalid_client",
            700024,
            "Client assertion is not within its valid time range.",
        )
    except jwt.InvalidSignatureError:
        return _refused(
            asked,
            401,
            "invalid_client",
            700027,
            "Client assertion failed signature validation. The key was not found or the signature is wrong.",
        )
    except jwt.InvalidAudienceError:
        return _refused(
            asked,
            401,
            "invalid_client",
            700023,
            "Client assertion audience claim does not match the token endpoint.",
        )
    except jwt.InvalidTokenError as error:
        return _refused(asked, 401, "invalid_client", 50027, f"JWT token is invalid or malformed: {error}.")
    if claims["sub"] != tenant.identity.client_id:
        return _refused(asked, 401, "invalid_client", 700021, "Client assertion application identifier doesn't match.")
    return None


def _federated_refused(key: bytes, asked: Asked, assertion: str) -> Answered | None:
    """Why a token of the federated issuer does not sign in; None where it does. Raises what decoding raises."""
    claims = jwt.decode(
        assertion, key, algorithms=["RS256"], options={"verify_aud": False, "require": ["aud", "exp", "sub"]}
    )
    if claims["aud"] != FEDERATED_AUDIENCE:
        return _refused(
            asked,
            401,
            "invalid_client",
            700212,
            f"No matching federated identity record found for presented assertion audience '{claims['aud']}'.",
        )
    if claims["sub"] != FEDERATED_SUBJECT:
        return _refused(
            asked,
            401,
            "invalid_client",
            700213,
            f"No matching federated identity record found for presented assertion subject '{claims['sub']}'.",
        )
    return None


def _names(header: Mapping[str, object], certificate: x509.Certificate) -> bool:
    """Whether an assertion's header names the certificate by thumbprint: `x5t#S256`, or the older `x5t`."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    digests = {
        "x5t#S256": hashlib.sha256(der).digest(),
        "x5t": hashlib.sha1(der, usedforsecurity=False).digest(),
    }
    return any(
        str(header[name]).rstrip("=") == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        for name, digest in digests.items()
        if name in header
    )


def _refused(asked: Asked, status: int, error: str, code: int, text: str) -> Answered:
    correlation = asked.headers.get("client-request-id", asked.request_id)
    stamp = f"{asked.now:%Y-%m-%d %H:%M:%S}Z"
    return answered(
        {
            "error": error,
            "error_description": f"AADSTS{code}: {text} Trace ID: {asked.request_id} Correlation ID: {correlation}"
            f" Timestamp: {stamp}",
            "error_codes": [code],
            "timestamp": stamp,
            "trace_id": asked.request_id,
            "correlation_id": correlation,
            "error_uri": f"{asked.root}/error?code={code}",
        },
        status,
    )
