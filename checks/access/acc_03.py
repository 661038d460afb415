"""ACC-03: whoever reads or searches logs is recorded, and that is reviewed."""

import datetime as dt

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import store_parts, stores_there, unseen_stores
from compliance.assessment.stated import statement_part
from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import Fail, Indeterminate, Parts, Pass, Severity, Verdict
from compliance.evidence.derived import LogStores, ReadingRecorded, Stores
from compliance.evidence.derived.log_stores import NamedStore
from compliance.evidence.derived.reading_recorded import Recorded
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.rules.facts import Certainty
from compliance.rules.periods import Duration

REVIEW_DAYS = 90
"""How old a review may be, and how long the records for the next one must last: lookback's own figure."""
UNTIL_REVIEW = Asked(Duration.of_days(REVIEW_DAYS), hot=False)


@check(
    "ACC-03",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(nist_800_53=("AU-6", "AU-9", "AU-12"), attack=("T1654",)),
    effect="Somebody who reads the logs learns what is known of him, and nobody notices that he did.",
    remediation=(
        "az monitor diagnostic-settings create -n <a new name> --resource <workspace id> --workspace <a workspace>"
        ' --logs \'[{"category":"Audit","enabled":true}]\'',
        "az monitor diagnostic-settings create -n <a new name> --resource <account id>/blobServices/default --workspace"
        ' <a workspace> --logs \'[{"category":"StorageRead","enabled":true},{"category":"StorageWrite",'
        '"enabled":true},{"category":"StorageDelete","enabled":true}]\'',
        "az monitor log-analytics workspace table update -g <group> --workspace-name <workspace> -n LAQueryLogs"
        " --retention-time 90 --total-retention-time 365   # likewise StorageBlobLogs; give both, each no shorter"
        " than it is",
        "# then review who searched what, and state it in declarations.yaml: statements, about: log-access-review",
    ),
    lesson="Storm-0558 read mail for a month before anybody looked at who reads what; logs can be read as quietly.",
    facts=("azure.query-auditing", "access.log-access-review"),
)
def reading_of_logs_is_recorded(
    recorded: ReadingRecorded,
    logs: LogStores,
    stores: Stores,
    declarations: Declarations,
    scope: Scope,
    as_of: AsOf,
) -> Parts:
    """Reading and searching the logs is itself recorded, and somebody reviews it.

    Each workspace and storage account that logs lie in (ACC-02 says which) is a part of its own. A workspace must send
    its own category Audit somewhere (who searched what, the table LAQueryLogs), the blob service of an account
    StorageRead, StorageWrite and StorageDelete. What is recorded must last until the next review, 90 days: enabled, and
    sent to a place that keeps it for 30, or to one that is gone, fails.

    The review is a part too: a current statement about log-access-review in declarations.yaml, not older than 90 days;
    without one it is open. The figure is lookback's own (certainty medium). Searches in Microsoft Purview Audit are
    recorded by Purview itself, whatever is set; who reads stores outside Azure is for their owners to show.
    """
    terms = Terms(scope, declarations, as_of)
    there = stores_there((*logs.workspaces, *logs.accounts), stores)
    parts = store_parts(there, lambda one: _recorded(one, recorded, terms), unseen_stores(logs, terms))
    review = statement_part(
        ("review", "the review"),
        "log-access-review",
        as_of.astimezone(dt.UTC).date() - dt.timedelta(days=REVIEW_DAYS),
        terms,
        stated="the use of logs was reviewed",
        nobody="that the use of logs was reviewed",
        by="whoever reviewed it",
        certainty=Certainty.MEDIUM,
    )
    return Parts((*parts.parts, review))


def _recorded(store: NamedStore, recorded: ReadingRecorded, terms: Terms) -> Verdict:
    """Judge the categories of one store together: one that is not recorded, or soon gone, fails."""
    each = recorded.of(store.kind, store.id)
    wanting = [one for one in each if not _lasts(one, terms)]
    names = ", ".join(one.category for one in each)
    own = f"{store.name} keeps records of its own readers: whoever can delete its logs can delete those (ACC-02)"
    notes = (own,) if any(one.itself for one in each) else ()
    if not wanting:
        return Pass(
            condition=f"recorded of {store.name}, and kept {REVIEW_DAYS} days or longer: {names}",
            cause=", ".join(dict.fromkeys(held.reach.store for one in each for held in one.stores)),
            certainty=Certainty.MEDIUM,
            notes=notes,
        )
    failing = [one for one in wanting if one.unread is None and not _might(one, terms)]
    if failing:
        return Fail(
            condition="; ".join(_told(one, store) for one in failing),
            cause=f"the diagnostic settings of {store.name}",
            certainty=Certainty.MEDIUM if any(one.stores for one in failing) else Certainty.HIGH,
            notes=notes,
        )
    doubts = [held.doubt for one in wanting for held in one.stores if held.doubt is not None]
    doubts = [one.unread for one in wanting if one.unread is not None] + doubts
    return Indeterminate(
        kind=doubts[0].kind,
        condition="; ".join(dict.fromkeys(doubt.reason for doubt in doubts)),
        settle="; ".join(dict.fromkeys(doubt.settle for doubt in doubts)),
        notes=notes,
    )


def _lasts(one: Recorded, terms: Terms) -> bool:
    return any(held.doubt is None and terms.meets(UNTIL_REVIEW.of(held.reach), UNTIL_REVIEW) for held in one.stores)


def _might(one: Recorded, terms: Terms) -> bool:
    return any(held.doubt is not None and terms.might_meet(held, UNTIL_REVIEW) for held in one.stores)


def _told(one: Recorded, store: NamedStore) -> str:
    kept = [held.reach for held in one.stores]
    if not kept:
        return f"{one.category} of {store.name} is recorded nowhere"
    where = ", ".join(f"{reach.store} ({'unknown' if reach.total is None else reach.total})" for reach in kept)
    return f"{one.category} of {store.name} is recorded, but kept less than {REVIEW_DAYS} days: {where}"
