"""From a bundle to reports and an exit code: what check, audit and demo share."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.following import REGRESSION, add_following_options, following
from compliance.cli.reporting import add_format_options, format_options, reports_asked_for, write_report
from compliance.errors import InputError, harmless
from reports import REPORTS

if TYPE_CHECKING:
    from compliance.assessment.check import Check
    from compliance.assessment.declarations import Declarations
    from compliance.assessment.gate import Gate
    from compliance.assessment.waivers import Waiver
    from compliance.cli.following import Following
    from compliance.cli.reporting import Wanted
    from compliance.evidence.bundle import Bundle
    from compliance.result import Inputs
    from compliance.settings import StandardChoice
    from compliance.standards import Standard
    from reports import Options

SETTINGS = "settings"
ALL = "all"


def add_options(parser: argparse.ArgumentParser, *, previous: str = "--previous") -> None:
    """Add the options that decide how a bundle is judged and reported; `previous` is the one for an earlier result."""
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
        help=f"a report to standard output or to a file; may be given again; {', '.join(REPORTS)}; default console",
    )
    add_format_options(parser)
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="accepted failures, with approver and expiry")
    parser.add_argument("--declarations", type=Path, metavar="FILE", help="what somebody attests about other stores")
    parser.add_argument(
        "--fail-on",
        choices=("low", "medium", "high", "critical", REGRESSION),
        default="low",
        metavar="SEVERITY",
        help="least severity that counts for the exit code: low (default), medium, high, critical; or regression: only"
        " what got worse, or is open and unclear, since --against counts, of whatever severity",
    )
    add_following_options(parser, previous)
    parser.add_argument(
        "--on-indeterminate",
        choices=("fail", "warn"),
        default="fail",
        help="what an open question does to the exit code: 4 (fail, the default) or nothing (warn); under --fail-on"
        " regression what is lost sight of stays 4",
    )
    parser.add_argument(
        "--plan",
        action="store_true",
        help="tell what it would take for every log source to meet the standards, as commands; none is executed",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="leave nothing out of the console report")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found")


@dataclass(frozen=True, slots=True)
class Handed:
    """What config.yaml names, where the command line names none; `config` is the file itself."""

    standards: tuple[StandardChoice | Path, ...] = ()
    waivers: Path | None = None
    declarations: Path | None = None
    config: Path | None = None


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file that somebody handed over, read once: what is parsed is what is kept."""

    path: Path
    raw: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """How a bundle will be judged and reported, with everything in the options and files found to be right."""

    selected: tuple[Check, ...]
    left_out: tuple[Check, ...]
    standards: list[Standard]
    gate: Gate
    waivers: HandedFile | None
    declarations: HandedFile | None
    following: Following
    reports: list[Wanted]
    out: Path
    options: Options
    exit_zero: bool


def plan(args: argparse.Namespace, handed: Handed, *, bundle: Path, out: Path, tenant_id: str | None) -> Plan:
    """Read the options and the files they name before anything else is done.

    `bundle` need not exist yet. Without a `tenant_id`, waivers and declarations of any tenant are accepted here, and
    `execute` looks again. Raises InputError for whatever cannot be used.
    """
    from checks import all_checks
    from compliance.assessment.gate import Gate
    from compliance.assessment.verdict import Severity
    from compliance.result import check_room

    if out.resolve().is_relative_to(bundle.resolve()):
        raise InputError("lies inside the bundle", where=str(out), next_step="Give a directory outside it with -o.")
    reports = reports_asked_for(args.report, kept_out_of=(bundle, out))
    selected, left_out = select(all_checks(), args.checks)
    standards = _standards(args.standard, handed)
    gate = _gate(args.gate, standards)
    waivers = read_handed(args.waivers or handed.waivers)
    declarations = read_handed(args.declarations or handed.declarations)
    read_waivers(waivers, tenant_id)
    read_declarations(declarations, tenant_id)
    follows = following(args, next(standard for standard in standards if standard.id == gate))
    if tenant_id is not None:
        follows.check_tenant(tenant_id)
    floor = Severity.LOW if args.fail_on == REGRESSION else Severity(args.fail_on)
    check_room(out)
    return Plan(
        selected=selected,
        left_out=left_out,
        standards=standards,
        gate=Gate(gate, floor, args.on_indeterminate == "warn"),
        waivers=waivers,
        declarations=declarations,
        following=follows,
        reports=reports,
        out=out,
        options=replace(format_options(args, reports), gate=gate, verbose=args.verbose, steps=args.plan),
        exit_zero=args.exit_zero,
    )


def execute(bundle: Bundle, planned: Plan) -> int:
    """Judge a bundle as planned, write the result folder and the reports, and return the exit code."""
    from compliance.assessment.gate import exit_code, regression_exit_code, regressions
    from compliance.assessment.history import history_of
    from compliance.assessment.identity import compared
    from compliance.evidence.bundle import sum_problems
    from compliance.result import write_result
    from compliance.runner import assess
    from reports.console.changes import gate_lines

    if problems := sum_problems(bundle.path):
        raise InputError(
            f"the evidence was changed or damaged: {'; '.join(problems)}",
            where=str(bundle.path),
            next_step="Restore the bundle, or collect again.",
        )
    tenant_id = bundle.manifest.tenant.id
    follows = planned.following
    follows.check_tenant(tenant_id)
    follows.check_before(bundle.manifest.as_of)
    follows.check_scope(bundle.manifest.scope)
    declarations = read_declarations(planned.declarations, tenant_id)
    inputs = _inputs(planned, declarations)
    assessed = assess(
        bundle,
        checks=planned.selected,
        left_out=planned.left_out,
        standards=planned.standards,
        declarations=declarations,
        waivers=read_waivers(planned.waivers, tenant_id),
        earlier=None if follows.previous is None else follows.previous.earlier,
        period=follows.period,
    )
    write_result(planned.out, assessed, checks=tuple(one.id for one in planned.selected), inputs=inputs)
    trend = history_of((one.earlier.assessment for one in follows.history), assessed.assessment)
    options = replace(planned.options, history=trend)
    for wanted in planned.reports:
        write_report(wanted, assessed, options, bundle.path)
    if planned.exit_zero:
        return 0
    if follows.against is not None:
        since = assessed.assessment.since
        if since is None or follows.reports_tell_of_another:
            since = compared(follows.against.earlier, assessed)
            for line in gate_lines(since, regressions(since, planned.gate)):
                print(harmless(line), file=sys.stderr)
        return regression_exit_code(assessed.assessment, since, planned.gate)
    return exit_code(assessed.assessment, planned.gate)


def select(checks: tuple[Check, ...], wanted: str) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """Split the checks into those asked for and the others; raises InputError for an id that does not exist."""
    if wanted in (SETTINGS, ALL):
        return checks, ()
    chosen = by_ids(checks, wanted.split(","), where="--checks", beside=f"{SETTINGS}, {ALL}, or ")
    return chosen, tuple(one for one in checks if one not in chosen)


def by_ids(checks: tuple[Check, ...], ids: Iterable[str], *, where: str, beside: str = "") -> tuple[Check, ...]:
    """Return the checks with these ids; raises InputError, naming the option they came by, for one that is none."""
    wanted = [name.strip().upper() for name in ids]
    known = {one.id for one in checks}
    if unknown := [name for name in wanted if name not in known]:
        raise InputError(
            f"there is no check {', '.join(unknown)}",
            where=where,
            next_step=f"Give {beside}some of {', '.join(sorted(known))}.",
        )
    return tuple(one for one in checks if one.id in wanted)


def _standards(asked: list[str] | None, handed: Handed) -> list[Standard]:
    """Return the standards that the command line asks for, else those of config.yaml, else the default."""
    from compliance.settings import StandardChoice
    from compliance.standards import load_standard

    chosen = {one.id: one for one in handed.standards if isinstance(one, StandardChoice)}
    handed_names = [one.id if isinstance(one, StandardChoice) else one for one in handed.standards]
    names: list[str | Path] = [*asked] if asked else handed_names or ["m-21-31"]
    standards = [
        _chosen(chosen[name], handed.config) if isinstance(name, str) and name in chosen else load_standard(name)
        for name in dict.fromkeys(names)
    ]
    ids = [standard.id for standard in standards]
    if len(set(ids)) != len(ids):
        raise InputError(
            "the same standard is asked for twice",
            where="--standard",
            next_step="Name each once, by its id or by its file; a standard of your own needs an id of its own.",
        )
    for standard in standards:
        _refuse_undecided(standard)
    return standards


def _chosen(choice: StandardChoice, config: Path | None) -> Standard:
    from compliance.standards import with_periods

    return with_periods(choice.id, choice.hot, choice.total, where=f"{config}: standards: {choice.id}")


def _refuse_undecided(standard: Standard) -> None:
    """Raise InputError for a standard by which nothing can be judged: neither the text nor anybody gave a number."""
    if not standard.undecided:
        return
    example = f"{{id: {standard.id}, hot: {{months: 3}}, total: {{months: 12}}}}"
    raise InputError(
        f"{standard.id} gives no number: the organisation sets how long logs are kept",
        where="--standard",
        next_step=f"Set yours in config.yaml, standards: [{example}], or give --standard a file such as own.yaml with"
        f" version: 1, id: own, like: {standard.id}, and hot, total or both, each with duration and citation.",
    )


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


def read_handed(path: Path | None) -> HandedFile | None:
    """Return the bytes of a YAML file that an option names, or None without one; raises InputError."""
    from compliance.textfile import read_capped
    from compliance.yamlfile import MAX_BYTES

    return None if path is None else HandedFile(path, read_capped(path, max_bytes=MAX_BYTES))


def read_waivers(file: HandedFile | None, tenant_id: str | None) -> tuple[Waiver, ...]:
    """Return the waivers of a file for a tenant, or none without a file; see `load_waivers`."""
    from checks import all_checks
    from compliance.assessment.waivers import load_waivers

    if file is None:
        return ()
    known = frozenset(one.id for one in all_checks())
    return load_waivers(file.path, tenant_id=tenant_id, known_checks=known, today=_today(), raw=file.raw)


def read_declarations(file: HandedFile | None, tenant_id: str | None, attachments: Path | None = None) -> Declarations:
    """Return the declarations of a file for a tenant, or none without a file; see `load_declarations`."""
    from compliance.assessment.declarations import NO_DECLARATIONS, load_declarations
    from compliance.standards import SOURCE_IDS

    if file is None:
        return NO_DECLARATIONS
    return load_declarations(
        file.path,
        tenant_id=tenant_id,
        known_sources=frozenset(SOURCE_IDS),
        today=_today(),
        attachments=attachments,
        raw=file.raw,
    )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _inputs(planned: Plan, declarations: Declarations) -> Inputs:
    """Return the files to keep beside a result: standards as used, waivers, declarations and what they attach."""
    from compliance.result import ATTACHMENTS, Inputs

    files = {f"standards/{standard.id}.yaml": standard.raw for standard in planned.standards}
    if planned.waivers is not None:
        files["waivers.yaml"] = planned.waivers.raw
    if planned.declarations is not None:
        files["declarations.yaml"] = planned.declarations.raw
        files.update(
            (f"{ATTACHMENTS}/{digest}", _attested(file, digest)) for file, digest in declarations.attachments()
        )
    previous = planned.following.previous
    if previous is not None:
        files.update(previous.files)
    return Inputs(
        files,
        None if planned.waivers is None else "waivers.yaml",
        None if planned.declarations is None else "declarations.yaml",
        None if previous is None else previous.kept_as,
    )


def _attested(file: Path, digest: str) -> bytes:
    """Return a document as it was attested; it may have changed since the declarations were read."""
    from compliance.assessment.declarations import MAX_ATTACHMENT_BYTES
    from compliance.evidence.manifest import sha256
    from compliance.textfile import read_capped

    raw = read_capped(file, max_bytes=MAX_ATTACHMENT_BYTES)
    if sha256(raw) != digest:
        raise InputError("the document changed while it was read", where=str(file), next_step="Run it again.")
    return raw
