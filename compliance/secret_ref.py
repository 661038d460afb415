"""Where a secret is, in the words of config.yaml: by reference alone, so that no settings ever hold one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from annotated_types import MinLen

from compliance.errors import InputError
from compliance.textfile import decode_text, read_capped
from compliance.yamlfile import FILE_SHAPE

_Text = Annotated[str, MinLen(1)]
_MAX_SECRET_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is: an environment variable, a file, or an entry of the system's key store. Never the secret.

    `keyring` is the entry's service and account with a slash between them, as `keyring set SERVICE ACCOUNT` takes them.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    env: _Text | None = None
    file: Path | None = None
    keyring: _Text | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` unless exactly one place is named, and a key store's entry by both its names."""
        if sum(place is not None for place in (self.env, self.file, self.keyring)) != 1:
            raise ValueError(
                "exactly one of env (an environment variable's name), file (a path) and keyring (SERVICE/ACCOUNT)"
                " was expected"
            )
        if self.keyring is not None and not all(self.keyring.rpartition("/")):
            raise ValueError("a key store's entry is named SERVICE/ACCOUNT")

    def read(self) -> str:
        """The secret, without the line break at its end; raises `InputError` where it is absent or empty."""
        if self.file is not None:
            raw = read_capped(self.file, max_bytes=_MAX_SECRET_BYTES)
            secret = decode_text(raw, where=str(self.file)).rstrip("\r\n")
        elif self.keyring is not None:
            secret = self._from_key_store(self.keyring)
        elif self.env is not None and self.env in os.environ:
            secret = os.environ[self.env]
        else:
            raise InputError(
                f"the {self.describe()} is not set, and the secret should be in it",
                next_step=f"Set {self.env} in the environment that runs lookback.",
            )
        if not secret.strip():
            raise InputError(
                f"the {self.describe()} is empty, and the secret should be in it",
                next_step="Put the secret there, and nothing beside it.",
            )
        return secret

    def describe(self) -> str:
        """Where the secret is, for people; never the secret."""
        if self.file is not None:
            return f"file {self.file}"
        return f"environment variable {self.env}" if self.keyring is None else f"key store entry {self.keyring}"

    def _from_key_store(self, entry: str) -> str:
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError:
            raise InputError(
                f"the {self.describe()} cannot be read: the package keyring is not installed",
                next_step="Install it: pip install 'lookback-auditor[keyring]'",
            ) from None
        service, _, account = entry.rpartition("/")
        try:
            secret = keyring.get_password(service, account)
        except KeyringError as error:
            raise InputError(
                f"the {self.describe()} cannot be read ({type(error).__name__})",
                next_step="Unlock the key store, or give the secret by environment variable or file.",
            ) from None
        if secret is None:
            raise InputError(
                f"there is no {self.describe()}, and the secret should be in it",
                next_step=f"Put it there: keyring set {service} {account}",
            )
        return secret
