"""INT-07: stores of logs are closed to whoever is not let in by name."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import open_because, settled, store_parts, unseen_stores
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Parts, Severity, Verdict
from compliance.evidence.azure_views import StorageAccountProperties
from compliance.evidence.derived import AccountSettings, LogStores
from compliance.evidence.derived.log_stores import NamedStore
from compliance.evidence.derived.storage import account_networks
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Unread
from compliance.rules.facts import Certainty
from compliance.rules.storage import Networks


@check(
    "INT-07",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AC-3", "AC-6", "AU-9"),
        attack=("T1530", "T1070"),
    ),
    effect="Whoever holds a key of the account deletes logs that no locked policy protects, and no record names him.",
    remediation=(
        "az storage account update --resource-group <group> --name <account> --allow-blob-public-access false"
        " --allow-shared-key-access false",
        "# first see who still uses a key; diagnostic settings do not need one",
        "# the bypass is a list that is replaced as a whole: AzureServices has to be in it, or no log arrives any more",
        "az storage account network-rule list --resource-group <group> --account-name <account>",
        "az storage account update --resource-group <group> --name <account> --bypass AzureServices Logging Metrics"
        " --default-action Deny",
    ),
    lesson="A key is what Storm-0558 had: whoever holds one is nobody in particular in the logs.",
    facts=("storage.null-means-allowed",),
)
def stores_of_logs_are_closed(
    stores: LogStores, settings: AccountSettings, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Parts:
    """Storage accounts of logs are not public, take no account key, and are closed to other networks.

    Each storage account that diagnostic settings, data export rules or Capture send logs to is a part. Passes where
    allowBlobPublicAccess and allowSharedKeyAccess are both false, and the firewall denies by default, or public network
    access is disabled or secured by a perimeter. Fails on any of the three: null stands for true on accounts that were
    never asked, although what Microsoft publishes of a null allowBlobPublicAccess has changed (certainty medium where
    that alone decides).

    With shared keys a request is nobody's in particular, and a key can be copied: who may delete through roles is for
    ACC-02. Who may read a Log Analytics workspace is decided by roles alone.
    """

    def judge(store: NamedStore) -> Verdict | None:
        account = settings.of(store.id)
        if account is None:
            return None
        if isinstance(account, Unread):
            return open_because(account)
        faults, unread = _network(account)
        if account.allow_shared_key_access is not False:
            shown = "null" if account.allow_shared_key_access is None else "true"
            faults.append(f"takes the account's keys (allowSharedKeyAccess is {shown})")
        if account.allow_blob_public_access:
            faults.append("may hold public containers (allowBlobPublicAccess is true)")
        sure = bool(faults)
        if account.allow_blob_public_access is None:
            faults.append("may hold public containers (allowBlobPublicAccess is null)")
        return settled(
            faults,
            unread,
            met="not public, takes no account key, and is closed to other networks",
            cause=f"allowBlobPublicAccess, allowSharedKeyAccess and network rules of {store.name}",
            facts=("storage.null-means-allowed",) if _says_nothing(account) else (),
            certainty=Certainty.HIGH if sure or not faults else Certainty.MEDIUM,
        )

    return store_parts(stores.accounts, judge, unseen_stores(stores, Terms(scope, declarations, as_of)))


def _says_nothing(account: StorageAccountProperties) -> bool:
    return account.allow_shared_key_access is None or account.allow_blob_public_access is None


def _network(account: StorageAccountProperties) -> tuple[list[str], list[Unread]]:
    """Return whether an account is open to every network, as a fault or as what is not known."""
    match account_networks(account):
        case Unread() as unread:
            return [], [unread]
        case Networks.TO_ALL:
            return ["is open to every network (defaultAction is Allow)"], []
        case Networks.TO_LISTED | Networks.BY_PERIMETER:
            return [], []
