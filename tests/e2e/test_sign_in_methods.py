"""Every way to sign in that can be driven on one machine: azure-identity against the simulated authority."""

from __future__ import annotations

import json
import os
import re
import ssl
import stat
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
import pytest
from lookback_command import Run, lookback

from compliance.credentials import PUBLIC_CLIENTS
from compliance.demo.login import FEDERATED_AUDIENCE, FEDERATED_ISSUER, FEDERATED_SUBJECT
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import Served, serve

SECRET = "s1gn-in-c4n4ry"
ALL = ("graph", "exchange", "purview", "arm")
OF_API = {
    "graph": "graph.organization",
    "exchange": "exchange.organization_config",
    "purview": "purview.audit_retention_policies",
    "arm": "arm.subscriptions",
}


@pytest.fixture(scope="module")
def tenant() -> Iterator[Served]:
    with serve(load_scenario("compliant")) as served:
        yield served


def collect(served: Served, directory: Path, sign_in: str, env: dict[str, str] | None = None) -> Run:
    """Collect as a process of its own, signing in as these lines of config.yaml say."""
    config = directory / "config.yaml"
    kept = served.settings_yaml().partition("credential:\n")[0]
    config.write_text(f"{kept}{sign_in}\nlimits: {{max_wait_seconds: 1}}\n", encoding="utf-8")
    return lookback("collect", "-c", config, "-o", directory / "bundle", "-q", env=env, cwd=directory)


def states(directory: Path) -> dict[str, str]:
    """How the reading of one dataset of each API ended."""
    manifest = json.loads((directory / "bundle" / "manifest.json").read_bytes())
    found = {entry["name"]: entry["state"] for entry in manifest["datasets"]}
    return {api: found[name] for api, name in OF_API.items()}


def identities(directory: Path) -> dict[str, dict[str, object]]:
    manifest = json.loads((directory / "bundle" / "manifest.json").read_bytes())
    return {one["api"]: one for one in manifest["identities"]}


def assertion(served: Served, **claims: object) -> str:
    """A token of the issuer that the application's federated credential trusts."""
    key = (served.directory / "client.pem").read_bytes()
    now = int(time.time())
    told = {
        "iss": FEDERATED_ISSUER,
        "sub": FEDERATED_SUBJECT,
        "aud": FEDERATED_AUDIENCE,
        "iat": now,
        "exp": now + 600,
    }
    return jwt.encode({**told, **claims}, key, algorithm="RS256")


def application_token(served: Served, resource: str) -> dict[str, object]:
    """What the authority issues to the application; for helpers that sign in on lookback's behalf."""
    form = {
        "grant_type": "client_credentials",
        "client_id": served.tenant.identity.client_id,
        "client_secret": served.tenant.identity.client_secret,
        "scope": f"{resource}/.default",
    }
    url = f"{served.endpoints['login']}/{served.tenant.id}/oauth2/v2.0/token"
    context = ssl.create_default_context(cafile=str(served.ca_bundle))
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), context=context) as answer:
        return json.load(answer)


@contextmanager
def helper(answer, *, tls: Served | None = None) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """A server on loopback beside the tenant's: its root, and what it was asked (path, headers)."""
    asked: list[tuple[str, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, headers, body = answer(self.path)
            raw = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": len(raw), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.directory / "server.pem", tls.directory / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://localhost:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_federated_token_in_a_file_signs_in(tenant, tmp_path):
    token = assertion(tenant)
    (tmp_path / "token").write_text(token)
    client = tenant.tenant.identity.client_id
    run = collect(
        tenant, tmp_path, f"credential: {{method: workload_identity, client_id: {client}, token_file: token}}"
    )
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    assert token not in run.said


def test_a_federated_token_is_found_by_what_kubernetes_sets(tenant, tmp_path):
    (tmp_path / "token").write_text(assertion(tenant))
    env = {
        "AZURE_CLIENT_ID": tenant.tenant.identity.client_id,
        "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token"),
    }
    run = collect(tenant, tmp_path, "credential: workload_identity", env)
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"sub": "repo:bureau/other:ref:refs/heads/main"}, "AADSTS700213"),
        ({"aud": "api://AzureADTokenExchangeUSGov"}, "AADSTS700212"),
        ({"exp": 1}, "AADSTS700024"),
    ],
)
def test_a_federated_token_of_another_job_is_refused_with_what_to_compare(tenant, tmp_path, claims, expected):
    (tmp_path / "token").write_text(assertion(tenant, **claims))
    client = tenant.tenant.identity.client_id
    run = collect(
        tenant, tmp_path, f"credential: {{method: workload_identity, client_id: {client}, token_file: token}}"
    )
    assert (run.code, run.out) == (2, "")
    assert expected in run.err
    assert "Traceback" not in run.err


def test_a_federated_token_that_is_not_there_is_one_message(tenant, tmp_path):
    client = tenant.tenant.identity.client_id
    run = collect(tenant, tmp_path, f"credential: {{method: workload_identity, client_id: {client}, token_file: none}}")
    assert run.code == 2
    assert "No such file" in run.err
    assert "Traceback" not in run.err
    run = collect(tenant, tmp_path, "credential: workload_identity")
    assert run.code == 2
    assert "AZURE_FEDERATED_TOKEN_FILE" in run.err


def test_a_job_of_github_signs_in_with_its_own_token(tenant, tmp_path):
    token = assertion(tenant)
    client = tenant.tenant.identity.client_id
    with helper(lambda _: (200, {}, {"value": token}), tls=tenant) as (root, asked):
        env = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{root}/t?api=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SECRET}
        run = collect(tenant, tmp_path, f"credential: {{method: github_oidc, client_id: {client}}}", env)
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    path, headers = asked[0]
    assert path == "/t?api=2&audience=api%3A%2F%2FAzureADTokenExchange"
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert not {SECRET, token} & set(run.said.split())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((403, {}, {"message": SECRET}), "it answered 403"),
        ((302, {"Location": "/elsewhere"}, {}), "it answered 302"),
        ((200, {}, {"other": 1}), "GitHub issued no token"),
    ],
)
def test_a_job_of_github_without_its_token_ends_with_one_message(tenant, tmp_path, answer, expected):
    client = tenant.tenant.identity.client_id
    with helper(lambda _: answer, tls=tenant) as (root, asked):
        env = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{root}/t?api=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SECRET}
        run = collect(tenant, tmp_path, f"credential: {{method: github_oidc, client_id: {client}}}", env)
    assert run.code == 2
    assert expected in run.err
    assert SECRET not in run.said
    assert [path for path, _ in asked if "elsewhere" in path] == []


def test_the_token_of_a_github_job_is_never_sent_in_clear(tenant, tmp_path):
    client = tenant.tenant.identity.client_id
    with helper(lambda _: (200, {}, {"value": assertion(tenant)})) as (root, asked):
        env = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{root}/t?api=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SECRET}
        run = collect(tenant, tmp_path, f"credential: {{method: github_oidc, client_id: {client}}}", env)
    assert run.code == 2
    assert "no https URL" in run.err
    assert asked == []


def test_a_machine_that_is_no_github_job_is_told_what_a_job_needs(tenant, tmp_path, monkeypatch):
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_URL", raising=False)
    client = tenant.tenant.identity.client_id
    run = collect(tenant, tmp_path, f"credential: {{method: github_oidc, client_id: {client}}}")
    assert run.code == 2
    assert "id-token: write" in run.err


def test_a_pipeline_of_azure_signs_in_through_its_service_connection(tenant, tmp_path):
    token, connection = assertion(tenant), "11111111-2222-4333-8444-555555555555"
    client = tenant.tenant.identity.client_id
    with helper(lambda _: (200, {}, {"oidcToken": token}), tls=tenant) as (root, asked):
        env = {"SYSTEM_OIDCREQUESTURI": f"{root}/oidc", "SYSTEM_ACCESSTOKEN": SECRET}
        method = f"method: azure_pipelines, client_id: {client}, service_connection: {connection}"
        run = collect(tenant, tmp_path, f"credential: {{{method}}}", env)
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    path, headers = asked[0]
    assert f"serviceConnectionId={connection}" in path
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in run.said


def test_a_managed_identity_signs_in_where_the_service_has_one(tenant, tmp_path):
    def answer(path: str) -> tuple[int, dict[str, str], object]:
        (resource,) = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)["resource"]
        issued = application_token(tenant, resource)
        told = {"access_token": issued["access_token"], "expires_on": str(int(time.time()) + 3600)}
        return 200, {}, {**told, "resource": resource, "token_type": "Bearer"}

    with helper(answer) as (root, asked):
        env = {"IDENTITY_ENDPOINT": f"{root}/msi/token", "IDENTITY_HEADER": SECRET}
        run = collect(tenant, tmp_path, "credential: managed_identity", env)
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    assert all(headers["x-identity-header"] == SECRET for _, headers in asked)
    assert len(asked) == len(ALL)
    assert SECRET not in run.said


AZ = """\
import json, ssl, sys, urllib.parse, urllib.request
asked = sys.argv[sys.argv.index("--resource") + 1]
open({log!r}, "a").write(asked + " " + sys.argv[sys.argv.index("--tenant") + 1] + "\\n")
if asked in {refused!r}:
    sys.exit("ERROR: AADSTS50076: Due to a configuration change you must use multi-factor authentication.")
form = urllib.parse.urlencode({{**{form!r}, "scope": asked + "/.default"}}).encode()
context = ssl.create_default_context(cafile={ca!r})
token = json.load(urllib.request.urlopen({url!r}, form, context=context))
print(json.dumps({{"accessToken": token["access_token"], "expires_on": 4102444800, "tokenType": "Bearer"}}))
"""


def azure_cli(served: Served, directory: Path, *, refused: tuple[str, ...] = ()) -> dict[str, str]:
    """An `az` on the PATH that is logged in as the application, and notes what it was asked for."""
    form = {
        "grant_type": "client_credentials",
        "client_id": served.tenant.identity.client_id,
        "client_secret": served.tenant.identity.client_secret,
    }
    text = AZ.format(
        log=str(directory / "az.log"),
        refused=refused,
        form=form,
        ca=str(served.ca_bundle),
        url=f"{served.endpoints['login']}/{served.tenant.id}/oauth2/v2.0/token",
    )
    az = script(directory / "bin" / "az", text)
    return {"PATH": f"{az.parent}{os.pathsep}{os.environ['PATH']}"}


def test_who_ran_az_login_signs_in_with_one_token_for_each_api(tenant, tmp_path):
    run = collect(tenant, tmp_path, "credential: azure_cli", azure_cli(tenant, tmp_path))
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    asked = sorted(line.split() for line in (tmp_path / "az.log").read_text().splitlines())
    assert asked == sorted([tenant.endpoints[api], tenant.tenant.id] for api in ALL)


def test_an_api_that_az_gives_no_token_for_is_denied_and_the_others_are_read(tenant, tmp_path):
    env = azure_cli(tenant, tmp_path, refused=(tenant.endpoints["arm"],))
    run = collect(tenant, tmp_path, "credential: azure_cli", env)
    assert states(tmp_path) == {**dict.fromkeys(ALL, "complete"), "arm": "denied"}
    assert "Traceback" not in run.said


def test_az_that_is_not_there_is_one_message(tenant, tmp_path):
    run = collect(tenant, tmp_path, "credential: azure_cli", {"PATH": str(tmp_path)})
    assert run.code == 2
    assert "Azure CLI not found on path" in run.err
    assert "Traceback" not in run.err


def test_each_api_is_signed_in_to_as_its_own_and_one_with_none_is_not_asked(tenant, tmp_path):
    client = tenant.tenant.identity.client_id
    (tmp_path / "token").write_text(assertion(tenant))
    each = f"""\
credentials:
  graph: azure_cli
  exchange: {{method: workload_identity, client_id: {client}, token_file: token}}
  arm: {{client_id: {client}, client_secret: {{env: SECRET_OF_ARM}}}}
  purview: none
"""
    env = azure_cli(tenant, tmp_path) | {"SECRET_OF_ARM": tenant.tenant.identity.client_secret}
    before = {api: len(tenant.requests.to(api)) for api in ("purview", "purview_regional")}
    run = collect(tenant, tmp_path, each, env)
    assert states(tmp_path) == {**dict.fromkeys(ALL, "complete"), "purview": "not_requested"}
    assert set(identities(tmp_path)) == {"graph", "exchange", "arm"}
    assert {api: len(tenant.requests.to(api)) for api in before} == before
    assert (tmp_path / "az.log").read_text().split() == [tenant.endpoints["graph"], tenant.tenant.id]
    assert "Traceback" not in run.said


def test_where_each_api_has_its_own_credential_one_that_fails_leaves_the_others(tenant, tmp_path):
    client = tenant.tenant.identity.client_id
    own = f"{{client_id: {client}, client_secret: {{env: RIGHT}}}}"
    wrong = f"{{client_id: {client}, client_secret: {{env: WRONG}}}}"
    each = f"credentials: {{graph: {own}, exchange: {own}, purview: {own}, arm: {wrong}}}"
    env = {"RIGHT": tenant.tenant.identity.client_secret, "WRONG": SECRET}
    run = collect(tenant, tmp_path, each, env)
    assert states(tmp_path) == {**dict.fromkeys(ALL, "complete"), "arm": "denied"}
    assert SECRET not in run.said
    assert "Traceback" not in run.said


def test_a_person_signs_in_with_a_device_code_that_is_shown_apart_from_the_report(tenant, tmp_path):
    client = tenant.tenant.identity.client_id
    run = collect(tenant, tmp_path, f"credential: {{method: device_code, client_id: {client}}}")
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    assert run.err.count("https://microsoft.com/devicelogin and enter the code GZ5K7QXRT") == 1
    assert "devicelogin" not in run.out
    one = identities(tmp_path)["exchange"]
    assert one["scopes"] == ["AdminApi.AccessAsUser.All"]
    assert one["roles"] is None


BROWSER = """\
import html, re, ssl, sys, urllib.parse, urllib.request
context = ssl.create_default_context(cafile={ca!r})
open({log!r}, "a").write(sys.argv[1] + "\\n")
page = urllib.request.urlopen(sys.argv[1], context=context).read().decode()
fields = {{name: html.unescape(value) for name, value in re.findall('name="([^"]*)" value="([^"]*)"', page)}}
target = html.unescape(re.search('action="([^"]*)"', page).group(1))
urllib.request.urlopen(target, urllib.parse.urlencode(fields).encode())
"""


def browser(served: Served, directory: Path) -> dict[str, str]:
    """A browser in which the person signs in at once."""
    text = BROWSER.format(ca=str(served.ca_bundle), log=str(directory / "browser.log"))
    program = script(directory / "browser", text)
    return {"BROWSER": f"{program} %s &", "DISPLAY": ":0"}


def clients_in(directory: Path) -> list[str]:
    return re.findall("client_id=([0-9a-f-]{36})", (directory / "browser.log").read_text())


def test_a_person_signs_in_once_in_the_browser(tenant, tmp_path):
    client = tenant.tenant.identity.client_id
    run = collect(
        tenant, tmp_path, f"credential: {{method: interactive, client_id: {client}}}", browser(tenant, tmp_path)
    )
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    assert clients_in(tmp_path) == [client]


def test_a_person_needs_no_app_registration(tenant, tmp_path):
    run = collect(tenant, tmp_path, "credential: delegated", browser(tenant, tmp_path))
    assert run.code == 0, run.said
    assert states(tmp_path) == dict.fromkeys(ALL, "complete")
    assert clients_in(tmp_path) == [
        "14d82eec-204b-4c2f-b7e8-296a70dab67e",
        "fb78d390-0c51-40cd-8e17-fdbfab77341b",
        "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    ]
    for client in PUBLIC_CLIENTS.values():
        assert run.err.count(client.name) == 1


def test_a_public_client_that_microsoft_did_not_authorise_for_an_api_is_denied_there_alone(tenant, tmp_path):
    sign_in = "credential: {method: interactive, client_id: 04b07795-8ddb-461a-bbee-02f9e1bf7b46}"
    run = collect(tenant, tmp_path, sign_in, browser(tenant, tmp_path))
    found = states(tmp_path)
    assert found == {"graph": "complete", "exchange": "denied", "purview": "denied", "arm": "complete"}
    # Asked once for each API, however many of its datasets want a token.
    assert len(clients_in(tmp_path)) == 3
    assert "Traceback" not in run.said


def test_a_machine_without_a_browser_is_told_so_in_one_message(tenant, tmp_path):
    run = collect(tenant, tmp_path, "credential: delegated", {"BROWSER": "/bin/false %s", "PATH": str(tmp_path)})
    assert run.code == 2
    assert "Failed to open a browser" in run.err
    assert "Traceback" not in run.err


def test_a_sign_in_is_not_kept_where_there_is_no_key_store(tenant, tmp_path):
    env = {"HOME": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    run = collect(tenant, tmp_path, "credential: {method: delegated, token_cache: true}", env)
    if run.code == 0:
        pytest.skip("this machine has a key store")
    assert run.code == 2
    assert "never kept in clear" in run.err
    assert not list(tmp_path.rglob("*msal*"))
