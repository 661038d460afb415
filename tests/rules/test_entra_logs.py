"""The logs of Microsoft Entra ID: what Entra keeps itself, and what a diagnostic setting exports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.entra_logs import ENTRA_LOGS, Need, exported_categories, native_reach
from compliance.rules.facts import FACTS
from compliance.rules.periods import Duration, Meets, band, compare

EVERY = frozenset(log.category for log in ENTRA_LOGS.values())
SCUBA = {
    "AuditLogs",
    "SignInLogs",
    "RiskyUsers",
    "UserRiskEvents",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ADFSSignInLogs",
    "RiskyServicePrincipals",
    "ServicePrincipalRiskEvents",
    "EnrichedOffice365AuditLogs",
    "MicrosoftGraphActivityLogs",
    "ManagedIdentitySignInLogs",
}
NONE = frozenset[str]()
Entry = tuple[str | None, str | None, bool | None]


def test_every_category_that_cisa_asks_for_is_a_log_and_provisioning_besides() -> None:
    assert SCUBA | {"ProvisioningLogs"} == EVERY


def test_core_logs_are_those_of_sign_ins_and_of_changes() -> None:
    core = {log.category for log in ENTRA_LOGS.values() if log.core}
    assert core == {category for category in EVERY if "SignIn" in category} | {"AuditLogs"}


def test_every_log_has_its_own_category_and_table_and_registered_facts() -> None:
    assert len(EVERY) == len({log.table.casefold() for log in ENTRA_LOGS.values()}) == len(ENTRA_LOGS) == 13
    for log in ENTRA_LOGS.values():
        assert set(log.facts) <= FACTS.keys(), log.id
        assert ("entra.conditional-logs" in log.facts) == (log.needs is not None), log.id
        assert ("entra.sign-in-export" in log.facts) == (log.export_needs is not None), log.id


def test_logs_of_sign_ins_alone_need_a_premium_licence_to_be_exported() -> None:
    needs = {log.category: log.export_needs for log in ENTRA_LOGS.values()}
    assert needs == {category: Need.PREMIUM if "SignIn" in category else None for category in EVERY}


def kept(name: str, premium: bool | None) -> tuple[int | None, int | None]:
    found = native_reach(ENTRA_LOGS[f"entra.{name}"], premium)
    assert found.hot == found.total
    return (
        None if found.hot is None else found.hot.days,
        None if found.at_most is None else found.at_most.days,
    )


def test_entra_keeps_sign_ins_and_changes_seven_days_and_thirty_with_a_premium_licence() -> None:
    for log in ENTRA_LOGS.values():
        if log.core:
            name = log.id.removeprefix("entra.")
            assert [kept(name, premium)[0] for premium in (False, True, None)] == [7, 30, None]
            assert kept(name, None)[1] == 30


def test_risk_is_kept_for_no_length_of_time_that_counts_and_graph_activity_not_at_all() -> None:
    assert kept("risky_users", True) == (None, None)
    assert kept("user_risk_events", True) == (None, 90)
    assert kept("user_risk_events", False)[0] == 7
    assert [kept("microsoft_graph_activity_logs", premium)[0] for premium in (False, True, None)] == [0, 0, 0]
    assert ENTRA_LOGS["entra.user_risk_events"].needs is Need.P2


@given(st.sampled_from(sorted(ENTRA_LOGS)), st.sampled_from([None, False, True]))
def test_entra_itself_never_keeps_half_a_year_and_reading_the_licence_never_lengthens(
    log_id: str, premium: bool | None
) -> None:
    log = ENTRA_LOGS[log_id]
    found = native_reach(log, premium)
    assert found.hot is None or compare(found.hot, Duration.of_months(6)).result is Meets.SHORT
    if found.hot is not None and found.at_most is not None:
        assert band(found.hot) <= band(found.at_most)
    if premium is None and found.hot is not None:
        assert {native_reach(log, each).hot for each in (True, False)} == {found.hot}


def test_only_what_is_enabled_is_exported_and_an_unread_switch_leaves_it_open() -> None:
    logs: list[Entry] = [("AuditLogs", None, True), ("SignInLogs", None, False), ("RiskyUsers", None, None)]
    assert exported_categories(logs) == (frozenset({"AuditLogs"}), frozenset({"RiskyUsers"}))
    assert exported_categories([]) == (NONE, NONE)


def test_letter_case_of_categories_does_not_matter_and_others_come_back_as_they_came() -> None:
    logs: list[Entry] = [("auditlogs", None, True), ("B2CRequestLogs", None, True), ("auditlogs", None, None)]
    assert exported_categories(logs) == (frozenset({"AuditLogs", "B2CRequestLogs"}), NONE)


def test_the_group_of_all_logs_is_every_category() -> None:
    for group in ("allLogs", "AllLogs", "alllogs"):
        assert exported_categories([(None, group, True)]) == (EVERY, NONE)
    assert exported_categories([(None, "allLogs", None)]) == (NONE, EVERY)
    assert exported_categories([(None, "allLogs", False)]) == (NONE, NONE)


@pytest.mark.parametrize("group", ["audit", "security", None])
def test_another_group_or_an_entry_that_names_nothing_may_be_any_category(group: str | None) -> None:
    assert exported_categories([(None, group, True)]) == (NONE, EVERY)
    assert exported_categories([(None, group, True), ("AuditLogs", None, True)]) == (
        frozenset({"AuditLogs"}),
        EVERY - {"AuditLogs"},
    )


def test_an_entry_with_both_a_category_and_a_group_is_surely_about_the_category_alone() -> None:
    assert exported_categories([("AuditLogs", "allLogs", True)]) == (frozenset({"AuditLogs"}), EVERY - {"AuditLogs"})
    assert exported_categories([("AuditLogs", "", True), ("", "alllogs", False)]) == (frozenset({"AuditLogs"}), NONE)


entries = st.lists(
    st.tuples(
        st.none() | st.sampled_from(["AuditLogs", "SIGNINLOGS", "Other"]),
        st.none() | st.sampled_from(["allLogs", "audit"]),
        st.sampled_from([None, False, True]),
    ),
    max_size=4,
)


@given(entries, entries)
def test_an_entry_more_never_takes_a_category_away(held: list[Entry], more: list[Entry]) -> None:
    (sure, possible), (more_sure, more_possible) = exported_categories(held), exported_categories([*held, *more])
    assert sure <= more_sure
    assert sure | possible <= more_sure | more_possible
    assert not more_sure & more_possible
