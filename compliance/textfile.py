"""Reading the bytes and the text of a file that a person handed over, with every failure as an `InputError`."""

from __future__ import annotations

import codecs
from pathlib import Path

from compliance.errors import InputError


def read_capped(path: Path, *, max_bytes: int) -> bytes:
    """The whole content of `path`; raises `InputError` if it cannot be read or exceeds `max_bytes`."""
    try:
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            f"the file cannot be read: {reason}", where=str(path), next_step="Check the path and its permissions."
        ) from error
    if len(raw) > max_bytes:
        raise InputError(
            f"the file is larger than {max_bytes:,} bytes, the most that is read of such a file",
            where=str(path),
            next_step="Check that it is the file that you meant.",
        )
    return raw


def decode_text(raw: bytes, *, where: str, guess_utf16: bool = False) -> str:
    """Text from UTF-8 (with or without byte order mark) or UTF-16 (with one).

    `guess_utf16` also accepts UTF-16 without a byte order mark, for formats that begin with an ASCII character.
    Raises `InputError` with line and column for any other encoding and for binary content.
    """
    encoding, start = _encoding(raw, guess_utf16=guess_utf16)
    body = raw[start:]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, errors="replace")
        raise InputError(
            f"these bytes are not {encoding.upper()} text; UTF-8, or UTF-16 with a byte order mark, was expected",
            where=at_offset(before, len(before), where),
            next_step="Save the file again as UTF-8.",
        ) from error
    if (nul := text.find("\0")) >= 0:
        raise InputError(
            "a NUL character: text was expected, and this is binary content or text in another encoding",
            where=at_offset(text, nul, where),
            next_step="Save the file again as UTF-8.",
        )
    return text


def at_offset(text: str, offset: int, where: str) -> str:
    """`where:line:column` of a character's offset in `text`, both counted from one."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return f"{where}:{line}:{column}"


def _encoding(raw: bytes, *, guess_utf16: bool) -> tuple[str, int]:
    """The encoding of `raw` and the length of its byte order mark."""
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8", len(codecs.BOM_UTF8)
    if raw.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", len(codecs.BOM_UTF16_LE)
    if raw.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", len(codecs.BOM_UTF16_BE)
    if guess_utf16 and len(raw) >= 2:
        if raw[0] and not raw[1]:
            return "utf-16-le", 0
        if raw[1] and not raw[0]:
            return "utf-16-be", 0
    return "utf-8", 0
