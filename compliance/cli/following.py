"""What a result follows: an earlier one, the one that a gate compares with, a trend of many, and a period."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.assessment.period import Period
    from compliance.earlier import EarlierResult
    from compliance.evidence.scope import Scope
    from compliance.standards import Standard

REGRESSION = "regression"
"""What --fail-on takes beside severities."""


@dataclass(frozen=True, slots=True)
class Following:
    """What a result follows, as the options say; `against` is None for a gate that does not ask for regressions."""

    previous: EarlierResult | None
    against: EarlierResult | None
    history: tuple[EarlierResult, ...]
    period: Period | None

    @property
    def reports_tell_of_another(self) -> bool:
        """Whether the reports compare with another result than the gate does."""
        if self.previous is None or self.against is None:
            return False
        return self.previous.files != self.against.files

    def check_tenant(self, tenant_id: str) -> None:
        """Raise InputError where any of it is of another tenant."""
        for one in (*filter(None, (self.previous, self.against)), *self.history):
            one.check_tenant(tenant_id)

    def check_scope(self, scope: Scope) -> None:
        """Raise InputError where the gate compares with what was judged under another scope."""
        if self.against is not None:
            self.against.check_scope(scope)

    def check_before(self, as_of: dt.datetime) -> None:
        """Raise InputError where what it compares with is later."""
        for one in filter(None, (self.previous, self.against)):
            one.check_before(as_of)


def add_following_options(parser: argparse.ArgumentParser, previous: str) -> None:
    """Add the options for earlier results and for the period; `previous` is the name of the first of them."""
    parser.add_argument(
        "--against",
        type=Path,
        metavar="RESULT",
        help="the earlier result folder that --fail-on regression compares with; it has to come from where the job"
        " that is judged cannot write, since its sums show damage and no forgery. What was never assessed got no worse"
        f" since. The reports say what changed since then, unless {previous} names another one: then standard error"
        " says what the exit code counts",
    )
    parser.add_argument(
        previous,
        dest="previous_result",
        type=Path,
        metavar="RESULT",
        help="the earlier result that this one follows: what changed since, what is new, open, closed or reopened",
    )
    parser.add_argument(
        "--history", type=Path, metavar="DIR", help="a folder with earlier results, for the trend in the HTML report"
    )
    parser.add_argument(
        "--period",
        metavar="PERIOD",
        help="the period that the report is to cover, 2026-07-01..2026-09-30, 2026Q3 or FY2026Q4 (from October 1 on):"
        " days without evidence are listed",
    )


def following(args: argparse.Namespace, gate: Standard) -> Following:
    """Read what the options name; raises InputError for what cannot be used, or goes without the other."""
    from compliance.assessment.period import parse_period
    from compliance.earlier import read_earlier, read_history

    against = _against(args.against, args.fail_on, gate)
    return Following(
        previous=against if args.previous_result is None else read_earlier(args.previous_result),
        against=against,
        history=() if args.history is None else tuple(read_history(args.history)),
        period=None if args.period is None else parse_period(args.period),
    )


def _against(path: Path | None, fail_on: str, gate: Standard) -> EarlierResult | None:
    """Return what a gate on regressions compares with; raises InputError where one goes without the other.

    An earlier result that was not judged by the gate's standard, or by a weaker text of that name, would let everything
    through; an assessment without its folder has no sums that hold.
    """
    from compliance.assessment.totals import under
    from compliance.earlier import KEPT_FILE, read_earlier

    if path is None and fail_on != REGRESSION:
        return None
    if path is None:
        raise InputError(
            "nothing is said to compare with",
            where="--fail-on regression",
            next_step="Give --against RESULT, a result folder of `lookback check`.",
        )
    if fail_on != REGRESSION:
        raise InputError(
            "is what --fail-on regression compares with",
            where=f"--against {path}",
            next_step="Add --fail-on regression, or give --previous instead to see what changed.",
        )
    against = read_earlier(path)
    if against.kept_as == KEPT_FILE:
        raise InputError(
            "is an assessment without its result folder, so that no sums tell whether it was changed",
            where=f"--against {path}",
            next_step="Give the whole result folder of `lookback check`.",
        )
    baseline = against.earlier.assessment
    judged_by = {standard.id: standard.sha256 for standard in baseline.standards}
    if gate.id not in judged_by:
        raise InputError(
            f"was not judged by {gate.id}, which sets the exit code",
            where=f"--against {path}",
            next_step=f"Judge that bundle by --standard {gate.id} too, or name another --gate.",
        )
    if judged_by[gate.id] != gate.sha256:
        raise InputError(
            f"was judged by another text of {gate.id} than the one that sets the exit code now",
            where=f"--against {path}",
            next_step=f"Judge the bundle of that result again by the {gate.id} of now, and accept what that gives.",
        )
    if not under(baseline.findings, gate.id):
        raise InputError(
            "holds no finding to compare with",
            where=f"--against {path}",
            next_step="Judge that bundle by the same checks.",
        )
    return against
