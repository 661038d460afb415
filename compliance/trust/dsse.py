"""DSSE envelopes, version 1: a payload, what kind it is, and signatures over both.

Source: Dead Simple Signing Envelope, https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from compliance.errors import InputError

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
"""The payload type of an in-toto statement (in-toto attestation framework, spec/v1/envelope.md)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload that somebody signed; `signatures` are the raw bytes, by whichever key."""

    payload_type: str
    payload: bytes
    signatures: tuple[bytes, ...]


class _Signature(msgspec.Struct):
    sig: str
    keyid: str = ""


class _Document(msgspec.Struct, rename="camel"):
    payload_type: str
    payload: str
    signatures: tuple[_Signature, ...]


def authenticated(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding: the bytes that a signature is over."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def encode_envelope(payload: bytes, signature: bytes, key_id: str) -> bytes:
    """Return the envelope of an in-toto statement with one signature, as one line of JSON."""
    document = _Document(PAYLOAD_TYPE, _base64(payload), (_Signature(_base64(signature), key_id),))
    return msgspec.json.encode(document) + b"\n"


def decode_envelope(raw: bytes, path: Path) -> Envelope:
    """Return the envelope that some bytes are; keys of other versions are passed over, as the specification asks.

    Raises InputError where it is none.
    """
    try:
        document = msgspec.json.decode(raw, type=_Document)
        return Envelope(
            document.payload_type,
            _bytes(document.payload),
            tuple(_bytes(one.sig) for one in document.signatures),
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, binascii.Error, ValueError) as error:
        raise InputError(
            f"is no DSSE envelope: {error}",
            where=str(path),
            next_step="Give the file that `lookback sign` wrote. A Sigstore bundle is verified by cosign:"
            " cosign verify-blob-attestation --bundle FILE --type https://in-toto.io/attestation/test-result/v0.1 ...",
        ) from error


def _base64(data: bytes) -> str:
    return base64.standard_b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Decode either alphabet, as the specification asks of whoever verifies."""
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
