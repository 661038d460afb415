"""A redacted row has the form of the original and none of its names, whatever the row holds."""

from __future__ import annotations

import json
import string

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.evidence.datasets import Api
from compliance.evidence.rows import UNDECODABLE
from compliance.evidence.view import View
from compliance.evidence.views import ROWS, AuditRetentionPolicy, Mailbox, RoleGroup, User
from compliance.trust.kept import KEPT
from compliance.trust.pseudonyms import DOMAIN, Pseudonyms
from compliance.trust.reasons import LEFT_OUT, redacted_reason
from compliance.trust.rows import redacted_rows

KEY = bytes(range(64))
VIEWS = tuple(dict.fromkeys(ROWS.values()))
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(0, 1) | st.text(max_size=6) | st.just("Enabled")
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


def properties_of(view: type[View]) -> tuple[str, ...]:
    return view.__struct_encode_fields__


@st.composite
def rows(draw: st.DrawFn) -> tuple[type[View], object]:
    """A row of any kind whose properties hold anything, some of it as documented."""
    view = draw(st.sampled_from(VIEWS))
    names = st.sampled_from(properties_of(view)) | st.text(max_size=3)
    return view, draw(st.dictionaries(names, VALUES, max_size=6) | VALUES)


def redacted(view: type[View], *found: object) -> list[object]:
    body = json.dumps({"value": list(found)}).encode()
    rows_there: list[object] = json.loads(redacted_rows(body, None, view, Pseudonyms(KEY)))["value"]
    return rows_there


def reads(view: type[View], row: object) -> bool:
    try:
        msgspec.json.decode(json.dumps(row), type=view)
    except UNDECODABLE:
        return False
    return True


@settings(max_examples=600, deadline=None, derandomize=True)
@given(rows())
def test_what_could_be_read_can_be_read_and_what_could_not_cannot(found: tuple[type[View], object]) -> None:
    view, row = found
    (copy,) = redacted(view, row)
    assert reads(view, copy) == reads(view, row)
    if reads(view, row) and isinstance(row, dict) and isinstance(copy, dict):
        assert copy.keys() == row.keys() & set(properties_of(view))


def filled(view: type[View], text: str) -> dict[str, object]:
    """A row of which every property is a text, or a list of texts, down to the objects in it."""
    return {
        name: [text] if "tuple" in str(kind) and "View" not in str(kind) else text
        for name, kind in zip(properties_of(view), view.__annotations__.values(), strict=False)
    }


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_no_address_is_kept_in_any_property(view: type[View]) -> None:
    address = "clara.canary@contoso.example"
    for row in ({**dict.fromkeys(properties_of(view), address), "more": address}, filled(view, address)):
        assert "canary" not in json.dumps(redacted(view, row))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_a_name_is_kept_only_in_properties_that_are_listed(view: type[View]) -> None:
    for name in properties_of(view):
        (copy,) = redacted(view, {name: "Clara Canary"})
        assert ("Canary" in json.dumps(copy)) <= (name in KEPT), name


def test_what_people_are_called_is_not_kept() -> None:
    words = {"name", "displayName", "userPrincipalName", "UserPrincipalName", "Name", "Members", "UserIds", "caller"}
    for view in VIEWS:
        for name in words & set(properties_of(view)):
            (copy,) = redacted(view, {name: ["Clara Canary"]})
            (other,) = redacted(view, {name: "Clara Canary"})
            assert "Canary" not in json.dumps([copy, other]), (view, name)


def test_an_alias_that_looks_like_a_mirrored_role_is_still_a_name() -> None:
    (copy,) = redacted(RoleGroup, {"Members": ["clara_canary", "TenantAdmins_-123"], "Name": "Organization Management"})
    assert isinstance(copy, dict)
    assert copy["Members"][0].startswith("redacted_")
    assert copy["Members"][1] == "TenantAdmins_-123"
    assert copy["Name"] == "Organization Management"


def test_roles_that_microsoft_did_not_make_are_names() -> None:
    (copy,) = redacted(RoleGroup, {"Roles": ["Audit Logs", "o=contoso/Audit Logs", "Clara's Audit Logs"]})
    assert isinstance(copy, dict)
    assert copy["Roles"][:2] == ["Audit Logs", "o=contoso/Audit Logs"]
    assert copy["Roles"][2].startswith("redacted-")


def test_policies_keep_what_they_are_about() -> None:
    policy = {
        "Name": "Clara's mail",
        "Priority": 10,
        "RetentionDuration": "TenYears",
        "RecordTypes": ["ExchangeItem", 50],
        "Operations": ["MailItemsAccessed"],
        "UserIds": ["Clara@contoso.example", "NT AUTHORITY\\SYSTEM", "1e66947b-c7af-535b-854a-36d17a0c5441"],
        "Enabled": True,
        "Mode": "Enforce",
        "Description": "for Clara",
    }
    (copy,) = redacted(AuditRetentionPolicy, policy)
    assert isinstance(copy, dict)
    assert "Clara" not in json.dumps(copy)
    assert copy["UserIds"][1:] == policy["UserIds"][1:]  # type: ignore[index]  # a list, as written
    changed = {"Name", "UserIds", "Description"}
    assert {name: copy[name] for name in policy.keys() - changed} == {
        name: value for name, value in policy.items() if name not in changed
    }


def test_one_account_is_one_account_in_every_list() -> None:
    (user,) = redacted(User, {"id": "1", "userPrincipalName": "Clara@contoso.example"})
    (mailbox,) = redacted(Mailbox, {"Guid": "2", "UserPrincipalName": "clara@CONTOSO.example"})
    assert isinstance(user, dict)
    assert isinstance(mailbox, dict)
    assert user["userPrincipalName"].casefold() == mailbox["UserPrincipalName"].casefold()
    assert user["userPrincipalName"] != mailbox["UserPrincipalName"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"value": 1}', b"\xff", b"<html>clara@contoso.example</html>"])
def test_what_is_no_answer_stays_none(body: bytes) -> None:
    assert redacted_rows(body, None, User, Pseudonyms(KEY)) == b"{}"


def test_the_end_of_a_list_can_still_be_told_from_its_middle() -> None:
    names = Pseudonyms(KEY)
    more = json.loads(redacted_rows(b'{"value": [], "@odata.nextLink": "https://x/?skip=clara@y"}', None, User, names))
    assert more == {"value": [], "nextLink": "redacted"}
    assert json.loads(redacted_rows(b'{"value": [], "nextLink": null}', None, User, names)) == {"value": []}


NAMES = st.text(string.ascii_letters + string.digits + " .@#'_-äß\u0130", min_size=1, max_size=12).filter(str.strip)


@settings(deadline=None, derandomize=True)
@given(NAMES, NAMES)
def test_pseudonyms_compare_as_the_names_do(one: str, other: str) -> None:
    names = Pseudonyms(KEY)
    a, b = names.of(one), names.of(other)
    assert (a == b) == (one == other)
    assert (a.strip().casefold() == b.strip().casefold()) == (one.strip().casefold() == other.strip().casefold())
    assert ("@" in one) == a.strip().endswith(f"@{DOMAIN}")
    assert ("#ext#" in one.casefold()) == ("#ext#" in a.casefold())
    assert a == Pseudonyms(KEY).of(one)
    assert a.strip() != Pseudonyms(KEY[1:]).of(one).strip()


REASONS = {
    "403 Authorization_RequestDenied: Insufficient privileges of Clara": f"403 Authorization_RequestDenied; {LEFT_OUT}",
    "400 licence: AadPremiumLicenseRequired: Clara has none": f"400 licence: AadPremiumLicenseRequired; {LEFT_OUT}",
    "403 AuthorizationFailed: no right to perform Microsoft.Insights/diagnosticSettings/read over /s/Clara": (
        f"403 AuthorizationFailed; no right to perform Microsoft.Insights/diagnosticSettings/read; {LEFT_OUT}"
    ),
    "2 of 7 could not be read (clara1, clara2): clara1: 403 AuthorizationFailed: no; arm.subscriptions was not"
    " read to the end, so there may be more to ask about": "2 of 7 could not be read; 403 AuthorizationFailed;"
    f" arm.subscriptions was not read to the end, so there may be more to ask about; {LEFT_OUT}",
    "500 Clara Canary: 12 of 13": f"500; {LEFT_OUT}",
    "Clara says 403 AccessDenied: no": LEFT_OUT,
    "clara.canary was not read to the end, so nothing is known to ask about": LEFT_OUT,
    "": "",
    "interrupted": "interrupted",
}


@pytest.mark.parametrize("reason", REASONS)
def test_of_a_reason_only_what_names_nobody_is_kept(reason: str) -> None:
    assert redacted_reason(reason, Api.ARM) == REASONS[reason]


@pytest.mark.parametrize("api", [Api.EXCHANGE, Api.PURVIEW])
def test_the_first_word_of_a_sentence_of_exchange_is_no_code(api: Api) -> None:
    assert redacted_reason("400 ClaraCanary: cannot be found", api) == f"400; {LEFT_OUT}"
    kept = redacted_reason("400 ManagementObjectNotFoundException: the object 'Clara Canary' is not there", api)
    assert kept == f"400 ManagementObjectNotFoundException; {LEFT_OUT}"


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=30), st.sampled_from(sorted(REASONS)), st.text(max_size=30), st.sampled_from(Api))
def test_no_name_comes_through_a_reason_however_it_is_worded(before: str, reason: str, after: str, api: Api) -> None:
    assert "canary" not in redacted_reason(f"{before}: Canary {reason} Canary; {after}", api).casefold()
