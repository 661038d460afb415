"""Which cloud a tenant lives in: what its OpenID configuration tells, who is asked, and when nothing is guessed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from compliance.cloud_detection import AUTHORITIES, detect_cloud, fetch_configuration
from compliance.clouds import CLOUDS
from compliance.errors import InputError

TENANT = "agency.example"
PUBLIC, US, CHINA = (
    f"https://{host}" for host in ("login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn")
)
UNKNOWN = (400, json.dumps({"error": "invalid_tenant", "error_description": "AADSTS90002: not found"}).encode())


def told(instance: str | None, scope: str | None, sub_scope: str | None = None) -> tuple[int, bytes]:
    """A configuration as an authority gives it: keys that say nothing are left out."""
    keys = {"cloud_instance_name": instance, "tenant_region_scope": scope, "tenant_region_sub_scope": sub_scope}
    return 200, json.dumps({key: value for key, value in keys.items() if value is not None}).encode()


def authorities(answers: dict[str, tuple[int, bytes]]) -> tuple[list[str], Callable[[str], tuple[int, bytes]]]:
    """What was asked, and a `fetch` that answers by authority; any other host is a failure of the test."""
    asked: list[str] = []

    def fetch(url: str) -> tuple[int, bytes]:
        asked.append(url)
        authority, _, path = url.partition(f"/{TENANT}/")
        assert path == "v2.0/.well-known/openid-configuration"
        return answers[authority]

    return asked, fetch


@pytest.mark.parametrize(
    ("answers", "cloud"),
    [
        ({PUBLIC: told("microsoftonline.com", "NA")}, "commercial"),
        ({PUBLIC: told("microsoftonline.com", "EU")}, "commercial"),
        ({PUBLIC: told("microsoftonline.com", "WW", "")}, "commercial"),
        ({PUBLIC: told("microsoftonline.com", "NA", "GCC")}, "gcc"),
        ({PUBLIC: told("microsoftonline.us", "USGov", "DODCON")}, "gcc-high"),
        ({PUBLIC: told("microsoftonline.us", "USG", "DOD")}, "dod"),
        ({PUBLIC: UNKNOWN, US: told("microsoftonline.us", "USGov", "DODCON")}, "gcc-high"),
        ({PUBLIC: UNKNOWN, US: told("microsoftonline.us", "USGov", "DOD")}, "dod"),
        ({PUBLIC: UNKNOWN, US: UNKNOWN, CHINA: told("partner.microsoftonline.cn", "CN")}, "china"),
        ({PUBLIC: UNKNOWN, US: UNKNOWN, CHINA: told("partner.microsoftonline.cn", None)}, "china"),
    ],
)
def test_the_openid_configuration_tells_the_cloud(answers: dict[str, tuple[int, bytes]], cloud: str) -> None:
    asked, fetch = authorities(answers)
    assert detect_cloud(TENANT, fetch) == cloud
    assert [url.partition(f"/{TENANT}/")[0] for url in asked] == list(answers)


@pytest.mark.parametrize(
    "answers",
    [
        {PUBLIC: told("microsoftonline.com", None)},
        {PUBLIC: told("microsoftonline.com", "NA", "DODCON")},
        {PUBLIC: told("microsoftonline.com", "NA", "DOD")},
        {PUBLIC: told("microsoftonline.com", "NA", "GCCX")},
        {PUBLIC: told("microsoftonline.com", "USGov", "GCC")},
        {PUBLIC: told("microsoftonline.com", "USGov")},
        {PUBLIC: told("microsoftonline.us", "USGov")},
        {PUBLIC: told("microsoftonline.us", "NA")},
        {PUBLIC: told("microsoftonline.de", "EU")},
        {PUBLIC: told(None, "NA")},
        {PUBLIC: told("partner.microsoftonline.cn", "CN", "DOD")},
        {PUBLIC: (200, b"<html>a proxy</html>")},
        {PUBLIC: (200, b'{"tenant_region_scope": 1}')},
        {PUBLIC: (200, b"\xff")},
        {PUBLIC: (302, b"")},
        {PUBLIC: (429, b"")},
        {PUBLIC: (500, b"")},
        {PUBLIC: UNKNOWN, US: (503, b"")},
        {PUBLIC: UNKNOWN, US: UNKNOWN, CHINA: UNKNOWN},
    ],
)
def test_what_is_not_known_is_not_guessed(answers: dict[str, tuple[int, bytes]]) -> None:
    _, fetch = authorities(answers)
    with pytest.raises(InputError, match=TENANT) as caught:
        detect_cloud(TENANT, fetch)
    assert "config.yaml" in str(caught.value)
    assert all(name in str(caught.value) for name in CLOUDS)


def test_only_the_authorities_of_the_clouds_are_asked() -> None:
    assert AUTHORITIES == (PUBLIC, US, CHINA)


@given(st.sampled_from([200, 400, 404]), st.binary(max_size=80))
def test_any_answer_is_a_cloud_or_an_input_error(status: int, body: bytes) -> None:
    with contextlib.suppress(InputError):
        assert detect_cloud(TENANT, lambda _: (status, body)) in CLOUDS


def test_the_question_carries_no_credential_and_follows_no_redirect(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine login.microsoftonline.com login me password c4n4ry\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with responses.RequestsMock() as host:
        host.get(f"{PUBLIC}/x", status=302, headers={"Location": "https://evil.example/"})
        assert fetch_configuration(f"{PUBLIC}/x") == (302, b"")
        assert [call.request.url for call in host.calls] == [f"{PUBLIC}/x"]
        assert "Authorization" not in host.calls[0].request.headers


def test_nobody_answering_says_to_name_the_cloud() -> None:
    with responses.RequestsMock(), pytest.raises(InputError, match=r"config\.yaml"):
        fetch_configuration(f"{PUBLIC}/x")
