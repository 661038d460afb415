from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.clouds import CLOUDS
from compliance.credentials import SignInError
from compliance.evidence.datasets import DATASETS, Api, State
from compliance.sources.arm.each import READ_AHEAD, read_each
from compliance.sources.errors import SourceError, Truncated
from compliance.sources.pages import Page
from compliance.sources.readers import READERS
from compliance.sources.transport import SIDE_BY_SIDE, Progress, TenantApis
from tests.sources.conftest import FakeTime

ROOT = "https://management.azure.com"
SETTINGS, LOCKS = "arm.activity_log_settings", "arm.locks"
Read = Callable[[str], Iterator[Page]]


def page(body: str, rows: int = 1) -> Page:
    return Page(
        body=body.encode(),
        rows=rows,
        url="",
        method="GET",
        request=None,
        status=200,
        request_id=None,
        client_request_id="",
        server_date=None,
        endpoint="arm",
        attempts=1,
        waited_seconds=0.0,
        count=None,
        warnings=(),
    )


def names(count: int) -> tuple[str, ...]:
    return tuple(f"r{number}" for number in range(count))


def subscription(number: int) -> str:
    return f"/subscriptions/00000000-0000-4000-8000-{number:012d}"


@pytest.fixture
def azure(apis: TenantApis) -> TenantApis:
    """A tenant of which everything that names resources was read to its end."""
    apis.whole.update(DATASETS)
    return apis


def outcome(apis: TenantApis, resources: tuple[str, ...], read: Read) -> tuple[list[str], SourceError | None]:
    bodies: list[str] = []
    try:
        for one in read_each(apis, SETTINGS, resources, read):
            bodies.append(one.body.decode())
    except SourceError as error:
        return bodies, error
    return bodies, None


def refused(reason: str = "403 denied", state: State = State.DENIED) -> SourceError:
    return SourceError(state, reason, api=Api.ARM)


# Several at once, in order


def test_eight_are_read_at_once_and_their_pages_come_in_the_order_of_the_resources(azure: TenantApis) -> None:
    together = threading.Barrier(SIDE_BY_SIDE)
    at_once, most, lock = 0, 0, threading.Lock()

    def read(resource: str) -> Iterator[Page]:
        nonlocal at_once, most
        with lock:
            at_once, most = at_once + 1, max(most, at_once + 1)
        # fewer than eight at once would never get past it
        together.wait(timeout=20)
        time.sleep(0.02 if int(resource[1:]) % 3 == 0 else 0)
        with lock:
            at_once -= 1
        yield page(f"{resource} one")
        yield page(f"{resource} two")

    bodies, error = outcome(azure, names(5 * SIDE_BY_SIDE), read)
    assert error is None
    assert bodies == [f"{name} {part}" for name in names(5 * SIDE_BY_SIDE) for part in ("one", "two")]
    assert most == SIDE_BY_SIDE


def test_no_more_is_read_ahead_than_memory_is_meant_for(azure: TenantApis) -> None:
    begun: list[str] = []
    pages: list[int] = []

    def read(resource: str) -> Iterator[Page]:
        begun.append(resource)
        for number in range(50):
            pages.append(number)
            yield page(f"{resource} {number}")

    reading = read_each(azure, SETTINGS, names(200), read)
    next(reading)
    time.sleep(0.3)
    assert len(begun) <= READ_AHEAD
    assert len(pages) < 8 * SIDE_BY_SIDE, "a resource with many pages waits until they are taken"
    reading.close()


def test_who_takes_no_more_pages_ends_the_reading(azure: TenantApis) -> None:
    begun: list[str] = []

    def read(resource: str) -> Iterator[Page]:
        begun.append(resource)
        yield page(resource)

    reading = read_each(azure, SETTINGS, names(1000), read)
    next(reading)
    reading.close()
    azure.close()
    assert len(begun) <= READ_AHEAD + 1


def test_what_is_stopped_asks_for_nothing_more(azure: TenantApis) -> None:
    begun: list[str] = []

    def read(resource: str) -> Iterator[Page]:
        begun.append(resource)
        if resource == "r3":
            azure.stop()
        yield page(resource)

    bodies, error = outcome(azure, names(1000), read)
    assert error is not None
    assert len(begun) <= 4 + SIDE_BY_SIDE
    assert len(bodies) <= len(begun)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 3), st.none()), max_size=30))
def test_whatever_can_be_read_is_given_once_and_in_order_and_what_cannot_makes_it_a_part(
    given_pages: list[int | None],
) -> None:
    def read(resource: str) -> Iterator[Page]:
        count = given_pages[int(resource[1:])]
        if count is None:
            raise refused()
        return (page(f"{resource} {number}") for number in range(count))

    with TenantApis(CLOUDS["commercial"], "x", dict.fromkeys(Api), on_progress=lambda _: None) as apis:
        apis.whole.update(DATASETS)
        bodies, error = outcome(apis, names(len(given_pages)), lambda resource: (yield from read(resource)))
    expected = [f"r{at} {number}" for at, count in enumerate(given_pages) for number in range(count or 0)]
    assert bodies == expected
    assert (error is None) == (None not in given_pages)
    assert error is None or isinstance(error, Truncated) == bool(expected)


def test_progress_counts_the_rows_of_all_resources(azure: TenantApis, progress: list[Progress]) -> None:
    outcome(azure, names(20), lambda resource: iter((page(resource, rows=3),)))
    assert [(one.rows, one.pages) for one in progress] == [(3 * count, count) for count in range(1, 21)]


# What cannot be read


def test_a_thousand_refusals_are_told_in_one_line_that_names_a_few(azure: TenantApis) -> None:
    def read(resource: str) -> Iterator[Page]:
        raise refused(f"403 AuthorizationFailed: no right to perform x/read over {resource}")
        yield

    resources = tuple(subscription(number) for number in range(1000))
    bodies, error = outcome(azure, resources, read)
    assert bodies == []
    assert error is not None
    assert error.state is State.DENIED
    named = ", ".join(one.rpartition("/")[2] for one in resources[:3])
    assert error.reason.startswith(f"1000 of 1000 could not be read ({named} and 997 more): ")
    assert "403 AuthorizationFailed" in error.reason
    assert len(error.reason) <= 400


def test_refusals_of_two_kinds_are_both_told(azure: TenantApis) -> None:
    def read(resource: str) -> Iterator[Page]:
        if resource == "r1":
            raise refused("429 throttled", State.FAILED)
        raise refused()
        yield

    _, error = outcome(azure, names(3), read)
    assert error is not None
    assert error.state is State.FAILED
    assert error.reason == "3 of 3 could not be read (r0, r1, r2): r0: 403 denied; r1: 429 throttled"


def test_a_sign_in_that_is_refused_ends_the_reading(azure: TenantApis) -> None:
    def read(resource: str) -> Iterator[Page]:
        if resource == "r2":
            raise SignInError("7000215", "the secret is wrong", next_step="x")
        yield page(resource)

    with pytest.raises(SignInError, match="the secret is wrong"):
        outcome(azure, names(100), read)


def test_what_else_goes_wrong_is_not_swallowed(azure: TenantApis) -> None:
    def read(resource: str) -> Iterator[Page]:
        raise ZeroDivisionError
        yield

    with pytest.raises(ZeroDivisionError):
        outcome(azure, names(3), read)


# What was not read before


def test_of_what_was_not_read_to_the_end_there_may_be_more_to_ask_about(apis: TenantApis) -> None:
    bodies, error = outcome(apis, names(2), lambda resource: iter((page(resource),)))
    assert bodies == ["r0", "r1"]
    assert isinstance(error, Truncated)
    assert error.reason == "arm.subscriptions was not read to the end, so there may be more to ask about"


def test_with_nothing_known_because_nothing_was_read_nothing_is_asked(apis: TenantApis) -> None:
    bodies, error = outcome(apis, (), lambda resource: iter((page(resource),)))
    assert bodies == []
    assert error is not None
    assert error.state is State.NOT_REQUESTED
    assert error.reason == "arm.subscriptions was not read to the end, so nothing is known to ask about"


def test_with_nothing_to_ask_about_the_answer_is_whole_and_empty(azure: TenantApis) -> None:
    assert outcome(azure, (), lambda resource: iter((page(resource),))) == ([], None)


# Over HTTP


def known(apis: TenantApis, count: int) -> list[str]:
    rows = [{"id": subscription(number)} for number in range(count)]
    learn = READERS["arm.subscriptions"].learn
    assert learn is not None
    learn(apis, json.dumps({"value": rows}).encode())
    return [str(row["id"]) for row in rows]


def settings_of(subscription_id: str) -> str:
    return f"{ROOT}{subscription_id}/providers/Microsoft.Insights/diagnosticSettings"


def test_one_refusal_for_too_many_requests_holds_all_eight_and_nothing_is_lost(
    azure: TenantApis, service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    subscriptions = known(azure, 40)
    held: list[float] = []
    answered = itertools.count()

    def answer(request: object) -> tuple[int, dict[str, str], str]:
        number = next(answered)
        if number == 11:
            return 429, {"Retry-After": "7"}, json.dumps({"error": {"code": "TooManyRequests", "message": "x"}})
        held.append(sum(fake_time.slept))
        return 200, {}, json.dumps({"value": [{"id": f"s{number}"}]})

    for one in subscriptions:
        service.add_callback(responses.GET, settings_of(one), callback=answer)
    pages = list(READERS[SETTINGS].read(azure))
    assert [page.url.partition("/providers")[0] for page in pages] == [f"{ROOT}{one}" for one in subscriptions]
    assert sum(page.attempts for page in pages) == 41
    assert fake_time.slept
    assert set(fake_time.slept) <= {7.0}
    assert held[-1] >= 7.0


def test_the_subscriptions_that_answer_are_read_and_the_one_that_does_not_is_named(
    azure: TenantApis, service: responses.RequestsMock
) -> None:
    subscriptions = known(azure, 20)
    for number, one in enumerate(subscriptions):
        if number == 13:
            gone = {"error": {"code": "SubscriptionNotFound", "message": "The subscription could not be found."}}
            service.get(settings_of(one), status=404, json=gone)
        else:
            service.get(settings_of(one), json={"value": []})
    read: list[Page] = []
    with pytest.raises(Truncated, match=r"arm: 00000000-0000-4000-8000-000000000013: 404 SubscriptionNotFound"):
        read.extend(READERS[SETTINGS].read(azure))
    # extend keeps what came before the error
    assert len(read) == 19
    assert {page.absent for page in read} == {None}


def test_a_probe_asks_of_the_first_few_alone(azure: TenantApis, service: responses.RequestsMock) -> None:
    for one in known(azure, 1000):
        service.get(settings_of(one), json={"value": []})
    probe = READERS[SETTINGS].probe
    assert probe is not None
    assert len(list(probe(azure))) == len(service.calls) == SIDE_BY_SIDE
