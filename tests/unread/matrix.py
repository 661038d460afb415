"""Every way in which something a check rests on can be unread, generated from the row types.

Nothing unread passes. A pass beside something unread is right only if every value that it could have had passes too:
that is worked out by putting each of them in its place.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from azure_rows import VARIANTS, possible_rows, possible_values, value_at, without_the_absence
from worlds import AS_OF, Press, Row, Subject, World, WorldEvidence

from compliance.assessment.verdict import Status
from compliance.evidence.azure_views import (
    AZURE_ROWS,
    AccountImmutability,
    AccountPolicy,
    After,
    BaseBlobActions,
    BlobContainerProperties,
    ContainerPolicyProperties,
    DiagnosticSetting,
    DiagnosticSettingProperties,
    EventHubProperties,
    ExportDestination,
    ExportMetaData,
    LifecycleActions,
    LifecycleDefinition,
    LifecycleFilters,
    LifecycleRule,
    StorageAccountProperties,
)
from compliance.evidence.datasets import DATASETS, Origin, State
from compliance.evidence.evidence import VISIBLE_ONLY
from compliance.evidence.unread import Kind
from compliance.evidence.view import View
from compliance.evidence.views import ROWS as ROW_TYPES
from compliance.evidence.views import (
    AdminAuditLogConfig,
    AssignedLicense,
    AssignedPlan,
    AuditRetentionPolicy,
    AuditRoleAssignment,
    LicenseAssignmentState,
    Mailbox,
    MailboxAuditBypass,
    Organization,
    OrganizationConfig,
    Principal,
    PurviewRoleGroup,
    RoleAssignment,
    RoleEligibility,
    RoleGroup,
    ServicePlan,
    SubscribedSku,
    User,
)
from compliance.rules.licences import AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN
from compliance.rules.mailbox_audit import DEFAULT_ACTIONS, LogonType
from compliance.rules.record_types import RECORD_TYPES


@dataclass(frozen=True)
class Property:
    """A property of a row type, nested ones included: the views that lead to it, and its names in the answer."""

    owner: type[View]
    attribute: str
    keys: tuple[str, ...]
    hint: Any

    @property
    def text(self) -> str:
        return ".".join(self.keys)


@dataclass(frozen=True)
class Unknown:
    """What is unread, by a name of its own, and the worlds that it leaves possible."""

    name: str
    worlds: Callable[[], Iterator[World]]


@dataclass(frozen=True)
class Unreading:
    """One way to be unread: the world in which it is, and what it leaves possible (None: anything at all)."""

    text: str
    world: World
    unknown: Unknown | None


_IN_ORDER = (Status.PASS, Status.NOT_APPLICABLE)


class Laboratory:
    """Evaluates worlds, and remembers what it found of those that are asked for again."""

    def __init__(self, folder: Path) -> None:
        self._press = Press(folder)
        self._reads: dict[tuple[str, str], frozenset[tuple[type[View], str]]] = {}
        self._always: dict[tuple[str, str, str], bool] = {}

    def evidence(self, world: World) -> WorldEvidence:
        """The evidence of a world, nothing of which was asked for before."""
        return WorldEvidence(self._press.bundle(world), world)

    def properties_read(self, subject: Subject, world: World) -> frozenset[tuple[type[View], str]]:
        """Which properties of the rows a subject reads."""
        key = subject.name, world.name
        if key not in self._reads:
            with recorded_reads() as reads:
                subject.ask(self.evidence(world))
            self._reads[key] = frozenset(reads)
        return self._reads[key]

    def unjustified(self, passing: Sequence[tuple[Subject, str]], unknown: Unknown | None) -> list[tuple[Subject, str]]:
        """Those of the passes that not every possible world shares, as far as the question arises there at all."""
        if unknown is None:
            return list(passing)
        asked = [one for one in passing if (unknown.name, one[0].name, one[1]) not in self._always]
        self._always.update({(unknown.name, subject.name, key): True for subject, key in asked})
        for world in unknown.worlds() if asked else ():
            open_questions = [one for one in asked if self._always[unknown.name, one[0].name, one[1]]]
            if not open_questions:
                break
            evidence = self.evidence(world)
            told = {
                subject.name: subject.ask(evidence)
                for subject in {one[0].name: one[0] for one in open_questions}.values()
            }
            for subject, key in open_questions:
                statuses = told[subject.name]
                self._always[unknown.name, subject.name, key] = key in statuses and statuses[key][0] in _IN_ORDER
        return [(subject, key) for subject, key in passing if not self._always[unknown.name, subject.name, key]]


@contextmanager
def recorded_reads() -> Iterator[set[tuple[type[View], str]]]:
    """Collect the name and owner of every property that is read of any row, or asked after."""
    reads: set[tuple[type[View], str]] = set()
    original, holds = View.__getattribute__, View.holds

    def recording(self: View, name: str) -> Any:
        reads.add((type(self), name))
        return original(self, name)

    def asking(self: View, name: str) -> bool:
        reads.add((type(self), name))
        return holds(self, name)

    View.__getattribute__, View.holds = recording, asking
    try:
        yield reads
    finally:
        View.__getattribute__, View.holds = original, holds


def violations(
    subjects: Sequence[Subject],
    base: World,
    unreadings: Callable[[], Iterator[Unreading]],
    laboratory: Laboratory,
    rests_on: Callable[[Subject], bool],
) -> list[str]:
    """Every pass that something unread got, and every check that broke over it."""
    concerned = [subject for subject in subjects if rests_on(subject)]
    found: list[str] = []
    for unreading in unreadings() if concerned else ():
        evidence = laboratory.evidence(unreading.world)
        told = [(subject, key, outcome) for subject in concerned for key, outcome in subject.ask(evidence).items()]
        broken = [(subject, key) for subject, key, (_, kind) in told if kind is Kind.INTERNAL_ERROR]
        passing = [(subject, key) for subject, key, (status, _) in told if status is Status.PASS]
        found += [f"{subject.name}: {key} breaks with {unreading.text}" for subject, key in broken]
        found += [
            f"{subject.name}: {key} passes with {unreading.text}"
            for subject, key in laboratory.unjustified(passing, unreading.unknown)
        ]
    return found


# --- a dataset as a whole -------------------------------------------------------------------------------------------

_NOTHING = {"rows": None, "ended": AS_OF}
DATASET_WAYS: dict[str, Mapping[str, Any] | None] = {
    "denied": {**_NOTHING, "state": State.DENIED, "reason": "403"},
    "denied without a reason": {**_NOTHING, "state": State.DENIED},
    "denied after some rows": {"state": State.DENIED},
    "unavailable": {**_NOTHING, "state": State.UNAVAILABLE},
    "failed": {**_NOTHING, "state": State.FAILED},
    "failed after some rows": {"state": State.FAILED},
    "said to be stale": {"state": State.STALE},
    "said not to be requested": {**_NOTHING, "state": State.NOT_REQUESTED},
    "partial": {"state": State.PARTIAL},
    "partial without rows": {**_NOTHING, "state": State.PARTIAL},
    "complete without a row count": _NOTHING,
    "too old": {"ended": AS_OF - dt.timedelta(hours=24, seconds=1)},
    "from the future": {"ended": AS_OF + dt.timedelta(hours=24, seconds=1)},
    "exported too long ago": {"origin": Origin.EXPORTED, "ended": AS_OF - dt.timedelta(days=31, seconds=1)},
    "exported without a date": {"origin": Origin.EXPORTED, "ended": None},
    "answered without a date": {"ended": None},
    "without an entry": None,
    "only what may be seen": {},
    "without rows": {},
    "with one object too many": {},
}
UNDATED = ("exported without a date", "answered without a date")
_IN_PART = ("partial", "only what may be seen")
"""The ways in which what was seen is there, and more may be."""


def dataset_unreadings(base: World, dataset: str, way: str, *, single: bool) -> Iterator[Unreading]:
    """The dataset unread in this way; nothing where the way makes no sense for it."""
    text = f"{dataset} {way}"
    unknown = None if way in UNDATED else _whole_datasets(base, dataset, seen_too=way in _IN_PART)
    match way:
        case "without rows":
            if DATASETS[dataset].least_rows > 0:
                yield Unreading(text, base.with_rows(dataset, []), unknown)
        case "only what may be seen":
            if not single and dataset not in VISIBLE_ONLY:
                yield Unreading(text, replace(base, visible_only=frozenset({dataset})), unknown)
        case "with one object too many":
            if single:
                yield Unreading(text, base.with_rows(dataset, [*base.rows[dataset], *base.rows[dataset]]), unknown)
        case _:
            yield Unreading(text, base.with_entry(dataset, DATASET_WAYS[way]), unknown)


def _whole_datasets(base: World, dataset: str, *, seen_too: bool) -> Unknown | None:
    table = OTHER_ROWS.get(dataset)
    if table is None:
        return None
    return Unknown(
        f"{base.name}: {dataset}{' beside what was seen' if seen_too else ''}",
        lambda: (without_the_absence(base, dataset, rows) for rows in table(base, seen_too)),
    )


# --- a property -----------------------------------------------------------------------------------------------------

ABSENT = object()
PROPERTY_WAYS = ("absent", "null", "of another type", "an unknown word")


def properties(row_type: type[View], keys: tuple[str, ...] = ()) -> Iterator[Property]:
    """Every property of a row type, and of the structs in it."""
    for field in msgspec.structs.fields(row_type):
        here = (*keys, field.encode_name)
        yield Property(row_type, field.name, here, field.type)
        if nested := _struct_in(field.type):
            yield from properties(nested, here)


def property_unreadings(base: World, dataset: str, one: Property) -> Iterator[Unreading]:
    """The property unread in each way: in each policy, or the first row of another dataset, and in all rows."""
    rows = base.rows[dataset]
    having = [index for index, row in enumerate(rows) if _has_place(row, one.keys)]
    if not having:
        return
    each = having if ROW_TYPES[dataset] is AuditRetentionPolicy else sorted({having[0], having[-1]})
    places: list[tuple[str, Sequence[int]]] = [(f"row {index}", [index]) for index in each]
    if len(having) > 1:
        places.append(("every row", having))
    for place, indexes in places:
        unknown = _possible_values(base, dataset, one, place, indexes)
        for way in PROPERTY_WAYS:
            for value in _unread_values(one, way, _held_at(rows[indexes[0]], one.keys)):
                changed = _with(rows, indexes, one.keys, value)
                shown = "" if value is ABSENT else f" ({value!r})"
                text = f"{dataset}: {one.text} {way}{shown} in {place}"
                yield Unreading(text, base.with_rows(dataset, changed), unknown)


def _possible_values(base: World, dataset: str, one: Property, place: str, indexes: Sequence[int]) -> Unknown | None:
    rows = base.rows[dataset]
    values = (
        list(possible_values(dataset, rows[indexes[0]], one.keys))
        if dataset in VARIANTS
        else DOCUMENTED.get((one.owner, one.attribute))
    )
    if not values:
        return None
    places = [indexes[:1], indexes] if len(indexes) > 1 else [indexes]
    return Unknown(
        f"{base.name}: {dataset} {one.text} {place}",
        lambda: (base.with_rows(dataset, _with(rows, where, one.keys, value)) for where in places for value in values),
    )


def _has_place(row: Row, keys: Sequence[str]) -> bool:
    """Whether a row holds the object that a property is one of, whether or not it says the property itself."""
    if not keys[:-1]:
        return True
    held = _held_at(row, keys[:-1])
    return isinstance(held[0] if isinstance(held, list) and held else held, dict)


def _held_at(row: Row, keys: Sequence[str]) -> Any:
    try:
        return value_at(row, keys)
    except KeyError:
        return ABSENT


def _unread_values(one: Property, way: str, value: Any) -> list[Any]:
    match way:
        case "absent":
            return [] if value is ABSENT or (one.owner, one.attribute) in ABSENT_IS_NULL else [ABSENT]
        case "null":
            return [] if _nullable(one) else [None]
        case "of another type":
            return [
                other
                for other in _of_another_type(one.hint, value)
                if (other != value or type(other) is not type(value))
                and not (isinstance(other, dict) and _may_say_nothing(one))
            ]
        case "an unknown word":
            return ["FromTheFuture"] if isinstance(value, str) and (one.owner, one.attribute) not in FREE_TEXT else []
    raise ValueError(way)


def _may_say_nothing(one: Property) -> bool:
    """Whether an object without any of its properties is in order."""
    held = _struct_in(one.hint)
    return held is not None and all((held, field.name) in ABSENT_IS_NULL for field in msgspec.structs.fields(held))


def _of_another_type(hint: Any, value: Any) -> list[Any]:
    if hint is Any:
        return [{"odd": True}, str(value), [value] if not isinstance(value, list) else [7.5]]
    if hint is bool:
        return ["False", "True", 0, []]
    if hint is float or hint == (float | None):
        return [{"odd": True}, "0"]
    if hint is str:
        return [7, ["x"]]
    if typing.get_origin(hint) is tuple:
        return ["x", {}, [None], [7]]
    return [{"odd": True}, 7.5]


def _nullable(one: Property) -> bool:
    return isinstance(one.hint, types.UnionType) and type(None) in typing.get_args(one.hint)


def _struct_in(hint: Any) -> type[View] | None:
    if isinstance(hint, types.UnionType):
        return next((found for each in typing.get_args(hint) if (found := _struct_in(each))), None)
    inner = typing.get_args(hint)[:1] if typing.get_origin(hint) is tuple else (hint,)
    return inner[0] if inner and isinstance(inner[0], type) and issubclass(inner[0], View) else None


def _with(rows: Sequence[Row], indexes: Sequence[int], keys: tuple[str, ...], value: Any) -> list[Row]:
    return [put(row, keys, value) if index in indexes else row for index, row in enumerate(rows)]


def put(row: Row, keys: Sequence[str], value: Any) -> Row:
    key, *rest = keys
    if rest:
        held = row[key]
        inner = [put(item, rest, value) for item in held] if isinstance(held, list) else put(held, rest, value)
        return {**row, key: inner}
    changed = {name: held for name, held in row.items() if name != key}
    return changed if value is ABSENT else {**changed, key: value}


# --- what could have been -------------------------------------------------------------------------------------------
# These tables only ever excuse a pass, and only one that every value in them gets: what is not in them must not pass.

_OTHER_ID = "00000000-1111-4222-8333-444455556666"
_STATUSES = ("Enabled", "Warning", "Suspended", "Deleted", "LockedOut")
_PLANS = tuple(
    [{"servicePlanId": plan, "capabilityStatus": status} for plan in plans]
    for plans in ((AUDIT_PREMIUM_PLAN,), (TEN_YEAR_PLAN,), (AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN))
    for status in _STATUSES
)
_DISABLED: tuple[list[str], ...] = ([], [AUDIT_PREMIUM_PLAN], [TEN_YEAR_PLAN])
_ASSIGNMENT_STATES = ("Active", "ActiveWithError", "Disabled", "Error")
_SPE_E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"

_MAILBOX_TYPES = (
    *("UserMailbox", "SharedMailbox", "LinkedMailbox", "RoomMailbox", "EquipmentMailbox", "SchedulingMailbox"),
    *("DiscoveryMailbox", "GroupMailbox", "PublicFolderMailbox"),
)
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"

DOCUMENTED: dict[tuple[type[View], str], Sequence[Any]] = {
    (Organization, "id"): (_OTHER_ID,),
    (User, "id"): (_OTHER_ID,),
    (User, "user_principal_name"): ("somebody.else@workedexamples.example", "user002@workedexamples.example"),
    (User, "user_type"): ("Member", "Guest"),
    (User, "account_enabled"): (True, False),
    (User, "assigned_plans"): ([], *_PLANS),
    (User, "assigned_licenses"): ([], *([{"skuId": _SPE_E5, "disabledPlans": disabled}] for disabled in _DISABLED)),
    (User, "license_assignment_states"): (
        [],
        *(
            [{"skuId": _SPE_E5, "state": state, "disabledPlans": disabled}]
            for state in _ASSIGNMENT_STATES
            for disabled in _DISABLED
        ),
    ),
    (AssignedPlan, "service_plan_id"): (_OTHER_ID, AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN),
    (AssignedPlan, "capability_status"): _STATUSES,
    (AssignedLicense, "sku_id"): (_OTHER_ID, _SPE_E5),
    (AssignedLicense, "disabled_plans"): _DISABLED,
    (LicenseAssignmentState, "sku_id"): (_OTHER_ID, _SPE_E5),
    (LicenseAssignmentState, "state"): _ASSIGNMENT_STATES,
    (LicenseAssignmentState, "disabled_plans"): _DISABLED,
    (SubscribedSku, "sku_id"): (_OTHER_ID, _SPE_E5),
    (SubscribedSku, "applies_to"): ("User", "Company"),
    (SubscribedSku, "consumed_units"): (0, 1, 1_000_000),
    (SubscribedSku, "capability_status"): _STATUSES,
    (SubscribedSku, "service_plans"): (
        [],
        *([{"servicePlanId": plan, "provisioningStatus": "Success"}] for plan in (AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN)),
    ),
    (ServicePlan, "service_plan_id"): (_OTHER_ID, AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN),
    (ServicePlan, "provisioning_status"): ("Success", "Disabled", "Error", "PendingInput", "PendingActivation"),
    (AdminAuditLogConfig, "unified_audit_log_ingestion_enabled"): (True, False),
    (OrganizationConfig, "audit_disabled"): (True, False),
    (AdminAuditLogConfig, "unified_audit_log_first_opt_in_date"): (None, "2019-03-11T08:30:00Z", AS_OF.isoformat()),
    (AuditRetentionPolicy, "name"): ("Another name",),
    (AuditRetentionPolicy, "priority"): (1, 4, 9, 10, 35, 60, 10_000),
    (AuditRetentionPolicy, "retention_duration"): ("SevenDays", "SixMonths", "TwelveMonths", "TenYears"),
    (AuditRetentionPolicy, "record_types"): (
        [],
        *(
            [name]
            for name in ("MicrosoftForms", "ExchangeItem", "ExchangeItemAggregated", "MicrosoftTeams", "AuditSearch")
        ),
    ),
    (AuditRetentionPolicy, "operations"): ([], ["MailItemsAccessed"], ["Send"]),
    (AuditRetentionPolicy, "user_ids"): ([], ["user002@workedexamples.example"], ["gone@workedexamples.example"]),
    (AuditRetentionPolicy, "enabled"): (True, False),
    (AuditRetentionPolicy, "mode"): ("Enforce", "PendingDeletion"),
    (AuditRetentionPolicy, "when_changed_utc"): ("2020-01-01T00:00:00Z", AS_OF.isoformat()),
    (Mailbox, "guid"): (_OTHER_ID,),
    (Mailbox, "user_principal_name"): ("somebody.else@workedexamples.example",),
    (Mailbox, "external_directory_object_id"): ("", _OTHER_ID),
    (Mailbox, "recipient_type_details"): (*_MAILBOX_TYPES, "FutureMailbox"),
    (Mailbox, "audit_enabled"): (True, False),
    (Mailbox, "default_audit_set"): ([], ["Owner"], ["Admin", "Delegate"], ["Admin", "Delegate", "Owner"]),
    **{
        (Mailbox, name): ([], ["HardDelete"], ["MailItemsAccessed"], sorted(DEFAULT_ACTIONS[LogonType.OWNER]))
        for name in ("audit_owner", "audit_delegate", "audit_admin")
    },
    (RoleGroup, "guid"): (_OTHER_ID,),
    (RoleGroup, "name"): ("Organization Management", "Somebody's own"),
    (RoleGroup, "roles"): ([], ["Audit Logs"], ["Organization Configuration"]),
    (RoleGroup, "members"): ([], ["somebody.else@workedexamples.example"], [f"member{n}" for n in range(9)]),
    (PurviewRoleGroup, "guid"): (_OTHER_ID,),
    (PurviewRoleGroup, "name"): ("OrganizationManagement", "Somebody's own"),
    (PurviewRoleGroup, "roles"): ([], ["Audit Logs"], ["Organization Configuration"]),
    (PurviewRoleGroup, "members"): ([], ["somebody.else@workedexamples.example"], [f"member{n}" for n in range(9)]),
    (RoleAssignment, "id"): (_OTHER_ID,),
    (RoleAssignment, "role_definition_id"): (_OTHER_ID, GLOBAL_ADMINISTRATOR),
    (RoleAssignment, "principal_id"): (_OTHER_ID,),
    (RoleAssignment, "directory_scope_id"): ("/", "/administrativeUnits/one"),
    (RoleEligibility, "id"): (_OTHER_ID,),
    (RoleEligibility, "role_definition_id"): (_OTHER_ID, GLOBAL_ADMINISTRATOR),
    (RoleEligibility, "principal_id"): (_OTHER_ID,),
    (RoleEligibility, "directory_scope_id"): ("/", "/administrativeUnits/one"),
    **{
        (kind, "principal"): ({"@odata.type": "#microsoft.graph.user", "id": _OTHER_ID, "displayName": "x"},)
        for kind in (RoleAssignment, RoleEligibility)
    },
    (Principal, "display_name"): (None, "Somebody Else"),
    (Principal, "user_principal_name"): ("somebody.else@workedexamples.example",),
    (Principal, "id"): (_OTHER_ID,),
    (Principal, "type"): tuple(f"#microsoft.graph.{kind}" for kind in ("user", "group", "servicePrincipal")),
}

ABSENT_IS_NULL = frozenset(
    {
        (DiagnosticSettingProperties, "marketplace_partner_id"),
        (DiagnosticSettingProperties, "event_hub_name"),
        (ExportDestination, "meta_data"),
        (ExportMetaData, "event_hub_name"),
        (EventHubProperties, "capture_description"),
        (StorageAccountProperties, "immutable_storage_with_versioning"),
        (BlobContainerProperties, "immutable_storage_with_versioning"),
        (BlobContainerProperties, "immutability_policy"),
        (LifecycleRule, "enabled"),
        (LifecycleDefinition, "filters"),
        (LifecycleFilters, "prefix_match"),
        (LifecycleFilters, "blob_index_match"),
        (LifecycleActions, "base_blob"),
        (BaseBlobActions, "delete"),
        *((After, field.name) for field in msgspec.structs.fields(After)),
        (AccountImmutability, "immutability_policy"),
        (AccountPolicy, "allow_protected_append_writes"),
        (ContainerPolicyProperties, "allow_protected_append_writes"),
        (ContainerPolicyProperties, "allow_protected_append_writes_all"),
    }
)
"""Properties that an answer leaves out where they are null, as their documentation says: nothing is unread there."""

FREE_TEXT = frozenset(
    {
        (AuditRetentionPolicy, "name"),
        (User, "user_principal_name"),
        (MailboxAuditBypass, "guid"),
        *((kind, "id") for kind in (RoleAssignment, RoleEligibility, DiagnosticSetting, Principal)),
        *((kind, name) for kind in (RoleGroup, PurviewRoleGroup) for name in ("guid", "name")),
        *(
            (kind, name)
            for kind in (RoleAssignment, RoleEligibility)
            for name in ("principal_id", "role_definition_id")
        ),
        *((Principal, name) for name in ("display_name", "user_principal_name")),
        *((Mailbox, name) for name in ("guid", "user_principal_name", "external_directory_object_id")),
        *((AuditRoleAssignment, name) for name in ("role_assignee_name", "effective_user_name")),
        *((kind, name) for kind in AZURE_ROWS.values() for name in ("name", "id", "display_name")),
    }
)
"""Properties in which no word is unknown."""


def _other_users(seen: Sequence[Row]) -> Iterator[list[Row]]:
    first = seen[0]
    yield [{**first, "userType": "Guest"}]
    yield [{**first, "accountEnabled": False}]
    yield [{**first, "assignedPlans": [], "assignedLicenses": [], "licenseAssignmentStates": []}]
    yield [{**first, "assignedPlans": []}]


def _other_roles(seen: Sequence[Row]) -> Iterator[list[Row]]:
    row = {**seen[0], "id": "another", "roleDefinitionId": GLOBAL_ADMINISTRATOR, "principalId": _OTHER_ID}
    for kind in ("user", "group", "servicePrincipal"):
        yield [{**row, "principal": {**row["principal"], "id": _OTHER_ID, "@odata.type": f"#microsoft.graph.{kind}"}}]


def _other_skus(seen: Sequence[Row]) -> Iterator[list[Row]]:
    yield [{**seen[0], "capabilityStatus": "Suspended"}]
    yield [{**seen[0], "servicePlans": []}]
    yield [{**seen[0], "skuId": _OTHER_ID}]


def _other_policies(seen: Sequence[Row]) -> Iterator[list[Row]]:
    for name in RECORD_TYPES:
        yield [{**seen[0], "Priority": 1, "RetentionDuration": "SevenDays", "RecordTypes": [name]}]


SWITCHES = {
    "exchange.admin_audit_log_config": "UnifiedAuditLogIngestionEnabled",
    "exchange.organization_config": "AuditDisabled",
}
"""The datasets that are one object, and the switch in it."""


def _switched(key: str) -> Callable[[Sequence[Row]], Iterator[list[Row]]]:
    return lambda seen: iter([[{**seen[0], key: value}] for value in (True, False)])


def _listed(
    dataset: str, table: Callable[[Sequence[Row]], Iterator[list[Row]]]
) -> Callable[[World, bool], Iterator[Sequence[Row]]]:
    """These rows, in the place of what was seen and beside it; a switch is one object, and stands for itself."""

    def rows(base: World, seen_too: bool) -> Iterator[Sequence[Row]]:
        seen, single = base.rows[dataset], dataset in (*SWITCHES, "graph.organization")
        befores: list[list[Row]] = [[]] if single else [list(seen)] if seen_too else [[], list(seen)]
        return ([*before, *others] for others in table(seen) for before in befores)

    return rows


OTHER_ROWS: dict[str, Callable[[World, bool], Iterator[Sequence[Row]]]] = {
    **{
        dataset: _listed(dataset, table)
        for dataset, table in {
            "graph.organization": lambda _: iter([[{"id": _OTHER_ID}]]),
            "graph.users": _other_users,
            **dict.fromkeys(("graph.role_assignments", "graph.role_eligibilities"), _other_roles),
            "graph.subscribed_skus": _other_skus,
            "purview.audit_retention_policies": _other_policies,
            **{dataset: _switched(key) for dataset, key in SWITCHES.items()},
        }.items()
    },
    **{dataset: possible_rows(dataset) for dataset in AZURE_ROWS},
}
