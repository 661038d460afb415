"""Get-Mailbox: the switches that choose which mailboxes it lists, and what it shows of one.

Sources: Get-Mailbox (https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailbox), records that
rknightion/graph2otel published from a live tenant, and V. Michev, "Working with soft-deleted objects in Exchange
Online" (https://www.michev.info/blog/post/4040): an inactive mailbox is a soft-deleted one on hold, so that the switch
for these lists it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from compliance.demo.adminapi import Cmdlet, Parameters, Row
from compliance.demo.crowd import Listed
from compliance.demo.mailboxes import Mailbox
from compliance.demo.objects import FOREST, VIEW_RECIPIENTS, distinguished_name, organization_id
from compliance.demo.tenant import Tenant

_APART = frozenset(
    {"GroupMailbox", "PublicFolderMailbox", "ArbitrationMailbox", "AuditLogMailbox", "MonitoringMailbox"}
)
_SWITCHES: dict[str, Callable[[Mailbox], bool]] = {
    "groupmailbox": lambda one: one.state == "active" and one.recipient_type_details == "GroupMailbox",
    "publicfolder": lambda one: one.state == "active" and one.recipient_type_details == "PublicFolderMailbox",
    "inactivemailboxonly": lambda one: one.state == "inactive",
    "softdeletedmailbox": lambda one: one.state != "active",
}


def _plain(one: Mailbox) -> bool:
    return one.state == "active" and one.recipient_type_details not in _APART


def _mailboxes(tenant: Tenant, parameters: Parameters) -> Sequence[Mailbox]:
    chosen = next((listed for switch, listed in _SWITCHES.items() if parameters.get(switch) is True), None)
    found: Sequence[Mailbox] = [one for one in tenant.mailboxes if (chosen or _plain)(one)]
    if chosen is None:
        crowd = tenant.crowd
        found = Listed(found, crowd.mailboxes, crowd.mailbox)
        if parameters.get("includeinactivemailbox") is True:
            found = [*found, *(one for one in tenant.mailboxes if one.state == "inactive")]
    kinds = parameters.get("recipienttypedetails")
    if kinds is not None:
        # A name that is no kind of mailbox is no error: nothing is of that kind.
        named = kinds if isinstance(kinds, list) else str(kinds).split(",")
        wanted = {str(kind).strip().lower() for kind in named}
        found = [one for one in found if one.recipient_type_details.lower() in wanted]
    identity = parameters.get("identity")
    if identity is None:
        return found
    return [one for one in found if identity in {one.name, one.guid, one.user_principal_name}]


def _mailbox(tenant: Tenant, one: Mailbox) -> Row:
    kind, guid = one.recipient_type_details, UUID(one.guid)
    return Row(
        {
            "ExternalDirectoryObjectId": one.external_directory_object_id,
            "UserPrincipalName": one.user_principal_name,
            "Alias": one.name,
            "DisplayName": one.display_name,
            "PrimarySmtpAddress": f"{one.name}@{tenant.domain}",
            "EmailAddresses": (f"SMTP:{one.name}@{tenant.domain}", f"smtp:{one.name}@{tenant.initial_domain}"),
            "RecipientType": "UserMailbox",
            "RecipientTypeDetails": kind,
            "IsShared": kind == "SharedMailbox",
            "IsResource": kind in {"RoomMailbox", "EquipmentMailbox", "SchedulingMailbox"},
            "IsInactiveMailbox": one.state == "inactive",
            "IsSoftDeletedByRemove": one.state != "active",
            "AuditEnabled": one.audit_enabled,
            "AuditLogAgeLimit": timedelta(days=90),
            "AuditAdmin": one.audit_admin,
            "AuditDelegate": one.audit_delegate,
            "AuditOwner": one.audit_owner,
            "DefaultAuditSet": one.default_audit_set,
            "HiddenFromAddressListsEnabled": kind == "DiscoveryMailbox",
            "LitigationHoldEnabled": one.state == "inactive",
            "ArchiveStatus": "None",
            "MailboxPlan": None,
            "WhenMailboxCreated": tenant.created,
            "WhenCreatedUTC": tenant.created,
            "WhenChangedUTC": tenant.created,
            "WhenSoftDeleted": None if one.state == "active" else tenant.now - timedelta(days=11),
            "Name": one.name,
            "Identity": one.name,
            "Id": one.name,
            "DistinguishedName": distinguished_name(tenant, one.name),
            "ExchangeGuid": guid,
            "ExchangeObjectId": guid,
            "Guid": guid,
            "OrganizationId": organization_id(tenant),
            "OriginatingServer": f"BL0PR09A01DC001.{FOREST}",
            "IsValid": True,
            "ObjectState": "Changed",
        },
        one.odd,
    )


MAILBOXES = Cmdlet(
    "Get-Mailbox",
    _mailboxes,
    _mailbox,
    VIEW_RECIPIENTS,
    frozenset({"identity", "resultsize", "recipienttypedetails", "includeinactivemailbox", *_SWITCHES}),
)
"""The cmdlet that lists mailboxes. Without a switch it leaves out groups, public folders, and what was deleted."""
