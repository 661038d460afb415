"""AUD-07: searches in mailboxes are recorded."""

from functools import lru_cache

from compliance.assessment.check import Mappings, check
from compliance.assessment.mailboxes import Wording, left_out, mailbox_parts, without_mailbox
from compliance.assessment.verdict import Parts, Severity
from compliance.evidence.derived import Mailboxes
from compliance.evidence.derived.mailbox_parts import MAIL_PARTS, MailboxPart
from compliance.evidence.derived.mailboxes import AuditedMailbox
from compliance.evidence.population import Judgement, Satisfied, Undecided, Violating
from compliance.evidence.unread import Kind
from compliance.rules.mailbox_kinds import MailboxKind
from compliance.rules.mailbox_settings import AuditSettings, LicenceClass, LogonType, search_query_recorded

_FACTS = ("mailbox.search-query",)
_WORDING = Wording(
    met="searches by the owner are recorded in all {count}",
    broken="searches by the owner are not recorded in {count} mailbox{es}",
    cause="SearchQueryInitiated is in AuditOwner of every mailbox",
    proof="audit records that show SearchQueryInitiatedExchange of these mailboxes",
)


@check(
    "AUD-07",
    severity=Severity.LOW,
    tests="design",
    mappings=Mappings(nist_800_53=("AU-2", "AU-3", "AU-12"), attack=("T1114.002", "T1213")),
    effect="What an intruder searched for in a mailbox, which tells what was wanted, is not recorded.",
    remediation=(
        "Connect-ExchangeOnline",
        'Set-Mailbox -Identity <mailbox> -AuditOwner @{Add="SearchQueryInitiated"}',
        "# a plain list in place of @{Add=...} removes MailItemsAccessed and every other action; in a multi-geo tenant"
        " run it in the mailbox's own geography",
        "# it turns Owner into a customised logon type: new default actions of Owner no longer arrive (see AUD-05)",
    ),
    lesson="CISA's playbook for expanded cloud logs asks for search terms: they show what an intruder came for.",
    facts=_FACTS,
)
def searches_in_mailboxes_are_recorded(mailboxes: Mailboxes) -> Parts:
    """SearchQueryInitiated is recorded for every mailbox in scope.

    Reads AuditOwner of every mailbox. SearchQueryInitiated is in no default set and has to be added by hand, for the
    owner alone; a logon type that Microsoft manages therefore lacks it.

    Fails where it is not listed. Where it is listed, it passes for mailboxes with Audit (Premium); Microsoft's texts
    disagree over the other licences, so that these stay unproven until such records are seen. SharePoint searches are
    recorded by default and are not judged here.

    Every mailbox is judged, inactive and soft-deleted ones too, in parts with a verdict each. Accounts that hold an
    Exchange plan and have no mailbox in the lists leave it open whether all were listed.
    """
    facts: dict[MailboxPart, set[str]] = {part: set(_FACTS) for part in MailboxPart}
    licences_unread = Kind.MALFORMED if mailboxes.licences is None else mailboxes.licences.kind

    def recorded(mailbox: AuditedMailbox) -> Judgement:
        return _judgement(mailbox.settings, licences_unread)

    parts = (*mailbox_parts(mailboxes, recorded, MAIL_PARTS, _WORDING, facts), *without_mailbox(mailboxes))
    return Parts(parts, notes=left_out(mailboxes))


@lru_cache(maxsize=4_096)
def _judgement(settings: AuditSettings, licences_unread: Kind) -> Judgement:
    recorded = search_query_recorded(settings)
    if recorded is not None:
        return Satisfied() if recorded else Violating("AuditOwner holds no SearchQueryInitiated")
    if settings.actions[LogonType.OWNER] is None:
        return Undecided("AuditOwner of the mailbox: unread")
    if settings.kind is MailboxKind.UNKNOWN:
        return Undecided("whether auditing covers mailboxes of this type is not documented", Kind.UNPROVEN)
    if settings.licence is LicenceClass.UNREAD:
        return Undecided("AuditOwner holds it, but the mailbox's licence was not read", licences_unread)
    return Undecided(
        "AuditOwner holds it, but only of Audit (Premium) is it documented that records are written", Kind.UNPROVEN
    )
