"""The kinds of destination that logs are sent to, and a store that holds a log, or may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.evidence.evidence import combined
from compliance.evidence.unread import Unread
from compliance.rules.reach import StoreReach, in_doubt
from compliance.rules.resource_ids import namespace_of, resource_name


class Sink(StrEnum):
    """The kinds of destination that a diagnostic setting can name."""

    WORKSPACE = "Log Analytics"
    STORAGE_ACCOUNT = "storage account"
    EVENT_HUB = "event hub"
    PARTNER = "partner solution"


@dataclass(frozen=True, slots=True)
class Store:
    """A store that holds a log, or may; `doubt` says why its reach is not known, None where it is as read.

    `created` is the day since when it can have held anything, None where that is not known.
    """

    reach: StoreReach
    doubt: Unread | None
    created: dt.date | None = None


def sink_name(kind: Sink, resource_id: str) -> str:
    """Return kind and name of a destination, for people; the id of an event hub is that of a rule in its namespace."""
    namespace = namespace_of(resource_id)
    return f"{kind.value} {resource_name(resource_id if namespace is None else namespace)}"


def doubted(store: Store, doubts: Sequence[Unread]) -> Store:
    """Return a store with what else leaves it open; it cannot be more than it keeps."""
    if not doubts:
        return store
    before = () if store.doubt is None else (store.doubt,)
    every = tuple(dict.fromkeys((*before, *doubts)))
    return Store(in_doubt(store.reach), combined(every), store.created)
