"""Asking the same of each of many resources: several at once, and their answers in the order of the resources.

What cannot be read of one is named, and the others go on. An answer that what was asked for is not there is evidence
like any other.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from compliance.evidence.datasets import DATASETS, Api, State
from compliance.rules.resource_ids import resource_name
from compliance.sources.errors import SourceError, Truncated, printable
from compliance.sources.pages import Page
from compliance.sources.transport import SIDE_BY_SIDE, Progress, Reply, TenantApis

READ_AHEAD = 2 * SIDE_BY_SIDE
"""How many resources are asked about before the answers of the first have been taken; it bounds the memory."""

_PAGES_AHEAD = 4
_NAMES_TOLD = 3
_LONGEST_NAME = 64


@dataclass(slots=True)
class _Strand:
    """One resource while it is read: its pages, then None or why they end early."""

    resource: str
    results: queue.Queue[Page | SourceError | None] = field(default_factory=lambda: queue.Queue(maxsize=_PAGES_AHEAD))
    reading: Future[None] | None = None


def read_each(
    apis: TenantApis, dataset: str, resources: Sequence[str], read: Callable[[str], Iterator[Page]]
) -> Iterator[Page]:
    """The pages of every resource that can be read; what cannot be makes it a part, or a refusal where nothing can.

    What was not read to its end of the datasets that name resources makes it a part too.
    Raises `SourceError` and `Truncated`, and what `read` raises else.
    """
    unread = [name for name in DATASETS[dataset].discovered_from if name not in apis.whole]
    if unread and not resources:
        raise SourceError(State.NOT_REQUESTED, f"{_not_whole(unread)}, so nothing is known to ask about", api=Api.ARM)
    problems = _Problems(len(resources))
    rows = pages = 0
    for resource, result in _side_by_side(apis, resources, read) if resources[1:] else _alone(resources, read):
        if isinstance(result, Page):
            rows, pages = rows + result.rows, pages + 1
            apis.on_progress(Progress(Api.ARM, dataset, rows, pages))
            yield result
        else:
            problems.add(resource, result)
    if apis.is_stopped:
        raise SourceError(State.FAILED, "interrupted", api=Api.ARM)
    reasons = [problems.told()] if problems.count else []
    if unread:
        reasons.append(f"{_not_whole(unread)}, so there may be more to ask about")
    if not reasons:
        return
    if pages or not problems.count:
        raise Truncated("; ".join(reasons), api=Api.ARM, reply=problems.reply)
    raise SourceError(problems.state, "; ".join(reasons), api=Api.ARM, reply=problems.reply)


def first_of(resources: Sequence[str]) -> Sequence[str]:
    """As many resources as are asked about at once: enough to learn whether the identity may."""
    return tuple(islice(resources, SIDE_BY_SIDE))


def _not_whole(datasets: Sequence[str]) -> str:
    return f"{', '.join(datasets)} {'was' if len(datasets) == 1 else 'were'} not read to the end"


class _Problems:
    """What could not be read, told at a length that does not grow with its number."""

    def __init__(self, asked: int) -> None:
        self.count = 0
        self.reply: Reply | None = None
        self._asked = asked
        self._names: list[str] = []
        self._first: dict[State, str] = {}

    def add(self, resource: str, error: SourceError) -> None:
        """Take in a resource that could not be read."""
        self.count += 1
        name = printable(resource_name(resource))[:_LONGEST_NAME] or repr(resource)
        if len(self._names) < _NAMES_TOLD:
            self._names.append(name)
        self.reply = self.reply if error.reply is None else error.reply
        # That one resource is not served says nothing of the API.
        not_there = error.reply is not None and error.reply.status == 404
        self._first.setdefault(State.FAILED if not_there else error.state, f"{name}: {error.reason}")

    @property
    def state(self) -> State:
        """How the reading ended where there is no page; only where all ended alike that is what it says."""
        return next(iter(self._first)) if len(self._first) == 1 else State.FAILED

    def told(self) -> str:
        """The first of each kind with its reason; where there are more, how many, and a few names."""
        firsts = "; ".join(self._first.values())
        if self.count == 1:
            return firsts
        names = ", ".join(self._names)
        more = f" and {self.count - _NAMES_TOLD} more" if self.count > _NAMES_TOLD else ""
        return f"{self.count} of {self._asked} could not be read ({names}{more}): {firsts}"


def _alone(resources: Sequence[str], read: Callable[[str], Iterator[Page]]) -> Iterator[tuple[str, Page | SourceError]]:
    """The pages of one resource, if there is one, read by the thread that asks, whose connection is open already."""
    for resource in resources:
        try:
            for page in read(resource):
                yield resource, page
        except SourceError as error:
            yield resource, error


def _side_by_side(
    apis: TenantApis, resources: Sequence[str], read: Callable[[str], Iterator[Page]]
) -> Iterator[tuple[str, Page | SourceError]]:
    """The pages of each resource, or why they end, in the order of the resources."""
    left = iter(resources)
    strands: deque[_Strand] = deque()
    given_up = threading.Event()
    try:
        while True:
            for resource in islice(left, READ_AHEAD - len(strands)):
                strand = _Strand(resource)
                strand.reading = apis.pool.submit(_follow, strand, partial(read, resource), apis, given_up)
                strands.append(strand)
            if not strands:
                return
            while (result := strands[0].results.get()) is not None:
                yield strands[0].resource, result
            finished = strands.popleft()
            if finished.reading is not None:
                # What concerns more than this resource, as a sign-in that is refused, ends the reading.
                finished.reading.result()
    finally:
        given_up.set()
        for strand in strands:
            if strand.reading is not None:
                strand.reading.cancel()


def _follow(strand: _Strand, read: Callable[[], Iterator[Page]], apis: TenantApis, given_up: threading.Event) -> None:
    """Read one resource to its end, unless nobody wants to know any more."""

    def give(result: Page | SourceError | None) -> bool:
        while not given_up.is_set():
            try:
                strand.results.put(result, timeout=1.0)
            except queue.Full:
                continue
            return True
        return False

    try:
        if apis.is_stopped:
            return
        for page in read():
            if not give(page) or apis.is_stopped:
                return
    except SourceError as error:
        give(error)
    finally:
        give(None)
