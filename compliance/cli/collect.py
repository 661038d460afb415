"""`lookback collect`: read a tenant into an evidence bundle, and judge nothing."""

from __future__ import annotations

import argparse
import shlex
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.apis import add_config, now, previous_bundle, require_collect, scope_of, tenant_apis
from compliance.errors import InputError, harmless

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.evidence.bundle import Bundle
    from compliance.settings import Settings


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("collect", help="read a tenant, read-only, into an evidence bundle")
    add_config(parser)
    add_output(parser)
    return parser


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where a collection goes and what it reads."""
    parser.add_argument(
        "-o", "--out", type=Path, metavar="DIR", help="the new bundle; default evidence/<date and time>"
    )
    parser.add_argument("--previous", type=Path, metavar="BUNDLE", help="the bundle that this one follows")
    parser.add_argument(
        "--only",
        action="append",
        metavar="CHECK",
        help="read only what this check needs; may be given again",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on where a collection into DIR was interrupted; needs -o"
    )


def run(args: argparse.Namespace) -> int:
    """Collect and say how each reading ended; the exit code is 0 whatever could not be read."""
    from compliance.settings import load_settings

    require_collect()
    bundle = collect_bundle(load_settings(args.config), args, bundle_directory(args))
    print(outcome(bundle))
    return 0


def bundle_directory(args: argparse.Namespace) -> Path:
    """Return where a bundle goes: where the options say, or a directory named by the moment.

    Raises InputError where an unfinished one is to be resumed and the options do not say which.
    """
    if args.resume and args.out is None:
        raise InputError(
            "which collection to go on with is not said",
            where="--resume",
            next_step="Name its directory with -o; it holds unfinished.json.",
        )
    return args.out or Path("evidence") / f"{now():%Y%m%dT%H%M%SZ}"


def collect_bundle(settings: Settings, args: argparse.Namespace, out: Path) -> Bundle:
    """Read the tenant that the settings name into a directory; where that is cut short, say how to go on."""
    from compliance.collector import Run, collect

    asked = Run(
        out,
        datasets_for(args.only),
        scope_of(settings),
        settings.digest(),
        previous_bundle(args.previous),
        resume=args.resume,
    )
    before = _journal_written(out)
    try:
        with tenant_apis(settings, quiet=args.quiet) as apis:
            return collect(apis, asked, clock=now, say=_say)
    except BaseException:
        if _journal_written(out) not in (None, before):
            # a command is not wrapped: it is to be copied
            print(harmless(f"lookback: {out} is unfinished; go on with: {_to_resume(args, out)}"), file=sys.stderr)
        raise


def _journal_written(out: Path) -> int | None:
    """Return when the journal of an unfinished collection was written, in nanoseconds; None where there is none."""
    from compliance.evidence.bundle import UNFINISHED

    journal = out / UNFINISHED
    return journal.stat().st_mtime_ns if journal.is_file() else None


def _say(line: str) -> None:
    from compliance.sources.errors import printable

    text = f"lookback: {printable(line)}"
    print(textwrap.fill(text, 80, subsequent_indent="  ", break_on_hyphens=False), file=sys.stderr)


def _to_resume(args: argparse.Namespace, out: Path) -> str:
    """Return the command that goes on with an unfinished collection."""
    words = ["lookback", "collect", "--resume", "-o", str(out), "-c", str(args.config)]
    words += [] if args.previous is None else ["--previous", str(args.previous)]
    words += [word for only in args.only or () for word in ("--only", only)]
    return shlex.join(words)


def datasets_for(check_ids: list[str] | None) -> tuple[str, ...]:
    """Return the datasets that some checks make use of, the tenant's own description always; all without a choice."""
    from checks import all_checks
    from compliance.cli.judging import by_ids
    from compliance.evidence.datasets import DATASETS
    from compliance.evidence.derived import DERIVATIONS
    from compliance.evidence.evidence import datasets_behind
    from compliance.evidence.tenancy import ORGANIZATION

    if not check_ids:
        return tuple(DATASETS)
    selected = by_ids(all_checks(), ",".join(check_ids).split(","), where="--only")
    needed = {ORGANIZATION}.union(*(datasets_behind(one.function, DERIVATIONS, opening=True) for one in selected))
    for name in reversed(DATASETS):
        if name in needed:
            needed |= set(DATASETS[name].discovered_from)
    return tuple(name for name in DATASETS if name in needed)


def outcome(bundle: Bundle) -> str:
    """Return how each reading ended, in words."""
    from tabulate import tabulate

    from compliance.sources.errors import printable

    rows = [
        (entry.name, entry.state.value, "-" if entry.rows is None else f"{entry.rows:,}", printable(entry.reason or ""))
        for entry in bundle.manifest.datasets
    ]
    table = tabulate(
        rows, headers=("dataset", "state", "rows", "why"), disable_numparse=True, maxcolwidths=[None, None, None, 30]
    )
    return f"{table}\n\nbundle {bundle.path}\n  sha256 of its manifest {bundle.digest}"
