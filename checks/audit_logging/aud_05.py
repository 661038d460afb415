"""AUD-05: the default actions of mailbox auditing are intact."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from compliance.assessment.check import Mappings, check
from compliance.assessment.mailboxes import Wording, left_out, mailbox_parts, without_mailbox
from compliance.assessment.verdict import Parts, Severity
from compliance.assessment.words import counted
from compliance.evidence.derived import Mailboxes
from compliance.evidence.derived.mailbox_parts import MAIL_PARTS, MailboxPart
from compliance.evidence.derived.mailboxes import AuditedMailbox
from compliance.evidence.population import Judgement, Satisfied, Undecided, Violating
from compliance.evidence.unread import Kind
from compliance.rules.mailbox_kinds import MailboxKind
from compliance.rules.mailbox_settings import AuditSettings, LogonType, missing_default_actions

_FACTS = ("mailbox.default-audit-set", "mailbox.default-actions")
_WORDING = Wording(
    met="the default actions of all three logon types are intact in all {count}",
    broken="default actions are missing in {count} mailbox{es}",
    cause="every logon type is managed by Microsoft, or its list holds every default action",
    proof="audit records of every default action of these mailboxes",
)


@check(
    "AUD-05",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-2", "AU-3", "AU-12"),
        cis_m365=("6.1.2 (v5 to v7)", "6.1.2 for E3, 6.1.3 for E5 (v3, v4)"),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="What somebody does in these mailboxes beyond what is listed leaves no record, and actions that Microsoft"
    " begins to audit never reach a customised list.",
    remediation=(
        "Connect-ExchangeOnline",
        'Set-Mailbox -Identity <mailbox> -AuditOwner @{Add="<action>"}',
        "# likewise -AuditDelegate and -AuditAdmin; a plain list in place of @{Add=...} overwrites all other actions",
        "# where the lists hold nothing beyond the default actions, give them back to Microsoft, so that new ones"
        " arrive; whatever was added to them, such as SearchQueryInitiated (AUD-07), would be gone:",
        "Set-Mailbox -Identity <mailbox> -DefaultAuditSet Admin,Delegate,Owner",
    ),
    lesson="Lists that were customised before MailItemsAccessed reached all licences in 2024 still lack it today.",
    facts=_FACTS,
)
def default_audit_actions_are_intact(mailboxes: Mailboxes) -> Parts:
    """The default audit actions are intact for Owner, Delegate and Admin.

    Asks of every mailbox and each of the three logon types whether it is managed by Microsoft (DefaultAuditSet names
    it), or whether its own list holds every default action. AuditEnabled proves nothing: it says True of mailboxes
    whose lists were emptied.

    Two actions never count as missing: Create for the owner, over which Microsoft's own tables disagree, and
    AttachmentAccess, which is always on and need not be listed. A list that holds more than the defaults passes, as
    after the CIS benchmark, which turns every logon type into a customised one: a note says that new default actions
    will not arrive. A managed logon type whose list lacks a default action contradicts itself and is undecided.

    Every mailbox is judged, inactive and soft-deleted ones too, in parts with a verdict each. Types that default
    auditing leaves out are the matter of AUD-06; the lists of group mailboxes are not to be believed, and are not
    judged. Accounts that hold an Exchange plan and have no mailbox in the lists leave it open whether all were listed.
    """
    facts: dict[MailboxPart, set[str]] = {part: set(_FACTS) for part in MailboxPart}
    customised: Counter[str] = Counter()

    def intact(mailbox: AuditedMailbox) -> Judgement:
        judgement = _judgement(mailbox.settings)
        if isinstance(judgement, Satisfied):
            customised.update(_customised(mailbox.settings))
        return judgement

    parts = (*mailbox_parts(mailboxes, intact, MAIL_PARTS, _WORDING, facts), *without_mailbox(mailboxes))
    notes = (f"{counted(count, 'mailbox has', 'mailboxes have')} {what}" for what, count in sorted(customised.items()))
    return Parts(parts, notes=(*notes, *left_out(mailboxes)))


def _customised(settings: AuditSettings) -> Iterator[str]:
    """Yield what is to be said of a mailbox that passes with lists of its own."""
    managed = settings.default_audit_set
    if managed == frozenset(LogonType):
        return
    yield "customised logon types that hold every default action: new default actions will not reach them"
    if (managed is None or LogonType.OWNER not in managed) and not settings.lists("Create", LogonType.OWNER):
        yield "no Create among the actions of the owner, which only some of Microsoft's tables count as a default"


@lru_cache(maxsize=4_096)
def _judgement(settings: AuditSettings) -> Judgement:
    missing = {logon: missing_default_actions(settings, logon) for logon in LogonType}
    lacking = [f"{logon} lacks {', '.join(sorted(names))}" for logon, names in missing.items() if names]
    if lacking:
        return Violating("; ".join(lacking))
    doubtful = [logon for logon, names in missing.items() if names is None]
    if not doubtful:
        return Satisfied()
    if settings.kind is MailboxKind.UNKNOWN:
        return Undecided("whether auditing covers mailboxes of this type is not documented", Kind.UNPROVEN)
    if settings.default_audit_set is None or any(settings.actions[logon] is None for logon in doubtful):
        return Undecided(f"DefaultAuditSet or the list of {', '.join(doubtful)} is unread")
    return Undecided(
        f"Microsoft manages the actions of {', '.join(doubtful)}, but the list shown lacks default actions",
        Kind.CONTRADICTORY,
    )
