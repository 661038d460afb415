"""Whether a signature holds: by this key, over a statement that names exactly what lies on disk, and says the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compliance.errors import InputError
from compliance.trust.dsse import PAYLOAD_TYPE, Envelope, authenticated
from compliance.trust.keys import PublicKey, is_signed
from compliance.trust.statement import Statement, decode_statement


def signed_statement(envelope: Envelope, key: PublicKey, path: Path) -> Statement:
    """Return the statement that an envelope holds, once it is known that the holder of the key signed it.

    Raises InputError where no signature is by this key, or what it signed is no statement of lookback.
    """
    signed = authenticated(envelope.payload_type, envelope.payload)
    if not any(is_signed(key, signature, signed) for signature in envelope.signatures):
        raise InputError(
            "no signature in it was made with this key over what it holds",
            where=str(path),
            next_step="It was changed, or another key signed it: get the public key from whoever signed it.",
        )
    if envelope.payload_type != PAYLOAD_TYPE:
        raise InputError(
            f"signs a payload of type {envelope.payload_type!r}; expected {PAYLOAD_TYPE}",
            where=str(path),
            next_step="Give the file that `lookback sign` wrote.",
        )
    return decode_statement(envelope.payload, path)


def differences(signed: Statement, found: Statement) -> Iterator[str]:
    """Yield what was signed and is not what was found on disk, a line for each file that differs."""
    names = [one.name for one in signed.subject]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield f"the signature names more than once: {', '.join(twice)}"
    before, now = signed.digests(), found.digests()
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield f"{name}: the signature is over it, and it is not there"
        elif name not in before:
            yield f"{name}: the signature is not over it"
        elif before[name] != now[name]:
            yield f"{name}: it is not what was signed"
    if (signed.predicate_type, signed.predicate) != (found.predicate_type, found.predicate):
        yield "what was signed says of it something else than it holds"
