"""EXP-07: those who watch can read the exported logs."""

import datetime as dt

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import store_parts, stores_there, unseen_workspaces
from compliance.assessment.stated import statement_part
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import (
    Fail,
    Indeterminate,
    NotApplicable,
    Part,
    Parts,
    Pass,
    Severity,
    Verdict,
)
from compliance.evidence.derived import AzureGrants, LogStores, Stores
from compliance.evidence.derived.azure_grants import Grant
from compliance.evidence.derived.log_stores import NamedStore
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread
from compliance.rules.azure_roles import READ_WORKSPACE, RULE_WORKSPACE
from compliance.rules.periods import add_months

_PEOPLE = frozenset({"user", "group", "foreigngroup"})


@check(
    "EXP-07",
    severity=Severity.LOW,
    tests="design",
    mappings=Mappings(nist_800_53=("AU-6(4)", "IR-4")),
    effect="The logs are there, and on the day they are needed those who investigate have to ask for access first.",
    remediation=(
        "az role assignment create --assignee <object id of the SOC's group> --role 'Log Analytics Reader'"
        " --scope <workspace id>",
        "# with Microsoft Sentinel: --role 'Microsoft Sentinel Reader', or 'Microsoft Sentinel Responder'",
        "# then state it in declarations.yaml: statements, about: soc-access, once a year",
    ),
    lesson="Storm-0558 was found by analysts who could read the logs of their own tenant.",
    facts=("azure.reading-logs",),
)
def those_who_watch_can_read_the_logs(
    logs: LogStores,
    grants: AzureGrants,
    stores: Stores,
    declarations: Declarations,
    scope: Scope,
    as_of: AsOf,
) -> Parts:
    """A security operations centre can read every workspace that gets the logs, and says so.

    Each workspace that the diagnostic settings of Microsoft Entra ID and of the Activity logs name, or that Microsoft
    Sentinel's connector for Microsoft 365 fills, must have a role assignment, active or eligible, that lets a person or
    a group search all its tables, such as Log Analytics Reader or Microsoft Sentinel Reader, at the workspace or above.
    Whoever can delete the workspace, purge it or assign roles there (Owner, Contributor, Log Analytics Contributor,
    Data Purger) reads it by the way, and shows nothing; an application may be the SOC's or not, which is open.

    A part of its own is the statement: one about soc-access in declarations.yaml, current and declared within the last
    12 months, that whoever watches uses this access; without it the question is open. Which centre it is, one's own or
    a shared one, is for the statement to say: access for CISA's Cloud Log Aggregation Warehouse is asked of nobody.
    """
    terms = Terms(scope, declarations, as_of)
    unseen = unseen_workspaces(logs, terms)
    there = stores_there(logs.workspaces, stores)
    parts = store_parts(there, lambda one: _readers(one, grants), unseen).parts
    if not there:
        parts = (*parts, Part(id="workspaces", title="workspaces", count=0, verdict=_none(logs, unseen)))
    statement = statement_part(
        ("statement", "the statement"),
        "soc-access",
        add_months(as_of.astimezone(dt.UTC).date(), -12),
        terms,
        stated="whoever watches reads the logs",
        nobody="that whoever watches reads the logs",
        by="whoever runs the SOC",
    )
    return Parts((*parts, statement))


def _readers(workspace: NamedStore, grants: AzureGrants) -> Verdict:
    every = (*grants.held.grants, *grants.eligible.grants)
    perhaps = [one for one in every if _may_read(one, workspace, grants)]
    sure = [one for one in perhaps if _reads(one, workspace, grants)]
    if sure:
        first = min(sure, key=lambda one: (not one.active, one.text, one.principal_id))
        return Pass(
            condition=f"people or groups that hold a role which reads {workspace.name}: {len(sure):,}",
            cause=f"{first.principal_type} {first.principal_id} {first.text}",
        )
    unread = (grants.held.unread, grants.eligible.unread, grants.definitions_unread)
    doubts = [one for one in unread if one is not None]
    if doubts:
        return Indeterminate.because(doubts[0])
    if perhaps or grants.held.unreadable or grants.eligible.unreadable:
        first_why = f"{perhaps[0].principal_type} {perhaps[0].principal_id} {perhaps[0].text}" if perhaps else ""
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition=f"whether anybody who watches can read {workspace.name} cannot be told",
            settle="a role such as Log Analytics Reader for the SOC's group at the workspace itself",
            cause=first_why,
        )
    return Fail(
        condition=f"no person or group holds a role that reads {workspace.name}, but for those who administer it",
        cause="the role assignments, active and eligible, at the workspace and above",
    )


def _may_read(grant: Grant, workspace: NamedStore, grants: AzureGrants) -> bool:
    over = grants.holds(grant, workspace.id)
    reads = not grant.roles or (grant.allows_all(READ_WORKSPACE) and grant.allows_any(RULE_WORKSPACE) is None)
    return over is not False and reads


def _reads(grant: Grant, workspace: NamedStore, grants: AzureGrants) -> bool:
    person = grant.principal_type.strip().casefold() in _PEOPLE
    over = grants.holds(grant, workspace.id)
    return person and over is True and bool(grant.roles) and not grant.conditional


def _none(logs: LogStores, unseen: tuple[Unread, ...]) -> Verdict:
    """Judge a tenant that sends nothing to a workspace: what goes elsewhere is read elsewhere."""
    stores = [one.name for one in (*logs.workspaces, *logs.accounts)]
    elsewhere = dict.fromkeys([*stores, *(one.name for one in logs.passed_on)])
    if elsewhere:
        names = ", ".join(list(elsewhere)[:3])
        return NotApplicable(condition=f"no workspace gets the logs; who reads {names} is for the statement to say")
    if unseen:
        return Indeterminate.because(unseen[0])
    return Fail(
        condition="no diagnostic setting that was read sends logs anywhere, so that nobody can read them there",
        cause="the diagnostic settings of Microsoft Entra ID and of the Activity logs",
    )
