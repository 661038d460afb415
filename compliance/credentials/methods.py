"""From a credential in config.yaml to the azure-identity credential that it means."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from compliance.clouds import Cloud
from compliance.credential_settings import CredentialSettings, Method
from compliance.credentials.github import github_token
from compliance.credentials.people import PUBLIC_CLIENTS, KeptSignIn, OneAtATime, kept_record
from compliance.errors import InputError
from compliance.evidence.datasets import Api
from compliance.redaction import redact, register_secret
from compliance.secret_ref import SecretRef

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.identity import DeviceCodeCredential, InteractiveBrowserCredential

Tell = Callable[[str], None]
"""Shows a line to the person who signs in."""

SYSTEM_ACCESS_TOKEN = SecretRef(env="SYSTEM_ACCESSTOKEN")
"""Where Azure Pipelines puts a job's token, once the pipeline maps it there (Microsoft Learn, "System.AccessToken")."""

_BY_PERSON = frozenset({Method.INTERACTIVE, Method.DEVICE_CODE, Method.DELEGATED})


def credentials_for(
    settings: Mapping[Api, CredentialSettings | None], cloud: Cloud, tenant: str, *, tell: Tell
) -> dict[Api, TokenCredential | None]:
    """Each API's credential; APIs with the same settings share one, so that nobody signs in twice.

    Raises `InputError` for a secret, certificate or key store that cannot be used. Nothing is sent yet.
    """
    made: dict[CredentialSettings, TokenCredential] = {}
    credentials: dict[Api, TokenCredential | None] = {}
    for api, one in settings.items():
        if one is None:
            credentials[api] = None
            continue
        full = _with_client(one, api)
        if full not in made:
            made[full] = credential_for(full, cloud, tenant, tell=tell)
        credentials[api] = made[full]
    return credentials


def credential_for(credential: CredentialSettings, cloud: Cloud, tenant: str, *, tell: Tell) -> TokenCredential:
    """The credential that signs in to a tenant (GUID or domain) of a cloud; nothing is sent yet.

    Its secrets are registered for redaction. Raises `InputError` for a secret or certificate that cannot be used.
    """
    options: dict[str, Any] = {"authority": cloud.authority}
    if cloud.ca_bundle is not None:
        options["connection_verify"] = str(cloud.ca_bundle)
    if cloud.simulated:
        options |= {"disable_instance_discovery": True, "use_env_settings": False}
    try:
        return _made(credential, cloud, tenant, options, tell)
    except (ValueError, TypeError, OSError) as error:
        # The library's own text may quote what it was given.
        raise InputError(
            f"the credential cannot be used ({type(error).__name__}: {redact(str(error))})",
            where="credential",
            next_step=_NEXT_STEPS.get(credential.method, "See credential in config.example.yaml."),
        ) from None


_NEXT_STEPS = {
    Method.CERTIFICATE: "A certificate file needs an RSA private key and its certificate, as PEM or PKCS#12, and the"
    " password that it was saved with.",
    Method.WORKLOAD_IDENTITY: "Give client_id and token_file, or set AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE.",
}


def _made(
    credential: CredentialSettings, cloud: Cloud, tenant: str, options: dict[str, Any], tell: Tell
) -> TokenCredential:
    from azure import identity

    client_id = credential.client_id or ""
    match credential.method:
        case Method.CLIENT_SECRET:
            secret = _secret(credential.client_secret)
            return identity.ClientSecretCredential(tenant, client_id, secret, **options)
        case Method.CERTIFICATE:
            if credential.certificate_password is not None:
                options["password"] = _secret(credential.certificate_password)
            return identity.CertificateCredential(tenant, client_id, str(credential.certificate_file), **options)
        case Method.WORKLOAD_IDENTITY:
            file = None if credential.token_file is None else str(credential.token_file)
            return identity.WorkloadIdentityCredential(
                tenant_id=tenant, client_id=credential.client_id, token_file_path=file, **options
            )
        case Method.GITHUB_OIDC:
            assertion = partial(github_token, cloud.federation_audience, cloud.ca_bundle)
            return identity.ClientAssertionCredential(tenant, client_id, assertion, **options)
        case Method.AZURE_PIPELINES:
            return identity.AzurePipelinesCredential(
                tenant_id=tenant,
                client_id=client_id,
                service_connection_id=credential.service_connection or "",
                system_access_token=_secret(credential.system_access_token or SYSTEM_ACCESS_TOKEN),
                **options,
            )
        case Method.MANAGED_IDENTITY:
            return identity.ManagedIdentityCredential(client_id=credential.client_id, **options)
        case Method.AZURE_CLI:
            # The Azure CLI is a process of seconds, and keeps no token for its caller.
            return OneAtATime(identity.AzureCliCredential(tenant_id=tenant), time.time, _nothing, prompts=False)
        case Method.INTERACTIVE | Method.DELEGATED | Method.DEVICE_CODE:
            return _by_person(credential, tenant, options, tell)
        case _:
            assert_never(credential.method)


def _by_person(credential: CredentialSettings, tenant: str, options: dict[str, Any], tell: Tell) -> TokenCredential:
    from azure import identity

    if credential.client_id is None:
        raise ValueError("no client to sign in with")
    record = Path.home() / ".lookback" / "sign-ins" / f"{credential.client_id}.{tenant}.json"
    if credential.token_cache:
        _require_key_store(record)
        options["cache_persistence_options"] = identity.TokenCachePersistenceOptions(name="lookback")
        if record.is_file():
            # The record would bring its own authority; whoever wrote the file does not decide where to sign in.
            options["authentication_record"] = kept_record(record, options.pop("authority"))
    client = _named(credential.client_id)
    person: InteractiveBrowserCredential | DeviceCodeCredential
    if credential.method is Method.DEVICE_CODE:
        announced = partial(tell, f"Signing in through {client}, with a device code.")
        person = identity.DeviceCodeCredential(
            credential.client_id,
            tenant_id=tenant,
            prompt_callback=lambda url, code, until: tell(
                f"Open {url} and enter the code {code} by {until:%H:%M} UTC."
            ),
            **options,
        )
    else:
        announced = partial(tell, f"Signing in through {client}; a browser window opens where it is needed.")
        person = identity.InteractiveBrowserCredential(client_id=credential.client_id, tenant_id=tenant, **options)
    kept_or_not = KeptSignIn(person, record) if credential.token_cache else person
    return OneAtATime(kept_or_not, time.time, announced, prompts=True)


def _require_key_store(record: Path) -> None:
    """Raise `InputError` where tokens could only be kept in clear."""
    import msal_extensions

    try:
        msal_extensions.build_encrypted_persistence(str(record))
    except (ImportError, RuntimeError, ValueError) as error:
        raise InputError(
            f"token_cache needs the system's key store, which cannot be used here ({type(error).__name__})",
            where="credential",
            next_step="Leave token_cache out: tokens are never kept in clear.",
        ) from None


def _with_client(credential: CredentialSettings, api: Api) -> CredentialSettings:
    """A person's credential with Microsoft's public client for the API, where it names no other."""
    if credential.method not in _BY_PERSON or credential.client_id is not None:
        return credential
    return replace(credential, client_id=PUBLIC_CLIENTS[api].client_id)


def _named(client_id: str) -> str:
    names = {client.client_id: f"{client.name} ({client.client_id})" for client in PUBLIC_CLIENTS.values()}
    return names.get(client_id, f"the application {client_id}")


def _secret(ref: SecretRef | None) -> str:
    if ref is None:
        raise ValueError("no secret is named")
    secret = ref.read()
    register_secret(secret)
    return secret


def _nothing() -> None:
    return None
