"""From a bundle to reports and an exit code: what check, audit and demo share."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.assessment.assessment import Assessment
    from compliance.assessment.check import Check
    from compliance.assessment.declarations import Declarations
    from compliance.assessment.waivers import Waiver
    from compliance.evidence.bundle import Bundle
    from compliance.result import Inputs
    from compliance.standards import Standard

SETTINGS = "settings"
ALL = "all"
WIDTH = 80


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that decide how a bundle is judged and reported."""
    parser.add_argument(
        "--standard",
        action="append",
        metavar="ID",
        help="judge by this standard (id or YAML file); may be given again; default m-21-31",
    )
    parser.add_argument("--gate", metavar="ID", help="the standard that sets the exit code; default the first one")
    parser.add_argument(
        "--checks",
        default=SETTINGS,
        metavar="SET",
        help="settings (default), all, or check ids separated by commas",
    )
    parser.add_argument(
        "--report",
        action="append",
        metavar="FORMAT[=PATH]",
        help="console (default) or json, to standard output or to a file; may be given again",
    )
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="accepted failures, with approver and expiry")
    parser.add_argument("--declarations", type=Path, metavar="FILE", help="what somebody attests about other stores")
    parser.add_argument(
        "--fail-on",
        choices=("low", "medium", "high", "critical"),
        default="low",
        metavar="SEVERITY",
        help="least severity that counts for the exit code: low (default), medium, high, critical",
    )
    parser.add_argument(
        "--on-indeterminate",
        choices=("fail", "warn"),
        default="fail",
        help="what an open question does to the exit code: 4 (fail, the default) or nothing (warn)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="leave nothing out of the console report")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found")


@dataclass(frozen=True, slots=True)
class Handed:
    """Files that config.yaml names, where the command line names none."""

    standards: tuple[str | Path, ...] = ()
    waivers: Path | None = None
    declarations: Path | None = None


def judge_bundle(bundle: Bundle, args: argparse.Namespace, out: Path, handed: Handed) -> int:
    """Judge a bundle as the options ask, write the result folder and the reports, and return the exit code."""
    from checks import all_checks
    from compliance.assessment.gate import Gate, exit_code
    from compliance.assessment.verdict import Severity
    from compliance.evidence.bundle import sum_problems
    from compliance.result import write_result
    from compliance.runner import assess

    reports = _reports_asked_for(args.report)
    if problems := sum_problems(bundle.path):
        raise InputError(
            f"the evidence was changed or damaged: {'; '.join(problems)}",
            where=str(bundle.path),
            next_step="Restore the bundle, or collect again.",
        )
    selected, left_out = select(all_checks(), args.checks)
    standards = _standards(args.standard or handed.standards or ("m-21-31",))
    gate = _gate(args.gate, standards)
    waivers_file = args.waivers or handed.waivers
    declarations_file = args.declarations or handed.declarations
    tenant_id = bundle.manifest.tenant.id
    declarations = read_declarations(declarations_file, tenant_id)
    assessed = assess(
        bundle,
        checks=selected,
        left_out=left_out,
        standards=standards,
        declarations=declarations,
        waivers=read_waivers(waivers_file, tenant_id),
    )
    write_result(
        out,
        assessed,
        checks=tuple(one.id for one in selected),
        inputs=inputs_of(standards, waivers_file, declarations_file, declarations),
    )
    for name, path in reports:
        _write_report(name, path, assessed.assessment, verbose=args.verbose)
    if args.exit_zero:
        return 0
    return exit_code(assessed.assessment, Gate(gate, Severity(args.fail_on), args.on_indeterminate == "warn"))


def select(checks: tuple[Check, ...], wanted: str) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """Split the checks into those asked for and the others; raises InputError for an id that does not exist."""
    if wanted in (SETTINGS, ALL):
        return checks, ()
    ids = [name.strip().upper() for name in wanted.split(",")]
    known = {one.id for one in checks}
    if unknown := [name for name in ids if name not in known]:
        raise InputError(
            f"there is no check {', '.join(unknown)}",
            where="--checks",
            next_step=f"Give settings, all, or some of {', '.join(sorted(known))}.",
        )
    return tuple(one for one in checks if one.id in ids), tuple(one for one in checks if one.id not in ids)


def _standards(names: tuple[str | Path, ...] | list[str]) -> list[Standard]:
    from compliance.standards import load_standard

    standards = [load_standard(name) for name in dict.fromkeys(names)]
    ids = [standard.id for standard in standards]
    if len(set(ids)) != len(ids):
        raise InputError("the same standard is asked for twice", where="--standard")
    return standards


def _gate(wanted: str | None, standards: list[Standard]) -> str:
    if wanted is None:
        return standards[0].id
    if wanted not in [standard.id for standard in standards]:
        raise InputError(
            f"{wanted} is not among the standards judged by",
            where="--gate",
            next_step=f"Add --standard {wanted}, or give one of: {', '.join(one.id for one in standards)}.",
        )
    return wanted


def read_waivers(path: Path | None, tenant_id: str) -> tuple[Waiver, ...]:
    """Return the waivers of a file for a tenant, or none without a file."""
    from checks import all_checks
    from compliance.assessment.waivers import load_waivers

    if path is None:
        return ()
    known = frozenset(one.id for one in all_checks())
    return load_waivers(path, tenant_id=tenant_id, known_checks=known, today=_today())


def read_declarations(path: Path | None, tenant_id: str, attachments: Path | None = None) -> Declarations:
    """Return the declarations of a file for a tenant, or none without a file; see `load_declarations`."""
    from compliance.assessment.declarations import NO_DECLARATIONS, load_declarations
    from compliance.rules.record_types import LOG_SOURCES

    if path is None:
        return NO_DECLARATIONS
    return load_declarations(
        path, tenant_id=tenant_id, known_sources=frozenset(LOG_SOURCES), today=_today(), attachments=attachments
    )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def inputs_of(
    standards: list[Standard], waivers: Path | None, declarations_file: Path | None, declarations: Declarations
) -> Inputs:
    """Return the files to keep beside a result: standards as used, waivers, declarations and what they attach."""
    from compliance.result import Inputs

    files = {f"standards/{standard.id}.yaml": standard.raw for standard in standards}
    if waivers is not None:
        files["waivers.yaml"] = waivers.read_bytes()
    if declarations_file is not None:
        files["declarations.yaml"] = declarations_file.read_bytes()
        files.update((f"attachments/{store.sha256.lower()}", store.file.read_bytes()) for store in declarations.stores)
    return Inputs(files, "waivers.yaml" if waivers else None, "declarations.yaml" if declarations_file else None)


def _reports_asked_for(wanted: list[str] | None) -> list[tuple[str, Path | None]]:
    from reports import REPORTS

    asked: list[tuple[str, Path | None]] = []
    for item in wanted or ["console"]:
        name, _, path = item.partition("=")
        if name not in REPORTS:
            raise InputError(
                f"there is no report format {name!r}", where="--report", next_step=f"Give one of {', '.join(REPORTS)}."
            )
        asked.append((name, Path(path) if path else None))
    return asked


def _write_report(name: str, path: Path | None, assessment: Assessment, *, verbose: bool) -> None:
    from compliance.evidence.bundle import write_private
    from reports import Options, render

    if path is not None:
        text = render(name, assessment, Options(width=WIDTH, verbose=verbose))
        write_private(path, text.encode("utf-8", errors="backslashreplace"))
        return
    encoding = (sys.stdout.encoding or "ascii").casefold()
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    options = Options(width=WIDTH, colour=colour, ascii=not encoding.startswith("utf"), verbose=verbose)
    print_report(render(name, assessment, options))


def print_report(text: str) -> None:
    """Write a report to standard output; a reader that has seen enough does not change the exit code."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
