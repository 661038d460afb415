"""Mistakes that other auditors are known to make about the national clouds, each by the endpoint that it concerns."""

from __future__ import annotations

import pytest

from compliance.clouds import CLOUDS
from compliance.evidence.datasets import Api


def test_prowler_asks_for_exchange_online_tokens_of_the_commercial_cloud_everywhere() -> None:
    """Prowler signs in to Exchange Online with the scope https://outlook.office365.com/.default in every cloud."""
    scopes = {name: cloud.scope(Api.EXCHANGE) for name, cloud in CLOUDS.items()}
    assert scopes["gcc"] == scopes["commercial"] == "https://outlook.office365.com/.default"
    assert len({scopes[name] for name in ("commercial", "gcc-high", "dod", "china")}) == 4


@pytest.mark.parametrize("wrong", ["https://graph.microsoftmil.us/v1.0/users", "https://graph.microsoft.us/v1.0/users"])
def test_prowler_and_scubagear_take_another_host_for_graph_in_dod(wrong: str) -> None:
    """Prowler asks graph.microsoftmil.us, which is nobody's, and ScubaGear the host of GCC High."""
    assert CLOUDS["dod"].graph == "https://dod-graph.microsoft.us"
    assert not CLOUDS["dod"].allows(Api.GRAPH, wrong)


def test_monkey365_reads_exchange_online_in_china_from_the_commercial_host() -> None:
    """monkey365 maps 21Vianet to outlook.office365.com."""
    assert not CLOUDS["china"].allows(Api.EXCHANGE, "https://outlook.office365.com/adminapi/beta/t/InvokeCommand")


def test_monkey365_misspells_the_host_of_security_and_compliance_in_us_government_clouds() -> None:
    """monkey365 asks ps.compliance.protection.outlook.us, where nobody answers."""
    for name in ("gcc-high", "dod"):
        assert not CLOUDS[name].allows(Api.PURVIEW, "https://ps.compliance.protection.outlook.us/AdminApi/v1.0/t/x")


def test_untitled_goose_asks_a_host_that_is_not_azure_resource_managers() -> None:
    """Untitled Goose Tool asks management.azure.us."""
    for name in ("gcc-high", "dod"):
        assert CLOUDS[name].arm == "https://management.usgovcloudapi.net"
        assert not CLOUDS[name].allows(Api.ARM, "https://management.azure.us/subscriptions")
