"""Microsoft Sentinel's connectors for Microsoft 365: which workspaces get a copy of what of the unified audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.evidence.azure_views import DataConnector, DataTypeState, OnboardingState
from compliance.evidence.derived.inventory import Inventory, inventory, read_again
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.views import DATASET_OF, Organization
from compliance.rules.office_activity import EXCHANGE, SHARE_POINT, TEAMS
from compliance.rules.resource_ids import resource_name

_CONNECTORS = DATASET_OF[DataConnector]
_ONBOARDING = DATASET_OF[OnboardingState]
_SENTINEL = "/providers/microsoft.securityinsights/"
_OFFICE = "office365"
EVERY = frozenset({EXCHANGE, SHARE_POINT, TEAMS})
"""All kinds of data that the connector for Microsoft 365 can bring in."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What a workspace's connector surely brings in of this tenant, and what it may besides; `unread` says why."""

    on: frozenset[str]
    possible: frozenset[str]
    unread: Unread | None


@dataclass(frozen=True, slots=True)
class OfficeConnectors:
    """The connectors that were read, by workspace; `unread` is why a workspace without one may have one."""

    by_workspace: Mapping[str, Connected]
    onboarded: Inventory[str]
    unread: Unread | None

    def of(self, workspace: str) -> Connected:
        """Return what a workspace gets: where nobody could look, possibly everything."""
        sentinel = self.onboarded.find(workspace)
        if sentinel is None:
            return Connected(frozenset(), frozenset(), None)
        found = self.by_workspace.get(id_key(workspace))
        on = frozenset[str]() if found is None else found.on
        if isinstance(sentinel, Unread):
            return Connected(frozenset(), EVERY, sentinel)
        if self.unread is not None:
            return Connected(on, EVERY - on, self.unread)
        return Connected(on, frozenset(), None) if found is None else found


def office_connectors(
    connectors: Population[DataConnector] | Unread,
    onboarding: Population[OnboardingState] | Unread,
    organization: Organization | Unread,
) -> OfficeConnectors:
    """Return what each connector of kind Office365 brings in; one that reads another tenant brings in nothing of this.

    A connector counts only where its workspace has Microsoft Sentinel.
    """
    tenant = organization if isinstance(organization, Unread) else organization.id.casefold()
    found = inventory(connectors, _CONNECTORS, lambda row: _brought_in(row, tenant))
    by_workspace: dict[str, Connected] = {}
    for key, one in sorted(found.rows.items(), key=lambda item: item[0]):
        workspace = key.partition(_SENTINEL)[0]
        more = Connected(frozenset(), EVERY, one) if isinstance(one, Unread) else one
        by_workspace[workspace] = _joined(by_workspace[workspace], more) if workspace in by_workspace else more
    return OfficeConnectors(by_workspace, _onboarded(onboarding), found.unread)


def _onboarded(onboarding: Population[OnboardingState] | Unread) -> Inventory[str]:
    return inventory(onboarding, _ONBOARDING, lambda row: row.name, lambda key: key.partition(_SENTINEL)[0])


def _joined(one: Connected, other: Connected) -> Connected:
    on = one.on | other.on
    return Connected(on, (one.possible | other.possible) - on, other.unread if one.unread is None else one.unread)


def _brought_in(row: DataConnector, tenant: str | Unread) -> Connected:
    """Return what a connector brings in; of another kind, or of another tenant, nothing of the unified audit log."""
    nothing = Connected(frozenset(), frozenset(), None)
    if row.kind.casefold() != _OFFICE:
        return nothing
    if not isinstance(tenant, Unread) and row.properties.tenant_id.strip().casefold() != tenant:
        return nothing
    types = row.properties.data_types
    states = {
        EXCHANGE: _state(types.exchange if types.holds("exchange") else None),
        SHARE_POINT: _state(types.share_point if types.holds("share_point") else None),
        TEAMS: _state(types.teams if types.holds("teams") else None),
    }
    on = frozenset(name for name, state in states.items() if state)
    unsure = frozenset(name for name, state in states.items() if state is None)
    named = f"the connector for Microsoft 365 of {resource_name(row.id.partition('/providers/Microsoft.Sec')[0])}"
    if isinstance(tenant, Unread):
        return Connected(frozenset(), on | unsure, tenant)
    if unsure:
        reason = f"{named} does not say whether it brings in {', '.join(sorted(unsure))}"
        return Connected(on, unsure, Unread(Kind.MALFORMED, _CONNECTORS, reason, read_again(_CONNECTORS)))
    return Connected(on, unsure, None)


def _state(one: DataTypeState | None) -> bool | None:
    """Return whether a kind of data is brought in, None where that is not said or in no known word."""
    try:
        said = "" if one is None else one.state.strip().casefold()
    except PropertyUnreadError:
        return None
    return {"enabled": True, "disabled": False}.get(said)
