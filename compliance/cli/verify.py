"""`lookback verify BUNDLE [RESULT]`: is the evidence as it was sealed, and does it give the same findings?

With --signature also: did the holder of a key vouch for it?
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.vouching import handed_signature, signature_problems
from compliance.errors import InputError, harmless

if TYPE_CHECKING:
    from compliance.cli.judging import HandedFile
    from compliance.cli.typing import SubParsers
    from compliance.earlier import EarlierResult
    from compliance.evidence.bundle import Bundle
    from compliance.result import ResultManifest
    from compliance.standards import Standard

DAMAGED = 3
OWN = ("assessment.json", "manifest.json", "SHA256SUMS")


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "verify",
        help="check a bundle's digests, and that a result follows from it",
        epilog="exit codes: 0 everything is as it was sealed, 2 there is nothing to verify (no such bundle, result or"
        " --previous, or a usage error), 3 something was changed, damaged, added or removed, does not follow, or is not"
        " what was signed. What a Sigstore bundle signs is verified by cosign: see lookback sign --help",
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("result", type=Path, metavar="RESULT", nargs="?", help="a result folder to evaluate again")
    parser.add_argument("--previous", type=Path, metavar="BUNDLE", help="the bundle before it, to check the chain")
    parser.add_argument("--signature", type=Path, metavar="FILE", help="what `lookback sign` wrote; needs --public-key")
    parser.add_argument("--public-key", type=Path, metavar="PEM", help="the key of whoever is to have signed it")
    return parser


def run(args: argparse.Namespace) -> int:
    """Verify, print what holds and what does not, and return 0 or 3."""
    from compliance.evidence.bundle import open_bundle, refuse_unfinished, sum_problems

    refuse_unfinished(args.bundle)
    signed = handed_signature(args.signature, args.public_key)
    for folder in (args.bundle, args.result):
        if folder is not None:
            _require_something_sealed(folder)
    problems = [f"{args.bundle}: {problem}" for problem in sum_problems(args.bundle)]
    bundle = None
    if not problems:
        try:
            bundle = open_bundle(args.bundle)
            problems += _inside(bundle)
        except InputError as error:
            problems.append(str(error))
    if bundle is not None and not problems:
        print(f"bundle {bundle.digest}")
        print(f"  every file and every frame matches its digest; {len(bundle.manifest.datasets)} datasets")
        problems += _chain(bundle, args.previous)
        if args.result is not None:
            try:
                problems += _result(bundle, args.result)
            except InputError as error:
                problems.append(f"{args.result}: {error}")
        if signed is not None and not problems:
            problems += signature_problems(bundle, args.result, signed)
        _say_what_it_is(bundle)
        if signed is None:
            print("  unsigned: this shows that nothing changed since it was sealed, not who sealed it")
    for problem in problems:
        print(harmless(f"NOT AS SEALED  {problem}"))
    return DAMAGED if problems else 0


def _say_what_it_is(bundle: Bundle) -> None:
    """Say of a bundle that is not what was read from a real tenant, or not as it was read, what it is."""
    manifest = bundle.manifest
    if manifest.simulated:
        print("  simulated: it was read from a simulated tenant, and shows nothing of a real one")
    if manifest.derived_from is not None:
        print(f"  redacted copy of bundle {manifest.derived_from}: names of people and addresses are pseudonyms")
        print("  whether it differs in nothing else is shown by redacting the original again with the same key,")
        print("  which gives the same files: lookback redact ORIGINAL -o DIR --key-file FILE")


def _require_something_sealed(folder: Path) -> None:
    """Raise InputError where there is neither a manifest nor sums: that is no damage, but another directory."""
    from compliance.evidence.bundle import MANIFEST, SUMS

    if not any((folder / name).exists() for name in (MANIFEST, SUMS)):
        raise InputError(
            f"holds neither {MANIFEST} nor {SUMS}",
            where=str(folder),
            next_step="Give a finished bundle, and a result folder that `lookback check` wrote.",
        )


def _inside(bundle: Bundle) -> list[str]:
    """Compare what the manifest says with what the files hold: frames, rows, and nothing beside them."""
    from compliance.evidence.bundle import MANIFEST, SUMS, files_below, frames_of, kept_files
    from compliance.evidence.rows import typed_rows

    problems: list[str] = []
    manifest = bundle.manifest
    replaced = [entry for amendment in manifest.amendments for entry in amendment.replaced]
    for entry in (*manifest.datasets, *replaced):
        if entry.file is not None and entry.sha256 is None:
            problems.append(f"{entry.file}: the manifest gives no digest of what is in it")
        for _ in frames_of(bundle.path, entry) if entry.rows is None else typed_rows(bundle.path, entry):
            pass
    named = {MANIFEST, SUMS, *kept_files(manifest)}
    problems += [f"{name}: the manifest does not name it" for name in files_below(bundle.path) if name not in named]
    if names := manifest.unredacted():
        problems.append(
            f"{bundle.path}: files were imported into this redacted copy after it was made, and are not redacted"
            f" ({', '.join(names)}): import them into the original, and redact that again"
        )
    return problems


def _chain(bundle: Bundle, previous: Path | None) -> list[str]:
    from compliance.evidence.bundle import decode_manifest, read_document
    from compliance.evidence.manifest import sha256

    link = bundle.manifest.previous
    if link is None:
        print("  it names no bundle before it")
        return [] if previous is None else [f"{bundle.path}: it does not follow {previous}"]
    if previous is None:
        print(f"  it follows bundle {link.manifest_sha256}; give --previous to check that link")
        return []
    manifest = previous / "manifest.json" if previous.is_dir() else previous
    raw = read_document(manifest, what="--previous takes the bundle before, or its manifest.json")
    if sha256(raw) != link.manifest_sha256:
        return [f"{bundle.path}: it does not follow {previous}, but bundle {link.manifest_sha256}"]
    before = decode_manifest(raw, manifest).tenant.id
    if before.casefold() != bundle.manifest.tenant.id.casefold():
        return [f"{bundle.path}: it is of tenant {bundle.manifest.tenant.id}, {previous} of {before}"]
    print(f"  it follows {previous}")
    return []


def _result(bundle: Bundle, folder: Path) -> list[str]:
    """Evaluate again from the bundle and the inputs that the result keeps, and compare byte by byte."""
    from checks import all_checks
    from compliance.assessment.assessed import AFFECTED
    from compliance.assessment.period import parse_period
    from compliance.cli.judging import read_declarations, read_waivers
    from compliance.evidence.bundle import files_below, sum_problems
    from compliance.evidence.manifest import encode
    from compliance.result import ATTACHMENTS, INPUTS, affected_files, read_result
    from compliance.runner import assess
    from compliance.standards import standard_from

    if problems := [f"{folder}: {problem}" for problem in sum_problems(folder)]:
        return problems
    manifest, assessment = read_result(folder)
    if manifest.bundle_sha256 != bundle.digest:
        return [f"{folder}: it was made from bundle {manifest.bundle_sha256}, not from this one"]
    inputs = folder / INPUTS
    sealed = files_below(folder)
    named = [f"{INPUTS}/{name}" for name in _input_names(manifest)]
    if missing := [name for name in named if name not in sealed]:
        return [f"{folder}: it names what it does not hold: {', '.join(missing)}"]
    standards = [standard_from(inputs / "standards" / f"{standard_id}.yaml") for standard_id in manifest.standards]
    if problems := _other_standards(standards, manifest, folder):
        return problems
    selected = [one for one in all_checks() if one.id in manifest.checks]
    left_out = [one for one in all_checks() if one.id not in manifest.checks]
    tenant_id = bundle.manifest.tenant.id
    declarations = read_declarations(_kept(inputs, manifest.declarations), tenant_id, inputs / ATTACHMENTS)
    earlier = _earlier(inputs, manifest)
    again = assess(
        bundle,
        checks=selected,
        left_out=left_out,
        standards=standards,
        declarations=declarations,
        waivers=read_waivers(_kept(inputs, manifest.waivers), tenant_id),
        earlier=None if earlier is None else earlier.earlier,
        period=None if manifest.period is None else parse_period(manifest.period),
    )
    if encode(again.assessment) != assessment:
        return [
            f"{folder}: evaluating the evidence again gives other findings"
            f" (the result was made by lookback {manifest.tool.version})"
        ]
    affected = affected_files(again)
    attached = {f"{INPUTS}/{ATTACHMENTS}/{digest}" for _, digest in declarations.attachments()}
    followed = () if earlier is None else (f"{INPUTS}/{name}" for name in earlier.files)
    if beyond := set(sealed).difference(OWN, named, attached, followed, _below(AFFECTED, sealed)):
        return [f"{folder}: it holds what does not belong to a result: {', '.join(sorted(beyond))}"]
    kept = {name: (folder / name).read_bytes() for name in _below(AFFECTED, sealed)}
    if other := sorted(name for name in affected.keys() | kept.keys() if affected.get(name) != kept.get(name)):
        return [f"{folder}: evaluating the evidence again gives other affected objects: {', '.join(other)}"]
    print(f"  {folder} follows from it: evaluated again, byte for byte the same")
    return []


def _other_standards(standards: list[Standard], manifest: ResultManifest, folder: Path) -> list[str]:
    """Compare the standards that a result keeps with those that come with lookback.

    The same version brings the same ones; what another version brought can only be pointed out.
    """
    from compliance import __version__
    from compliance.standards import load_standard, standard_ids

    problems: list[str] = []
    for standard_id, standard in zip(manifest.standards, standards, strict=True):
        if standard.id != standard_id:
            problems.append(f"{folder}: the standard that it keeps as {standard_id} is {standard.id}")
        elif standard.like == standard_id:
            # It gives the numbers that the text of that standard leaves open, and cannot give others.
            continue
        elif standard_id in standard_ids() and standard.raw != load_standard(standard_id).raw:
            what = f"{folder}: it was judged by a {standard_id} that is not the {standard_id} that comes with lookback"
            if manifest.tool.version == __version__:
                problems.append(what)
            else:
                print(harmless(f"  note: {what} {__version__}; its own version, {manifest.tool.version}, may differ"))
    return problems


def _kept(inputs: Path, name: str | None) -> HandedFile | None:
    from compliance.cli.judging import read_handed

    return read_handed(None if name is None else inputs / name)


def _earlier(inputs: Path, manifest: ResultManifest) -> EarlierResult | None:
    """Return the earlier result that a result keeps, checked as it was when it was handed over."""
    from compliance.earlier import KEPT_FILE, KEPT_FOLDER, kept_file, kept_folder

    if manifest.previous is None:
        return None
    if manifest.previous not in (KEPT_FILE, KEPT_FOLDER):
        raise InputError(
            f"names an earlier result {manifest.previous!r}",
            where=str(inputs.parent / "manifest.json"),
            next_step="It was changed after lookback wrote it: restore it.",
        )
    path = inputs / manifest.previous
    return kept_file(path) if manifest.previous == KEPT_FILE else kept_folder(path)


def _below(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(f"{folder}/")]


def _input_names(manifest: ResultManifest) -> list[str]:
    names = [f"standards/{standard_id}.yaml" for standard_id in manifest.standards]
    return [*names, *(name for name in (manifest.waivers, manifest.declarations) if name is not None)]
