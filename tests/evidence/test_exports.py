"""Exported JSON in every shape that administrators hand over, and what makes it doubtful."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.errors import InputError
from compliance.evidence.exports import decode_export, read_export


def rows(data: Any) -> list[Any]:
    return list(decode_export(json.dumps(data).encode()))


def doubts(data: Any) -> tuple[str, ...]:
    return read_export(json.dumps(data).encode()).doubts


@pytest.mark.parametrize(
    "data", [[{"a": 1}], {"a": 1}, {"value": [{"a": 1}]}, {"@odata.context": "x", "value": [{"a": 1}], "Count": 1}]
)
def test_an_array_an_object_and_a_value_envelope_are_the_same_rows(data: Any) -> None:
    assert rows(data) == [{"a": 1}]
    assert doubts(data) == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_utf_8_and_utf_16_are_read_with_and_without_byte_order_mark(encoding: str) -> None:
    assert decode_export('[{"Name": "Zoë"}]'.encode(encoding)) == [{"Name": "Zoë"}]


def test_no_rows_are_no_rows_only_where_the_file_says_so() -> None:
    assert decode_export(b"[]") == []
    assert decode_export(b'{"value": []}') == []
    for nothing in (b"", b" \r\n", b"null", "﻿".encode("utf-16-le")):
        with pytest.raises(InputError):
            decode_export(nothing)


def test_the_dates_of_windows_powershell_become_iso_8601() -> None:
    wrapped = {"value": "/Date(0)/", "DisplayHint": 2, "DateTime": "1 January 1970"}
    assert rows({"a": "/Date(1699999999000)/", "b": "/Date(-1+0200)/", "c": wrapped}) == [
        {"a": "2023-11-14T22:13:19.000Z", "b": "1969-12-31T23:59:59.999Z", "c": "1970-01-01T00:00:00.000Z"}
    ]


def test_a_date_that_does_not_exist_stays_as_it_is() -> None:
    assert rows({"a": "/Date(999999999999999)/"}) == [{"a": "/Date(999999999999999)/"}]


def test_timespans_become_the_text_of_the_wire() -> None:
    span = {"Ticks": 77_760_000_000_000, "Days": 90, "Hours": 0, "Minutes": 0, "Seconds": 0, "TotalDays": 90}
    assert rows({"AdminAuditLogAgeLimit": span}) == [{"AdminAuditLogAgeLimit": "90.00:00:00"}]


@given(st.integers(-(10**18), 10**18))
def test_a_timespan_keeps_its_length(ticks: int) -> None:
    (row,) = rows({"a": {"Ticks": ticks, "Days": 0, "Hours": 0, "Minutes": 0, "Seconds": 0}})
    text = row["a"].removeprefix("-")
    days, clock = text.split(".", 1) if "." in text.split(":")[0] else ("0", text)
    hours, minutes, seconds = clock.split(":")
    whole, _, fraction = seconds.partition(".")
    length = timedelta(days=int(days), hours=int(hours), minutes=int(minutes), seconds=int(whole))
    units = (length.days * 86_400 + length.seconds) * 10_000_000 + int(fraction.ljust(7, "0") or 0)
    assert units * (-1 if row["a"].startswith("-") else 1) == ticks


def test_wrapped_arrays_are_unwrapped_at_any_depth() -> None:
    data = {"UserIds": {"value": ["a", "b"], "Count": 2}, "deep": [{"x": {"value": [], "Count": 0}}]}
    assert rows(data) == [{"UserIds": ["a", "b"], "deep": [{"x": []}]}]
    assert doubts(data) == ()


def test_a_wrapped_array_that_miscounts_is_doubtful() -> None:
    assert doubts({"UserIds": {"value": ["a"], "Count": 2}}) == ("an array of 2 elements holds 1",)


def test_numbers_of_enumerations_stay_numbers() -> None:
    assert rows({"RetentionDuration": 3, "RecordTypes": [50, 15]}) == [
        {"RetentionDuration": 3, "RecordTypes": [50, 15]}
    ]


@pytest.mark.parametrize("value", ["System.Object[]", "@{Name=x}", ["System.String[]"], {"a": "System.Collections.X"}])
def test_a_value_that_convertto_json_cut_off_is_doubtful(value: Any) -> None:
    (doubt,) = doubts([{"RecordTypes": value}])
    assert "-Depth" in doubt


@pytest.mark.parametrize(
    "data",
    [
        {"value": [{}], "@odata.nextLink": "https://x"},
        [{"a": 1, "@odata.nextLink": "https://x"}],
        [{"a": {"b@odata.nextLink": "https://x"}}],
    ],
)
def test_a_leftover_link_to_a_next_page_is_doubtful(data: Any) -> None:
    assert doubts(data) == ("a link to a next page (@odata.nextLink) is left over",)


def test_a_leftover_link_is_named_as_it_stands_there() -> None:
    link = "https://management.azure.com/next"
    assert doubts({"value": [{}], "nextLink": link}) == ("a link to a next page (nextLink) is left over",)
    assert doubts([{"a": 1, "nextLink": link}]) == ("a link to a next page (nextLink) is left over",)


def test_an_enumeration_of_another_session_is_no_key_given_twice() -> None:
    """Windows PowerShell writes the number as `value` and its name as `Value`."""
    assert rows([{"LogLevel": {"value": 0, "Value": "None"}}]) == [{"LogLevel": {"value": 0, "Value": "None"}}]
    with pytest.raises(InputError, match="beside"):
        rows({"value": [{"a": 1}], "Value": [{"a": 2}]})


def test_a_next_link_of_null_is_the_last_page() -> None:
    assert doubts({"value": [{}], "@odata.nextLink": None}) == ()


@pytest.mark.parametrize(("count", "doubtful"), [(999, False), (1000, True), (1001, False), (5000, True)])
def test_the_round_sizes_at_which_cmdlets_cut_off_are_doubtful(count: int, doubtful: bool) -> None:
    assert bool(doubts([{}] * count)) is doubtful


def test_an_envelope_that_counts_otherwise_or_warns_is_doubtful() -> None:
    assert doubts({"value": [{}], "@odata.count": 2}) == ("@odata.count says 2, and the file holds 1 rows",)
    assert len(doubts({"value": [{}], "@adminapi.warnings": ["increase ResultSize"]})) == 1
    assert doubts({"value": [{}], "@adminapi.warnings": []}) == ()


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    assert decode_export(b'[{"\\ud83d\\ude00": "\\ud800x"}]') == [{"😀": "�x"}]


@pytest.mark.parametrize(
    ("raw", "place", "what"),
    [
        (b"", "f:1:1", "the file is empty"),
        (b'[{"a": 1},\n {"b":', "f:2:7", "not JSON"),
        (b'[{"a": 1,\n "a": 2}]', "f:2:2", "the key 'a' stands in this object twice"),
        (b'[{"b": {"a": 1, "\\u0061": 2}}]', "f:1:17", "the key 'a' stands in this object twice"),
        (b'[{"Enabled": false, "enabled": true}]', "f:1:21", "the key 'enabled' stands in this object twice"),
        (b'{"value": [], "Count": 0, "count": 0}', "f:1:27", "the key 'count' stands in this object twice"),
        (b'{"a":\n NaN}', "f:2:2", "NaN is not a number of JSON"),
        (b'{"a": -Infinity}', "f:1:7", "-Infinity is not a number of JSON"),
        (b'{"a": 123456789012345678901}', "f:1:7", "a number too large"),
        (b'{"a": 1e999}', "f:1:7", "a number too large"),
        (b'{"a": 0.1234567890123456789012, "b": 1e999}', "f:1:38", "a number too large"),
        (b"[" * 70 + b"]" * 70, "f:1:1", "row 1 is not an object"),
        (b'[{"a": ' + b"[" * 70 + b"]" * 70 + b"}]", "f:1:70", "nested deeper than 64 levels"),
        (b'{"a": ' + b'{"a": ' * 64 + b"1" + b"}" * 65, "f:1:385", "nested deeper than 64 levels"),
        (b"[" * 100_000, "f:1:65", "nested deeper than 64 levels"),
        (b'"text"', "f:1:1", "a single value; an array of objects"),
        (b"[1]", "f:1:1", "row 1 is not an object"),
        (b'{"value": [], "Name": 1}', "f:1:1", "'Name' beside \"value\""),
        (b'{"error": {"code": "Forbidden"}}', "f:1:1", "an error answer of the API"),
        (b'[{"a": "\xe9"}]', "f:1:9", "not UTF-8 text"),
        (b'[{"a": "\x00"}]', "f:1:9", "a NUL character"),
        (b"\x1f\x8b\x08", "f:1:2", "not UTF-8 text"),
        (b"Name : x\r\n", "f:1:1", "not JSON"),
    ],
)
def test_what_is_no_export_is_refused_where_it_stands(raw: bytes, place: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read_export(raw, where="f")
    assert str(caught.value).startswith(place + ":")
    assert what in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.binary(max_size=100) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\xd8")
@example(b"[{},")
@example(b"\x00[")
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        decode_export(raw)


@given(st.text('{}[]",:\\0123456789.eE+-NaInfity "value"Countulrsdb', max_size=60))
def test_text_that_looks_like_json_is_read_or_refused_and_nothing_else(text: str) -> None:
    with contextlib.suppress(InputError):
        decode_export(text.encode())


@given(st.lists(st.dictionaries(st.text("abc", max_size=3), JSON, max_size=3), max_size=4))
def test_rows_without_artefacts_come_back_as_they_were(data: list[dict[str, Any]]) -> None:
    assert rows(data) == data
    assert rows({"value": data}) == data


@given(st.lists(st.dictionaries(st.text("abc", max_size=3), JSON, max_size=3), min_size=1, max_size=3), st.data())
def test_a_file_that_breaks_off_is_refused(data: list[dict[str, Any]], draw: st.DataObject) -> None:
    raw = json.dumps(data).encode()
    with pytest.raises(InputError):
        decode_export(raw[: draw.draw(st.integers(0, len(raw) - 1))])


def test_the_published_numbers_of_mailbox_kinds_get_their_names_and_others_stay_numbers() -> None:
    numbers = {1: "UserMailbox", 2: "LinkedMailbox", 4: "SharedMailbox", 16: "RoomMailbox", 32: "EquipmentMailbox"}
    for number, name in numbers.items():
        assert rows([{"RecipientTypeDetails": number}]) == [{"RecipientTypeDetails": name}]
    for other in (0, 3, 8, True, "4"):
        assert rows([{"RecipientTypeDetails": other}]) == [{"RecipientTypeDetails": other}]
    assert rows([{"RecipientType": 1}]) == [{"RecipientType": 1}]


def test_an_answer_of_azure_resource_manager_is_read_with_its_link_and_its_count() -> None:
    assert rows({"value": [{"id": "a"}], "nextLink": None}) == [{"id": "a"}]
    assert doubts({"value": [{"id": "a"}], "count": {"type": "Total", "value": 1}}) == ()
    assert doubts({"value": [{"id": "a"}], "count": {"type": "Total", "value": 2}}) == (
        "count says 2, and the file holds 1 rows",
    )
    assert "nextLink" in doubts({"value": [{"id": "a"}], "nextLink": "https://management.azure.com/next"})[0]
