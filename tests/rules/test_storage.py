"""How long a container's blobs are kept: what lifecycle rules delete, and what immutability keeps from deletion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compliance.rules.azure_monitor import Hubs, container_of, export_container, export_hubs, hubs_of
from compliance.rules.facts import FACTS
from compliance.rules.periods import UNLIMITED, Duration, Meets, band
from compliance.rules.storage import (
    BlobType,
    DeleteRule,
    Immutability,
    Kept,
    Moment,
    Networks,
    PolicyState,
    kept_by_rules,
    kept_immutable,
    lets_azure_monitor_in,
    networks_of,
)

SIGN_INS = "insights-logs-signinlogs"
APPEND, BLOCK = BlobType.APPEND, BlobType.BLOCK


def rule(
    days: float = 30,
    moment: Moment = Moment.MODIFICATION,
    prefixes: tuple[str, ...] = (),
    types: frozenset[str] | None = None,
    tagged: bool = False,
) -> DeleteRule:
    return DeleteRule("rule", ((moment, days),), prefixes, types, tagged)


def kept(*rules: DeleteRule, blob_type: BlobType = APPEND) -> tuple[int | None, int | None]:
    """The fewest and the most days, None without limit."""
    found = kept_by_rules(rules, SIGN_INS, blob_type)
    assert set(found.facts) <= FACTS.keys()
    return found.least.days, found.most.days


def test_without_a_rule_that_deletes_blobs_are_kept_without_limit() -> None:
    found = kept_by_rules((), SIGN_INS, APPEND)
    assert (found.least, found.most) == (UNLIMITED, UNLIMITED)
    assert "nothing protects it" in found.because


def test_the_rule_with_the_fewest_days_decides_and_is_named() -> None:
    rules = (replace(rule(548), name="long"), replace(rule(90), name="short"))
    assert kept(*rules) == (90, 90)
    assert "'short' deletes it 90 days after it was last modified" in kept_by_rules(rules, SIGN_INS, APPEND).because


@pytest.mark.parametrize("moment", [Moment.MODIFICATION, Moment.CREATION])
def test_days_count_from_a_moment_that_is_never_before_creation(moment: Moment) -> None:
    assert kept(rule(100, moment)) == (100, 100)


@pytest.mark.parametrize("moment", [Moment.LAST_ACCESS, Moment.LAST_TIER_CHANGE])
def test_a_moment_that_comes_again_or_never_comes_lets_a_rule_wait_for_ever(moment: Moment) -> None:
    assert kept(rule(100, moment)) == (100, None)
    assert kept(rule(100, moment), rule(500)) == (100, 500)


def test_several_moments_of_one_rule_are_taken_at_their_shortest_and_no_more_than_their_longest() -> None:
    both = DeleteRule("both", ((Moment.CREATION, 400), (Moment.MODIFICATION, 90)), (), None, tagged=False)
    assert kept(both) == (90, 400)


@pytest.mark.parametrize(
    ("prefixes", "days"),
    [
        ((), (30, 30)),
        (("",), (30, 30)),
        (("insights-logs-",), (30, 30)),
        ((SIGN_INS,), (30, 30)),
        ((f"{SIGN_INS}/",), (30, 30)),
        ((f"{SIGN_INS}/tenantId=1/",), (30, None)),
        (("other/", f"{SIGN_INS}/"), (30, 30)),
        ((f"{SIGN_INS}s",), (None, None)),
        (("Insights-Logs-SigninLogs",), (None, None)),
        (("other",), (None, None)),
    ],
)
def test_a_prefix_takes_a_container_in_its_own_letter_case(
    prefixes: tuple[str, ...], days: tuple[int | None, int | None]
) -> None:
    assert kept(rule(prefixes=prefixes)) == days


@pytest.mark.parametrize(
    ("types", "append", "block"),
    [
        (None, (30, 30), (30, 30)),
        (frozenset({"appendblob"}), (30, 30), (None, None)),
        (frozenset({"BlockBlob"}), (None, None), (30, 30)),
        (frozenset({"blockBlob", "appendBlob"}), (30, 30), (30, 30)),
        (frozenset[str](), (30, None), (30, None)),
    ],
)
def test_a_rule_takes_the_types_of_blobs_that_it_names_in_any_letter_case(
    types: frozenset[str] | None, append: tuple[int | None, int | None], block: tuple[int | None, int | None]
) -> None:
    assert kept(rule(types=types)) == append
    assert kept(rule(types=types), blob_type=BLOCK) == block


def test_a_rule_for_tagged_blobs_counts_against_and_never_for() -> None:
    assert kept(rule(30, tagged=True), rule(548)) == (30, 548)


@pytest.mark.parametrize("days", [float("nan"), float("inf"), -1.0])
def test_days_that_are_none_are_refused(days: float) -> None:
    with pytest.raises(ValueError, match="does not say after how many days"):
        kept_by_rules((rule(days),), SIGN_INS, APPEND)
    with pytest.raises(ValueError, match="does not say after how many days"):
        kept_by_rules((DeleteRule("empty", (), (), None, tagged=False),), SIGN_INS, APPEND)


def immutable(
    days: int, state: PolicyState = PolicyState.LOCKED, versions: bool = False
) -> tuple[int | None, int | None]:
    base = kept_by_rules((rule(100),), SIGN_INS, APPEND)
    found = kept_immutable(base, Immutability(days, state, appends=True, versions=versions))
    assert set(found.facts) <= FACTS.keys()
    return found.least.days, found.most.days


def test_a_locked_policy_outlives_a_rule_and_one_that_is_shorter_or_not_locked_adds_nothing() -> None:
    assert immutable(913) == (913, 913)
    assert immutable(50) == (100, 100)
    assert immutable(913, PolicyState.UNLOCKED) == (100, 100)
    assert immutable(913, versions=True) == (100, 913)
    unlimited = kept_by_rules((), SIGN_INS, APPEND)
    assert kept_immutable(unlimited, Immutability(913, PolicyState.LOCKED, appends=True)).least == UNLIMITED


def test_only_a_locked_policy_of_a_container_assures_a_time() -> None:
    need = Duration.of_months(30)
    locked = Immutability(913, PolicyState.LOCKED, appends=True)
    assured = locked.assures(need)
    assert assured is not None
    assert assured.result is Meets.MEETS_NOMINAL
    strict = locked.assures(need, strict=True)
    assert strict is not None
    assert strict.result is Meets.SHORT
    assert replace(locked, state=PolicyState.UNLOCKED).assures(need) is None
    assert replace(locked, versions=True).assures(need) is None


def test_containers_are_named_as_azure_monitor_names_them() -> None:
    assert container_of("SignInLogs") == SIGN_INS
    assert container_of("Administrative", activity=True) == "insights-activity-logs"
    assert export_container("OfficeActivity") == "am-officeactivity"


def test_hubs_are_those_that_a_setting_names_or_that_azure_monitor_names() -> None:
    assert hubs_of("mine", ("SignInLogs",)) == hubs_of("mine", (), activity=True) == Hubs(("mine",), named=True)
    assert hubs_of(None, ("SignInLogs",)) == Hubs((SIGN_INS,), named=False)
    assert len(hubs_of(None, ("Administrative",), activity=True).names) == 2
    assert export_hubs("am-officeactivity", "OfficeActivity") == Hubs(("am-officeactivity",), named=False)
    assert export_hubs("mine", "OfficeActivity").named


@pytest.mark.parametrize(
    ("public", "action", "bypass", "networks", "lets_in"),
    [
        (None, "Allow", "None", Networks.TO_ALL, True),
        ("Enabled", "allow", "None", Networks.TO_ALL, True),
        (None, "Deny", "None", Networks.TO_LISTED, False),
        ("enabled", "deny", "Logging, Metrics", Networks.TO_LISTED, False),
        ("Enabled", "Deny", "Logging,azureservices", Networks.TO_LISTED, True),
        ("Disabled", "Allow", "None", Networks.TO_LISTED, False),
        ("Disabled", "Allow", "AzureServices", Networks.TO_LISTED, True),
        ("SecuredByPerimeter", "Allow", "AzureServices", Networks.BY_PERIMETER, None),
        ("Enabled", "Perhaps", "AzureServices", None, None),
        ("Perhaps", "Allow", "AzureServices", None, None),
        ("", "Allow", "AzureServices", None, None),
    ],
)
def test_networks_let_logs_in_where_all_are_let_in_or_trusted_services_may_pass(
    public: str | None, action: str, bypass: str, networks: Networks | None, lets_in: bool | None
) -> None:
    assert networks_of(public, action) is networks
    if networks is not None:
        assert lets_azure_monitor_in(networks, bypass) is lets_in


rules = st.builds(
    DeleteRule,
    st.sampled_from("abc"),
    st.lists(st.tuples(st.sampled_from(Moment), st.integers(0, 4000)), min_size=1, max_size=2).map(tuple),
    st.lists(st.sampled_from(["", "insights", SIGN_INS, f"{SIGN_INS}/y=1", "other"]), max_size=2).map(tuple),
    st.none() | st.frozensets(st.sampled_from(["appendBlob", "blockBlob", "pageBlob"])),
    st.booleans(),
)
policies = st.none() | st.builds(
    Immutability, st.integers(0, 4000), st.sampled_from(PolicyState), st.none() | st.booleans(), st.booleans()
)


def whole(held: list[DeleteRule], policy: Immutability | None, blob_type: BlobType) -> Kept:
    return kept_immutable(kept_by_rules(held, SIGN_INS, blob_type), policy)


@given(st.lists(rules, max_size=4), rules, policies, st.sampled_from(BlobType))
def test_a_rule_more_never_keeps_blobs_longer(
    held: list[DeleteRule], more: DeleteRule, policy: Immutability | None, blob_type: BlobType
) -> None:
    before, after = whole(held, policy, blob_type), whole([*held, more], policy, blob_type)
    assert band(after.least) <= band(before.least)
    assert band(after.most) <= band(before.most)
    assert band(after.least) <= band(after.most)


@given(st.lists(rules, max_size=4), policies, st.sampled_from(BlobType))
def test_a_policy_never_makes_blobs_go_earlier_and_unless_locked_promises_nothing(
    held: list[DeleteRule], policy: Immutability | None, blob_type: BlobType
) -> None:
    before, after = whole(held, None, blob_type), whole(held, policy, blob_type)
    assert band(before.least) <= band(after.least)
    assert band(before.most) <= band(after.most)
    if policy is None or policy.state is PolicyState.UNLOCKED or policy.versions:
        assert after.least == before.least


@given(st.lists(rules, min_size=1, max_size=4), st.sampled_from(BlobType), st.permutations(range(4)))
def test_the_order_of_rules_does_not_matter(held: list[DeleteRule], blob_type: BlobType, order: list[int]) -> None:
    assume(len({one.name for one in held}) == len(held))
    shuffled = [held[index] for index in order if index < len(held)]
    assert whole(shuffled, None, blob_type) == whole(held, None, blob_type)
