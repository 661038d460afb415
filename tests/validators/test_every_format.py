"""Every format has a validator that accepts what lookback writes, of hostile names too, and rejects what is broken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from documents import ORDINARY, SCENARIOS, Documents
from hostile import NAMES
from lookback_command import check
from readable import dangers, texts
from toolbox import LOCATION, Validator

from reports import REPORTS, Options

FOR_TERMINALS = ("console",)
"""What no program reads: its own tests read it."""
VERBATIM = ("json",)
"""What says a name exactly as it is, in escapes of its own."""
LOOKBACKS_OWN = {"\ufeff"}
"""What lookback itself writes of the characters that are refused in names: the mark by which Excel knows UTF-8."""
TELLING = "<img src=x onerror=alert(1)>"
SHOWN = 12


def validators() -> Iterator[Validator]:
    """Yield what the test modules of this folder declare."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.name != Path(__file__).name:
            yield from getattr(import_module(path.stem), "VALIDATORS", ())


VALIDATORS = tuple(validators())
EACH = [pytest.param(one, id=f"{one.format}: {one.name}") for one in VALIDATORS]


@pytest.mark.parametrize("report", [one for one in REPORTS if one not in FOR_TERMINALS])
def test_every_format_has_a_validator(report: str) -> None:
    assert report in {one.format for one in VALIDATORS}


@pytest.mark.parametrize("validator", EACH)
def test_what_lookback_writes_is_valid_whatever_its_names_are(validator: Validator, documents: Documents) -> None:
    paths = documents.of(validator.format, validator.options, *validator.beside)

    wrong = validator.judge(tuple(paths.values()))

    told = [f"{label}: {wrong[path][:2_000]}" for label, path in paths.items() if path in wrong]
    assert not told, f"{len(told)} of {len(paths)} are rejected:\n" + "\n".join(told[:SHOWN])
    assert not wrong, f"complaints about files that nobody asked about: {list(wrong)}"


@pytest.mark.parametrize("report", [one for one in REPORTS if one not in (*FOR_TERMINALS, *VERBATIM)])
def test_names_reach_no_reader_with_what_moves_turns_or_hides_text(report: str, documents: Documents) -> None:
    told = documents.of(report, Options(location=LOCATION))

    found = {label: _dangers_in(report, path) for label, path in told.items()}

    ours = found[ORDINARY]
    assert ours <= LOOKBACKS_OWN
    assert {label: sorted(map(ascii, those - ours)) for label, those in found.items() if those - ours} == {}


@pytest.mark.parametrize("report", [one for one in REPORTS if one not in FOR_TERMINALS])
def test_hostile_names_are_in_the_documents(report: str, documents: Documents) -> None:
    label = f"hostile-{NAMES.index(TELLING):02}"
    document = documents.one(label, report, Options(location=LOCATION)).read_bytes()

    assert any("alert(1)" in text for text in texts(report, document))


@pytest.mark.parametrize("validator", EACH)
def test_what_is_broken_is_rejected(validator: Validator, documents: Documents, tmp_path: Path) -> None:
    good = documents.one(ORDINARY, validator.format, validator.options, *validator.beside)
    broken: dict[str, Path] = {}
    for number, (wrong, break_it) in enumerate(validator.broken.items()):
        shutil.copytree(good.parent, tmp_path / str(number))
        broken[wrong] = tmp_path / str(number) / good.name
        document = break_it(good.read_bytes())
        assert document != good.read_bytes(), f"nothing was broken: {wrong}"
        broken[wrong].write_bytes(document)

    rejected = validator.judge(tuple(broken.values()))

    assert broken, "declares no way to break a document"
    assert [wrong for wrong, path in broken.items() if path not in rejected] == []


def test_the_command_writes_the_very_documents_that_were_validated(
    documents: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = "compliant"
    asked = [name for name in REPORTS if name not in FOR_TERMINALS]
    options = Options(location=LOCATION, gate=SCENARIOS[label][0])
    validated = {name: documents.one(label, name, options) for name in asked}
    beside = next(iter(validated.values())).parent
    monkeypatch.chdir(tmp_path)
    Path(LOCATION).touch()
    standards = [word for one in SCENARIOS[label] for word in ("--standard", one)]
    reports = [f"--report={name}={beside / ('command-' + path.name)}" for name, path in validated.items()]

    run = check(documents.bundle(label), tmp_path / "result", *standards, *reports)

    assert run.code in (3, 4), run.said
    differ = [
        name
        for name, path in validated.items()
        if path.with_name(f"command-{path.name}").read_bytes() != path.read_bytes()
    ]
    assert differ == []


def _dangers_in(report: str, path: Path) -> set[str]:
    return {one for text in texts(report, path.read_bytes()) for one in dangers(text)}
