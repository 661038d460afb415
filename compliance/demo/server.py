"""Serving a simulated tenant on loopback: one TLS port per API, a thread, and what a client needs to sign in."""

from __future__ import annotations

import functools
import json
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Literal, assert_never

import trustme
import uvicorn
from cryptography import x509

from compliance.demo.app import APIS, RequestLog, SimulatedApis
from compliance.demo.login import Authority
from compliance.demo.tenant import Tenant
from compliance.errors import LookbackError

VARIABLE = "LOOKBACK_CLIENT_SECRET"
"""The environment variable that the emitted config.yaml takes the client secret from."""

_START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Served:
    """A tenant that is being served.

    `endpoints` maps each API to its root address. `environment` is what the emitted config.yaml needs in the
    environment. `directory` is readable by its owner alone and holds ca.pem and client.pem (key and certificate).
    """

    tenant: Tenant
    endpoints: Mapping[str, str]
    environment: Mapping[str, str]
    directory: Path
    requests: RequestLog

    @property
    def ca_bundle(self) -> Path:
        """The certificate authority that a client must trust."""
        return self.directory / "ca.pem"

    def settings_yaml(self, credential: Literal["secret", "certificate"] = "secret") -> str:
        """A complete config.yaml that reads this tenant, signing in with a secret or with a certificate."""
        match credential:
            case "secret":
                sign_in = f"client_secret: {{env: {VARIABLE}}}"
            case "certificate":
                sign_in = f"certificate: {{file: {json.dumps(str(self.directory / 'client.pem'))}}}"
            case _:
                assert_never(credential)
        return f"""\
tenant: {self.tenant.id}
cloud: custom
custom_cloud:
  authority: {self.endpoints["login"]}
  graph: {self.endpoints["graph"]}
  exchange: {self.endpoints["exchange"]}
  purview: {self.endpoints["purview"]}
  purview_regional: {self.endpoints["purview_regional"]}
  arm: {self.endpoints["arm"]}
  ca_bundle: {json.dumps(str(self.ca_bundle))}
credential:
  client_id: {self.tenant.identity.client_id}
  {sign_in}
"""


@contextmanager
def serve(tenant: Tenant, *, latency_seconds: float = 0.0) -> Iterator[Served]:
    """Serve a tenant from a thread until the block ends; every answer comes `latency_seconds` late.

    Raises LookbackError where the server doesn't start.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lookback-demo-")))
        certificates = _certificates()
        certificates.write_to(directory)
        sockets = {api: stack.enter_context(socket.socket()) for api in APIS}
        for listener in sockets.values():
            # asyncio sets it only for sockets that name their protocol; without it each answer takes 40 ms longer
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            listener.bind(("127.0.0.1", 0))
        ports = {listener.getsockname()[1]: api for api, listener in sockets.items()}
        endpoints = {api: f"https://localhost:{port}" for port, api in ports.items()}
        authority = Authority(
            resources={endpoints[api]: api for api in ("graph", "exchange", "purview", "arm")},
            certificate=certificates.client_certificate,
            key=secrets.token_bytes(32),
        )
        app = SimulatedApis(tenant, authority, ports, lambda: datetime.now(UTC), latency_seconds)
        stack.enter_context(_running(app, directory, list(sockets.values())))
        yield Served(
            tenant=tenant,
            endpoints=MappingProxyType(endpoints),
            environment=MappingProxyType({VARIABLE: tenant.identity.client_secret}),
            directory=directory,
            requests=app.requests,
        )


@contextmanager
def _running(app: SimulatedApis, directory: Path, sockets: list[socket.socket]) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            ssl_certfile=directory / "server.pem",
            ssl_keyfile=directory / "server.key",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, name="simulated tenant", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise LookbackError(
                    "the simulated tenant did not start serving",
                    next_step="Run it again; if it stays away, look for a firewall that forbids listening on loopback.",
                )
            time.sleep(0.001)
        yield
    finally:
        server.should_exit = server.force_exit = True  # a client's idle connections are not waited for
        thread.join()


@dataclass(frozen=True, slots=True)
class _Certificates:
    """One certificate authority, and what it issued to the server and to the client."""

    authority: trustme.CA
    server: trustme.LeafCert
    client: trustme.LeafCert

    @property
    def client_certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.client.cert_chain_pems[0].bytes())

    def write_to(self, directory: Path) -> None:
        self.authority.cert_pem.write_to_path(directory / "ca.pem")
        self.server.private_key_pem.write_to_path(directory / "server.key")
        (directory / "server.pem").write_bytes(b"".join(pem.bytes() for pem in self.server.cert_chain_pems))
        self.client.private_key_and_cert_chain_pem.write_to_path(directory / "client.pem")


@functools.cache
def _certificates() -> _Certificates:
    """One set per process: making an RSA key takes longer than everything else here."""
    authority = trustme.CA()
    return _Certificates(
        authority=authority,
        server=authority.issue_cert("localhost", "127.0.0.1"),
        client=authority.issue_cert("lookback@client.example", key_type=trustme.KeyType.RSA),
    )
