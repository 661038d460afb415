"""The admin API behind Exchange Online PowerShell: cmdlets run by POST, which Security & Compliance shares.

Microsoft documents the cmdlets (https://learn.microsoft.com/powershell/module/exchange) but not this protocol. It is
simulated after the public clients of it (CISA ScubaGear's EXORestHelper.psm1 and SecuritySuiteRestHelper.psm1, CIPP's
New-ExoRequest.ps1) and after records that rknightion/graph2otel published from a live tenant.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from compliance.demo.odd import NOT_ODD, Odd
from compliance.demo.paging import Continuation, continuation_of, cut
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, answered, with_odd

Value: TypeAlias = str | bool | int | datetime | timedelta | UUID | tuple[str, ...] | None
"""A property of a cmdlet's output, before it is written the way the API writes it."""

NUL_BODY = b"\x00" * 512
"""What a 403 of the admin API may hold in place of an error."""

TRUNCATED = (
    "There are more results available than are currently displayed. To view them, increase the value for the"
    " ResultSize parameter."
)
"""The warning that a cut answer carries; the status stays 200."""

DEFAULT_RESULT_SIZE = 1000
"""What a cmdlet with the parameter ResultSize returns at most where the caller doesn't say."""

_ODATA_EXCEPTION = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a cmdlet's output, and what is odd about it."""

    values: Mapping[str, Value]
    odd: Odd = NOT_ODD


Parameters: TypeAlias = Mapping[str, object]
"""A cmdlet's parameters; their names are in lower case."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cmdlet(Generic[T]):
    """A cmdlet: the objects that it outputs, how one is shown, the roles any of which lets run it, its parameters.

    An object is shown only when its page is asked for. Names of parameters are in lower case.
    """

    name: str
    objects: Callable[[Tenant, Parameters], Sequence[T]]
    show: Callable[[Tenant, T], Row]
    roles: frozenset[str]
    parameters: frozenset[str] = frozenset()


def unauthorized(message: str) -> Answered:
    """A 401 of the admin API."""
    return answered({"error": {"code": "Unauthorized", "message": message}}, 401)


def forbidden() -> Answered:
    """The 403 for an identity whose roles don't hold the cmdlet: NUL bytes, no JSON."""
    return Answered(403, NUL_BODY)


def bad_request(exception: str, message: str) -> Answered:
    """A 400: the text that matters is in `innererror.internalexception`, and the outer message never changes."""
    return answered(
        {
            "error": {
                "code": "BadRequest",
                "message": "Invalid Operation",
                "details": [{"code": "Context", "target": "", "message": f"|{exception}|{message}"}],
                "innererror": {
                    "message": "Invalid Operation",
                    "type": _ODATA_EXCEPTION,
                    "stacktrace": "",
                    "internalexception": {"message": message, "type": exception, "stacktrace": ""},
                },
            }
        },
        400,
    )


@dataclass(frozen=True, slots=True)
class Call:
    """A cmdlet as it was asked for."""

    name: str
    parameters: object


def call_of(body: bytes) -> Call | None:
    """The cmdlet that a request body asks for; None where the body is no CmdletInput."""
    try:
        cmdlet = json.loads(body)["CmdletInput"]
        return Call(str(cmdlet["CmdletName"]), cmdlet["Parameters"])
    except (ValueError, KeyError, TypeError):
        return None


def invoke(
    tenant: Tenant,
    asked: Asked,
    cmdlets: tuple[Cmdlet[Any], ...],
    granted: tuple[str, ...],
) -> Answered:
    """Run one of `cmdlets` for an identity that was granted these roles."""
    call = call_of(asked.body)
    if call is None:
        return bad_request(_ODATA_EXCEPTION, "The request body must hold CmdletInput with CmdletName and Parameters.")
    cmdlet = next((known for known in cmdlets if known.name.lower() == call.name.lower()), None)
    if cmdlet is None:
        return bad_request(
            "System.Management.Automation.CommandNotFoundException",
            f"The term '{call.name}' is not recognized as the name of a cmdlet, function, script file, or operable"
            " program. Check the spelling of the name, or if a path was included, verify that the path is correct and"
            " try again.",
        )
    if cmdlet.roles.isdisjoint(granted):
        return forbidden()
    if not isinstance(call.parameters, dict):
        return bad_request(_ODATA_EXCEPTION, "Parameters must be an object.")
    parameters = {str(name).lower(): value for name, value in call.parameters.items()}
    if set(parameters) - cmdlet.parameters:
        return bad_request(
            "System.Management.Automation.ParameterBindingException",
            "Parameter set cannot be resolved using the specified named parameters. (AmbiguousParameterSetException)",
        )
    return _page(tenant, asked, cmdlet, parameters)


def probe_answer(cmdlets: tuple[Cmdlet[Any], ...], granted: tuple[str, ...]) -> Answered:
    """What EXOModuleFile answers: the names of the cmdlets that these roles let run, separated by commas."""
    exported = ",".join(cmdlet.name for cmdlet in cmdlets if not cmdlet.roles.isdisjoint(granted))
    return answered({"value": [{"exportedCmdlets": exported}]})


def _page(tenant: Tenant, asked: Asked, cmdlet: Cmdlet[Any], parameters: Parameters) -> Answered:
    try:
        continuation = _continuation(tenant, asked)
    except ValueError:
        return bad_request(_ODATA_EXCEPTION, "Expired or Invalid pagination request. Default Expiry time is 00:30:00")
    objects, truncated = cmdlet.objects(tenant, parameters), False
    if "resultsize" in cmdlet.parameters:
        size = str(parameters.get("resultsize", DEFAULT_RESULT_SIZE))
        if size.lower() != "unlimited":
            if not size.isdecimal():
                return bad_request(
                    "System.Management.Automation.ParameterBindingException",
                    f"Cannot process argument transformation on parameter 'ResultSize'. Cannot convert value"
                    f' "{size}" to type "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]".',
                )
            truncated = len(objects) > int(size)
            objects = objects[: int(size)]
    page = cut(asked, continuation, total=len(objects), size=min(_page_size(asked), tenant.exchange_page_size))
    warnings = [TRUNCATED] if truncated or page.next_link is not None else []
    document: dict[str, object] = {
        "@odata.context": f"https://outlook.office365.com/adminapi/beta/{tenant.id}"
        "/$metadata#Collection(Exchange.GenericHashTable)",
        "@adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": warnings,
    }
    if page.next_link is not None:
        document["@odata.nextLink"] = page.next_link
    chosen = asked.query.get("$select")
    document["value"] = [_written(cmdlet.show(tenant, one), chosen) for one in objects[page.start : page.stop]]
    return answered(document, headers={"odata-version": "4.0"})


def _page_size(asked: Asked) -> int:
    preferred = re.search(r"odata\.maxpagesize=(\d+)", asked.headers.get("prefer", ""))
    return min(int(preferred[1]), 1000) if preferred and int(preferred[1]) > 0 else 1000


def _continuation(tenant: Tenant, asked: Asked) -> Continuation:
    """A continuation is bound to the body and to the anchor of page 1. Raises ValueError where it no longer works."""
    anchor = asked.headers.get("x-anchormailbox", "")
    bound_to = hashlib.sha256(asked.body + anchor.encode()).hexdigest()[:16]
    continuation = continuation_of(asked)
    if continuation is None:
        return Continuation(0, 0, bound_to)
    works = {
        "any": bool(anchor),
        "upn": anchor.lower().startswith("upn:") and anchor.lower().endswith(f"@{tenant.initial_domain}"),
        "none": False,
    }
    if continuation.bound_to != bound_to or not works[tenant.paging_anchor]:
        raise ValueError(anchor)
    return continuation


def _written(row: Row, chosen: str | None) -> dict[str, object]:
    """A row as the API writes it: some values are accompanied by a key that tells their type."""
    document: dict[str, object] = {}
    for name, value in row.values.items():
        match value:
            case bool() | str() | None:
                document[name] = value
            case int():
                document[f"{name}@data.type"] = "System.Int32"
                document[name] = value
            case datetime():
                document[f"{name}@data.type"] = "System.DateTime"
                document[name] = f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
            case timedelta():
                document[name] = _time_span(value)
            case UUID():
                document[f"{name}@data.type"] = "System.Guid"
                document[name] = str(value)
            case tuple():
                document[f"{name}@odata.type"] = "#Collection(String)"
                document[name] = list(value)
    document = with_odd(document, row.odd)
    if chosen is None:
        return document
    wanted = {name.strip().lower() for name in chosen.split(",")}
    return {key: value for key, value in document.items() if key.split("@")[0].lower() in wanted}


def _time_span(value: timedelta) -> str:
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{value.days}.{hours:02}:{minutes:02}:{seconds:02}"
