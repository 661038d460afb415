"""Each API's own credential, or none: what is asked with which, and what a failure to sign in ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import responses
from azure.core.exceptions import ClientAuthenticationError

from compliance.credentials import NotAskedError, SignInError
from compliance.evidence.datasets import Api, State
from compliance.sources.errors import SourceError
from compliance.sources.transport import Request, TenantApis
from tests.sources.conftest import FakeCredential

PATHS = {
    Api.GRAPH: "/v1.0/organization",
    Api.EXCHANGE: "/adminapi/v1.0/contoso.com/EXOModuleFile",
    Api.PURVIEW: "/adminapi/v1.0/contoso.com/EXOModuleFile",
    Api.ARM: "/subscriptions",
}


class Refused:
    """A credential that Microsoft Entra refuses."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_token(self, *_: str, **__: object) -> None:
        raise ClientAuthenticationError(message=self.text)


def ask(apis: TenantApis, api: Api) -> None:
    apis.send(api, Request("GET", f"{apis.cloud.root(api)}{PATHS[api]}", {}))


def test_each_api_is_asked_with_its_own_credential_for_its_own_scope(
    make_apis: Callable[..., TenantApis], service: responses.RequestsMock
) -> None:
    own = {api: FakeCredential() for api in Api}
    with make_apis(credential=own) as apis:
        for api in Api:
            service.get(f"{apis.cloud.root(api)}{PATHS[api]}", json={})
            ask(apis, api)
        assert {api: one.scopes for api, one in own.items()} == {api: [apis.cloud.scope(api)] for api in Api}


@pytest.mark.parametrize("api", Api)
def test_an_api_without_a_credential_is_not_requested_and_never_called(
    make_apis: Callable[..., TenantApis], service: responses.RequestsMock, api: Api
) -> None:
    with make_apis(credential=dict.fromkeys(Api, FakeCredential()) | {api: None}) as apis:
        assert [one for one in Api if not apis.asks(one)] == [api]
        with pytest.raises(SourceError, match=rf"credentials\.{api.value} is none") as caught:
            ask(apis, api)
        assert caught.value.state is State.NOT_REQUESTED
        with pytest.raises(NotAskedError) as unasked:
            apis.token_facts(api)
        assert unasked.value.of_one_api
    assert len(service.calls) == 0


def test_one_credential_for_all_that_fails_ends_the_run(make_apis: Callable[..., TenantApis]) -> None:
    with make_apis(credential=Refused("AADSTS7000215: Invalid client secret")) as apis:
        with pytest.raises(SignInError) as caught:
            ask(apis, Api.ARM)
        assert not caught.value.of_one_api


def test_the_only_credential_ends_the_run_though_other_apis_have_none(make_apis: Callable[..., TenantApis]) -> None:
    only = dict.fromkeys(Api, None) | {Api.ARM: Refused("AADSTS7000215: Invalid client secret")}
    with make_apis(credential=only) as apis, pytest.raises(SignInError):
        ask(apis, Api.ARM)


@pytest.mark.parametrize(
    ("text", "state"),
    [("AADSTS7000215: Invalid client secret", State.DENIED), ("Azure CLI not found on path", State.FAILED)],
)
def test_a_credential_of_one_api_that_fails_ends_that_api_alone(
    make_apis: Callable[..., TenantApis], service: responses.RequestsMock, text: str, state: State
) -> None:
    with make_apis(credential=dict.fromkeys(Api, FakeCredential()) | {Api.ARM: Refused(text)}) as apis:
        with pytest.raises(SourceError) as caught:
            ask(apis, Api.ARM)
        assert caught.value.state is state
        service.get(f"{apis.cloud.root(Api.GRAPH)}{PATHS[Api.GRAPH]}", json={})
        ask(apis, Api.GRAPH)
