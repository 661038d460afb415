from __future__ import annotations

import io
import json
import logging
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.redaction import RedactionFilter, redact, register_secret

SECRET = 'c4n4ry~"\\ säcret+/='
JWT = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "shown",
    [SECRET, quote_plus(SECRET), json.dumps(SECRET), f"client_secret={quote_plus(SECRET)}&x=1"],
    ids=["plain", "form", "json", "body"],
)
def test_a_registered_secret_is_masked_in_every_spelling(shown: str) -> None:
    register_secret(SECRET)
    assert "c4n4ry" not in redact(f"before {shown} after")


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {JWT}",
        f"'access_token': '{JWT}'",
        "authorization: bearer 0123456789abcdef0123",
        "client_assertion=c4n4ry&grant_type=x",
        "-----BEGIN PRIVATE KEY-----\nMIIc4n4ry\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIc4n4ry",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    shown = redact(text)
    assert "[redacted]" in shown
    for part in ("c4n4ry", "c2lnbmF0dXJl", "0123456789abcdef0123"):
        assert part not in shown


@pytest.mark.parametrize("text", ["no bearer token was issued", "eyJ is how a JWT begins", "client_secret: {env: X}"])
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(alphabet=st.characters(codec="ascii"), min_size=12, max_size=40).filter(str.strip), st.text())
def test_a_secret_is_gone_from_any_text(secret: str, around: str) -> None:
    register_secret(secret)
    assert secret not in redact(f"{around}{secret}{around}")


def test_an_empty_secret_masks_nothing() -> None:
    register_secret("")
    assert redact("abc") == "abc"


def test_log_records_are_scrubbed_with_their_arguments_and_tracebacks() -> None:
    register_secret("l0g-c4n4ry")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactionFilter())
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    logger.propagate = False
    error = ValueError(f"bad l0g-c4n4ry and {JWT}")
    logger.error("secret %s", "l0g-c4n4ry", stack_info=True, exc_info=error)
    logger.removeHandler(handler)
    shown = stream.getvalue()
    assert "c4n4ry" not in shown
    assert "secret [redacted]" in shown
    assert "ValueError: bad [redacted] and [redacted]" in shown
