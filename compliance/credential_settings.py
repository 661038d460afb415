"""The credentials in config.yaml: one for all APIs or each its own, by method, with secrets named and never held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, assert_never

from annotated_types import MinLen

from compliance.evidence.datasets import Api
from compliance.secret_ref import SecretRef
from compliance.yamlfile import FILE_SHAPE, Data, KeyPath

_Text = Annotated[str, MinLen(1)]
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class Method(StrEnum):
    """How lookback signs in: as an application down to `MANAGED_IDENTITY`, as a person from `INTERACTIVE` on.

    `AZURE_CLI` is whoever ran `az login`, either of the two. `DELEGATED` is `INTERACTIVE` with Microsoft's own public
    clients, so that no app registration is needed.
    """

    CERTIFICATE = "certificate"
    CLIENT_SECRET = "client_secret"
    WORKLOAD_IDENTITY = "workload_identity"
    GITHUB_OIDC = "github_oidc"
    AZURE_PIPELINES = "azure_pipelines"
    MANAGED_IDENTITY = "managed_identity"
    AZURE_CLI = "azure_cli"
    INTERACTIVE = "interactive"
    DEVICE_CODE = "device_code"
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True)
class CredentialSettings:
    """How lookback signs in to an API; what a method does not take is None.

    `token_file` is a federated token's, `service_connection` the id of an Azure Pipelines service connection, whose
    pipeline's token is `system_access_token`. `token_cache` keeps a person's sign-in in the system's key store.
    """

    method: Method
    client_id: str | None = None
    client_secret: SecretRef | None = None
    certificate_file: Path | None = None
    certificate_password: SecretRef | None = None
    token_file: Path | None = None
    service_connection: str | None = None
    system_access_token: SecretRef | None = None
    token_cache: bool = False


@dataclass(frozen=True, slots=True)
class _Certificate:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    file: Path
    password: SecretRef | None = None


@dataclass(frozen=True, slots=True)
class CredentialShape:
    """A credential as config.yaml holds it."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    method: Method | None = None
    client_id: _Text | None = None
    client_secret: SecretRef | None = None
    certificate: _Certificate | None = None
    token_file: Path | None = None
    service_connection: _Text | None = None
    system_access_token: SecretRef | None = None
    token_cache: bool | None = None

    def given(self) -> frozenset[str]:
        """The keys that the file holds beside `method`."""
        return frozenset(one.name for one in fields(self) if getattr(self, one.name) is not None) - {"method"}

    def told_method(self) -> Method | None:
        """The method as named, or as the secret or the certificate tells it; None where that is not clear."""
        if self.method is not None:
            return self.method
        told = self.given() & {Method.CLIENT_SECRET, Method.CERTIFICATE}
        return Method(next(iter(told))) if len(told) == 1 else None


@dataclass(frozen=True, slots=True)
class CredentialsShape:
    """What stands under `credentials`: every API, with None for one that is not to be asked."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    graph: CredentialShape | None
    exchange: CredentialShape | None
    purview: CredentialShape | None
    arm: CredentialShape | None


_NONE: Final = "none"
"""What stands under `credentials` for an API that is not to be asked."""

_KEYS: Final[Mapping[Method, tuple[frozenset[str], frozenset[str]]]] = MappingProxyType(
    {
        method: (frozenset(needed.split()), frozenset(taken.split()))
        for method, needed, taken in (
            (Method.CERTIFICATE, "client_id certificate", ""),
            (Method.CLIENT_SECRET, "client_id client_secret", ""),
            (Method.WORKLOAD_IDENTITY, "", "client_id token_file"),
            (Method.GITHUB_OIDC, "client_id", ""),
            (Method.AZURE_PIPELINES, "client_id service_connection", "system_access_token"),
            (Method.MANAGED_IDENTITY, "", "client_id"),
            (Method.AZURE_CLI, "", ""),
            (Method.INTERACTIVE, "", "client_id token_cache"),
            (Method.DEVICE_CODE, "", "client_id token_cache"),
            (Method.DELEGATED, "", "token_cache"),
        )
    }
)
"""For each method, the keys that it needs and those that it takes beside them."""


def spelt_out(data: dict[str, Data]) -> dict[str, Data]:
    """The file's data with every credential that is a method's bare name as the mapping that it stands for."""
    spelt = dict(data)
    if isinstance(data.get("credential"), str):
        spelt["credential"] = {"method": data["credential"]}
    if isinstance(each := data.get("credentials"), dict):
        spelt["credentials"] = {
            api: None if one == _NONE else {"method": one} if isinstance(one, str) else one for api, one in each.items()
        }
    return spelt


def _blocks(data: Mapping[str, Data]) -> Iterator[tuple[KeyPath, Data]]:
    if "credential" in data:
        yield ("credential",), data["credential"]
    if isinstance(each := data.get("credentials"), dict):
        for api, block in each.items():
            yield ("credentials", api), block


def secrets_in_clear(data: Mapping[str, Data]) -> Iterator[tuple[KeyPath, str]]:
    """Where the data holds a secret instead of the place where it is."""
    for path, credential in _blocks(data):
        if not isinstance(credential, dict):
            continue
        for key in ("client_secret", "system_access_token"):
            if isinstance(credential.get(key), str | int | float):
                yield (*path, key), "a secret in clear text"
        certificate = credential.get("certificate")
        if isinstance(certificate, dict) and isinstance(certificate.get("password"), str | int | float):
            yield (*path, "certificate", "password"), "a password in clear text"


def _problems_of(path: KeyPath, credential: CredentialShape) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with one credential: keys that its method needs or does not take, and malformed ids."""
    given, method = credential.given(), credential.told_method()
    if method is None:
        yield path, "exactly one of client_secret and certificate was expected, or the method that needs neither"
    else:
        needed, taken = _KEYS[method]
        for key in sorted(needed - given):
            yield (*path, key), f"this key is missing; {method.value} needs it"
        for key in sorted(given - needed - taken):
            yield (*path, key), f"{method.value} takes no {key}; remove it"
    for key, value, words in (
        ("client_id", credential.client_id, "the application (client) ID, a GUID, was expected"),
        ("service_connection", credential.service_connection, "the service connection's id, a GUID, was expected"),
    ):
        if value is not None and not _GUID.fullmatch(value):
            yield (*path, key), words


def credential_problems(
    data: Mapping[str, Data], credential: CredentialShape | None, credentials: CredentialsShape | None
) -> Iterator[tuple[KeyPath, str]]:
    """What the types alone do not say of the file's data and of what was read from it."""
    if (credential is None) == (credentials is None):
        path: KeyPath = () if credential is None else ("credentials",)
        yield path, "exactly one of credential (for all APIs) and credentials (for each its own) was expected"
    if credential is not None:
        yield from _problems_of(("credential",), credential)
    if credentials is None:
        return
    each = {api: one for api in Api if (one := _shape_of(credentials, api)) is not None}
    for api, one in each.items():
        yield from _problems_of(("credentials", api.value), one)
    for path, block in _blocks(data):
        if block is None:
            yield path, "a method, a mapping or none was expected"
        elif not each and block == _NONE:
            yield path, "one API at least must be asked; every one says none"


def credentials_of(
    credential: CredentialShape | None, credentials: CredentialsShape | None, base: Path
) -> Mapping[Api, CredentialSettings | None]:
    """Each API's credential, of a file in the directory `base` that has no problems."""
    shapes = {api: credential if credentials is None else _shape_of(credentials, api) for api in Api}
    return MappingProxyType(
        {api: None if shape is None else _settings_of(shape, base) for api, shape in shapes.items()}
    )


def add_short_forms(schema: dict[str, Any]) -> None:
    """Let a JSON Schema of config.yaml accept a method's bare name, and none, where a credential may stand."""
    block, methods = {"$ref": "#/$defs/CredentialShape"}, [method.value for method in Method]
    schema["properties"]["credential"] = {"anyOf": [{"enum": methods}, block]}
    for api in Api:
        one = {"anyOf": [{"enum": [*methods, _NONE]}, block]}
        schema["$defs"]["CredentialsShape"]["properties"][api.value] = one


def _shape_of(credentials: CredentialsShape, api: Api) -> CredentialShape | None:
    match api:
        case Api.GRAPH:
            return credentials.graph
        case Api.EXCHANGE:
            return credentials.exchange
        case Api.PURVIEW:
            return credentials.purview
        case Api.ARM:
            return credentials.arm
        case _:
            assert_never(api)


def _settings_of(shape: CredentialShape, base: Path) -> CredentialSettings:
    method = shape.told_method()
    if method is None:
        raise ValueError("a credential without a method")
    certificate = shape.certificate
    return CredentialSettings(
        method=method,
        client_id=shape.client_id and shape.client_id.lower(),
        client_secret=_secret_at(shape.client_secret, base),
        certificate_file=None if certificate is None else base / certificate.file,
        certificate_password=None if certificate is None else _secret_at(certificate.password, base),
        token_file=shape.token_file and base / shape.token_file,
        service_connection=shape.service_connection,
        system_access_token=_secret_at(shape.system_access_token, base),
        token_cache=shape.token_cache is True,
    )


def _secret_at(ref: SecretRef | None, base: Path) -> SecretRef | None:
    return ref if ref is None or ref.file is None else SecretRef(file=base / ref.file)
