"""A token goes to its API and nowhere else: another server on this machine waits for one, with TLS that is trusted."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lookback_command import write_config

from compliance.cli.apis import cloud_of
from compliance.credentials import credentials_for
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import Served, serve
from compliance.evidence.datasets import DATASETS, Api
from compliance.settings import load_settings
from compliance.sources.errors import SourceError
from compliance.sources.policies import NotAllowed
from compliance.sources.readers import READERS
from compliance.sources.transport import TenantApis

PORTS = {
    Api.GRAPH: ("graph",),
    Api.EXCHANGE: ("exchange",),
    Api.PURVIEW: ("purview", "purview_regional"),
    Api.ARM: ("arm",),
}


@pytest.fixture
def tenant() -> Iterator[Served]:
    with serve(load_scenario("compliant")) as served:
        yield served


class Trap:
    """A server with a certificate that lookback trusts; it notes every request, with its headers."""

    def __init__(self, served: Served) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                trap.asked.append((self.path, dict(self.headers.items())))
                body = json.dumps({"value": []}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(served.directory / "server.pem", served.directory / "server.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.root = f"https://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def trap(tenant: Served) -> Iterator[Trap]:
    made = Trap(tenant)
    yield made
    made.close()


@pytest.fixture
def apis(tenant: Served, tmp_path, monkeypatch) -> Iterator[TenantApis]:
    for name, value in tenant.environment.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(write_config(tenant, tmp_path))
    cloud = cloud_of(settings, print)
    credentials = credentials_for(settings.credentials, cloud, settings.tenant, tell=print)
    with TenantApis(cloud, settings.tenant, credentials, on_progress=lambda _: None, limits=settings.limits) as made:
        yield made


def read_all(apis: TenantApis, api: Api) -> list[str]:
    """Read every dataset of an API, and how each ended where it did not end well."""
    ended = []
    for name in (name for name, spec in DATASETS.items() if spec.api is api and name in READERS):
        reader = READERS[name]
        try:
            for page in reader.read(apis):
                if reader.learn is not None:
                    reader.learn(apis, page.body)
        except (SourceError, NotAllowed) as error:
            ended.append(f"{name}: {error.what}")
        else:
            apis.whole.add(name)
    return ended


@pytest.mark.parametrize("api", Api)
def test_the_trap_would_see_a_token_and_nothing_is_refused_without_one(tenant, trap, apis, api):
    assert read_all(apis, api) == []
    assert all(tenant.requests.to(port) for port in PORTS[api])
    assert trap.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("api", Api)
def test_no_redirect_takes_a_token_along(tenant, trap, apis, api, status):
    for port in PORTS[api]:
        tenant.tenant.override(port, "", b"", status=status, headers={"Location": f"{trap.root}/v1.0/users"})
    ended = read_all(apis, api)
    assert any(tenant.requests.to(port) for port in PORTS[api])
    assert trap.asked == []
    assert ended


@pytest.mark.parametrize("api", Api)
def test_no_next_page_takes_a_token_along(tenant, trap, apis, api):
    admin = f"/adminapi/beta/{tenant.tenant.id}/InvokeCommand"
    read = {Api.GRAPH: "/v1.0/users", Api.EXCHANGE: admin, Api.PURVIEW: admin, Api.ARM: "/subscriptions"}
    for foreign in (trap.root, trap.root.replace("https", "http"), "https://localhost.evil.example", "//localhost"):
        link = f"{foreign}{read[api]}?$skiptoken=x"
        body = {"value": [{"id": "1"}], "@odata.nextLink": link, "nextLink": link, "@odata.count": 2}
        for port in ("graph", "exchange", "purview_regional", "arm"):
            tenant.tenant.override(port, "", body)
        ended = read_all(apis, api)
        assert ended, foreign
        assert trap.asked == [], foreign


@pytest.mark.parametrize("api", Api)
def test_a_token_of_one_api_is_never_shown_to_another(tenant, apis, api):
    read_all(apis, api)
    others = {"graph", "exchange", "purview", "purview_regional", "arm"} - set(PORTS[api])
    if api is Api.PURVIEW:
        others.discard("exchange")  # where the cmdlet may answer instead, with a token of its own
    assert {port for port in others if tenant.requests.to(port)} == set()


def test_a_url_that_lies_elsewhere_is_never_sent_for_any_api(trap, apis):
    from compliance.sources.transport import Request

    for api in Api:
        for path in ("/v1.0/users", "/subscriptions", "/adminapi/v1.0/x/EXOModuleFile"):
            with pytest.raises(NotAllowed):
                apis.send(api, Request("GET", f"{trap.root}{path}", {}))
    assert trap.asked == []
