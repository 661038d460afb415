"""The errors that lookback shows to people: what happened, where, and what to do next."""

from __future__ import annotations


def harmless(text: str) -> str:
    """Return a message without what a terminal would obey: only line breaks and printable characters stay."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


class LookbackError(Exception):
    """An error that a person can act on; its text is printed as it stands, without a traceback.

    `exit_code` is the process's exit code: 2 for usage, settings and files handed over, 1 for anything internal.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, next_step: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  {self.next_step}" if self.next_step else text


class InputError(LookbackError):
    """Something that the user handed over (an option, a file, a setting) cannot be used."""

    exit_code = 2

    def __init__(self, what: str, *, next_step: str, where: str | None = None) -> None:
        super().__init__(what, where=where, next_step=next_step)
