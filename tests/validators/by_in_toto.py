"""Verifies signatures as others would: `by_in_toto.py PUBLIC_KEY ENVELOPE...`; prints what is wrong with which.

securesystemslib reads the DSSE envelope and verifies it, in-toto-attestation the statement and its predicate.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.scai.v0.scai_pb2 import AttributeReport
from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
ATTRIBUTES = "https://in-toto.io/attestation/scai/v0.3"


def wrong_with(public_key: Path, path: Path) -> str | None:
    try:
        document = json.loads(path.read_bytes())
        key_id = document["signatures"][0]["keyid"]
        envelope = Envelope.from_dict(document)
        envelope.verify([SSlibKey.from_crypto(load_pem_public_key(public_key.read_bytes()), keyid=key_id)], 1)
        message = json_format.Parse(base64.b64decode(document["payload"]), StatementMessage())
        statement = Statement.copy_from_pb(message)
        statement.validate()
        predicate = json_format.MessageToDict(message.predicate)
        if message.predicate_type == TEST_RESULT:
            result = json_format.ParseDict(predicate, TestResult())
            if result.result not in ("PASSED", "WARNED", "FAILED") or not result.configuration:
                return f"is no test result: {result.result}"
        elif message.predicate_type == ATTRIBUTES:
            report = json_format.ParseDict(predicate, AttributeReport())
            if not report.attributes or not all(one.attribute for one in report.attributes):
                return "reports no attribute"
        else:
            return f"is of an unknown type: {message.predicate_type}"
    except (VerificationError, ValueError, KeyError, json_format.ParseError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def main(public_key: str, *paths: str) -> None:
    judged = {path: wrong_with(Path(public_key), Path(path)) for path in paths}
    print(json.dumps({path: wrong for path, wrong in judged.items() if wrong is not None}))


if __name__ == "__main__":
    main(*sys.argv[1:])
