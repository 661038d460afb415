"""config.yaml: which tenant, by which credentials, against which standards, within which scope.

Every problem in the file is reported at once, each with line and column. Paths in it are relative to the file.
config.example.yaml, beside README.md, explains every key.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from annotated_types import Ge, Le, MinLen

from compliance.credential_settings import (
    CredentialSettings,
    CredentialShape,
    CredentialsShape,
    add_short_forms,
    credential_problems,
    credentials_of,
    secrets_in_clear,
    spelt_out,
)
from compliance.evidence.datasets import Api
from compliance.evidence.scope import MAX_AGE_DAYS, MAX_TOLERANCE_DAYS
from compliance.rules.periods import Duration
from compliance.yamlfile import FILE_SHAPE, Data, KeyPath, YamlDocument, load_yaml, validated

_Text = Annotated[str, MinLen(1)]
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DOMAIN: Final = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII | re.IGNORECASE
)


class CloudName(StrEnum):
    """The clouds that can be named in config.yaml; `CUSTOM` takes its endpoints from `custom_cloud`."""

    COMMERCIAL = "commercial"
    GCC = "gcc"
    GCC_HIGH = "gcc-high"
    DOD = "dod"
    CHINA = "china"
    CUSTOM = "custom"


class ActorClassName(StrEnum):
    """The classes of actors that may be left out of scope, with a reason."""

    GUESTS = "guests"
    DISABLED = "disabled"
    UNLICENSED = "unlicensed"
    MEMBERS_WITHOUT_AUDIT_PLAN = "members-without-audit-plan"
    NON_USER = "non-user"


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
class StandardChoice:
    """A standard that comes with lookback, and the periods that its text leaves to the organisation."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    id: _Text
    hot: Duration | None = None
    total: Duration | None = None


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

    `tenant` is the tenant's GUID in lower case, or one of its domains. `cloud` is None where it is to be detected.
    `credentials` holds every API; one with None is not asked. `excluded_actors` narrows the scope; nothing else does.
    `tolerance_days` is how many days a retention period may be short before it counts as short.
    """

    path: Path
    tenant: str
    cloud: CloudName | None
    custom_cloud: CustomCloudSettings | None
    credentials: Mapping[Api, CredentialSettings | None]
    excluded_actors: tuple[ExcludedActors, ...]
    strict_months: bool
    tolerance_days: int
    standards: tuple[StandardChoice, ...]
    standard_files: tuple[Path, ...]
    max_age: MaxAge
    waivers: Path | None
    declarations: Path | None
    limits: Limits

    def digest(self) -> str:
        """SHA-256 of these settings as canonical JSON: no secret, and no path above the file's own directory."""
        plain = asdict(replace(self, credentials={}))
        del plain["path"]
        plain["credentials"] = {
            api.value: None if one is None else {"client_id": one.client_id, "method": one.method.value}
            for api, one in self.credentials.items()
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
    if clear := tuple(secrets_in_clear(document.data)):
        raise document.error(
            clear,
            next_step="Take the secret out of the file, and write where it is: {env: NAME} or {file: PATH}."
            " Renew it if the file was ever shared or committed.",
        )
    shape = validated(replace(document, data=_with_choices(spelt_out(document.data))), _SettingsFile)
    if problems := tuple(_problems(shape, document)):
        raise document.error(problems)
    return _settings(shape, path.absolute())


def json_schema() -> dict[str, Any]:
    """The JSON Schema of config.yaml."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(_SettingsFile).json_schema()
    add_short_forms(schema)
    standards = schema["properties"]["standards"]
    standards["items"] = {"anyOf": [{"type": "string", "minLength": 1}, standards["items"]]}
    standards["default"] = ["m-21-31"]
    return schema


def _with_choices(data: dict[str, Data]) -> dict[str, Data]:
    """Return the file's data with every standard that is a bare id as the mapping that it stands for."""
    standards = data.get("standards")
    if not isinstance(standards, list):
        return data
    return {**data, "standards": [{"id": one} if isinstance(one, str) else one for one in standards]}


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
    credential: CredentialShape | None = None
    credentials: CredentialsShape | None = None
    cloud: CloudName | None = None
    custom_cloud: CustomCloudSettings | None = None
    scope: _Scope = field(default_factory=_Scope)
    strict_months: bool = False
    tolerance_days: Annotated[int, Ge(0), Le(MAX_TOLERANCE_DAYS)] = 0
    standards: Annotated[tuple[StandardChoice, ...], MinLen(1)] = (StandardChoice("m-21-31"),)
    standard_files: tuple[Path, ...] = ()
    max_age: MaxAge = field(default_factory=MaxAge)
    waivers: Path | None = None
    declarations: Path | None = None
    limits: Limits = field(default_factory=Limits)


def _problems(shape: _SettingsFile, document: YamlDocument) -> Iterator[tuple[KeyPath, str]]:
    """What the types alone do not say."""
    if not (_GUID.fullmatch(shape.tenant) or _DOMAIN.fullmatch(shape.tenant)):
        yield ("tenant",), "the tenant's GUID or one of its domains (contoso.onmicrosoft.com) was expected"
    yield from credential_problems(document.data, shape.credential, shape.credentials)
    if (shape.cloud is CloudName.CUSTOM) != (shape.custom_cloud is not None):
        yield ("cloud",), "cloud: custom and custom_cloud go together; give both or neither"
    for keys, values in (
        (("scope", "actors", "exclude"), tuple(one.actor_class for one in shape.scope.actors.exclude)),
        (("standards",), tuple(one.id for one in shape.standards)),
        (("standard_files",), shape.standard_files),
    ):
        for index, value in enumerate(values):
            if value in values[:index]:
                yield (*keys, index), f"{value} stands in this list twice"


def _settings(shape: _SettingsFile, path: Path) -> Settings:
    base = path.parent

    def at(relative: Path) -> Path:
        return base / relative

    return Settings(
        path=path,
        tenant=shape.tenant.lower(),
        cloud=shape.cloud,
        custom_cloud=shape.custom_cloud and replace(shape.custom_cloud, ca_bundle=at(shape.custom_cloud.ca_bundle)),
        credentials=credentials_of(shape.credential, shape.credentials, base),
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
