"""The ground that the validators stand on: a missing tool is never a quiet pass, and a judge tells documents apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import toolbox
from toolbox import allowed_skips, by_json_schema, is_there, node_module, replacing, tool

GONE = "node_modules/a-package-that-nobody-installed"


@pytest.fixture
def allowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A list of allowed skips of our own."""
    allowed = tmp_path / "allowed_skips.toml"
    monkeypatch.setattr(toolbox, "ALLOWED", allowed)
    allowed_skips.cache_clear()
    yield allowed
    allowed_skips.cache_clear()


def test_a_missing_tool_fails_the_test_that_asks_for_it() -> None:
    with pytest.raises(pytest.fail.Exception, match="a-package-that-nobody-installed is not there"):
        tool(GONE)


def test_a_tool_that_may_be_missing_skips_the_test_with_the_reason(allowing: Path) -> None:
    allowing.write_text(f'[[skip]]\ntool = "{GONE}"\nreason = "nobody needs it"\n')

    with pytest.raises(pytest.skip.Exception, match="nobody needs it"):
        tool(GONE)


def test_an_allowed_skip_without_a_reason_is_refused(allowing: Path) -> None:
    allowing.write_text(f'[[skip]]\ntool = "{GONE}"\n')

    with pytest.raises(KeyError, match="reason"):
        allowed_skips()


def test_no_tool_may_be_missing_that_is_there() -> None:
    assert [name for name in allowed_skips() if is_there(name)] == [], "take these out of allowed_skips.toml"


def test_a_schema_judges_every_document_for_itself(tmp_path: Path) -> None:
    documents = {"good": '{"version": "2.1.0", "runs": []}', "lacking": '{"version": "2.1.0"}', "cut off": '{"ver'}
    paths = {label: tmp_path / f"{label}.json" for label in documents}
    for label, text in documents.items():
        paths[label].write_text(text)
    judge = by_json_schema(node_module("@microsoft/sarif-multitool-linux") / "sarif-2.1.0.json")

    wrong = judge(tuple(paths.values()))

    assert set(wrong) == {paths["lacking"], paths["cut off"]}
    assert "'runs' is a required property" in wrong[paths["lacking"]]


def test_nothing_is_taken_for_broken_that_was_not() -> None:
    with pytest.raises(AssertionError, match="is not there to be broken"):
        replacing("something", "else")(b"a document")
