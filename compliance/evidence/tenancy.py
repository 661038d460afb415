"""The tenant that a bundle is of, from its own description."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from compliance.errors import InputError
from compliance.evidence.manifest import DatasetEntry, Tenant
from compliance.evidence.rows import typed_rows
from compliance.evidence.views import Organization

ORGANIZATION = "graph.organization"


def organization_of(out: Path, entries: Iterable[DatasetEntry]) -> Organization | None:
    """Return the tenant's own description, or None where it is not among what was read.

    Raises InputError where it describes more than one tenant.
    """
    for entry in entries:
        if entry.name == ORGANIZATION and entry.rows:
            rows = [row for row, _ in typed_rows(out, entry)]
            if len(rows) != 1:
                raise InputError(
                    f"{ORGANIZATION} holds {len(rows)} organisations, where a tenant is one",
                    where=str(out),
                    next_step="Read or export the organisation of one tenant alone.",
                )
            return rows[0] if isinstance(rows[0], Organization) else None
    return None


def tenant_of(tenant_id: str, organization: Organization | None) -> Tenant:
    """Return the manifest's words on a tenant; what its description did not hold is None."""
    if organization is None:
        return Tenant(id=tenant_id, name=None, initial_domain=None)
    domains = organization.verified_domains if organization.holds("verified_domains") else ()
    initial = [
        domain for domain in domains if domain.holds("is_initial") and domain.is_initial and domain.holds("name")
    ]
    return Tenant(
        id=tenant_id,
        name=organization.display_name if organization.holds("display_name") else None,
        initial_domain=initial[0].name if len(initial) == 1 else None,
    )
