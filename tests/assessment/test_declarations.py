"""Declarations: what somebody attests, with its document, and how long it holds."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from compliance.assessment.declarations import (
    NO_DECLARATIONS,
    Copied,
    Declarations,
    DeclarationStanding,
    json_schema,
    load_declarations,
)
from compliance.errors import InputError
from compliance.rules.periods import Duration

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
SOURCES = frozenset({"purview.teams", "purview.exchange_item"})
TODAY = date(2026, 11, 22)
DOCUMENT = b"%PDF attested"
FILE = f"""\
version: 1
tenant: {TENANT}
stores:
  - id: siem
    name: Contoso SIEM
    sources: [purview.teams]
    hot: {{months: 12}}
    total: {{days: 915}}
    copied: at_creation
    owner: soc@contoso.example
    declared_on: 2026-10-01
    expires: 2027-09-30
    file: siem.pdf
    sha256: {hashlib.sha256(DOCUMENT).hexdigest()}
approved_administrators:
  ids: [0a4b5c6d-1111-4222-8333-444455556666]
  owner: iam@contoso.example
  declared_on: 2026-10-01
  expires: 2026-10-31
"""


def load(tmp_path: Path, text: str) -> Declarations:
    (tmp_path / "siem.pdf").write_bytes(DOCUMENT)
    path = tmp_path / "declarations.yaml"
    path.write_text(text, encoding="utf-8")
    return load_declarations(path, tenant_id=TENANT, known_sources=SOURCES, today=TODAY)


def test_an_attested_store_is_read_with_its_document(tmp_path: Path) -> None:
    declarations = load(tmp_path, FILE)
    (store,) = declarations.stores_for("purview.teams")
    assert (store.hot, store.total) == (Duration.of_months(12), Duration.of_days(915))
    assert store.copied is Copied.AT_CREATION
    assert store.file == tmp_path / "siem.pdf"
    assert declarations.stores_for("purview.exchange_item") == ()
    assert declarations.approved_subscriptions is None
    assert declarations.sha256 == hashlib.sha256(FILE.encode()).hexdigest()


def test_a_declaration_holds_from_its_date_to_the_end_of_its_last_day(tmp_path: Path) -> None:
    (store,) = load(tmp_path, FILE).stores
    first = datetime(2026, 10, 1, tzinfo=UTC)
    end = datetime(2027, 10, 1, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    assert store.standing(first - tick) is DeclarationStanding.NOT_YET
    assert store.is_current(first)
    assert store.is_current(end - tick)
    assert store.standing(end) is DeclarationStanding.EXPIRED


def test_an_expired_declaration_is_carried_and_not_dropped(tmp_path: Path) -> None:
    approved = load(tmp_path, FILE).approved_administrators
    assert approved is not None
    assert approved.standing(datetime(2026, 11, 22, tzinfo=UTC)) is DeclarationStanding.EXPIRED


@pytest.mark.parametrize("line", ["    declared_on: 2026-10-01\n", "    expires: 2027-09-30\n"])
def test_an_undated_declaration_is_carried_and_never_current(tmp_path: Path, line: str) -> None:
    (store,) = load(tmp_path, FILE.replace(line, "", 1)).stores
    assert store.standing(datetime(2026, 11, 22, tzinfo=UTC)) is DeclarationStanding.UNDATED
    assert not store.is_current(datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TENANT, "9e3b7c1a-0000-4000-8000-000000000001", ":2:1 tenant: these declarations are for another tenant"),
        ("[purview.teams]", "[purview.team]", ":6:15 stores[0].sources[0]: there is no log source purview.team"),
        ("{days: 915}", "{days: 300}", ":8:5 stores[0].total: total counts from creation"),
        ("    total: {days: 915}\n", "", ":4:5 stores[0].total: this key is missing"),
        ("at_creation", "moved_after_hot", ":7:5 stores[0].hot: what is moved in later"),
        ("at_creation", "later", ":9:5 stores[0].copied: the value should be"),
        ("2026-10-01", "2026-11-23", ":11:5 stores[0].declared_on: the declaration lies in the future"),
        ("2027-09-30", "2026-09-30", ":12:5 stores[0].expires: it expires before it was declared"),
        ("2027-09-30", "2027-09-31", ":12:5 stores[0].expires: the value should be a valid date"),
        ("file: siem.pdf", "file: other.pdf", ":13:5 stores[0].file: the file cannot be read"),
        ("file: siem.pdf", "file: declarations.yaml", ":13:5 stores[0].file: the document is not the one"),
        ("file: siem.pdf", "file: /dev/null", ":13:5 stores[0].file: a regular file was expected"),
        ("file: siem.pdf", "file: .", ":13:5 stores[0].file: a regular file was expected"),
        ("id: siem", "id: ' '", ":4:5 stores[0].id: nothing can be seen here"),
        ("name: Contoso SIEM", "name: '\u200b'", ":5:5 stores[0].name: nothing can be seen here"),
        ("owner: soc@contoso.example", "owner: '    '", ":10:5 stores[0].owner: nothing can be seen here"),
        ("owner: iam@contoso.example", "owner: '\u200b\u200b\u200b'", ":17:3 approved_administrators.owner: nothing"),
        ("sha256: ", "sha256: x", ":13:5 stores[0].file: its sha256 should be 64"),
        ("2026-10-31", "2026-09-30", ":19:3 approved_administrators.expires: it expires before"),
        ("  owner: iam@contoso.example\n", "", ":15:1 approved_administrators.owner: this key is missing"),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, FILE.replace(old, new, 1))
    assert "declarations.yaml" + expected in str(caught.value)


def test_an_empty_document_attests_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    digest = hashlib.sha256(b"").hexdigest()
    text = FILE.replace("siem.pdf", "empty.pdf").replace(hashlib.sha256(DOCUMENT).hexdigest(), digest)
    with pytest.raises(InputError, match=r"stores\[0\].file: the document is empty"):
        load(tmp_path, text)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="a regular file was expected"):
        load(tmp_path, FILE.replace("siem.pdf", "pipe"))


def test_a_store_that_gets_records_later_declares_a_total_alone(tmp_path: Path) -> None:
    text = FILE.replace("at_creation", "moved_after_hot").replace("    hot: {months: 12}\n", "")
    (store,) = load(tmp_path, text).stores
    assert store.hot is None


def test_an_id_given_twice_is_refused(tmp_path: Path) -> None:
    entry = FILE[FILE.index("  - id") : FILE.index("approved_")]
    with pytest.raises(InputError, match=r"stores\[1\].id: the id siem stands in this file twice"):
        load(tmp_path, FILE.replace("approved_", entry + "approved_", 1))


MOVED = FILE.replace("at_creation", "moved_after_hot").replace("    hot: {months: 12}\n", "")
TOTAL = "    total: {days: 915}\n"
PERIODS = "    moved_after: {months: 12}\n    kept_after_move: {months: 18}\n"


def test_a_store_that_records_are_moved_to_may_say_when_and_how_long_after(tmp_path: Path) -> None:
    (store,) = load(tmp_path, MOVED.replace(TOTAL, PERIODS)).stores
    assert (store.moved_after, store.total) == (Duration.of_months(12), Duration.of_months(30))


def test_days_and_months_add_up_to_what_they_surely_give(tmp_path: Path) -> None:
    periods = PERIODS.replace("{months: 12}", "{days: 365}")
    (store,) = load(tmp_path, MOVED.replace(TOTAL, periods)).stores
    assert store.total == Duration.of_days(365 + 546)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MOVED.replace(TOTAL, TOTAL + PERIODS), "stores[0].total: moved_after and kept_after_move add up"),
        (MOVED.replace(TOTAL, "    moved_after: {days: 90}\n"), "stores[0].kept_after_move: this key is missing"),
        (MOVED.replace(TOTAL, "    kept_after_move: {days: 90}\n"), "stores[0].moved_after: this key is missing"),
        (MOVED.replace(TOTAL, ""), "stores[0].total: this key is missing"),
        (FILE.replace(TOTAL, PERIODS), "stores[0].moved_after: only a store that records are moved to"),
    ],
)
def test_the_periods_of_a_store_must_fit_together(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    assert expected in str(caught.value)


STATEMENT = """\
statements:
  - about: soc-access
    text: The SOC reads the workspace soc-logs.
    owner: soc@contoso.example
    declared_on: 2026-10-01
    expires: 2027-09-30
"""
ATTACHED = STATEMENT + f"    file: note.pdf\n    sha256: {hashlib.sha256(DOCUMENT).hexdigest().upper()}\n"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_statement_is_found_by_what_it_is_about(tmp_path: Path) -> None:
    declarations = load(tmp_path, FILE + STATEMENT)
    statement = declarations.statement("soc-access", NOW)
    assert statement is not None
    assert statement.text == "The SOC reads the workspace soc-logs."
    assert declarations.statement("no-other-stores", NOW) is None


def test_of_two_statements_the_later_one_that_holds_is_taken(tmp_path: Path) -> None:
    later = STATEMENT.replace("statements:\n", "").replace("2026-10-01", "2026-11-01")
    lapsed = later.replace("2026-11-01", "2026-11-10").replace("2027-09-30", "2026-11-12")
    statement = load(tmp_path, FILE + STATEMENT + lapsed + later).statement("soc-access", NOW)
    assert statement is not None
    assert statement.declared_on == date(2026, 11, 1)


@pytest.mark.parametrize("line", ["    declared_on: 2026-10-01\n", "    expires: 2027-09-30\n"])
def test_an_undated_statement_says_nothing(tmp_path: Path, line: str) -> None:
    assert load(tmp_path, FILE + STATEMENT.replace(line, "")).statement("soc-access", NOW) is None


def test_a_statement_may_come_with_its_document(tmp_path: Path) -> None:
    (tmp_path / "note.pdf").write_bytes(DOCUMENT)
    declarations = load(tmp_path, FILE + ATTACHED)
    digest = hashlib.sha256(DOCUMENT).hexdigest()
    assert declarations.attachments() == ((tmp_path / "siem.pdf", digest), (tmp_path / "note.pdf", digest))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STATEMENT.replace("soc-access", "soc"), ":21:5 statements[0].about: the value should be"),
        (STATEMENT.replace("The SOC reads the workspace soc-logs.", "' '"), ":22:5 statements[0].text: nothing can be"),
        (STATEMENT.replace("2026-10-01", "2026-12-01"), ":24:5 statements[0].declared_on: the declaration lies in"),
        (STATEMENT + "    file: siem.pdf\n", "statements[0].sha256: a document comes with its file and its sha256"),
        (ATTACHED.replace("note.pdf", "siem.pd"), ":26:5 statements[0].file: the file cannot be read"),
        (ATTACHED.replace("note.pdf", "declarations.yaml"), ":26:5 statements[0].file: the document is not the one"),
    ],
)
def test_a_wrong_statement_is_refused_where_it_stands(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, FILE + text)
    assert expected in str(caught.value)


def test_accounts_for_emergencies_are_an_approved_list(tmp_path: Path) -> None:
    declarations = load(tmp_path, FILE.replace("approved_administrators", "break_glass"))
    assert declarations.break_glass is not None
    assert declarations.break_glass.standing(NOW) is DeclarationStanding.EXPIRED


def test_without_a_file_nothing_is_declared() -> None:
    assert NO_DECLARATIONS.stores_for("purview.teams") == ()


def test_the_schema_forbids_unknown_keys() -> None:
    assert json_schema()["additionalProperties"] is False
