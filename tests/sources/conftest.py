"""What the tests of the sources share: a clock that sleeping moves, a credential, and `responses` in front."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import responses
from azure.core.credentials import AccessToken

from compliance.clouds import CLOUDS
from compliance.sources.transport import Progress, TenantApis

TENANT = "7f3b2a10-1111-4222-8333-444455556666"


def jwt(**claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.Q0FOQVJZLXNpZ25hdHVyZQ"


class FakeCredential:
    """Issues a canary per scope and remembers what it was asked for."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.scopes += scopes
        return AccessToken(jwt(aud=scopes[0], tid=TENANT, canary="CANARY"), 2**31)


@dataclass
class FakeTime:
    now: datetime = datetime(2026, 11, 16, 9, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def credential() -> FakeCredential:
    return FakeCredential()


@pytest.fixture
def progress() -> list[Progress]:
    return []


@pytest.fixture
def make_apis(fake_time: FakeTime, credential: FakeCredential, progress: list[Progress]) -> Callable[..., TenantApis]:
    def make(**changes: object) -> TenantApis:
        arguments = {
            "cloud": CLOUDS["commercial"],
            "tenant_id": TENANT,
            "credential": credential,
            "clock": fake_time.clock,
            "sleep": fake_time.sleep,
            "on_progress": progress.append,
            "new_id": lambda: "00000000-0000-4000-8000-000000000001",
        } | changes
        return TenantApis(**arguments)

    return make


@pytest.fixture
def apis(make_apis: Callable[..., TenantApis]) -> Iterator[TenantApis]:
    with make_apis() as made:
        yield made


@pytest.fixture
def service() -> Iterator[responses.RequestsMock]:
    """What answers instead of Microsoft; a request that nobody planned for is a connection error."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
