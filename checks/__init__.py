"""The checks: one module per control, one folder per group."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from compliance.assessment.check import Check


@cache
def all_checks() -> tuple[Check, ...]:
    """Return every check, in the order of their ids: each module below this package declares exactly one."""
    found: list[Check] = []
    for module_info in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        if module_info.ispkg:
            continue
        module = importlib.import_module(module_info.name)
        declared = [value for value in vars(module).values() if isinstance(value, Check)]
        if len(declared) != 1:
            raise TypeError(f"{module_info.name} declares {len(declared)} checks; expected one")
        found += declared
    return tuple(sorted(found, key=lambda one: one.id))
