"""Mistakes that other auditors of Microsoft 365 are known to make, each over HTTP against a simulated tenant.

A test is named after the tool and its mistake; its docstring says what the tool does, as read from its public source.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from peer_audit import FAIL, INDETERMINATE, PASS, Audit

from checks import all_checks
from compliance.assessment.gate import ExitCode, Gate, exit_code
from compliance.demo.faults import CannedAnswer, Delay, Fault
from compliance.demo.odd import Odd, stable_guid
from compliance.demo.people import BypassRow
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import RetentionPolicy, Tenant
from compliance.evidence.datasets import State
from compliance.evidence.unread import Kind

BYPASS = "Get-MailboxAuditBypassAssociation"
AUDIT_CONFIG = "Get-AdminAuditLogConfig"
POLICIES = "Get-UnifiedAuditLogRetentionPolicy"


def add_policy(
    tenant: Tenant,
    *,
    priority: int,
    duration: str,
    record_types: tuple[str, ...] = (),
    operations: tuple[str, ...] = (),
    users: tuple[str, ...] = (),
    enabled: bool | None = True,
    mode: str | None = "Enforce",
    odd: Odd | None = None,
) -> None:
    name = f"added {len(tenant.policies)}"
    policy = RetentionPolicy(
        name=name,
        guid=stable_guid(tenant.id, "retention policy", name),
        priority=priority,
        retention_duration=duration,
        when_changed=tenant.policies[0].when_changed if tenant.policies else tenant.now,
        record_types=record_types,
        operations=operations,
        user_ids=users,
        enabled=enabled,
        mode=mode,
    )
    tenant.policies.append(policy if odd is None else replace(policy, odd=odd))


def without_teams_policy(tenant: Tenant) -> Tenant:
    """The tenant with Teams records at their default of 180 days."""
    tenant.policies = [policy for policy in tenant.policies if policy.record_types != ("MicrosoftTeams",)]
    return tenant


def test_the_tenant_of_the_mistakes_fails_nothing_before_it_is_spoiled(audit: Audit, tenant: Tenant) -> None:
    """Otherwise no test here could fail."""
    found = {finding.check: finding.status for finding in audit(tenant).assessment.findings}
    assert found.keys() == {one.id for one in all_checks() if one.standards is None}
    assert set(found.values()) == {PASS, INDETERMINATE}
    # What is open takes records, or somebody's word: which subscriptions there are, and who keeps what elsewhere.
    assert {check for check, status in found.items() if status is PASS} == {
        *("AUD-01", "AUD-03", "AUD-04", "AUD-05", "AUD-07", "AUD-08", "MIA-01", "ACC-05", "EXP-01"),
        *("RET-01", "RET-02", "RET-03", "RET-05"),
    }


# --- ScubaGear ------------------------------------------------------------------------------------------------------


def test_scubagear_ignores_the_priority_of_a_short_policy(audit: Audit, tenant: Tenant) -> None:
    """5.2 passes on any enabled policy of a year, though one of 7 days has priority 1 (ScubaGear #2374)."""
    add_policy(tenant, priority=1, duration="SevenDays", record_types=("ExchangeItemAggregated",))
    add_policy(tenant, priority=2, duration="TwelveMonths", record_types=("ExchangeItemAggregated",))
    outcome = audit(tenant)
    assert (outcome.status("RET-01"), outcome.status("RET-03")) == (FAIL, FAIL)


def test_scubagear_takes_a_policy_for_one_user_for_everybody(audit: Audit, tenant: Tenant) -> None:
    """5.2 does not look at UserIds."""
    without_teams_policy(tenant)
    one = tenant.users[0].user_principal_name
    add_policy(tenant, priority=1, duration="TwelveMonths", record_types=("MicrosoftTeams",), users=(one,))
    assert audit(tenant).status("RET-02") is FAIL


def test_scubagear_takes_a_policy_for_microsoft_forms_for_every_record_type(audit: Audit, tenant: Tenant) -> None:
    """5.2 does not look at RecordTypes."""
    without_teams_policy(tenant)
    add_policy(tenant, priority=1, duration="TwelveMonths", record_types=("MicrosoftForms",))
    assert audit(tenant).status("RET-02") is FAIL


def test_scubagear_takes_a_policy_for_one_operation_for_all(audit: Audit, tenant: Tenant) -> None:
    """5.2 does not look at Operations."""
    without_teams_policy(tenant)
    types, operations = ("MicrosoftTeams",), ("MessageSent",)
    add_policy(tenant, priority=1, duration="TwelveMonths", record_types=types, operations=operations)
    assert audit(tenant).status("RET-02") is FAIL


def test_scubagear_counts_a_policy_that_is_being_deleted(audit: Audit, tenant: Tenant) -> None:
    """5.2 does not look at Mode: PendingDeletion passes."""
    without_teams_policy(tenant)
    types = ("MicrosoftTeams",)
    add_policy(tenant, priority=1, duration="TwelveMonths", record_types=types, mode="PendingDeletion")
    assert audit(tenant).status("RET-02") is INDETERMINATE


@pytest.mark.parametrize("text", ["False", "True"])
def test_scubagear_takes_the_text_false_for_enabled(audit: Audit, tenant: Tenant, text: str) -> None:
    """5.2 asks whether Enabled differs from false, which the string "False" does."""
    without_teams_policy(tenant)
    odd = Odd(values={"Enabled": text})
    add_policy(tenant, priority=1, duration="TwelveMonths", record_types=("MicrosoftTeams",), odd=odd)
    assert audit(tenant).status("RET-02") is INDETERMINATE


def test_scubagear_passes_over_tied_priorities(audit: Audit, tenant: Tenant) -> None:
    """5.2 passes where two policies share a priority, and one of them is short."""
    types = ("ExchangeItemAggregated",)
    add_policy(tenant, priority=1, duration="TwelveMonths", record_types=types)
    add_policy(tenant, priority=1, duration="SevenDays", record_types=types)
    assert audit(tenant).status("RET-01") is INDETERMINATE


def test_scubagear_fails_the_default_year_of_audit_premium(audit: Audit, tenant: Tenant) -> None:
    """5.2 fails a tenant without custom policies, though the built-in policy keeps mail for a year."""
    tenant.policies = []
    outcome = audit(tenant)
    assert (outcome.status("RET-01"), outcome.status("RET-03")) == (PASS, PASS)


@pytest.mark.parametrize("spelling", ["twelvemonths", "TWELVEMONTHS"])
def test_scubagear_minds_the_letter_case_of_durations(audit: Audit, tenant: Tenant, spelling: str) -> None:
    """5.2 fails "twelvemonths"."""
    tenant.policies = [replace(policy, retention_duration=spelling) for policy in tenant.policies]
    assert audit(tenant).status("RET-02") is PASS


def test_scubagear_does_not_say_that_it_does_not_know_a_duration(audit: Audit, tenant: Tenant) -> None:
    """A duration that 5.2 does not know fails without a word."""
    tenant.policies = [replace(policy, retention_duration="FifteenMonths") for policy in tenant.policies]
    finding = audit(tenant).finding("RET-02")
    assert finding.status is INDETERMINATE
    assert "FifteenMonths" in f"{finding.settle} {finding.cause}"


def test_scubagear_counts_licences_by_tenant(audit: Audit, tenant: Tenant) -> None:
    """5.2 needs one subscription with Audit (Premium) in the tenant; nobody asks who holds it (ScubaGear #1839)."""
    tenant.add_sku("SPE_E3", 5)
    tenant.add_user("standard", licences=("SPE_E3",))
    outcome = audit(tenant)
    assert outcome.status("RET-01") is FAIL
    assert outcome.part("RET-01", "member_with_audit_plan").status is PASS
    assert outcome.part("RET-01", "member_without_audit_plan").status is FAIL


def test_scubagear_does_not_follow_the_next_link(audit: Audit, tenant: Tenant) -> None:
    """Its REST helper asks for pages of 1,000 and never follows @odata.nextLink."""
    tenant.exchange_page_size = 5
    tenant.bypass[-1].audit_bypass_enabled = True
    outcome = audit(tenant)
    assert outcome.status("AUD-04") is FAIL
    assert [sample.name for sample in outcome.finding("AUD-04").samples] == [tenant.bypass[-1].name]


def test_scubagear_passes_an_organisation_without_the_property(audit: Audit, tenant: Tenant) -> None:
    """EXO.13.1 fails only where AuditDisabled is true, so that an answer without it passes."""
    tenant.organization_config.odd = Odd(absent=frozenset({"AuditDisabled"}))
    assert audit(tenant).status("AUD-03") is INDETERMINATE


def test_scubagear_passes_a_mixed_list_of_true_and_false(audit: Audit, tenant: Tenant) -> None:
    """5.1 needs one object that says true, whatever the others say."""
    rows = [{"UnifiedAuditLogIngestionEnabled": value} for value in (True, False)]
    tenant.override("exchange", AUDIT_CONFIG, {"value": rows})
    finding = audit(tenant).finding("AUD-01")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.CONTRADICTORY)


@pytest.mark.parametrize("text", ["True", "False"])
def test_scubagear_fails_the_text_true_without_saying_that_it_is_text(audit: Audit, tenant: Tenant, text: str) -> None:
    """5.1 fails where the value is the string "True"; it is neither on nor off, it is malformed."""
    tenant.audit_log_config.odd = Odd(values={"UnifiedAuditLogIngestionEnabled": text})
    finding = audit(tenant).finding("AUD-01")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.MALFORMED)


def test_scubagear_hides_that_it_may_not_read_the_policies(audit: Audit) -> None:
    """A 403 of a read-only identity is suppressed, and the report points to a terminal that is silent (#2375)."""
    finding = audit(load_scenario("least-privilege")).finding("RET-03")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.DENIED)
    assert finding.settle is not None
    assert "Organization Configuration" in finding.settle


# --- Prowler --------------------------------------------------------------------------------------------------------


def test_prowler_passes_an_organisation_without_the_property(audit: Audit, tenant: Tenant) -> None:
    """Where AuditDisabled is missing its model puts False, which passes."""
    tenant.organization_config.odd = Odd(absent=frozenset({"AuditDisabled"}))
    finding = audit(tenant).finding("AUD-03")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.MALFORMED)


def test_prowler_has_no_finding_where_it_has_no_data(audit: Audit) -> None:
    """Without data its checks yield nothing at all, and so nothing fails."""
    outcome = audit(load_scenario("everything-denied"))
    assert {finding.check: finding.status for finding in outcome.assessment.findings} == {
        one.id: INDETERMINATE for one in all_checks() if one.standards is None
    }
    assert exit_code(outcome.assessment, Gate("m-21-31")) is ExitCode.INDETERMINATE


def test_prowler_reads_the_first_thousand_accounts_alone(audit: Audit, tenant: Tenant) -> None:
    """It calls the cmdlet without -ResultSize, which stops at 1,000: a bypass in row 1,001 is never seen."""
    while len(tenant.bypass) < 1000:
        name = f"system{len(tenant.bypass)}"
        tenant.bypass.append(BypassRow(name, stable_guid(tenant.id, "exchange", name)))
    tenant.bypass.append(BypassRow("hidden", stable_guid(tenant.id, "exchange", "hidden"), audit_bypass_enabled=True))
    outcome = audit(tenant)
    asked = [request.parameters for request in outcome.served.requests.to("exchange") if request.cmdlet == BYPASS]
    assert asked
    assert all(parameters == {"ResultSize": "Unlimited"} for parameters in asked)
    assert outcome.status("AUD-04") is FAIL
    assert [sample.name for sample in outcome.finding("AUD-04").samples] == ["hidden"]
    assert outcome.finding("AUD-04").affected_total == 1001


def test_prowler_drops_every_row_after_one_that_is_odd(audit: Audit, tenant: Tenant) -> None:
    """One row with a null or an object where it expects text ends its list: 1 of 3 is kept."""
    tenant.bypass[1].odd = Odd(values={"AuditBypassEnabled": None, "Name": {"odd": True}})
    tenant.bypass[-1].audit_bypass_enabled = True
    outcome = audit(tenant)
    assert outcome.status("AUD-04") is FAIL
    assert outcome.finding("AUD-04").affected_total == len(tenant.bypass)


def test_prowler_breaks_on_one_object_in_place_of_a_list(audit: Audit, tenant: Tenant) -> None:
    """A single object raises AttributeError inside it, and there are zero findings."""
    tenant.override("exchange", BYPASS, {"value": {"Name": "one", "AuditBypassEnabled": False}})
    outcome = audit(tenant)
    assert outcome.state("exchange.mailbox_audit_bypass") is State.FAILED
    assert outcome.status("AUD-04") is INDETERMINATE


def test_prowler_takes_a_slow_answer_for_an_empty_one(audit: Audit, tenant: Tenant) -> None:
    """It gives a cmdlet ten seconds, and then goes on with {}. An answer that is late is read as it is."""
    tenant.bypass[0].audit_bypass_enabled = True
    tenant.faults.append(Fault("exchange", BYPASS, Delay(1.0)))
    assert audit(tenant).status("AUD-04") is FAIL


# --- Maester --------------------------------------------------------------------------------------------------------


def test_maester_passes_an_empty_answer(audit: Audit, tenant: Tenant) -> None:
    """CIS 3.1.1 fails on any object that is not true: no object, no failure."""
    tenant.override("exchange", AUDIT_CONFIG, {"value": []})
    finding = audit(tenant).finding("AUD-01")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.FAILED)


def test_maester_shows_a_null_as_a_passed_test(audit: Audit, tenant: Tenant) -> None:
    """EXO.17.1 asserts only where the result is not null, and a test without an assertion has passed."""
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = None
    finding = audit(tenant).finding("AUD-01")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.MALFORMED)


def test_maester_passes_an_organisation_whose_setting_is_null(audit: Audit, tenant: Tenant) -> None:
    """EXO.13.1 is -not AuditDisabled, and -not null is true."""
    tenant.organization_config.audit_disabled = None
    assert audit(tenant).status("AUD-03") is INDETERMINATE


def test_maester_passes_over_a_short_policy_if_one_long_one_names_five_record_types(
    audit: Audit, tenant: Tenant
) -> None:
    """EXO.17.3 needs one policy of a year that names five Exchange types; a shorter one above it is not seen."""
    five = (
        *("ExchangeAdmin", "ExchangeItem", "ExchangeItemGroup"),
        *("ExchangeAggregatedOperation", "ExchangeItemAggregated"),
    )
    add_policy(tenant, priority=2, duration="TwelveMonths", record_types=five)
    add_policy(tenant, priority=1, duration="SevenDays", record_types=("ExchangeItemAggregated",))
    assert audit(tenant).status("RET-01") is FAIL


def test_maester_fails_a_year_that_is_split_over_two_policies(audit: Audit, tenant: Tenant) -> None:
    """EXO.17.3 wants all types in one policy."""
    add_policy(tenant, priority=1, duration="TwelveMonths", record_types=("ExchangeItemAggregated",))
    add_policy(tenant, priority=2, duration="TwelveMonths", record_types=("ExchangeItem", "ExchangeAdmin"))
    outcome = audit(tenant)
    assert (outcome.status("RET-01"), outcome.status("RET-02")) == (PASS, PASS)


def test_maester_skips_a_tenant_without_audit_premium(audit: Audit, tenant: Tenant) -> None:
    """EXO.17.3 is skipped without the plan, so that 180 days are not reported as too few."""
    tenant.skus.clear()
    tenant.add_sku("SPE_E3", 20)
    for user in tenant.users:
        user.licences[0].part_number = "SPE_E3"
    assert audit(tenant).status("RET-01") is FAIL


# --- the endpoint that always says False ----------------------------------------------------------------------------


def test_monkey365_maester_and_m365_assess_read_the_switch_from_security_and_compliance(
    audit: Audit, tenant: Tenant
) -> None:
    """There the value is always False (Get-AdminAuditLogConfig), and a tenant that is right fails."""
    outcome = audit(tenant)
    asked = {request.api for request in outcome.served.requests.all() if request.cmdlet == AUDIT_CONFIG}
    assert (asked, outcome.status("AUD-01")) == ({"exchange"}, PASS)


def test_a_switch_that_exchange_online_says_is_off_is_believed(audit: Audit, tenant: Tenant) -> None:
    """Whoever learns to distrust False must still believe it from Exchange Online."""
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = False
    assert audit(tenant).status("AUD-01") is FAIL


# --- CIPP, monkey365, 365Inspect and others -------------------------------------------------------------------------


def test_cipp_takes_admin_audit_log_enabled_for_a_year_of_retention(audit: Audit, tenant: Tenant) -> None:
    """Its EXO.17.3 passes where AdminAuditLogEnabled is true, which it always is, also under a policy of 7 days."""
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = False
    tenant.audit_log_config.odd = Odd(values={"AdminAuditLogEnabled": True})
    add_policy(tenant, priority=1, duration="SevenDays", record_types=("ExchangeItemAggregated",))
    outcome = audit(tenant)
    assert (outcome.status("AUD-01"), outcome.status("RET-01")) == (FAIL, FAIL)


def test_monkey365_fails_on_admin_audit_log_enabled(audit: Audit, tenant: Tenant) -> None:
    """It wants AdminAuditLogEnabled as well, which is not the switch of the unified audit log."""
    tenant.audit_log_config.odd = Odd(values={"AdminAuditLogEnabled": False})
    assert audit(tenant).status("AUD-01") is PASS


def test_cipp_looks_for_the_bypass_in_a_property_that_does_not_exist(audit: Audit, tenant: Tenant) -> None:
    """It reads AuditBypassEnabled of Get-Mailbox, which has none, and always passes."""
    for row in tenant.bypass:
        row.odd = Odd(absent=frozenset({"AuditBypassEnabled"}))
    assert audit(tenant).status("AUD-04") is INDETERMINATE


def test_monkey365_passes_an_empty_list_of_accounts(audit: Audit, tenant: Tenant) -> None:
    """Its bypass rule finds nothing in an empty collection, and no finding is a pass."""
    tenant.bypass.clear()
    finding = audit(tenant).finding("AUD-04")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.FAILED)


def test_365inspect_takes_an_error_for_a_clean_answer(audit: Audit, tenant: Tenant) -> None:
    """An exception becomes null, null becomes no finding, and no finding is silence."""
    error = CannedAnswer(status=400, body=b'{"error":{"code":"BadRequest","message":"Invalid Operation"}}')
    tenant.faults.append(Fault("exchange", AUDIT_CONFIG, error, times=None))
    outcome = audit(tenant)
    assert outcome.status("AUD-01") is INDETERMINATE
    assert exit_code(outcome.assessment, Gate("m-21-31")) is ExitCode.INDETERMINATE


@pytest.mark.parametrize("limit", ["7.00:00:00", "3650.00:00:00"])
def test_prowler_takes_an_age_limit_for_the_retention_of_the_audit_log(
    audit: Audit, tenant: Tenant, limit: str
) -> None:
    """AdminAuditLogAgeLimit and AuditLogAgeLimit do not say how long the unified audit log keeps a record."""
    without_teams_policy(tenant)
    tenant.audit_log_config.odd = Odd(values={"AdminAuditLogAgeLimit": limit, "AuditLogAgeLimit": limit})
    outcome = audit(tenant)
    assert (outcome.status("RET-01"), outcome.status("RET-02")) == (PASS, FAIL)


def test_m365_assess_looks_at_the_first_fifty_alone(audit: Audit, tenant: Tenant) -> None:
    """EXO-AUDIT-003 judges 50 mailboxes and speaks for all."""
    for number in range(60):
        tenant.add_user(f"later{number}", licences=("SPE_E5",) if number < 59 else ())
    tenant.bypass[-1].audit_bypass_enabled = True
    outcome = audit(tenant)
    assert (outcome.status("AUD-04"), outcome.status("RET-01")) == (FAIL, FAIL)
    assert outcome.part("RET-01", "unlicensed").count == 1


def test_m365_assess_drops_a_control_that_it_could_not_read(audit: Audit, tenant: Tenant) -> None:
    """On an error the row of EXO-AUDIT-002 disappears from the report."""
    tenant.faults.append(Fault("exchange", BYPASS, CannedAnswer(status=403, body=b""), times=None))
    assert audit(tenant).status("AUD-04") is INDETERMINATE


def test_steampipe_counts_the_records_of_another_log(audit: Audit, tenant: Tenant) -> None:
    """3.1.1 passes where there is any directory audit, a log that is always on, while unified auditing is off."""
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = False
    outcome = audit(tenant)
    assert outcome.status("AUD-01") is FAIL
    assert not any("auditLogs" in request.path for request in outcome.served.requests.to("graph"))


def test_extractor_suite_joins_the_bypass_by_a_name_that_does_not_match(audit: Audit, tenant: Tenant) -> None:
    """It files the bypass under Identity and looks it up by userPrincipalName, where it is lost."""
    tenant.bypass[-1].name = "Somebody's Display Name"
    tenant.bypass[-1].audit_bypass_enabled = True
    finding = audit(tenant).finding("AUD-04")
    assert finding.status is FAIL
    assert [sample.id for sample in finding.samples] == [tenant.bypass[-1].guid]


def test_nobody_sees_that_a_reading_broke_off_in_the_middle(audit: Audit, tenant: Tenant) -> None:
    """What came before the break is clean, so that a tool which keeps it passes."""
    tenant.exchange_page_size = 5
    error = CannedAnswer(status=400, body=b'{"error":{"code":"BadRequest","message":"Invalid Operation"}}')
    tenant.faults.append(Fault("exchange", BYPASS, error, times=None, continuation=True))
    outcome = audit(tenant)
    assert outcome.state("exchange.mailbox_audit_bypass") is State.PARTIAL
    finding = outcome.finding("AUD-04")
    assert (finding.status, finding.kind) == (INDETERMINATE, Kind.INCOMPLETE)


def test_nobody_counts_a_user_whom_a_policy_names_and_who_is_gone(audit: Audit, tenant: Tenant) -> None:
    """A name that belongs to nobody may be anybody's: a short policy with it may be in force for all."""
    add_policy(
        tenant,
        priority=1,
        duration="SevenDays",
        record_types=("ExchangeItemAggregated",),
        users=(f"gone@{tenant.domain}",),
    )
    assert audit(tenant).status("RET-01") is INDETERMINATE
