"""Pipelines by the schemas that editors use, and by linters; summaries by a Markdown reader; annotations as run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from toolbox import (
    LOCATION,
    Complaints,
    Done,
    Validator,
    by_json_schema,
    in_python,
    one_by_one,
    python_env,
    replacing,
    run,
)

from reports import Options

PROJECT = Path(__file__).resolve().parents[2]
CI = PROJECT / "ci"
COMMAND = re.compile(r"::(error|warning|notice)( (?:[a-zA-Z]+=[^,:\r\n]*)(?:,[a-zA-Z]+=[^,:\r\n]*)*)?::([^\r\n]*)")
"""A workflow command of the three kinds, as actions/runner takes one off a line."""
PROPERTIES = {"file", "title", "line", "endLine", "col", "endColumn"}
AT_MOST = 10


def _by_markdown_it(paths: Sequence[Path]) -> Complaints:
    done = in_python("tools", "by_markdown_it.py", *paths)
    assert done.code == 0, done.said
    return {Path(path): wrong for path, wrong in json.loads(done.out).items()}


def _by_the_runner(path: Path) -> str | None:
    """What the runner would not take as an annotation, or would drop; the file is what stands in the log."""
    kinds: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        found = COMMAND.fullmatch(line)
        if found is None:
            return f"is no annotation: {line[:200]}"
        names = {pair.split("=")[0] for pair in (found[2] or "").strip().split(",") if pair}
        if names - PROPERTIES:
            return f"has unknown properties: {names - PROPERTIES}"
        if re.search(r"%(?!25|0A|0D|3A|2C)", found[0]):
            return f"holds a percent sign that is no escape: {line[:200]}"
        kinds[found[1]] = kinds.get(found[1], 0) + 1
    return f"more of a kind than a step keeps: {kinds}" if max(kinds.values(), default=0) > AT_MOST else None


VALIDATORS = tuple(
    Validator(
        format="markdown",
        name=f"markdown-it, {who}",
        judge=_by_markdown_it,
        broken={
            "an image of HTML": replacing("- **AUD-04", "- <img src=x onerror=alert(1)> **AUD-04"),
            "a link": replacing("- **AUD-04", "- [click](https://evil.example) **AUD-04"),
            "a mention": replacing("- **AUD-04", "- @everyone **AUD-04"),
            "a reference to an issue": replacing("- **AUD-04", "- #1 **AUD-04"),
            "an entity that becomes a mention": replacing("- **AUD-04", "- &#64;everyone **AUD-04"),
            "a code span that does not end": replacing("`0856dbe880b1`", "`0856dbe880b1 <b>"),
        },
        options=Options(location=LOCATION, show_objects=show),
    )
    for who, show in (("counts alone", False), ("objects too", True))
) + tuple(
    Validator(
        format="github",
        name=f"the runner's rules, {who}",
        judge=one_by_one(_by_the_runner),
        broken={
            "a second line": replacing("AUD-04 (critical)", "AUD-04\n (critical)"),
            "a comma in a title": replacing("title=AUD-04 critical", "title=AUD-04, critical"),
            "an unknown property": replacing("title=AUD-04", "name=AUD-04"),
            "a bare percent sign": replacing("AUD-04 (critical)", "100% (critical)"),
            "more than a step keeps": replacing("::error ", "::error title=x::y\n" * 10 + "::error "),
        },
        options=Options(location=LOCATION, show_objects=show),
    )
    for who, show in (("counts alone", False), ("objects too", True))
)

ACTION = by_json_schema("vendor.github-actions")
WORKFLOWS = by_json_schema("vendor.github-workflows")
# the default engine does not know the regular expressions of the schema for Azure Pipelines
AZURE = by_json_schema("vendor.azure-pipelines", "--data-transform", "azure-pipelines", "--regex-variant", "python")
GITLAB = by_json_schema("vendor.gitlab-ci", "--data-transform", "gitlab-ci", "--regex-variant", "python")
PIPELINES = (
    (PROJECT / "action.yml", ACTION, ("using: composite", "using: shell")),
    (CI / "github" / "drift.yml", WORKFLOWS, ("runs-on: ubuntu-24.04", "run-on: ubuntu-24.04")),
    (CI / "github" / "gate.yml", WORKFLOWS, ("contents: read", "contents: everything")),
    (CI / "azure-pipelines" / "drift.yml", AZURE, ("versionSpec:", "versions: []\n      versionSpec:")),
    (CI / "azure-pipelines" / "gate.yml", AZURE, ("stages:", "stage:")),
    (CI / "gitlab" / "drift.yml", GITLAB, ("when: never", "when: seldom")),
    (CI / "gitlab" / "gate.yml", GITLAB, ("access: developer", "access: [everybody]\n  expires: no")),
)


def _id(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize(("path", "judge", "change"), PIPELINES, ids=[_id(one[0]) for one in PIPELINES])
def test_a_pipeline_follows_its_schema_and_a_broken_one_does_not(
    path: Path, judge: object, change: tuple[str, str], tmp_path: Path
) -> None:
    assert callable(judge)
    assert judge([path]) == {}
    broken = tmp_path / path.name
    broken.write_bytes(replacing(*change)(path.read_bytes()))
    assert list(judge([broken])) == [broken]


def zizmor(*paths: Path) -> Done:
    """Look for what lets others into a workflow: expressions in scripts, loose pins, permissions, kept credentials."""
    return run(
        python_env("pipelines").parent / "zizmor", "--offline", "--quiet", "--no-config", "--min-severity=low", *paths
    )


def test_nothing_lets_others_into_the_action_and_its_workflows() -> None:
    done = zizmor(PROJECT / "action.yml", *sorted((CI / "github").glob("*.yml")))
    assert done.code == 0, done.said


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (("run: '\"$LOOKBACK_SOURCE/ci/steps/conclude.sh\"'", "run: echo ${{ inputs.config }}"), "template-injection"),
        (("ea165f8d65b6e75b540449e92b4886f43607fa02", "v4"), "unpinned-uses"),
    ],
)
def test_an_action_that_lets_others_in_is_found_out(change: tuple[str, str], finding: str, tmp_path: Path) -> None:
    broken = tmp_path / "action.yml"
    broken.write_bytes(replacing(*change)((PROJECT / "action.yml").read_bytes()))
    done = zizmor(broken)
    assert done.code != 0
    assert finding in done.said


def shellcheck(*paths: Path) -> Done:
    """Look for mistakes in shell scripts."""
    return run(python_env("pipelines").parent / "shellcheck", "--severity=style", *paths)


def test_the_scripts_hold_no_mistake_that_shellcheck_knows(tmp_path: Path) -> None:
    scripts = sorted((CI / "steps").glob("*.sh"))
    assert len(scripts) == 5
    done = shellcheck(*scripts)
    assert done.code == 0, done.said
    broken = shutil.copy(scripts[0], tmp_path / "broken.sh")
    broken.write_bytes(replacing('"$LOOKBACK_TEMP/lookback-evidence.XXXXXX"', "$LOOKBACK_TEMP/x")(broken.read_bytes()))
    assert "SC2086" in shellcheck(broken).said


@pytest.mark.parametrize("path", [one[0] for one in PIPELINES], ids=[_id(one[0]) for one in PIPELINES])
def test_scripts_inside_pipelines_hold_no_mistake_either(path: Path, tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    scripts = list(_scripts(document))
    assert scripts
    files = [tmp_path / f"{number}.sh" for number in range(len(scripts))]
    for file, script in zip(files, scripts, strict=True):
        file.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
    # variables come from the pipeline: SC2154 says that nobody assigns them
    done = run(python_env("pipelines").parent / "shellcheck", "--severity=style", "--exclude=SC2154", *files)
    assert done.code == 0, done.said


def _scripts(value: object) -> list[str]:
    match value:
        case dict():
            own = [one for key in ("run", "bash", "inlineScript") if isinstance(one := value.get(key), str)]
            lines = value.get("script")
            own += ["\n".join(lines)] if isinstance(lines, list) else []
            return own + [script for each in value.values() for script in _scripts(each)]
        case list():
            return [script for each in value for script in _scripts(each)]
        case _:
            return []
