"""Waiver files: what is accepted, when a waiver ends, and what is refused."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from compliance.assessment.waivers import Standing, Waiver, json_schema, load_waivers
from compliance.errors import InputError

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
CHECKS = frozenset({"AUD-03", "RET-01"})
TODAY = date(2026, 11, 22)
FILE = f"""\
version: 1
tenant: {TENANT}
waivers:
  - id: WVR-2026-014
    checks: [RET-01]
    parts: [guest]
    reason: Guests are blocked by policy until the migration ends.
    ticket: GRC-481
    requester: it-ops@contoso.example
    approver: ciso@contoso.example
    approved_on: 2026-10-02
    expires: 2027-03-31
"""


def load(tmp_path: Path, text: str) -> tuple[Waiver, ...]:
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    return load_waivers(path, tenant_id=TENANT, known_checks=CHECKS, today=TODAY)


def test_a_waiver_is_read_with_its_dates_and_defaults(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, FILE)
    assert waiver.checks == ("RET-01",)
    assert waiver.parts == ("guest",)
    assert waiver.objects is None
    assert waiver.at_most_affected is None
    assert waiver.expires == date(2027, 3, 31)
    assert waiver.accepts_indeterminate is False


def test_a_waiver_holds_to_the_end_of_its_last_day_in_utc(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, FILE)
    last = datetime(2027, 3, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert waiver.standing(last) is Standing.ACTIVE
    assert waiver.standing(last + timedelta(microseconds=1)) is Standing.EXPIRED
    west = timezone(timedelta(hours=-8))
    assert waiver.standing(datetime(2027, 3, 31, 20, 0, tzinfo=west)) is Standing.EXPIRED


def test_an_expired_waiver_is_carried_and_not_dropped(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, FILE.replace("2027-03-31", "2026-10-31"))
    assert waiver.standing(datetime(2026, 11, 22, tzinfo=UTC)) is Standing.EXPIRED


def test_a_file_without_waivers_is_accepted(tmp_path: Path) -> None:
    assert load(tmp_path, f"version: 1\ntenant: {TENANT.upper()}\nwaivers: []\n") == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TENANT, "9e3b7c1a-0000-4000-8000-000000000001", ":2:1 tenant: these waivers are for another tenant"),
        ("[RET-01]", "[RET-99]", ":5:14 waivers[0].checks[0]: there is no check RET-99"),
        ("[RET-01]", "[]", ":5:5 waivers[0].checks: "),
        ("[RET-01]", "[RET-01, RET-01]", ":5:22 waivers[0].checks[1]: RET-01 stands in this list twice"),
        ("    parts: [guest]\n", "    part: [guest]\n", ":6:5 waivers[0].part: unknown key; did you mean 'parts'?"),
        ("    parts: [guest]\n", "    parts: ['*']\n", ":6:13 waivers[0].parts[0]: wildcards are not accepted"),
        ("parts: [guest]", "parts: [guests]", ":6:13 waivers[0].parts[0]: there is no part 'guests'; the parts are"),
        ("parts: [guest]", "parts: []", ":6:5 waivers[0].parts: "),
        ("parts: [guest]", "objects: [a@contoso.example]", ":6:15 waivers[0].objects[0]: an address can change hands"),
        ("parts: [guest]", "parts: [a]\n    objects: [b]", ":7:5 waivers[0].objects: give parts or objects, not both"),
        ("[RET-01]\n    parts: [guest]", "[RET-01, AUD-03]", ":5:5 waivers[0].checks: a waiver of whole findings"),
        ("parts: [guest]", "at_most_affected: 0", ":6:5 waivers[0].at_most_affected: "),
        ("Guests are blocked by policy until the migration ends.", "too short", ":7:5 waivers[0].reason: "),
        ("Guests are blocked by policy until the migration ends.", f"'{' ' * 30}'", ":7:5 waivers[0].reason: a reason"),
        ("GRC-481", "'\u200b'", ":8:5 waivers[0].ticket: nothing can be seen here"),
        ("it-ops@contoso.example", "'   '", ":9:5 waivers[0].requester: nothing can be seen here"),
        ("ciso@contoso.example", "'\u3164 \u2060\ufeff'", ":10:5 waivers[0].approver: nothing can be seen here"),
        ("ciso@contoso", "it-\u200bops@contoso", ":10:5 waivers[0].approver: the approver must be somebody else"),
        ("ciso@contoso", "\uff29T-ops\uff20contoso", ":10:5 waivers[0].approver: the approver must be somebody"),
        ("    ticket: GRC-481\n", "", ":4:5 waivers[0].ticket: this key is missing"),
        ("    expires: 2027-03-31\n", "", ":4:5 waivers[0].expires: this key is missing"),
        ("ciso@contoso", "IT-Ops@contoso", ":10:5 waivers[0].approver: the approver must be somebody else"),
        (
            "ciso@contoso",
            "it-\u043eps@contoso",
            ":10:5 waivers[0].approver: '\\u043eps' mixes letters",
        ),
        ("it-ops@contoso", "\u0391nn@contoso", ":9:5 waivers[0].requester: '\\u0391nn' mixes letters of several"),
        ("2026-10-02", "2026-11-23", ":11:5 waivers[0].approved_on: the approval lies in the future"),
        ("2027-03-31", "2026-10-01", ":12:5 waivers[0].expires: it expires before it was approved"),
        ("2027-03-31", "2027-10-03", ":12:5 waivers[0].expires: a waiver may last 365 days"),
        ("2027-03-31", "2027-02-30", ":12:5 waivers[0].expires: the value should be a valid date"),
        ("2027-03-31", "31.03.2027", ":12:5 waivers[0].expires: the value should be a valid date"),
        ("WVR-2026-014", "W 1", ":4:5 waivers[0].id: 3 to 64 letters"),
        ("version: 1", "version: 2", ":1:1 version: "),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, FILE.replace(old, new, 1))
    assert caught.value.exit_code == 2
    assert "waivers.yaml" + expected in str(caught.value)


def test_an_id_given_twice_is_refused_in_any_case(tmp_path: Path) -> None:
    second = FILE[FILE.index("  - id") :].replace("WVR", "wvr")
    with pytest.raises(InputError, match=r":13:5 waivers\[1\].id: the id wvr-2026-014 stands in this file twice"):
        load(tmp_path, FILE + second)


def test_a_file_that_cannot_be_read_waives_nothing_and_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_waivers(tmp_path / "absent.yaml", tenant_id=TENANT, known_checks=CHECKS, today=TODAY)


def test_the_schema_asks_for_everything_that_the_loader_asks_for() -> None:
    waiver = json_schema()["$defs"]["Waiver"]
    assert waiver["additionalProperties"] is False
    assert waiver["properties"]["reason"]["minLength"] == 20
    assert set(waiver["required"]) == {
        "id",
        "checks",
        "reason",
        "ticket",
        "requester",
        "approver",
        "approved_on",
        "expires",
    }


@pytest.mark.parametrize(
    ("requester", "approver"),
    [
        ("COCO", "\u0421\u041e\u0421\u041e"),
        ("Ops Hope", "Ops \u041d\u043e\u0440\u0435"),
        ("TOMI", "\u03a4\u039f\u039c\u0399"),
        ("Ann Requester", "\u0410nn Requester"),
    ],
)
def test_an_approver_in_letters_that_look_like_the_requesters_is_the_requester(
    tmp_path: Path, requester: str, approver: str
) -> None:
    text = FILE.replace("it-ops@contoso.example", requester).replace("ciso@contoso.example", approver)
    with pytest.raises(InputError, match=r":10:5 waivers\[0\]\.approver: the approver must be somebody else"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    "name",
    [
        "Zo\u00eb O'N\u00e9ill",
        "\u0410\u043d\u043d\u0430 Smith",
        "\u0393\u03b9\u03ac\u03bd\u03bd\u03b7\u03c2",
        "\u7530\u4e2d \u3055\u3093 IT",
        "\u0130nci I\u015f\u0131k",
    ],
)
def test_names_of_every_script_are_accepted(tmp_path: Path, name: str) -> None:
    (waiver,) = load(tmp_path, FILE.replace("ciso@contoso.example", name))
    assert waiver.approver == name


def test_the_schema_refuses_what_it_can_and_says_the_rest() -> None:
    waiver = json_schema()["$defs"]["Waiver"]["properties"]
    assert re.search(waiver["id"]["pattern"], "WVR-2026-014")
    assert not re.search(waiver["id"]["pattern"], "W 1")
    assert "365 days" in waiver["expires"]["description"]
    assert "somebody else than the requester" in waiver["approver"]["description"]
    assert all("description" in waiver[key] or waiver[key].get("pattern") for key in waiver)


@pytest.mark.parametrize(
    ("changed", "accepted"),
    [
        ({}, True),
        ({"id": "W 1"}, False),
        ({"ticket": " "}, False),
        ({"checks": ["RET-01", "RET-01"]}, False),
        ({"parts": ["guests"]}, False),
        ({"parts": ["/subscriptions/1/x"]}, True),
        ({"parts": None, "objects": ["a@contoso.example"]}, False),
        ({"parts": None, "objects": ["a"]}, True),
        ({"objects": ["a"]}, False),
    ],
)
def test_a_checker_of_schemas_agrees_with_the_loader(tmp_path: Path, changed: dict[str, Any], accepted: bool) -> None:
    written = [line.strip(" -").split(": ") for line in FILE.splitlines()[3:]]
    waiver = {**dict(written), "checks": ["RET-01"], "parts": ["guest"], **changed}
    file = {"version": 1, "tenant": TENANT, "waivers": [waiver]}
    assert jsonschema_rs.validator_for(json_schema()).is_valid(file) is accepted
    if accepted:
        assert len(load(tmp_path, json.dumps(file))) == 1
    else:
        with pytest.raises(InputError):
            load(tmp_path, json.dumps(file))
