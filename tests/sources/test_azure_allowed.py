"""What may be asked of Azure Resource Manager, and that nothing else ever leaves."""

from __future__ import annotations

import re
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.evidence.datasets import Api
from compliance.rules.resource_graph import RESOURCE_QUERY
from compliance.sources.policies import READS, NotAllowed
from compliance.sources.transport import Request, TenantApis
from tests.sources.conftest import FakeCredential

ROOT = "https://management.azure.com"
SUBSCRIPTION = "/subscriptions/7f3b2a10-1111-4222-8333-444455556666"
GROUP = f"{SUBSCRIPTION}/resourceGroups/logs/providers"
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/siem-1"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/logs1"
NAMESPACE = f"{GROUP}/Microsoft.EventHub/namespaces/stream-1"
CLUSTER = f"{GROUP}/Microsoft.Kusto/clusters/adx1"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
ALLOWED = (
    "/providers/microsoft.aadiam/diagnosticSettings",
    "/subscriptions",
    f"{SUBSCRIPTION}/providers/Microsoft.Insights/diagnosticSettings",
    f"{SUBSCRIPTION}/providers/microsoft.insights/eventtypes/management/values",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/locks",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances",
    WORKSPACE,
    f"{WORKSPACE}/tables",
    f"{WORKSPACE}/dataExports",
    f"{WORKSPACE}/providers/Microsoft.Insights/diagnosticSettings",
    f"{WORKSPACE}/providers/Microsoft.SecurityInsights/onboardingStates",
    f"{WORKSPACE}/providers/Microsoft.SecurityInsights/dataConnectors",
    ACCOUNT,
    f"{ACCOUNT}/managementPolicies/default",
    f"{ACCOUNT}/blobServices/default",
    f"{ACCOUNT}/blobServices/default/containers",
    f"{ACCOUNT}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings",
    f"{NAMESPACE}/eventhubs",
    f"{CLUSTER}/databases",
    f"{CLUSTER}/databases/two%20words.v2/dataConnections",
)
REFUSED = (
    "/",
    SUBSCRIPTION,
    f"{SUBSCRIPTION}/resources",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleEligibilityScheduleRequests",
    f"{SUBSCRIPTION}/../providers/Microsoft.Authorization/locks",
    f"{WORKSPACE}/sharedKeys",
    f"{WORKSPACE}/listKeys",
    f"{WORKSPACE}/tables/SigninLogs",
    f"{WORKSPACE}/providers/Microsoft.SecurityInsights/dataConnectors/x",
    f"{WORKSPACE}/providers/Microsoft.SecurityInsights/incidents",
    f"{ACCOUNT}/listKeys",
    f"{ACCOUNT}/listAccountSas",
    f"{ACCOUNT}/blobServices/default/containers/x",
    f"{ACCOUNT}/managementPolicies/other",
    f"{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings",
    f"{NAMESPACE}/authorizationRules/r/listKeys",
    f"{NAMESPACE}/eventhubs/x",
    NAMESPACE,
    CLUSTER,
    f"{CLUSTER}/databases/../dataConnections",
    f"{CLUSTER}/databases/a%2Fb/dataConnections",
    f"{CLUSTER}/databases/a/dataConnections/c",
    f"{CLUSTER}/listFollowerDatabases",
    GRAPH,
)


def query(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"query": RESOURCE_QUERY, "options": {"$top": 1000, "resultFormat": "objectArray"}}
    options = changes.pop("options", {})
    return {**body, "options": {**body["options"], **options}, **changes}


@pytest.mark.parametrize("path", ALLOWED)
def test_what_is_read_may_be_got_and_nothing_but_got(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential, path: str
) -> None:
    service.get(f"{ROOT}{path}", json={})
    assert apis.send(Api.ARM, Request("GET", f"{ROOT}{path}?api-version=1", {})).status == 200
    for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        for body in (None, {}, query()):
            with pytest.raises(NotAllowed):
                apis.send(Api.ARM, Request(method, f"{ROOT}{path}", {}, body))
    with pytest.raises(NotAllowed):
        apis.send(Api.ARM, Request("GET", f"{ROOT}{path}", {}, {}))
    for api in (Api.GRAPH, Api.EXCHANGE, Api.PURVIEW):
        with pytest.raises(NotAllowed):
            apis.send(api, Request("GET", f"{ROOT}{path}", {}))
    assert len(service.calls) == len(credential.scopes) == 1


@pytest.mark.parametrize("path", REFUSED)
def test_nothing_else_may_be_got(apis: TenantApis, service: responses.RequestsMock, path: str) -> None:
    for method in ("GET", "POST"):
        with pytest.raises(NotAllowed):
            apis.send(Api.ARM, Request(method, f"{ROOT}{path}", {}))
    assert len(service.calls) == 0


@pytest.mark.parametrize("options", [{}, {"$skipToken": "t"}, {"$skipToken": ""}])
def test_resource_graph_is_asked_the_one_query(
    apis: TenantApis, service: responses.RequestsMock, options: dict[str, Any]
) -> None:
    service.post(f"{ROOT}{GRAPH}", json={})
    assert apis.send(Api.ARM, Request("POST", f"{ROOT}{GRAPH}", {}, query(options=options))).status == 200


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"query": RESOURCE_QUERY},
        query(query="resources"),
        query(query=f"{RESOURCE_QUERY} "),
        query(query=RESOURCE_QUERY.replace("id, name, type", "id, name, type, properties")),
        query(query=["resources"]),
        query(subscriptions=["7f3b2a10-1111-4222-8333-444455556666"]),
        query(managementGroups=["root"]),
        query(facets=[]),
        query(options={"$top": 10}),
        query(options={"$top": "1000"}),
        query(options={"$skip": 10}),
        query(options={"$skipToken": None}),
        query(options={"$skipToken": 1}),
        query(options={"resultFormat": "table"}),
        query(options={"allowPartialScopes": True}),
        query(options={"authorizationScopeFilter": "AtScopeAboveAndBelow"}),
    ],
)
def test_resource_graph_is_asked_nothing_else(
    apis: TenantApis, service: responses.RequestsMock, body: dict[str, Any] | None
) -> None:
    with pytest.raises(NotAllowed):
        apis.send(Api.ARM, Request("POST", f"{ROOT}{GRAPH}", {}, body))
    assert len(service.calls) == 0


@pytest.mark.parametrize(
    "path", ["/providers/Microsoft.ResourceGraph/operations", f"{GRAPH}/x", f"{GRAPH}/", "/resources"]
)
def test_the_query_goes_nowhere_else(apis: TenantApis, service: responses.RequestsMock, path: str) -> None:
    for api, root in ((Api.ARM, ROOT), (Api.GRAPH, "https://graph.microsoft.com")):
        with pytest.raises(NotAllowed):
            apis.send(api, Request("POST", f"{root}{path}", {}, query()))
    with pytest.raises(NotAllowed):
        apis.send(Api.GRAPH, Request("POST", f"https://graph.microsoft.com{GRAPH}", {}, query()))
    assert len(service.calls) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.sampled_from(ALLOWED), st.text(alphabet="/.%\\@?#:-_ aZ0\u00e9\0", min_size=1, max_size=12), st.data())
def test_whatever_is_put_into_an_allowed_path_leads_to_no_segment_that_climbs(
    path: str, inserted: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(path)))
    changed = path[:at] + inserted + path[at:]
    if READS[Api.ARM].fullmatch(changed):
        segments = changed.split("/")[1:]
        assert not {"..", ".", ""} & set(segments)
        assert len(segments) == len(path.split("/")) - 1 or changed in ALLOWED
        assert changed.isascii()
        assert not set(re.sub("%20", "", changed)) & set("%\\@?#: \0")
