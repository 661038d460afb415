"""How a dataset is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from compliance.evidence.datasets import Api
from compliance.sources.pages import Page
from compliance.sources.transport import TenantApis


@dataclass(frozen=True, slots=True)
class Reader:
    """How a dataset is read: `read` gives its pages and raises `SourceError` or `Truncated`.

    `api` is the one that is asked first. `learn` takes from a page's body what other readers need to know; whoever
    reads the dataset calls it for every page, those that an earlier run left behind included. `probe` gives the pages
    of a few resources, where `read` asks the same of each of many.
    """

    api: Api
    read: Callable[[TenantApis], Iterator[Page]]
    learn: Callable[[TenantApis, bytes], None] | None = None
    probe: Callable[[TenantApis], Iterator[Page]] | None = None
