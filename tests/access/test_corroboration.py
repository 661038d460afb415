from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from rights_cases import denied, population

from checks.audit_logging.aud_01 import unified_audit_log_ingestion_is_on
from checks.audit_logging.aud_03 import mailbox_auditing_is_on_by_default
from compliance.assessment.verdict import Fail, Indeterminate, Parts, Pass, Verdict
from compliance.evidence.derived import IngestionSetting
from compliance.evidence.derived.corroboration import Corroboration, corroboration
from compliance.evidence.evidence import AsOf
from compliance.evidence.population import Malformed
from compliance.evidence.unread import Kind
from compliance.evidence.views import OrganizationConfig, SecureScore

NOW = dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)
CONTROLS = ("mip_search_auditlog", "exo_mailboxaudit")


def score(percentage: float, age_hours: float = 10, controls: tuple[str, ...] = CONTROLS) -> dict[str, Any]:
    return {
        "createdDateTime": (NOW - dt.timedelta(hours=age_hours)).isoformat(),
        "controlScores": [{"controlName": name, "scoreInPercentage": percentage} for name in controls],
    }


def scored(*rows: Any) -> Corroboration:
    return corroboration(population(SecureScore, *rows), AsOf(NOW))


def verdicts(on: bool, said: Corroboration) -> list[Verdict]:
    settings = IngestionSetting(enabled=on, first_opt_in=None)
    found = [
        unified_audit_log_ingestion_is_on.function(settings, said),
        mailbox_auditing_is_on_by_default.function(OrganizationConfig(audit_disabled=not on), said),
    ]
    return [verdict for verdict in found if not isinstance(verdict, Parts)]


SILENT = [
    scored(),
    scored(score(0, age_hours=49)),
    scored(score(0, age_hours=-49)),
    scored(score(0, controls=("AdminMFAV2",))),
    scored(Malformed("broken")),
    scored({"createdDateTime": "2026-11-16T00:00:00"} | {"controlScores": score(0)["controlScores"]}),
    scored({"controlScores": score(0)["controlScores"]}),
    scored({"createdDateTime": NOW.isoformat()}),
    scored({"createdDateTime": NOW.isoformat(), "controlScores": [{"controlName": name} for name in CONTROLS]}),
    corroboration(denied("graph.secure_score"), AsOf(NOW)),
]


def test_a_score_of_zero_beside_a_switch_that_is_on_contradicts_it() -> None:
    for verdict in verdicts(True, scored(score(0))):
        assert isinstance(verdict, Indeterminate)
        assert verdict.kind is Kind.CONTRADICTORY
        assert "tomorrow" in verdict.settle


@pytest.mark.parametrize("percentage", [0.5, 50, 100])
def test_a_score_above_zero_contradicts_nothing(percentage: float) -> None:
    assert all(isinstance(verdict, Pass) for verdict in verdicts(True, scored(score(percentage))))


@pytest.mark.parametrize("said", SILENT, ids=map(str, range(len(SILENT))))
def test_a_score_that_is_old_absent_or_unreadable_says_nothing(said: Corroboration) -> None:
    assert all(isinstance(verdict, Pass) for verdict in verdicts(True, said))
    for verdict in verdicts(False, said):
        assert isinstance(verdict, Fail)
        assert not verdict.notes


def test_a_switch_that_is_off_fails_whatever_the_score_says() -> None:
    for verdict in verdicts(False, scored(score(100))):
        assert isinstance(verdict, Fail)
        assert any("100 %" in note for note in verdict.notes)
    for verdict in verdicts(False, scored(score(0))):
        assert isinstance(verdict, Fail)
        assert not verdict.notes


def test_of_several_scores_the_latest_counts() -> None:
    assert all(isinstance(verdict, Pass) for verdict in verdicts(True, scored(score(0, 30), score(100, 6))))
    assert all(isinstance(verdict, Indeterminate) for verdict in verdicts(True, scored(score(0, 6), score(100, 30))))


def test_each_control_speaks_of_its_own_switch_alone() -> None:
    of_search, of_mailboxes = verdicts(True, scored(score(0, controls=CONTROLS[:1])))
    assert isinstance(of_search, Indeterminate)
    assert isinstance(of_mailboxes, Pass)
