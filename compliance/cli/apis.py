"""Opening a tenant's APIs as config.yaml says: what collect, audit and doctor share."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import InputError, harmless

if TYPE_CHECKING:
    from compliance.clouds import Cloud
    from compliance.collector import Before
    from compliance.evidence.scope import Scope
    from compliance.settings import Settings
    from compliance.sources.transport import TenantApis

CONFIG = Path("config.yaml")


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command which signs in has."""
    parser.add_argument("-c", "--config", type=Path, default=CONFIG, metavar="FILE", help="default config.yaml")
    parser.add_argument("-q", "--quiet", action="store_true", help="show no progress")


def now() -> dt.datetime:
    """Return the present moment by our clock."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def tenant_apis(settings: Settings, *, quiet: bool) -> Iterator[TenantApis]:
    """Open the APIs of the tenant that the settings name.

    Nothing is sent before the first request, but for a question where the cloud has to be found out. Raises
    `InputError`, before that, for a secret or certificate that cannot be used.
    """
    require_collect()
    from compliance.cli.progress import ProgressDisplay
    from compliance.clouds import CLOUDS
    from compliance.credentials import credentials_for
    from compliance.sources.transport import TenantApis

    if settings.cloud is None and settings.custom_cloud is None:
        credentials_for(settings.credentials, CLOUDS["commercial"], settings.tenant, tell=_tell)
    cloud = cloud_of(settings, _tell)
    credentials = credentials_for(settings.credentials, cloud, settings.tenant, tell=_tell)
    with (
        ProgressDisplay(sys.stderr, quiet=quiet, clock=time.monotonic) as progress,
        TenantApis(cloud, settings.tenant, credentials, on_progress=progress, limits=settings.limits) as apis,
    ):
        yield apis


def cloud_of(settings: Settings, tell: Callable[[str], None]) -> Cloud:
    """Return the cloud that the settings name, or the one that the tenant's OpenID configuration tells."""
    from compliance.cloud_detection import detect_cloud, fetch_configuration
    from compliance.clouds import CLOUDS, custom_cloud

    custom = settings.custom_cloud
    if custom is not None:
        return custom_cloud(
            authority=custom.authority,
            graph=custom.graph,
            exchange=custom.exchange,
            purview=custom.purview,
            purview_regional=custom.purview_regional,
            arm=custom.arm,
            ca_bundle=custom.ca_bundle,
        )
    if settings.cloud is not None:
        return CLOUDS[settings.cloud.value]
    name = detect_cloud(settings.tenant, fetch_configuration)
    tell(f"{settings.tenant} lives in the cloud {name}, as its OpenID configuration says.")
    return CLOUDS[name]


def _tell(line: str) -> None:
    """Show a line to whoever runs the command; what is printed on standard output is the report alone."""
    print(harmless(line), file=sys.stderr, flush=True)


def scope_of(settings: Settings) -> Scope:
    """Return the scope that the settings ask for, as the bundle keeps it."""
    from compliance.evidence.scope import ExcludedActors, MaxAge, Scope
    from compliance.rules.classes import ActorKind
    from compliance.settings import ActorClassName

    kinds = {
        ActorClassName.GUESTS: ActorKind.GUEST,
        ActorClassName.DISABLED: ActorKind.DISABLED,
        ActorClassName.UNLICENSED: ActorKind.UNLICENSED,
        ActorClassName.MEMBERS_WITHOUT_AUDIT_PLAN: ActorKind.MEMBER_WITHOUT_AUDIT_PLAN,
        ActorClassName.NON_USER: ActorKind.NON_USER,
    }
    return Scope(
        excluded_actors=tuple(
            ExcludedActors(actor_class=kinds[out.actor_class], reason=out.reason) for out in settings.excluded_actors
        ),
        strict_months=settings.strict_months,
        tolerance_days=settings.tolerance_days,
        max_age=MaxAge(collected_hours=settings.max_age.collected_hours, exported_days=settings.max_age.exported_days),
    )


def previous_bundle(path: Path | None) -> Before | None:
    """Return the bundle before, given its directory or its manifest; raises InputError where it is none."""
    from compliance.collector import Before
    from compliance.evidence.bundle import decode_manifest, read_document
    from compliance.evidence.manifest import Previous, sha256

    if path is None:
        return None
    file = path / "manifest.json" if path.is_dir() else path
    raw = read_document(file, what="--previous takes the bundle before, or its manifest.json")
    manifest = decode_manifest(raw, file)
    return Before(Previous(manifest_sha256=sha256(raw), as_of=manifest.as_of), manifest.tenant.id)


def require_collect() -> None:
    """Raise InputError where the packages that read a tenant are missing."""
    require_extra("collect", "reading a tenant", ("azure", "cryptography", "msal", "msgraph", "requests"))


def require_extra(extra: str, what: str, packages: tuple[str, ...]) -> None:
    """Raise InputError, saying how to install it, where the packages of an extra are missing."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise InputError(
            f"{what} needs packages that are not installed: {', '.join(missing)}",
            next_step=f"Install them: pip install 'lookback-auditor[{extra}]'",
        )
