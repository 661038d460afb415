from __future__ import annotations

import pytest

from compliance.demo.azure import Subscription, Workspace
from compliance.demo.odd import stable_guid
from compliance.demo.scenarios import load_scenario

PATH = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
WORKSPACES = "resources | where type =~ 'Microsoft.OperationalInsights/workspaces' | project id, name | order by id asc"


def ask(client, query=WORKSPACES, *, subscriptions=None, **options):
    body = {"query": query, "options": {"resultFormat": "objectArray", **options}}
    if subscriptions is not None:
        body["subscriptions"] = subscriptions
    return client.send("POST", "arm", PATH, json=body)


def found(reply):
    assert reply.status_code == 200, reply.text
    return reply.json()


def many(tenant, count):
    first = tenant.azure.workspaces[0]
    tenant.azure.workspaces = [
        Workspace(f"{first.id}-{number:04}", first.created, first.modified) for number in range(count)
    ]


def test_resources_of_every_kind_are_found_by_their_type_which_is_in_lower_case(visit):
    client = visit(load_scenario("hubs-and-adx"))
    answer = found(ask(client, "Resources | project id, type"))
    assert answer["totalRecords"] == answer["count"] == len(answer["data"]) == 7
    assert {row["type"] for row in answer["data"]} == {
        "microsoft.eventhub/namespaces",
        "microsoft.kusto/clusters",
        "microsoft.kusto/clusters/databases",
        "microsoft.storage/storageaccounts",
    }
    assert all(set(row) == {"id", "type"} for row in answer["data"])
    assert answer["resultTruncated"] == "false"


def test_a_workspace_with_sentinel_has_a_solution_of_that_name(visit):
    client = visit(load_scenario("sentinel-connector"))
    query = "resources | where type == 'microsoft.operationsmanagement/solutions' | project id, name"
    names = {row["name"] for row in found(ask(client, query))["data"]}
    assert names == {"SecurityInsights(sentinel-logs)", "SecurityInsights(sentinel-trial)"}


def test_letter_case_counts_only_where_the_operator_says_so(client):
    exact = "resources | where type == 'Microsoft.OperationalInsights/workspaces' | project id"
    assert found(ask(client, exact))["totalRecords"] == 0
    assert found(ask(client))["totalRecords"] == 1


def test_what_may_not_be_read_is_left_out_without_a_word(client, tenant):
    hidden = stable_guid("hidden")
    tenant.azure.subscriptions.append(Subscription(hidden, "Hidden"))
    seen = tenant.azure.workspaces[0]
    elsewhere = seen.id.replace(tenant.azure.subscriptions[0].id, hidden)
    tenant.azure.workspaces.append(Workspace(elsewhere, seen.created, seen.modified))
    assert [row["id"] for row in found(ask(client))["data"]] == [seen.id]
    tenant.identity.azure_roles = (("Storage Blob Data Reader", f"/subscriptions/{hidden}"),)
    assert found(ask(client))["data"] == []
    tenant.identity.azure_roles = (("Reader", "/"),)
    assert found(ask(client))["totalRecords"] == 2
    assert found(ask(client, subscriptions=[hidden]))["totalRecords"] == 1


def test_a_list_of_subscriptions_none_of_which_is_seen_is_refused(client):
    reply = ask(client, subscriptions=[stable_guid("nowhere")])
    assert reply.status_code == 400
    assert reply.json()["error"]["details"][0]["code"] == "NoValidSubscriptionsInQueryRequest"


def test_pages_are_joined_by_a_token_in_the_body_and_truncation_is_said_as_a_word(client, tenant):
    many(tenant, 5)
    names, token, pages = [], None, 0
    while pages == 0 or token is not None:
        more = {} if token is None else {"$skipToken": token}
        answer = found(ask(client, **{"$top": 2, **more}))
        names += [row["name"] for row in answer["data"]]
        token, pages = answer.get("$skipToken"), pages + 1
        assert answer["resultTruncated"] == ("true" if token else "false")
        assert answer["totalRecords"] == 5
    assert (pages, names) == (3, [f"security-logs-{number:04}" for number in range(5)])


def test_a_page_holds_a_thousand_rows_at_most(client, tenant):
    many(tenant, 1001)
    answer = found(ask(client, **{"$top": 5000}))
    assert (answer["count"], answer["resultTruncated"]) == (1000, "true")


def test_without_the_id_in_the_projection_a_cut_answer_cannot_be_continued(client, tenant):
    many(tenant, 3)
    answer = found(ask(client, "resources | project name, type", **{"$top": 2}))
    assert answer["resultTruncated"] == "true"
    assert "$skipToken" not in answer


@pytest.mark.parametrize(
    "query",
    [
        "",
        "securityresources | project id",
        "resources | join kind=inner (resources) on id",
        "resources | where type contains 'workspaces'",
        "resources | where type =~ workspaces",
        "resources | project id, nonsense",
        "resources | | project id",
    ],
)
def test_a_query_that_is_not_understood_is_a_400_and_never_an_empty_answer(client, query):
    reply = ask(client, query)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert [detail["code"] for detail in error["details"]] == ["InvalidQuery", "ParserFailure"]


def test_a_body_that_is_not_json_is_an_error_of_the_server(client):
    headers = {"Content-Type": "text/plain"}
    assert client.send("POST", "arm", PATH, headers, json={"query": WORKSPACES}).status_code == 500


def test_sixteen_queries_in_five_seconds_are_one_too_many(client, tenant):
    left = [int(ask(client).headers["x-ms-user-quota-remaining"]) for _ in range(3)]
    assert left == [14, 13, 12]
    tenant.azure.quota.queries = 15
    reply = ask(client)
    assert (reply.status_code, reply.json()["error"]["code"]) == (429, "RateLimiting")
    assert int(reply.headers["retry-after"]) >= 1
    assert reply.headers["x-ms-user-quota-resets-after"].startswith("00:00:0")


def test_nothing_else_is_answered_to_a_post(client):
    reply = client.send("POST", "arm", "/subscriptions?api-version=2022-12-01", json={})
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "InvalidResourceType")
