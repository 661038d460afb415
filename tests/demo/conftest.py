"""A plain HTTP client of the simulated tenant, so that its quirks are seen as they come over the socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import Served, serve
from compliance.demo.tenant import Tenant

ANCHOR = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"


class Client:
    """Signs in with the tenant's secret and asks for anything, following nothing."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.tenant = served.tenant
        self._session = requests.Session()
        self._session.trust_env = False  # REQUESTS_CA_BUNDLE would win over `verify`
        self._session.verify = str(served.ca_bundle)

    def token_reply(self, api: str = "graph", **form: str) -> requests.Response:
        body = {
            "grant_type": "client_credentials",
            "client_id": self.tenant.identity.client_id,
            "client_secret": self.tenant.identity.client_secret,
            "scope": f"{self.served.endpoints[api]}/.default",
            **form,
        }
        where = f"{self.served.endpoints['login']}/{self.tenant.id}/oauth2/v2.0/token"
        return self._session.post(where, data={name: value for name, value in body.items() if value})

    def token(self, api: str) -> str:
        reply = self.token_reply("purview" if api == "purview_regional" else api)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["access_token"])

    def send(
        self, method: str, api: str, url: str, headers: Mapping[str, str | None] | None = None, json: object = None
    ) -> requests.Response:
        """`url` is a path of the API or, as nextLinks are, a whole address."""
        where = url if url.startswith("https://") else self.served.endpoints[api] + url
        every = {"Authorization": f"Bearer {self.token(api)}", **(headers or {})}
        sent = {name: value for name, value in every.items() if value is not None}
        return self._session.request(method, where, headers=sent, json=json, allow_redirects=False, timeout=10)

    def get(self, api: str, url: str, **headers: str | None) -> requests.Response:
        return self.send("GET", api, url, headers)

    def run(
        self,
        api: str,
        cmdlet: str,
        parameters: object = None,
        *,
        url: str | None = None,
        select: str = "",
        anchor: str | None = ANCHOR,
        page_size: int | None = None,
    ) -> requests.Response:
        """Run a cmdlet; `parameters` that are not given are sent as an empty object."""
        headers = {"X-AnchorMailbox": f"{anchor}{self.tenant.id}" if anchor == ANCHOR else anchor}
        if page_size is not None:
            headers["Prefer"] = f"odata.maxpagesize={page_size}"
        where = url or f"/adminapi/beta/{self.tenant.id}/InvokeCommand" + (f"?$select={select}" if select else "")
        sent = {} if parameters is None else parameters
        return self.send("POST", api, where, headers, {"CmdletInput": {"CmdletName": cmdlet, "Parameters": sent}})


@pytest.fixture
def visit() -> Iterator[Callable[[Tenant], Client]]:
    """Serve a tenant for the length of a test."""
    with ExitStack() as stack:
        yield lambda tenant: Client(stack.enter_context(serve(tenant)))


@pytest.fixture
def client_of() -> Callable[[Served], Client]:
    """A client of what a test serves itself."""
    return Client


@pytest.fixture
def tenant() -> Tenant:
    """The compliant tenant, to change as the test needs."""
    return load_scenario("compliant")


@pytest.fixture
def client(visit: Callable[[Tenant], Client], tenant: Tenant) -> Client:
    """A client of `tenant`, which may be changed while it is served."""
    return visit(tenant)


def rows(reply: requests.Response) -> list[dict[str, Any]]:
    """The rows of a 200."""
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["value"]
    return found


@pytest.fixture(name="rows")
def rows_of() -> Callable[[requests.Response], list[dict[str, Any]]]:
    """`rows`, since a conftest can't be imported."""
    return rows
