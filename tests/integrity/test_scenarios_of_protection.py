"""The scenarios about archives and their owners: what their comments say of them is what is found."""

from __future__ import annotations

from integrity_cases import Collected

from compliance.assessment.verdict import Status
from compliance.demo.scenarios import load_scenario

PASS, FAIL, OPEN = Status.PASS, Status.FAIL, Status.INDETERMINATE


def test_archives_that_nobody_can_empty_and_such_that_only_look_like_it(collected: Collected) -> None:
    judged = collected(load_scenario("immutable"))
    parts = {part.id: part.status for part in judged.parts("INT-01").values()}
    assert {name: parts[f"entra.{name}"] for name in ("audit_logs", "sign_in_logs", "risky_users")} == {
        "audit_logs": PASS,
        "sign_in_logs": FAIL,
        "risky_users": OPEN,
    }
    assert parts["entra.non_interactive_user_sign_in_logs"] is OPEN
    assert parts["entra.managed_identity_sign_in_logs"] is FAIL
    assert parts["azure.activity"] is FAIL
    appended = {title.partition(" ")[0]: part.status for title, part in judged.parts("INT-02").items()}
    assert appended["insights-logs-serviceprincipalsigninlogs"] is FAIL
    assert appended["insights-logs-auditlogs"] is PASS
    assert judged.parts("INT-03")["storage account vault"].status is PASS
    assert judged.parts("INT-06")["storage account old"].status is FAIL
    assert judged.parts("INT-07")["storage account old"].status is FAIL


def test_lifecycle_rules_that_mostly_do_not_do_what_their_names_say(collected: Collected) -> None:
    judged = collected(load_scenario("lifecycle-traps"))
    parts = {
        title.partition(" ")[0].removeprefix("insights-logs-"): part.status
        for title, part in judged.parts("RET-09").items()
        if title.startswith("insights-logs-")
    }
    assert {name for name, status in parts.items() if status is FAIL} == {
        "managedidentitysigninlogs",
        "riskyusers",
        "userriskevents",
    }
    assert {name for name, status in parts.items() if status is OPEN} == {"adfssigninlogs", "riskyserviceprincipals"}


def test_logs_whose_owners_are_too_many(collected: Collected) -> None:
    """One of them purged the workspace; a table of it was deleted, of which nobody tells which."""
    judged = collected(load_scenario("log-owners"))
    purged = judged.finding("INT-04")
    assert purged.status is FAIL
    assert "workspaces/purge/action on 2026-09-08" in purged.condition
    assert "2026-10-19" not in purged.condition
    for held in ("holds Data Purger", "holds Clean-up robot"):
        assert held in purged.condition
    assert judged.finding("RET-12").status is OPEN
