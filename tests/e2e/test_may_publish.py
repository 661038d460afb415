"""What a pipeline may hand out: to everybody only a redacted copy, and to nobody in doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from exported_files import write_exports
from lookback_command import check, copied, files_of, lookback_here, reseal

from compliance.evidence.manifest import Amendment, Manifest, encode, sha256

BundleOf = Callable[[str], Path]


@pytest.fixture(scope="module")
def redacted(bundle_of: BundleOf, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A redacted copy, judged; not to be changed."""
    copy = tmp_path_factory.mktemp("redacted") / "bundle"
    assert lookback_here("redact", bundle_of("compliant"), "-o", copy).code == 0
    check(copy, copy.with_name("result"))
    return copy


@pytest.mark.parametrize("visibility", ["private", "organization", " Private\n"])
def test_everything_may_be_uploaded_where_only_those_who_were_let_in_can_read(
    compliant: Path, compliant_result: Path, visibility: str
) -> None:
    assert lookback_here("may-publish", "--visibility", visibility, compliant, compliant_result).code == 0
    assert lookback_here("may-publish", "--visibility", visibility).code == 0


@pytest.mark.parametrize("visibility", [("--visibility", "public"), ("--visibility", ""), ("--visibility", "null"), ()])
def test_nothing_may_be_where_everybody_can_read_or_nobody_knows(
    compliant: Path, compliant_result: Path, redacted: Path, visibility: tuple[str, ...]
) -> None:
    for folder in (compliant, compliant_result):
        run = lookback_here("may-publish", *visibility, redacted, folder)
        assert run.code == 2
        assert "this is no redacted copy" in run.err
        assert "lookback redact BUNDLE" in run.err
    assert lookback_here("may-publish", *visibility).code == 2
    unknown = "the repository is public" if "public" in visibility else "nobody knows whether the repository is public"
    assert unknown in run.err


def test_internal_counts_as_public_for_it_lets_in_every_account_of_a_gitlab(compliant: Path) -> None:
    run = lookback_here("may-publish", "--visibility", "internal", compliant)
    assert run.code == 2
    assert "internal may be every account" in run.err


def test_a_redacted_copy_and_its_result_may_be_shown_to_everybody(redacted: Path) -> None:
    run = lookback_here("may-publish", "--visibility", "public", redacted, redacted.with_name("result"))
    assert (run.code, run.out) == (0, "may be uploaded: a redacted copy, and no names\n")


def test_a_result_by_a_standard_of_ones_own_may_name_people_in_its_words(redacted: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "version: 1\nid: own\nlike: m-21-31\nhot: {duration: {months: 6}, citation: as our records officer said}\n",
        encoding="utf-8",
    )
    run = check(redacted, tmp_path / "result", "--standard", own)
    assert run.code in (3, 4), run.said
    asked = lookback_here("may-publish", "--visibility", "public", redacted, tmp_path / "result")
    assert asked.code == 2
    assert "its standard of your own may name people" in asked.err


def test_a_folder_that_is_not_there_may_be_uploaded_nowhere(tmp_path: Path) -> None:
    run = lookback_here("may-publish", "--visibility", "private", tmp_path / "bundel")
    assert run.code == 2
    assert "is no folder" in run.err


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


def test_a_copy_into_which_files_were_imported_is_refused(redacted: Path, tmp_path: Path) -> None:
    copy = tmp_path / "bundle"
    copy.mkdir(mode=0o700)
    for name, raw in files_of(redacted).items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes(raw)
    manifest = msgspec.json.decode((copy / "manifest.json").read_bytes(), type=Manifest)
    first, *others = manifest.datasets
    amendment = Amendment(manifest_sha256=sha256(encode(manifest)), datasets=(first.name,), replaced=(first,))
    named = msgspec.structs.replace(first, by="svc-backup")
    amended = msgspec.structs.replace(manifest, datasets=(named, *others), amendments=(amendment,))
    (copy / "manifest.json").write_bytes(encode(amended))
    reseal(copy)
    run = lookback_here("may-publish", "--visibility", "public", copy)
    assert run.code == 2
    assert f"files were imported into it after it was redacted: {first.name}" in run.err


def test_a_copy_of_a_bundle_into_which_files_were_imported_may_be_shown(bundle_of: BundleOf, tmp_path: Path) -> None:
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    exports = write_exports(tmp_path / "exports", {"Get-UnifiedAuditLogRetentionPolicy.json": []})
    assert lookback_here("import", exports, "--into", bundle).code == 0
    copy = tmp_path / "copy"
    assert lookback_here("redact", bundle, "-o", copy).code == 0
    assert len(msgspec.json.decode((copy / "manifest.json").read_bytes(), type=Manifest).amendments) == 1
    assert lookback_here("may-publish", "--visibility", "public", copy).code == 0


def test_what_is_neither_bundle_nor_result_is_refused(tmp_path: Path) -> None:
    assert lookback_here("may-publish", "--visibility", "public", tmp_path).code == 2
