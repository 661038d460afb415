"""Microsoft Graph: the organisation, its subscriptions, its users, their directory roles, and Secure Score.

Sources: Microsoft Learn, "List organizations", "List subscribedSkus", "List users", "List unifiedRoleAssignments",
"List roleEligibilityScheduleInstances", "List secureScores", "Advanced query capabilities on Microsoft Entra ID
objects" (the ConsistencyLevel header), "Paging Microsoft Graph data".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

from compliance.evidence.datasets import Api
from compliance.sources.pages import Page, read_pages
from compliance.sources.transport import Request, TenantApis

_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)


class _VerifiedDomain(msgspec.Struct):
    name: str | None = None
    is_initial: bool | None = msgspec.field(default=None, name="isInitial")


class _Organization(msgspec.Struct):
    verified_domains: list[_VerifiedDomain] | None = msgspec.field(default=None, name="verifiedDomains")


class _Organizations(msgspec.Struct):
    value: list[_Organization]


def read(spec_name: str, apis: TenantApis) -> Iterator[Page]:
    """The pages of a dataset of Graph; raises `KeyError` for another's name, `SourceError` and `Truncated`."""
    # msgraph takes a moment to import, and only a reading of Graph needs it.
    from compliance.sources import graph_urls

    url_of = {
        "graph.organization": graph_urls.organization_url,
        "graph.subscribed_skus": graph_urls.subscribed_skus_url,
        "graph.users": graph_urls.users_url,
        "graph.secure_score": graph_urls.secure_score_url,
        "graph.role_assignments": graph_urls.role_assignments_url,
        "graph.role_eligibilities": graph_urls.role_eligibilities_url,
    }[spec_name]
    # $count is an advanced query, and every page of one needs the header.
    headers = {"ConsistencyLevel": "eventual"} if spec_name == "graph.users" else {}
    pages = read_pages(
        apis,
        Api.GRAPH,
        Request("GET", url_of(apis.cloud.graph), headers),
        dataset=spec_name,
        endpoint="graph",
        next_request=lambda link, before: Request("GET", link, headers, follows=before),
    )
    # The latest score is asked for, and the next pages hold those of the days before.
    yield from islice(pages, 1) if spec_name == "graph.secure_score" else pages


def learn_initial_domain(apis: TenantApis, organizations: bytes) -> None:
    """Fill in `TenantApis.initial_domain` from an answer of /organization."""
    apis.initial_domain = initial_domain(organizations)


def initial_domain(organizations: bytes) -> str | None:
    """The *.onmicrosoft.com domain in an answer of /organization; None if it does not say."""
    try:
        answer = msgspec.json.decode(organizations, type=_Organizations)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    for organization in answer.value:
        for domain in organization.verified_domains or ():
            if domain.is_initial and domain.name is not None and _DOMAIN.fullmatch(domain.name):
                return domain.name
    return None
