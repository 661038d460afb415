"""The columns of both CSV files, and their description as a data package (Frictionless Data Package 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from compliance.assessment.assessment import SCHEMA_VERSION, AffectedEntry, Assessment, Finding
from compliance.assessment.changes import FindingState
from compliance.assessment.verdict import Basis, Severity, Status
from reports import cells
from reports.cells import Cell
from reports.outcome import Outcome, outcome_of
from reports.words import KIND_WORDS

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Control:
    """The row of a finding."""

    assessment: Assessment
    finding: Finding


@dataclass(frozen=True, slots=True)
class Object:
    """The row of an affected object, and the finding that names it."""

    control: Control
    affected: AffectedEntry


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """A column: its name, what it holds, how it is worked out; its type and values in the words of a table schema."""

    name: str
    about: str
    value: Callable[[RowT], Cell]
    type: str = "string"
    choices: Sequence[str] = ()
    always: bool = True


CONTROLS: tuple[Column[Control], ...] = (
    Column("tenant_id", "The tenant that was judged.", lambda row: row.assessment.tenant.id, always=False),
    Column("as_of", "The moment of the verdict.", lambda row: cells.moment(row.assessment.as_of), "datetime"),
    Column("simulated", "Whether the tenant is a simulated one.", lambda row: row.assessment.simulated, "boolean"),
    Column("check", "The id of the check.", lambda row: row.finding.check),
    Column("standard", "The standard; empty where none matters.", lambda row: row.finding.standard, always=False),
    Column("title", "The control.", lambda row: row.finding.title),
    Column("group", "The group of the check.", lambda row: row.finding.group),
    Column("severity", "How much a failure matters.", lambda row: row.finding.severity, choices=[*Severity]),
    Column("tests", "What is tested.", lambda row: row.finding.tests, choices=("design", "operation")),
    Column("outcome", "How it counts, waivers regarded.", lambda row: outcome_of(row.finding), choices=[*Outcome]),
    Column("status", "The status, which no waiver changes.", lambda row: row.finding.status, choices=[*Status]),
    Column("kind", "Why it is indeterminate.", lambda row: row.finding.kind, choices=[*KIND_WORDS], always=False),
    Column("left_open", "The status of what no waiver covers.", lambda row: row.finding.left_open, choices=[*Status]),
    Column("criteria", "The clause of the standard.", lambda row: row.finding.criteria, always=False),
    Column("condition", "What was found.", lambda row: row.finding.condition, always=False),
    Column("cause", "The witness that decides.", lambda row: row.finding.cause, always=False),
    Column("effect", "What follows for an investigation.", lambda row: row.finding.effect, always=False),
    Column("recommendation", "The commands.", lambda row: cells.joined(row.finding.recommendation), always=False),
    Column("settle", "What would settle an indeterminate one.", lambda row: row.finding.settle, always=False),
    Column("would_be", "What the other reading would give.", lambda row: row.finding.would_be, always=False),
    Column("affected", "How many objects fail.", lambda row: row.finding.affected_count, "integer"),
    Column("among", "Among how many.", lambda row: row.finding.affected_total, "integer", always=False),
    Column("all_seen", "Whether no more can fail than were seen.", lambda row: row.finding.all_seen, "boolean"),
    Column("basis", "On what it rests.", lambda row: row.finding.basis, choices=[*Basis], always=False),
    Column("certainty", "The certainty of its facts.", lambda row: row.finding.certainty, always=False),
    Column("waivers", "Each waiver as written, its last day.", lambda row: cells.waivers(row.finding), always=False),
    Column("notes", "What changes no status.", lambda row: cells.joined(row.finding.notes), always=False),
    Column("evidence", "Datasets, and their states.", lambda row: cells.evidence(row.finding), always=False),
    Column("facts", "Ids of the facts of the field.", lambda row: cells.joined(row.finding.facts), always=False),
    Column(
        "nist_800_53",
        "Controls of NIST SP 800-53.",
        lambda row: cells.joined(row.finding.mappings.nist_800_53),
        always=False,
    ),
    Column("scuba", "Policies of SCuBA.", lambda row: cells.joined(row.finding.mappings.scuba), always=False),
    Column(
        "cis_m365",
        "Recommendations of the CIS benchmark for Microsoft 365.",
        lambda row: cells.joined(row.finding.mappings.cis_m365),
        always=False,
    ),
    Column(
        "attack", "Techniques of MITRE ATT&CK.", lambda row: cells.joined(row.finding.mappings.attack), always=False
    ),
    Column(
        "state",
        "How it stands against the assessment before.",
        lambda row: row.finding.state,
        choices=[*FindingState],
        always=False,
    ),
    Column(
        "first_seen", "First seen open.", lambda row: cells.moment(row.finding.first_seen), "datetime", always=False
    ),
    Column("last_seen", "Last seen open.", lambda row: cells.moment(row.finding.last_seen), "datetime", always=False),
    Column("finding_uid", "The finding, the same in every run.", lambda row: row.finding.uid),
    Column("bundle_sha256", "The evidence bundle, by its manifest.", lambda row: row.assessment.bundle_sha256),
    Column("tool_version", "The version of lookback.", lambda row: row.assessment.tool.version),
)
"""A row per finding."""
OBJECTS: tuple[Column[Object], ...] = (
    Column("tenant_id", "The tenant judged.", lambda row: row.control.assessment.tenant.id, always=False),
    Column("as_of", "The moment of the verdict.", lambda row: cells.moment(row.control.assessment.as_of), "datetime"),
    Column("simulated", "Whether it is a simulated one.", lambda row: row.control.assessment.simulated, "boolean"),
    Column("check", "The id of the check.", lambda row: row.control.finding.check),
    Column("standard", "The standard; empty if none.", lambda row: row.control.finding.standard, always=False),
    Column("status", "The status of the finding.", lambda row: row.control.finding.status, choices=[*Status]),
    Column("object_id", "The id that the tenant gives it.", lambda row: row.affected.id, always=False),
    Column("object_name", "Its name in the tenant.", lambda row: row.affected.name, always=False),
    Column("part", "Its class.", lambda row: row.affected.part, always=False),
    Column("decided", "True: it fails; false: it could not be decided.", lambda row: row.affected.decided, "boolean"),
    Column("why", "What decides, or keeps it open.", lambda row: row.affected.why, always=False),
    Column("dataset", "The dataset that says so.", lambda row: row.affected.dataset),
    Column("frame_sha256", "The answer in it that says so.", lambda row: row.affected.frame, always=False),
    Column("pointer", "Where in the answer (JSON pointer).", lambda row: row.affected.pointer, always=False),
    Column("object_uid", "The object, the same in every run.", lambda row: row.affected.uid),
    Column("finding_uid", "The finding.", lambda row: row.control.finding.uid),
)
"""A row per affected object."""


def datapackage() -> dict[str, Any]:
    """Return the description of both files as `datapackage.json`, which lies beside controls.csv and objects.csv."""
    key = {"fields": "finding_uid", "reference": {"resource": "controls", "fields": "finding_uid"}}
    return {
        "profile": "tabular-data-package",
        "name": "lookback",
        "title": "Controls and affected objects of an assessment of lookback",
        "version": SCHEMA_VERSION,
        "resources": [
            _resource("controls", CONTROLS, {"primaryKey": "finding_uid"}),
            _resource("objects", OBJECTS, {"foreignKeys": [key]}),
        ],
    }


def _resource(name: str, columns: Sequence[Column[RowT]], keys: dict[str, Any]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {"fields": [_field(column) for column in columns], "missingValues": [""], **keys},
    }


def _field(column: Column[RowT]) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.about}
    if column.type == "boolean":
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {"required": True} if column.always else {}
    if column.choices:
        constraints["enum"] = [str(choice) for choice in column.choices]
    return described | ({"constraints": constraints} if constraints else {})
