"""What Microsoft Entra's refusals mean, and what to do about each.

Sources: Microsoft Learn, "Microsoft Entra authentication and authorization error codes"
(https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from compliance.errors import LookbackError
from compliance.evidence.datasets import Api
from compliance.redaction import redact

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
        "700024": (
            "the assertion is not valid yet, or not any more",
            "Set this machine's clock right; a federated token must be fetched anew for each run.",
        ),
        "700211": (
            "no federated credential matches the assertion's issuer",
            "Compare issuer, subject and audience with the app registration's federated credentials.",
        ),
        "700212": (
            "no federated credential matches the assertion's audience",
            "Give the federated credential this cloud's audience (worldwide: api://AzureADTokenExchange).",
        ),
        "7000218": (
            "the application is not registered as a public client",
            "Allow public client flows under Authentication of the app registration, or use another method.",
        ),
        "50011": (
            "the application's registration does not hold the redirect to this machine",
            "Add http://localhost as a redirect URI for mobile and desktop applications.",
        ),
        "50020": (
            "the account is not of this tenant",
            "Sign in with an account of the tenant, or check tenant in config.yaml.",
        ),
        "50034": (
            "the account does not exist in this tenant",
            "Sign in with an account of the tenant, or check tenant in config.yaml.",
        ),
        "50076": (
            "multifactor authentication is required for this API",
            "Sign in interactively; with azure_cli, run az login again for this API's scope.",
        ),
        "50079": (
            "multifactor authentication must be set up for this account first",
            "Register a second factor for the account, then sign in interactively.",
        ),
        "50105": (
            "the account is not assigned to the application",
            "Have an administrator assign it under Enterprise applications, Users and groups.",
        ),
        "50158": (
            "another sign-in step outside Microsoft Entra is required",
            "Sign in interactively.",
        ),
        "50173": (
            "the sign-in that was kept is no longer valid",
            "Sign in anew; with azure_cli, run az login.",
        ),
        "700082": (
            "the sign-in that was kept has expired",
            "Sign in anew; with azure_cli, run az login.",
        ),
        "70043": (
            "the sign-in that was kept has expired by a policy on sign-in frequency",
            "Sign in anew; with azure_cli, run az login.",
        ),
        "70020": (
            "the device code expired before anybody signed in with it",
            "Run the command again and enter the code in time.",
        ),
        "65002": (
            "Microsoft did not authorise this public client for this API",
            "Sign in to this API by another method: an app registration, or interactive for Exchange and Purview.",
        ),
        "650057": (
            "the application's registration does not name this API",
            "Add the API's permission to the app registration and have an administrator consent.",
        ),
        "53000": (
            "a Conditional Access policy asks for a compliant device",
            "Sign in interactively on a managed device; a device code is never enough there.",
        ),
        "53001": (
            "a Conditional Access policy asks for a device that is joined to the domain",
            "Sign in interactively on a managed device; a device code is never enough there.",
        ),
        "53003": (
            "a Conditional Access policy blocks the sign-in",
            "Run lookback from an allowed network. An application: have its workload identity allowed. A person: device"
            " codes are often blocked where the browser (interactive) is not.",
        ),
    }
)
"""For each AADSTS code: what happened, and what to do next."""

_OF_ONE_API = frozenset({"500011", "65001", "65002", "650057", "50076", "50079", "50105"})


class SignInError(LookbackError):
    """Microsoft Entra issued no token. `code` is the AADSTS number, None if it named none (no connection, say).

    `of_one_api` tells that only the API asked for is out of reach; tokens for the others may be issued.
    """

    exit_code = 2

    def __init__(self, code: str | None, what: str, next_step: str) -> None:
        super().__init__(what, where="signing in", next_step=next_step)
        self.code = code
        self.of_one_api = code in _OF_ONE_API


class NotAskedError(SignInError):
    """config.yaml has no credential for the API: it is left alone."""

    def __init__(self, api: Api) -> None:
        super().__init__(
            None,
            f"{api.value} is not asked: credentials.{api.value} is none",
            "Name a method for it in config.yaml, or import an administrator's export.",
        )
        self.of_one_api = True


def sign_in_error(scope: str, error: BaseException) -> SignInError:
    """What the failure to get a token for a scope means."""
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
            "Check what the method of signing in needs here, the connection to the sign-in endpoint, the proxy, and"
            " tenant and cloud in config.yaml.",
        )
    code = match.group(1)
    if code in SIGN_IN_ADVICE:
        what, next_step = SIGN_IN_ADVICE[code]
    else:
        what, next_step = "Microsoft Entra refused", f"Look AADSTS{code} up at https://login.microsoftonline.com/error."
    return SignInError(code, f"no token for {scope}: {what} (AADSTS{code})", next_step)
