"""INT-03: what is deleted by mistake can be brought back."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import settled, store_parts, unseen_stores
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Parts, Severity, Verdict
from compliance.evidence.azure_views import BlobServiceProperties
from compliance.evidence.derived import AccountSettings, Locks, LogStores
from compliance.evidence.derived.locks import Level, PlacedLock
from compliance.evidence.derived.log_stores import NamedStore
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread

LEAST_DAYS = 7
"""How long what was deleted can be brought back, at the least: what Microsoft sets by default."""


@check(
    "INT-03",
    severity=Severity.LOW,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-9", "CP-9"),
        attack=("T1485", "T1490"),
    ),
    effect="One wrong command, or one right one in the wrong place, and the logs of years are gone.",
    remediation=(
        "az storage account blob-service-properties update --resource-group <group> --account-name <account>"
        " --enable-delete-retention true --delete-retention-days <7, or the days that are set if more>"
        " --enable-container-delete-retention true --container-delete-retention-days <likewise>",
        "az lock create --name keep-logs --lock-type CanNotDelete --resource-group <group>"
        " --resource <account> --resource-type Microsoft.Storage/storageAccounts",
    ),
    lesson="Logs of Storm-0558's time were missed for years before anybody knew: what was deleted meanwhile, nobody"
    " brings back.",
    facts=("storage.soft-delete", "azure.locks"),
)
def deletion_by_mistake_can_be_undone(
    stores: LogStores, settings: AccountSettings, locks: Locks, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Parts:
    """What is deleted by mistake from a storage account of logs can be brought back.

    Each storage account that diagnostic settings, data export rules or Capture send logs to is a part. Passes where
    soft delete keeps deleted blobs and deleted containers for at least 7 days, and a lock forbids to delete the
    account: at the account, at its resource group or at its subscription. Fails where any of the three is missing.

    ReadOnly counts as such a lock; it also keeps everybody from listing the account's keys, which is noted. Soft delete
    is never counted as retention. Locks of workspaces are for INT-04; a deleted workspace can be brought back for 14
    days without any setting.
    """

    def judge(store: NamedStore) -> Verdict | None:
        if settings.of(store.id) is None:
            return None
        blobs = settings.blobs_of(store.id)
        faults, unread = ([], [blobs]) if isinstance(blobs, Unread) else _kept(blobs)
        lock = locks.over(store.id)
        if isinstance(lock, Unread):
            unread.append(lock)
        elif lock is None:
            faults.append("no lock forbids to delete it")
        return settled(
            faults,
            unread,
            met=f"soft delete keeps blobs and containers for {LEAST_DAYS} days or more, and a lock is on it",
            cause=f"{_lock_text(lock)}; soft delete of {store.name}",
            facts=("storage.soft-delete", "azure.locks"),
            notes=_notes(lock),
        )

    return store_parts(stores.accounts, judge, unseen_stores(stores, Terms(scope, declarations, as_of)))


def _kept(blobs: BlobServiceProperties) -> tuple[list[str], list[Unread]]:
    """Return what soft delete lacks, as faults or as what is not known."""
    faults: list[str] = []
    unread: list[Unread] = []
    for what, policy in (
        ("deleted blobs are", blobs.delete_retention_policy),
        ("a deleted container is", blobs.container_delete_retention_policy),
    ):
        if policy is None or not policy.enabled:
            faults.append(f"{what} not kept")
        elif policy.days is None:
            reason = f"{what} kept for a number of days that is not told"
            unread.append(Unread(Kind.MALFORMED, "arm.blob_services", reason, "the days of soft delete read again"))
        elif policy.days < LEAST_DAYS:
            faults.append(f"{what} kept for {policy.days} days, fewer than {LEAST_DAYS}")
    return faults, unread


def _lock_text(lock: PlacedLock | Unread | None) -> str:
    if not isinstance(lock, PlacedLock):
        return "locks at the account, its resource group and its subscription"
    return f"the lock {lock.name} ({lock.level.value}) at {lock.scope}"


def _notes(lock: PlacedLock | Unread | None) -> tuple[str, ...]:
    if not isinstance(lock, PlacedLock) or lock.level is not Level.READ_ONLY:
        return ()
    return ("the lock is ReadOnly, which also keeps everybody from listing keys and from changing retention",)
