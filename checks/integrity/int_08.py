"""INT-08: records carry times in UTC."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.verdict import Indeterminate, Severity, Verdict
from compliance.evidence.evidence import ClockOffset
from compliance.evidence.unread import Kind

FAR_OFF_SECONDS = 300
"""Five minutes: more than that, and times of this machine mislead whoever compares them with those of records."""


@check(
    "INT-08",
    severity=Severity.LOW,
    tests="operation",
    mappings=Mappings(
        nist_800_53=("AU-8", "AU-12(1)"),
        attack=("T1070.006",),
    ),
    effect="What happened in one service cannot be put in order with what happened in another.",
    remediation=(
        "# read a CreationTime without a zone as UTC; never take times from an export of the portal, which are in the"
        " zone of whoever exported",
        "w32tm /query /status",
        "timedatectl show-timesync --property=ServerName --property=NTPMessage",
    ),
    lesson="Hours passed between a forged token and the mail that it read: only one clock for all logs shows that.",
    facts=("audit.creation-time-utc",),
)
def records_carry_times_in_utc(clock: ClockOffset) -> Verdict:
    """Records carry the time at which something happened, in UTC, and no clock runs ahead.

    Microsoft writes CreationTime in UTC, without a zone, so that whoever reads it as local time is hours off; this is
    as documented, and there is no setting. What remains to be shown is that the records of this tenant bear it out: all
    times can be read, and none lies more than five minutes ahead of when it was read.

    Open, since this version reads no records. Tells by how much the clock of the machine that collected differed from
    that of Microsoft's services, and notes where that is more than five minutes.
    """
    return Indeterminate(
        kind=Kind.UNPROVEN,
        condition="Microsoft documents CreationTime as UTC; no record was read that would show it",
        settle="records of this tenant: that all their times can be read, and none lies in the future",
        cause=_told(clock),
        facts=("audit.creation-time-utc",),
        notes=_notes(clock),
    )


def _told(clock: ClockOffset) -> str:
    if clock.seconds is None:
        return "how the clock of the machine that collected ran is not known"
    if clock.seconds == 0:
        return "the clock of the machine that collected agreed with that of Microsoft's services"
    way = "ahead of" if clock.seconds > 0 else "behind"
    return f"the clock of the machine that collected was {abs(clock.seconds):g} s {way} that of Microsoft's services"


def _notes(clock: ClockOffset) -> tuple[str, ...]:
    if clock.seconds is None or abs(clock.seconds) <= FAR_OFF_SECONDS:
        return ()
    return (
        f"{_told(clock)}, which is more than five minutes: correct it before comparing times of that machine"
        " with those of records",
    )
