"""The durations of Azure Data Explorer, as it writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.azure_data_explorer import database_text, iso_duration
from compliance.rules.periods import Duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P1095D", Duration.of_days(1095)),
        ("P36500D", Duration.of_days(36500)),
        ("P1Y", Duration.of_months(12)),
        ("P2Y6M", Duration.of_months(30)),
        ("P4W", Duration.of_days(28)),
        ("PT48H", Duration.of_days(2)),
        ("P1DT23H59M59.9999999S", Duration.of_days(1)),
        ("PT0S", Duration.of_days(0)),
        ("P1M1D", Duration.of_days(29)),
        (" P31D ", Duration.of_days(31)),
    ],
)
def test_a_duration_is_read_as_written_and_never_made_longer(text: str, duration: Duration) -> None:
    assert iso_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "1095", "365.00:00:00", "P-1D", "p1d", "P1.5D", "P1D1Y", "P١D", "-P1D", "P1H", "P1D\n2"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no ISO 8601 duration"):
        iso_duration(text)


@given(st.integers(0, 99_999_999))
def test_days_come_back_as_they_were(days: int) -> None:
    assert iso_duration(f"P{days}D") == Duration.of_days(days)


def test_a_database_without_a_period_keeps_records_without_limit_and_its_cache_is_no_store() -> None:
    assert database_text(None, "P31D") == (
        "keeps records without limit unless a table's own policy says otherwise, 31 days of them in its cache"
    )
    assert database_text("P1095D", None) == "keeps records for 1095 days unless a table's own policy says otherwise"
