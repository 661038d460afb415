"""Patience: waiting for a throttled API, and trying again what may pass.

Sources: Microsoft Learn, "Microsoft Graph throttling guidance", "Guidance for throttled requests in Azure Resource
Graph"; RFC 9110, section 10.2.3 (Retry-After).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.core.rest import HttpResponse

from compliance.errors import LookbackError
from compliance.evidence.datasets import Api
from compliance.settings import Limits
from compliance.sources.policies import Answer, Clock, Journey, Policy, Sent, http_date, is_html, journey_of


class ThrottleGate:
    """One "not before" instant per API, shared by all threads of a run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._not_before: dict[Api, datetime] = {}

    def hold(self, api: Api, until: datetime) -> None:
        """Let no request of the API go before an instant; an earlier one than is set already changes nothing."""
        with self._lock:
            self._not_before[api] = max(until, self._not_before.get(api, until))

    def seconds_left(self, api: Api, now: datetime) -> float:
        """Seconds to wait before the next request of the API; 0 if it may go."""
        with self._lock:
            until = self._not_before.get(api, now)
        return max(0.0, (until - now).total_seconds())


@dataclass(frozen=True, slots=True)
class Patience:
    """The clock, the sleep and the limits that a run waits by; `on_wait` is told before every pause."""

    clock: Clock
    sleep: Callable[[float], None]
    limits: Limits
    on_wait: Callable[[Api, float], None]

    def seconds_left(self, journey: Journey) -> float:
        """Seconds before the request's deadline, by the clock or by what was slept, whichever is later."""
        elapsed = (self.clock() - journey.started).total_seconds()
        return self.limits.deadline_seconds - max(elapsed, journey.waited_seconds)

    def refusal(self, journey: Journey, seconds: float) -> str | None:
        """Why a pause is not worth it; None if it is."""
        if seconds > self.limits.max_wait_seconds:
            return (
                f"the service asked for a pause of {seconds:.0f} s; at most {self.limits.max_wait_seconds} s are waited"
            )
        if seconds >= self.seconds_left(journey):
            return (
                f"the deadline of {self.limits.deadline_seconds} s for one request was reached"
                f" after {journey.attempts} attempts"
            )
        return None

    def wait(self, journey: Journey, seconds: float) -> None:
        """Sleep, and count it."""
        self.on_wait(journey.api, seconds)
        self.sleep(seconds)
        journey.waited_seconds += seconds


class GaveUp(LookbackError):
    """No further attempt is made and there is no answer to show."""


class GatePolicy(Policy):
    """Waits for the gate before each attempt; raises `GaveUp` if that would take longer than the limits allow."""

    def __init__(self, gate: ThrottleGate, patience: Patience) -> None:
        super().__init__()
        self._gate = gate
        self._patience = patience

    def send(self, request: Sent) -> Answer:
        """Wait until the API may be called again, then pass on."""
        journey = journey_of(request)
        while seconds := self._gate.seconds_left(journey.api, self._patience.clock()):
            if refusal := self._patience.refusal(journey, seconds):
                raise GaveUp(f"throttled: {refusal}")
            self._patience.wait(journey, seconds)
        return self.next.send(request)


RETRIED = frozenset({408, 429, 500, 502, 503, 504})
"""The statuses that are tried again; also a 403 in HTML, which is a gateway's and not the API's."""

CONNECT_SECONDS = 30.0
READ_SECONDS = 300.0
MOST_FAILURES = 5
"""How many attempts at one request may go wrong otherwise than by throttling."""

_FIRST_PAUSE = 2.0
_LEAST_PAUSE = 1.0
_LONGEST_PAUSE = 86_400.0
_RESETS_AFTER = re.compile(r"(\d\d):(\d\d):(\d\d)", re.ASCII)
_SECONDS_IN_TEXT = re.compile(r"\b(\d{1,6}) seconds?\b")


class Retry(Policy):
    """Tries again what may pass, within the limits; the last answer is returned and `Journey.gave_up` says why.

    `Retry-After` counts in seconds or as an HTTP date (by the server's own clock); Exchange says "... N seconds" in a
    429's message; without either the pause doubles from 2 s. Raises `GaveUp` where no answer came at all.
    """

    def __init__(self, gate: ThrottleGate, patience: Patience) -> None:
        super().__init__()
        self._gate = gate
        self._patience = patience

    def send(self, request: Sent) -> Answer:
        """Send until an answer is final or patience ends."""
        journey = journey_of(request)
        failures = 0
        answer: Answer | None = None
        while True:
            left = self._patience.seconds_left(journey)
            request.context.options["connection_timeout"] = min(CONNECT_SECONDS, max(left, 1.0))
            request.context.options["read_timeout"] = min(READ_SECONDS, max(left, 1.0))
            journey.attempts += 1
            problem = ""
            try:
                answer = self.next.send(request)
            except (ServiceRequestError, ServiceResponseError, HttpResponseError) as error:
                answer, problem = None, f"no usable answer came ({type(error).__name__}: {error.message})"
                if isinstance(error.inner_exception, requests.exceptions.SSLError):
                    raise GaveUp(f"{problem}; a certificate that is not trusted now will not be later") from None
            except GaveUp as error:
                journey.attempts -= 1
                if answer is None:
                    raise
                journey.gave_up = error.what
                return answer
            if answer is not None and not _is_retried(answer):
                if (until := _used_up(answer.http_response)) is not None:
                    self._gate.hold(journey.api, self._patience.clock() + until)
                return answer
            throttled = answer is not None and answer.http_response.status_code == 429
            pause = self._pause(answer, journey.attempts)
            if throttled:
                self._gate.hold(journey.api, self._patience.clock() + timedelta(seconds=pause))
            else:
                failures += 1
            refusal = self._patience.refusal(journey, pause)
            if refusal is None and failures >= MOST_FAILURES:
                refusal = f"it went wrong {failures} times"
            if refusal is not None:
                journey.gave_up = refusal
                if answer is None:
                    raise GaveUp(f"{problem}; {refusal}")
                return answer
            if not throttled:
                self._patience.wait(journey, pause)

    def _pause(self, answer: Answer | None, attempts: int) -> float:
        asked = None if answer is None else _asked_pause(answer.http_response, self._patience.clock())
        if asked is not None:
            return min(max(_LEAST_PAUSE, asked), _LONGEST_PAUSE)
        return float(min(_FIRST_PAUSE * 2 ** min(attempts - 1, 10), self._patience.limits.max_wait_seconds))


def _is_retried(answer: Answer) -> bool:
    response = answer.http_response
    return response.status_code in RETRIED or (
        response.status_code == 403 and is_html(response.headers.get("Content-Type"))
    )


def _used_up(response: HttpResponse) -> timedelta | None:
    """How long a quota lasts that this answer used up; None where it says nothing of that (Azure Resource Graph)."""
    after = response.headers.get("x-ms-user-quota-resets-after")
    resets = None if after is None else _RESETS_AFTER.fullmatch(after)
    if response.headers.get("x-ms-user-quota-remaining") != "0" or resets is None:
        return None
    hours, minutes, seconds = (int(part) for part in resets.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _asked_pause(response: HttpResponse, now: datetime) -> float | None:
    """Seconds that the server asks to wait; None if it does not say, or not intelligibly."""
    header = response.headers.get("Retry-After")
    if header is not None:
        if re.fullmatch(r"\d+(?:\.\d+)?", header.strip(), re.ASCII):
            return float(header)
        if (at := http_date(header)) is not None:
            return (at - (http_date(response.headers.get("Date")) or now)).total_seconds()
    if response.status_code == 429:
        match = _SECONDS_IN_TEXT.search(response.content[:4096].decode("utf-8", "replace"))
        if match:
            return float(match.group(1))
    return None
