"""Signing in as a person: Microsoft's public clients, one prompt at a time, and a sign-in that is kept if asked for.

Sources: Microsoft Learn, "Verify first-party Microsoft applications in sign-in reports"
(https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in) for the clients;
azure-identity, "Token caching in the Azure Identity client library" for what is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from compliance.errors import InputError
from compliance.evidence.bundle import write_private
from compliance.evidence.datasets import Api

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential
    from azure.identity import AuthenticationRecord, DeviceCodeCredential, InteractiveBrowserCredential

_RENEWED_BEFORE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class PublicClient:
    """A public client that Microsoft registered in every tenant, by its name there."""

    name: str
    client_id: str


_EXCHANGE = PublicClient("Microsoft Exchange REST API Based Powershell", "fb78d390-0c51-40cd-8e17-fdbfab77341b")

PUBLIC_CLIENTS: Mapping[Api, PublicClient] = MappingProxyType(
    {
        Api.GRAPH: PublicClient("Microsoft Graph Command Line Tools", "14d82eec-204b-4c2f-b7e8-296a70dab67e"),
        Api.EXCHANGE: _EXCHANGE,
        Api.PURVIEW: _EXCHANGE,
        Api.ARM: PublicClient("Microsoft Azure CLI", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
    }
)
"""The client that a person signs in with to an API where config.yaml names no app registration."""


class OneAtATime:
    """A person's credential for several threads: one token request at a time, and each token until it nears its end.

    `announced` is told before the first request. A refused sign-in is not asked of a person a second time.
    """

    def __init__(
        self, credential: TokenCredential, clock: Callable[[], float], announced: Callable[[], None], *, prompts: bool
    ) -> None:
        self._credential = credential
        self._clock = clock
        self._announced = announced
        self._prompts = prompts
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, ...], AccessToken] = {}
        self._refused: dict[tuple[str, ...], Exception] = {}

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the scopes; raises what the credential raises."""
        from azure.core.exceptions import AzureError

        with self._lock:
            if scopes in self._refused:
                raise self._refused[scopes]
            token = self._tokens.get(scopes)
            if token is not None and token.expires_on - self._clock() > _RENEWED_BEFORE_SECONDS:
                return token
            if not self._tokens:
                self._announced()
            try:
                token = self._credential.get_token(*scopes, **options)
            except AzureError as error:
                if self._prompts:
                    self._refused[scopes] = error
                raise
            self._tokens[scopes] = token
            return token


def kept_record(file: Path, authority: str) -> AuthenticationRecord:
    """Whose sign-in the key store keeps, to be renewed at this authority alone; raises `InputError`."""
    from azure.identity import AuthenticationRecord

    try:
        kept = AuthenticationRecord.deserialize(file.read_text(encoding="utf-8"))
    except (ValueError, KeyError, OSError) as error:
        raise InputError(
            f"what was noted of the sign-in that is kept cannot be read ({type(error).__name__})",
            where=str(file),
            next_step="Delete this file, and sign in anew.",
        ) from None
    host = authority.removeprefix("https://")
    return AuthenticationRecord(kept.tenant_id, kept.client_id, host, kept.home_account_id, kept.username)


class KeptSignIn:
    """A person's credential whose sign-in outlasts the run.

    The tokens are in the system's key store; `record` is a file that says whose they are, and holds no secret.
    """

    def __init__(self, credential: InteractiveBrowserCredential | DeviceCodeCredential, record: Path) -> None:
        self._credential = credential
        self._record = record

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the scopes, noting whose it is; raises what the credential raises, and `InputError`."""
        if not self._record.is_file():
            kept = self._credential.authenticate(scopes=scopes)
            write_private(self._record, kept.serialize().encode())
        return self._credential.get_token(*scopes, **options)
