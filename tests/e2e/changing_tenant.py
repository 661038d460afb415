"""A tenant that changes between two collections, and what is said of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from lookback_command import SETTLED, Run, check, collect_from, lookback

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant

Change = Callable[[Tenant], None]
JUDGED = ("--standard", "m-26-14", "--checks", SETTLED)
"""By what the unchanged tenant `compliant` passes everything."""


def as_it_is(tenant: Tenant) -> None:
    """Change nothing."""
    del tenant


def bypassing(*accounts: str) -> Change:
    """Let accounts bypass mailbox auditing."""

    def change(tenant: Tenant) -> None:
        for row in tenant.bypass:
            row.audit_bypass_enabled = row.name in accounts

    return change


def without_users_read(tenant: Tenant) -> None:
    """Take the permission to read users from whoever collects."""
    identity = tenant.identity
    identity.graph_roles = tuple(role for role in identity.graph_roles if role != "User.Read.All")


def collect_changed(change: Change, out: Path, *, weeks: int = 0) -> Path:
    """Collect the tenant `compliant` as it is after a change, so many weeks before its own day."""
    tenant = load_scenario("compliant")
    tenant.now -= dt.timedelta(weeks=weeks)
    change(tenant)
    with serve(tenant) as served:
        return collect_from(served, out)


def gate(bundle: Path, result: Path, *options: object) -> Run:
    """Judge a bundle in a process of its own, as a pipeline does."""
    return lookback("check", bundle, "-o", result, *JUDGED, *options)


def judge(bundle: Path, result: Path, *options: object) -> Run:
    """Judge a bundle likewise in this process, which is quicker."""
    return check(bundle, result, *JUDGED, *options)
