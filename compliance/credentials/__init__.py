"""Signing in: which azure-identity credential reads an API, what its tokens hold, and what a refusal means."""

from __future__ import annotations

from compliance.credentials.methods import credential_for, credentials_for
from compliance.credentials.people import PUBLIC_CLIENTS, PublicClient
from compliance.credentials.refusals import SIGN_IN_ADVICE, NotAskedError, SignInError
from compliance.credentials.tokens import TokenFacts, bearer_token, token_facts

__all__ = [
    "PUBLIC_CLIENTS",
    "SIGN_IN_ADVICE",
    "NotAskedError",
    "PublicClient",
    "SignInError",
    "TokenFacts",
    "bearer_token",
    "credential_for",
    "credentials_for",
    "token_facts",
]
