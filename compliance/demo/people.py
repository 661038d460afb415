"""The facts of a simulated tenant's accounts."""

from __future__ import annotations

from dataclasses import dataclass, field

from compliance.demo.odd import NOT_ODD, Odd


@dataclass(slots=True)
class Licence:
    """A licence assigned to a user; `group` is the group it comes from, None where it is assigned directly.

    `state` and `error` are those of licenseAssignmentStates: Active, ActiveWithError, Disabled or Error, and
    None, CountViolation, MutuallyExclusiveViolation, ...
    """

    part_number: str
    disabled_plans: tuple[str, ...] = ()
    group: str | None = None
    state: str = "Active"
    error: str = "None"


@dataclass(slots=True)
class User:
    """A user account of the directory; `user_type` is Member or Guest."""

    id: str
    display_name: str
    user_principal_name: str
    mail: str | None
    user_type: str = "Member"
    account_enabled: bool = True
    licences: list[Licence] = field(default_factory=list)
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class BypassRow:
    """One row of Get-MailboxAuditBypassAssociation: any account, system objects included."""

    name: str
    guid: str
    audit_bypass_enabled: bool | None = False
    object_class: tuple[str, ...] = ("top", "person", "organizationalPerson", "user")
    odd: Odd = NOT_ODD
