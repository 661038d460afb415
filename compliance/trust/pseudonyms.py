"""Keyed pseudonyms: the same name always gets the same one, and without the key nobody gets from one to the other.

HMAC-SHA-256 over the name in lower case (RFC 2104), so that what compares equal to it in any letter case still does.
What was spelt otherwise is spelt otherwise afterwards, too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

from compliance.errors import InputError
from compliance.evidence.derived.role_holders import GUID
from compliance.rules.directory_roles import mirrors_a_role
from compliance.textfile import read_capped

LEAST_KEY_BYTES: Final = 32
MAX_KEY_BYTES: Final = 4096
DOMAIN: Final = "redacted.invalid"
"""The domain of every address in a redacted copy: one that can never be registered (RFC 2606)."""

_LETTERS: Final = "abcdefghijklmnop"
_LENGTH: Final = 20
_GUEST: Final = "#ext#"


def new_key() -> bytes:
    """Return a key that nobody knows."""
    return secrets.token_bytes(LEAST_KEY_BYTES)


def read_key(path: Path) -> bytes:
    """Return the key in a file, whatever its bytes are; raises InputError for one too short to be one."""
    key = read_capped(path, max_bytes=MAX_KEY_BYTES)
    if len(key) < LEAST_KEY_BYTES or len(set(key)) < 8:
        raise InputError(
            f"is no key: {LEAST_KEY_BYTES} random bytes or more were expected",
            where=str(path),
            next_step="Make one, and keep it where the original is kept: openssl rand -out redaction.key 32",
        )
    return key


class Pseudonyms:
    """Gives names their pseudonyms."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._of: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Return the pseudonym of a name, of an address in the form of one; blanks around it stay.

        An id is no name, and neither is nothing at all. Whether somebody is a guest stays to be seen, as `#EXT#`.
        """
        bare = name.strip()
        if not bare or GUID.fullmatch(bare.casefold()):
            return name
        if bare not in self._of:
            self._of[bare] = self._made(bare)
        start = name.index(bare)
        return f"{name[:start]}{self._of[bare]}{name[start + len(bare) :]}"

    def _made(self, name: str) -> str:
        folded = name.casefold()
        letters = [_LETTERS[byte & 15] for byte in self._digest(folded)[:_LENGTH]]
        if name != folded:
            spelt = self._digest(f"\x00{name}")
            letters = [one.upper() if byte & 1 else one for one, byte in zip(letters, spelt, strict=False)]
        # The form by which a role group's member may stand for a directory role is one that verdicts look at.
        made = f"redacted{'_' if mirrors_a_role(name) else '-'}{''.join(letters)}"
        guest = "#EXT#" if _GUEST in folded else ""
        return f"{made}{guest}@{DOMAIN}" if "@" in name else f"{made}{guest}"

    def _digest(self, text: str) -> bytes:
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
