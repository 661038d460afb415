"""INT-06: logs are encrypted where they lie and on their way."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import open_because, settled, store_parts, unseen_stores
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Part, Parts, Pass, Severity, Verdict
from compliance.evidence.derived import AccountSettings, LogStores
from compliance.evidence.derived.log_stores import NamedStore
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread

STRONG = frozenset({"TLS1_2", "TLS1_3"})
WEAK = frozenset({"TLS1_0", "TLS1_1"})


@check(
    "INT-06",
    severity=Severity.LOW,
    tests="design",
    mappings=Mappings(
        nist_800_53=("SC-8", "SC-13", "SC-28", "AU-9(3)"),
        attack=("T1040",),
    ),
    effect="Whoever listens on the way reads logs, and the keys or signatures with which they can be deleted.",
    remediation=(
        "az storage account update --resource-group <group> --name <account> --https-only true --min-tls-version"
        " TLS1_2",
    ),
    lesson="Storm-0558 read mail for weeks: logs that can be read on their way tell an intruder what is known of him.",
    facts=("storage.encrypted", "log-analytics.encrypted"),
)
def logs_are_encrypted_at_rest_and_on_their_way(
    stores: LogStores, settings: AccountSettings, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Verdict | Parts:
    """Logs are encrypted where they lie, and on their way there and back.

    Azure encrypts what its stores hold, always; Log Analytics is reached over TLS alone. What can be set is whether a
    storage account refuses requests over plain HTTP (supportsHttpsTrafficOnly) and versions of TLS before 1.2
    (minimumTlsVersion). Keys of one's own are not asked for: nothing says that they are needed.

    Each storage account that diagnostic settings, data export rules or Capture send logs to is a part. Passes where it
    refuses both, fails where it takes either.
    """

    def judge(store: NamedStore) -> Verdict | None:
        account = settings.of(store.id)
        if account is None:
            return None
        if isinstance(account, Unread):
            return open_because(account)
        faults: list[str] = []
        unread: list[Unread] = []
        if not account.supports_https_traffic_only:
            faults.append("takes requests over plain HTTP")
        version = account.minimum_tls_version.strip().upper()
        if version in WEAK:
            faults.append(f"takes {version.replace('_', '.')}")
        elif version not in STRONG:
            reason = f"minimumTlsVersion is {account.minimum_tls_version!r}, which is not a known one"
            unread.append(Unread(Kind.UNPROVEN, "arm.storage_accounts", reason, "minimumTlsVersion TLS1_2 or TLS1_3"))
        return settled(
            faults,
            unread,
            met="takes HTTPS alone, with TLS 1.2 or later",
            cause=f"supportsHttpsTrafficOnly and minimumTlsVersion of {store.name}",
            facts=("storage.encrypted",),
        )

    accounts = store_parts(stores.accounts, judge, unseen_stores(stores, Terms(scope, declarations, as_of)))
    return Parts((*_workspaces(stores), *accounts.parts))


def _workspaces(stores: LogStores) -> tuple[Part, ...]:
    if not stores.workspaces:
        return ()
    platform = Pass(
        condition="encrypted by the platform, and reached over TLS alone",
        cause="Log Analytics, which has no setting for it",
        facts=("log-analytics.encrypted",),
    )
    return (Part(id="workspaces", title="Log Analytics", count=len(stores.workspaces), verdict=platform),)
