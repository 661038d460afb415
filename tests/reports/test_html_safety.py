"""The page runs nothing, asks for nothing, and shows every name as text, however hostile, in bounded size."""

from __future__ import annotations

import base64
import hashlib
import re

import msgspec
import pytest
from html_reader import Node, read
from hypothesis import given, settings
from hypothesis import strategies as st
from made_assessments import NASTY_NAMES, affected, finding, ordinary, part, rendered, used_waiver, with_name

from compliance.assessment.assessment import Assessment
from compliance.assessment.verdict import Status
from reports import Options
from reports.html.markup import document, el, joined, named, text

ATTACKS = (
    *NASTY_NAMES,
    "<img src=x onerror=alert(1)>",
    "\"'></style></title></textarea><svg onload=alert(1)>",
    "]]><!-- --><script>alert(1)</script>",
    "&lt;script&gt; &amp;#x3c;",
    "' onmouseover='alert(1)",
)
EVERYTHING = Options(steps=True, evidence="../bundle")
FIVE_MEGABYTES = 5_000_000
TAGS = frozenset(
    {
        *("a", "article", "bdi", "body", "caption", "circle", "code", "dd", "defs", "details", "div", "dl"),
        *("dt", "footer", "h1", "h2", "h3", "h4", "head", "header", "html", "li", "line", "main", "meta"),
        *("nav", "ol", "p", "path", "pattern", "pre", "rect", "section", "span", "strong", "style", "summary"),
        *("svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul"),
    }
)
ATTRIBUTES = frozenset(
    {
        *("aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "colspan", "content", "cx", "cy"),
        *("d", "dx", "height", "href", "http-equiv", "id", "lang", "name", "patternunits", "r", "role"),
        *("scope", "tabindex", "text-anchor", "width", "x", "x1", "x2", "y", "y1", "y2"),
    }
)


def page_of(assessment: Assessment, options: Options = EVERYTHING) -> str:
    """The page as text."""
    return rendered("html", assessment, options)


def addresses(tree: Node) -> set[str]:
    """Everything that a page links to."""
    return {one.attributes["href"] for one in tree.all("a")}


@pytest.mark.parametrize("name", ATTACKS, ids=range(len(ATTACKS)))
def test_a_hostile_name_becomes_no_element_attribute_address_or_id(name: str) -> None:
    tree = read(page_of(with_name(name)))

    assert {one.tag for one in tree.walk()} <= TAGS
    assert {attribute for one in tree.walk() for attribute in one.attributes} <= ATTRIBUTES
    ids = [one.attributes["id"] for one in tree.walk() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z0-9.-]+", each) for each in ids)
    links = {each for each in addresses(tree) if each.startswith("#")}
    assert {each[1:] for each in links} <= set(ids)
    assert all(each.startswith("../bundle/") for each in addresses(tree) - links)


def test_a_hostile_name_is_shown_as_it_is() -> None:
    tree = read(page_of(with_name("<img src=x onerror=alert(1)>")))

    assert "How far back can <img src=x onerror=alert(1)> look" in tree.one("h1").text
    assert tree.one("title").text == "Log retention of <img src=x onerror=alert(1)>, 2026-10-05"


@settings(deadline=None, max_examples=40)
@given(name=st.text(max_size=60))
def test_no_name_at_all_leaves_its_place(name: str) -> None:
    plain, hostile = (read(page_of(with_name(one))) for one in ("Contoso", name))
    shape = [one.tag for one in plain.walk() if one.tag not in ("p", "span", "dt", "dd", "div")]

    assert [one.tag for one in hostile.walk() if one.tag not in ("p", "span", "dt", "dd", "div")] == shape


def test_nothing_is_loaded_or_run_and_the_policy_says_so() -> None:
    page = page_of(ordinary())
    tree = read(page)

    assert re.findall(r"url\((?!#)|@import|javascript:|\ssrc=|\sstyle=|\son[a-z]+=", page) == []
    policy = tree.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    sheets = [one.inside for one in tree.all("style")]
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(''.join(map(str, each)).encode()).digest()).decode()}'"
        for each in sheets
    }
    default, style, *others = policy.split("; ")
    assert default == "default-src 'none'"
    assert set(style.split()[1:]) == hashes
    assert others == ["base-uri 'none'", "form-action 'none'"]


@pytest.mark.parametrize("digest", ['"}*{background:url(//203.0.113.1)}', 'abcdefabcdef"}*{color:red}', ""])
def test_a_digest_that_is_none_reaches_no_style_sheet(digest: str) -> None:
    _, margins = (one.text for one in read(page_of(ordinary(bundle_sha256=digest))).all("style"))

    assert "*" not in margins
    assert margins.count('"') % 2 == 0


def test_a_hundred_thousand_affected_objects_with_the_longest_names_stay_below_five_megabytes() -> None:
    long = "n" * 10_000
    findings = tuple(
        finding(
            f"CHK-{number:02}",
            Status.FAIL,
            condition=long,
            affected_count=100_000,
            affected_total=100_000,
            samples=tuple(affected(long, each) for each in range(20)),
            parts=tuple(part(f"class {each}", 1, Status.FAIL, "not recorded") for each in range(5_000)),
        )
        for number in range(50)
    )
    datasets = tuple(
        msgspec.structs.replace(ordinary().datasets[number % 3], name=f"arm.tables.{number}")
        for number in range(20_000)
    )
    waivers = tuple(used_waiver(id=f"W-{number}", objects=(long,) * 100) for number in range(5_000))

    page = page_of(ordinary(findings=findings, datasets=datasets, waivers=waivers))

    assert len(page.encode()) < FIVE_MEGABYTES
    assert "100,000 of 100,000" in page
    assert "4,900 more classes in assessment.json" in page
    assert "19,000 more in assessment.json" in page
    assert "4,800 more in assessment.json" in page


def test_where_datasets_are_left_out_those_that_are_not_whole_stay() -> None:
    whole, partial, _ = ordinary().datasets
    many = tuple(msgspec.structs.replace(whole, name=f"arm.tables.{number}") for number in range(1_500))

    shown = read(page_of(ordinary(datasets=(*many, partial)))).one("section", id="completeness")

    assert partial.name in shown.text
    assert "501 more in assessment.json" in shown.text


def test_a_text_put_into_an_element_is_escaped_and_markup_is_not() -> None:
    inner = el("b", "a < b & c")

    assert el("p", "<b>", inner, title='"><script>').source == (
        '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;<b>a &lt; b &amp; c</b></p>'
    )
    assert "<b>" not in text(f"{inner}").source
    assert joined(("<", inner), " & ").source == "&lt; &amp; <b>a &lt; b &amp; c</b>"


def test_a_name_is_cut_and_what_was_cut_off_is_counted() -> None:
    assert named("n" * 10_000).source == f"<bdi>{'n' * 160}… (9,840 characters more)</bdi>"


def test_a_style_sheet_that_ends_its_element_is_refused() -> None:
    with pytest.raises(ValueError, match="end tag"):
        document("title", "en", ["b::before{content:'</style>'}"], "default-src 'none'", el("p"))
