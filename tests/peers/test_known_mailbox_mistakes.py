"""Mistakes that other auditors of Microsoft 365 are known to make with mailboxes, over HTTP as the others here.

A test is named after the tool and its mistake; its docstring says what the tool does, as read from its public source.
"""

from __future__ import annotations

import re

import pytest
from peer_audit import FAIL, INDETERMINATE, PASS, Audit, Outcome

from compliance.assessment.verdict import Status
from compliance.demo.mailboxes import DEFAULT_ADMIN, DEFAULT_DELEGATE, DEFAULT_OWNER, DEFAULT_SET, Mailbox
from compliance.demo.odd import Odd
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

# What E3 users had before MailItemsAccessed and Send came to Audit (Standard) in 2024.
OLD_OWNER = tuple(action for action in DEFAULT_OWNER if action not in {"MailItemsAccessed", "Send"})
AUDIT_PROPERTIES = frozenset({"AuditEnabled", "DefaultAuditSet", "AuditOwner", "AuditDelegate", "AuditAdmin"})


def mailbox(tenant: Tenant, name: str = "user001") -> Mailbox:
    (found,) = (one for one in tenant.mailboxes if one.name == name)
    return found


def customise_owner(one: Mailbox, actions: tuple[str, ...]) -> None:
    one.default_audit_set, one.audit_owner = ("Admin", "Delegate"), actions


def statuses(outcome: Outcome, *checks: str) -> tuple[Status, ...]:
    return tuple(outcome.status(check) for check in checks)


def affected(outcome: Outcome, check: str) -> set[str]:
    return {one.name.partition("@")[0] for one in outcome.finding(check).samples if one.decided}


# --- ScubaGear ------------------------------------------------------------------------------------------------------


def test_scubagear_passes_mailbox_auditing_by_the_organisations_switch_alone(audit: Audit, tenant: Tenant) -> None:
    """EXO.13.1 looks at AuditDisabled; no mailbox is asked what it records (#1417, #1072)."""
    customise_owner(mailbox(tenant), OLD_OWNER)
    outcome = audit(tenant)
    assert statuses(outcome, "AUD-03", "AUD-05", "MIA-01") == (PASS, FAIL, FAIL)
    assert affected(outcome, "MIA-01") == {"user001"}


def test_scubagear_would_judge_the_first_page_of_mailboxes_alone(audit: Audit, tenant: Tenant) -> None:
    """Its REST helper never follows @odata.nextLink: what the last page holds is not seen."""
    tenant.exchange_page_size = 3
    customise_owner(mailbox(tenant, "user012"), OLD_OWNER)
    assert affected(audit(tenant), "MIA-01") == {"user012"}


# --- Prowler --------------------------------------------------------------------------------------------------------


def test_prowler_passes_a_custom_list_without_mail_items_accessed(audit: Audit, tenant: Tenant) -> None:
    """Its three lists hold neither MailItemsAccessed nor Send, so that a mailbox without them passes."""
    one = mailbox(tenant)
    one.default_audit_set = ()
    one.audit_owner = (*OLD_OWNER, "MailboxLogin", "Move", "RecordDelete")
    one.audit_delegate = (*(a for a in DEFAULT_DELEGATE if a != "MailItemsAccessed"), "FolderBind", "Move")
    one.audit_admin = (*(a for a in DEFAULT_ADMIN if a != "MailItemsAccessed"), "Copy", "FolderBind", "Move")
    assert statuses(audit(tenant), "AUD-05", "MIA-01") == (FAIL, FAIL)


def test_prowler_fails_what_microsoft_sets(audit: Audit, tenant: Tenant) -> None:
    """It wants Copy, FolderBind, Move and MailboxLogin, which are in no default set."""
    for one in tenant.mailboxes:
        one.default_audit_set, one.audit_owner = DEFAULT_SET, DEFAULT_OWNER
    assert statuses(audit(tenant), "AUD-05", "MIA-01") == (PASS, PASS)


def test_prowler_lets_the_age_limit_of_a_mailbox_decide(audit: Audit, tenant: Tenant) -> None:
    """AuditLogAgeLimit has been ignored by Exchange since March 2025, and was never that of the unified audit log."""
    for one in tenant.mailboxes:
        one.odd = Odd(values={"AuditLogAgeLimit": "7.00:00:00"})
    assert statuses(audit(tenant), "AUD-05", "MIA-01", "RET-01") == (PASS, PASS, PASS)


def test_prowler_fails_on_audit_enabled_while_auditing_is_on_by_default(audit: Audit, tenant: Tenant) -> None:
    """Where AuditDisabled is False, a mailbox is audited whatever its own AuditEnabled says."""
    mailbox(tenant).audit_enabled = False
    assert statuses(audit(tenant), "AUD-05", "MIA-01") == (PASS, PASS)


def test_prowler_drops_every_mailbox_after_one_that_is_odd(audit: Audit, tenant: Tenant) -> None:
    """An AuditOwner of null ends its list: 1 of 3 mailboxes is kept."""
    mailbox(tenant, "user002").audit_owner = None
    customise_owner(mailbox(tenant, "user009"), OLD_OWNER)
    outcome = audit(tenant)
    assert affected(outcome, "MIA-01") == {"user009"}
    assert "user002" in {one.name.partition("@")[0] for one in outcome.finding("MIA-01").samples if not one.decided}


@pytest.mark.parametrize("check", ["AUD-05", "AUD-06", "AUD-07", "MIA-01"])
def test_prowler_recommends_a_command_that_removes_mail_items_accessed(
    audit: Audit, tenant: Tenant, check: str
) -> None:
    """Its remediation sets plain lists, which overwrite what was there, MailItemsAccessed among it."""
    mailbox(tenant).audit_owner, mailbox(tenant).default_audit_set = ("Update",), ()
    tenant.add_user("room", mailbox="room")
    finding = audit(tenant).finding(check)
    assert finding.status is FAIL
    commands = [line for line in finding.recommendation if not line.startswith("#")]
    assert any("Set-Mailbox" in line for line in commands)
    assert not [line for line in commands if re.search(r"-Audit(Owner|Delegate|Admin) (?!@\{Add=)", line)]


# --- Maester, CIPP, M365-Assess and others ----------------------------------------------------------------------------


def test_maester_does_not_see_shared_mailboxes(audit: Audit, tenant: Tenant) -> None:
    """Its Get-MtExo returns no shared mailboxes (#1417)."""
    tenant.add_user("reception", licences=("SPE_E5",), account_enabled=False, mailbox="shared")
    customise_owner(mailbox(tenant, "reception"), OLD_OWNER)
    outcome = audit(tenant)
    assert outcome.part("MIA-01", "shared").status is FAIL
    assert outcome.part("MIA-01", "user").status is PASS


def test_cipp_passes_a_list_of_one_action(audit: Audit, tenant: Tenant) -> None:
    """CIS_6_1_2 fails where AuditOwner is empty, so that [Update] passes."""
    customise_owner(mailbox(tenant), ("Update",))
    assert statuses(audit(tenant), "AUD-05", "MIA-01") == (FAIL, FAIL)


def test_cipp_and_365inspect_take_a_property_that_was_not_asked_for_for_an_empty_one(
    audit: Audit, tenant: Tenant
) -> None:
    """Their mailboxes come without any audit property: one fails every tenant for it, the other passes them."""
    for one in tenant.mailboxes:
        one.odd = Odd(absent=AUDIT_PROPERTIES)
    outcome = audit(tenant)
    assert statuses(outcome, "AUD-05", "AUD-07", "MIA-01") == (INDETERMINATE, INDETERMINATE, INDETERMINATE)


def test_m365_assess_judges_the_first_fifty_mailboxes_for_all(audit: Audit, tenant: Tenant) -> None:
    """EXO-AUDIT-003 looks at 50 mailboxes of users; the 60th is never seen."""
    for number in range(48):
        tenant.add_user(f"later{number:02}", licences=("SPE_E5",))
    customise_owner(mailbox(tenant, "later47"), OLD_OWNER)
    outcome = audit(tenant)
    assert outcome.part("MIA-01", "user").count == 60
    assert affected(outcome, "MIA-01") == {"later47"}


def test_m365foundationscisreport_asks_less_of_e3(audit: Audit, tenant: Tenant) -> None:
    """Its list for E3 is older than 2024 and lacks MailItemsAccessed, which E3 has had since."""
    tenant.add_sku("SPE_E3", 5)
    tenant.add_user("office", licences=("SPE_E3",))
    customise_owner(mailbox(tenant, "office"), OLD_OWNER)
    assert affected(audit(tenant), "MIA-01") == {"office"}


def test_m365foundationscisreport_fails_a_tenant_without_e3_and_e5(audit: Audit, tenant: Tenant) -> None:
    """No user of either kind is "Fail" there; what other licences record, only records can show."""
    tenant.add_sku("SPE_F1", 20)
    for user in tenant.users:
        user.licences[0].part_number = "SPE_F1"
    outcome = audit(tenant)
    assert (outcome.status("MIA-01"), outcome.finding("MIA-01").kind) == (INDETERMINATE, Kind.UNPROVEN)
    assert outcome.part("MIA-01", "user_other_licence").count == 12


def test_extractor_suite_shows_rooms_as_enabled_by_the_organisation(audit: Audit, tenant: Tenant) -> None:
    """It prints "Enabled (Organization Policy)" for mailboxes that the organisation's default does not reach."""
    tenant.add_user("room", mailbox="room", account_enabled=False)
    outcome = audit(tenant)
    assert (outcome.part("AUD-06", "room").status, affected(outcome, "AUD-06")) == (FAIL, {"room"})
    assert outcome.status("MIA-01") is PASS  # a room is judged where rooms are, and nowhere else


def test_extractor_suite_exports_default_audit_set_without_a_verdict(audit: Audit, tenant: Tenant) -> None:
    """Whether a customised logon type lacks something follows from its list: a superset does not."""
    for one in tenant.mailboxes:
        one.default_audit_set = ()
    outcome = audit(tenant)
    assert outcome.status("AUD-05") is PASS
    assert any(
        "new default" in note for note in (*outcome.finding("AUD-05").notes, *outcome.part("AUD-05", "user").notes)
    )


def test_extractor_suite_loses_the_owner_who_bypasses_auditing(audit: Audit, tenant: Tenant) -> None:
    """It looks for the bypass by a name; the rows of both lists carry the same Guid."""
    (row,) = (row for row in tenant.bypass if row.name == "user005")
    row.audit_bypass_enabled, row.name = True, "Somebody else entirely"
    outcome = audit(tenant)
    assert outcome.part("MIA-01", "user").status is FAIL
    assert "user005" in affected(outcome, "MIA-01")


def test_hawk_looks_at_the_owner_alone(audit: Audit, tenant: Tenant) -> None:
    """Test-OperationEnabled reads AuditOwner: what a delegate opens is what an intruder opens."""
    mailbox(tenant).default_audit_set = ("Admin",)
    mailbox(tenant).audit_delegate = tuple(action for action in DEFAULT_DELEGATE if action != "MailItemsAccessed")
    assert statuses(audit(tenant), "AUD-05", "MIA-01") == (FAIL, FAIL)


# --- nobody ---------------------------------------------------------------------------------------------------------


def test_nobody_doubts_a_managed_logon_type_whose_list_says_otherwise(audit: Audit, tenant: Tenant) -> None:
    """DefaultAuditSet names Owner, and AuditOwner lacks the action: one of both is wrong."""
    mailbox(tenant).default_audit_set, mailbox(tenant).audit_owner = DEFAULT_SET, OLD_OWNER
    outcome = audit(tenant)
    assert statuses(outcome, "AUD-05", "MIA-01") == (INDETERMINATE, INDETERMINATE)


def test_nobody_distrusts_the_lists_of_group_mailboxes(audit: Audit, tenant: Tenant) -> None:
    """Get-Mailbox shows MailItemsAccessed for groups, which never record it: they count for no pass and no failure."""
    tenant.add_mailbox("team", "GroupMailbox")
    outcome = audit(tenant)
    assert outcome.part("AUD-06", "group").status is Status.NOT_APPLICABLE
    assert {part.id for part in outcome.finding("MIA-01").parts} == {"user"}


def test_nobody_asks_after_the_mailboxes_of_people_who_left(audit: Audit, tenant: Tenant) -> None:
    """Inactive and soft-deleted mailboxes need switches of their own, and one of these lists both."""
    customise_owner(tenant.add_mailbox("former", "UserMailbox", state="inactive"), OLD_OWNER)
    customise_owner(tenant.add_mailbox("leaver", "UserMailbox", state="soft-deleted"), OLD_OWNER)
    outcome = audit(tenant)
    assert [
        (outcome.part("MIA-01", part).status, outcome.part("MIA-01", part).count)
        for part in ("inactive", "soft_deleted")
    ] == [
        (FAIL, 1),
        (FAIL, 1),
    ]


def test_nobody_notices_a_kind_of_mailbox_that_is_new(audit: Audit, tenant: Tenant) -> None:
    """A RecipientTypeDetails that is not known may be one that auditing leaves out."""
    tenant.add_mailbox("agent", "SomethingNewMailbox")
    outcome = audit(tenant)
    assert outcome.part("MIA-01", "unknown").status is INDETERMINATE
    assert statuses(outcome, "AUD-05", "AUD-06", "MIA-01") == (INDETERMINATE, INDETERMINATE, INDETERMINATE)


def test_nobody_misses_a_mailbox_that_was_not_listed(audit: Audit, tenant: Tenant) -> None:
    """An account with an Exchange plan and without a mailbox in the lists leaves it open whether all were listed."""
    tenant.mailboxes.remove(mailbox(tenant, "user007"))
    outcome = audit(tenant)
    assert (outcome.part("MIA-01", "without_mailbox").status, outcome.status("MIA-01")) == (
        INDETERMINATE,
        INDETERMINATE,
    )
