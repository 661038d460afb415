from __future__ import annotations

import time

import pytest
import requests

from compliance.demo.faults import (
    CannedAnswer,
    CutBody,
    Delay,
    EarlierRows,
    EmptyPage,
    Fault,
    ForeignNextLink,
    SameNextLink,
)

USERS = "/v1.0/users?$top=5"


def pages(client, url=USERS, most=8):
    while url and most:
        page = client.get("graph", url).json()
        yield page
        url, most = page.get("@odata.nextLink"), most - 1


def ids(page):
    return [user["id"] for user in page["value"]]


@pytest.mark.parametrize(
    ("refusal", "retry_after"),
    [
        (CannedAnswer(), None),
        (CannedAnswer(retry_after_seconds=3), "3"),
        (CannedAnswer(retry_after_seconds=3, as_date=True), "Mon, 16 Nov 2026 09:00:03 GMT"),
    ],
)
def test_throttling_says_when_to_come_back_in_seconds_or_as_a_date_or_not_at_all(client, refusal, retry_after):
    client.tenant.faults.append(Fault("graph", "/v1.0/users", refusal, times=2))
    for _ in range(2):
        reply = client.get("graph", USERS)
        assert reply.status_code == 429
        assert reply.headers.get("Retry-After") == retry_after
        assert reply.json()["error"]["code"] == "TooManyRequests"
    assert client.get("graph", USERS).status_code == 200


def test_a_fault_befalls_what_it_names_after_sparing_what_it_spares(client):
    client.tenant.faults.append(Fault("exchange", "Get-OrganizationConfig", CannedAnswer(500), after=1))
    assert client.run("exchange", "Get-AdminAuditLogConfig").status_code == 200
    replies = [client.run("exchange", "Get-OrganizationConfig").status_code for _ in range(3)]
    assert replies == [200, 500, 200]


def test_a_body_may_end_early_with_the_connection(client):
    client.tenant.faults.append(Fault("graph", "", CutBody()))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.get("graph", USERS)
    assert client.get("graph", USERS).status_code == 200


def test_a_body_may_end_early_and_claim_to_be_whole(client):
    client.tenant.faults.append(Fault("graph", "", CutBody(honest_length=True)))
    reply = client.get("graph", USERS)
    assert reply.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        reply.json()


def test_an_answer_may_come_late(client):
    client.tenant.faults.append(Fault("graph", "", Delay(0.3)))
    started = time.monotonic()
    assert client.get("graph", USERS).status_code == 200
    assert time.monotonic() - started > 0.3


def test_empty_pages_with_a_next_link_lose_nothing(client):
    client.tenant.faults.append(Fault("graph", "/v1.0/users", EmptyPage(), times=2))
    found = list(pages(client))
    assert [len(page["value"]) for page in found] == [0, 0, 5, 5, 2]
    assert len({page.get("@odata.nextLink") for page in found}) == 5
    assert [one for page in found for one in ids(page)] == [user.id for user in client.tenant.users]


def test_a_next_link_may_lead_nowhere_but_back(client):
    client.tenant.faults.append(Fault("graph", "/v1.0/users", SameNextLink(), times=None, continuation=True))
    found = list(pages(client))
    assert len(found) == 8
    assert ids(found[1]) == ids(found[2])
    assert found[1]["@odata.nextLink"] == found[2]["@odata.nextLink"]


def test_a_later_page_may_repeat_earlier_rows(client):
    client.tenant.faults.append(Fault("graph", "/v1.0/users", EarlierRows(), continuation=True))
    found = list(pages(client))
    assert ids(found[1]) == ids(found[0])
    assert len(found) == 3


def test_a_next_link_may_lead_to_another_host(client):
    client.tenant.faults.append(Fault("graph", "/v1.0/users", ForeignNextLink()))
    assert client.get("graph", USERS).json()["@odata.nextLink"].startswith("https://attacker.example/v1.0/users?")


def test_an_override_answers_a_cmdlet_with_exactly_what_it_says(client):
    client.tenant.override("exchange", "Get-OrganizationConfig", b"<html>", status=503, headers={"X-Odd": "yes"})
    reply = client.run("exchange", "Get-OrganizationConfig")
    assert (reply.status_code, reply.content, reply.headers["X-Odd"]) == (503, b"<html>", "yes")
    client.tenant.override("exchange", "Get-OrganizationConfig", {"value": []})
    assert client.run("exchange", "Get-OrganizationConfig").json() == {"value": []}


def test_the_log_holds_what_was_asked_and_never_a_token_or_secret(client):
    client.run("exchange", "Get-MailboxAuditBypassAssociation", {"ResultSize": "Unlimited"}, select="Name")
    last = client.served.requests.to("exchange")[-1]
    assert (last.method, last.cmdlet, last.parameters, last.status) == (
        "POST",
        "Get-MailboxAuditBypassAssociation",
        {"ResultSize": "Unlimited"},
        200,
    )
    assert last.query == {"$select": "Name"}
    assert last.headers["authorization"] == "[token]"
    written = str(client.served.requests.all())
    assert client.token("exchange") not in written
    assert client.tenant.identity.client_secret not in written
