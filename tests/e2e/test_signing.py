"""A signature holds for what was signed, by the key that signed it, and for nothing else."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lookback_command import check, copied, findings_of, lookback, lookback_here, reseal, rewrite_json

from compliance.errors import InputError
from compliance.evidence.bundle import files_below
from compliance.trust.dsse import decode_envelope
from compliance.trust.keys import load_public_key
from compliance.trust.verifying import signed_statement

KEYS = {"ed25519": ed25519.Ed25519PrivateKey.generate, "p256": lambda: ec.generate_private_key(ec.SECP256R1())}
PASSPHRASE = "canary-of-the-signing-key"
IN_TOTO = "application/vnd.in-toto+json"


def write_key(directory, kind="ed25519", passphrase=None, make=None):
    """A private key and its public half, as openssl writes them."""
    key = (make or KEYS[kind])()
    lock = serialization.NoEncryption()
    if passphrase is not None:
        lock = serialization.BestAvailableEncryption(passphrase.encode())
    private, public = directory / f"{kind}.pem", directory / f"{kind}.pub.pem"
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock))
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A key of each kind, and a second one of the first."""
    directory = tmp_path_factory.mktemp("keys")
    made = {kind: write_key(directory, kind) for kind in KEYS}
    (directory / "other").mkdir()
    return {**made, "other": write_key(directory / "other")}


@pytest.fixture(scope="module")
def signed(compliant, compliant_result, keys, tmp_path_factory):
    """The signature of the compliant result by each key."""
    directory = tmp_path_factory.mktemp("signed")
    files = {}
    for kind, (private, _) in keys.items():
        run = lookback_here("sign", compliant_result, "--key", private, "-o", directory / kind)
        assert run.code == 0, run.said
        files[kind] = directory / kind
    return files


def verified(bundle, *result, signature, public):
    return lookback_here("verify", bundle, *result, "--signature", signature, "--public-key", public)


def refused(run, words):
    assert run.code == 3, run.said
    assert words in run.out
    assert "NOT AS SEALED" in run.out
    assert "vouches" not in run.out
    return run


def envelope_of(path):
    envelope = json.loads(path.read_bytes())
    return envelope, json.loads(base64.b64decode(envelope["payload"]))


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_result_that_was_signed_is_vouched_for_with_its_bundle(compliant, compliant_result, keys, signed, kind):
    run = verified(compliant, compliant_result, signature=signed[kind], public=keys[kind][1])
    assert run.code == 0, run.said
    assert "vouches for every file of the result and the bundle that it follows from" in run.out
    assert "evaluated again, byte for byte the same" in run.out
    assert "not proven: when it was signed" in run.out
    assert "simulated" in run.out
    assert "unsigned" not in run.out


def test_a_bundle_can_be_signed_by_itself_and_claims_no_test_result(compliant, compliant_result, keys, tmp_path):
    private, public = keys["p256"]
    file = tmp_path / "bundle.dsse.json"
    assert lookback_here("sign", compliant, "--key", private, "-o", file).code == 0
    _, statement = envelope_of(file)
    assert statement["predicateType"] == "https://in-toto.io/attestation/scai/v0.3"
    assert "PASSED" not in json.dumps(statement)
    assert {one["name"] for one in statement["subject"]} == set(files_below(compliant))
    run = verified(compliant, signature=file, public=public)
    assert (run.code, "every file of the bundle" in run.out) == (0, True)


def test_a_signature_of_the_bundle_alone_vouches_for_no_result(compliant, compliant_result, keys, tmp_path):
    private, public = keys["ed25519"]
    file = tmp_path / "bundle.dsse.json"
    assert lookback_here("sign", compliant, "--key", private, "-o", file).code == 0
    refused(verified(compliant, compliant_result, signature=file, public=public), "it signs the bundle alone")


def test_the_signature_lies_beside_the_folder_and_changes_nothing_in_it(compliant_result, keys, tmp_path):
    result = copied(compliant_result, tmp_path / "result")
    before = files_below(result)
    run = lookback("sign", result, "--key", keys["ed25519"][0])
    assert run.code == 0, run.said
    assert (tmp_path / "result.dsse.json").is_file()
    assert files_below(result) == before


def test_what_failed_is_never_among_the_tests_that_passed(bundle_of, keys, tmp_path):
    bundle = bundle_of("agency")
    result = tmp_path / "result"
    check(bundle, result)
    assert lookback_here("sign", result, "--statement-only", "-o", tmp_path / "statement.json").code == 0
    predicate = json.loads((tmp_path / "statement.json").read_bytes())["predicate"]
    named = {status: set() for status in ("pass", "fail", "indeterminate", "not_applicable")}
    for (one, standard), finding in findings_of(result).items():
        named[finding["status"]].add(one if standard is None else f"{one} {standard}")
    assert all(named[status] for status in ("pass", "fail", "indeterminate"))
    assert set(predicate["passedTests"]) == named["pass"]
    assert set(predicate["failedTests"]) == named["fail"]
    assert "warnedTests" not in predicate
    assert predicate["result"] == "FAILED"


def test_of_a_simulated_tenant_nothing_is_signed_as_passed(bundle_of, tmp_path):
    check(bundle_of("compliant"), tmp_path / "result", "--checks", "AUD-01,AUD-03")
    assert {one["status"] for one in findings_of(tmp_path / "result").values()} == {"pass"}
    lookback_here("sign", tmp_path / "result", "--statement-only", "-o", tmp_path / "statement.json")
    assert json.loads((tmp_path / "statement.json").read_bytes())["predicate"]["result"] == "WARNED"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param({}, "PASSED", id="everything was judged"),
        pytest.param({"complete": True, "not_assessed": []}, "PASSED", id="and the standard asks for no more"),
        pytest.param({"not_assessed": ["AUD-03 The bypass is empty: not asked for"]}, "WARNED", id="a check left out"),
        pytest.param({"left_out": ["guests (12): closed by GRC-77"]}, "WARNED", id="a class left out of scope"),
        pytest.param({"simulated": True}, "WARNED", id="a simulated tenant"),
        pytest.param({"findings": []}, "WARNED", id="nothing passed"),
    ],
)
def test_passed_is_what_was_judged_whole_and_left_nothing_out(compliant_result, tmp_path, change, outcome):
    result = copied(compliant_result, tmp_path / "result")
    beyond = ["m-21-31 also asks for what no check of this version judges: DET-01"]

    def passes(assessment):
        assessment.update(simulated=False, left_out=[], complete=False, not_assessed=beyond)
        for one in assessment["findings"]:
            one["status"] = "pass" if one["status"] != "not_applicable" else one["status"]
        assessment.update(change)

    rewrite_json(result / "assessment.json", passes)
    reseal(result)
    assert lookback_here("sign", result, "--statement-only", "-o", tmp_path / "statement.json").code == 0
    assert json.loads((tmp_path / "statement.json").read_bytes())["predicate"]["result"] == outcome


def test_a_selection_of_checks_that_all_pass_in_a_real_tenant_is_not_signed_as_passed(bundle_of, tmp_path):
    bundle = copied(bundle_of("compliant"), tmp_path / "bundle")
    rewrite_json(bundle / "manifest.json", lambda manifest: manifest.update(simulated=False))
    reseal(bundle)
    check(bundle, tmp_path / "result", "--checks", "AUD-01,AUD-03")
    assert {one["status"] for one in findings_of(tmp_path / "result").values()} == {"pass"}
    lookback_here("sign", tmp_path / "result", "--statement-only", "-o", tmp_path / "statement.json")
    assert json.loads((tmp_path / "statement.json").read_bytes())["predicate"]["result"] == "WARNED"


def test_the_file_that_others_are_told_to_verify_holds_the_digest_of_every_other(compliant_result, tmp_path):
    told = lookback("sign", "--help").out
    assert "gh attestation verify RESULT/SHA256SUMS" in told
    assert "RESULT/manifest.json" not in told
    lookback_here("sign", compliant_result, "--statement-only", "-o", tmp_path / "statement.json")
    subjects = {one["name"] for one in json.loads((tmp_path / "statement.json").read_bytes())["subject"]}
    assert "SHA256SUMS" in subjects
    listed = {line.split("  ", 1)[1] for line in (compliant_result / "SHA256SUMS").read_text().splitlines()}
    assert listed == set(files_below(compliant_result)) - {"SHA256SUMS"}


def test_another_key_vouches_for_nothing(compliant, compliant_result, keys, signed):
    for kind, other in (("ed25519", "other"), ("ed25519", "p256"), ("p256", "ed25519")):
        run = verified(compliant, compliant_result, signature=signed[kind], public=keys[other][1])
        refused(run, "no signature in it was made with this key")


def forged(signed, path, change):
    """The envelope with its statement changed and the signature left as it was."""
    envelope, statement = envelope_of(signed)
    change(statement)
    envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    path.write_text(json.dumps(envelope))
    return path


def test_a_changed_statement_is_noticed(compliant, compliant_result, keys, signed, tmp_path):
    changes = (
        lambda statement: statement["predicate"].update(result="PASSED"),
        lambda statement: statement["subject"].pop(),
        lambda statement: statement["subject"][0]["digest"].update(sha256="0" * 64),
    )
    for number, change in enumerate(changes):
        file = forged(signed["ed25519"], tmp_path / str(number), change)
        run = verified(compliant, compliant_result, signature=file, public=keys["ed25519"][1])
        refused(run, "no signature in it was made with this key")


def signed_again(statement, path, private, payload_type=IN_TOTO):
    """An envelope that whoever holds the key made by other means."""
    key = serialization.load_pem_private_key(private.read_bytes(), None)
    payload = statement if isinstance(statement, bytes) else json.dumps(statement).encode()
    kind = payload_type.encode()
    over = b"DSSEv1 " + b" ".join((str(len(kind)).encode(), kind, str(len(payload)).encode(), payload))
    encoded = [base64.b64encode(one).decode() for one in (payload, key.sign(over))]
    path.write_text(
        json.dumps({"payloadType": payload_type, "payload": encoded[0], "signatures": [{"sig": encoded[1]}]})
    )
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda one: None, None, id="as lookback signs it"),
        pytest.param(
            lambda one: one.update(subject=[s for s in one["subject"] if s["name"] != "assessment.json"]),
            "assessment.json: the signature is not over it",
            id="a subject is missing",
        ),
        pytest.param(
            lambda one: one.update(subject=[s for s in one["subject"] if s["name"] != "bundle/manifest.json"]),
            "bundle/manifest.json: the signature is not over it",
            id="the bundle is missing",
        ),
        pytest.param(
            lambda one: one["subject"].append({"name": "affected/X.jsonl", "digest": {"sha256": "1" * 64}}),
            "affected/X.jsonl: the signature is over it, and it is not there",
            id="a subject that is not there",
        ),
        pytest.param(
            lambda one: one["subject"].append(one["subject"][0]), "names more than once", id="a subject stands twice"
        ),
        pytest.param(
            lambda one: one["subject"][0]["digest"].update(sha256="1" * 64), "is not what was signed", id="a digest"
        ),
        pytest.param(
            lambda one: one["predicate"].update(result="PASSED"), "says of it something else", id="a better outcome"
        ),
        pytest.param(
            lambda one: one["predicate"].update(failedTests=[]), "says of it something else", id="no failed test"
        ),
        pytest.param(
            lambda one: one.update(predicateType="https://example.org/other"),
            "says of it something else",
            id="another predicate",
        ),
        pytest.param(
            lambda one: one.update(_type="https://in-toto.io/Statement/v0.1"), "Statement/v0.1", id="another version"
        ),
    ],
)
def test_a_statement_with_a_good_signature_has_to_say_what_lies_there(bundle_of, keys, tmp_path, change, words):
    bundle, result, file = bundle_of("agency"), tmp_path / "result", tmp_path / "statement.json"
    check(bundle, result)
    lookback_here("sign", result, "--statement-only", "-o", file)
    statement = json.loads(file.read_bytes())
    change(statement)
    private, public = keys["ed25519"]
    run = verified(bundle, result, signature=signed_again(statement, tmp_path / "dsse", private), public=public)
    if words is None:
        assert run.code == 0, run.said
    else:
        refused(run, words)


def test_a_signed_payload_of_another_type_is_refused(compliant, compliant_result, keys, signed, tmp_path):
    _, statement = envelope_of(signed["ed25519"])
    private, public = keys["ed25519"]
    file = signed_again(statement, tmp_path / "dsse", private, "text/plain")
    refused(verified(compliant, compliant_result, signature=file, public=public), "of type 'text/plain'")
    file = signed_again(b"PASSED", tmp_path / "dsse", private)
    refused(verified(compliant, compliant_result, signature=file, public=public), "signs no in-toto statement")


def test_a_result_that_was_changed_and_sealed_anew_is_not_what_was_signed(
    compliant, compliant_result, keys, signed, tmp_path
):
    result = copied(compliant_result, tmp_path / "result")
    rewrite_json(result / "assessment.json", lambda one: one["notes"].append("all is well"))
    reseal(result)
    run = lookback_here("sign", result, "--key", keys["other"][0], "-o", tmp_path / "again")
    assert run.code == 0
    refused(verified(compliant, result, signature=signed["ed25519"], public=keys["ed25519"][1]), "gives other findings")
    # and whoever leaves RESULT out is not told that its signature holds
    run = verified(compliant, signature=signed["ed25519"], public=keys["ed25519"][1])
    assert (run.code, "Give RESULT" in run.err) == (2, True)


def test_the_signature_of_one_result_is_none_of_another(compliant, keys, signed, tmp_path):
    other = tmp_path / "other"
    check(compliant, other, "--checks", "AUD-01")
    refused(
        verified(compliant, other, signature=signed["ed25519"], public=keys["ed25519"][1]), "is not what was signed"
    )


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_flipped_bit_makes_a_signature_say_something_else(signed, keys, data):
    raw = bytearray(signed["ed25519"].read_bytes())
    key, path = load_public_key(keys["ed25519"][1]), signed["ed25519"]
    whole = signed_statement(decode_envelope(bytes(raw), path), key, path)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = signed_statement(decode_envelope(bytes(raw), path), key, path)
    except InputError:
        return
    assert found == whole


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"payloadType":"x","payload":"?","signatures":[]}', b"[" * 100_000]
)
def test_what_is_no_envelope_vouches_for_nothing(compliant, compliant_result, keys, tmp_path, content):
    file = tmp_path / "dsse"
    file.write_bytes(content)
    refused(verified(compliant, compliant_result, signature=file, public=keys["ed25519"][1]), "is no DSSE envelope")


def test_a_signature_goes_with_a_key_that_was_handed_over(compliant, compliant_result, keys, signed):
    for options in (("--signature", signed["p256"]), ("--public-key", keys["p256"][1])):
        run = lookback_here("verify", compliant, compliant_result, *options)
        assert (run.code, "Give both" in run.err) == (2, True)


def test_a_locked_key_takes_its_passphrase_from_the_environment_alone(compliant_result, tmp_path):
    private, _ = write_key(tmp_path, passphrase=PASSPHRASE)
    out = tmp_path / "dsse"
    command = ("sign", compliant_result, "--key", private, "-o", out, "--debug")
    run = lookback(*command)
    assert (run.code, "--passphrase-env" in run.err) == (2, True)
    run = lookback(*command, "--passphrase-env", "KEY_PASS", env={"KEY_PASS": "not-the-one"})
    assert (run.code, "passphrase is another" in run.err) == (2, True)
    run = lookback(*command, "--passphrase-env", "KEY_PASS")
    assert (run.code, "KEY_PASS is not set" in run.err) == (2, True)
    assert not out.exists()
    run = lookback(*command, "--passphrase-env", "KEY_PASS", env={"KEY_PASS": PASSPHRASE})
    assert run.code == 0, run.said
    assert PASSPHRASE not in run.said + out.read_text()
    assert "PRIVATE" not in out.read_text()


def test_a_passphrase_for_a_key_without_one_is_refused(compliant_result, keys, tmp_path):
    run = lookback(
        *("sign", compliant_result, "--key", keys["p256"][0], "-o", tmp_path / "dsse", "--passphrase-env", "KEY_PASS"),
        env={"KEY_PASS": PASSPHRASE},
    )
    assert (run.code, "Leave --passphrase-env out" in run.err) == (2, True)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048), id="rsa"),
        pytest.param(lambda: ec.generate_private_key(ec.SECP384R1()), id="p384"),
    ],
)
def test_keys_of_other_kinds_are_refused(compliant, compliant_result, signed, tmp_path, make):
    private, public = write_key(tmp_path, make=make)
    run = lookback_here("sign", compliant_result, "--key", private, "-o", tmp_path / "dsse")
    assert (run.code, "neither an Ed25519 key nor one of ECDSA P-256" in run.err) == (2, True)
    run = verified(compliant, compliant_result, signature=signed["ed25519"], public=public)
    assert (run.code, "neither an Ed25519 key nor one of ECDSA P-256" in run.err) == (2, True)


def test_a_private_key_is_not_taken_for_a_public_one(compliant, compliant_result, keys, signed):
    run = verified(compliant, compliant_result, signature=signed["p256"], public=keys["p256"][0])
    assert (run.code, "no public key" in run.err) == (2, True)


def test_nothing_is_written_into_what_is_sealed_nor_over_the_key(compliant_result, keys, tmp_path):
    result = copied(compliant_result, tmp_path / "result")
    private = tmp_path / "key.pem"
    private.write_bytes(keys["p256"][0].read_bytes())
    for out in (result / "dsse", result, private, tmp_path):
        run = lookback_here("sign", result, "--key", private, "-o", out)
        assert run.code == 2, run.said
    assert private.read_bytes() == keys["p256"][0].read_bytes()
    assert files_below(result) == files_below(compliant_result)


def test_what_is_not_as_it_was_sealed_is_not_signed(compliant_result, keys, tmp_path):
    result = copied(compliant_result, tmp_path / "result")
    (result / "more.txt").write_text("more")
    run = lookback_here("sign", result, "--key", keys["p256"][0], "-o", tmp_path / "dsse")
    assert (run.code, "more.txt" in run.err) == (2, True)
    assert not (tmp_path / "dsse").exists()


def test_the_same_folder_gives_the_same_statement(compliant_result, tmp_path):
    for name in ("one", "two"):
        assert lookback_here("sign", compliant_result, "--statement-only", "-o", tmp_path / name).code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    unsigned = lookback_here("sign", compliant_result, "-o", tmp_path / "three")
    assert (unsigned.code, "--key" in unsigned.err) == (2, True)
