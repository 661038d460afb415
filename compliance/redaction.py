"""Keeps secrets out of logs and messages: registered secrets, bearer tokens, JWTs, private keys, form fields."""

from __future__ import annotations

import json
import logging
import re
import threading
from urllib.parse import quote, quote_plus

MASK = "[redacted]"
"""What stands where a secret stood."""

_PATTERNS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}"),
    re.compile(r"(?<=bearer )[A-Za-z0-9._~+/=-]{16,}", re.IGNORECASE),
    re.compile(r"(?:(?<=client_secret=)|(?<=client_assertion=))[^&\s'\"]+"),
)
_lock = threading.Lock()
_secrets: frozenset[str] = frozenset()


def register_secret(secret: str) -> None:
    """Have a secret masked from now on, also as it looks inside a URL, a form or a JSON string."""
    global _secrets
    forms = {secret, secret.strip(), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    with _lock:
        _secrets = _secrets | (forms - {""})


def redact(text: str) -> str:
    """The text without registered secrets and without anything that looks like a token or a private key."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


class RedactionFilter(logging.Filter):
    """Scrubs a record's message and traceback; add it to every handler, since loggers do not filter for others."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place and let it through."""
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True
