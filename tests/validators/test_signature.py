"""Signatures of lookback, verified by the packages of those who specified the envelope and the statement."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from documents import Documents
from lookback_command import check, lookback_here
from toolbox import in_python

KEYS = {"ed25519": ed25519.Ed25519PrivateKey.generate, "p256": lambda: ec.generate_private_key(ec.SECP256R1())}


@pytest.fixture(scope="module", params=KEYS)
def keys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A private key and its public half."""
    directory = tmp_path_factory.mktemp("keys")
    key = KEYS[request.param]()
    private, public = directory / "key.pem", directory / "key.pub.pem"
    pem = serialization.Encoding.PEM
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def complaints(public: Path, *paths: Path) -> dict[str, str]:
    done = in_python("tools", "by_in_toto.py", public, *paths)
    assert done.code == 0, done.said
    wrong: dict[str, str] = json.loads(done.out)
    return wrong


def broken(envelope: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The envelope beside it with its statement changed, and the signature left."""
    document = json.loads(envelope.read_bytes())
    statement = json.loads(base64.b64decode(document["payload"]))
    change(statement)
    document["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    path = envelope.with_name(f"{len(list(envelope.parent.iterdir()))}.dsse.json")
    path.write_text(json.dumps(document))
    return path


def test_others_verify_what_lookback_signs(documents: Documents, keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys
    bundle = documents.bundle("agency")
    check(bundle, tmp_path / "result")
    files = [tmp_path / "bundle.dsse.json", tmp_path / "result.dsse.json"]
    for folder, file in zip((bundle, tmp_path / "result"), files, strict=True):
        run = lookback_here("sign", folder, "--key", private, "-o", file)
        assert run.code == 0, run.said
    assert complaints(public, *files) == {}
    for file in files:
        changed = broken(file, lambda statement: statement["predicate"].update(result="PASSED"))
        other_type = broken(file, lambda statement: None)
        other_type.write_bytes(other_type.read_bytes().replace(b"vnd.in-toto+json", b"vnd.in-toto+cbor"))
        assert set(complaints(public, changed, other_type)) == {str(changed), str(other_type)}
