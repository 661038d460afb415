"""Facts about storage accounts."""

from __future__ import annotations

from compliance.rules.facts.fact import Certainty, Fact

FACTS = (
    Fact(
        "storage.only-locked-protects",
        "A locked time-based retention policy can only be extended; an unlocked one can be shortened or deleted, and a"
        " legal hold has no duration and can be lifted: neither of these two assures any length of time.",
        "Microsoft Learn, Time-based retention policies for immutable blob data,"
        " https://learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "storage.version-level-default",
        "The default policy of a storage account with version-level immutability holds for blobs that are written"
        " without a policy of their own: whoever writes one can name a shorter one.",
        "Microsoft Learn, Version-level WORM policies for immutable blob data,"
        " https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "storage.append-under-immutability",
        "Diagnostic logs are append blobs, added to through the hour: under immutability that takes"
        " allowProtectedAppendWrites or allowProtectedAppendWritesAll, neither of which can be changed after locking.",
        "Microsoft Learn, Time-based retention policies for immutable blob data,"
        " https://learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "storage.soft-delete",
        "Soft delete keeps a deleted blob or container for a number of days, so that a mistake can be undone. It is no"
        " retention: nothing says how old what was deleted had become.",
        "Microsoft Learn, Soft delete for blobs,"
        " https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "storage.null-means-allowed",
        "A null allowSharedKeyAccess allows requests with the account's key. A null allowBlobPublicAccess was published"
        " as allowing anonymous access, and lately as forbidding it.",
        "Microsoft Learn, Storage Accounts - Get Properties,"
        " https://learn.microsoft.com/rest/api/storagerp/storage-accounts/get-properties",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "storage.encrypted",
        "Azure Storage always encrypts what it holds at rest; whether unencrypted requests and old versions of TLS are"
        " refused is set for each storage account.",
        "Microsoft Learn, Enforce a minimum required version of Transport Layer Security (TLS),"
        " https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "storage.lifecycle-delete",
        "A lifecycle rule that is switched on deletes the blobs whose path begins with one of its prefixes, in that"
        " letter case, and whose type it names, once more than its days have passed; append blobs can be deleted by"
        " rules, and never moved to another tier.",
        "Microsoft Learn, Azure Blob Storage lifecycle management overview,"
        " https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "storage.no-delete",
        "Blobs that no lifecycle rule deletes are kept until somebody deletes them: what can be, not what is assured.",
        "Microsoft Learn, Migrate from diagnostic settings storage retention to Azure Storage lifecycle management,"
        " https://learn.microsoft.com/azure/azure-monitor/platform/migrate-to-azure-storage-lifecycle-policy",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "storage.not-searchable",
        "Logs in a storage account lie there as one file for each hour: they can be retrieved, and are searched only"
        " with a tool of one's own. No standard says so in these words.",
        "Microsoft Learn, Resource logs in Azure Monitor,"
        " https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs",
        None,
        Certainty.MEDIUM,
    ),
)
"""These facts."""
