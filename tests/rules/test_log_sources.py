"""The catalogue of log sources, and what diagnostic settings send of the Activity log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.diagnostic_settings import Entry
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.facts import FACTS
from compliance.rules.log_sources import (
    ACTIVITY_CATEGORIES,
    ACTIVITY_NATIVE,
    AZURE_ACTIVITY,
    CLOUD_APP_EVENTS,
    DEFENDER_NATIVE,
    NON_USER_RECORDS,
    REQUIRED_ACTIVITY,
    SOURCES,
    Service,
    activity_categories_sent,
)
from compliance.rules.periods import Duration
from compliance.rules.record_types import LOG_SOURCES

EVERY = frozenset(ACTIVITY_CATEGORIES)


def test_every_log_source_stands_in_the_catalogue_once_with_its_service() -> None:
    assert {one for one in SOURCES if SOURCES[one].service is Service.PURVIEW} == {*LOG_SOURCES, NON_USER_RECORDS}
    assert {one for one in SOURCES if SOURCES[one].service is Service.ENTRA} == set(ENTRA_LOGS)
    assert SOURCES[AZURE_ACTIVITY].table == "AzureActivity"
    assert SOURCES[CLOUD_APP_EVENTS].table == "CloudAppEvents"
    assert len({log.title.casefold() for log in SOURCES.values()}) == len(SOURCES)


def test_what_the_catalogue_says_rests_on_facts() -> None:
    for log in SOURCES.values():
        assert log.facts or log.service is Service.ENTRA, log.id
        assert set(log.facts) <= FACTS.keys()
    assert set(ACTIVITY_NATIVE.facts) | set(DEFENDER_NATIVE.facts) <= FACTS.keys()


def test_only_default_record_types_are_said_to_last_a_year() -> None:
    """Teams and the records of auditing itself have 180 days whatever the licence."""
    assert "one year" in SOURCES["purview.mail_items_accessed"].native
    assert "one year" not in SOURCES["purview.teams"].native
    assert "one year" not in SOURCES["purview.audit_config"].native
    assert "one year" in SOURCES[NON_USER_RECORDS].native


def test_azure_keeps_90_days_and_defender_30() -> None:
    assert (ACTIVITY_NATIVE.hot, ACTIVITY_NATIVE.total) == (Duration.of_days(90), Duration.of_days(90))
    assert (DEFENDER_NATIVE.hot, DEFENDER_NATIVE.total) == (Duration.of_days(30), Duration.of_days(30))


@pytest.mark.parametrize(
    ("entries", "sure", "possible"),
    [
        ([], set(), set()),
        ([("Administrative", None, True)], {"Administrative"}, set()),
        ([("ADMINISTRATIVE", None, True)], {"Administrative"}, set()),
        ([("Administrative", None, False)], set(), set()),
        ([("Administrative", None, None)], set(), {"Administrative"}),
        ([(None, "allLogs", True)], EVERY, set()),
        ([(None, "ALLLOGS", True)], EVERY, set()),
        ([(None, "allLogs", False)], set(), set()),
        ([(None, "audit", True)], set(), EVERY),
        ([("Policy", None, True), (None, "audit", True)], {"Policy"}, EVERY - {"Policy"}),
    ],
)
def test_categories_count_by_name_and_in_the_group_of_all(
    entries: list[Entry], sure: set[str], possible: set[str]
) -> None:
    assert activity_categories_sent(entries) == (sure, possible)


entry = st.tuples(
    st.none() | st.sampled_from(ACTIVITY_CATEGORIES),
    st.none() | st.sampled_from(("allLogs", "audit")),
    st.none() | st.booleans(),
)


@given(st.lists(entry, max_size=4), entry)
def test_one_entry_more_takes_nothing_away_and_nothing_is_both_sure_and_possible(
    entries: list[Entry], more: Entry
) -> None:
    sure, possible = activity_categories_sent(entries)
    then, maybe = activity_categories_sent([*entries, more])
    assert sure <= then
    assert sure | possible <= then | maybe
    assert not sure & possible
    assert set(REQUIRED_ACTIVITY) <= EVERY
