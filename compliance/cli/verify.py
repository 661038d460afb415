"""`lookback verify BUNDLE [RESULT]`: is the evidence as it was sealed, and does it give the same findings?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import harmless

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.evidence.bundle import Bundle
    from compliance.result import ResultManifest

DAMAGED = 3


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("verify", help="check a bundle's digests, and that a result follows from it")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("result", type=Path, metavar="RESULT", nargs="?", help="a result folder to evaluate again")
    parser.add_argument("--previous", type=Path, metavar="BUNDLE", help="the bundle before it, to check the chain")
    return parser


def run(args: argparse.Namespace) -> int:
    """Verify, print what holds and what does not, and return 0 or 3."""
    from compliance.errors import InputError
    from compliance.evidence.bundle import open_bundle, sum_problems

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
            problems += _result(bundle, args.result)
        print("  unsigned: this shows that nothing changed since it was sealed, not who sealed it")
    for problem in problems:
        print(harmless(f"NOT AS SEALED  {problem}"))
    return DAMAGED if problems else 0


def _inside(bundle: Bundle) -> list[str]:
    """Compare what the manifest says with what the files hold: scope, frames, rows, and nothing beside them."""
    from compliance.evidence.bundle import MANIFEST, SUMS, files_below, kept_files
    from compliance.evidence.manifest import encode, sha256
    from compliance.evidence.rows import typed_rows

    problems: list[str] = []
    manifest = bundle.manifest
    if sha256(encode(manifest.scope)) != manifest.scope_sha256:
        problems.append("manifest.json: the scope does not match its digest")
    for entry in manifest.datasets:
        if entry.rows is not None:
            for _ in typed_rows(bundle.path, entry):
                pass
    named = {MANIFEST, SUMS, *kept_files(manifest)}
    problems += [f"{name}: the manifest does not name it" for name in files_below(bundle.path) if name not in named]
    return problems


def _chain(bundle: Bundle, previous: Path | None) -> list[str]:
    from compliance.evidence.bundle import read_document
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
    print(f"  it follows {previous}")
    return []


def _result(bundle: Bundle, folder: Path) -> list[str]:
    """Evaluate again from the bundle and the inputs that the result keeps, and compare byte by byte."""
    from checks import all_checks
    from compliance.cli.judging import read_declarations, read_waivers
    from compliance.evidence.bundle import files_below, sum_problems
    from compliance.evidence.manifest import encode
    from compliance.result import AFFECTED, INPUTS, affected_files, read_result
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
    selected = [one for one in all_checks() if one.id in manifest.checks]
    left_out = [one for one in all_checks() if one.id not in manifest.checks]
    tenant_id = bundle.manifest.tenant.id
    again = assess(
        bundle,
        checks=selected,
        left_out=left_out,
        standards=standards,
        declarations=read_declarations(
            inputs / manifest.declarations if manifest.declarations else None, tenant_id, inputs / "attachments"
        ),
        waivers=read_waivers(inputs / manifest.waivers if manifest.waivers else None, tenant_id),
    )
    if encode(again.assessment) != assessment:
        return [
            f"{folder}: evaluating the evidence again gives other findings"
            f" (the result was made by lookback {manifest.tool.version})"
        ]
    affected = affected_files(again)
    kept = {name: (folder / name).read_bytes() for name in files_below(folder) if name.startswith(f"{AFFECTED}/")}
    if other := sorted(name for name in affected.keys() | kept.keys() if affected.get(name) != kept.get(name)):
        return [f"{folder}: evaluating the evidence again gives other affected objects: {', '.join(other)}"]
    print(f"  {folder} follows from it: evaluated again, byte for byte the same")
    return []


def _input_names(manifest: ResultManifest) -> list[str]:
    names = [f"standards/{standard_id}.yaml" for standard_id in manifest.standards]
    return [*names, *(name for name in (manifest.waivers, manifest.declarations) if name is not None)]
