"""`lookback sign FOLDER --key KEY.pem`: vouch for a bundle or a result, file by file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.apis import require_extra
from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.trust.statement import Statement

ENVELOPE, UNSIGNED = "dsse.json", "statement.json"
_EPILOG = """\
What is signed is an in-toto statement that names every file by its SHA-256, in a DSSE envelope. Of a result it also
names the bundle, so that one signature covers both. It lies beside the folder: nothing is added to what is sealed.

keyless, with tools of your own, which need the network; they verify one file, SHA256SUMS, and the last command all
that it lists and whether the result follows from the bundle, so that neither is enough alone:
  lookback sign RESULT --statement-only -o statement.json
  cosign attest-blob --statement statement.json --bundle result.sigstore.json
  cosign verify-blob-attestation --bundle result.sigstore.json \\
    --type https://in-toto.io/attestation/test-result/v0.1 \\
    --certificate-identity WHO --certificate-oidc-issuer ISSUER RESULT/SHA256SUMS
  lookback verify BUNDLE RESULT
on GitHub (id-token: write, attestations: write), where `jq .predicate statement.json` gives predicate.json:
  actions/attest with subject-path: RESULT/SHA256SUMS and BUNDLE/SHA256SUMS, a line for each,
    predicate-path: predicate.json, predicate-type: https://in-toto.io/attestation/test-result/v0.1
  gh attestation verify RESULT/SHA256SUMS --repo OWNER/REPO \\
    --predicate-type https://in-toto.io/attestation/test-result/v0.1
  gh attestation verify BUNDLE/SHA256SUMS, likewise
  lookback verify BUNDLE RESULT
"""


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sign",
        help="sign a bundle or a result with a key of yours",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a finished bundle, or a result of check")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--key", type=Path, metavar="PEM", help="a private key: Ed25519, or ECDSA P-256")
    how.add_argument("--statement-only", action="store_true", help="write what is to be signed, and sign nothing")
    parser.add_argument(
        "--passphrase-env", metavar="NAME", help="the environment variable that holds the passphrase of the key"
    )
    parser.add_argument(
        "-o", "--out", type=Path, metavar="FILE", help=f"default FOLDER.{ENVELOPE}, or FOLDER.{UNSIGNED}, beside it"
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Write the envelope or the statement, say what it is over, and return 0."""
    from compliance.evidence.bundle import write_private
    from compliance.trust.statement import encode_statement

    folder: Path = args.folder.resolve()
    if args.key is None and args.passphrase_env is not None:
        raise InputError("is for a key", where="--passphrase-env", next_step="Give --key too, or leave it out.")
    out: Path = args.out or folder.with_name(f"{folder.name}.{UNSIGNED if args.key is None else ENVELOPE}")
    _refuse(out, folder, args.key)
    statement = statement_of(folder)
    payload = encode_statement(statement)
    if args.key is None:
        write_private(out, payload + b"\n")
        print(f"{out}: the statement over {len(statement.subject)} files, unsigned")
        return 0
    require_extra("collect", "signing", ("cryptography",))
    from compliance.trust.dsse import PAYLOAD_TYPE, authenticated, encode_envelope
    from compliance.trust.keys import key_id, load_private_key, sign

    key = load_private_key(args.key, args.passphrase_env)
    name = key_id(key.public_key())
    write_private(out, encode_envelope(payload, sign(key, authenticated(PAYLOAD_TYPE, payload)), name))
    print(f"{out}: signed over {len(statement.subject)} files by key {name}")
    print("  it says that the holder of the key vouches for them; it does not prove when that was")
    return 0


def statement_of(folder: Path) -> Statement:
    """Return the statement of a bundle or of a result, whichever the folder is; raises InputError for neither."""
    from compliance.evidence.bundle import open_bundle, refuse_unfinished
    from compliance.result import ASSESSMENT
    from compliance.trust.statement import of_bundle, of_result

    refuse_unfinished(folder)
    return of_result(folder) if (folder / ASSESSMENT).is_file() else of_bundle(open_bundle(folder))


def _refuse(out: Path, folder: Path, key: Path | None) -> None:
    """Refuse to write into what is sealed, or over the key."""
    if out.resolve().is_relative_to(folder):
        raise InputError("lies inside what is sealed", where=str(out), next_step="Give -o a file outside of it.")
    if key is not None and out.resolve() == key.resolve():
        raise InputError("is the key", where=str(out), next_step="Give -o another file.")
    if out.is_dir():
        raise InputError("is a directory", where=str(out), next_step="Give -o the path of a file.")
