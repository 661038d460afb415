"""`lookback doctor`: sign in, say what the token holds, and which checks could be decided."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from compliance.cli.apis import add_config, tenant_apis

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.sources.transport import TenantApis


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("doctor", help="sign in, and say which checks could be decided and what is missing")
    add_config(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Ask each dataset for its first page and print what that buys; 0 where every check could be decided, else 4."""
    from checks import all_checks
    from compliance.evidence.datasets import DATASETS
    from compliance.evidence.derived import DERIVATIONS
    from compliance.evidence.evidence import datasets_behind
    from compliance.settings import load_settings

    with tenant_apis(load_settings(args.config), quiet=args.quiet) as apis:
        _print_tokens(apis)
        refused = {name: reason for name in DATASETS if (reason := _refusal(apis, name)) is not None}
    print("\nWhat can be read")
    for name, spec in DATASETS.items():
        print(f"  {'no ' if name in refused else 'yes'}  {spec.request}")
        if name in refused:
            print(textwrap.indent(textwrap.fill(refused[name], 70), " " * 9))
            print(textwrap.indent(textwrap.fill(f"needs: {spec.permission}", 70), " " * 9))
    checks = all_checks()
    open_checks = {one.id: datasets_behind(one.function, DERIVATIONS) & set(refused) for one in checks}
    decided = [one for one in checks if not open_checks[one.id]]
    print(f"\n{len(decided)} of {len(checks)} checks can be decided")
    for one in checks:
        if open_checks[one.id]:
            print(
                textwrap.fill(
                    f"{one.id} {one.title}: lacks {', '.join(sorted(open_checks[one.id]))}",
                    78,
                    initial_indent="  ",
                    subsequent_indent="    ",
                )
            )
    return 0 if len(decided) == len(checks) else 4


def _print_tokens(apis: TenantApis) -> None:
    from compliance.credentials import SignInError
    from compliance.evidence.datasets import Api
    from compliance.sources.errors import printable

    print("What the token holds")
    for api in Api:
        try:
            facts = apis.token_facts(api)
        except SignInError as error:
            if not error.of_one_api:
                raise
            print(f"  {api.value}: no token: {printable(error.what)}")
            continue
        granted = ", ".join(sorted((*(facts.roles or ()), *(facts.scopes or ())))) or "no application permission"
        print(textwrap.fill(printable(f"{api.value}: {granted}"), 78, initial_indent="  ", subsequent_indent="    "))


def _refusal(apis: TenantApis, name: str) -> str | None:
    """Ask for the first page of a dataset; say why it cannot be had, or None where it can."""
    from compliance.sources.errors import SourceError
    from compliance.sources.readers import READERS

    try:
        next(iter(READERS[name].read(apis)), None)
    except SourceError as error:
        return error.reason
    return None
