"""The evidence as checks ask for it: by type.

A check names what it needs as parameters. `Evidence.resolve` answers each with a value or with `Unread`, and remembers
which datasets the answer rests on and what weakens them: evidence without a date may show that something is wrong,
never that it is right.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, NewType
from urllib.parse import urlsplit

from compliance.evidence.bundle import Bundle, frames_of
from compliance.evidence.datasets import DATASETS, Origin, State
from compliance.evidence.manifest import DatasetEntry, Identity
from compliance.evidence.parents import Parents
from compliance.evidence.population import Coverage, Malformed, Population, Ref, each_once, id_key
from compliance.evidence.rows import PAGE, is_last_page, typed_rows
from compliance.evidence.scope import Scope
from compliance.evidence.unread import KIND_OF_STATE, Kind, PropertyUnreadError, Unread
from compliance.evidence.view import View
from compliance.evidence.views import DATASET_OF, DATASETS_OF, ROWS
from compliance.rules.resource_ids import subscription_of

AsOf = NewType("AsOf", dt.datetime)
"""The moment that verdicts are about: the end of the bundle's last read window."""
TenantId = NewType("TenantId", str)
"""The id of the tenant that the bundle is of."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Which endpoint answered, by dataset; None where an export does not say."""

    by_dataset: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class CollectedBy:
    """Who signed in to which API, and the datasets that they were refused; nobody where files were imported alone."""

    identities: tuple[Identity, ...]
    denied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """By how many seconds the clock of the machine that read was ahead of the services'.

    None where nobody knows, and where the services are simulated, which have a clock of their own.
    """

    seconds: float | None


@dataclass(frozen=True, slots=True)
class Absent:
    """The ids, as `id_key` gives them, of resources that were asked for and, as the service answered, are not there."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """The subscriptions, by `id_key`, whose diagnostic settings were listed to the end, whatever came of the others."""

    subscriptions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resolved:
    """An answer, the datasets it rests on, and what keeps it from supporting a pass."""

    value: Any
    datasets: frozenset[str] = frozenset()
    weaknesses: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a function: `missing` holds what is required and unread."""

    values: dict[str, Any]
    missing: tuple[Unread, ...]
    datasets: frozenset[str]
    weaknesses: tuple[Unread, ...]


Derivation = Callable[..., Any]


class Opening:
    """A derived view that is beside what a check rests on: without it the check is decided all the same.

    Neither its datasets nor what weakens them count for what is decided without it. A pass that does rest on it says so
    (`Pass.rests_on`). It is read wherever the check is asked for, since without it a shortfall stands.
    """

    __slots__ = ()


_ACTIVITY_SETTINGS = "arm.activity_log_settings"
VISIBLE_ONLY = frozenset({"arm.subscriptions", _ACTIVITY_SETTINGS, "arm.resources"})
"""Datasets that list only what the reader may see, however completely they were read."""


class Evidence:
    """What a bundle holds. Each answer is computed once; `derivations` says how the derived views are made."""

    def __init__(self, bundle: Bundle, derivations: Mapping[type, Derivation]) -> None:
        self.bundle = bundle
        self.as_of = bundle.manifest.as_of
        self._derivations = derivations
        self._parents = Parents(bundle)
        self._absent = frozenset(
            id_key(one)
            for entry in bundle.manifest.datasets
            for one in entry.absent
            if (reading := self._reading(entry.name)) is None or reading.kind is Kind.INCOMPLETE
        )
        self._resolved: dict[Any, Resolved] = {
            Scope: Resolved(bundle.manifest.scope),
            Absent: Resolved(Absent(self._absent)),
            AsOf: Resolved(self.as_of),
            TenantId: Resolved(TenantId(bundle.manifest.tenant.id)),
            ClockOffset: Resolved(
                ClockOffset(None if bundle.manifest.simulated else bundle.manifest.clock_offset_seconds)
            ),
            Endpoints: Resolved(Endpoints({entry.name: entry.endpoint for entry in bundle.manifest.datasets})),
            CollectedBy: Resolved(
                CollectedBy(
                    bundle.manifest.identities,
                    tuple(entry.name for entry in bundle.manifest.datasets if entry.state is State.DENIED),
                )
            ),
        }

    def resolve(self, kind: Any) -> Resolved:
        """Return what the evidence says of a type: a row type, `Population[row type]`, or a derived view."""
        if kind not in self._resolved:
            self._resolved[kind] = self._compute(kind)
        return self._resolved[kind]

    def arguments(self, function: Derivation, given: Mapping[Any, Any]) -> Arguments:
        """Resolve the parameters of a function by their annotations; `given` supplies types that are not evidence."""
        values: dict[str, Any] = {}
        missing: list[Unread] = []
        datasets: set[str] = set()
        weaknesses: list[Unread] = []
        for name, kind, required in parameters(function):
            if kind in given:
                values[name] = given[kind]
                continue
            resolved = self.resolve(kind)
            values[name] = resolved.value
            unread = isinstance(resolved.value, Unread)
            if unread and required:
                missing.append(resolved.value)
            if _only_opens(kind):
                continue
            datasets |= resolved.datasets
            if not unread:
                weaknesses.extend(weakness for weakness in resolved.weaknesses if weakness not in weaknesses)
        return Arguments(values, tuple(missing), frozenset(datasets), tuple(weaknesses))

    def standing(self, name: str) -> Unread | None:
        """Say why a dataset cannot be counted on, or None where it can; a missing date does not show here."""
        reading = self._reading(name)
        return self._unasked(name) if reading is None else reading

    def _unasked(self, name: str) -> Unread | None:
        """Say what the evidence names and a dataset was not asked of, or None where it was asked of all."""
        entry = self.bundle.manifest.dataset(name)
        reason = None if entry is None else self._parents.unasked(entry, self._absent)
        return (
            None
            if reason is None
            else Unread(Kind.INCOMPLETE, name, reason, f"read it again: {DATASETS[name].request}")
        )

    def _reading(self, name: str) -> Unread | None:
        """Say why the reading of a dataset cannot be counted on, or None where it can."""
        entry = self.bundle.manifest.dataset(name)
        spec = DATASETS[name]
        permission = f"{spec.request}: {spec.permission}"
        settle = f"read it again: {spec.request}"
        if entry is None:
            return Unread(Kind.NOT_REQUESTED, name, "it was not asked for", permission)
        if entry.state is not State.COMPLETE:
            by_right = permission if entry.state in (State.DENIED, State.UNAVAILABLE, State.NOT_REQUESTED) else settle
            return Unread(KIND_OF_STATE[entry.state], name, entry.reason or f"its reading is {entry.state}", by_right)
        if entry.rows is None or entry.rows < spec.least_rows:
            reason = f"the answer holds {entry.rows or 'no'} rows, which no tenant has"
            return Unread(Kind.FAILED, name, reason, settle)
        if entry.expected_rows is not None and entry.rows < entry.expected_rows:
            reason = f"{entry.expected_rows} rows were announced, {entry.rows} came"
            return Unread(Kind.INCOMPLETE, name, reason, settle)
        max_age = self._max_age(entry)
        if entry.ended is not None and abs(self.as_of - entry.ended) > max_age:
            hours = max_age.total_seconds() / 3600
            reason = f"it was read at {entry.ended:%Y-%m-%d %H:%M} UTC, more than {hours:g} h from the last reading"
            return Unread(Kind.STALE, name, reason, f"read it again: {spec.request}")
        return None

    def _compute(self, kind: Any) -> Resolved:
        if kind is Listed:
            return Resolved(Listed(frozenset(self._listed())))
        origin = typing.get_origin(kind)
        if origin is Population:
            return self._population(typing.get_args(kind)[0])
        if isinstance(kind, type) and issubclass(kind, View):
            return self._single(kind)
        return self._derive(kind)

    def _derive(self, kind: type) -> Resolved:
        derivation = self._derivations[kind]
        arguments = self.arguments(derivation, {})
        if arguments.missing:
            return Resolved(combined(arguments.missing), arguments.datasets)
        try:
            value = derivation(**arguments.values)
        except PropertyUnreadError as error:
            names = ", ".join(sorted(arguments.datasets))
            value = Unread(Kind.MALFORMED, names, str(error), f"read it again: {names}")
        return Resolved(value, arguments.datasets, arguments.weaknesses)

    def _single(self, row_type: type[View]) -> Resolved:
        name = DATASET_OF[row_type]
        unread = self.standing(name)
        if unread is not None and not self._is_part(name):
            return Resolved(unread, frozenset({name}))
        rows = list(self._rows(name))
        spec = DATASETS[name]
        if len(rows) != 1:
            reason = f"the answer holds {len(rows)} objects where there is one"
            return Resolved(Unread(Kind.CONTRADICTORY, name, reason, spec.request), frozenset({name}))
        row, _ = rows[0]
        if isinstance(row, Malformed):
            return Resolved(
                Unread(Kind.MALFORMED, name, row.reason, f"read it again: {spec.request}"), frozenset({name})
            )
        return Resolved(row, frozenset({name}), (unread,) if unread is not None else self.weaknesses(name))

    def _population(self, row_type: type[View]) -> Resolved:
        names = DATASETS_OF[row_type]
        shortfalls = tuple(standing for name in names if (standing := self.standing(name)) is not None)
        read = [name for name in names if self.standing(name) is None or self._is_part(name)]
        if not read:
            return Resolved(combined(shortfalls), frozenset(names))
        coverage = (
            Coverage.PART if shortfalls else Coverage.VISIBLE_ONLY if names[0] in VISIBLE_ONLY else Coverage.WHOLE
        )
        weaknesses = tuple(weakness for name in read for weakness in self.weaknesses(name))
        population = Population(
            lambda: each_once(chain.from_iterable(self._rows(name) for name in read)),
            coverage,
            combined(shortfalls) if shortfalls else None,
            shortfalls,
            weaknesses,
        )
        return Resolved(population, frozenset(names), weaknesses)

    def _listed(self) -> Iterator[str]:
        entry, standing = self.bundle.manifest.dataset(_ACTIVITY_SETTINGS), self.standing(_ACTIVITY_SETTINGS)
        if entry is None or entry.origin is not Origin.COLLECTED:
            return
        if standing is not None and standing.kind is not Kind.INCOMPLETE:
            return
        for frame in frames_of(self.bundle.path, entry):
            subscription = subscription_of(urlsplit(str(frame.header.get("url"))).path)
            if frame.header.get("kind") == PAGE and subscription is not None and is_last_page(frame.body):
                yield id_key(subscription)

    def _is_part(self, name: str) -> bool:
        standing = self.standing(name)
        entry = self.bundle.manifest.dataset(name)
        return standing is not None and standing.kind is Kind.INCOMPLETE and entry is not None and bool(entry.rows)

    def _rows(self, name: str) -> Iterator[tuple[Any, Ref]]:
        entry = self.bundle.manifest.dataset(name)
        return typed_rows(self.bundle.path, entry) if entry is not None else iter(())

    def weaknesses(self, name: str) -> tuple[Unread, ...]:
        """Say why a dataset may show a fault, but not that there is none: nobody dated it."""
        entry = self.bundle.manifest.dataset(name)
        if entry is None or entry.ended is not None or DATASETS[name].corroborates:
            return ()
        if entry.origin is Origin.COLLECTED and not entry.frames:
            # there was nothing to ask for, so nothing was answered
            return ()
        reason = "nobody said when it was exported, so it may show a fault but not that there is none"
        settle = f"give the date of {DATASETS[name].export_file} in provenance.yaml"
        if entry.origin is Origin.COLLECTED:
            reason, settle = "the server did not say when it answered", f"read it again: {DATASETS[name].request}"
        return (Unread(Kind.UNPROVEN, name, reason, settle),)

    def weakening(self, name: str) -> tuple[Unread, ...]:
        """Say what weakens a pass that rests on a dataset: of one object of it, too, that others may be missing."""
        taken = self._resolved.get(ROWS[name])
        return self.weaknesses(name) if taken is None else taken.weaknesses

    def _max_age(self, entry: DatasetEntry) -> dt.timedelta:
        max_age = self.bundle.manifest.scope.max_age
        if entry.origin is Origin.COLLECTED:
            return dt.timedelta(hours=max_age.collected_hours)
        return dt.timedelta(days=max_age.exported_days)


def parameters(function: Derivation) -> Iterator[tuple[str, Any, bool]]:
    """Yield name, type and whether it is required, for each parameter; `T | Unread` is not required."""
    for name, hint in typing.get_type_hints(function).items():
        if name == "return":
            continue
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
            members = [member for member in typing.get_args(hint) if member is not Unread]
            if len(members) != 1:
                raise TypeError(f"{function.__name__}: {name} is neither T nor T | Unread")
            yield name, members[0], False
        else:
            yield name, hint, True


def datasets_behind(
    function: Derivation, derivations: Mapping[type, Derivation], *, opening: bool = False
) -> frozenset[str]:
    """Return every dataset that a function's parameters rest on, those of the derived views included.

    What stands behind an `Opening` view is among them only where `opening` asks for it.
    """
    names: set[str] = set()
    for _, kind, _ in parameters(function):
        if _only_opens(kind) and not opening:
            continue
        row_type = typing.get_args(kind)[0] if typing.get_origin(kind) is Population else kind
        if row_type in DATASETS_OF:
            names.update(DATASETS_OF[row_type])
        elif kind in derivations:
            names |= datasets_behind(derivations[kind], derivations, opening=opening)
    return frozenset(names)


def _only_opens(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Opening)


def combined(unread: tuple[Unread, ...]) -> Unread:
    """Join several absences into one of the first one's kind, which says what would settle each."""
    if len(unread) == 1:
        return unread[0]
    return Unread(
        kind=unread[0].kind,
        dataset=", ".join(one.dataset for one in unread),
        reason="; ".join(f"{one.dataset}: {one.reason}" for one in unread),
        settle="; ".join(one.settle for one in unread),
    )
