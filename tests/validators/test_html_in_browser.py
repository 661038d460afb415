"""HTML: html-validate, and headless Chromium with axe-core, for eyes, keyboards, screen readers and paper.

What axe cannot decide by itself (its "incomplete") is no violation; contrast over patterns is looked at by people.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from documents import ORDINARY, THOROUGH, Documents
from hostile import NAMES
from toolbox import HERE, Complaints, Validator, in_node, replacing, run, tool

from reports import Options

EVERYTHING = Options(steps=True, evidence="../bundle")
_END = "</main>"
_AT_ONCE = 8


def _by_html_validate(paths: Sequence[Path]) -> Complaints:
    missing = [path for path in paths if not path.is_file()]
    if missing:  # html-validate itself ends with 0 where a file is not there
        return dict.fromkeys(missing, "is not there")
    config = HERE / "html-validate.json"
    done = run(tool("html-validate"), "--config", config, "--formatter", "json", *paths)
    try:
        told = json.loads(done.out)
    except json.JSONDecodeError:
        return dict.fromkeys(paths, done.said)
    return {
        Path(one["filePath"]): "; ".join(f"{each['ruleId']}: {each['message']}" for each in one["messages"][:5])
        for one in told
        if one["messages"]
    }


def _in_chromium(task: str, paths: Sequence[Path]) -> Complaints:
    done = in_node("html_in_browser.mjs", tool("chromium"), task, *paths)
    if done.code != 0:
        return dict.fromkeys(paths, done.said)
    told: dict[str, list[str]] = json.loads(done.out)
    return {Path(path): "\n".join(wrong[:5]) for path, wrong in told.items() if wrong}


def _quiet(paths: Sequence[Path]) -> Complaints:
    wrong: dict[Path, str] = {}
    for start in range(0, len(paths), _AT_ONCE):
        wrong.update(_in_chromium("quiet", paths[start : start + _AT_ONCE]))
    return wrong


VALIDATORS = (
    Validator(
        format="html",
        name="html-validate",
        judge=_by_html_validate,
        options=EVERYTHING,
        broken={
            "an id stands twice": replacing('id="verdict"', 'id="picture"'),
            "an element is not closed": replacing("</main>", ""),
            "a table's head says not of what": replacing('<th scope="col">', '<th scope="sideways">'),
            "a block lies in a paragraph": replacing(_END, f"<p><div>block</div></p>{_END}"),
        },
    ),
    Validator(
        format="html",
        name="Chromium: nothing runs, nothing leaves the file",
        judge=_quiet,
        options=EVERYTHING,
        broken={
            "a script that the policy stops": replacing(_END, f"<script>1</script>{_END}"),
            "a picture from elsewhere": replacing(_END, f'<img src="http://203.0.113.1/x.png" alt="x">{_END}'),
            "an event's handler": replacing(_END, f'<img src="x" alt="" onerror="alert(1)">{_END}'),
            "another style sheet": replacing("<style>", "<style>b{}"),
            "a word wider than a telephone": replacing(_END, f"<pre><nobr>{'w' * 500}</nobr></pre>{_END}"),
        },
    ),
)
_INACCESSIBLE = {
    "html-has-lang": ('<html lang="en">', "<html>"),
    "heading-order": (_END, f"<h6>deep</h6>{_END}"),
    "link-name": (_END, f'<a href="#verdict"></a>{_END}'),
    "list": (_END, f"<ul><p>no item</p></ul>{_END}"),
}


def _broken(documents: Documents, folder: Path, old: str, new: str) -> Path:
    page = folder / "broken.html"
    page.write_bytes(replacing(old, new)(documents.one(ORDINARY, "html", EVERYTHING).read_bytes()))
    return page


@pytest.mark.parametrize("label", ["hostile-02", f"hostile-{NAMES.index(''):02}", THOROUGH])
def test_axe_finds_nothing_whatever_names_are(label: str, documents: Documents) -> None:
    assert _in_chromium("axe", [documents.one(label, "html", EVERYTHING)]) == {}


@pytest.mark.parametrize("rule", _INACCESSIBLE)
def test_axe_finds_what_is_not_accessible(rule: str, documents: Documents, tmp_path: Path) -> None:
    assert rule in "".join(_in_chromium("axe", [_broken(documents, tmp_path, *_INACCESSIBLE[rule])]).values())


@pytest.mark.parametrize("label", ["agency", ORDINARY])
def test_axe_finds_nothing_at_any_width_in_light_dark_and_print(label: str, documents: Documents) -> None:
    assert _in_chromium("axe-everywhere", [documents.one(label, "html", EVERYTHING)]) == {}


def test_axe_sees_light_ink_on_dark_paper_alone_where_it_is_dark(documents: Documents, tmp_path: Path) -> None:
    page = documents.one(ORDINARY, "html", EVERYTHING).read_text(encoding="utf-8")
    without_policy = page.replace('http-equiv="Content-Security-Policy"', 'name="policy"', 1)
    faint = tmp_path / "faint.html"
    faint.write_text(without_policy.replace("--quiet: #a9afb6", "--quiet: #33373c"), encoding="utf-8")

    (wrong,) = _in_chromium("axe-everywhere", [faint]).values()

    assert "color-contrast (360 px, dark, screen)" in wrong
    assert "light" not in wrong


@pytest.mark.parametrize("label", ["agency", ORDINARY])
def test_the_keyboard_reaches_and_uses_everything(label: str, documents: Documents) -> None:
    assert _in_chromium("keyboard", [documents.one(label, "html", EVERYTHING)]) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [("<nav ", "<nav inert "), ("<summary>", '<summary tabindex="-1">')],
    ids=["links that are inert", "what unfolds is no stop"],
)
def test_what_the_keyboard_cannot_reach_is_found(old: str, new: str, documents: Documents, tmp_path: Path) -> None:
    assert "Tab does not reach" in "".join(_in_chromium("keyboard", [_broken(documents, tmp_path, old, new)]).values())


def test_it_prints_on_a4_with_nothing_folded_and_dark_ink_on_white(documents: Documents) -> None:
    pages = [documents.one(label, "html", EVERYTHING) for label in ("agency", "compliant", ORDINARY)]

    assert _in_chromium("print", pages) == {}


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("details::details-content", "details::before", "are folded on paper"),
        ("size: A4", "size: A3", "sheets are not A4"),
        ("@media screen and (prefers-color-scheme: dark)", "@media (prefers-color-scheme: dark)", "paper is"),
    ],
    ids=["folded", "another size", "dark paper"],
)
def test_a_page_that_does_not_print_well_is_found(
    old: str, new: str, wrong: str, documents: Documents, tmp_path: Path
) -> None:
    page = documents.one(ORDINARY, "html", EVERYTHING).read_text(encoding="utf-8")
    assert old in page
    broken = tmp_path / "broken.html"
    broken.write_text(
        page.replace('http-equiv="Content-Security-Policy"', 'name="policy"', 1).replace(old, new), encoding="utf-8"
    )

    assert wrong in "".join(_in_chromium("print", [broken]).values())
