"""What `lookback standards` prints: the list, and everything about one."""

from __future__ import annotations

from pathlib import Path

import pytest
from lookback_command import lookback_here

from compliance.rules.log_sources import SOURCES
from compliance.standards import load_standard, standard_ids


def shown(*args: object) -> str:
    """What the command prints."""
    run = lookback_here("standards", *args)
    assert run.code == 0, run.said
    return run.out


def flat(text: str) -> str:
    """A text without the ends of its lines."""
    return " ".join(text.split())


def test_the_list_has_a_line_for_each_standard_with_its_periods_and_whether_it_is_in_force() -> None:
    lines = {line.split()[0]: line.split()[1:] for line in shown().splitlines() if line and line[0] != " "}
    assert set(standard_ids()) <= lines.keys()
    assert lines["m-21-31"] == ["12", "months", "30", "months", "rescinded", "2026-05-22"]
    assert lines["hipaa"] == ["-", "72", "months", "since", "2005-04-20", "interpretive"]
    assert lines["cert-in"] == ["-", "180", "days", "since", "2022-06-27", "unverified"]
    assert lines["dora-rts"] == ["your", "own", "your", "own", "since", "2025-01-17"]
    assert lines["uk-moj"][-3:] == ["at", "most", "24"]


@pytest.mark.parametrize("name", standard_ids())
def test_a_standard_is_told_whole_in_eighty_columns(name: str) -> None:
    standard, text = load_standard(name), shown(name)
    assert [line for line in text.splitlines() if len(line) > 80 and line != standard.url] == []
    told = flat(text)
    for part in (standard.title, standard.publisher, standard.url, standard.status.words, *standard.remarks()):
        assert flat(part) in told
    for source in standard.sources:
        assert f"{source.id} {SOURCES[source.id].title}" in told
    for words in (*standard.notes, *(source.citation for source in standard.sources)):
        assert flat(words) in told
    for check, clause in standard.criteria.items():
        assert f"{check}: {flat(clause)}" in told
    for need in (standard.hot, standard.total, standard.max_total):
        assert need is None or f"{need.duration.text} {flat(need.citation)}" in told


def test_a_file_of_ones_own_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text('version: 1\nid: own\nlike: m-26-14\ntitle: "a\\e[2Jb"\nnotes: ["c\\u202ed"]\n')
    text = shown(own)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[2Jb" in text


def test_the_command_lists_what_it_knows_where_an_id_is_unknown() -> None:
    run = lookback_here("standards", "m-21-32")
    assert run.code == 2
    assert all(name in run.err for name in standard_ids())
