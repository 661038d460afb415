"""For every check that prints a command: a tenant that needs it, and what one types there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from azure_effects import etag_of

from compliance.assessment.declarations import ApprovedList, AttestedStore, Copied, Declarations, Statement
from compliance.assessment.verdict import Status
from compliance.demo.azure import DiagnosticSetting, Workspace
from compliance.demo.azure_access import ActivityEvent
from compliance.demo.azure_stores import Immutability, LifecycleRule, StorageAccount
from compliance.demo.mailboxes import DEFAULT_ADMIN, DEFAULT_DELEGATE, DEFAULT_OWNER
from compliance.demo.odd import stable_guid
from compliance.demo.people import Licence
from compliance.demo.roles import DirectoryRole
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import COLLECTOR, RetentionPolicy, Tenant
from compliance.rules.office_activity import CONNECTED_BY
from compliance.rules.periods import Duration
from compliance.rules.record_types import RECORD_TYPES

GROUP = "rg-logging"
LAW, VAULT = "security-logs", "workedexamplesvault"
TABLE = "az monitor log-analytics workspace table update"
NEW_POLICY = "New-UnifiedAuditLogRetentionPolicy"
SOC = "5f0c1e02-9f4c-4d5b-8f5e-1b7f4c0a9d11"
WHERE = {"group": GROUP, "workspace": LAW}
STORE = {"group": GROUP, "account": VAULT}
CONTAINER = "am-auditlogs"

Values = Mapping[str, str] | Callable[[Tenant], Mapping[str, str]]


@dataclass(frozen=True)
class Typed:
    """A line of a check's remediation, by what is in it and in no other, and what its placeholders stand for."""

    within: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """What is wrong with a tenant that is kept well otherwise, and what mends it.

    `parts` are those that the commands are about, by id or title, where others of the check stay as they are: `stays`
    says why. `by_hand` does what the lines say that are no commands, `reaches` is how it stands afterwards, and
    `shown_by` another check that shows it.
    """

    check: str
    fault: Callable[[Tenant], None]
    typed: tuple[Typed, ...]
    parts: tuple[str, ...] = ()
    stays: str = ""
    by_hand: Callable[[Tenant], None] | None = None
    declarations: Callable[[Tenant], Declarations] = field(default=lambda tenant: declared(tenant))
    standard: str = "m-21-31"
    deleted: Callable[[Tenant], list[Workspace]] = field(default=lambda _: [])
    reaches: Status = Status.PASS
    shown_by: str = ""


def kept() -> Tenant:
    """A tenant that keeps everything: ten years in Purview, which every user has the add-on for, three in Azure."""
    tenant = load_scenario("compliant")
    tenant.add_sku("10_ALR_ADDON", len(tenant.users))
    for user in tenant.users:
        user.licences.append(Licence("10_ALR_ADDON"))
    tenant.policies = [
        _policy(record_type, 100 + number, "TenYears", record_type) for number, record_type in enumerate(RECORD_TYPES)
    ]
    return tenant


def _policy(name: str, priority: int, duration: str, *record_types: str) -> RetentionPolicy:
    changed = dt.datetime(2021, 1, 4, tzinfo=dt.UTC)
    return RetentionPolicy(name, stable_guid(name), priority, duration, changed, record_types)


def declared(tenant: Tenant, *sources: str) -> Declarations:
    """All that can be declared: the subscriptions, what is reviewed, and a SIEM with what Microsoft does not keep."""
    day, end = dt.date(2026, 11, 1), dt.date(2028, 1, 1)
    siem = AttestedStore(
        id="siem",
        name="SIEM",
        sources=("purview.non_user_records", "defender.cloud_app_events", *sources),
        hot=Duration.of_months(12),
        total=Duration.of_months(30),
        copied=Copied.AT_CREATION,
        owner="soc@workedexamples.example",
        declared_on=day,
        expires=end,
        file=Path("/attested.pdf"),
        sha256="ab" * 32,
    )
    subscriptions = tuple(one.id for one in tenant.azure.subscriptions)
    return Declarations(
        approved_subscriptions=ApprovedList(
            ids=subscriptions, owner="cloud@workedexamples.example", declared_on=day, expires=end
        ),
        stores=(siem,),
        statements=tuple(
            Statement(about=about, text="So it is.", owner="soc@workedexamples.example", declared_on=day, expires=end)
            for about in ("soc-access", "log-access-review", "log-hashes")
        ),
    )


def law(tenant: Tenant) -> Workspace:
    return tenant.azure.workspaces[0]


def vault(tenant: Tenant) -> StorageAccount:
    return tenant.azure.storage_accounts[0]


def days(table: str, hot: int, total: int) -> Callable[[Tenant], None]:
    """A table that keeps records for so long alone."""

    def shorten(tenant: Tenant) -> None:
        found = next(one for one in law(tenant).tables if one.name == table)
        found.retention_in_days, found.total_retention_in_days = hot, total

    return shorten


def outranked(*record_types: str, duration: str = "SevenDays") -> Callable[[Tenant], None]:
    """A policy that goes before those of ten years."""
    return lambda tenant: tenant.policies.append(_policy("Trial", 50, duration, *record_types))


def _subscription_id(tenant: Tenant) -> str:
    return tenant.azure.subscriptions[0].id


def _to_workspace(tenant: Tenant) -> dict[str, str]:
    return {
        "id": _subscription_id(tenant),
        "subscription": _subscription_id(tenant),
        "a new name": "activity",
        "new name": "activity",
        "region": "westeurope",
        "resource id": law(tenant).id,
        "workspace id": law(tenant).id,
        "a workspace": law(tenant).id,
        "account id": vault(tenant).id,
        "group": GROUP,
        "workspace": LAW,
    }


def _customised(tenant: Tenant) -> None:
    """The actions of two mailboxes were listed one by one long ago, and lack what came later."""
    for mailbox in (one for one in tenant.mailboxes if one.name in ("user001", "user002")):
        mailbox.audit_owner = tuple(one for one in DEFAULT_OWNER if one != "MailItemsAccessed")
        mailbox.audit_delegate = tuple(one for one in mailbox.audit_delegate or () if one != "MailItemsAccessed")
        mailbox.audit_admin = tuple(one for one in mailbox.audit_admin or () if one != "MailItemsAccessed")
        mailbox.default_audit_set = ()


def _not_recorded(tenant: Tenant) -> None:
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = False


def _no_mailbox_auditing(tenant: Tenant) -> None:
    tenant.organization_config.audit_disabled = True


def _bypassed(tenant: Tenant) -> None:
    next(one for one in tenant.bypass if one.name == "user002").audit_bypass_enabled = True


def _unaudited_room(tenant: Tenant) -> None:
    tenant.add_user("room", account_enabled=False, mailbox="room", display_name="Room")


def _no_search(tenant: Tenant) -> None:
    mailbox = next(one for one in tenant.mailboxes if one.name == "user001")
    mailbox.audit_owner = tuple(one for one in mailbox.audit_owner or () if one != "SearchQueryInitiated")


def _unread_readers(tenant: Tenant) -> None:
    law(tenant).settings, vault(tenant).settings = [], []
    law(tenant).tables = [one for one in law(tenant).tables if one.name not in ("LAQueryLogs", "StorageBlobLogs")]
    law(tenant).retention_in_days = 30
    tenant.azure.settings.append(DiagnosticSetting("to-vault", ("AuditLogs",), storage_account_id=vault(tenant).id))


def _unsent(tenant: Tenant) -> None:
    tenant.azure.subscriptions[0].settings = []
    days("AzureActivity", 90, 90)(tenant)


def _nobody_reads(tenant: Tenant) -> None:
    tenant.azure.role_holders = [one for one in tenant.azure.role_holders if one.role != "Log Analytics Reader"]


def _every_container(tenant: Tenant, immutability: Immutability | None) -> None:
    for container in vault(tenant).containers:
        container.immutability = immutability


def _container(name: str, immutability: Immutability | None) -> Callable[[Tenant], None]:
    def change(tenant: Tenant) -> None:
        next(one for one in vault(tenant).containers if one.name == name).immutability = immutability

    return change


def _etag(container: str) -> Callable[[Tenant], Mapping[str, str]]:
    """The etag of the policy as it is when the command is typed."""

    def values(tenant: Tenant) -> Mapping[str, str]:
        found = next(one for one in vault(tenant).containers if one.name == container)
        assert found.immutability is not None
        etag = etag_of(found.immutability)
        names = ("etag that create gave back", "etag of the policy", "etag of the locked policy")
        period = {"the days that it has": str(found.immutability.days)}
        return {**STORE, "container": container, **dict.fromkeys(names, etag), **period}

    return values


def _forgiving(tenant: Tenant) -> None:
    vault(tenant).blob_soft_delete = None
    vault(tenant).container_soft_delete = 3
    tenant.azure.locks = []


def _open_store(tenant: Tenant) -> None:
    account = vault(tenant)
    account.public_access = account.shared_key = None
    account.default_action, account.bypass = "Allow", "Logging, AzureServices"


def _plain_http(tenant: Tenant) -> None:
    vault(tenant).https_only, vault(tenant).minimum_tls = False, "TLS1_0"


def _deleting_rules(tenant: Tenant) -> None:
    _every_container(tenant, None)
    vault(tenant).lifecycle = [
        LifecycleRule("other", delete_after_modification=30, prefixes=("scratch",)),
        LifecycleRule("old", delete_after_modification=548),
    ]


def _lost_workspace(tenant: Tenant) -> None:
    """The workspace that gets everything was deleted."""
    at, deleted = tenant.now - dt.timedelta(days=3), "Microsoft.OperationalInsights/workspaces/delete"
    tenant.azure.events.append(ActivityEvent(at, deleted, law(tenant).id, None))
    tenant.azure.workspaces = []
    tenant.azure.locks = [one for one in tenant.azure.locks if VAULT in one.scope]


def _the_lost(_: Tenant) -> list[Workspace]:
    return [law(kept())]


def _shortened_lately(tenant: Tenant) -> None:
    days("SigninLogs", 365, 365)(tenant)
    at = tenant.now - dt.timedelta(days=3)
    written = "Microsoft.OperationalInsights/workspaces/tables/write"
    tenant.azure.events.append(ActivityEvent(at, written, f"{law(tenant).id}/tables/SigninLogs", None))


def _writing_collector(tenant: Tenant) -> None:
    tenant.identity.exchange_roles = ()
    tenant.identity.directory_roles = ("Exchange Administrator",)
    held = DirectoryRole("Exchange Administrator", tenant.identity.object_id, "servicePrincipal", COLLECTOR)
    tenant.directory_roles.append(held)


def _takes_the_role_away(tenant: Tenant) -> None:
    tenant.identity.directory_roles = ()
    tenant.directory_roles = [one for one in tenant.directory_roles if one.principal_type == "user"]


def _sentinel(tenant: Tenant) -> None:
    """Microsoft Sentinel copies Exchange, SharePoint and Teams, and keeps them 90 days."""
    other = load_scenario("everything-kept").azure.workspaces[0]
    law(tenant).sentinel, law(tenant).connectors = True, other.connectors
    law(tenant).tables.append(next(replace(one) for one in other.tables if one.name == "OfficeActivity"))
    days("OfficeActivity", 90, 90)(tenant)


def _without_siem(tenant: Tenant) -> Declarations:
    return replace(declared(tenant), stores=())


def nothing(_: Tenant) -> None:
    """Nothing is wrong that can be set."""


def _policy_for(record_type: str, number: int = 10) -> dict[str, str]:
    return {"record type": record_type, "number": str(number)}


def _no_copies(change: Callable[[Tenant], None]) -> Callable[[Tenant], None]:
    """A change in a tenant whose workspace sends nothing on."""

    def both(tenant: Tenant) -> None:
        law(tenant).exports = []
        change(tenant)

    return both


def _half_customised(tenant: Tenant) -> None:
    _customised(tenant)
    second = next(one for one in tenant.mailboxes if one.name == "user002")
    second.audit_delegate, second.audit_admin = DEFAULT_DELEGATE, DEFAULT_ADMIN
    second.default_audit_set = ("Delegate", "Admin")


def _blind(tenant: Tenant) -> None:
    _customised(tenant)
    _bypassed(tenant)


CASES = (
    Case(
        "ACC-03",
        _unread_readers,
        (
            Typed("--resource <workspace id>", _to_workspace),
            Typed("blobServices/default", _to_workspace),
            Typed("-n LAQueryLogs", WHERE),
        ),
        parts=("Log Analytics security-logs",),
        stays="StorageBlobLogs is named in the comment behind the command",
    ),
    Case(
        "ACC-05",
        _writing_collector,
        (
            Typed('"View-Only Configuration"', {"name": COLLECTOR}),
            Typed('"View-Only Recipients"', {"name": COLLECTOR}),
        ),
        by_hand=_takes_the_role_away,
    ),
    Case("AUD-01", _not_recorded, (Typed("Set-AdminAuditLogConfig"),)),
    Case("AUD-03", _no_mailbox_auditing, (Typed("Set-OrganizationConfig"),)),
    Case("AUD-04", _bypassed, (Typed("Set-MailboxAuditBypassAssociation", {"account": "user002"}),)),
    Case(
        "AUD-05",
        _half_customised,
        (
            Typed("-DefaultAuditSet", {"mailbox": "user001"}),
            Typed('@{Add="<action>"}', {"mailbox": "user002", "action": "MailItemsAccessed"}),
        ),
    ),
    Case(
        "AUD-06",
        _unaudited_room,
        (
            Typed("-AuditEnabled $true", {"mailbox": "room"}),
            Typed("-AuditDelegate @{Add", {"mailbox": "room"}),
        ),
        reaches=Status.INDETERMINATE,
        stays="only records show that mailboxes of this kind record anything",
    ),
    Case("AUD-07", _no_search, (Typed("SearchQueryInitiated", {"mailbox": "user001"}),)),
    Case("EXP-05", _unsent, (Typed("subscription create", _to_workspace),)),
    Case(
        "EXP-07",
        _nobody_reads,
        (
            Typed(
                "az role assignment create", lambda t: {"object id of the SOC's group": SOC, "workspace id": law(t).id}
            ),
        ),
    ),
    Case(
        "INT-01",
        _container(CONTAINER, None),
        (
            Typed("immutability-policy create", {**STORE, "container": CONTAINER}),
            Typed("immutability-policy lock", _etag(CONTAINER)),
        ),
    ),
    Case("INT-01", _container(CONTAINER, Immutability(365)), (Typed("immutability-policy extend", _etag(CONTAINER)),)),
    Case(
        "INT-02",
        _container(CONTAINER, Immutability(1096, "Unlocked", "none")),
        (Typed("immutability-policy create", _etag(CONTAINER)),),
    ),
    Case(
        "INT-03",
        _forgiving,
        (
            Typed("blob-service-properties", {**STORE, "7, or the days that are set if more": "7", "likewise": "7"}),
            Typed("az lock create", STORE),
        ),
    ),
    Case(
        "INT-04",
        _forgiving,
        (
            Typed("az lock create", WHERE),
            Typed("activity-log alert create", lambda t: {"group": GROUP, "id": t.azure.subscriptions[0].id}),
        ),
        reaches=Status.INDETERMINATE,
        stays="no API that is read shows alert rules",
    ),
    Case("INT-06", _plain_http, (Typed("--https-only", STORE),)),
    Case(
        "INT-07",
        _open_store,
        (
            Typed("--allow-blob-public-access", STORE),
            Typed("network-rule list", STORE),
            Typed("--bypass", STORE),
        ),
    ),
    Case(
        "INT-08",
        nothing,
        (Typed("w32tm"), Typed("timedatectl")),
        reaches=Status.INDETERMINATE,
        stays="the commands show what the clock follows, and no record was read",
    ),
    Case(
        "MIA-01",
        _blind,
        (
            Typed("-DefaultAuditSet", {"mailbox": "user001"}),
            Typed("-AuditOwner @{Add", {"mailbox": "user002"}),
            Typed("-AuditDelegate @{Add", {"mailbox": "user002"}),
            Typed("-AuditAdmin @{Add", {"mailbox": "user002"}),
            Typed("Set-MailboxAuditBypassAssociation", {"account": "user002"}),
        ),
    ),
    Case(
        "RET-01",
        outranked("ExchangeItem", "ExchangeItemAggregated"),
        (
            Typed("ExchangeItemAggregated", {"number": "10"}),
            Typed("-RecordTypes ExchangeItem ", {"number": "11"}),
        ),
    ),
    Case(
        "RET-02",
        outranked("MicrosoftTeams", "AuditSearch"),
        (
            Typed(NEW_POLICY, _policy_for("MicrosoftTeams")),
            Typed(NEW_POLICY, _policy_for("AuditSearch", 11)),
        ),
    ),
    Case(
        "RET-03",
        outranked("MicrosoftTeams"),
        (Typed("Set-UnifiedAuditLogRetentionPolicy", {"the short policy": "Trial", "number": "300"}),),
    ),
    Case(
        "RET-04",
        _sentinel,
        (Typed("-n OfficeActivity", WHERE),),
        parts=tuple(CONNECTED_BY),
        stays="the connector copies no other kind",
        declarations=_without_siem,
    ),
    Case("RET-05", days("SigninLogs", 90, 365), (Typed("-n SigninLogs", WHERE),)),
    Case("RET-06", _unsent, (Typed("subscription create", _to_workspace), Typed("-n AzureActivity", WHERE))),
    Case("RET-07", days("AADRiskyUsers", 90, 365), (Typed("-n <table>", {**WHERE, "table": "AADRiskyUsers"}),)),
    Case(
        "RET-08",
        outranked("MicrosoftTeams", duration="TwelveMonths"),
        (Typed(NEW_POLICY, _policy_for("MicrosoftTeams")),),
    ),
    Case("RET-08", _no_copies(days("SigninLogs", 365, 365)), (Typed("-n <table>", {**WHERE, "table": "SigninLogs"}),)),
    Case(
        "RET-09",
        _deleting_rules,
        (Typed("management-policy show", STORE), Typed("management-policy update", {**STORE, "number": "1"})),
    ),
    Case(
        "RET-11", outranked("MicrosoftTeams"), (Typed(NEW_POLICY, _policy_for("MicrosoftTeams")),), standard="m-26-14"
    ),
    Case("RET-12", _shortened_lately, (Typed("-n <table>", {**WHERE, "table": "SigninLogs"}),)),
    Case(
        "RET-12",
        _lost_workspace,
        (Typed("workspace recover", WHERE),),
        shown_by="EXP-02",
        stays="that it was deleted is told for 30 days, whatever was done since",
        deleted=_the_lost,
    ),
)
"""All of them; a check may need several for its commands."""
