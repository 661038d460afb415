"""The log sources that a standard can require, and sets of them for texts that name no log of Microsoft's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from compliance.rules.entra_logs import ENTRA_LOGS, Need
from compliance.rules.log_sources import SOURCES, Service

SOURCE_IDS: Final = tuple(SOURCES)
"""The ids of all log sources that are known."""


@dataclass(frozen=True, slots=True)
class SourceSet:
    """Log sources that are required together, and in words which these are."""

    ids: tuple[str, ...]
    words: str


def _rarely_there(source: str) -> bool:
    return source in ENTRA_LOGS and ENTRA_LOGS[source].needs is Need.GLOBAL_SECURE_ACCESS


SOURCE_SETS: Final[Mapping[str, SourceSet]] = MappingProxyType(
    {
        "everything": SourceSet(
            tuple(source for source in SOURCE_IDS if not _rarely_there(source)),
            "every log source that lookback knows, but for the one that only Global Secure Access writes",
        ),
        "unified-audit-log": SourceSet(
            tuple(source for source, log in SOURCES.items() if log.service is Service.PURVIEW),
            "every log source in the unified audit log",
        ),
    }
)
"""The sets by the name that a standard's file gives."""
