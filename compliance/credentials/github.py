"""The token that GitHub Actions issues to a job, which Microsoft Entra takes in the place of a secret.

Source: GitHub Docs, "OpenID Connect reference" (the job's permission `id-token: write`, and the two variables).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import msgspec

from compliance.clouds import origin_of
from compliance.redaction import register_secret

_ASK_AT = "ACTIONS_ID_TOKEN_REQUEST_URL"
_ASK_WITH = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_SECONDS = 30


class _Answer(msgspec.Struct):
    value: str


def github_token(audience: str, ca_bundle: Path | None) -> str:
    """The job's token for an audience; raises azure-identity's `CredentialUnavailableError` where there is none.

    It is asked where the runner says, over https alone; a redirect is not followed.
    """
    import requests
    from azure.identity import CredentialUnavailableError

    if _ASK_AT not in os.environ or _ASK_WITH not in os.environ:
        raise CredentialUnavailableError(
            message=f"{_ASK_AT} and {_ASK_WITH} are not set: no GitHub Actions job with the permission id-token: write"
        )
    url, secret = os.environ[_ASK_AT], os.environ[_ASK_WITH]
    register_secret(secret)
    if origin_of(url) is None:
        raise CredentialUnavailableError(message=f"{_ASK_AT} is no https URL")
    try:
        answer = requests.get(
            f"{url}&audience={quote(audience, safe='')}",
            headers={"Authorization": f"Bearer {secret}"},
            # Without an auth of its own, requests would send what ~/.netrc holds for the host.
            auth=lambda request: request,
            timeout=_SECONDS,
            allow_redirects=False,
            verify=True if ca_bundle is None else str(ca_bundle),
        )
        token = msgspec.json.decode(answer.content, type=_Answer).value if answer.status_code == 200 else None
    except (requests.RequestException, msgspec.DecodeError) as error:
        raise CredentialUnavailableError(message=f"GitHub issued no token ({type(error).__name__})") from None
    if token is None:
        raise CredentialUnavailableError(message=f"GitHub issued no token: it answered {answer.status_code}")
    register_secret(token)
    return token
