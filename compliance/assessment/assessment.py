"""An assessment: everything that a report shows, and nothing that it would have to work out.

These are the types of `assessment.json`. Every report is a projection of them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from compliance.assessment.changes import ComparisonEntry, FindingState, UnjudgedEntry
from compliance.assessment.record import Record
from compliance.assessment.verdict import OPEN, Basis, Severity, Status
from compliance.evidence.datasets import Origin, State
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind
from compliance.rules.facts import Certainty

SCHEMA = "lookback/assessment/1"
"""The major version of the document; within it fields are added, and none is changed or taken away."""
SCHEMA_VERSION = "1.1.0"
"""The version of the document by SemVer; what was added has a default, so that older documents stay readable."""
SAMPLES = 20


class ToolEntry(Record, frozen=True):
    """The program that judged."""

    name: str
    version: str


class TenantEntry(Record, frozen=True):
    """The tenant that was judged."""

    id: str
    name: str | None
    initial_domain: str | None


class RequirementEntry(Record, frozen=True):
    """A retention period that a standard asks for, in its own words; `own`: the number is the organisation's."""

    word: str
    period: str
    least_days: int
    most_days: int
    citation: str
    own: bool


class StandardEntry(Record, frozen=True):
    """A standard that findings refer to, and whether it is in force.

    `max_total` is how long logs may be kept by it, which fails nothing. `interpretive`, `unverified` and
    `lake_counts_as_searchable` are as in its file; `note` tells them in words.
    """

    id: str
    title: str
    url: str
    status: str
    rescinded: bool
    note: str
    hot: RequirementEntry | None
    total: RequirementEntry | None
    max_total: RequirementEntry | None
    interpretive: bool
    unverified: bool
    lake_counts_as_searchable: bool
    sha256: str


class FactEntry(Record, frozen=True):
    """A fact of the field that a verdict rests on."""

    id: str
    statement: str
    source: str
    date: str | None
    certainty: Certainty


class MappingsEntry(Record, frozen=True):
    """The same control in other catalogues."""

    nist_800_53: tuple[str, ...]
    scuba: tuple[str, ...]
    cis_m365: tuple[str, ...]
    attack: tuple[str, ...]


class AffectedEntry(Record, frozen=True):
    """An object that fails, or that could not be decided, and where the evidence says so; `part` is its class."""

    uid: str
    id: str
    name: str
    part: str | None
    decided: bool
    why: str
    dataset: str
    frame: str
    pointer: str


class EvidenceEntry(Record, frozen=True):
    """A dataset that a finding rests on."""

    dataset: str
    state: State
    origin: Origin | None
    sha256: str | None
    read_at: dt.datetime | None


class AppliedWaiver(Record, frozen=True):
    """A waiver that covers a finding, as written: nobody's signature was checked."""

    id: str
    reason: str
    ticket: str
    requester: str
    approver: str
    expires: str
    approved_on: str | None = None
    accepts_indeterminate: bool = False


class PartEntry(Record, frozen=True):
    """One class of what a finding judges."""

    uid: str
    id: str
    title: str
    count: int | None
    status: Status
    kind: Kind | None
    condition: str
    cause: str
    settle: str | None
    certainty: Certainty | None
    would_be: str | None
    basis: Basis | None
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    excluded: str | None


class Finding(Record, frozen=True):
    """The outcome of one check, under one standard or none.

    `uid` is stable over runs, versions and renames. `condition` is what was found, `cause` the witness that decides,
    `effect` what follows for an investigation; `settle` says what would settle an indeterminate one. `all_seen` is
    false where more objects may be affected than were seen. `left_open` is the status of what no waiver covers: it
    alone counts for an exit code, and waivers change nothing else. `state` is how it stands against the assessment
    before, None without one or where it never was open; `first_seen` and `last_seen` are when it was first and last
    seen open (failed or indeterminate). `last_failed` is when it was last seen failing, as far as assessments that
    follow each other tell, None where it never failed or was surely as it should be since.
    """

    uid: str
    check: str
    standard: str | None
    title: str
    group: str
    severity: Severity
    tests: str
    status: Status
    kind: Kind | None
    condition: str
    cause: str
    settle: str | None
    criteria: str | None
    effect: str
    recommendation: tuple[str, ...]
    parts: tuple[PartEntry, ...]
    affected_count: int
    affected_total: int | None
    all_seen: bool
    samples: tuple[AffectedEntry, ...]
    evidence: tuple[EvidenceEntry, ...]
    basis: Basis | None
    certainty: Certainty | None
    would_be: str | None
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    mappings: MappingsEntry
    lesson: str
    waivers: tuple[AppliedWaiver, ...]
    left_open: Status
    state: FindingState | None = None
    first_seen: dt.datetime | None = None
    last_seen: dt.datetime | None = None
    last_failed: dt.datetime | None = None

    @property
    def wholly_waived(self) -> bool:
        """Whether waivers cover it, and leave nothing of it open."""
        return bool(self.waivers) and self.left_open not in OPEN


class RecordingState(StrEnum):
    """Whether records of a log source are written at all, as far as switches and licences tell."""

    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    UNREAD = "unread"


class StoreEntry(Record, frozen=True):
    """A store that holds a log source, or may: how long in its own words, None where that is not known.

    `since` is the day since when it can have held anything, `because` why it keeps it so long, `doubt` why it may not
    hold it, None where it surely does.
    """

    name: str
    hot: str | None
    total: str | None
    since: dt.date | None
    because: str
    doubt: str | None


class SourceEntry(Record, frozen=True):
    """How far back one log source can be looked at, against what a standard asks.

    `origin` is the service that writes it, `store` where it is kept the longest. `not_recorded_why` says what keeps it
    from being written, or from being known to be. Days are None where they are not known. `at_most_today_days` is what
    can be searched today whatever is configured, `total_at_most_today_days` how old a record in the store of the total
    can be; `full_on` is the first day on which the configured claim can be true, of both periods, and `total_full_on`
    that of the total: None where it is not known, or the claim has no end.
    `proven_days` is how old the oldest record is that was seen, None where none was read. `declared` says that
    somebody's word about another store counts. `witness` is the class of actor, or the store, that decides. `notes`
    change no status. `stores` are all that hold the source or may, beside those of single subscriptions.
    """

    id: str
    title: str
    standard: str
    origin: str
    store: str
    status: Status
    recorded: RecordingState
    not_recorded_why: str | None
    declared: bool
    hot_text: str
    hot_days: int | None
    total_text: str
    total_days: int | None
    hot_status: Status
    total_status: Status
    in_force_since: dt.date | None
    at_most_today_days: int | None
    full_on: dt.date | None
    witness: str
    total_at_most_today_days: int | None = None
    total_full_on: dt.date | None = None
    proven_days: int | None = None
    notes: tuple[str, ...] = ()
    stores: tuple[StoreEntry, ...] = ()


class LevelEntry(Record, frozen=True):
    """A maturity level of a standard: whether the retention figures would allow it, beside what was not assessed."""

    standard: str
    id: str
    title: str
    hot: str | None
    total: str | None
    due: str | None
    retention: Status
    not_assessed: tuple[str, ...]


class FixEntry(Record, frozen=True):
    """A log source and the period of a standard, in its own word, that a step makes it meet."""

    source: str
    title: str
    period: str


class PlanStepEntry(Record, frozen=True):
    """One change that it takes, see `compliance.assessment.plan`; nothing of it was done.

    `licences` is the number of accounts that need one which they do not have, None where nobody knows it, or where
    `needs_licences` says that none is needed.
    """

    what: str
    commands: tuple[str, ...]
    fixes: tuple[FixEntry, ...]
    role: str
    delay: str
    backfill: str
    needs_licences: bool
    licences: int | None
    alternative: str | None


class PlanEntry(Record, frozen=True):
    """What it takes for the log sources to meet a standard, the steps in the order in which to go."""

    standard: str
    steps: tuple[PlanStepEntry, ...]


class Totals(Record, frozen=True):
    """How many findings have each status under one standard; waived ones are counted where they stand as well.

    `waived` are those that waivers cover whole; of `waived_in_part` they leave something open.
    """

    standard: str | None
    passed: int
    failed: int
    indeterminate: int
    not_applicable: int
    waived: int
    sentence: str
    waived_in_part: int = 0


class DatasetRow(Record, frozen=True):
    """A line of the completeness table.

    `expected_rows` is an independent count, where the API gives one. `pages` are the answers that were kept, `sha256`
    is over them, uncompressed, and `file` is where they lie in the bundle. `by` is who exported it.
    """

    name: str
    request: str
    state: State
    reason: str | None
    origin: Origin | None
    rows: int | None
    expected_rows: int | None
    read_at: dt.datetime | None
    pages: int | None = None
    started: dt.datetime | None = None
    sha256: str | None = None
    file: str | None = None
    by: str | None = None


class WaiverUse(Record, frozen=True):
    """What became of a waiver: used, unused, expired, or no longer needed; and all that its file says, as written.

    `expires_in_days` counts from the assessment, 0 on its last valid day, below 0 where it is expired.
    `covered_objects` are the affected objects listed in what it covers, None in a document of version 1.0.0.
    `no_longer_needed` are the checks, parts or objects that it names and that surely are as they should be now.
    """

    id: str
    expires: str
    standing: str
    findings: tuple[str, ...]
    checks: tuple[str, ...] = ()
    parts: tuple[str, ...] | None = None
    objects: tuple[str, ...] | None = None
    at_most_affected: int | None = None
    reason: str = ""
    ticket: str = ""
    requester: str = ""
    approver: str = ""
    approved_on: str | None = None
    accepts_indeterminate: bool = False
    expires_in_days: int | None = None
    covered_objects: int | None = None
    no_longer_needed: tuple[str, ...] = ()


class ReaderEntry(Record, frozen=True):
    """Who read an API, and what its token held; see `compliance.evidence.manifest.Identity`."""

    api: str
    application: str | None
    object_id: str | None
    roles: tuple[str, ...] | None
    scopes: tuple[str, ...] | None
    directory_roles: tuple[str, ...] | None


class RunEntry(Record, frozen=True):
    """How the evidence was read: by which version, when, as whom, and by which settings.

    `clock_offset_seconds` is how far our clock was from the server's. `previous_bundle_sha256` is the bundle that it
    was chained to, `derived_from` the one of which it is a redacted copy.
    """

    tool: ToolEntry
    began: dt.datetime | None
    ended: dt.datetime
    clock_offset_seconds: float | None
    readers: tuple[ReaderEntry, ...]
    settings_sha256: str | None
    scope_sha256: str
    previous_bundle_sha256: str | None
    derived_from: str | None = None


class PeriodEntry(Record, frozen=True):
    """The period that a report is to cover, first and last day included.

    `evidence_days` are the days on which something that findings rest on was read whole, see
    `compliance.assessment.period.evidence_days`.
    """

    text: str
    first: dt.date
    last: dt.date
    evidence_days: tuple[dt.date, ...]


class Assessment(Record, frozen=True):
    """A judged bundle. `complete` is false where checks lie outside the selection.

    `since` is what changed since the assessment before, None where none was given. `declarations_sha256` is of the file
    with the declarations, None where none was handed over, or in a document of version 1.0.0. `unjudged` are controls
    that the assessments before it judged and it did not.
    """

    schema: str
    tool: ToolEntry
    tenant: TenantEntry
    cloud: str
    simulated: bool
    as_of: dt.datetime
    bundle_sha256: str
    standards: tuple[StandardEntry, ...]
    scope: Scope
    left_out: tuple[str, ...]
    complete: bool
    not_assessed: tuple[str, ...]
    totals: tuple[Totals, ...]
    sources: tuple[SourceEntry, ...]
    levels: tuple[LevelEntry, ...]
    plans: tuple[PlanEntry, ...]
    findings: tuple[Finding, ...]
    facts: tuple[FactEntry, ...]
    datasets: tuple[DatasetRow, ...]
    waivers: tuple[WaiverUse, ...]
    notes: tuple[str, ...]
    schema_version: str = "1.0.0"
    run: RunEntry | None = None
    period: PeriodEntry | None = None
    since: ComparisonEntry | None = None
    declarations_sha256: str | None = None
    unjudged: tuple[UnjudgedEntry, ...] = ()
