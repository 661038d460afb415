"""The products that simulated users are licensed with.

Names and identifiers: Microsoft, "Product names and service plan identifiers for licensing",
https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference. Each product lists only the service
plans that matter to auditing and a few that every tenant shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service plan: its `servicePlanId`, `servicePlanName`, and the `service` shown in a user's assignedPlans."""

    id: str
    name: str
    service: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product: its `skuId`, `skuPartNumber` and the service plans that it carries."""

    sku_id: str
    part_number: str
    plans: tuple[ServicePlan, ...]

    @property
    def carries_mailbox(self) -> bool:
        """Whether it licenses a mailbox: EXCHANGE_S_FOUNDATION, which nearly every product carries, does not."""
        return any(plan.name.startswith("EXCHANGE_S_") and "FOUNDATION" not in plan.name for plan in self.plans)


ADVANCED_AUDITING = ServicePlan("2f442157-a11c-46b9-ae5b-6e39ff4e5849", "M365_ADVANCED_AUDITING", "exchange")
"""Audit (Premium); the same identifier in every cloud."""

TEN_YEAR_AUDIT = ServicePlan("7d16094b-4db8-41ff-a182-372a90a85407", "Auditing_10Year_ Retention_ Add_On", "exchange")
"""The 10-year audit log retention add-on; Microsoft's own name for it holds spaces."""

_AUDIT_PLATFORM = ServicePlan("f6de4823-28fa-440b-b886-4783fa86ddba", "M365_AUDIT_PLATFORM", "exchange")
_EXCHANGE = ServicePlan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE", "exchange")
_EXCHANGE_GOV = ServicePlan("8c3069c0-ccdb-44be-ab77-986203a67df2", "EXCHANGE_S_ENTERPRISE_GOV", "exchange")
_EXCHANGE_DESKLESS = ServicePlan("4a82b400-a79f-41a4-b4e2-e94f5787b113", "EXCHANGE_S_DESKLESS", "exchange")
_EXCHANGE_STANDARD = ServicePlan("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD", "exchange")
_EXCHANGE_FOUNDATION = ServicePlan("113feb6c-3fe4-4440-bddc-54d774bf0318", "EXCHANGE_S_FOUNDATION", "exchange")
_SHAREPOINT = ServicePlan("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE", "SharePoint")
_SHAREPOINT_GOV = ServicePlan("153f85dd-d912-4762-af6c-d6e0fb4f6692", "SHAREPOINTENTERPRISE_GOV", "SharePoint")
_TEAMS = ServicePlan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1", "TeamspaceAPI")
_TEAMS_GOV = ServicePlan("304767db-7d23-49e8-a945-4a7eb65f9f28", "TEAMS_GOV", "TeamspaceAPI")
_TEAMS_GCC_HIGH = ServicePlan("9953b155-8aef-4c56-92f3-72b0487fce41", "TEAMS_AR_GCCHIGH", "TeamspaceAPI")
_ENTRA_P1 = ServicePlan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM", "AADPremiumService")
ENTRA_P2 = ServicePlan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2", "AADPremiumService")
"""Microsoft Entra ID P2, without which nobody can be eligible for a role."""
_CLOUD_APPS = ServicePlan("2e2ddb96-6af9-4b1d-a3f0-d6ecfd22edb2", "ADALLOM_S_STANDALONE", "Adallom")

PRODUCTS: MappingProxyType[str, Product] = MappingProxyType(
    {
        product.part_number: product
        for product in (
            Product(
                "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
                "SPE_E5",
                (
                    ADVANCED_AUDITING,
                    _AUDIT_PLATFORM,
                    _EXCHANGE,
                    _SHAREPOINT,
                    _TEAMS,
                    _ENTRA_P1,
                    ENTRA_P2,
                    _CLOUD_APPS,
                ),
            ),
            Product(
                "05e9a617-0261-4cee-bb44-138d3ef5d965",
                "SPE_E3",
                (_AUDIT_PLATFORM, _EXCHANGE, _SHAREPOINT, _TEAMS, _ENTRA_P1),
            ),
            Product(
                "e2be619b-b125-455f-8660-fb503e431a5d",
                "M365_G5_GCC",
                (
                    ADVANCED_AUDITING,
                    _AUDIT_PLATFORM,
                    _EXCHANGE_GOV,
                    _SHAREPOINT_GOV,
                    _TEAMS_GOV,
                    _ENTRA_P1,
                    ENTRA_P2,
                    _CLOUD_APPS,
                ),
            ),
            Product(
                "e823ca47-49c4-46b3-b38d-ca11d5abe3d2",
                "M365_G3_GOV",
                (_AUDIT_PLATFORM, _EXCHANGE_GOV, _SHAREPOINT_GOV, _TEAMS_GOV, _ENTRA_P1),
            ),
            Product(
                "4eb45c5b-0d19-4e33-b87c-adfc25268f20",
                "SPE_E5_USGOV_GCCHIGH",
                (
                    ADVANCED_AUDITING,
                    _AUDIT_PLATFORM,
                    _EXCHANGE,
                    _SHAREPOINT,
                    _TEAMS_GCC_HIGH,
                    _ENTRA_P1,
                    ENTRA_P2,
                    _CLOUD_APPS,
                ),
            ),
            Product(
                "66b55226-6b4f-492c-910c-a3b7a3c9d993",
                "SPE_F1",
                (_EXCHANGE_DESKLESS, _TEAMS, _ENTRA_P1),
            ),
            Product("4b9405b0-7788-4568-add1-99614e613b69", "EXCHANGESTANDARD", (_EXCHANGE_STANDARD,)),
            Product("f30db892-07e9-47e9-837c-80727f46fd3d", "FLOW_FREE", (_EXCHANGE_FOUNDATION,)),
            Product("c2e41e49-e2a2-4c55-832a-cf13ffba1d6a", "10_ALR_ADDON", (TEN_YEAR_AUDIT,)),
        )
    }
)
"""Products by `skuPartNumber`."""
