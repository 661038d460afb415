"""Signing in: which azure-identity credential is used, what its tokens hold, and what a refusal means.

Sources: Microsoft Learn, "Microsoft Entra authentication and authorization error codes" (AADSTS) and "Access token
claims reference". A token is decoded without verifying it, to tell people what it holds; it is never kept.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from compliance.clouds import Cloud
from compliance.errors import InputError, LookbackError
from compliance.redaction import redact, register_secret
from compliance.settings import CredentialSettings

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_AADSTS = re.compile(r"AADSTS(\d{5,7})")

SIGN_IN_ADVICE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "7000215": (
            "the client secret is wrong",
            "Use the secret's value (not its id) from Certificates & secrets of the app registration.",
        ),
        "7000222": (
            "the client secret has expired",
            "Create a new secret, or better a certificate, for the app registration.",
        ),
        "700027": (
            "the certificate is not registered for the application, or has expired",
            "Upload the certificate to the app registration; right after an upload, try again in a few minutes.",
        ),
        "700016": (
            "the application does not exist in this tenant and cloud",
            "Check client_id, tenant and cloud in config.yaml.",
        ),
        "7000229": (
            "the application has no service principal in this tenant",
            "Have an administrator consent to the application in this tenant.",
        ),
        "7000112": (
            "the application is disabled",
            "Enable it under Enterprise applications, or use another.",
        ),
        "70021": (
            "no federated credential matches the assertion's subject",
            "Compare issuer, subject and audience with the app registration's federated credentials.",
        ),
        "700213": (
            "no federated credential matches the assertion's subject",
            "Compare issuer, subject and audience with the app registration's federated credentials.",
        ),
        "500011": (
            "the tenant does not know this API",
            "Add the API's application permission to the app registration and have an administrator consent.",
        ),
        "65001": (
            "nobody has consented to the application's use of this API",
            "Have an administrator grant consent under API permissions of the app registration.",
        ),
        "90002": (
            "the tenant does not exist in this cloud",
            "Check tenant and cloud in config.yaml.",
        ),
        "53003": (
            "a Conditional Access policy blocks the sign-in",
            "Have the workload identity allowed from this network, or run lookback from an allowed one.",
        ),
    }
)
"""For each AADSTS code: what happened, and what to do next."""

_OF_ONE_API = frozenset({"500011", "65001"})


class SignInError(LookbackError):
    """Microsoft Entra issued no token. `code` is the AADSTS number, None if it named none (no connection, say).

    `of_one_api` tells that only the API asked for is out of reach; tokens for the others may be issued.
    """

    exit_code = 2

    def __init__(self, code: str | None, what: str, next_step: str) -> None:
        super().__init__(what, where="signing in", next_step=next_step)
        self.code = code
        self.of_one_api = code in _OF_ONE_API


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What an access token says of itself, unverified; None for a claim that it does not hold.

    `roles` are application permissions (or, in Exchange's, app roles), `scopes` delegated ones, `directory_roles` the
    template ids of Entra roles.
    """

    audience: str | None
    app_id: str | None
    object_id: str | None
    tenant_id: str | None
    roles: tuple[str, ...] | None
    scopes: tuple[str, ...] | None
    directory_roles: tuple[str, ...] | None
    expires: datetime | None


class _Claims(msgspec.Struct):
    aud: str | None = None
    appid: str | None = None
    azp: str | None = None
    oid: str | None = None
    tid: str | None = None
    roles: tuple[str, ...] | None = None
    scp: str | None = None
    wids: tuple[str, ...] | None = None
    exp: int | None = None


def credential_for(credential: CredentialSettings, cloud: Cloud, tenant: str) -> TokenCredential:
    """The credential that signs in to a tenant (GUID or domain) of a cloud; nothing is sent yet.

    Its secrets are registered for redaction. Raises `InputError` for a secret or certificate that cannot be used.
    """
    from azure.identity import CertificateCredential, ClientSecretCredential

    options: dict[str, object] = {"authority": cloud.authority}
    if cloud.ca_bundle is not None:
        options["connection_verify"] = str(cloud.ca_bundle)
    if cloud.simulated:
        options |= {"disable_instance_discovery": True, "use_env_settings": False}
    try:
        if credential.client_secret is not None:
            secret = credential.client_secret.read()
            register_secret(secret)
            return ClientSecretCredential(tenant, credential.client_id, secret, **options)
        if credential.certificate_file is not None:
            if credential.certificate_password is not None:
                password = credential.certificate_password.read()
                register_secret(password)
                options["password"] = password
            return CertificateCredential(tenant, credential.client_id, str(credential.certificate_file), **options)
    except (ValueError, TypeError, OSError) as error:
        # The library's own text may quote what it was given.
        raise InputError(
            f"the credential cannot be used ({type(error).__name__}: {redact(str(error))})",
            where="credential",
            next_step="A certificate file needs an RSA private key and its certificate, as PEM or PKCS#12, and the"
            " password that it was saved with.",
        ) from None
    raise InputError(
        "there is neither a client secret nor a certificate",
        where="credential",
        next_step="Name one of them in config.yaml.",
    )


def bearer_token(credential: TokenCredential, scope: str) -> str:
    """A token for a scope, from the credential's cache or newly issued; raises `SignInError`."""
    from azure.core.exceptions import AzureError

    try:
        return credential.get_token(scope).token
    except AzureError as error:
        raise _sign_in_error(scope, error) from None


def token_facts(access_token: str) -> TokenFacts:
    """What a token holds; all None for a token that is not a readable JWT."""
    try:
        payload = access_token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims)
    except (IndexError, binascii.Error, ValueError):
        claims = _Claims()
    return TokenFacts(
        audience=claims.aud,
        app_id=claims.azp if claims.appid is None else claims.appid,
        object_id=claims.oid,
        tenant_id=claims.tid,
        roles=claims.roles,
        scopes=None if claims.scp is None else tuple(claims.scp.split()),
        directory_roles=claims.wids,
        expires=None if claims.exp is None else _instant(claims.exp),
    )


def _instant(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _sign_in_error(scope: str, error: BaseException) -> SignInError:
    match = None
    told: BaseException | None = error
    while told is not None and match is None:
        # MSAL drops the code of an unknown tenant from its message, and keeps it on the exception before.
        match = _AADSTS.search(str(told))
        told = told.__cause__ or told.__context__
    if match is None:
        lines = str(error).strip().splitlines()
        reason = "".join(c if c.isprintable() else " " for c in redact(lines[0] if lines else "no reason given"))
        return SignInError(
            None,
            f"no token for {scope}: {reason[:300]}",
            "Check the connection to the sign-in endpoint, the proxy, and tenant and cloud in config.yaml.",
        )
    code = match.group(1)
    if code in SIGN_IN_ADVICE:
        what, next_step = SIGN_IN_ADVICE[code]
    else:
        what, next_step = "Microsoft Entra refused", f"Look AADSTS{code} up at https://login.microsoftonline.com/error."
    return SignInError(code, f"no token for {scope}: {what} (AADSTS{code})", next_step)
