from __future__ import annotations

import pytest

from compliance.demo.crowd import Crowd
from compliance.demo.mailboxes import DEFAULT_ADMIN, DEFAULT_DELEGATE, DEFAULT_OWNER
from compliance.demo.scenarios import load_scenario

UNLIMITED = {"ResultSize": "Unlimited"}
DISCOVERY = "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}"
EVERY_KIND = {
    "UserMailbox": "active",
    "SharedMailbox": "active",
    "LinkedMailbox": "active",
    "RoomMailbox": "active",
    "EquipmentMailbox": "active",
    "SchedulingMailbox": "active",
    "SomethingNewMailbox": "active",
    "GroupMailbox": "active",
    "PublicFolderMailbox": "active",
    "ArbitrationMailbox": "active",
}


@pytest.fixture
def every_kind(tenant):
    tenant.mailboxes.clear()
    for kind, state in EVERY_KIND.items():
        tenant.add_mailbox(kind.lower(), kind, state=state)
    tenant.add_mailbox("inactive", "UserMailbox", state="inactive")
    tenant.add_mailbox("deleted", "UserMailbox", state="soft-deleted")
    return tenant


def listed(client, rows, **switches):
    return {row["Name"] for row in rows(client.run("exchange", "Get-Mailbox", {**UNLIMITED, **switches}))}


def test_the_plain_call_lists_every_kind_but_groups_public_folders_exchanges_own_and_what_was_deleted(
    every_kind, client, rows
):
    apart = {"groupmailbox", "publicfoldermailbox", "arbitrationmailbox"}
    assert listed(client, rows) == {kind.lower() for kind in EVERY_KIND} - apart


@pytest.mark.parametrize(
    ("switch", "names"),
    [
        ("GroupMailbox", {"groupmailbox"}),
        ("PublicFolder", {"publicfoldermailbox"}),
        ("InactiveMailboxOnly", {"inactive"}),
        ("SoftDeletedMailbox", {"deleted", "inactive"}),
    ],
)
def test_each_switch_lists_what_the_plain_call_leaves_out(every_kind, client, rows, switch, names):
    assert listed(client, rows, **{switch: True}) == names


def test_a_switch_that_is_false_is_as_good_as_none(every_kind, client, rows):
    assert listed(client, rows, GroupMailbox=False) == listed(client, rows)


def test_kinds_narrow_the_list_and_a_name_that_is_no_kind_finds_nothing_without_an_error(every_kind, client, rows):
    kinds = {"RecipientTypeDetails": ["SharedMailbox", "roommailbox"]}
    assert listed(client, rows, **kinds) == {"sharedmailbox", "roommailbox"}
    assert listed(client, rows, RecipientTypeDetails="SharedMailboxes") == set()


def test_an_unknown_parameter_is_refused(client):
    assert client.run("exchange", "Get-Mailbox", {"Archives": True}).status_code == 400


def test_a_mailbox_shows_what_auditing_is_set_to_and_the_ids_of_its_account_in_both_directories(client, rows, tenant):
    found = rows(client.run("exchange", "Get-Mailbox", UNLIMITED))
    user = next(row for row in found if row["Name"] == "user001")
    assert user["DefaultAuditSet"] == ["Admin", "Delegate"]  # the owner's list was added to
    assert user["AuditOwner"] == [*DEFAULT_OWNER, "SearchQueryInitiated"]
    assert user["AuditDelegate"] == list(DEFAULT_DELEGATE)
    assert user["AuditAdmin"] == list(DEFAULT_ADMIN)
    assert (user["AuditEnabled"], user["RecipientTypeDetails"]) == (True, "UserMailbox")
    assert user["ExternalDirectoryObjectId"] == tenant.users[0].id
    assert user["Guid"] == next(row.guid for row in tenant.bypass if row.name == "user001") != tenant.users[0].id


def test_every_tenant_has_a_discovery_mailbox_without_an_account_and_without_auditing(visit, rows):
    client = visit(load_scenario("ordinary"))
    found = rows(client.run("exchange", "Get-Mailbox", UNLIMITED))
    discovery = next(row for row in found if row["RecipientTypeDetails"] == "DiscoveryMailbox")
    assert (discovery["Name"], discovery["ExternalDirectoryObjectId"]) == (DISCOVERY, "")
    assert discovery["AuditEnabled"] is False


def test_rooms_are_not_audited_and_groups_show_lists_that_do_not_hold_for_them(visit, rows):
    client = visit(load_scenario("ordinary"))
    rooms = rows(client.run("exchange", "Get-Mailbox", {**UNLIMITED, "RecipientTypeDetails": "RoomMailbox"}))
    assert {row["AuditEnabled"] for row in rooms} == {False}
    groups = rows(client.run("exchange", "Get-Mailbox", {**UNLIMITED, "GroupMailbox": True}))
    assert len(groups) == 8
    assert all("MailItemsAccessed" in row["AuditOwner"] for row in groups)


def test_without_a_size_a_thousand_are_shown_and_a_warning_tells(visit, rows):
    client = visit(load_scenario("generated:1500"))
    reply = client.run("exchange", "Get-Mailbox")
    assert len(rows(reply)) == 1000
    assert "ResultSize" in reply.json()["@adminapi.warnings"][0]


def test_pages_of_a_generated_tenant_hold_every_mailbox_once_and_each_account_of_it(visit, rows):
    client = visit(load_scenario("generated:2500"))
    found, page = [], client.run("exchange", "Get-Mailbox", UNLIMITED)
    while True:
        found += rows(page)
        if "@odata.nextLink" not in page.json():
            break
        page = client.run("exchange", "Get-Mailbox", UNLIMITED, url=page.json()["@odata.nextLink"])
    assert len(found) == len({row["Guid"] for row in found}) == 2504
    accounts = {user.id for user in client.tenant.all_users}
    assert sum(row["ExternalDirectoryObjectId"] in accounts for row in found) == 2503
    guids = {row.guid for row in client.tenant.all_bypass}
    assert {row["Guid"] for row in found} <= guids


def test_a_generated_tenant_states_nothing_but_its_size():
    tenant = load_scenario("generated:100000")
    assert len(tenant.users) == 3
    assert len(tenant.all_users) == 105_003
    assert tenant == load_scenario("generated:100000")


def test_the_mix_of_a_generated_tenant_is_the_one_stated():
    crowd = Crowd("t", "d.example", "i.example", 10_000)
    mailboxes = [crowd.mailbox(number) for number in range(10_000)]
    kinds = [one.recipient_type_details for one in mailboxes]
    assert [kinds.count(kind) for kind in ("UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox")] == [
        9300,
        500,
        150,
        50,
    ]
    licences = [licence.part_number for number in range(10_000) for licence in crowd.user(number).licences]
    assert [licences.count(part) for part in ("SPE_E5", "SPE_E3", "SPE_F1")] == [7800, 1200, 300]
    blind = [one for one in mailboxes if "MailItemsAccessed" not in one.audit_owner]
    assert len(blind) == 20
    assert {one.default_audit_set for one in blind} == {("Admin", "Delegate")}
    assert sum(bool(crowd.bypass(number).audit_bypass_enabled) for number in range(10_000)) == 2
    assert len({crowd.user(number).id for number in range(crowd.accounts)}) == 10_500
