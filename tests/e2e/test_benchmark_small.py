"""The benchmark measures what it says, and fails where a command takes more memory than it may."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest

from compliance.errors import InputError
from reports import REPORTS

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def number(text):
    return int(text.replace(",", ""))


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import bench

    return bench


def test_collect_and_check_of_a_generated_tenant_are_measured(bench, capsys):
    assert bench.main(["40"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "mailboxes/s" in lines[0]
    assert "peak MB" in lines[0]
    for line, command in zip(lines[1:], ("collect", "check"), strict=True):
        size, name, seconds, worked, per_second, megabytes, ratio = line.split()
        assert (size, name, ratio) == ("40", command, "1.00x")
        assert float(per_second) == pytest.approx(40 / float(seconds), abs=1 + 40 / float(seconds) / 2)
        assert float(worked) > 0
        assert 15 < float(megabytes) < bench.MOST_MEGABYTES


def test_a_command_over_the_limit_of_memory_fails_the_benchmark(bench, capsys, monkeypatch):
    monkeypatch.setattr(bench, "MOST_MEGABYTES", 5.0)
    assert bench.main(["40"]) == 1
    assert re.search(r"over the limit of 5 MB", capsys.readouterr().err)


def test_a_command_that_fails_ends_the_benchmark(bench, monkeypatch):
    monkeypatch.setattr(bench, "served", lambda size: contextlib.nullcontext(("no-such.yaml", {})))
    with pytest.raises(SystemExit, match="collect"):
        bench.main(["40"])


def test_every_format_is_measured_from_one_assessment_of_a_thousand_mailboxes(bench, capsys):
    assert bench.main(["--reports", "1000"]) == 0
    head, columns, *lines, total = capsys.readouterr().out.splitlines()
    mailboxes, affected = map(number, re.fullmatch(r"([\d,]+) mailboxes, ([\d,]+) affected objects", head).groups())
    assert (mailboxes, "cpu s" in columns) == (1_000, True)
    assert affected > 900
    measured = {line[2:20].strip(): line[20:].split() for line in lines}
    assert set(measured) == {*REPORTS, "json, all objects"} - {"console"}
    assert all(number(size) > 500 for _, _, size, _ in measured.values())
    # a line is longer than its shortest possible: every object has one in both tables of all objects
    assert number(measured["csv-objects"][2]) > 200 * affected < number(measured["json, all objects"][2])
    seconds = sum(float(worked) for _, worked, _, _ in measured.values())
    assert float(re.search(r"all: ([\d.]+) s of CPU", total)[1]) == pytest.approx(seconds, abs=0.2)


def test_formats_over_a_limit_fail_the_benchmark(bench, capsys, monkeypatch):
    monkeypatch.setattr(bench.formats, "MOST_MEGABYTES", 5.0)
    assert bench.main(["--reports", "40"]) == 1
    assert "over a limit" in capsys.readouterr().err


def test_a_format_that_fails_fails_the_benchmark(bench, monkeypatch):
    monkeypatch.setattr(bench.formats, "FORMATS", ("json", "pdf"))
    monkeypatch.setattr(bench.formats, "apart", lambda function, *arguments: function(*arguments))
    with pytest.raises(InputError, match="pdf"):
        bench.main(["--reports", "40"])


def test_a_large_azure_is_measured_beside_what_waiting_alone_takes(bench, capsys):
    assert bench.main(["--azure", "9x3x20"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("9 subscriptions, 3 workspaces of 20 tables each, every answer 50 ms late")
    requests, to_azure = map(int, re.findall(r"([\d,]+) requests, of these ([\d,]+) to Azure", said)[0])
    # 3 lists, the settings of 9, 5 things of each workspace, 6 of each subscription that holds one
    assert to_azure == 3 + 9 + 3 * 5 + 3 * 6
    assert requests > to_azure
    waiting, ratio = map(float, re.findall(r"waiting alone takes ([\d.]+) s; collect took ([\d.]+) times", said)[0])
    # eight at once to Azure, and at the other three APIs one after the other
    assert round(to_azure / 8 * 0.05, 1) <= waiting < (requests - to_azure) * 0.05
    assert ratio > 1
