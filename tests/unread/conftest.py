"""Two tenants in which every check passes, read once over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from matrix import Laboratory
from worlds import World, collected

from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import RetentionPolicy, Tenant, stable_guid


def crowded() -> Tenant:
    """The compliant tenant with policies in each other's way, none of which changes what is kept.

    Short ones are off, outranked, or about records that are not judged; long ones name users and operations.
    """
    tenant = load_scenario("compliant")
    changed = tenant.policies[0].when_changed
    one, two, three, four = (user.user_principal_name for user in tenant.users[:4])
    teams, *others = tenant.policies
    together = replace(others[0], record_types=tuple(name for other in others for name in other.record_types))
    tenant.policies = [teams, together]
    for name, priority, duration, record_types, operations, users, enabled in (
        ("Off", 1, "SevenDays", ("ExchangeItemAggregated",), (), (), False),
        ("Forms", 2, "SevenDays", ("MicrosoftForms",), (), (), True),
        ("Mail of one", 5, "TwelveMonths", ("ExchangeItemAggregated",), (), (one,), True),
        ("Teams of one by id", 6, "TwelveMonths", ("MicrosoftTeams",), (), (tenant.users[1].id,), True),
        ("Mail access", 7, "TwelveMonths", ("ExchangeItem",), ("MailItemsAccessed",), (), True),
        ("Teams of two", 8, "TwelveMonths", ("MicrosoftTeams",), (), (three, four), True),
        ("Teams of one, short", 9, "SevenDays", ("MicrosoftTeams",), (), (four,), True),
        ("Teams, short", 60, "OneMonth", ("MicrosoftTeams",), (), (), True),
        ("Entra of one, long", 61, "TenYears", ("AzureActiveDirectory",), (), (two,), True),
    ):
        guid = stable_guid(tenant.id, "retention policy", name)
        tenant.policies.append(
            RetentionPolicy(name, guid, priority, duration, changed, record_types, operations, users, enabled)
        )
    return tenant


def without_what_is_always_open(tenant: Tenant) -> Tenant:
    """The tenant without a discovery mailbox and with an administrator for the collector's role group.

    No record was read that shows a discovery mailbox to be audited, and an application that may change audit policies
    waits for somebody's word.
    """
    tenant.mailboxes = [one for one in tenant.mailboxes if one.recipient_type_details != "DiscoveryMailbox"]
    for group in tenant.purview_role_groups:
        group.members = ()
    return tenant


TENANTS: dict[str, Callable[[], Tenant]] = {
    "compliant": lambda: without_what_is_always_open(load_scenario("compliant")),
    "crowded": lambda: without_what_is_always_open(crowded()),
}


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    """What was read of each tenant, by name."""
    folder = tmp_path_factory.mktemp("collected")
    return {name: collected(make(), folder / name) for name, make in TENANTS.items()}


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """Where worlds are evaluated."""
    return Laboratory(tmp_path_factory.mktemp("laboratory"))
