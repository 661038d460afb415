"""Why a control stands otherwise than before, as far as two assessments tell.

What another version of the tool, another text of the standard or another scope explains is never laid at the tenant's
door; nor is what was unread in one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compliance.assessment.assessment import Assessment, Finding, PartEntry, ReaderEntry, StandardEntry
from compliance.assessment.changes import ReasonEntry, ReasonKind, UnjudgedEntry
from compliance.assessment.ground import UNDECLARED, Ground, datasets_of, sees
from compliance.assessment.verdict import Basis, Status
from compliance.assessment.waiver_reasons import waiver_reasons
from compliance.assessment.words import counted
from compliance.evidence.datasets import State
from compliance.evidence.unread import Kind
from compliance.rules.classes import ActorKind

_READ = (State.COMPLETE, State.PARTIAL)
_REFUSED = (State.DENIED, State.NOT_REQUESTED, State.UNAVAILABLE)
_SKUS = "graph.subscribed_skus"
_LICENCE_CLASSES = frozenset(
    {ActorKind.MEMBER_WITH_AUDIT_PLAN, ActorKind.MEMBER_WITHOUT_AUDIT_PLAN, ActorKind.UNLICENSED, "shared_unlicensed"}
)
"""The ids of parts whose members change by a licence that is given or taken away."""
_PARTS_NAMED = 3


def why(
    old: Finding, new: Finding, ground: Ground, *, objects_differ: bool, kept_otherwise: tuple[str, ...] = ()
) -> tuple[ReasonEntry, ...]:
    """Return why a finding that is in both assessments stands otherwise; nothing where neither tells.

    `kept_otherwise` tells of the log sources behind it that are kept for another time than then.
    """
    by_waivers = tuple(waiver_reasons(old, new, ground.old, ground.new))
    if _judged(old) == _judged(new) and not objects_differ and not kept_otherwise:
        return (*_reading(old, new, ground), *by_waivers)
    judged_otherwise = (*_tool(ground), *_standard(new, ground), *_scope(old, new, ground))
    declared = tuple(_declared(old, new, ground))
    read_otherwise = tuple(_reading(old, new, ground))
    reasons = (*judged_otherwise, *read_otherwise, *declared)
    opened = bool(read_otherwise) and (_is_open(old) or _is_open(new))
    if not judged_otherwise and not declared and not opened:
        reasons = (*reasons, *_tenant(old, new, ground, kept_otherwise))
    return (*reasons, *by_waivers)


def why_newly_assessed(finding: Finding, last: UnjudgedEntry | None, ground: Ground) -> ReasonEntry:
    """Return why a finding is in the new assessment alone; `last` is what it was when it was judged last."""
    told = _absence(finding, ground.old, ground.old_standards, ground.new, "then")
    if last is not None:
        told += f"; judged last on {last.judged_as_of:%Y-%m-%d}: {last.status.value.replace('_', ' ')}"
    return ReasonEntry(kind=ReasonKind.NEWLY_ASSESSED, text=told)


def why_no_longer_assessed(finding: Finding, ground: Ground) -> ReasonEntry:
    """Return why a finding is in the old assessment alone."""
    return ReasonEntry(
        kind=ReasonKind.NO_LONGER_ASSESSED, text=_absence(finding, ground.new, ground.new_standards, ground.old, "now")
    )


def _absence(
    finding: Finding, there: Assessment, standards: Mapping[str, StandardEntry], other: Assessment, when: str
) -> str:
    if finding.standard is not None and finding.standard not in standards:
        return f"{finding.standard} is not among the standards {when}"
    if any(line.startswith(f"{finding.check} ") for line in there.not_assessed):
        return f"it is not among the checks {when}"
    if there.tool.version != other.tool.version:
        return (
            f"lookback {there.tool.version}, which judged {when}, has no such check or did not ask it of this standard"
        )
    return f"it was not judged {when}"


def _judged(finding: Finding) -> tuple[object, ...]:
    """Return what was found of a control, whatever waivers leave of it."""
    parts = tuple(
        (part.id, part.status, part.kind, part.condition, part.excluded, part.basis) for part in finding.parts
    )
    return finding.status, finding.kind, finding.severity, finding.condition, finding.cause, finding.basis, parts


def _tool(ground: Ground) -> Iterator[ReasonEntry]:
    old, new = ground.old.tool.version, ground.new.tool.version
    if old != new:
        yield ReasonEntry(
            kind=ReasonKind.TOOL_VERSION,
            text=f"judged by lookback {old} then, by {new} now; judge the older bundle with {new} to see what the"
            " tenant changed",
        )


def _standard(new: Finding, ground: Ground) -> Iterator[ReasonEntry]:
    if new.standard is None or new.standard not in ground.old_standards or new.standard not in ground.new_standards:
        return
    old, now = ground.old_standards[new.standard], ground.new_standards[new.standard]
    if old.sha256 != now.sha256:
        periods = "" if _periods(old) == _periods(now) else f": {_periods(old)} then, {_periods(now)} now"
        yield ReasonEntry(kind=ReasonKind.STANDARD, text=f"{now.id} has another text than then{periods}")


def _periods(standard: StandardEntry) -> str:
    needs = [need for need in (standard.hot, standard.total) if need is not None]
    return ", ".join(f"{need.period} {need.word}" for need in needs) or "no period"


def _scope(old: Finding, new: Finding, ground: Ground) -> Iterator[ReasonEntry]:
    before, now = ground.old.scope, ground.new.scope
    if before == now:
        return
    was_out, is_out = ({part.id: part.title for part in one.parts if part.excluded is not None} for one in (old, new))
    told = [
        *(f"{is_out[part]} are left out now" for part in sorted(is_out.keys() - was_out.keys())),
        *(f"{was_out[part]} were left out then" for part in sorted(was_out.keys() - is_out.keys())),
    ]
    if new.standard is not None and before.strict_months is not now.strict_months:
        told.append("months are counted otherwise")
    if new.standard is not None and before.tolerance_days != now.tolerance_days:
        told.append(f"{counted(before.tolerance_days, 'day')} forgiven then, {now.tolerance_days:,} now")
    states = [ground.states(name) for name in datasets_of(old, new)]
    if before.max_age != now.max_age and any(State.STALE in pair for pair in states):
        told.append("evidence is stale after another time")
    if told:
        yield ReasonEntry(kind=ReasonKind.SCOPE, text="; ".join(told))


def _declared(old: Finding, new: Finding, ground: Ground) -> Iterator[ReasonEntry]:
    """Yield what somebody's word changed: only where the verdict rests on it, or waits for it, on either side."""
    if not (_on_word(old) or _on_word(new) or _waits(old) or _waits(new)):
        return
    if ground.declarations_differ:
        told = "the declarations that were handed over are others than then"
        if ground.old.declarations_sha256 is None:
            told = "declarations are handed over now, and none were then"
        elif ground.new.declarations_sha256 is None:
            told = "declarations were handed over then, and none are now"
        yield ReasonEntry(kind=ReasonKind.DECLARATION, text=told)
    elif _on_word(old) != _on_word(new):
        if UNDECLARED in (ground.old.schema_version, ground.new.schema_version):
            told = "it rests on somebody's declaration on one side only"
            yield ReasonEntry(kind=ReasonKind.DECLARATION, text=told)
        elif ground.new.declarations_sha256 is not None:
            told = "a declaration that held then holds no longer" if _on_word(old) else "a declaration holds since then"
            yield ReasonEntry(kind=ReasonKind.TIME, text=told)


def _on_word(finding: Finding) -> bool:
    return Basis.ATTESTED in (finding.basis, *(part.basis for part in finding.parts))


def _waits(finding: Finding) -> bool:
    return Kind.NEEDS_ATTESTATION in (finding.kind, *(part.kind for part in finding.parts))


def _reading(old: Finding, new: Finding, ground: Ground) -> Iterator[ReasonEntry]:
    """Yield each dataset whose reading ended otherwise, and whose reader holds other permissions."""
    if ground.old.bundle_sha256 == ground.new.bundle_sha256:
        return
    differing = {name: ground.states(name) for name in datasets_of(old, new)}
    differing = {name: pair for name, pair in differing.items() if pair[0] is not pair[1]}
    for name, (before, now) in differing.items():
        if State.STALE in (before, now):
            kind = ReasonKind.TIME
        elif (before in _READ and now in _REFUSED) or (before in _REFUSED and now in _READ):
            kind = ReasonKind.PERMISSION
        else:
            kind = ReasonKind.READING
        yield ReasonEntry(kind=kind, text=f"{name}: {_words(before)} then, {_words(now)} now")
    if not differing and sees(old) != sees(new) and old.status is new.status:
        known = "was known then, and is not now" if sees(new) < sees(old) else "was not known then, and is now"
        yield ReasonEntry(kind=ReasonKind.READING, text=f"whether more objects are affected {known}")
    open_ = Status.INDETERMINATE in (old.status, new.status)
    for api in sorted({name.partition(".")[0] for name in (datasets_of(old, new) if open_ else differing)}):
        before_reader, now_reader = _reader(ground.old, api), _reader(ground.new, api)
        if before_reader is not None and now_reader is not None:
            yield from _rights(api, before_reader, now_reader)


def _words(state: State) -> str:
    return "not asked for" if state is State.NOT_REQUESTED else state.value


def _reader(assessment: Assessment, api: str) -> ReaderEntry | None:
    readers = () if assessment.run is None else assessment.run.readers
    for reader in readers:
        if reader.api == api:
            return reader
    return None


def _rights(api: str, old: ReaderEntry, new: ReaderEntry) -> Iterator[ReasonEntry]:
    """Yield what a reader holds otherwise than then; what is not known of it is never taken for nothing."""
    lost: set[str] = set()
    gained: set[str] = set()
    unknown: list[str] = []
    for words, was, now in (
        ("roles", old.roles, new.roles),
        ("scopes", old.scopes, new.scopes),
        ("directory roles", old.directory_roles, new.directory_roles),
    ):
        if was is not None and now is not None:
            lost |= set(was) - set(now)
            gained |= set(now) - set(was)
        elif was is not None or now is not None:
            unknown.append(f"its {words} are not known {'then' if was is None else 'now'}")
    told = [
        *([f"then also {', '.join(sorted(lost))}"] if lost else []),
        *([f"now also {', '.join(sorted(gained))}"] if gained else []),
    ]
    if told:
        held = "; ".join((*told, *unknown))
        yield ReasonEntry(kind=ReasonKind.PERMISSION, text=f"the reader of {api} holds other permissions: {held}")
    elif unknown:
        yield ReasonEntry(kind=ReasonKind.PERMISSION, text=f"the reader of {api}: {'; '.join(unknown)}")


def _is_open(finding: Finding) -> bool:
    return Status.INDETERMINATE in (finding.status, *(part.status for part in finding.parts))


def _tenant(old: Finding, new: Finding, ground: Ground, kept_otherwise: tuple[str, ...] = ()) -> Iterator[ReasonEntry]:
    """Yield what changed in the tenant itself: its licences, its settings; or time alone, where nothing else did."""
    if ground.old.bundle_sha256 == ground.new.bundle_sha256:
        return
    if (digests := _digests(old)) and digests == _digests(new):
        told = f"the same evidence, on {ground.old.as_of:%Y-%m-%d} then and on {ground.new.as_of:%Y-%m-%d} now"
        yield ReasonEntry(kind=ReasonKind.TIME, text=told)
        return
    licences = tuple(_licences(old, new, ground))
    yield from licences
    if not (licences and _only_classes_moved(old, new)) and any(name != _SKUS for name in datasets_of(old, new)):
        hedge = "; the declarations differ too, which it may rest on" if ground.declarations_differ else ""
        yield ReasonEntry(kind=ReasonKind.SETTING, text=f"{_difference(old, new, kept_otherwise)}{hedge}")


def _digests(finding: Finding) -> dict[str, str | None]:
    return {one.dataset: one.sha256 for one in finding.evidence if one.sha256 is not None}


def _licences(old: Finding, new: Finding, ground: Ground) -> Iterator[ReasonEntry]:
    before, now = ({part.id: part for part in one.parts if part.id in _LICENCE_CLASSES} for one in (old, new))
    told = [
        f"{(now.get(part) or before[part]).title}: {_count(before.get(part))} then, {_count(now.get(part))} now"
        for part in sorted(before.keys() | now.keys())
        if _count(before.get(part)) != _count(now.get(part))
    ]
    if _SKUS in datasets_of(old, new) and all(_SKUS in rows for rows in (ground.old_datasets, ground.new_datasets)):
        skus_before, skus_now = ground.old_datasets[_SKUS].rows, ground.new_datasets[_SKUS].rows
        if None not in (skus_before, skus_now) and skus_before != skus_now:
            told.append(f"subscribed products: {skus_before} then, {skus_now} now")
    if told:
        yield ReasonEntry(kind=ReasonKind.LICENCE, text="; ".join(told))


def _count(part: PartEntry | None) -> str:
    if part is None:
        return "none"
    return "unknown" if part.count is None else f"{part.count:,}"


def _only_classes_moved(old: Finding, new: Finding) -> bool:
    """Say whether every class is judged as before, and no class came or went but one that a licence makes."""
    before, now = ({part.id: (part.status, part.condition) for part in one.parts} for one in (old, new))
    came_or_went = before.keys() ^ now.keys()
    alike = all(before[part] == now[part] for part in before.keys() & now.keys())
    return bool(old.parts and new.parts) and alike and came_or_went <= _LICENCE_CLASSES


def _difference(old: Finding, new: Finding, kept_otherwise: tuple[str, ...]) -> str:
    """Return what was found otherwise, in the words of both: parts, else log sources, else witness, else condition."""
    before, now = ({part.id: part for part in one.parts} for one in (old, new))
    parts = [
        f"{now[part].title}: {_status(before[part])} then, {_status(now[part])} now"
        for part in now
        if part in before and before[part].status is not now[part].status
    ]
    if parts:
        more = f"; and {len(parts) - _PARTS_NAMED:,} more" if len(parts) > _PARTS_NAMED else ""
        witness = f"; decided now by {new.cause}" if new.cause and new.cause != old.cause else ""
        return "; ".join(parts[:_PARTS_NAMED]) + more + witness
    if kept_otherwise:
        more = f"; and {len(kept_otherwise) - _PARTS_NAMED:,} more" if len(kept_otherwise) > _PARTS_NAMED else ""
        return "; ".join(kept_otherwise[:_PARTS_NAMED]) + more
    if old.cause != new.cause and old.cause and new.cause:
        return f"decided by {old.cause} then, by {new.cause} now"
    if old.condition != new.condition:
        return f"{old.condition} then, {new.condition} now"
    return "other objects are affected than then, or for another reason"


def _status(part: PartEntry) -> str:
    return part.status.value.replace("_", " ")
