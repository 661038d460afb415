"""What the entries of a diagnostic setting send: categories by name, or groups of them.

Microsoft Learn, Diagnostic settings in Azure Monitor,
https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliance.rules.record_types import fold

Entry = tuple[str | None, str | None, bool | None]
"""A category, or a group of them, and whether it is enabled; None is unread or not given."""


def categories_sent(logs: Sequence[Entry], known: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The categories that a diagnostic setting surely sends, and those beside them that it may send.

    The group allLogs is every category. What the group audit, or one of another name, holds is not published for every
    service, so that it may be any. `known` are the categories that are judged: they are matched in any letter case and
    come back as published there, others as they came.
    """
    published = {fold(name): name for name in known}
    sure: set[str] = set()
    possible: set[str] = set()
    for category, group, enabled in logs:
        if enabled is not False:
            named, maybe = _meant(_given(category), _given(group), published)
            possible |= named | maybe
            if enabled:
                sure |= named
    return frozenset(sure), frozenset(possible - sure)


def _given(name: str | None) -> str | None:
    """Return a name, or None where an entry gives none: null, absent or empty."""
    return None if name is None or not name.strip() else name.strip()


def _meant(category: str | None, group: str | None, published: dict[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the categories that an entry surely is about, and those that it may be about."""
    every = frozenset(published.values())
    if category is not None:
        named = frozenset({published.get(fold(category), category)})
        return named, named if group is None else every
    all_logs = group is not None and fold(group) == "alllogs"
    return (every if all_logs else frozenset()), every
