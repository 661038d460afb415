"""config.yaml: which tenant, by which credential, against which standards, within which scope.

Every problem in the file is reported at once, each with line and column. Paths in it are relative to the file.
config.example.yaml, beside README.md, explains every key.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from annotated_types import Ge, Le, MinLen

from compliance.errors import InputError
from compliance.evidence.scope import MAX_AGE_DAYS, MAX_TOLERANCE_DAYS
from compliance.textfile import decode_text, read_capped
from compliance.yamlfile import FILE_SHAPE, KeyPath, YamlDocument, load_yaml, validated

_Text = Annotated[str, MinLen(1)]
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DOMAIN: Final = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII | re.IGNORECASE
)
_MAX_SECRET_BYTES: Final = 64 * 1024


class CloudName(StrEnum):
    """The clouds that can be named in config.yaml; `CUSTOM` takes its endpoints from `custom_cloud`."""

    COMMERCIAL = "commercial"
    GCC = "gcc"
    CUSTOM = "custom"


class ActorClassName(StrEnum):
    """The classes of actors that may be left out of scope, with a reason."""

    GUESTS = "guests"
    DISABLED = "disabled"
    UNLICENSED = "unlicensed"
    MEMBERS_WITHOUT_AUDIT_PLAN = "members-without-audit-plan"
    NON_USER = "non-user"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is: in the environment variable `env`, or in the file `file`. It never holds the secret."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    env: _Text | None = None
    file: Path | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` unless exactly one place is named."""
        if (self.env is None) == (self.file is None):
            raise ValueError("exactly one of env (an environment variable's name) and file (a path) was expected")

    def read(self) -> str:
        """The secret, without the line break at its end; raises `InputError` where it is absent or empty."""
        if self.file is not None:
            raw = read_capped(self.file, max_bytes=_MAX_SECRET_BYTES)
            secret = decode_text(raw, where=str(self.file)).rstrip("\r\n")
        elif self.env is not None and self.env in os.environ:
            secret = os.environ[self.env]
        else:
            raise InputError(
                f"the {self.describe()} is not set, and the secret should be in it",
                next_step=f"Set {self.env} in the environment that runs lookback.",
            )
        if not secret.strip():
            raise InputError(f"the {self.describe()} is empty, and the secret should be in it")
        return secret

    def describe(self) -> str:
        """Where the secret is, for people; never the secret."""
        return f"environment variable {self.env}" if self.file is None else f"file {self.file}"


@dataclass(frozen=True, slots=True)
class CredentialSettings:
    """How lookback signs in: an app registration, and either its client secret or its certificate."""

    client_id: str
    client_secret: SecretRef | None = None
    certificate_file: Path | None = None
    certificate_password: SecretRef | None = None


@dataclass(frozen=True, slots=True)
class CustomCloudSettings:
    """The https roots of a simulated tenant on this machine; `ca_bundle` is who signed their certificates."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    authority: _Text
    graph: _Text
    exchange: _Text
    purview: _Text
    purview_regional: _Text
    arm: _Text
    ca_bundle: Path


@dataclass(frozen=True, slots=True)
class ExcludedActors:
    """A class of actors that is left out of scope; it stays counted, and the reason is printed."""

    # The file says `class`, which Python keeps for itself.
    __pydantic_config__: ClassVar[Any] = {**FILE_SHAPE, "alias_generator": lambda name: name.removeprefix("actor_")}

    actor_class: ActorClassName
    reason: Annotated[str, MinLen(10)]


@dataclass(frozen=True, slots=True)
class MaxAge:
    """How old evidence may be at the end of the last read window before it is stale."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    collected_hours: Annotated[int, Ge(1), Le(MAX_AGE_DAYS * 24)] = 24
    exported_days: Annotated[int, Ge(1), Le(MAX_AGE_DAYS)] = 31


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one request may take with its retries, and how long one wait between them may be."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    deadline_seconds: Annotated[int, Ge(1), Le(86_400)] = 600
    max_wait_seconds: Annotated[int, Ge(1), Le(3_600)] = 120


@dataclass(frozen=True, slots=True)
class Settings:
    """What config.yaml says, with every path absolute.

    `tenant` is the tenant's GUID in lower case, or one of its domains. `excluded_actors` narrows the scope; nothing
    else does. `tolerance_days` is how many days a retention period may be short before it counts as short.
    """

    path: Path
    tenant: str
    cloud: CloudName
    custom_cloud: CustomCloudSettings | None
    credential: CredentialSettings
    excluded_actors: tuple[ExcludedActors, ...]
    strict_months: bool
    tolerance_days: int
    standards: tuple[str, ...]
    standard_files: tuple[Path, ...]
    max_age: MaxAge
    waivers: Path | None
    declarations: Path | None
    limits: Limits

    def digest(self) -> str:
        """SHA-256 of these settings as canonical JSON: no secret, and no path above the file's own directory."""
        plain = asdict(self)
        del plain["path"]
        plain["credential"] = {
            "client_id": self.credential.client_id,
            "kind": "certificate" if self.credential.client_secret is None else "client_secret",
        }
        text = json.dumps(plain, default=self._portable, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _portable(self, value: Path) -> str:
        try:
            return Path(os.path.relpath(value, self.path.parent)).as_posix()
        except ValueError:
            # on Windows: another drive
            return value.as_posix()


def load_settings(path: Path) -> Settings:
    """The settings in `path`; raises one `InputError` that lists every problem with line and column."""
    document = load_yaml(path)
    if clear := tuple(_secrets_in_clear(document)):
        raise document.error(
            clear,
            next_step="Take the secret out of the file, and write where it is: {env: NAME} or {file: PATH}."
            " Renew it if the file was ever shared or committed.",
        )
    shape = validated(document, _SettingsFile)
    if problems := tuple(_problems(shape)):
        raise document.error(problems)
    return _settings(shape, path.absolute())


def json_schema() -> dict[str, Any]:
    """The JSON Schema of config.yaml."""
    from pydantic import TypeAdapter

    return TypeAdapter(_SettingsFile).json_schema()


@dataclass(frozen=True, slots=True)
class _Certificate:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    file: Path
    password: SecretRef | None = None


@dataclass(frozen=True, slots=True)
class _Credential:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    client_id: _Text
    client_secret: SecretRef | None = None
    certificate: _Certificate | None = None


@dataclass(frozen=True, slots=True)
class _Actors:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    exclude: tuple[ExcludedActors, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scope:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    actors: _Actors = field(default_factory=_Actors)


@dataclass(frozen=True, slots=True)
class _SettingsFile:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    tenant: _Text
    credential: _Credential
    cloud: CloudName = CloudName.COMMERCIAL
    custom_cloud: CustomCloudSettings | None = None
    scope: _Scope = field(default_factory=_Scope)
    strict_months: bool = False
    tolerance_days: Annotated[int, Ge(0), Le(MAX_TOLERANCE_DAYS)] = 0
    standards: Annotated[tuple[_Text, ...], MinLen(1)] = ("m-21-31",)
    standard_files: tuple[Path, ...] = ()
    max_age: MaxAge = field(default_factory=MaxAge)
    waivers: Path | None = None
    declarations: Path | None = None
    limits: Limits = field(default_factory=Limits)


def _secrets_in_clear(document: YamlDocument) -> Iterator[tuple[KeyPath, str]]:
    credential = document.data.get("credential")
    if not isinstance(credential, dict):
        return
    if isinstance(credential.get("client_secret"), str | int | float):
        yield ("credential", "client_secret"), "a secret in clear text"
    certificate = credential.get("certificate")
    if isinstance(certificate, dict) and isinstance(certificate.get("password"), str | int | float):
        yield ("credential", "certificate", "password"), "a password in clear text"


def _problems(shape: _SettingsFile) -> Iterator[tuple[KeyPath, str]]:
    """What the types alone do not say."""
    if not (_GUID.fullmatch(shape.tenant) or _DOMAIN.fullmatch(shape.tenant)):
        yield ("tenant",), "the tenant's GUID or one of its domains (contoso.onmicrosoft.com) was expected"
    if not _GUID.fullmatch(shape.credential.client_id):
        yield ("credential", "client_id"), "the application (client) ID, a GUID, was expected"
    if (shape.credential.client_secret is None) == (shape.credential.certificate is None):
        yield ("credential",), "exactly one of client_secret and certificate was expected"
    if (shape.cloud is CloudName.CUSTOM) != (shape.custom_cloud is not None):
        yield ("cloud",), "cloud: custom and custom_cloud go together; give both or neither"
    for keys, values in (
        (("scope", "actors", "exclude"), tuple(one.actor_class for one in shape.scope.actors.exclude)),
        (("standards",), shape.standards),
        (("standard_files",), shape.standard_files),
    ):
        for index, value in enumerate(values):
            if value in values[:index]:
                yield (*keys, index), f"{value} stands in this list twice"


def _settings(shape: _SettingsFile, path: Path) -> Settings:
    base = path.parent

    def at(relative: Path) -> Path:
        return base / relative

    def secret(ref: SecretRef | None) -> SecretRef | None:
        return ref if ref is None or ref.file is None else SecretRef(file=at(ref.file))

    certificate = shape.credential.certificate
    return Settings(
        path=path,
        tenant=shape.tenant.lower(),
        cloud=shape.cloud,
        custom_cloud=shape.custom_cloud and replace(shape.custom_cloud, ca_bundle=at(shape.custom_cloud.ca_bundle)),
        credential=CredentialSettings(
            client_id=shape.credential.client_id.lower(),
            client_secret=secret(shape.credential.client_secret),
            certificate_file=None if certificate is None else at(certificate.file),
            certificate_password=None if certificate is None else secret(certificate.password),
        ),
        excluded_actors=shape.scope.actors.exclude,
        strict_months=shape.strict_months,
        tolerance_days=shape.tolerance_days,
        standards=shape.standards,
        standard_files=tuple(at(file) for file in shape.standard_files),
        max_age=shape.max_age,
        waivers=shape.waivers and at(shape.waivers),
        declarations=shape.declarations and at(shape.declarations),
        limits=shape.limits,
    )
