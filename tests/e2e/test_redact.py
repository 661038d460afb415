"""A redacted copy gives the same findings as its original, and names nobody."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import shutil

import msgspec
import pytest
from exported_files import rows_of, write_exports
from handed_files import tenant_of
from lookback_command import (
    assessment_of,
    check,
    copied,
    files_of,
    findings_of,
    lookback,
    lookback_here,
    parts_of,
    reseal,
    rewrite_json,
)

from compliance.evidence.bundle import frames_of, open_bundle
from compliance.evidence.manifest import encode, sha256
from compliance.evidence.scope import Scope

SCENARIOS = (
    *("agency", "compliant", "ordinary", "least-privilege", "everything-denied", "log-owners"),
    *("shadowed-policy", "hubs-and-adx", "forgotten-subscription"),
)
KEY = bytes(range(64))
NAMES = frozenset(
    {
        *("userPrincipalName", "UserPrincipalName", "displayName", "DisplayName", "mail", "mailNickname", "Alias"),
        *("Members", "EffectiveUserName", "RoleAssigneeName", "UserIds", "caller", "Description", "description"),
        *("DistinguishedName", "PrimarySmtpAddress", "givenName", "surname", "Name", "Identity", "createdBy"),
    }
)
"""Properties whose text names somebody, or may."""
GIVEN_BY_MICROSOFT = re.compile(r"Organization Management|(?:Tenant|Compliance|ExchangeService)Admins_-?[0-9a-z]+")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def redacted(bundle, out, *options):
    run = lookback_here("redact", bundle, "-o", out, *options)
    assert run.code == 0, run.said
    return out


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "redaction.key"
    path.write_bytes(KEY)
    return path


@pytest.fixture(scope="module")
def copy_of(bundle_of, key_file, tmp_path_factory):
    """The redacted copy of a scenario's bundle, not to be changed."""
    made = {}

    def of(name):
        if name not in made:
            made[name] = redacted(bundle_of(name), tmp_path_factory.mktemp(name) / "copy", "--key-file", key_file)
        return made[name]

    return of


def judged(bundle, result):
    """What is decided from a bundle: of every finding and part, and every object that goes by an id."""
    code = check(bundle, result, "--standard", "m-21-31", "--standard", "m-26-14").code
    decided = {}
    for one in findings_of(result).values():
        kept = ("check", "standard", "status", "kind", "severity", "left_open", "basis", "certainty", "all_seen")
        counts = ("affected_count", "affected_total")
        parts = {
            uid: [part[name] for name in ("uid", "status", "kind", "count")] for uid, part in parts_of(one).items()
        }
        decided[one["uid"]] = {name: one[name] for name in (*kept, *counts)}, parts
    objects = set()
    for file in (result / "affected").glob("*.jsonl"):
        for line in file.read_text().splitlines():
            each = json.loads(line)
            if not each["id"].startswith(("Purview: ", "Exchange Online: ")):
                objects.add((each["uid"], each["id"], each["decided"]))
    assessment = assessment_of(result)
    return code, decided, objects, assessment["totals"], assessment["levels"]


def contents(folder):
    """All that a bundle says, uncompressed."""
    return b"\n".join(
        gzip.decompress(content) if name.endswith(".gz") else content for name, content in files_of(folder).items()
    )


def texts(bundle):
    """Every text in the answers of the original, with the property that it stands in."""

    def walk(value, name):
        if isinstance(value, dict):
            for each, inner in value.items():
                # what an organisation and a role of Azure are called is nobody's name
                if not (each == "displayName" and ("verifiedDomains" in value or name == "roleDefinition")):
                    yield from walk(inner, each)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner, name)
        elif isinstance(value, str):
            yield name, value

    opened = open_bundle(bundle)
    for entry in opened.manifest.datasets:
        for frame in frames_of(bundle, entry):
            with contextlib.suppress(ValueError):
                for name, text in walk(json.loads(frame.body), ""):
                    if text != opened.manifest.tenant.initial_domain:
                        yield name, text


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_copy_gives_the_same_findings(bundle_of, copy_of, name, tmp_path):
    assert judged(copy_of(name), tmp_path / "copy") == judged(bundle_of(name), tmp_path / "original")


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_name_and_no_address_survives(bundle_of, copy_of, name):
    said = contents(copy_of(name)).decode().casefold()
    kept = {text.casefold() for where, text in texts(copy_of(name)) if where not in ("Roles", "roleName")}
    found = 0
    for where, text in texts(bundle_of(name)):
        if "@" in text and not text.startswith("#") and "odata" not in where:
            found += 1
            assert text.casefold() not in said, (where, text)
        elif where in NAMES and text.strip() and not GIVEN_BY_MICROSOFT.fullmatch(text) and not GUID.fullmatch(text):
            found += 1
            assert text.casefold() not in kept, (where, text)
    assert found or name == "everything-denied"
    assert {one for one in re.findall(r"@([\w-]+(?:\.[\w-]+)+)", said) if not one.startswith(("odata.", "data."))} <= {
        "redacted.invalid"
    }


def test_names_are_told_apart_and_the_same_one_stays_the_same(bundle_of, copy_of):
    def users(bundle):
        opened = open_bundle(bundle)
        bodies = [frame.body for frame in frames_of(bundle, opened.manifest.dataset("graph.users"))]
        return {one["id"]: one["userPrincipalName"] for body in bodies for one in json.loads(body)["value"]}

    before, after = users(bundle_of("agency")), users(copy_of("agency"))
    assert before.keys() == after.keys()
    assert len(set(after.values())) == len(set(before.values()))
    assert all(("#EXT#" in before[one]) == ("#EXT#" in after[one]) for one in before)
    assert any("#EXT#" in one for one in after.values())
    mailboxes = contents(copy_of("agency")).decode().split("UserPrincipalName")
    assert sum(name in "".join(mailboxes[1:]) for name in after.values()) > 100


def test_only_the_form_of_a_page_is_left_of_what_no_verdict_rests_on(copy_of):
    said = contents(copy_of("agency")).decode()
    for gone in ("OriginatingServer", "skuPartNumber", "technicalNotificationMails", "countryLetterCode", "ManagedBy"):
        assert gone not in said
    for kept in ("AuditBypassEnabled", "retentionInDays", "RetentionDuration", "capabilityStatus", "RecordTypes"):
        assert kept in said


def test_the_copy_names_its_original_and_every_report_says_what_it_is(bundle_of, copy_of, tmp_path):
    original = open_bundle(bundle_of("ordinary")).digest
    manifest = json.loads((copy_of("ordinary") / "manifest.json").read_bytes())
    assert manifest["derived_from"] == original
    assert manifest["tenant"]["id"] == tenant_of(bundle_of("ordinary"))
    run = check(copy_of("ordinary"), tmp_path / "result")
    assert f"Redacted copy of bundle {original}" in " ".join(run.out.split())
    assessment = assessment_of(tmp_path / "result")
    assert assessment["run"]["derived_from"] == original
    assert any("Redacted copy" in note for note in assessment["notes"])


def test_verify_says_that_a_copy_is_one_and_what_that_shows(bundle_of, copy_of, tmp_path):
    check(copy_of("ordinary"), tmp_path / "result")
    run = lookback_here("verify", copy_of("ordinary"), tmp_path / "result")
    assert run.code == 0, run.said
    assert f"redacted copy of bundle {open_bundle(bundle_of('ordinary')).digest}" in run.out
    assert "evaluated again, byte for byte the same" in run.out
    assert "redacted copy" not in lookback_here("verify", bundle_of("ordinary")).out


def test_whoever_holds_original_and_key_can_make_the_same_copy_again(bundle_of, copy_of, key_file, tmp_path):
    again = redacted(bundle_of("agency"), tmp_path / "again", "--key-file", key_file)
    assert files_of(again) == files_of(copy_of("agency"))


def test_without_a_key_nobody_can_make_the_same_copy_again(bundle_of, copy_of, tmp_path):
    one, two = (redacted(bundle_of("least-privilege"), tmp_path / name) for name in ("one", "two"))
    names = [set(re.findall(r"redacted[-_][a-p]{20}", contents(copy).decode().lower())) for copy in (one, two)]
    assert all(names)
    assert not names[0] & names[1]


def test_a_copy_is_not_redacted_again(copy_of, tmp_path):
    run = lookback_here("redact", copy_of("ordinary"), "-o", tmp_path / "again")
    assert (run.code, "is a redacted copy already" in run.err) == (2, True)
    assert not (tmp_path / "again").exists()


def test_a_copy_that_claims_to_be_an_original_is_not_as_it_was_sealed(copy_of, tmp_path):
    copy = copied(copy_of("ordinary"), tmp_path / "copy")
    rewrite_json(copy / "manifest.json", lambda manifest: manifest.update(derived_from=None))
    run = lookback_here("verify", copy)
    assert (run.code, "manifest.json: does not match its digest" in run.out) == (3, True)


def test_what_was_changed_is_not_copied(bundle_of, tmp_path):
    bundle = copied(bundle_of("ordinary"), tmp_path / "bundle")
    (bundle / "manifest.json").write_bytes((bundle / "manifest.json").read_bytes() + b" ")
    run = lookback_here("redact", bundle, "-o", tmp_path / "copy")
    assert (run.code, "is not as it was sealed" in run.err) == (2, True)


def test_the_copy_goes_into_a_directory_of_its_own(bundle_of, tmp_path):
    bundle = copied(bundle_of("ordinary"), tmp_path / "bundle")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    for out in (bundle, bundle / "copy", tmp_path / "full"):
        assert lookback_here("redact", bundle, "-o", out).code == 2
    assert lookback_here("verify", bundle).code == 0


@pytest.mark.parametrize("key", [b"", b"password", b"x" * 64, b"0123456789abcdef" + b"0" * 15])
def test_what_can_be_guessed_is_no_key(bundle_of, tmp_path, key):
    (tmp_path / "key").write_bytes(key)
    run = lookback("redact", bundle_of("ordinary"), "-o", tmp_path / "copy", "--key-file", tmp_path / "key")
    assert (run.code, "openssl rand" in run.err) == (2, True)
    assert not (tmp_path / "copy").exists()


def test_no_sentence_of_the_manifest_survives_whatever_it_tells(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    tells = "Erika Canary of the works council, tel 0170 5550123"

    def plant(manifest):
        manifest["scope"]["excluded_actors"] = [{"actor_class": "unlicensed", "reason": f"{tells} asked for it"}]
        for one in manifest["identities"]:
            one.update(application="Canary's app", object_id="canary", audience="urn:canary of Erika")
            one.update(roles=[tells], scopes=[tells], directory_roles=["Canary-role"])
        for entry in manifest["datasets"]:
            said = f"{entry['reason']}: {tells}" if entry["reason"] else None
            entry.update(reason=said, by=tells, request=f"Get-Mailbox -Identity 'Erika Canary' {tells}")
            entry.update(absent=[tells], asked=["/subscriptions/1", tells])
            if entry["endpoint"] is not None:
                entry["endpoint"] = tells

    rewrite_json(bundle / "manifest.json", plant)
    seal_scope(bundle)
    copy = redacted(bundle, tmp_path / "copy")
    said = contents(copy).decode().casefold()
    for gone in ("canary", "erika", "5550123", "the works"):
        assert gone not in said
    manifest = open_bundle(copy).manifest
    assert manifest.scope.excluded_actors[0].reason == "redacted"
    assert "/subscriptions/1" in manifest.datasets[0].asked
    assert lookback_here("verify", copy).code == 0
    run = check(copy, tmp_path / "result")
    assert "redacted" in run.out
    assert not re.search("canary|erika", run.out, re.IGNORECASE)


def seal_scope(bundle):
    """Give the scope of a changed manifest its digest, and the bundle its sums."""
    scope = json.loads((bundle / "manifest.json").read_bytes())["scope"]
    digest = sha256(encode(msgspec.convert(scope, Scope)))
    rewrite_json(bundle / "manifest.json", lambda manifest: manifest.update(scope_sha256=digest))
    reseal(bundle)


@pytest.mark.parametrize("name", SCENARIOS)
def test_why_something_was_not_read_is_told_as_far_as_it_names_nobody(bundle_of, copy_of, name):
    before, after = (open_bundle(one(name)).manifest.datasets for one in (bundle_of, copy_of))
    for original, copy in zip(before, after, strict=True):
        assert (original.reason is None) == (copy.reason is None)
        if copy.reason is None:
            continue
        told = copy.reason.removesuffix("a redacted copy does not tell more").split("; ")
        assert any(told), original.reason
        assert all(one in original.reason for one in told)


def test_files_are_not_imported_into_a_copy_but_into_its_original(bundle_of, copy_of, tmp_path):
    copy = copied(copy_of("least-privilege"), tmp_path / "copy")
    before = files_of(copy)
    policies = "Get-UnifiedAuditLogRetentionPolicy.json"
    write_exports(tmp_path / "export", {policies: []})
    run = lookback_here("import", tmp_path / "export", "--into", copy)
    assert (run.code, "redact that again" in run.err) == (2, True)
    assert f"redacted copy of bundle {open_bundle(bundle_of('least-privilege')).digest}" in run.err
    assert files_of(copy) == before


def test_what_came_into_a_copy_afterwards_makes_it_none(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    write_exports(tmp_path / "export", {"Get-UnifiedAuditLogRetentionPolicy.json": []})
    assert lookback_here("import", tmp_path / "export", "--into", bundle).code == 0
    # an import of the original was redacted with it; the same, made with the copy, was not
    rewrite_json(bundle / "manifest.json", lambda manifest: manifest.update(derived_from="0" * 64))
    reseal(bundle)
    run = lookback_here("verify", bundle)
    assert (run.code, "after it was made, and are not redacted (purview.audit_retention_policies" in run.out) == (
        3,
        True,
    )


def test_exports_and_what_was_typed_in_are_redacted_alike(bundle_of, tmp_path):
    rows = rows_of(bundle_of("agency"))
    rows.pop("Get-UnifiedAuditLogRetentionPolicy.json")
    folder = tmp_path / "export"
    write_exports(folder, rows)
    typed = {
        "version": 1,
        "tenant": tenant_of(bundle_of("agency")),
        "by": "Clara Canary",
        "when": "2026-11-16T09:00:00Z",
        "where": "the portal, at the desk of clara@canary.example",
        "policies": [
            {
                "name": "Canary's mail",
                "priority": 5,
                "duration": "10 years",
                "in_force": True,
                "record_types": ["ExchangeItemAggregated"],
                "operations": [],
                "users": ["user001@bureau.example"],
            }
        ],
    }
    (folder / "retention_policies.yaml").write_text(json.dumps(typed))
    bundle = tmp_path / "bundle"
    run = lookback_here("import", folder, "-o", bundle)
    assert run.code == 0, run.said
    copy = redacted(bundle, tmp_path / "copy")
    said = contents(copy).decode().casefold()
    assert "canary" not in said
    assert "user001@" not in said
    assert judged(copy, tmp_path / "r1") == judged(bundle, tmp_path / "r2")
    assert lookback_here("verify", copy).code == 0


def test_what_an_import_took_the_place_of_is_not_in_the_copy(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    folder = tmp_path / "export"
    policies = "Get-UnifiedAuditLogRetentionPolicy.json"
    write_exports(folder, {policies: []})
    run = lookback_here("import", folder, "--into", bundle)
    assert run.code == 0, run.said
    copy = redacted(bundle, tmp_path / "copy")
    assert json.loads((copy / "manifest.json").read_bytes())["amendments"][0]["replaced"] == []
    assert open_bundle(copy).manifest.unredacted() == ()
    assert judged(copy, tmp_path / "r1") == judged(bundle, tmp_path / "r2")
    assert lookback_here("verify", copy).code == 0
    shutil.rmtree(bundle)
