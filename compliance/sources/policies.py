"""The policies of the one pipeline that carries every call: each refuses, signs or notes one thing; retry.py waits.

Outer to inner: `ReadOnly`, `HostPin`, `Retry`, `GatePolicy`, `Bearer`, `Recorder`. The last three run for each attempt.
What an exchange needs to know on its way is one `Journey`, which travels in the pipeline's context.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse

from compliance.clouds import Cloud, origin_of
from compliance.errors import LookbackError
from compliance.evidence.datasets import Api
from compliance.rules.resource_graph import RESOURCE_QUERY
from compliance.rules.resource_ids import (
    ADX_CLUSTER_ID,
    NAMESPACE_ID,
    STORAGE_ACCOUNT_ID,
    SUBSCRIPTION_ID,
    WORKSPACE_ID,
)

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC datetime."""

_TENANT = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_MODULE_FILE = re.compile(rf"/adminapi/v1\.0/{_TENANT}/EXOModuleFile", re.IGNORECASE)

_SETTINGS = r"/providers/Microsoft\.Insights/diagnosticSettings"
_BLOBS = rf"{STORAGE_ACCOUNT_ID}/blobServices/default"
# As an address holds it: a blank in the name of a database is written %20.
_DATABASE = rf"{ADX_CLUSTER_ID}/databases/(?:[-\w.]|%20){{0,259}}[-\w]"
_AZURE = (
    r"/providers/microsoft\.aadiam/diagnosticSettings",
    rf"(?:{SUBSCRIPTION_ID}|{WORKSPACE_ID}|{_BLOBS}){_SETTINGS}",
    r"/subscriptions",
    rf"{WORKSPACE_ID}(?:/tables|/dataExports)?",
    rf"{WORKSPACE_ID}/providers/Microsoft\.SecurityInsights/(?:onboardingStates|dataConnectors)",
    rf"{NAMESPACE_ID}/eventhubs",
    rf"{ADX_CLUSTER_ID}/databases",
    rf"{_DATABASE}/dataConnections",
    rf"{STORAGE_ACCOUNT_ID}(?:/managementPolicies/default)?",
    rf"{_BLOBS}(?:/containers)?",
    rf"{SUBSCRIPTION_ID}/providers/Microsoft\.Authorization/(?:locks|roleAssignments|roleDefinitions"
    r"|roleAssignmentScheduleInstances|roleEligibilityScheduleInstances)",
    rf"{SUBSCRIPTION_ID}/providers/Microsoft\.Insights/eventtypes/management/values",
)

READS: Mapping[Api, re.Pattern[str]] = MappingProxyType(
    {
        Api.GRAPH: re.compile(
            r"/v1\.0/(?:organization|subscribedSkus|users|security/secureScores"
            r"|roleManagement/directory/(?:roleAssignments|roleEligibilityScheduleInstances))"
        ),
        Api.EXCHANGE: _MODULE_FILE,
        Api.PURVIEW: _MODULE_FILE,
        Api.ARM: re.compile("|".join(_AZURE), re.ASCII | re.IGNORECASE),
    }
)
"""The paths that may be GET."""

CMDLETS: Mapping[Api, frozenset[str]] = MappingProxyType(
    {
        Api.EXCHANGE: frozenset(
            {
                "Get-AdminAuditLogConfig",
                "Get-OrganizationConfig",
                "Get-MailboxAuditBypassAssociation",
                "Get-Mailbox",
                "Get-RoleGroup",
                "Get-ManagementRoleAssignment",
                "Get-UnifiedAuditLogRetentionPolicy",
            }
        ),
        Api.PURVIEW: frozenset({"Get-UnifiedAuditLogRetentionPolicy", "Get-RoleGroup"}),
    }
)
"""The cmdlets that may be invoked, each named; beside them only `RESOURCE_QUERY` is ever POSTed."""

_QUERY_PATH = re.compile(r"/providers/Microsoft\.ResourceGraph/resources", re.ASCII | re.IGNORECASE)
_INVOKE = re.compile(rf"/adminapi/beta/{_TENANT}/InvokeCommand", re.IGNORECASE)
_PATH = re.compile(r"https://[^/?#]+([^?#]*)")


class NotAllowed(LookbackError):
    """A request that is not on the list of reads, or leads to a host outside its API; it was never sent."""


class _CmdletInput(msgspec.Struct, rename="pascal", forbid_unknown_fields=True):
    cmdlet_name: str
    parameters: dict[str, Any]


class _Invocation(msgspec.Struct, rename="pascal", forbid_unknown_fields=True):
    cmdlet_input: _CmdletInput


class _QueryOptions(msgspec.Struct, forbid_unknown_fields=True):
    top: Literal[1000] = msgspec.field(name="$top")
    result_format: Literal["objectArray"] = msgspec.field(name="resultFormat")
    skip_token: str | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="$skipToken")


class _Query(msgspec.Struct, forbid_unknown_fields=True):
    query: str
    options: _QueryOptions


@dataclass(slots=True)
class Journey:
    """What one exchange knows of itself while it is under way.

    `follows` is the URL of the page before. `waited_seconds` is the time spent between attempts; `dates` are the
    server's `Date` headers, one per answered attempt; `gave_up` says why there was no further attempt.
    """

    api: Api
    started: datetime
    follows: str | None = None
    attempts: int = 0
    waited_seconds: float = 0.0
    dates: list[datetime] = field(default_factory=list)
    gave_up: str | None = None


Sent = PipelineRequest[HttpRequest]
Answer = PipelineResponse[HttpRequest, HttpResponse]
Policy = HTTPPolicy[HttpRequest, HttpResponse]


def journey_of(request: Sent) -> Journey:
    """The journey that was handed to the pipeline with the request; raises `KeyError` if there was none."""
    if "journey" not in request.context:
        # What stays among the options would be handed on to requests.
        request.context["journey"] = request.context.options.pop("journey")
    journey: Journey = request.context["journey"]
    return journey


class ReadOnly(Policy):
    """Lets through only the reads named in `READS`, `CMDLETS` and `RESOURCE_QUERY`; raises `NotAllowed` for others."""

    def send(self, request: Sent) -> Answer:
        """Check method, path and body, then pass on."""
        sent, api = request.http_request, journey_of(request).api
        match = _PATH.match(sent.url)
        path = match.group(1) if match else ""
        match sent.method:
            case "GET":
                allowed = api in READS and READS[api].fullmatch(path) is not None and not sent.content
            case "POST":
                allowed = self._invokes(api, path, sent.content) or self._queries(api, path, sent.content)
            case _:
                allowed = False
        if not allowed:
            raise NotAllowed(
                f"{sent.method} {path} is not one of the reads that lookback is allowed to make",
                where=api.value,
                next_step="Nothing was sent. Please report this: lookback only ever reads.",
            )
        return self.next.send(request)

    @staticmethod
    def _queries(api: Api, path: str, content: object) -> bool:
        if api is not Api.ARM or _QUERY_PATH.fullmatch(path) is None or not isinstance(content, str | bytes):
            return False
        try:
            return msgspec.json.decode(content, type=_Query).query == RESOURCE_QUERY
        except msgspec.DecodeError:
            return False

    @staticmethod
    def _invokes(api: Api, path: str, content: object) -> bool:
        if _INVOKE.fullmatch(path) is None or not isinstance(content, str | bytes) or api not in CMDLETS:
            return False
        try:
            name = msgspec.json.decode(content, type=_Invocation).cmdlet_input.cmdlet_name
        except msgspec.DecodeError:
            return False
        return name.startswith("Get-") and name in CMDLETS[api]


class HostPin(Policy):
    """Lets a request go only to the origins of its API, and a next page only to the origin of the page before."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self._cloud = cloud

    def send(self, request: Sent) -> Answer:
        """Check scheme, host and port, then pass on; raises `NotAllowed` before any token is attached."""
        journey, url = journey_of(request), request.http_request.url
        origin = origin_of(url)
        same = journey.follows is None or origin == origin_of(journey.follows)
        if not self._cloud.allows(journey.api, url) or not same:
            raise NotAllowed(
                f"{origin or 'a URL that is not plain https'} is not where this API answers",
                where=journey.api.value,
                next_step="Nothing was sent. A next page is followed only on the host that named it.",
            )
        return self.next.send(request)


def is_html(content_type: str | None) -> bool:
    """Whether a Content-Type says HTML: a gateway's page, never an API's answer."""
    return content_type is not None and "html" in content_type.lower()


def http_date(text: str | None) -> datetime | None:
    """An HTTP date as an aware UTC datetime; None if absent or malformed."""
    if text is None:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


class Bearer(Policy):
    """Attaches the API's token. It stands inside `HostPin`, so no other host is ever given one."""

    def __init__(self, token: Callable[[Api], str]) -> None:
        super().__init__()
        self._token = token

    def send(self, request: Sent) -> Answer:
        """Sign the attempt and take the signature off again; raises `SignInError`."""
        headers = request.http_request.headers
        headers["Authorization"] = f"Bearer {self._token(journey_of(request).api)}"
        try:
            return self.next.send(request)
        finally:
            del headers["Authorization"]


class Recorder(Policy):
    """Notes the server's clock at every answered attempt."""

    def send(self, request: Sent) -> Answer:
        """Pass on, then note the `Date` header."""
        answer = self.next.send(request)
        date = http_date(answer.http_response.headers.get("Date"))
        if date is not None:
            journey_of(request).dates.append(date)
        return answer
