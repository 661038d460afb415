"""ACC-05: the collector itself holds no more than it needs."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.verdict import Fail, Indeterminate, NotApplicable, Pass, Severity, Verdict
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived import CollectorRights
from compliance.evidence.evidence import CollectedBy
from compliance.evidence.unread import Kind

_NOT_JUDGED = "roles in Exchange Online, Purview and Azure stand in no token and are not judged here"
_UNAVOIDABLE = (
    "retention policies can only be read with the Purview role Organization Configuration, which can also change them:"
    " an administrator's export makes it unnecessary"
)
_READS_SOMETHING = frozenset({"Compliance Administrator", "Compliance Data Administrator", "Security Administrator"})
"""Directory roles that Microsoft documents as a way to read something, beside a narrower one."""


@check(
    "ACC-05",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(nist_800_53=("AC-6", "AU-9(4)"), attack=("T1078",)),
    effect="Whoever steals the collector's credential can do what it can: one that writes can switch off the auditing"
    " that it was made to check.",
    remediation=(
        "# give the collector's application reading permissions alone, as `lookback doctor` lists them",
        "Connect-ExchangeOnline",
        'New-ManagementRoleAssignment -Role "View-Only Configuration" -App "<name>"',
        'New-ManagementRoleAssignment -Role "View-Only Recipients" -App "<name>"',
        "# with these two it needs no directory role; for retention policies an administrator's export will do",
    ),
    lesson="One stolen key opened the mail of 25 organisations to Storm-0558: no tool should hold more than it needs.",
    facts=("access.roles-in-a-token", "access.retention-policies-need-a-writing-role"),
)
def the_collector_only_reads(rights: CollectorRights, collected: CollectedBy) -> Verdict:
    """The collector holds no permission and no directory role that writes.

    Reads what the access tokens of the collection say of themselves, and the directory roles that the collector's own
    principal is assigned. Fails on Global Administrator, on any other directory role known to change settings, and on
    a permission that writes. Exchange.ManageAsApp and its like do not count: there the roles decide. A directory role
    that Microsoft documents as a way to read something is a slight failure, since there is a narrower way.

    Open where a permission or role is not known, and where neither tokens nor the directory tell. Each dataset that
    was denied is listed: a gap that is declared is no fault. Not applicable where nobody signed in.
    """
    if not rights.signed_in:
        return NotApplicable(condition="nobody signed in: all evidence was handed over as files")
    denied = tuple(f"denied: {name} ({DATASETS[name].permission})" for name in collected.denied)
    notes = (_NOT_JUDGED, _UNAVOIDABLE, *denied)
    if rights.writing:
        return Fail(
            condition=f"the collector can write: {', '.join(rights.writing)}",
            cause=rights.writing[0],
            notes=notes,
            severity=Severity.LOW if _READS_SOMETHING.issuperset(rights.writing) else None,
        )
    if rights.unknown or rights.untold:
        unknown = (f"what these permit is not known: {', '.join(rights.unknown)}",) if rights.unknown else ()
        return Indeterminate(
            kind=Kind.UNPROVEN if rights.unread is None else rights.unread.kind,
            condition=f"the collector may be able to write: {'; '.join((*unknown, *rights.untold))}",
            settle=f"{DATASETS['graph.role_assignments'].permission}, and permissions whose names say that they read",
            notes=notes,
        )
    return Pass(
        condition="the collector's permissions and directory roles only read",
        cause="neither a token nor the directory names one that writes",
        notes=notes,
    )
