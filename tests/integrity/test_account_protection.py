"""What protects storage accounts of logs: soft delete, locks, encryption on the way, and who is let in."""

from __future__ import annotations

from dataclasses import replace

from integrity_cases import GROUP, SUBSCRIPTION, Collected, account

from compliance.assessment.verdict import Status
from compliance.demo.azure import DiagnosticSetting
from compliance.demo.azure_access import Lock
from compliance.demo.azure_stores import StorageAccount
from compliance.demo.odd import Odd
from compliance.demo.tenant import Tenant
from compliance.rules.facts import Certainty


def named(name: str, **changes: object) -> StorageAccount:
    return account(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}", **changes)


def several(tenant: Tenant, *accounts: StorageAccount) -> Tenant:
    """The tenant with a diagnostic setting for each of some storage accounts."""
    tenant.azure.subscriptions[0].settings = []
    tenant.azure.settings = [DiagnosticSetting(one.name, ("AuditLogs",), storage_account_id=one.id) for one in accounts]
    tenant.azure.storage_accounts = list(accounts)
    return tenant


def test_soft_delete_of_blobs_and_of_containers_takes_seven_days_each(tenant: Tenant, collected: Collected) -> None:
    several(
        tenant,
        named("seven", blob_soft_delete=7, container_soft_delete=7),
        named("six", blob_soft_delete=6),
        named("blobsonly", container_soft_delete=None),
        named("none", blob_soft_delete=None),
    )
    parts = collected(tenant).parts("INT-03")
    assert parts["storage account seven"].status is Status.PASS
    assert parts["storage account six"].condition == "deleted blobs are kept for 6 days, fewer than 7"
    assert parts["storage account blobsonly"].condition == "a deleted container is not kept"
    assert parts["storage account none"].status is Status.FAIL


def test_a_lock_counts_at_the_store_or_above_it_and_nowhere_else(tenant: Tenant, collected: Collected) -> None:
    several(tenant, named("own"), named("readonly"), named("nextdoor"), named("inside"))
    at = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
    tenant.azure.locks = [
        Lock(f"{at}/own".upper(), "a"),
        Lock(f"{at}/readonly", "b", "ReadOnly"),
        Lock(f"{at}/next", "c"),
        Lock(f"{GROUP}-two", "d"),
        Lock(f"{at}/inside/blobServices/default/containers/insights-logs-auditlogs", "e"),
    ]
    parts = collected(tenant).parts("INT-03")
    assert parts["storage account own"].status is Status.PASS
    assert (parts["storage account readonly"].status, len(parts["storage account readonly"].notes)) == (Status.PASS, 1)
    assert parts["storage account nextdoor"].condition == "no lock forbids to delete it"
    assert parts["storage account inside"].status is Status.FAIL


def test_a_lock_on_the_subscription_holds_for_all_in_it(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.locks = [Lock(f"/subscriptions/{SUBSCRIPTION}", "all")]
    assert collected(tenant).finding("INT-03").status is Status.PASS


def test_plain_http_and_old_tls_fail_and_newer_tls_passes(tenant: Tenant, collected: Collected) -> None:
    several(
        tenant,
        named("http", https_only=False),
        named("old", minimum_tls="TLS1_0"),
        named("older", minimum_tls="TLS1_1"),
        named("newest", minimum_tls="TLS1_3"),
        named("unknown", minimum_tls="TLS2_0"),
    )
    parts = {part.title: part.status for part in collected(tenant).parts("INT-06").values()}
    assert parts == {
        "storage account http": Status.FAIL,
        "storage account old": Status.FAIL,
        "storage account older": Status.FAIL,
        "storage account newest": Status.PASS,
        "storage account unknown": Status.INDETERMINATE,
    }


def test_an_account_that_was_never_asked_about_keys_takes_them(tenant: Tenant, collected: Collected) -> None:
    """Null stands for true, of shared keys for sure; of public access Microsoft has said both."""
    several(
        tenant,
        named("nullkey", shared_key=None),
        named("nullpublic", public_access=None),
        named("public", public_access=True),
        named("everybody", default_action="Allow"),
        named("closed"),
    )
    parts = collected(tenant).parts("INT-07")
    assert parts["storage account nullkey"].condition == "takes the account's keys (allowSharedKeyAccess is null)"
    assert parts["storage account nullkey"].certainty is Certainty.HIGH
    assert (parts["storage account nullpublic"].status, parts["storage account nullpublic"].certainty) == (
        Status.FAIL,
        Certainty.MEDIUM,
    )
    assert parts["storage account public"].certainty is Certainty.HIGH
    assert parts["storage account everybody"].status is Status.FAIL
    assert parts["storage account closed"].status is Status.PASS


def test_an_answer_without_a_property_is_open_and_not_as_if_it_were_off(tenant: Tenant, collected: Collected) -> None:
    made = account()
    made = replace(made, odd=Odd(values={"properties": {"provisioningState": "Succeeded"}}))
    tenant.azure.storage_accounts = [made]
    judged = collected(tenant)
    for check in ("INT-06", "INT-07"):
        assert judged.finding(check).status is Status.INDETERMINATE, check


def test_an_account_that_is_not_there_is_no_store(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.storage_accounts = []
    judged = collected(tenant)
    for check in ("INT-02", "INT-03", "INT-07", "RET-09"):
        assert judged.finding(check).status is Status.NOT_APPLICABLE, (check, judged.finding(check).condition)
    assert judged.parts("INT-01")["Interactive sign-ins"].status is Status.FAIL
