"""Text for a terminal: escapes, display widths, wrapping and tables."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import cut, harmless, table, width_of, wrap

WORDS = st.text(alphabet=st.sampled_from("ab 会e\u0301✓"), max_size=60)


@given(st.text())
def test_a_harmless_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = harmless(text)
    assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in shown)
    assert harmless(text, ascii_only=True).isascii()


@pytest.mark.parametrize("text", ["Zoë", "日本語", "Ünïcode", "НБУ", "שלום", "C:\\logs"])
def test_an_honest_name_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(WORDS, st.integers(10, 40))
def test_no_wrapped_line_is_wider_than_asked_and_no_word_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width, "…")
    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="a会e\u0301", max_size=60), st.integers(4, 40))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    shown = cut(text, width, "…")
    assert width_of(shown) <= width
    assert shown == text or shown.endswith("…")


def test_the_columns_of_a_table_stay_in_line_beside_wide_and_combining_characters() -> None:
    rows = [["会計部", "1"], ["Zoe\u0301", "1,000"], ["plain", "20"]]
    lines = table(["Name", "Count"], rows, width=30, flexible=0, mark="…")
    assert {width_of(line) for line in lines[1:]} == {width_of(lines[0])}


def test_a_cell_that_looks_like_a_number_is_shown_as_it_is() -> None:
    lines = table(["Name", "Id"], [["one", "1e5"], ["two", "007"]], width=30, flexible=0, mark="…")
    assert lines[2].split() == ["one", "1e5"]
    assert lines[3].split() == ["two", "007"]
