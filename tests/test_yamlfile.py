"""YAML that people hand over: what is read, and what is refused with a place."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.errors import InputError
from compliance.yamlfile import FILE_SHAPE, MAX_BYTES, load_yaml, parse_yaml, validated


def refusal(raw: bytes) -> str:
    with pytest.raises(InputError) as caught:
        parse_yaml(raw, where="f.yaml")
    return str(caught.value)


def test_scalars_follow_yaml_1_2_and_dates_stay_text() -> None:
    text = b"a: no\nb: 2026-02-30\nc: 0x10\nd: 1.5\ne: true\nf: ~\ng: '7'\nh: 017\ni: .inf\n"
    assert parse_yaml(text, where="f").data == {
        "a": "no",
        "b": "2026-02-30",
        "c": 16,
        "d": 1.5,
        "e": True,
        "f": None,
        "g": "7",
        "h": 17,
        "i": ".inf",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_utf_16_with_a_byte_order_mark_are_read(encoding: str) -> None:
    document = parse_yaml("name: Zoë\n".encode(encoding), where="f")
    assert document.data == {"name": "Zoë"}
    assert document.where(("name",)) == "f:1:1"


def test_every_key_and_item_has_a_place() -> None:
    document = parse_yaml(b"a:\n  - b: 1\n  - c\n", where="f")
    assert document.where(("a", 0, "b")) == "f:2:5"
    assert document.where(("a", 1)) == "f:3:5"
    assert document.where(("a", 1, "beyond")) == "f:3:5"


@pytest.mark.parametrize(
    ("raw", "place", "what"),
    [
        (b"", "f.yaml:1:1", "holds nothing; a mapping"),
        (b"# only a comment\n", "f.yaml:", "holds nothing; a mapping"),
        (b"- a\n", "f.yaml:1:1", "holds a list; a mapping"),
        (b"plain\n", "f.yaml:1:1", "holds a single value; a mapping"),
        (b"a: 1\nb: 2\na: 3\n", "f.yaml:3:1", "the key 'a' stands here twice; it was first given on line 1"),
        (b"a: 1\n'a': 3\n", "f.yaml:2:1", "the key 'a' stands here twice"),
        (b"1: a\n", "f.yaml:1:1", "a key that is not text"),
        (b"true: a\n", "f.yaml:1:1", "a key that is not text"),
        (b"? [a]\n: b\n", "f.yaml:1:3", "a mapping or list as a key"),
        (b"a:\n\t- b\n", "f.yaml:2:1", "'\\t' that cannot start any token"),
        (b"a: {b: 1\n", "f.yaml:2:1", "not YAML that can be read"),
        (b"a: 'b\n", "f.yaml:2:1", "not YAML that can be read"),
        (b"a: &x [1]\nb: *x\n", "f.yaml:1:4", "anchors (&name) and aliases (*name) are not accepted"),
        (b"a: *x\n", "f.yaml:1:4", "anchors (&name) and aliases (*name) are not accepted"),
        (b"a: !!python/object:os.system x\n", "f.yaml:1:4", "tags (!name) are not accepted"),
        (b"a: 1\n---\nb: 1\n", "f.yaml:2:1", "a second document"),
        (b"a: \x00\n", "f.yaml:1:4", "a NUL character"),
        (b"a: b\nc: \xe9\n", "f.yaml:2:4", "not UTF-8 text"),
        (b"\xff\xfea\x00:", "f.yaml:1:2", "not UTF-16-LE text"),
        ("a: b".encode("utf-16-le"), "f.yaml:1:2", "a NUL character"),
        (b"a: " + b"9" * 30, "f.yaml:1:4", "a number of more than 18 characters"),
        (b'a: "\\uD800"', "f.yaml:1:4", "half of a surrogate pair"),
        (b"a: " + b"[" * 40 + b"]" * 40, "f.yaml:1:35", "nested deeper than 32 levels"),
        (b"\x7fELF\x02\x01", "f.yaml:1:1", "a character that YAML does not allow"),
    ],
)
def test_what_is_not_a_plain_mapping_is_refused_where_it_stands(raw: bytes, place: str, what: str) -> None:
    message = refusal(raw)
    assert message.startswith(place)
    assert what in message


def test_a_file_beyond_the_size_limit_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: 1\n" + b"#" * MAX_BYTES)
    with pytest.raises(InputError, match="larger than 1,000,000 bytes"):
        load_yaml(path)


def test_a_file_that_cannot_be_opened_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent.yaml: the file cannot be read: No such file"):
        load_yaml(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match="the file cannot be read"):
        load_yaml(tmp_path)


@dataclass(frozen=True, slots=True)
class Shape:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    names: tuple[str, ...]
    count: int


def test_a_model_reports_all_problems_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("names:\n  - a\n  - 1\ncounts: 3\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        validated(load_yaml(path), Shape)
    lines = str(caught.value).replace(str(path), "f").splitlines()
    assert lines == [
        "f:1:1 count: this key is missing",
        "f:3:5 names[1]: the value should be a valid string",
        "f:4:1 counts: unknown key; did you mean 'count'?",
        "  Correct the file, and run it again.",
    ]


def test_a_model_is_read_from_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("names: [a, b]\ncount: 3\n", encoding="utf-8")
    assert validated(load_yaml(path), Shape) == Shape(names=("a", "b"), count=3)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b'a: "\\U00110000"')
@example(b"%YAML 9.99\n---\na: 1")
@example(b"\xff\xfe\x00\xd8")
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_yaml(raw, where="f").data, dict)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc:# -'\"", max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc ", max_size=3), PLAIN, max_size=4))
def test_json_is_read_as_the_yaml_that_it_is(data: dict[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    assert parse_yaml(text.encode(), where="f").data == data
