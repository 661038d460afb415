"""AUD-06: the mailboxes that default auditing leaves out."""

from dataclasses import replace
from functools import lru_cache

from compliance.assessment.check import Mappings, check
from compliance.assessment.mailboxes import Wording, mailbox_parts, without_mailbox
from compliance.assessment.verdict import Fail, NotApplicable, Part, Parts, Pass, Severity, Verdict
from compliance.evidence.derived import Mailboxes
from compliance.evidence.derived.mailbox_parts import OUTSIDE_PARTS, MailboxPart
from compliance.evidence.derived.mailboxes import AuditedMailbox
from compliance.evidence.population import Judgement, Satisfied, Undecided, Violating
from compliance.evidence.unread import Kind
from compliance.rules.mailbox_audit import DecidedBy, Logged, worst_logon
from compliance.rules.mailbox_kinds import MailboxKind
from compliance.rules.mailbox_settings import AuditSettings

_GROUPS = "Microsoft 365 groups record a fixed set of actions, without MailItemsAccessed, which nobody can change"
_DISCOVERY = (
    "Exchange creates DiscoverySearchMailbox in every tenant with AuditEnabled False; mail that an eDiscovery search"
    " copied into it is read unseen until it is audited, and a waiver can accept that"
)
_WORDING = Wording(
    met="all {count} are audited",
    broken="auditing is off in {count} mailbox{es}",
    cause="auditing is switched on for each, and records of each were seen",
    proof="audit records that show MailItemsAccessed of these mailboxes, by logon type",
)


@check(
    "AUD-06",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-2", "AU-12"),
        cis_m365=("6.1.2 (v5 to v7, note on default values)",),
        attack=("T1562.008", "T1685.002", "T1114.002"),
    ),
    effect="Rooms, equipment, public folders and discovery mailboxes hold mail too; what is read and changed in these"
    " leaves no record.",
    remediation=(
        "Connect-ExchangeOnline",
        "Set-Mailbox -Identity <mailbox> -AuditEnabled $true",
        'Set-Mailbox -Identity <mailbox> -AuditOwner @{Add="MailItemsAccessed"}'
        ' -AuditDelegate @{Add="MailItemsAccessed"} -AuditAdmin @{Add="MailItemsAccessed"}',
        "# for a public-folder mailbox add -PublicFolder; take FullAccess from whoever does not need it",
    ),
    lesson="An intruder who may read every mailbox reads those that nobody thought of as well.",
    facts=("mailbox.supported-types", "mailbox.group-fixed-set"),
)
def mailboxes_outside_default_auditing_are_handled(mailboxes: Mailboxes) -> Verdict | Parts:
    """Mailboxes of types outside default auditing are audited on their own.

    Auditing on by default covers the mailboxes of users, shared ones and groups. It covers no room, equipment or
    scheduling mailbox, no public-folder mailbox and no discovery mailbox: these are audited only where AuditEnabled
    was set on each, and the action lists hold MailItemsAccessed. Each type that exists is a part.

    Fails where AuditEnabled is False, or a list lacks the action. Where both are set it stays unproven until records
    of the mailbox are seen, since Microsoft does not promise them. Passes where no such mailbox exists, as long as
    the lists were read whole and every account with an Exchange plan has its mailbox in them. A type that is not known
    may be one that auditing leaves out, and is undecided.

    DiscoverySearchMailbox is in every tenant, with AuditEnabled False. It fails as any other, since results of
    eDiscovery searches may lie in it, but with low severity: a waiver of the part `discovery` is the way to accept it.
    Groups are counted in a note: their set of actions is fixed and nobody can change it.
    """
    facts: dict[MailboxPart, set[str]] = {part: set() for part in MailboxPart}

    def audited(mailbox: AuditedMailbox) -> Judgement:
        judgement, used = _judgement(mailbox.settings)
        facts[mailbox.part].update(used)
        return judgement

    parts = [_by_type(part) for part in mailbox_parts(mailboxes, audited, OUTSIDE_PARTS, _WORDING, facts)]
    if any(not isinstance(part.verdict, NotApplicable) for part in parts):
        return Parts(tuple(parts))
    if doubts := without_mailbox(mailboxes):
        return Parts((*parts, *doubts))
    return Pass(
        condition="no mailbox is of a type that default auditing leaves out",
        cause="every mailbox listed is of a user, shared, or of a group",
        notes=tuple(f"{part.count:,} mailboxes of groups: {part.verdict.condition}" for part in parts),
    )


def _by_type(part: Part) -> Part:
    if part.id == MailboxPart.GROUP and isinstance(part.verdict, Pass):
        return replace(part, verdict=NotApplicable(condition=_GROUPS))
    if part.id == MailboxPart.DISCOVERY and isinstance(part.verdict, Fail):
        notes = (*part.verdict.notes, _DISCOVERY)
        return replace(part, verdict=replace(part.verdict, severity=Severity.LOW, notes=notes))
    return part


@lru_cache(maxsize=4_096)
def _judgement(settings: AuditSettings) -> tuple[Judgement, tuple[str, ...]]:
    if settings.kind is MailboxKind.GROUP:
        return Satisfied(), ("mailbox.group-fixed-set",)
    # the switches of the tenant and bypasses are other checks': this one asks what the mailbox itself is set to
    logon, outcome = worst_logon(settings, ingestion=True, audit_disabled=False, bypassed=False, observed=None)
    match outcome.state:
        case Logged.LOGGED:
            return Satisfied(), outcome.facts
        case Logged.NOT_LOGGED:
            return Violating(_why(settings, f"{logon}: {outcome.because}")), outcome.facts
        case Logged.INDETERMINATE:
            unread = outcome.decided_by is DecidedBy.PROPERTIES_UNREAD
            return Undecided(outcome.because, Kind.MALFORMED if unread else Kind.UNPROVEN), outcome.facts


def _why(settings: AuditSettings, because: str) -> str:
    return "AuditEnabled is False" if settings.audit_enabled is False else because
