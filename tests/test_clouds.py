from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.clouds import CLOUDS, Cloud, custom_cloud, lack_of, origin_of
from compliance.errors import InputError
from compliance.evidence.datasets import DATASETS, Api

COMMERCIAL = CLOUDS["commercial"]

ROOTS = {
    ("commercial", Api.GRAPH): "https://graph.microsoft.com",
    ("commercial", Api.EXCHANGE): "https://outlook.office365.com",
    ("commercial", Api.PURVIEW): "https://ps.compliance.protection.outlook.com",
    ("commercial", Api.ARM): "https://management.azure.com",
    ("gcc", Api.GRAPH): "https://graph.microsoft.com",
    ("gcc", Api.EXCHANGE): "https://outlook.office365.com",
    ("gcc", Api.PURVIEW): "https://ps.compliance.protection.outlook.com",
    ("gcc", Api.ARM): "https://management.azure.com",
    ("gcc-high", Api.GRAPH): "https://graph.microsoft.us",
    ("gcc-high", Api.EXCHANGE): "https://outlook.office365.us",
    ("gcc-high", Api.PURVIEW): "https://ps.compliance.protection.office365.us",
    ("gcc-high", Api.ARM): "https://management.usgovcloudapi.net",
    ("dod", Api.GRAPH): "https://dod-graph.microsoft.us",
    ("dod", Api.EXCHANGE): "https://outlook-dod.office365.us",
    ("dod", Api.PURVIEW): "https://l5.ps.compliance.protection.office365.us",
    ("dod", Api.ARM): "https://management.usgovcloudapi.net",
    ("china", Api.GRAPH): "https://microsoftgraph.chinacloudapi.cn",
    ("china", Api.EXCHANGE): "https://partner.outlook.cn",
    ("china", Api.PURVIEW): "https://ps.compliance.protection.partner.outlook.cn",
    ("china", Api.ARM): "https://management.chinacloudapi.cn",
}
"""Every root of every cloud, written out: where it would be derived, a wrong one would agree with itself."""

AUTHORITIES = {
    "commercial": ("https://login.microsoftonline.com", "api://AzureADTokenExchange"),
    "gcc": ("https://login.microsoftonline.com", "api://AzureADTokenExchange"),
    "gcc-high": ("https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
    "dod": ("https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
    "china": ("https://login.chinacloudapi.cn", "api://AzureADTokenExchangeChina"),
}

REGIONAL = {
    "commercial": "https://nam11b.ps.compliance.protection.outlook.com",
    "gcc": "https://nam11b.ps.compliance.protection.outlook.com",
    "gcc-high": "https://nam11b.ps.compliance.protection.office365.us",
    "dod": "https://nam11b.ps.compliance.protection.office365.us",
    "china": "https://nam11b.ps.compliance.protection.partner.outlook.cn",
}

EACH_ROOT = pytest.mark.parametrize(("name", "api"), ROOTS)


def test_the_tables_above_hold_every_cloud_and_every_api() -> None:
    assert set(ROOTS) == {(name, api) for name in CLOUDS for api in Api}
    assert set(AUTHORITIES) == set(REGIONAL) == set(CLOUDS)


@EACH_ROOT
def test_each_api_of_each_cloud_has_its_root_its_scope_and_its_host(name: str, api: Api) -> None:
    cloud, root = CLOUDS[name], ROOTS[name, api]
    assert cloud.root(api) == root
    assert cloud.scope(api) == f"{root}/.default"
    assert cloud.allows(api, f"{root}/v1.0/users?$skiptoken=abc")
    assert cloud.allows(api, f"{root.upper().replace('HTTPS', 'https')}:443/")


@EACH_ROOT
def test_an_api_is_never_asked_where_another_api_or_another_cloud_answers(name: str, api: Api) -> None:
    own = {ROOTS[name, api]}
    if (name, api) == ("gcc-high", Api.PURVIEW):
        own.add(ROOTS["dod", Api.PURVIEW])  # "l5" has the form of a region
    for root in {*ROOTS.values(), *(authority for authority, _ in AUTHORITIES.values())} - own:
        assert not CLOUDS[name].allows(api, f"{root}/v1.0/users"), root


@pytest.mark.parametrize("name", AUTHORITIES)
def test_each_cloud_signs_in_at_its_authority_and_federates_for_its_audience(name: str) -> None:
    assert (CLOUDS[name].authority, CLOUDS[name].federation_audience) == AUTHORITIES[name]
    assert CLOUDS[name].name == name
    assert not CLOUDS[name].simulated
    assert CLOUDS[name].ca_bundle is None


@pytest.mark.parametrize("name", REGIONAL)
def test_each_cloud_has_its_regional_compliance_hosts(name: str) -> None:
    cloud = CLOUDS[name]
    assert cloud.purview_region("nam11b") == REGIONAL[name]
    assert cloud.allows(Api.PURVIEW, f"{REGIONAL[name]}/adminapi/beta/x/InvokeCommand")
    for api in set(Api) - {Api.PURVIEW}:
        assert not cloud.allows(api, f"{REGIONAL[name]}/adminapi/beta/x/InvokeCommand")


def look_alikes(host: str) -> list[str]:
    """URLs that only resemble those of a host."""
    return [
        f"http://{host}/",
        f"https://{host}:8443/",
        f"https://{host}:444/",
        f"https://{host}.evil.example/",
        f"https://evil{host}/",
        f"https://evil-{host}/",
        f"https://evil.{host}/",
        f"https://{host}@evil.example/",
        f"https://user@{host}/",
        f"https://user:password@{host}/",
        f"https://evil.example\\@{host}/",
        f"https://{host}\\.evil.example/",
        f"https://evil.example/?https://{host}/",
        f"https://evil.example#@{host}/",
        f"https://{host}/v1.0/users\r\nX: y",
        f"https://{host}/v1.0/users\n",
        f"https://{host}./",
        f"https://{host} /",
        f"https://{host}%00.evil.example/",
        f"https://{host}%2f.evil.example/",
        f"//{host}/",
        f"https:///{host}/",
        f"https:{host}/",
        f"{host}/",
        f"https://xn--{host}/",
        "https://" + host.replace("o", "\u043e", 1) + "/",
        "https://" + host.replace(".", "\u3002", 1) + "/",
        "https://" + host.replace(".", "x", 1) + "/",
        f"https://{host.rsplit('.', 1)[0]}.co/",
        "",
    ]


@EACH_ROOT
def test_nothing_that_only_resembles_a_host_is_allowed(name: str, api: Api) -> None:
    host = ROOTS[name, api].removeprefix("https://")
    # One label of letters and digits before the compliance host is a region, whatever it says.
    region = f"https://evil{host}/" if name == "dod" else f"https://evil.{host}/"
    regions = {region} if api is Api.PURVIEW else set()
    for url in {*look_alikes(host)} - regions:
        assert not CLOUDS[name].allows(api, url), url


@pytest.mark.parametrize("name", REGIONAL)
@pytest.mark.parametrize(
    "label",
    [
        "a.b.",
        "-.",
        "nam11b-.",
        "region-label.",
        "{region}.",
        "nam11bx",
        "n.",
        "x" * 21 + ".",
        "nam_11.",
        "nam11b%2e.",
        "evil.example/.",
        "evil.example#.",
        "evil@.",
        "n\u0430m11b.",
        ".",
    ],
)
def test_only_one_region_label_may_stand_before_the_compliance_host(name: str, label: str) -> None:
    host = REGIONAL[name].partition(".")[2]
    assert not CLOUDS[name].allows(Api.PURVIEW, f"https://{label}{host}/adminapi")
    assert not CLOUDS[name].allows(Api.PURVIEW, f"https://nam11b.admin.{host.removeprefix('ps.compliance.')}:446/")


def test_a_cloud_lacks_what_its_api_does_not_serve_and_nothing_else() -> None:
    lacks = {(cloud.name, dataset) for cloud in CLOUDS.values() for dataset in DATASETS if lack_of(cloud, dataset)}
    assert lacks == {("china", "graph.secure_score")}
    assert all(set(cloud.lacks) <= set(DATASETS) for cloud in CLOUDS.values())
    lack = lack_of(CLOUDS["china"], "graph.secure_score")
    assert lack is not None
    assert "21Vianet" in lack.reason
    assert lack.substitute


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gcc-high", "regional host"),
        ("dod", "compliance.dod.microsoft.com"),
        ("china", "outlook.office365.cn"),
    ],
)
def test_what_sources_leave_open_about_a_cloud_is_noted(name: str, told: str) -> None:
    assert any(told in note for note in CLOUDS[name].notes)


@given(st.text(max_size=60))
def test_an_origin_is_plain_https_or_nothing(text: str) -> None:
    origin = origin_of("https://" + text)
    assert origin is None or origin.startswith("https://")
    assert origin is None or text.lower().startswith(origin.removeprefix("https://").rsplit(":", 1)[0])


def _custom(tmp_path: Path, **changes: object) -> Cloud:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("x")
    roots = {
        "authority": "https://localhost:1001",
        "graph": "https://localhost:1002/",
        "exchange": "https://127.0.0.1:1003",
        "purview": "https://[::1]:1004",
        "purview_regional": "https://localhost:1005",
        "arm": "https://localhost:1006",
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
    assert cloud.allows(Api.ARM, "https://localhost:1006/subscriptions")
    assert not cloud.allows(Api.ARM, "https://localhost:1005/subscriptions")
    assert not cloud.allows(Api.ARM, "https://management.azure.com/subscriptions")


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


@pytest.mark.parametrize("key", ["authority", "graph", "exchange", "purview", "purview_regional", "arm"])
def test_no_root_of_a_custom_cloud_may_lie_beyond_loopback(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match=rf"custom_cloud\.{key}"):
        _custom(tmp_path, **{key: "https://graph.microsoft.com"})


@pytest.mark.parametrize(
    "module", ["clouds", "cloud_detection", "settings", "redaction", "credentials", "sources.errors"]
)
def test_nothing_heavy_is_imported_before_a_tenant_is_read(module: str) -> None:
    code = (
        f"import sys, compliance.{module};"
        " print([m for m in ('azure', 'msal', 'msgraph', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
