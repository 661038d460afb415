"""RET-09: which lifecycle rules delete logs before the requirement, and which only look as if they did."""

from __future__ import annotations

from dataclasses import replace

from integrity_cases import GROUP, LAW, Collected, account, container, workspace

from compliance.assessment.verdict import Status
from compliance.demo.azure import DataExport, DiagnosticSetting
from compliance.demo.azure_stores import Capture, EventHub, Immutability, LifecycleRule, Namespace, StorageAccount
from compliance.demo.odd import Odd
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

HUBS = f"{GROUP}/providers/Microsoft.EventHub/namespaces/siem-hubs"
LOGS = "insights-logs-auditlogs"


def ruled(name: str, *rules: LifecycleRule, **changes: object) -> StorageAccount:
    """An account with these lifecycle rules and a container for audit logs that no policy protects."""
    made = account(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}", lifecycle=list(rules))
    return replace(made, containers=[container(LOGS, immutability=None)], **changes)


def rule(days: int | None = 548, **changes: object) -> LifecycleRule:
    """A rule that deletes append blobs of the audit logs so many days after they were created."""
    made = LifecycleRule("old", delete_after_creation=days, blob_types=("appendBlob",), prefixes=(LOGS,))
    return replace(made, **changes)


def told(tenant: Tenant, collected: Collected, *accounts: StorageAccount) -> dict[str, tuple[Status, str]]:
    """What is said of the audit logs in each account, by its name."""
    tenant.azure.subscriptions[0].settings = []
    tenant.azure.settings = [DiagnosticSetting(one.name, ("AuditLogs",), storage_account_id=one.id) for one in accounts]
    tenant.azure.storage_accounts = list(accounts)
    parts = collected(tenant).parts("RET-09")
    return {title.rpartition(" ")[2]: (part.status, part.condition) for title, part in parts.items()}


def test_a_rule_that_deletes_after_548_days_ends_the_archive_at_18_months(tenant: Tenant, collected: Collected) -> None:
    found = told(
        tenant,
        collected,
        ruled("created", rule()),
        ruled("modified", rule(None, delete_after_modification=548)),
        ruled("everything", rule(prefixes=())),
        ruled("nofilter", rule(filtered=False)),
        ruled("silent", rule(enabled=None)),
        ruled("longer", rule(915)),
        ruled("band", rule(911)),
        ruled("justshort", rule(910)),
    )
    assert {name: status for name, (status, _) in found.items()} == {
        "created": Status.FAIL,
        "modified": Status.FAIL,
        "everything": Status.FAIL,
        "nofilter": Status.FAIL,
        "silent": Status.FAIL,
        "longer": Status.PASS,
        "band": Status.PASS,
        "justshort": Status.FAIL,
    }
    assert "548 days after it was created" in found["created"][1]
    assert "(short by 363 to 367 days)" in found["created"][1]


def test_a_rule_that_does_not_take_the_logs_deletes_nothing_of_them(tenant: Tenant, collected: Collected) -> None:
    found = told(
        tenant,
        collected,
        ruled("disabled", rule(enabled=False)),
        ruled("wrongcase", rule(prefixes=("Insights-Logs-auditlogs",))),
        ruled("blockonly", rule(blob_types=("blockBlob",))),
        ruled("elsewhere", rule(prefixes=("insights-logs-signinlogs",))),
        ruled("tiering", rule(None, cool_after_modification=30, archive_after_modification=90)),
    )
    assert {status for status, _ in found.values()} == {Status.PASS}
    assert found["disabled"][1] == "no lifecycle rule deletes it; 30 months are asked"


def test_a_rule_that_may_take_a_part_of_the_logs_leaves_it_open(tenant: Tenant, collected: Collected) -> None:
    found = told(
        tenant,
        collected,
        ruled("tagged", rule(tags=("temporary",))),
        ruled("longerprefix", rule(prefixes=(f"{LOGS}/tenantId=1",))),
    )
    assert {status for status, _ in found.values()} == {Status.INDETERMINATE}


def test_a_locked_policy_keeps_from_the_rule_what_an_unlocked_one_does_not(
    tenant: Tenant, collected: Collected
) -> None:
    def kept(name: str, policy: Immutability) -> StorageAccount:
        return replace(ruled(name, rule()), containers=[container(LOGS, immutability=policy)])

    found = told(
        tenant,
        collected,
        kept("locked", Immutability(915, "Locked")),
        kept("unlocked", Immutability(915, "Unlocked")),
        kept("tooshort", Immutability(600, "Locked")),
    )
    assert found["locked"][0] is Status.PASS
    assert found["unlocked"][0] is Status.FAIL
    assert found["tooshort"][0] is Status.FAIL


def test_days_since_the_last_read_begin_anew_with_each_and_promise_only_their_number(
    tenant: Tenant, collected: Collected
) -> None:
    read = {
        "definition": {
            "actions": {"baseBlob": {"delete": {"daysAfterLastAccessTimeGreaterThan": 548}}},
            "filters": {"blobTypes": ["appendBlob"]},
        }
    }
    longer = {
        "definition": {"actions": {"baseBlob": {"delete": {"daysAfterLastAccessTimeGreaterThan": 915}}}},
    }
    found = told(
        tenant,
        collected,
        ruled("lastread", rule(odd=Odd(values=read))),
        ruled("longer", rule(odd=Odd(values=longer))),
        ruled("both", rule(548), rule(odd=Odd(values=longer))),
    )
    assert found["lastread"][0] is Status.INDETERMINATE
    assert "last read, which each read begins anew" in found["lastread"][1]
    assert found["longer"][0] is Status.PASS
    assert found["both"][0] is Status.FAIL


def test_containers_of_data_exports_and_of_capture_count_as_well(tenant: Tenant, collected: Collected) -> None:
    exported = ruled("exported", rule(prefixes=("am-",)))
    captured = ruled("captured", rule(prefixes=("hubs",), blob_types=("blockBlob",)))
    appended = ruled("appendonly", rule(prefixes=("hubs",), blob_types=("appendBlob",)))
    azure = tenant.azure
    azure.subscriptions[0].settings = []
    azure.workspaces = [workspace(exports=[DataExport("x", ("AuditLogs",), exported.id, tenant.now)])]
    azure.settings = [
        DiagnosticSetting("law", ("AuditLogs",), workspace_id=LAW),
        *(
            DiagnosticSetting(
                name,
                ("AuditLogs",),
                event_hub_authorization_rule_id=f"{HUBS}/authorizationRules/send",
                event_hub_name=name,
            )
            for name in ("one", "two")
        ),
    ]
    azure.namespaces = [
        Namespace(
            HUBS,
            tenant.now,
            [EventHub("one", Capture(captured.id, "hubs")), EventHub("two", Capture(appended.id, "hubs"))],
        )
    ]
    azure.storage_accounts = [exported, captured, appended]
    parts = {title: part.status for title, part in collected(tenant).parts("RET-09").items()}
    assert parts == {
        "am-auditlogs in storage account exported": Status.FAIL,
        "hubs in storage account captured": Status.FAIL,
        "hubs in storage account appendonly": Status.PASS,
    }


def test_a_policy_that_cannot_be_read_is_open(tenant: Tenant, collected: Collected) -> None:
    """A rule without a number of days deletes nobody knows when."""
    empty = {"definition": {"actions": {"baseBlob": {"delete": {}}}, "filters": {"blobTypes": ["appendBlob"]}}}
    tenant.azure.storage_accounts = [ruled("coldlogs", rule(odd=Odd(values=empty)))]
    finding = collected(tenant).finding("RET-09")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.MALFORMED)


def test_a_shorter_requirement_is_met_by_the_same_rule(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.storage_accounts = [replace(account(), lifecycle=[rule(548, prefixes=())], containers=[])]
    judged = collected(tenant)
    assert judged.finding("RET-09").status is Status.FAIL
    assert judged.finding("RET-09", standard="m-26-14").status is Status.PASS
