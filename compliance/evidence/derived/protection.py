"""What protects the storage accounts of logs: against whoever may read or delete, and against mistakes."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.azure_views import (
    BlobService,
    BlobServiceProperties,
    StorageAccount,
    StorageAccountProperties,
)
from compliance.evidence.derived.inventory import Inventory, inventory, not_read
from compliance.evidence.evidence import Absent
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.resource_ids import resource_name

_ACCOUNTS = DATASET_OF[StorageAccount]
_SERVICES = DATASET_OF[BlobService]
_SERVICE = "/blobservices/default"


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """The settings of storage accounts and of their blob services, by the account's id."""

    accounts: Inventory[StorageAccountProperties]
    services: Inventory[BlobServiceProperties]
    absent: Absent

    def of(self, account: str) -> StorageAccountProperties | Unread | None:
        """Return the settings of an account, or why they are not known; None where it is surely not there."""
        if id_key(account) in self.absent.ids:
            return None
        found = self.accounts.find(account)
        return not_read(_ACCOUNTS, f"the storage account {resource_name(account)}") if found is None else found

    def blobs_of(self, account: str) -> BlobServiceProperties | Unread:
        """Return the settings of an account's blob service, or why they are not known."""
        found = self.services.find(account)
        return not_read(_SERVICES, f"the blob service of {resource_name(account)}") if found is None else found


def account_settings(
    accounts: Population[StorageAccount] | Unread, services: Population[BlobService] | Unread, absent: Absent
) -> AccountSettings:
    """Return the settings of every account that was read; one without a row was not read."""
    return AccountSettings(
        inventory(accounts, _ACCOUNTS, lambda row: row.properties),
        inventory(services, _SERVICES, lambda row: row.properties, lambda key: key.removesuffix(_SERVICE)),
        absent,
    )
