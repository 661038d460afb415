"""Getting a token, and what it tells of its bearer.

Source: Microsoft Learn, "Access token claims reference". A token is decoded without verifying it, to tell people what
it holds; it is never kept.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from compliance.credentials.refusals import sign_in_error

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


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


def bearer_token(credential: TokenCredential, scope: str) -> str:
    """A token for a scope, from the credential's cache or newly issued; raises `SignInError`."""
    from azure.core.exceptions import AzureError

    try:
        return credential.get_token(scope).token
    except (AzureError, OSError, UnicodeDecodeError) as error:
        # A federated token's file is read by the credential, whose own errors these are then.
        raise sign_in_error(scope, error) from None


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
