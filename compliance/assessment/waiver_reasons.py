"""What waivers explain of a control that stands otherwise than before."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.assessment.assessment import AppliedWaiver, Assessment, Finding, WaiverUse
from compliance.assessment.changes import ReasonEntry, ReasonKind
from compliance.assessment.ground import UNDECLARED

_FIELDS = {
    "expires": "expires",
    "approver": "approver",
    "approved_on": "approved on",
    "requester": "requester",
    "ticket": "ticket",
    "reason": "reason",
    "accepts_indeterminate": "accepts what is indeterminate",
}


def widened(old: Finding, new: Finding, then: Assessment, now: Assessment) -> Iterator[str]:
    """Yield in words each waiver that covers a finding on both sides, and more than it covered then."""
    if UNDECLARED in (then.schema_version, now.schema_version):
        return
    before, after = ({one.id: one for one in assessment.waivers} for assessment in (then, now))
    on_both = {one.id for one in old.waivers} & {one.id for one in new.waivers}
    for name in sorted(on_both & before.keys() & after.keys()):
        if told := "; ".join(_more(before[name], after[name])):
            yield f"waiver {name} was widened: {told}"


def _more(old: WaiverUse, new: WaiverUse) -> Iterator[str]:
    for words, was, now in (
        ("checks", old.checks, new.checks),
        ("parts", old.parts, new.parts),
        ("objects", old.objects, new.objects),
    ):
        if was is not None and (now is None or set(now) - set(was)):
            yield f"{len(was):,} {words} then, {'all' if now is None else format(len(now), ',')} now"
    most, most_now = old.at_most_affected, new.at_most_affected
    if most is not None and (most_now is None or most_now > most):
        yield f"at most {most:,} objects then, {'any number' if most_now is None else format(most_now, ',')} now"


def waiver_reasons(old: Finding, new: Finding, then: Assessment, now_handed: Assessment) -> Iterator[ReasonEntry]:
    """Yield what waivers changed of what is left open, or in their own words.

    `then` is the earlier assessment; `now_handed` the later one, which says what became of those handed over.
    """
    before, now = ({one.id: one for one in finding.waivers} for finding in (old, new))
    told = [f"waiver {name} covers it since then, until {now[name].expires}" for name in sorted(now.keys() - before)]
    handed = {use.id: use for use in now_handed.waivers}
    for name in sorted(before.keys() - now):
        if name not in handed:
            told.append(f"waiver {name} covered it then, and was not handed over now")
        elif handed[name].standing == "expired":
            told.append(f"waiver {name} covered it then, and expired on {handed[name].expires}")
        else:
            told.append(f"waiver {name} covered it then, and covers it no longer: {handed[name].standing}")
    told += widened(old, new, then, now_handed)
    told += [
        f"waiver {name} reads otherwise: {'; '.join(_rewritten(before[name], now[name]))}"
        for name in sorted(now.keys() & before)
        if before[name] != now[name]
    ]
    if told:
        yield ReasonEntry(kind=ReasonKind.WAIVER, text="; ".join(told))
    elif before and old.status is new.status and old.left_open is not new.left_open:
        yield ReasonEntry(
            kind=ReasonKind.WAIVER, text=f"{', '.join(sorted(now))}: the same waivers leave other things open"
        )


def _rewritten(old: AppliedWaiver, new: AppliedWaiver) -> Iterator[str]:
    for field, words in _FIELDS.items():
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield f"{words} {_said(was)} then, {_said(now)} now"


def _said(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not said" if value is None else value
