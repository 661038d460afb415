"""MIA-01: MailItemsAccessed is recorded."""

from functools import lru_cache

from compliance.assessment.check import Mappings, check
from compliance.assessment.mailboxes import Wording, left_out, mailbox_part, mailbox_parts, without_mailbox
from compliance.assessment.verdict import Fail, Indeterminate, Part, Parts, Severity, Verdict
from compliance.assessment.words import counted
from compliance.evidence.derived import AuditBypasses, Mailboxes, Recording
from compliance.evidence.derived.mailbox_parts import MAIL_PARTS, MailboxPart
from compliance.evidence.derived.mailboxes import AuditedMailbox
from compliance.evidence.derived.recording import NotRecorded
from compliance.evidence.evidence import combined
from compliance.evidence.population import Judgement, Satisfied, Undecided, Violating
from compliance.evidence.unread import Kind, Unread
from compliance.rules.mailbox_audit import DecidedBy, Logged, Outcome, worst_logon
from compliance.rules.mailbox_settings import LogonType

_WORDING = Wording(
    met="MailItemsAccessed is recorded in all {count}, for owner, delegate and administrator",
    broken="MailItemsAccessed is not recorded for every logon type in {count} mailbox{es}",
    cause="MailItemsAccessed is among the actions of Owner, Delegate and Admin of every mailbox",
    proof="audit records that show MailItemsAccessed of these mailboxes, by logon type",
)
_KINDS = {
    DecidedBy.BYPASS_UNKNOWN: Kind.INCOMPLETE,
    DecidedBy.PROPERTIES_UNREAD: Kind.MALFORMED,
    DecidedBy.CONTRADICTION: Kind.CONTRADICTORY,
    DecidedBy.LICENCE_CLASS: Kind.UNPROVEN,
    DecidedBy.UNKNOWN_TYPE: Kind.UNPROVEN,
}


@check(
    "MIA-01",
    severity=Severity.CRITICAL,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-2", "AU-3", "AU-12"),
        scuba=("MS.EXO.13.1v1 (in part)",),
        cis_m365=("6.1.2 (v5 to v7)", "6.1.2 for E3, 6.1.3 for E5 (v3, v4)"),
        attack=("T1114.002", "T1562.008", "T1685.002"),
    ),
    effect="Who reads mail in these mailboxes leaves no record: neither that there was an intrusion nor what was read"
    " can be told afterwards.",
    remediation=(
        "Connect-ExchangeOnline",
        'Set-Mailbox -Identity <mailbox> -AuditOwner @{Add="MailItemsAccessed"}',
        'Set-Mailbox -Identity <mailbox> -AuditDelegate @{Add="MailItemsAccessed"}',
        'Set-Mailbox -Identity <mailbox> -AuditAdmin @{Add="MailItemsAccessed"}',
        "# for the logon types that lack it; a plain list in place of @{Add=...} overwrites all other actions",
        "# where the lists hold nothing beyond the default actions, give them back to Microsoft, whose defaults hold"
        " MailItemsAccessed and grow with time; whatever was added, such as SearchQueryInitiated, would be gone:",
        "Set-Mailbox -Identity <mailbox> -DefaultAuditSet Admin,Delegate,Owner",
        "Set-MailboxAuditBypassAssociation -Identity <account> -AuditBypassEnabled $false",
    ),
    lesson="MailItemsAccessed with an AppId that did not belong there is how the one agency noticed Storm-0558.",
    facts=(
        "mailbox.org-default-overrides",
        "mailbox.bypass-follows-the-actor",
        "mailbox.default-audit-set",
        "mailbox.configured-is-not-observed",
    ),
)
def mail_items_accessed_is_recorded(mailboxes: Mailboxes, bypasses: AuditBypasses, recording: Recording) -> Parts:
    """MailItemsAccessed is recorded for every mailbox and logon type.

    Asks of every mailbox whether opening mail in it is recorded for its owner, for delegates (administrators with
    FullAccess are delegates) and for administrators, and takes the worst of the three. In this order:

    1. Unified audit log ingestion off, AuditDisabled True, or a bypass on the account that acts: nothing is recorded.
       Where one of these is unread, nothing can be said of any mailbox; of one whose account the list of bypasses
       lacks, nothing can be said of that mailbox.

    2. A logon type that DefaultAuditSet names is managed by Microsoft, and MailItemsAccessed is among its actions; a
       list beside it that lacks the action contradicts that, and is not believed either way. Any other logon type was
       customised: its own list has to hold the action.

    3. That records are then written is documented for mailboxes with an E3 or E5 licence (or the same for government).
       With frontline, business and stand-alone plans, and for unlicensed shared mailboxes, it is unproven until
       records are seen. AuditEnabled decides nothing here: auditing is on by default whatever it says.

    Every mailbox is judged, inactive and soft-deleted ones too, in parts with a verdict each; the worst decides.
    Accounts with a bypass are a part of their own: whatever they read, in anybody's mailbox, goes unrecorded. Rooms,
    equipment, public folders and discovery mailboxes are the matter of AUD-06, and so are groups, of which the action
    is never recorded. A type that is not known is undecided. Accounts that hold an Exchange plan and have no mailbox
    in the lists leave it open whether all were listed.

    Passes only where every mailbox was read and each of its logon types records the action. It is what the settings
    promise: whether records arrive, only records can show.
    """
    facts: dict[MailboxPart, set[str]] = {part: set() for part in MailboxPart}

    def recorded(mailbox: AuditedMailbox) -> Judgement:
        # only asked where both switches were read and are on
        logon, outcome = worst_logon(
            mailbox.settings,
            ingestion=True,
            audit_disabled=False,
            bypassed=bypasses.of(mailbox.guid),
            observed=None,
        )
        facts[mailbox.part].update(outcome.facts)
        return _judgement(logon, outcome, None if mailboxes.licences is None else mailboxes.licences.kind)

    everywhere = _everywhere(recording, bypasses)
    parts = mailbox_parts(mailboxes, recorded if everywhere is None else _whatever, MAIL_PARTS, _WORDING, facts)
    if everywhere is not None:
        parts = [mailbox_part(MailboxPart(part.id), part.count, everywhere) for part in parts]
    everything = (*parts, *_bypassed(bypasses), *without_mailbox(mailboxes))
    return Parts(everything, notes=(*left_out(mailboxes), *bypasses.notes))


def _everywhere(recording: Recording, bypasses: AuditBypasses) -> Verdict | None:
    """Return the verdict that stands for all mailboxes at once, or None where each has its own."""
    switches = (recording.ingestion, recording.mailboxes)
    for switch in switches:
        if isinstance(switch, NotRecorded):
            return Fail(condition=f"{switch.why}: no mailbox records MailItemsAccessed", cause=switch.why)
    unread = tuple(one for one in (*switches, bypasses.unread) if isinstance(one, Unread))
    return Indeterminate.because(combined(unread)) if unread else None


def _whatever(_: AuditedMailbox) -> Judgement:
    return Satisfied()


@lru_cache(maxsize=256)
def _judgement(logon: LogonType, outcome: Outcome, licence_unread: Kind | None) -> Judgement:
    match outcome.state:
        case Logged.LOGGED:
            return Satisfied()
        case Logged.NOT_LOGGED:
            return Violating(f"{logon}: {outcome.because}")
        case Logged.INDETERMINATE if outcome.decided_by is DecidedBy.LICENCE_UNREAD:
            return Undecided(outcome.because, Kind.MALFORMED if licence_unread is None else licence_unread)
        case Logged.INDETERMINATE:
            return Undecided(f"{logon}: {outcome.because}", _KINDS[outcome.decided_by])


def _bypassed(bypasses: AuditBypasses) -> list[Part]:
    accounts, part = bypasses.accounts, MailboxPart.BYPASSED_ACCOUNTS
    if accounts is not None and accounts.violating:
        known = bypasses.open is None
        first = next(one for one in accounts.affected if one.decided)
        verdict: Verdict = Fail(
            condition=f"what {'' if known else 'at least '}{counted(accounts.violating, 'account')} read in any mailbox"
            " leaves no record",
            cause=f"{first.name}: {first.why}",
            facts=("mailbox.bypass-follows-the-actor",),
            tally=accounts,
        )
        return [mailbox_part(part, accounts.violating if known else None, verdict)]
    if bypasses.open is not None:
        return [mailbox_part(part, None, Indeterminate.because(bypasses.open))]
    return []
