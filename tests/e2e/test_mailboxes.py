"""What becomes of a tenant's mailboxes under MIA-01, AUD-05, AUD-06 and AUD-07, over HTTP against a simulated one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from handed_files import write_waivers
from lookback_command import check, collect_from, findings_of, parts_of

from compliance.demo.faults import CannedAnswer, Fault
from compliance.demo.mailboxes import Mailbox
from compliance.demo.odd import Odd, stable_guid
from compliance.demo.people import BypassRow
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant

CHECKS = ("MIA-01", "AUD-05", "AUD-06", "AUD-07")
BYPASS = "AUD-04"
MANAGED = ("Admin", "Delegate", "Owner")
OLD_OWNER = ("Update", "MoveToDeletedItems", "SoftDelete", "HardDelete", "UpdateFolderPermissions", "UpdateInboxRules")
"""What an owner's list held that was customised before MailItemsAccessed came to all licences."""
DENIED = CannedAnswer(status=403, body=b"")


@dataclass(frozen=True)
class Judged:
    """What was found of a tenant, check by check."""

    bundle: Path
    result: Path

    def finding(self, check_id: str) -> dict[str, Any]:
        return findings_of(self.result)[check_id, None]

    def status(self, check_id: str) -> tuple[str, str | None]:
        finding = self.finding(check_id)
        return finding["status"], finding["kind"]

    def part(self, check_id: str, part: str) -> tuple[str, str | None, int | None]:
        found = parts_of(self.finding(check_id))[part]
        return found["status"], found["kind"], found["count"]

    def parts(self, check_id: str) -> set[str]:
        return set(parts_of(self.finding(check_id)))

    def affected(self, check_id: str) -> list[dict[str, Any]]:
        lines = (self.result / "affected" / f"{check_id}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


Judge = Callable[[Tenant], Judged]


def own(tenant: Tenant) -> list[Mailbox]:
    """The mailboxes of users."""
    return [one for one in tenant.mailboxes if one.recipient_type_details == "UserMailbox"]


def discovery(tenant: Tenant) -> Mailbox:
    (found,) = (one for one in tenant.mailboxes if one.recipient_type_details == "DiscoveryMailbox")
    return found


@pytest.fixture
def tenant() -> Tenant:
    """A tenant of twelve mailboxes that record everything, and a discovery mailbox, to spoil as the test needs."""
    return load_scenario("compliant")


@pytest.fixture
def judged(tmp_path: Path) -> Judge:
    """Serve a tenant, collect, and judge."""

    def judge(tenant: Tenant) -> Judged:
        with serve(tenant) as served:
            bundle = collect_from(served, tmp_path / "bundle")
        return Judged(bundle, again(bundle, tmp_path / "result"))

    return judge


def again(bundle: Path, result: Path, *options: object) -> Path:
    run = check(bundle, result, "--checks", ",".join((*CHECKS, BYPASS)), *options)
    assert run.code in (0, 3, 4), run.said
    return result


def zoo(tenant: Tenant) -> Tenant:
    """One mailbox of every kind that is told apart."""
    for name in ("frontline", "licensed-team"):
        tenant.add_user(
            name,
            licences=("SPE_F1",) if name == "frontline" else ("SPE_E3",),
            mailbox="user" if name == "frontline" else "shared",
        )
    for part in ("SPE_F1", "SPE_E3"):
        tenant.add_sku(part, 5)
    tenant.add_user("team", account_enabled=False, mailbox="shared")
    for name, kind in (
        ("linked", "LinkedMailbox"),
        ("room", "RoomMailbox"),
        ("beamer", "EquipmentMailbox"),
        ("bookings", "SchedulingMailbox"),
        ("folders", "PublicFolderMailbox"),
        ("group", "GroupMailbox"),
        ("novelty", "HologramMailbox"),
    ):
        tenant.add_mailbox(name, kind)
    arbiter = tenant.add_mailbox("arbiter", "UserMailbox")
    arbiter.odd = Odd(values={"RecipientTypeDetails": "ArbitrationMailbox"})
    tenant.add_mailbox("former", "UserMailbox", state="inactive")
    tenant.add_mailbox("leaver", "UserMailbox", state="soft-deleted")
    tenant.add_mailbox("old-room", "RoomMailbox", state="soft-deleted")
    return tenant


@pytest.fixture(scope="module")
def of_the_zoo(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("zoo")
    with serve(zoo(load_scenario("compliant"))) as served:
        bundle = collect_from(served, folder / "bundle")
    return Judged(bundle, again(bundle, folder / "result"))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("user", ("pass", None, 12)),
        # a linked mailbox has no account in the directory, so that no licence is known to record its mail
        ("user_other_licence", ("indeterminate", "unproven", 2)),
        ("shared", ("pass", None, 1)),
        ("shared_unlicensed", ("indeterminate", "unproven", 1)),
        ("inactive", ("indeterminate", "unproven", 1)),
        ("soft_deleted", ("indeterminate", "unproven", 1)),
        ("unknown", ("indeterminate", "unproven", 1)),
    ],
)
def test_mailboxes_that_auditing_covers_are_judged_in_parts(of_the_zoo, part, expected):
    assert of_the_zoo.part("MIA-01", part) == expected


def test_each_kind_of_mailbox_is_the_matter_of_the_checks_that_it_belongs_to(of_the_zoo):
    covered = {"user", "user_other_licence", "shared", "shared_unlicensed", "inactive", "soft_deleted", "unknown"}
    for check_id in ("MIA-01", "AUD-05", "AUD-07"):
        assert of_the_zoo.parts(check_id) == covered
    outside = {"room", "equipment", "scheduling", "public_folder", "discovery", "group", "unknown"}
    assert of_the_zoo.parts("AUD-06") == outside


def test_a_room_stays_the_matter_of_aud_06_when_it_is_deleted(of_the_zoo):
    assert of_the_zoo.part("AUD-06", "room") == ("fail", None, 2)
    assert of_the_zoo.part("MIA-01", "soft_deleted")[2] == 1


def test_mailboxes_of_exchange_itself_are_left_out_and_counted(of_the_zoo):
    note = "left out: 1 mailboxes of Exchange itself (arbitration, audit log, monitoring)"
    for check_id in ("MIA-01", "AUD-05", "AUD-07"):
        assert note in of_the_zoo.finding(check_id)["notes"]
    assert "arbiter" not in json.dumps(of_the_zoo.affected("AUD-06"))


def test_groups_are_told_as_what_nobody_can_change_and_count_for_nothing(of_the_zoo):
    finding = of_the_zoo.finding("AUD-06")
    assert of_the_zoo.part("AUD-06", "group") == ("not_applicable", None, 1)
    assert (finding["affected_count"], finding["affected_total"]) == (5, 7)


def test_a_type_that_nobody_knows_is_undecided_in_every_check(of_the_zoo):
    for check_id in CHECKS[:3]:
        assert of_the_zoo.part(check_id, "unknown") == ("indeterminate", "unproven", 1)


def test_the_affected_objects_of_all_parts_are_listed_those_that_fail_first(of_the_zoo):
    affected = of_the_zoo.affected("AUD-06")
    assert [one["part"] for one in affected] == [
        "room",
        "room",
        "equipment",
        "scheduling",
        "public_folder",
        "unknown",
        "discovery",
    ]
    assert [one["decided"] for one in affected] == [True] * 5 + [False] * 2
    assert len({one["uid"] for one in affected}) == len(affected)
    assert of_the_zoo.finding("AUD-06")["samples"] == affected


def test_an_owners_list_without_the_action_fails_though_delegate_and_admin_record_it(tenant, judged):
    own(tenant)[0].default_audit_set = ("Admin", "Delegate")
    own(tenant)[0].audit_owner = OLD_OWNER
    outcome = judged(tenant)
    for check_id, why in (("MIA-01", "customised"), ("AUD-05", "Owner lacks ApplyRecord, MailItemsAccessed, Send")):
        assert outcome.part(check_id, "user") == ("fail", None, 12)
        (one,) = outcome.affected(check_id)
        assert (one["id"], one["part"]) == (own(tenant)[0].guid, "user")
        assert why in one["why"]


@pytest.mark.parametrize("logon", ["delegate", "admin"])
def test_each_logon_type_is_judged_and_not_the_owner_alone(tenant, judged, logon):
    own(tenant)[3].default_audit_set = tuple(set(MANAGED) - {logon.title()})
    setattr(own(tenant)[3], f"audit_{logon}", ("SendAs", "HardDelete"))
    outcome = judged(tenant)
    assert outcome.status("MIA-01") == ("fail", None)
    assert logon.title() in outcome.affected("MIA-01")[0]["why"]


def test_a_list_beside_a_managed_logon_type_that_lacks_the_action_is_a_contradiction(tenant, judged):
    own(tenant)[0].default_audit_set = MANAGED
    own(tenant)[0].audit_owner = OLD_OWNER
    outcome = judged(tenant)
    for check_id in ("MIA-01", "AUD-05"):
        assert outcome.status(check_id) == ("indeterminate", "contradictory")
        assert "Set-Mailbox -DefaultAuditSet" in outcome.finding(check_id)["settle"]


def test_lists_that_hold_more_than_the_defaults_pass_and_a_note_says_what_they_miss(tenant, judged):
    for mailbox in own(tenant)[:5]:
        mailbox.default_audit_set = ()
        mailbox.audit_owner = (*(mailbox.audit_owner or ()), "FolderBind", "Create")
    outcome = judged(tenant)
    assert outcome.status("AUD-05") == outcome.status("MIA-01") == ("pass", None)
    notes = " ".join(outcome.finding("AUD-05")["notes"])
    assert "12 mailboxes have customised logon types" in notes
    assert "7 mailboxes have no Create among the actions of the owner" in notes


@pytest.mark.parametrize("name", ["DefaultAuditSet", "AuditOwner", "RecipientTypeDetails", "ExternalDirectoryObjectId"])
def test_a_property_that_the_answer_does_not_hold_passes_nothing(tenant, judged, name):
    own(tenant)[0].odd = Odd(absent=frozenset({name}))
    outcome = judged(tenant)
    assert outcome.status("MIA-01")[0] == "indeterminate"
    if name != "DefaultAuditSet":  # a list that holds every default action passes by itself
        assert outcome.status("AUD-05")[0] == "indeterminate"


def test_what_says_nothing_of_recording_changes_no_verdict(tenant, judged):
    """AuditEnabled of a mailbox, while auditing is on by default for the organisation."""
    for mailbox in own(tenant):
        mailbox.audit_enabled = False
    outcome = judged(tenant)
    assert outcome.status("MIA-01") == outcome.status("AUD-05") == ("pass", None)


@pytest.mark.parametrize("switch", ["ingestion", "audit_disabled"])
def test_a_switch_that_is_off_fails_every_mailbox_at_once_without_listing_them(tenant, judged, switch):
    if switch == "ingestion":
        tenant.audit_log_config.unified_audit_log_ingestion_enabled = False
    else:
        tenant.organization_config.audit_disabled = True
    outcome = judged(tenant)
    assert outcome.status("MIA-01") == ("fail", None)
    finding = outcome.finding("MIA-01")
    assert (finding["affected_count"], finding["affected_total"], finding["samples"]) == (12, 12, [])
    assert outcome.status("AUD-05") == ("pass", None)


@pytest.mark.parametrize("cmdlet", ["Get-AdminAuditLogConfig", "Get-OrganizationConfig"])
def test_a_switch_that_is_unread_leaves_every_mailbox_open_and_says_what_settles_it(tenant, judged, cmdlet):
    own(tenant)[0].default_audit_set = ()
    own(tenant)[0].audit_owner = OLD_OWNER
    tenant.faults.append(Fault("exchange", cmdlet, DENIED, times=None))
    outcome = judged(tenant)
    assert outcome.part("MIA-01", "user") == ("indeterminate", "denied", 12)
    assert cmdlet in outcome.finding("MIA-01")["settle"]
    assert outcome.status("AUD-05") == ("fail", None)


def test_an_account_that_bypasses_auditing_fails_by_name_though_it_has_no_mailbox(tenant, judged):
    tenant.bypass.append(BypassRow("svc-reader", stable_guid(tenant.id, "svc-reader"), audit_bypass_enabled=True))
    outcome = judged(tenant)
    assert outcome.status("MIA-01") == ("fail", None)
    assert outcome.part("MIA-01", "bypassed_accounts") == ("fail", None, 1)
    assert outcome.part("MIA-01", "user") == ("pass", None, 12)
    assert [one["name"] for one in outcome.affected("MIA-01")] == ["svc-reader"]


def test_the_mailbox_of_an_account_that_bypasses_auditing_fails_with_it(tenant, judged):
    next(row for row in tenant.bypass if row.guid == own(tenant)[4].guid).audit_bypass_enabled = True
    outcome = judged(tenant)
    affected = outcome.affected("MIA-01")
    assert {one["part"] for one in affected} == {"user", "bypassed_accounts"}
    assert {one["id"] for one in affected} == {own(tenant)[4].guid}
    assert len({one["uid"] for one in affected}) == 2


def test_a_bypass_list_that_is_short_leaves_every_mailbox_open(tenant, judged):
    """Whoever may see a part of the accounts alone gets a short list without an error."""
    del tenant.bypass[3:]
    outcome = judged(tenant)
    assert outcome.part("MIA-01", "user") == ("indeterminate", "incomplete", 12)
    assert outcome.part("MIA-01", "bypassed_accounts") == ("indeterminate", "incomplete", None)
    assert outcome.status("AUD-05") == ("pass", None)


def without_in_bypass_list(tenant: Tenant, *left_out: Mailbox) -> None:
    guids = {one.guid for one in left_out}
    tenant.bypass[:] = [row for row in tenant.bypass if row.guid not in guids]


@pytest.mark.parametrize("kind", ["UserMailbox", "SharedMailbox", "LinkedMailbox", "RoomMailbox", "TeamMailbox"])
def test_a_bypass_list_with_accounts_enough_that_lacks_the_account_of_a_mailbox_is_short(kind, tenant, judged):
    """The accounts of Exchange itself stand in it too, so that its length does not tell."""
    mailbox = own(tenant)[4]
    mailbox.recipient_type_details = kind
    without_in_bypass_list(tenant, mailbox)
    outcome = judged(tenant)
    assert outcome.status(BYPASS) == ("indeterminate", "incomplete")
    assert "lacks the accounts of 1 of 12 mailboxes" in outcome.finding(BYPASS)["condition"]
    assert outcome.part("MIA-01", "bypassed_accounts") == ("indeterminate", "incomplete", None)


def test_only_the_mailbox_whose_account_the_bypass_list_lacks_is_open(tenant, judged):
    missing, bad = own(tenant)[4], own(tenant)[7]
    without_in_bypass_list(tenant, missing)
    bad.default_audit_set = ()
    bad.audit_owner = OLD_OWNER
    outcome = judged(tenant)
    affected = {one["id"]: one["decided"] for one in outcome.affected("MIA-01")}
    assert affected == {missing.guid: False, bad.guid: True}
    assert outcome.status("MIA-01") == ("fail", None)


def test_a_bypass_list_may_leave_out_the_accounts_of_mailboxes_that_nobody_signs_in_to(tenant, judged):
    without_in_bypass_list(tenant, discovery(tenant))
    assert judged(tenant).status(BYPASS) == ("pass", None)


def test_where_no_mailbox_is_found_by_its_guid_the_length_of_the_bypass_list_counts_and_that_is_said(tenant, judged):
    for row in tenant.bypass:
        row.guid = stable_guid(tenant.id, "of another kind", row.name)
    outcome = judged(tenant)
    for check_id in (BYPASS, "MIA-01"):
        assert outcome.status(check_id) == ("pass", None)
        assert any("rests on its number of accounts" in note for note in outcome.finding(check_id)["notes"])


def test_mailboxes_that_were_refused_leave_open_whether_the_bypass_list_is_whole(tenant, judged):
    tenant.faults.append(Fault("exchange", "Get-Mailbox", DENIED, times=None))
    outcome = judged(tenant)
    assert outcome.status(BYPASS) == ("indeterminate", "denied")
    assert "View-Only Recipients" in outcome.finding(BYPASS)["settle"]


def test_a_mailbox_that_cannot_be_read_leaves_open_whether_the_bypass_list_is_whole(tenant, judged):
    own(tenant)[0].odd = Odd(absent=frozenset({"Guid"}))
    assert judged(tenant).status(BYPASS) == ("indeterminate", "malformed")


def test_a_bypass_fails_whatever_else_the_list_lacks(tenant, judged):
    without_in_bypass_list(tenant, own(tenant)[4])
    next(row for row in tenant.bypass if row.guid == own(tenant)[5].guid).audit_bypass_enabled = True
    outcome = judged(tenant)
    assert outcome.status(BYPASS) == ("fail", None)
    assert "at least 1 account" in parts_of(outcome.finding("MIA-01"))["bypassed_accounts"]["condition"]


def test_mailboxes_that_a_short_list_leaves_out_are_missed_by_their_accounts(tenant, judged):
    tenant.mailboxes = [discovery(tenant), *own(tenant)[2:]]
    outcome = judged(tenant)
    for check_id in ("MIA-01", "AUD-05", "AUD-07"):
        assert outcome.part(check_id, "without_mailbox") == ("indeterminate", "incomplete", 2)
        assert outcome.part(check_id, "user")[2] == 10
        assert outcome.status(check_id) == ("indeterminate", "incomplete")
    names = [one["name"] for one in outcome.affected("MIA-01")]
    assert names == [user.user_principal_name for user in tenant.users[:2]]


def test_a_list_of_mailboxes_that_was_refused_leaves_only_its_own_part_open(tenant, judged):
    """The fourth call lists the inactive ones."""
    tenant.faults.append(Fault("exchange", "Get-Mailbox", DENIED, times=1, after=3))
    outcome = judged(tenant)
    for check_id in CHECKS:
        assert outcome.part(check_id, "inactive") == ("indeterminate", "denied", None)
    assert outcome.part("MIA-01", "user") == ("pass", None, 12)
    assert "soft_deleted" not in outcome.parts("MIA-01")


def test_users_that_were_refused_leave_licences_and_the_number_of_mailboxes_open(tenant, judged):
    tenant.faults.append(Fault("graph", "/users", DENIED, times=None))
    outcome = judged(tenant)
    assert outcome.status("MIA-01") == ("indeterminate", "denied")
    assert outcome.part("AUD-05", "user") == ("pass", None, 12)
    assert outcome.part("AUD-05", "without_mailbox") == ("indeterminate", "denied", None)
    assert "User.Read.All" in outcome.finding("AUD-05")["settle"]


def test_rooms_fail_without_auditing_are_unproven_with_it_and_the_discovery_mailbox_weighs_less(tenant, judged):
    room, other = (tenant.add_mailbox(name, "RoomMailbox") for name in ("room-a", "room-b"))
    room.audit_enabled = True
    found = discovery(tenant)
    found.audit_enabled = False
    outcome = judged(tenant)
    assert outcome.part("AUD-06", "room") == ("fail", None, 2)
    assert outcome.part("AUD-06", "discovery") == ("fail", None, 1)
    assert {one["id"] for one in outcome.affected("AUD-06") if one["decided"]} == {other.guid, found.guid}
    assert outcome.finding("AUD-06")["severity"] == "medium"


def test_where_nothing_is_outside_default_auditing_aud_06_passes_and_counts_the_groups(tenant, judged):
    tenant.mailboxes = own(tenant)
    tenant.add_mailbox("group", "GroupMailbox")
    outcome = judged(tenant)
    assert outcome.status("AUD-06") == ("pass", None)
    assert outcome.finding("AUD-06")["notes"][0].startswith("1 mailboxes of groups: ")


def test_a_discovery_mailbox_alone_fails_with_low_severity(tenant, judged):
    discovery(tenant).audit_enabled = False
    finding = judged(tenant).finding("AUD-06")
    assert (finding["status"], finding["severity"]) == ("fail", "low")


def test_searches_are_unproven_without_audit_premium_and_fail_where_they_are_not_listed(tenant, judged):
    tenant.add_sku("SPE_E3", 5)
    tenant.add_user("third", licences=("SPE_E3",))
    own(tenant)[-1].audit_owner = own(tenant)[0].audit_owner
    own(tenant)[-1].default_audit_set = ("Admin", "Delegate")
    outcome = judged(tenant)
    assert outcome.part("AUD-07", "user") == ("indeterminate", "unproven", 13)
    assert outcome.part("MIA-01", "user") == ("pass", None, 13)


# --- waivers --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_rooms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Judged, list[str]]:
    tenant = load_scenario("compliant")
    tenant.mailboxes = own(tenant)
    guids = [tenant.add_mailbox(name, "RoomMailbox").guid for name in ("room-a", "room-b")]
    guids.append(tenant.add_mailbox("beamer", "EquipmentMailbox").guid)
    folder = tmp_path_factory.mktemp("rooms")
    with serve(tenant) as served:
        bundle = collect_from(served, folder / "bundle")
    return Judged(bundle, again(bundle, folder / "result")), guids


@pytest.mark.parametrize(
    ("waived", "left_open"),
    [
        ([0, 1, 2], "not_applicable"),
        ([0, 1], "fail"),  # the equipment stays
        ([0, 2], "fail"),  # a room stays
    ],
)
def test_a_waiver_by_object_covers_a_part_whose_objects_it_all_names(two_rooms, tmp_path, waived, left_open):
    outcome, guids = two_rooms
    waiver = {"checks": ["AUD-06"], "objects": [guids[index] for index in waived]}
    path = write_waivers(tmp_path / "waivers.yaml", outcome.bundle, waiver)
    finding = findings_of(again(outcome.bundle, tmp_path / "result", "--waivers", path))["AUD-06", None]
    assert (finding["status"], finding["left_open"]) == ("fail", left_open)


def test_a_waiver_by_part_covers_that_kind_of_mailbox_alone(two_rooms, tmp_path):
    outcome, _ = two_rooms
    for parts, left_open in ((["room"], "fail"), (["room", "equipment"], "not_applicable")):
        path = write_waivers(tmp_path / "waivers.yaml", outcome.bundle, {"checks": ["AUD-06"], "parts": parts})
        result = again(outcome.bundle, tmp_path / left_open, "--waivers", path)
        assert findings_of(result)["AUD-06", None]["left_open"] == left_open


def test_a_waiver_for_fewer_than_are_affected_covers_nothing(two_rooms, tmp_path):
    outcome, _ = two_rooms
    for at_most, left_open in ((2, "fail"), (3, "not_applicable")):
        waiver = {"checks": ["AUD-06"], "at_most_affected": at_most}
        path = write_waivers(tmp_path / "waivers.yaml", outcome.bundle, waiver)
        result = again(outcome.bundle, tmp_path / left_open, "--waivers", path)
        assert findings_of(result)["AUD-06", None]["left_open"] == left_open
