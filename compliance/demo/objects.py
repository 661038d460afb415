"""What objects of the Exchange directory have in common, and who may read its configuration and its recipients."""

from __future__ import annotations

from compliance.demo.tenant import Tenant

FOREST = "NAMPR09A001.PROD.OUTLOOK.COM"
"""Where the simulated organisations live."""

VIEW_CONFIGURATION = frozenset(
    {"Global Reader", "Exchange Administrator", "Global Administrator", "View-Only Configuration"}
)
"""The roles any of which lets run the cmdlets that show the organisation's configuration."""

VIEW_RECIPIENTS = frozenset(
    {
        "Global Reader",
        "Exchange Administrator",
        "Exchange Recipient Administrator",
        "Global Administrator",
        "View-Only Recipients",
    }
)
"""The roles any of which lets run the cmdlets that show recipients; Security Reader is none of them."""


def organization_id(tenant: Tenant) -> str:
    """The OrganizationId that Exchange objects show."""
    name = tenant.initial_domain
    return f"{FOREST}/Microsoft Exchange Hosted Organizations/{name} - {FOREST}/ConfigurationUnits/{name}/Configuration"


def distinguished_name(tenant: Tenant, name: str) -> str:
    """The DistinguishedName of an object of the organisation."""
    return (
        f"CN={name},OU={tenant.initial_domain},OU=Microsoft Exchange Hosted Organizations,"
        "DC=NAMPR09A001,DC=PROD,DC=OUTLOOK,DC=COM"
    )
