"""Standards whose periods an organisation sets: in config.yaml, or in a file that says what it is like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compliance.errors import InputError
from compliance.rules.periods import Duration
from compliance.standards import Standard, load_standard, standard_from, with_periods

OWN = """\
version: 1
id: agency-au-11
like: nist-800-53-au-11
hot: {duration: {months: 3}, citation: "System security plan, AU-11"}
total: {duration: {months: 12}, citation: "System security plan, AU-11"}
"""
"""The file of an agency that sets what AU-11 leaves to it."""

Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a file of ones own."""

    def write(text: str) -> Path:
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def periods(standard: Standard) -> tuple[Duration | None, Duration | None]:
    """What a standard asks for."""
    hot, total = (None if need is None else need.duration for need in (standard.hot, standard.total))
    return hot, total


def test_a_file_that_says_what_it_is_like_needs_its_numbers_alone(written: Written) -> None:
    own, base = load_standard(written(OWN)), load_standard("nist-800-53-au-11")
    assert periods(own) == (Duration.of_months(3), Duration.of_months(12))
    assert own.hot is not None
    assert own.hot.citation == "System security plan, AU-11"
    assert (own.sources, own.criteria, own.url, own.words) == (base.sources, base.criteria, base.url, base.words)
    assert own.title != base.title
    assert "The organisation's own number, not the text's: searchable and retained." in own.remarks()


def test_numbers_that_somebody_sets_are_printed_as_theirs_one_by_one(written: Written) -> None:
    own = load_standard(written(OWN.replace(OWN.splitlines()[3] + "\n", "")))
    assert own.own == ("total",)
    assert "The organisation's own number, not the text's: retained." in own.remarks()
    assert load_standard("m-21-31").own == ()


def test_under_an_id_of_its_own_a_file_may_change_numbers_sources_and_what_counts_as_searchable(
    written: Written,
) -> None:
    text = OWN.replace("nist-800-53-au-11", "m-21-31") + "lake_counts_as_searchable: true\ntitle: Ours\nnotes: [New]\n"
    own = load_standard(written(text + "sources: [{id: purview.teams, citation: section 5}]\n"))
    assert periods(own) == (Duration.of_months(3), Duration.of_months(12))
    assert [source.id for source in own.sources] == ["purview.teams"]
    assert own.title == "Ours"
    assert own.notes[-1] == "New"
    assert "The data lake of Microsoft Sentinel is taken for searchable." in own.remarks()


def test_a_set_takes_the_place_of_the_sources_that_the_other_standard_names(written: Written) -> None:
    text = OWN.replace("nist-800-53-au-11", "m-21-31")
    own = load_standard(written(f"{text}source_set: {{name: unified-audit-log, citation: section 5}}\n"))
    assert {source.citation for source in own.sources} == {"section 5"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("like: nist-800-53-au-11", "like: nist-800-53", "own.yaml:3:1 like: the id of a standard that comes with"),
        ("months: 12", "months: 2", "own.yaml:5:9 total.duration: total counts from creation"),
        ("months: 3", "months: 0", "own.yaml:4:7 hot.duration: a period of nothing"),
        ("months: 3", "unlimited: true", "own.yaml:4:7 hot.duration: whether records are kept for ever"),
        ("agency-au-11", "Agency", "own.yaml:2:1 id: lower-case"),
        ("like:", "url: https://contoso.example\nlike:", "own.yaml:3:1 url: unknown key"),
        ("id: agency-au-11\nlike: nist-800-53-au-11", "id: m-21-31\nlike: m-21-31", "hot: m-21-31 itself gives"),
        (
            "id: agency-au-11\nlike: nist-800-53-au-11",
            "id: m-21-31\nlike: hipaa",
            "id: m-21-31 is the id of a standard",
        ),
        (
            "id: agency-au-11\n",
            "id: nist-800-53-au-11\nlake_counts_as_searchable: true\n",
            "under the id nist-800-53-au-11, hot and total alone can be given",
        ),
        (OWN[OWN.index("hot:") :], "", "own.yaml:1:1 (the whole file): a standard without numbers"),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(written: Written, old: str, new: str, expected: str) -> None:
    assert old in OWN
    with pytest.raises(InputError) as caught:
        load_standard(written(OWN.replace(old, new, 1)))
    assert expected in str(caught.value)


def test_a_number_that_the_text_leaves_open_can_be_given_under_the_same_id(written: Written) -> None:
    own = load_standard(written(OWN.replace("agency-au-11", "nist-800-53-au-11")))
    assert own.id == "nist-800-53-au-11"
    assert own.title == load_standard("nist-800-53-au-11").title
    assert own.own == ("hot", "total")


def test_what_config_gives_is_kept_as_a_file_that_says_the_same(tmp_path: Path) -> None:
    given = with_periods("nist-800-53-au-11", Duration.of_months(3), Duration.of_days(400), where="config.yaml")
    assert periods(given) == (Duration.of_months(3), Duration.of_days(400))
    assert given.hot is not None
    assert given.hot.citation == "the organisation's own number, from config.yaml; the text gives none"
    kept = tmp_path / "kept.yaml"
    kept.write_bytes(given.raw)
    assert standard_from(kept) == given


def test_a_standard_without_numbers_can_be_shown_and_says_who_sets_them() -> None:
    standard = with_periods("dora-rts", None, None, where="config.yaml")
    assert standard == load_standard("dora-rts")
    assert standard.undecided
    assert "The text gives no number: the organisation sets the periods." in standard.remarks()


def test_a_total_beside_the_searchable_period_of_a_text_is_the_organisations_own() -> None:
    ism = with_periods("au-ism", None, Duration.of_months(84), where="config.yaml")
    assert periods(ism) == (Duration.of_months(12), Duration.of_months(84))
    assert ism.own == ("total",)


@pytest.mark.parametrize(
    ("standard", "hot", "total", "expected"),
    [
        ("m-21-31", Duration.of_months(1), None, "config.yaml:9: m-21-31 itself gives this number"),
        ("hipaa", None, Duration.of_months(1), "config.yaml:9: hipaa itself gives this number"),
        ("au-ism", None, Duration.of_months(6), "config.yaml:9: total counts from creation"),
        ("dora-rts", Duration(unlimited=True), None, "config.yaml:9: whether records are kept for ever"),
        ("m-21-32", Duration.of_months(1), None, "there is no standard 'm-21-32'"),
    ],
)
def test_config_cannot_change_what_a_text_says(
    standard: str, hot: Duration | None, total: Duration | None, expected: str
) -> None:
    with pytest.raises(InputError) as caught:
        with_periods(standard, hot, total, where="config.yaml:9")
    assert expected in str(caught.value)
