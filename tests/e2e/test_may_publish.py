"""What a pipeline may hand out: to everybody only a redacted copy, and to nobody in doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lookback_command import check, lookback_here

BundleOf = Callable[[str], Path]


@pytest.fixture(scope="module")
def redacted(bundle_of: BundleOf, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A redacted copy, judged; not to be changed."""
    copy = tmp_path_factory.mktemp("redacted") / "bundle"
    assert lookback_here("redact", bundle_of("compliant"), "-o", copy).code == 0
    check(copy, copy.with_name("result"))
    return copy


@pytest.mark.parametrize("visibility", ["private", "internal", "organization", " Private\n"])
def test_everything_may_be_uploaded_where_only_those_who_were_let_in_can_read(
    compliant: Path, compliant_result: Path, visibility: str
) -> None:
    assert lookback_here("may-publish", "--visibility", visibility, compliant, compliant_result).code == 0


@pytest.mark.parametrize("visibility", [("--visibility", "public"), ("--visibility", ""), ("--visibility", "null"), ()])
def test_nothing_may_be_where_everybody_can_read_or_nobody_knows(
    compliant: Path, compliant_result: Path, redacted: Path, visibility: tuple[str, ...]
) -> None:
    for folder in (compliant, compliant_result):
        run = lookback_here("may-publish", *visibility, redacted, folder)
        assert run.code == 2
        assert "this is no redacted copy" in run.err
        assert "lookback redact BUNDLE" in run.err
    unknown = "the repository is public" if "public" in visibility else "nobody knows whether the repository is public"
    assert unknown in run.err


def test_a_redacted_copy_and_its_result_may_be_shown_to_everybody(redacted: Path) -> None:
    run = lookback_here("may-publish", "--visibility", "public", redacted, redacted.with_name("result"))
    assert (run.code, run.out) == (0, "may be uploaded: a redacted copy, and no names\n")


def test_a_result_that_carries_an_earlier_one_may_name_people_all_the_same(redacted: Path, tmp_path: Path) -> None:
    result = tmp_path / "result"
    check(redacted, result, "--previous", str(redacted.with_name("result")))
    run = lookback_here("may-publish", "--visibility", "public", result)
    assert run.code == 2
    assert "its earlier result may name people" in run.err


def test_a_copy_that_something_was_put_into_is_refused(redacted: Path, tmp_path: Path) -> None:
    import shutil

    changed = shutil.copytree(redacted, tmp_path / "bundle")
    changed.chmod(0o700)
    (changed / "names.csv").write_text("svc-backup", encoding="utf-8")
    run = lookback_here("may-publish", "--visibility", "public", changed)
    assert run.code == 2
    assert "this is not as it was written" in run.err


def test_what_is_neither_bundle_nor_result_is_refused(tmp_path: Path) -> None:
    assert lookback_here("may-publish", "--visibility", "public", tmp_path).code == 2
