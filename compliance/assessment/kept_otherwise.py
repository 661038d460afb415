"""The log sources behind a retention control, then and now: a control that fails anyway may fail by more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.assessment.assessment import Assessment, Finding, RecordingState, SourceEntry
from compliance.assessment.verdict import OPEN, Status, step
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.log_sources import AZURE_ACTIVITY, CLOUD_APP_EVENTS, NON_USER_RECORDS
from compliance.rules.record_types import LOG_SOURCES, MAIL_ITEMS_ACCESSED

_RECORDING = {RecordingState.RECORDED: 0, RecordingState.UNREAD: 1, RecordingState.NOT_RECORDED: 2}


@dataclass(frozen=True, slots=True)
class _Judges:
    """Which log sources a control judges, and which of the two periods."""

    source: Callable[[str], bool]
    hot: bool = False
    total: bool = False


def _is_other_audit_record(source: str) -> bool:
    return source == NON_USER_RECORDS or (source in LOG_SOURCES and source != MAIL_ITEMS_ACCESSED)


def _is_core(source: str) -> bool:
    return source in ENTRA_LOGS and ENTRA_LOGS[source].core


def _is_other(source: str) -> bool:
    return source == CLOUD_APP_EVENTS or (source in ENTRA_LOGS and not ENTRA_LOGS[source].core)


_JUDGED: Mapping[str, _Judges] = MappingProxyType(
    {
        "RET-01": _Judges(lambda source: source == MAIL_ITEMS_ACCESSED, hot=True),
        "RET-02": _Judges(_is_other_audit_record, hot=True),
        "RET-04": _Judges(lambda source: source == NON_USER_RECORDS, total=True),
        "RET-05": _Judges(_is_core, hot=True),
        "RET-06": _Judges(lambda source: source == AZURE_ACTIVITY, hot=True),
        "RET-07": _Judges(_is_other, hot=True),
        "RET-08": _Judges(lambda _: True, total=True),
        "RET-11": _Judges(lambda _: True, hot=True, total=True),
    }
)
"""By control; what a control judges that no row of a log source shows is compared by its parts alone."""


@dataclass(frozen=True, slots=True)
class KeptOtherwise:
    """A log source that is kept, recorded or judged otherwise: for how much the worse, and in words."""

    steps: tuple[int, ...]
    text: str
    lost_sight: bool


def kept_otherwise(old: Assessment, new: Assessment, finding: Finding) -> Iterator[KeptOtherwise]:
    """Yield the log sources behind a control that differ; a step above 0 is for the worse, one below 0 the better.

    Days count where the period is not met on either side: one that is met with more to spare is no better.
    """
    judges = _JUDGED.get(finding.check)
    if judges is None:
        return
    before = {row.id: row for row in old.sources if row.standard == finding.standard}
    for row in new.sources:
        if row.standard == finding.standard and row.id in before and judges.source(row.id):
            one = _compared(before[row.id], row, judges)
            if any(one.steps) or one.lost_sight:
                yield one


def _compared(old: SourceEntry, new: SourceEntry, judges: _Judges) -> KeptOtherwise:
    steps: list[int] = []
    told: list[str] = []
    lost_sight = (old.recorded, new.recorded) == (RecordingState.NOT_RECORDED, RecordingState.UNREAD)
    if old.recorded is not new.recorded:
        steps.append(0 if lost_sight else _RECORDING[new.recorded] - _RECORDING[old.recorded])
        told.append(f"{_words(old.recorded)} then, {_words(new.recorded)} now")
    for word, asked, was, now in (
        ("searchable", judges.hot, _Figure.hot(old), _Figure.hot(new)),
        ("in total", judges.total, _Figure.total(old), _Figure.total(new)),
    ):
        undecided = (was.status, now.status) == (Status.FAIL, Status.INDETERMINATE)
        if asked and ((shorter := was.step(now)) or undecided):
            steps.append(shorter)
            lost_sight = lost_sight or undecided
            told.append(f"{word} {was.text} then, {now.text} now")
    return KeptOtherwise(tuple(steps), f"{new.title}: {', '.join(told)}", lost_sight)


@dataclass(frozen=True, slots=True)
class _Figure:
    """How long a log source is kept, of one period."""

    status: Status
    days: int | None
    text: str

    @classmethod
    def hot(cls, row: SourceEntry) -> _Figure:
        return cls(row.hot_status, row.hot_days, row.hot_text)

    @classmethod
    def total(cls, row: SourceEntry) -> _Figure:
        return cls(row.total_status, row.total_days, row.total_text)

    def step(self, now: _Figure) -> int:
        """Return above 0 for the worse, by status, and by days where it is the same and asks for action."""
        if self.status is not now.status:
            return step(self.status, now.status)
        return self.days - now.days if now.status in OPEN and self.days is not None and now.days is not None else 0


def _words(recorded: RecordingState) -> str:
    return recorded.value.replace("_", " ")
