"""`lookback demo`: the whole way, from a simulated tenant over a real socket to a report."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.judging import Handed, add_options, execute, plan

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.demo.tenant import Tenant
    from compliance.evidence.bundle import Bundle

DEFAULT = "agency"
HOME = Path("lookback-demo")
NEEDS = ("azure", "cryptography", "jwt", "msal", "msgraph", "requests", "starlette", "trustme", "uvicorn")


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("demo", help="read a simulated tenant over a real socket and report on it")
    parser.add_argument("--scenario", default=DEFAULT, metavar="NAME", help=f"default {DEFAULT}; `list` names them")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="DIR", help=f"where bundle and result go; default {HOME}/<scenario>"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="show no progress")
    parser.add_argument("--exit-code", action="store_true", help="exit as `check` would, instead of with 0")
    add_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Serve the scenario, audit it through the same code as a real tenant, and print the reports."""
    from compliance.cli.apis import require_extra

    require_extra("demo", "the simulated tenant", NEEDS)
    from compliance.demo.scenarios import load_scenario, scenario_names

    if args.scenario == "list":
        for name, description in scenario_names().items():
            print(f"{name}: {description}")
        return 0
    tenant = load_scenario(args.scenario)
    out = args.out or HOME / args.scenario.replace(":", "-")  # Windows takes no colon in a name
    planned = plan(args, Handed(), bundle=out / "bundle", out=out / "result", tenant_id=tenant.id)
    _make_room(out)
    code = execute(_collect(args, tenant, out / "bundle"), planned)
    return code if args.exit_code else 0


def _make_room(out: Path) -> None:
    """Remove an earlier demo's bundle: only what says of itself that it was simulated is ever removed."""
    from compliance.errors import InputError

    if not out.exists():
        return
    if not _simulated(out / "bundle"):
        raise InputError("already exists and is no demo", where=str(out), next_step="Give another one with -o.")
    shutil.rmtree(out / "bundle")


def _simulated(bundle: Path) -> bool:
    from compliance.evidence.bundle import MANIFEST, UNFINISHED, open_bundle
    from compliance.evidence.journal import read_journal
    from compliance.settings import CloudName

    if (bundle / UNFINISHED).is_file():
        begun = read_journal(bundle)
        return begun is not None and begun.cloud == CloudName.CUSTOM
    return (bundle / MANIFEST).is_file() and open_bundle(bundle).manifest.simulated


def _collect(args: argparse.Namespace, tenant: Tenant, out: Path) -> Bundle:
    from compliance.cli.apis import now, scope_of, tenant_apis
    from compliance.collector import Run, collect
    from compliance.demo.server import serve
    from compliance.evidence.datasets import DATASETS
    from compliance.settings import load_settings

    with serve(tenant) as served:
        config = served.directory / "config.yaml"
        config.write_text(served.settings_yaml(), encoding="utf-8")
        settings = load_settings(config)
        os.environ.update(served.environment)
        run = Run(out, tuple(DATASETS), scope_of(settings), settings.digest())
        with tenant_apis(settings, quiet=args.quiet) as apis:
            return collect(apis, run, clock=now)
