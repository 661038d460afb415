"""Facts about who may reach logs and audit settings."""

from __future__ import annotations

from compliance.rules.facts.fact import Certainty, Fact

FACTS = (
    Fact(
        "access.few-holders",
        "No standard says how many people may hold rights over audit settings. Microsoft recommends fewer than five"
        " Global Administrators; the limit of five people over all such roles is lookback's own.",
        "Microsoft Learn, Best practices for Microsoft Entra roles,"
        " https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "access.mirrored-roles",
        "Exchange Online mirrors the holders of a directory role in a member of its role groups: Global Administrators"
        " in TenantAdmins_<unique value>, for one.",
        "Microsoft Learn, Permissions in Exchange Online,"
        " https://learn.microsoft.com/exchange/permissions-exo/permissions-exo",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "access.retention-policies-need-a-writing-role",
        "Get-UnifiedAuditLogRetentionPolicy needs the Purview role Organization Configuration, which can also change"
        " and remove these policies; no role reads them alone.",
        "CISA ScubaGear, issue #2375, https://github.com/cisagov/ScubaGear/issues/2375",
        "2026-09-03",
        Certainty.MEDIUM,
    ),
    Fact(
        "access.roles-in-a-token",
        "An access token names application permissions in roles, delegated ones in scp, and directory roles by"
        " template id in wids; roles of Exchange Online, Purview and Azure are in none.",
        "Microsoft Learn, Access token claims reference,"
        " https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "access.few-log-deleters",
        "No standard says how many people may be able to delete logs; the limit of five is lookback's own.",
        "Microsoft Learn, Best practices for Azure RBAC,"
        " https://learn.microsoft.com/azure/role-based-access-control/best-practices",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "access.time-bound",
        "Privileged Identity Management lets assignments end at a date far away; what ends more than a year from now"
        " is counted as permanent, which is lookback's own figure.",
        "Microsoft Learn, Configure Azure resource role settings in Privileged Identity Management,"
        " https://learn.microsoft.com/entra/id-governance/privileged-identity-management/"
        "pim-resource-roles-configure-role-settings",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "access.log-access-review",
        "No standard says how often the use of logs is to be reviewed; that records of it last until the next review,"
        " at most 90 days later, is lookback's own figure.",
        "NIST SP 800-53 Rev. 5, AU-6, https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
        None,
        Certainty.MEDIUM,
    ),
)
"""These facts."""
