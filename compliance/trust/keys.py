"""Keys that sign evidence: Ed25519, and ECDSA over P-256 with SHA-256, in PEM. Needs the package cryptography."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

from compliance.errors import InputError
from compliance.evidence.manifest import sha256
from compliance.redaction import register_secret
from compliance.textfile import read_capped

MAX_KEY_BYTES: Final = 64 << 10
PrivateKey: TypeAlias = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey: TypeAlias = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey

_HOW = "Make one: openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out key.pub.pem"


def load_private_key(path: Path, passphrase_from: str | None) -> PrivateKey:
    """Return the key in a PEM file; `passphrase_from` names the environment variable that holds its passphrase.

    Raises InputError where it cannot be read, is of another kind, or the passphrase is missing or wrong.
    """
    passphrase = None if passphrase_from is None else _passphrase(passphrase_from)
    raw = read_capped(path, max_bytes=MAX_KEY_BYTES)
    try:
        key = serialization.load_pem_private_key(raw, passphrase)
    except TypeError as error:
        locked = passphrase is None
        raise InputError(
            "the key has a passphrase, and none was given" if locked else "a passphrase was given for a key without",
            where=str(path),
            next_step="Put it into an environment variable, and give that variable's name: --passphrase-env NAME."
            if locked
            else "Leave --passphrase-env out.",
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        what = "no private key in PEM" if passphrase is None else "no private key in PEM, or its passphrase is another"
        raise InputError(f"holds {what}", where=str(path), next_step=_HOW) from error
    return _supported_private(key, path)


def load_public_key(path: Path) -> PublicKey:
    """Return the public key in a PEM file; raises InputError where it cannot be read or is of another kind."""
    raw = read_capped(path, max_bytes=MAX_KEY_BYTES)
    try:
        key = serialization.load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(
            "holds no public key in PEM",
            where=str(path),
            next_step="Take it from the private key: openssl pkey -in key.pem -pubout -out key.pub.pem",
        ) from error
    return _supported_public(key, path)


def sign(key: PrivateKey, data: bytes) -> bytes:
    """Return the signature over some bytes; one by ECDSA is in DER."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def is_signed(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a signature over some bytes was made with the private half of a key."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def key_id(key: PublicKey) -> str:
    """Return what a key is named by: the SHA-256 of its SubjectPublicKeyInfo in DER."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return sha256(key.public_bytes(serialization.Encoding.DER, form))


def _passphrase(variable: str) -> bytes:
    value = os.environ.get(variable)
    if not value:
        raise InputError(
            f"the environment variable {variable} is not set, and the key's passphrase should be in it",
            where="--passphrase-env",
            next_step=f"Set {variable} in the environment that runs lookback.",
        )
    register_secret(value)
    return value.encode()


def _supported_private(key: PrivateKeyTypes, path: Path) -> PrivateKey:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise _other_kind(path)


def _supported_public(key: PublicKeyTypes, path: Path) -> PublicKey:
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise _other_kind(path)


def _other_kind(path: Path) -> InputError:
    return InputError("is neither an Ed25519 key nor one of ECDSA P-256", where=str(path), next_step=_HOW)
