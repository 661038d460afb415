"""The signature that `lookback verify` was handed: read before anything is verified, checked after all the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.apis import require_extra
from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.evidence.bundle import Bundle
    from compliance.trust.keys import PublicKey


@dataclass(frozen=True, slots=True)
class HandedSignature:
    """A signature that was handed over, and the key that it is to be by."""

    path: Path
    raw: bytes
    key: PublicKey


def handed_signature(signature: Path | None, public_key: Path | None) -> HandedSignature | None:
    """Read what was handed over, before anything is verified; raises InputError where one goes without the other."""
    if signature is None and public_key is None:
        return None
    if signature is None or public_key is None:
        raise InputError(
            "a signature can be checked only against the key of whoever is to have made it",
            where="--signature, --public-key",
            next_step="Give both; get the key from that person, not from where the evidence lies.",
        )
    require_extra("collect", "checking a signature", ("cryptography",))
    from compliance.evidence.bundle import MAX_DOCUMENT_BYTES
    from compliance.textfile import read_capped
    from compliance.trust.keys import load_public_key

    return HandedSignature(signature, read_capped(signature, max_bytes=MAX_DOCUMENT_BYTES), load_public_key(public_key))


def signature_problems(bundle: Bundle, result: Path | None, signed: HandedSignature) -> list[str]:
    """Check a signature and what it is over, and say what that shows."""
    from compliance.trust.dsse import decode_envelope
    from compliance.trust.keys import key_id
    from compliance.trust.statement import ATTRIBUTES, TEST_RESULT, of_bundle, of_result
    from compliance.trust.verifying import differences, signed_statement

    try:
        statement = signed_statement(decode_envelope(signed.raw, signed.path), signed.key, signed.path)
    except InputError as error:
        return [str(error)]
    of_a_result = statement.predicate_type == TEST_RESULT
    if of_a_result and result is None:
        raise InputError("signs a result", where=str(signed.path), next_step="Give RESULT after BUNDLE.")
    if result is not None and statement.predicate_type == ATTRIBUTES:
        return [f"{signed.path}: it signs the bundle alone, and not {result}"]
    found = of_result(result) if of_a_result and result is not None else of_bundle(bundle)
    if problems := [f"{signed.path}: {one}" for one in differences(statement, found)]:
        return problems
    what = "the result and the bundle that it follows from" if of_a_result else "the bundle"
    print(f"  signed by key {key_id(signed.key)}")
    print(f"  its holder vouches for every file of {what}")
    print("  not proven: when it was signed, and that its holder read honestly")
    return []
