"""What is signed: an in-toto statement that names every file of a bundle or of a result by its digest.

A result is attested as a test result, a bundle as what its manifest says of itself. Sources: in-toto attestation
framework, https://github.com/in-toto/attestation, spec/v1/statement.md, spec/predicates/test-result.md (v0.1) and
scai.md (v0.3).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.selection import selected
from compliance.assessment.verdict import Status
from compliance.errors import InputError
from compliance.evidence.bundle import Bundle, decode_document, file_sha256, files_below, sum_problems
from compliance.result import ASSESSMENT, INPUTS, read_result

STATEMENT: Final = "https://in-toto.io/Statement/v1"
TEST_RESULT: Final = "https://in-toto.io/attestation/test-result/v0.1"
ATTRIBUTES: Final = "https://in-toto.io/attestation/scai/v0.3"
BUNDLE_MANIFEST: Final = "bundle/manifest.json"
"""What the manifest of a result's bundle is called among the subjects: its digest is the identity of the bundle."""

_SIGN_AGAIN: Final = "Sign the folder again: lookback sign FOLDER --key KEY.pem"
_Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class _Digest(msgspec.Struct, frozen=True):
    sha256: _Sha256


class Subject(msgspec.Struct, frozen=True):
    """A file, by its path inside the folder that was signed, and its SHA-256."""

    name: str
    digest: _Digest


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """An in-toto statement, version 1; what it says beyond these fields is passed over, as its specification asks."""

    type: str = msgspec.field(name="_type")
    subject: tuple[Subject, ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: dict[str, Any]

    def digests(self) -> dict[str, str]:
        """Return the digest of each subject by its name."""
        return {one.name: one.digest.sha256 for one in self.subject}


def of_result(folder: Path) -> Statement:
    """Return the statement of a result folder: every file of it, and the bundle that it was made from.

    Raises InputError where the folder is no result, or is not as it was sealed.
    """
    digests = _digests(folder)
    manifest, raw = read_result(folder)
    assessment = decode_document(raw, Assessment, folder / ASSESSMENT)
    if manifest.bundle_sha256 != assessment.bundle_sha256:
        raise InputError(
            "its manifest and its assessment name two bundles", where=str(folder), next_step="Run check again."
        )
    configuration = {name: digest for name, digest in digests.items() if name.startswith(f"{INPUTS}/")}
    digests[BUNDLE_MANIFEST] = manifest.bundle_sha256
    return _statement(
        digests,
        TEST_RESULT,
        {
            "result": _outcome(assessment),
            "configuration": [{"name": name, "digest": {"sha256": one}} for name, one in sorted(configuration.items())],
            "passedTests": _tests(assessment, Status.PASS),
            "failedTests": _tests(assessment, Status.FAIL),
        },
    )


def of_bundle(bundle: Bundle) -> Statement:
    """Return the statement of a bundle: every file of it, and what its manifest says of it.

    No test result is claimed, for nothing was judged. Raises InputError where the bundle is not as it was sealed.
    """
    manifest = bundle.manifest
    conditions: dict[str, Any] = {
        "tenant": manifest.tenant.id,
        "asOf": manifest.as_of.isoformat().replace("+00:00", "Z"),
        "simulated": manifest.simulated,
        "bundle": bundle.digest,
    }
    if manifest.derived_from is not None:
        conditions["derivedFrom"] = manifest.derived_from
    attribute = {"attribute": "EVIDENCE_AS_SEALED", "conditions": conditions}
    return _statement(_digests(bundle.path), ATTRIBUTES, {"attributes": [attribute]})


def encode_statement(statement: Statement) -> bytes:
    """Return the one spelling of a statement: sorted keys, no spaces."""
    return msgspec.json.encode(statement, order="sorted")


def decode_statement(raw: bytes, path: Path) -> Statement:
    """Return the statement in a payload; raises InputError where it is none, or is of another version."""
    try:
        statement = msgspec.json.decode(raw, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"signs no in-toto statement: {error}", where=str(path), next_step=_SIGN_AGAIN) from error
    if statement.type != STATEMENT:
        raise InputError(
            f"signs a statement of type {statement.type!r}; expected {STATEMENT}",
            where=str(path),
            next_step=_SIGN_AGAIN,
        )
    return statement


def _statement(digests: dict[str, str], kind: str, predicate: dict[str, Any]) -> Statement:
    subjects = tuple(Subject(name, _Digest(digest)) for name, digest in sorted(digests.items()))
    return Statement(type=STATEMENT, subject=subjects, predicate_type=kind, predicate=predicate)


def _digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder, its SHA256SUMS included."""
    if problems := sum_problems(folder):
        raise InputError(
            f"is not as it was sealed: {'; '.join(problems)}", where=str(folder), next_step="Restore it first."
        )
    return {name: file_sha256(folder / name) for name in files_below(folder)}


def _outcome(assessment: Assessment) -> str:
    """Return the result of all tests.

    It is passed only where every check was asked for, nothing was left out of scope, and every control that applies was
    satisfied in a real tenant. What a standard asks for beyond all checks is no test, and no part of it.
    """
    statuses = {finding.status for finding in assessment.findings}
    if Status.FAIL in statuses:
        return "FAILED"
    passed = Status.PASS in statuses and Status.INDETERMINATE not in statuses
    everything = selected(assessment) is None and not assessment.left_out
    return "PASSED" if passed and everything and not assessment.simulated else "WARNED"


def _tests(assessment: Assessment, status: Status) -> list[str]:
    """Return the names of the controls with a status; one that a waiver covers stays among those that failed.

    What could not be determined is in neither list: `warnedTests` are tests that passed.
    """
    return sorted(_name(finding) for finding in assessment.findings if finding.status is status)


def _name(finding: Finding) -> str:
    return finding.check if finding.standard is None else f"{finding.check} {finding.standard}"
