"""A person who signs in: the browser's page, device codes, and tokens for what the person may do.

The person signs in at once, whatever is asked, and holds in each API what the simulated application holds there.
Sources: Microsoft identity platform, "OAuth 2.0 authorization code flow"
(https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow), "OAuth 2.0 device authorization grant
flow" (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code) and "Access token claims reference".
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from types import MappingProxyType

import jwt

from compliance.demo.odd import stable_guid
from compliance.demo.tenant import Tenant
from compliance.demo.wire import ADMIN_SCOPE, Answered, Asked, answered

PREAUTHORISED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "14d82eec-204b-4c2f-b7e8-296a70dab67e": frozenset({"graph"}),
        "fb78d390-0c51-40cd-8e17-fdbfab77341b": frozenset({"exchange", "purview"}),
        "04b07795-8ddb-461a-bbee-02f9e1bf7b46": frozenset({"graph", "arm"}),
    }
)
"""The APIs that Microsoft's public clients may ask a token for: Graph Command Line Tools, Exchange, Azure CLI."""


class RefusedError(Exception):
    """Why no token is issued: OAuth's error, the AADSTS code, and its text."""

    def __init__(self, error: str, code: int, text: str) -> None:
        super().__init__(text)
        self.error, self.code, self.text = error, code, text


def sign_in_page(asked: Asked) -> Answered:
    """The page that the browser gets when the person has signed in: a form that carries the code back."""
    code = _opaque(
        {
            "client": asked.query["client_id"],
            "challenge": asked.query["code_challenge"],
            "nonce": asked.query["nonce"],
        }
    )
    carried = {"code": code, "state": asked.query["state"]}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{html.escape(carried[name])}">' for name in carried)
    target = html.escape(asked.query["redirect_uri"])
    form = f'<form method="POST" action="{target}">{inputs}</form>'
    page = f'<html><body onload="document.forms[0].submit()">{form}</body></html>'
    return Answered(200, page.encode(), "text/html; charset=utf-8")


def device_code(asked: Asked, form: Mapping[str, str]) -> Answered:
    """A code to be entered elsewhere; the person has entered it before anybody asks again."""
    page, code = "https://microsoft.com/devicelogin", "GZ5K7QXRT"
    return answered(
        {
            "user_code": code,
            "device_code": _opaque({"client": form["client_id"], "scope": form["scope"]}),
            "verification_uri": page,
            "expires_in": 900,
            "interval": 1,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {code}.",
        }
    )


def person_token(
    tenant: Tenant, key: bytes, asked: Asked, form: Mapping[str, str], resources: Mapping[str, str]
) -> Answered:
    """A token for the person who brought a code, a device code or a refresh token. Raises `RefusedError`."""
    match form["grant_type"]:
        case "authorization_code":
            proof = _opened(form["code"])
            verified = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            if verified.decode().rstrip("=") != proof["challenge"]:
                raise RefusedError("invalid_grant", 50148, "The code_verifier does not match the code_challenge.")
        case "refresh_token":
            proof = _opened(form["refresh_token"])
        case _:
            proof = _opened(form["device_code"])
    client = form["client_id"]
    if proof["client"] != client:
        raise RefusedError("invalid_grant", 70000, "The provided value is not valid for this client.")
    scopes_asked = (proof["scope"] if "scope" in proof else form["scope"]).split()
    resource = next(scope.removesuffix("/.default") for scope in scopes_asked if scope.endswith("/.default"))
    if resource not in resources:
        raise RefusedError("invalid_resource", 500011, f"The resource principal named {resource} was not found.")
    api = resources[resource]
    if client in PREAUTHORISED and api not in PREAUTHORISED[client]:
        raise RefusedError(
            "invalid_request",
            65002,
            f"Consent between first party application '{client}' and first party resource '{resource}' must be"
            " configured via preauthorization.",
        )
    scopes = _scopes(tenant, api)
    lifetime = tenant.identity.token_lifetime_seconds
    return answered(
        {
            "token_type": "Bearer",
            "scope": " ".join(f"{resource}/{scope}" for scope in scopes),
            "expires_in": max(lifetime, 1),
            "ext_expires_in": max(lifetime, 1),
            "access_token": _token(tenant, key, asked, {"aud": resource, "appid": client, "scp": " ".join(scopes)}),
            "refresh_token": _opaque({"client": client}),
            "id_token": _token(tenant, key, asked, {**proof, "aud": client}),
            "client_info": _opaque({"uid": _person(tenant), "utid": tenant.id}),
        },
        headers={"cache-control": "no-store, no-cache", "pragma": "no-cache"},
    )


def _person(tenant: Tenant) -> str:
    return stable_guid(tenant.id, "person", "auditor")


def _scopes(tenant: Tenant, api: str) -> tuple[str, ...]:
    identity = tenant.identity
    match api:
        case "graph":
            return identity.graph_roles or ("User.Read",)
        case "arm":
            return ("user_impersonation",)
        case "exchange":
            allowed = identity.exchange_manage_as_app
        case _:
            allowed = identity.compliance_manage_as_app
    return (ADMIN_SCOPE,) if allowed else ("User.Read",)


def _token(tenant: Tenant, key: bytes, asked: Asked, more: Mapping[str, str]) -> str:
    issued = int(asked.clock.timestamp())
    claims = {
        "iss": f"{asked.root}/{tenant.id}/v2.0",
        "iat": issued,
        "nbf": issued,
        "exp": issued + tenant.identity.token_lifetime_seconds,
        "idtyp": "user",
        "oid": _person(tenant),
        "sub": _person(tenant),
        "tid": tenant.id,
        "preferred_username": f"auditor@{tenant.domain}",
        "ver": "1.0",
        **more,
    }
    return jwt.encode(claims, key, algorithm="HS256")


def _opaque(value: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _opened(text: str) -> dict[str, str]:
    opened: dict[str, str] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return opened
