"""From a scenario file to a tenant's mailboxes and roles."""

from __future__ import annotations

from compliance.demo import stated
from compliance.demo.mailboxes import DEFAULT_ADMIN, DEFAULT_DELEGATE, DEFAULT_OWNER, DEFAULT_SET, Mailbox
from compliance.demo.odd import stable_guid
from compliance.demo.people import User
from compliance.demo.roles import DirectoryRole, RoleGroup, exchange_role_groups, purview_role_groups
from compliance.demo.tenant import COLLECTOR, Tenant


def customise(mailbox: Mailbox, auditing: stated.Auditing) -> None:
    """Change what auditing is set to on a mailbox, as Set-Mailbox would: what is named is no longer Microsoft's."""
    if auditing.enabled is not None:
        mailbox.audit_enabled = auditing.enabled
    managed = list(DEFAULT_SET)
    if auditing.owner is not None:
        mailbox.audit_owner = _changed(DEFAULT_OWNER, auditing.owner)
        managed.remove("Owner")
    if auditing.delegate is not None:
        mailbox.audit_delegate = _changed(DEFAULT_DELEGATE, auditing.delegate)
        managed.remove("Delegate")
    if auditing.admin is not None:
        mailbox.audit_admin = _changed(DEFAULT_ADMIN, auditing.admin)
        managed.remove("Admin")
    mailbox.default_audit_set = tuple(managed)


def _changed(default: tuple[str, ...], changes: tuple[str, ...]) -> tuple[str, ...]:
    removed = {change[1:] for change in changes if change.startswith("-")}
    added = tuple(change[1:] for change in changes if change.startswith("+"))
    return tuple(action for action in default if action not in removed) + added


def add_mailboxes(tenant: Tenant, mailboxes: stated.Mailboxes) -> None:
    """Add mailboxes whose account is gone, or which never had one."""
    numbers = [""] if mailboxes.count is None else [f"{number:03}" for number in range(1, mailboxes.count + 1)]
    for number in numbers:
        name = f"{mailboxes.name}{number}"
        mailbox = tenant.add_mailbox(name, mailboxes.kind, state=mailboxes.state)
        if mailboxes.kind == "GroupMailbox":
            mailbox.external_directory_object_id = stable_guid(tenant.id, "group", name)
        elif mailboxes.state != "active":
            mailbox.external_directory_object_id = stable_guid(tenant.id, "user", name)
        customise(mailbox, mailboxes.auditing)


def add_roles(tenant: Tenant, facts: stated.Scenario) -> None:
    """Add the role groups that every tenant has, with the members stated, and who holds directory roles."""
    tenant.exchange_role_groups = exchange_role_groups(int(tenant.id[:7], 16))
    _join(tenant.exchange_role_groups, facts.exchange_role_groups)
    tenant.purview_role_groups = purview_role_groups()
    _join(tenant.purview_role_groups, facts.purview_role_groups)
    identity = tenant.identity
    if identity.purview_roles:
        # Roles of Purview are given through role groups alone, so an application has one of its own.
        tenant.purview_role_groups.append(RoleGroup("Audit policy readers", identity.purview_roles, (COLLECTOR,)))
    users = {user.user_principal_name.partition("@")[0]: user for user in tenant.users}
    for holders in facts.directory_roles:
        tenant.directory_roles += [_held_by(users[name], holders) for name in holders.accounts]
        tenant.directory_roles += [
            DirectoryRole(holders.role, stable_guid(tenant.id, "group", name), "group", name, eligible=holders.eligible)
            for name in holders.groups
        ]
    tenant.directory_roles += [
        DirectoryRole(role, identity.object_id, "servicePrincipal", COLLECTOR) for role in identity.directory_roles
    ]


def _held_by(user: User, holders: stated.Holders) -> DirectoryRole:
    return DirectoryRole(
        holders.role,
        user.id,
        "user",
        user.display_name,
        user.user_principal_name,
        user.user_type,
        eligible=holders.eligible,
    )


def _join(groups: list[RoleGroup], members: dict[str, tuple[str, ...]]) -> None:
    for name, joining in members.items():
        group = next(group for group in groups if group.name == name)
        group.members = (*group.members, *joining)
