"""What a tenant names is no command in the log of a pipeline, whatever is printed there."""

from __future__ import annotations

import io
import json
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lookback_command import collect_from, lookback, lookback_here

from compliance.cli.logs import DisarmedStream, disarmed
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

TEXTS = st.text(alphabet="#[vsoVSO]: \t\n\r\x85a", max_size=40)
FORGED = "::error::forged ##[error]forged ##vso[task.complete result=Succeeded;]forged"


def obeyed(log: str) -> list[str]:
    """The lines that GitHub Actions or Azure Pipelines would obey, or show as their own."""
    lines = re.split(r"\r\n|\r|\n", log)
    return [line for line in lines if line.strip().startswith("::") or re.search(r"##(vso)?\[", line, re.IGNORECASE)]


class Written:
    """A stream that keeps what it is given."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


@given(TEXTS)
def test_nothing_in_a_disarmed_text_is_obeyed(text: str) -> None:
    assert obeyed(disarmed(text)) == []
    assert disarmed(disarmed(text)) == disarmed(text)


@given(TEXTS)
def test_what_is_not_obeyed_stays_as_it_is(text: str) -> None:
    if not obeyed(text):
        assert disarmed(text) == text


@given(st.lists(st.text(alphabet="#[vso: \n\ra", max_size=8), max_size=8))
@example(["x ##", "[group]y", "\n", ":", ":error::z", "\n"])
@example(["a long line #", "#", "v", "so", "[task.complete]"])
@example([" ", "", ":", "", ": and on"])
def test_it_does_not_matter_in_how_many_pieces_a_log_is_written(pieces: list[str]) -> None:
    written = Written()
    stream = DisarmedStream(written)  # type: ignore[arg-type]
    for piece in pieces:
        stream.write(piece)
    assert obeyed(written.text) == []
    assert written.text == disarmed("".join(pieces))


def test_what_is_printed_as_several_values_is_no_command_either() -> None:
    written = io.StringIO()
    stream = DisarmedStream(written)
    print("named ##", "[group]forged", sep="", file=stream)
    print(":", ":error::forged", sep="", file=stream)
    assert obeyed(written.getvalue()) == []
    assert written.getvalue() == "named ##\\x5bgroup]forged\n:\\x3aerror::forged\n"


@given(TEXTS)
def test_a_document_says_the_same_in_json_and_in_xml(text: str) -> None:
    document = json.dumps({"name": text}, indent=2)
    assert json.loads(disarmed(document, format_="json")) == {"name": text}
    assert obeyed(disarmed(document, format_="json")) == []
    element = ET.Element("failure", message=text.replace("\x85", ""))
    element.text = text.replace("\r", "").replace("\x85", "")
    xml = ET.tostring(element, encoding="unicode")
    again = ET.fromstring(disarmed(xml, format_="junit"))
    assert (again.get("message"), again.text or "") == (ET.fromstring(xml).get("message"), element.text)
    assert obeyed(disarmed(xml, format_="junit")) == []


@pytest.fixture(scope="module")
def hostile_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of a tenant in which somebody named himself and his organisation after commands."""
    tenant = load_scenario("agency")
    tenant = replace(
        tenant,
        display_name=FORGED,
        bypass=[replace(row, name=FORGED) if row.audit_bypass_enabled else row for row in tenant.bypass],
    )
    with serve(tenant) as served:
        return collect_from(served, tmp_path_factory.mktemp("hostile") / "bundle")


def test_no_report_to_standard_output_holds_a_command_that_a_tenant_worded(
    hostile_bundle: Path, tmp_path: Path
) -> None:
    reports = [word for name in ("console", "json", "markdown", "csv", "junit", "html") for word in ("--report", name)]
    run = lookback_here("check", hostile_bundle, "-o", tmp_path / "result", "-v", "--show-objects", *reports)
    assert run.code == 3, run.err
    assert run.out.count("forged") > 6
    assert obeyed(run.said) == []


def test_json_on_standard_output_says_what_the_file_says(hostile_bundle: Path, tmp_path: Path) -> None:
    run = lookback("check", hostile_bundle, "-o", tmp_path / "result", "--report", "json")
    assert json.loads(run.out) == json.loads((tmp_path / "result" / "assessment.json").read_bytes())
    assert FORGED in json.loads(run.out)["tenant"]["name"]


@pytest.mark.parametrize("show", [(), ("--show-objects",)])
def test_annotations_are_the_only_commands_and_none_is_forged(
    hostile_bundle: Path, tmp_path: Path, show: tuple[str, ...]
) -> None:
    run = lookback_here("check", hostile_bundle, "-o", tmp_path / "result", "--report", "github", *show)
    lines = run.out.splitlines()
    assert lines
    assert all(re.match(r"::(error|warning|notice) (file=[^,:]*,)?title=[\w %-]+::", line) for line in lines)
    assert not any(re.search(r"##(vso)?\[", line) for line in lines)
    assert ("forged" in run.out) == bool(show)


def test_the_summary_of_the_step_goes_with_the_annotations_and_is_added_to_what_is_there(
    hostile_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run = lookback_here("check", hostile_bundle, "-o", tmp_path / "result", "--report", "github")
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("# before\n# lookback: how far back")
    assert "## What failed" in text
    assert "forged" not in text
    assert run.err == ""


def test_a_summary_that_is_full_is_left_alone_and_said(
    hostile_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (1024 * 1024 - 10))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run = lookback_here("check", hostile_bundle, "-o", tmp_path / "result", "--report", "github")
    assert summary.stat().st_size == 1024 * 1024 - 10
    assert run.err == "lookback: the summary of this step is full; see the reports\n"
    assert run.code == 3


def test_an_error_message_is_no_command_either(tmp_path: Path) -> None:
    for name in ("##vso[task.complete]", "##[error]"):
        run = lookback_here("check", tmp_path / name)
        assert run.code == 2
        assert obeyed(run.said) == []
        assert os.sep in run.err
