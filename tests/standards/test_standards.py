"""The standards that come with lookback, and a user's own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from checks import all_checks
from compliance.errors import InputError
from compliance.evidence.evidence import parameters
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import Duration
from compliance.standards import (
    SOURCE_IDS,
    Force,
    Standard,
    json_schema,
    load_standard,
    standard_from,
    standard_ids,
)

OWN = """\
version: 1
id: own-1
title: Logging policy
publisher: Contoso
published: 2026-01-01
url: https://contoso.example/policy
status: {force: in_force, since: 2026-01-01}
hot: {duration: {days: 90}, citation: section 4}
sources:
  - {id: purview.teams, citation: section 5}
"""


UNNAMED = {"m-21-31": {"INT-05", "INT-06", "ACC-04"}, "m-26-14": {"ACC-05"}}
"""Checks for which no clause of the memorandum is known."""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_m_21_31_asks_for_12_months_active_and_30_in_total_and_says_that_it_was_rescinded() -> None:
    standard = load_standard("m-21-31")
    assert standard.hot is not None
    assert standard.total is not None
    assert standard.hot.duration == Duration.of_months(12)
    assert standard.total.duration == Duration.of_months(30)
    assert standard.status.force is Force.RESCINDED
    assert standard.status.since == date(2026, 5, 22)
    assert standard.status.by == "OMB M-26-14"
    assert "FedRAMP Rev5 AU-11" in str(standard.status.note)
    assert "V-222621" in str(standard.status.note)
    assert (standard.words.hot, standard.words.total) == ("active", "active and cold")
    assert standard.levels == ()


def test_m_26_14_asks_for_6_months_searchable_and_12_retrievable_whatever_its_levels_say() -> None:
    standard = load_standard("m-26-14")
    assert standard.hot is not None
    assert standard.total is not None
    assert standard.hot.duration == Duration.of_months(6)
    assert standard.total.duration == Duration.of_months(12)
    assert standard.status.force is Force.IN_FORCE
    levels = {level.id: (level.hot, level.total) for level in standard.levels}
    months = Duration.of_months
    assert levels == {
        "L1": (None, months(6)),
        "L2": (None, months(12)),
        "L3": (months(3), months(12)),
        "L4": (months(6), months(12)),
    }


def test_the_due_dates_of_m_26_14_follow_from_the_publication_of_the_reference_architecture() -> None:
    published = date(2026, 8, 20)
    due = [level.due for level in load_standard("m-26-14").levels]
    assert due == [published + timedelta(days=days) for days in (120, 180, 320)] + [None]


@pytest.mark.parametrize("name", ["m-21-31", "m-26-14"])
def test_the_memoranda_require_ten_purview_sources_twelve_logs_of_entra_and_those_of_azure_and_defender(
    name: str,
) -> None:
    required = {source.id for source in load_standard(name).sources}
    assert required - ENTRA_LOGS.keys() == {
        "purview.mail_items_accessed",
        "purview.exchange_admin",
        "purview.exchange_item",
        "purview.entra_audit",
        "purview.entra_sts_logon",
        "purview.sharepoint_file",
        "purview.teams",
        "purview.security_compliance",
        "purview.audit_config",
        "purview.non_user_records",
        "azure.activity",
        "defender.cloud_app_events",
    }
    assert ENTRA_LOGS.keys() - required == {"entra.enriched_office365_audit_logs"}


@pytest.mark.parametrize("name", ["m-21-31", "m-26-14"])
def test_every_source_and_every_check_that_takes_a_standard_rests_on_a_clause(name: str) -> None:
    standard = load_standard(name)
    assert all(source.citation.startswith(name.upper()) for source in standard.sources)
    taking = [
        one.id
        for one in all_checks()
        if any(kind is Standard for _, kind, _ in parameters(one.function))
        and (one.standards is None or name in one.standards)
    ]
    assert "EXP-01" in taking
    assert {check for check in taking if check not in standard.criteria} <= UNNAMED[name]


def test_a_users_own_standard_may_require_any_log_that_is_known_and_no_other(tmp_path: Path) -> None:
    entra = OWN.replace("purview.teams", "entra.enriched_office365_audit_logs")
    assert [source.id for source in load_standard(write(tmp_path, entra)).sources] == [
        "entra.enriched_office365_audit_logs"
    ]
    with pytest.raises(InputError, match=r"sources\[0\].id: one of .*entra.sign_in_logs.* was expected"):
        load_standard(write(tmp_path, OWN.replace("purview.teams", "entra.sign_ins")))


def test_the_default_standard_is_listed_first() -> None:
    assert standard_ids()[:2] == ("m-21-31", "m-26-14")
    assert list(standard_ids()[2:]) == sorted(standard_ids()[2:])


def test_each_standard_stands_in_the_file_of_its_id_and_has_a_digest() -> None:
    for name in standard_ids():
        assert load_standard(name).id == name
    assert len({load_standard(name).sha256 for name in standard_ids()}) == len(standard_ids())


def test_an_unknown_id_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="there is no standard 'm-21-32'") as caught:
        load_standard("m-21-32")
    assert "m-21-31, m-26-14" in str(caught.value)


def test_a_users_own_standard_may_leave_a_requirement_out(tmp_path: Path) -> None:
    standard = load_standard(write(tmp_path, OWN))
    assert standard.hot is not None
    assert standard.hot.duration == Duration.of_days(90)
    assert standard.total is None
    assert load_standard(str(write(tmp_path, OWN))) == standard


def test_a_users_own_standard_cannot_take_the_place_of_one_that_comes_with_lookback(tmp_path: Path) -> None:
    text = (files("compliance.standards") / "m-21-31.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"own.yaml:2:1 id: m-21-31 is the id of a standard that comes with lookback"):
        load_standard(write(tmp_path, text.replace("months: 12", "months: 1")))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("days: 90", "days: 0", "own.yaml:8:7 hot.duration: a period of nothing"),
        ("days: 90", "days: -90", "own.yaml:8:7 hot.duration: a duration cannot be -90 long"),
        ("days: 90", "days: 90, months: 3", "own.yaml:8:7 hot.duration: a duration is exactly one of"),
        ("days: 90", "years: 1", "own.yaml:8:18 hot.duration.years: unknown key"),
        ("days: 90", "days: true", "own.yaml:8:18 hot.duration.days: the value should be a valid integer"),
        (", citation: section 4", "", "own.yaml:8:1 hot.citation: this key is missing"),
        ("hot: {duration: {days: 90}, citation: section 4}\n", "", "own.yaml:1:1 (the whole file): a standard without"),
        ("sources:", "total: {duration: {months: 2}, citation: x}\nsources:", "own.yaml:9:9 total.duration: total"),
        ("in_force", "rescinded", "own.yaml:7:1 status: a rescinded standard says by what and since when"),
        (
            "sources:\n  - {id: purview.teams, citation: section 5}\n",
            "",
            "own.yaml:1:1 (the whole file): a standard without log sources",
        ),
        ("sources:", "max_total: {duration: {days: 89}, citation: x}\nsources:", "own.yaml:9:13 max_total.duration:"),
        ("sources:", "source_set: {name: all, citation: x}\nsources:", "own.yaml:9:14 source_set.name: the value"),
        ("in_force", "draft", "own.yaml:7:10 status.force: the value should be"),
        ("2026-01-01\nurl", "2026-02-30\nurl", "own.yaml:5:1 published: the value should be a valid date"),
        ("https://contoso", "ftp://contoso", "own.yaml:6:1 url: an https:// address"),
        ("own-1", "Own 1", "own.yaml:2:1 id: lower-case"),
        ("version: 1", "version: 2", "own.yaml:1:1 version: the value should be 1"),
        (
            "section 5}\n",
            "section 5}\n  - {id: purview.teams, citation: x}\n",
            "own.yaml:11:6 sources[1].id: purview.teams stands in this list twice",
        ),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        load_standard(write(tmp_path, OWN.replace(old, new, 1)))
    assert expected in str(caught.value)


def test_the_schema_of_a_standard_is_of_two_shapes_and_forbids_unknown_keys() -> None:
    definitions = json_schema()["$defs"]
    whole, like = definitions["StandardFile"], definitions["LikeFile"]
    assert whole["additionalProperties"] is False
    assert like["additionalProperties"] is False
    assert {"id", "title", "url", "status"} <= set(whole["required"])
    assert set(like["required"]) == {"version", "id", "like"}


PERIODS = {
    "m-21-31": ("12 months", "30 months"),
    "m-26-14": ("6 months", "12 months"),
    "scuba-5.2": ("3 months", "12 months"),
    "pci-dss-4.0.1": ("3 months", "12 months"),
    "fedramp-rev5": ("90 days", "30 months"),
    "cis-controls-8.10": ("90 days", "90 days"),
    "disa-stig-v-222621": ("12 months", "30 months"),
    "au-ism": ("12 months", None),
    "nydfs-500.06": (None, "36 months"),
    "cert-in": (None, "180 days"),
    "uk-moj": (None, "6 months"),
    "hipaa": (None, "72 months"),
    "sox": (None, "84 months"),
    "sec-17a-4": ("24 months", "72 months"),
    "ccb-be": (None, "6 months"),
    "nist-800-53-au-11": (None, None),
    "nist-800-171-3.3.1": (None, None),
    "cmmc-au.l2-3.3.1": (None, None),
    "iso-27001-a.8.15": (None, None),
    "nis2-cir-2024-2690": (None, None),
    "dora-rts": (None, None),
}
"""What each text asks for, read from the texts and not from the files."""


def test_every_regime_asks_for_what_its_text_says_and_no_searchable_period_is_invented() -> None:
    asked = {
        name: tuple(need and need.duration.text for need in (one.hot, one.total))
        for name in standard_ids()
        for one in (load_standard(name),)
    }
    assert asked == PERIODS


@pytest.mark.parametrize("name", PERIODS)
def test_every_standard_that_comes_with_lookback_holds_what_is_asked_of_a_users_own(name: str, tmp_path: Path) -> None:
    text = (files("compliance.standards") / f"{name}.yaml").read_text(encoding="utf-8")
    path = write(tmp_path, text)
    if PERIODS[name] == (None, None):
        with pytest.raises(InputError, match="a standard without numbers") as caught:
            standard_from(path)
        assert str(caught.value).count("own.yaml:") == 1
    else:
        assert replace(standard_from(path), sha256="", raw=b"") == replace(load_standard(name), sha256="", raw=b"")


@pytest.mark.parametrize("name", PERIODS)
def test_every_standard_names_a_public_source_and_a_clause_for_each_check_that_it_names(name: str) -> None:
    standard = load_standard(name)
    assert standard.url.startswith("https://")
    assert all(re.fullmatch(r"(AUD|MIA|RET|EXP|INT|ACC)-\d\d", check) for check in standard.criteria)
    hot = {"RET-01", "RET-02", "RET-05", "RET-06", "RET-07"} & standard.criteria.keys()
    assert not hot or standard.hot is not None or standard.undecided


def test_numbers_that_the_text_does_not_state_for_logs_are_marked() -> None:
    standards = [load_standard(name) for name in standard_ids()]
    assert {one.id for one in standards if one.interpretive} == {"hipaa", "sox", "sec-17a-4"}
    assert {one.id for one in standards if one.unverified} == {"cert-in", "sec-17a-4"}
    assert "Interpretive" in " ".join(load_standard("hipaa").remarks())
    assert "Unverified" in " ".join(load_standard("cert-in").remarks())
    assert not any(one.lake_counts_as_searchable for one in standards)


def test_a_set_of_sources_stands_for_all_but_what_global_secure_access_alone_writes() -> None:
    everything = {source.id for source in load_standard("pci-dss-4.0.1").sources}
    assert set(SOURCE_IDS) - everything == {"entra.enriched_office365_audit_logs"}
    unified = {source.id for source in load_standard("scuba-5.2").sources}
    assert unified == {source for source in SOURCE_IDS if source.startswith("purview.")}


def test_a_set_adds_to_the_sources_that_are_named_and_names_none_twice(tmp_path: Path) -> None:
    own = load_standard(write(tmp_path, f"{OWN}source_set: {{name: unified-audit-log, citation: section 6}}\n"))
    citations = {source.id: source.citation for source in own.sources}
    assert len(citations) == len(own.sources)
    assert citations["purview.teams"] == "section 5"
    assert citations["purview.exchange_admin"] == "section 6"


def test_the_longest_period_that_is_allowed_is_no_requirement() -> None:
    moj = load_standard("uk-moj")
    assert moj.total is not None
    assert moj.max_total is not None
    assert (moj.total.duration, moj.max_total.duration) == (Duration.of_months(6), Duration.of_months(24))


@pytest.mark.parametrize("period", ["hot", "total", "level"])
def test_a_standard_that_asks_for_ever_is_refused_with_the_place(period: str, tmp_path: Path) -> None:
    for_ever = "{duration: {unlimited: true}, citation: section 6}"
    level = "levels: [{id: L1, title: One, citation: section 7, total: {unlimited: true}}]\n"
    text = {
        "hot": OWN.replace("{duration: {days: 90}, citation: section 4}", for_ever),
        "total": f"{OWN}total: {for_ever}\n",
        "level": OWN + level,
    }[period]
    with pytest.raises(InputError, match=r"own\.yaml:\d+:\d+ .*a number of days or months was expected"):
        load_standard(write(tmp_path, text))
