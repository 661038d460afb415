"""INT-05: logs have hashes that are verified."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.verdict import Basis, Indeterminate, Pass, Severity, Verdict
from compliance.evidence.evidence import AsOf
from compliance.evidence.unread import Kind


@check(
    "INT-05",
    severity=Severity.MEDIUM,
    tests="operation",
    mappings=Mappings(
        nist_800_53=("AU-9(3)", "AU-10", "SI-7"),
        attack=("T1565.001",),
    ),
    effect="That a log is still as it was written cannot be shown: whoever can write to its store can have changed it.",
    remediation=(
        "# at export write the SHA-256 of each object into a list, sign it, and keep it apart from the objects, under"
        " other rights",
        "# verify a sample of it regularly, and when logs are moved or handed over; then state so in declarations.yaml,"
        " under statements, about: log-hashes",
        "# Content-MD5 does not serve: append blobs, which diagnostic logs are, have none",
    ),
    lesson="What was known of Storm-0558 rested on a customer's records: evidence counts as far as it can be shown to"
    " be unchanged.",
    facts=(),
)
def logs_have_hashes_that_are_verified(declarations: Declarations, as_of: AsOf) -> Verdict:
    """Hashes of the logs are made when they are stored, kept apart, and verified.

    Microsoft's stores show no hash of a log that lookback could compare: append blobs have no Content-MD5, and what is
    computed afterwards from what a store gives out proves nothing about what went in. So this takes somebody's word: a
    current statement about log-hashes in declarations.yaml, by whoever makes the hashes, that they are made when logs
    are stored, kept where those who can write to the store cannot change them, and verified regularly.

    Passes, as attested, with such a statement, and is open without one. The evidence that lookback itself keeps has
    sums of its own, over the bytes as they came: `lookback verify` computes them again.
    """
    statement = declarations.statement("log-hashes", as_of)
    if statement is None:
        return Indeterminate(
            kind=Kind.NEEDS_ATTESTATION,
            condition="whether hashes of the logs are made and verified is not to be read from any setting",
            settle="a current statement about log-hashes in declarations.yaml, by whoever makes and verifies them",
        )
    return Pass(
        condition="hashes of the logs are stated to be made, kept apart and verified",
        cause=f"stated by {statement.owner} on {statement.declared_on}, valid to {statement.expires}",
        basis=Basis.ATTESTED,
    )
