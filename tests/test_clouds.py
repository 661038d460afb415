from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.clouds import CLOUDS, Cloud, custom_cloud, origin_of
from compliance.errors import InputError
from compliance.evidence.datasets import Api

COMMERCIAL = CLOUDS["commercial"]


@pytest.mark.parametrize(
    ("api", "url"),
    [
        (Api.GRAPH, "https://graph.microsoft.com/v1.0/users?$skiptoken=abc"),
        (Api.GRAPH, "https://GRAPH.microsoft.com:443/v1.0/users"),
        (Api.EXCHANGE, "https://outlook.office365.com/adminapi/beta/x/InvokeCommand"),
        (Api.PURVIEW, "https://ps.compliance.protection.outlook.com/AdminApi/v1.0/x/EXOModuleFile"),
        (Api.PURVIEW, "https://nam11b.ps.compliance.protection.outlook.com/adminapi/beta/x/InvokeCommand"),
    ],
)
def test_the_hosts_of_an_api_are_allowed(api: Api, url: str) -> None:
    assert COMMERCIAL.allows(api, url)


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:8443/v1.0/users",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://evilgraph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://evil.example\\@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com\\.evil.example/v1.0/users",
        "https://evil.example/?https://graph.microsoft.com/",
        "https://evil.example#@graph.microsoft.com/",
        "https://graph.microsoft.com/v1.0/users\r\nX: y",
        "https://graph.microsoft.com./v1.0/users",
        "https://outlook.office365.com/v1.0/users",
        "//graph.microsoft.com/v1.0/users",
        "https:///graph.microsoft.com/v1.0/users",
        "https://ɡraph.microsoft.com/v1.0/users",
        "",
    ],
)
def test_nothing_that_only_resembles_a_host_is_allowed(url: str) -> None:
    assert not COMMERCIAL.allows(Api.GRAPH, url)


@pytest.mark.parametrize(
    "host",
    [
        "nam11b.admin.protection.outlook.com",
        "a.b.ps.compliance.protection.outlook.com",
        "-.ps.compliance.protection.outlook.com",
        "region-label.ps.compliance.protection.outlook.com",
        "nam11bxps.compliance.protection.outlook.com",
    ],
)
def test_only_one_region_label_may_stand_before_the_compliance_host(host: str) -> None:
    assert not COMMERCIAL.allows(Api.PURVIEW, f"https://{host}/adminapi")


@given(st.text(max_size=60))
def test_an_origin_is_plain_https_or_nothing(text: str) -> None:
    origin = origin_of("https://" + text)
    assert origin is None or origin.startswith("https://")
    assert origin is None or text.lower().startswith(origin.removeprefix("https://").rsplit(":", 1)[0])


def test_each_api_has_a_scope_of_its_own() -> None:
    assert {api: COMMERCIAL.scope(api) for api in Api} == {
        Api.GRAPH: "https://graph.microsoft.com/.default",
        Api.EXCHANGE: "https://outlook.office365.com/.default",
        Api.PURVIEW: "https://ps.compliance.protection.outlook.com/.default",
    }


def test_gcc_is_served_by_the_worldwide_endpoints() -> None:
    assert CLOUDS["gcc"].graph == COMMERCIAL.graph
    assert CLOUDS["gcc"].name == "gcc"


def _custom(tmp_path: Path, **changes: object) -> Cloud:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("x")
    roots = {
        "authority": "https://localhost:1001",
        "graph": "https://localhost:1002/",
        "exchange": "https://127.0.0.1:1003",
        "purview": "https://[::1]:1004",
        "purview_regional": "https://localhost:1005",
        "ca_bundle": bundle,
    }
    return custom_cloud(**{**roots, **changes})


def test_a_custom_cloud_is_simulated_and_pins_each_port(tmp_path: Path) -> None:
    cloud = _custom(tmp_path)
    assert cloud.simulated
    assert cloud.allows(Api.GRAPH, "https://localhost:1002/v1.0/users")
    assert not cloud.allows(Api.GRAPH, "https://localhost:1003/v1.0/users")
    assert not cloud.allows(Api.GRAPH, "https://graph.microsoft.com/v1.0/users")
    assert cloud.purview_region("nam11b") == "https://localhost:1005"
    assert cloud.allows(Api.PURVIEW, "https://localhost:1005/adminapi")


@pytest.mark.parametrize(
    "root",
    [
        "http://localhost:1",
        "https://graph.microsoft.com",
        "https://127.0.0.2:1",
        "https://localhost.evil.example",
        "https://user@localhost:1",
        "https://localhost:1/v1.0",
        "https://localhost:1?x",
        "localhost:1",
        "",
    ],
)
def test_a_custom_cloud_beyond_loopback_is_refused(tmp_path: Path, root: str) -> None:
    with pytest.raises(InputError, match=r"custom_cloud\.graph"):
        _custom(tmp_path, graph=root)


def test_a_custom_cloud_needs_its_certificate_authority(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"custom_cloud\.ca_bundle"):
        _custom(tmp_path, ca_bundle=tmp_path / "absent.pem")


@pytest.mark.parametrize("label", ["", "NAM", "nam.11", "nam/11", "x" * 21, "a"])
def test_what_is_no_region_label_makes_no_host(label: str) -> None:
    with pytest.raises(ValueError, match="not a region label"):
        COMMERCIAL.purview_region(label)


@pytest.mark.parametrize("module", ["clouds", "settings", "redaction", "credentials", "sources.errors"])
def test_nothing_heavy_is_imported_before_a_tenant_is_read(module: str) -> None:
    code = (
        f"import sys, compliance.{module};"
        " print([m for m in ('azure', 'msal', 'msgraph', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
