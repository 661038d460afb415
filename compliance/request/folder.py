"""Writes the hand-off into a directory of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compliance.errors import InputError
from compliance.evidence.bundle import Bundle, make_private, write_private
from compliance.request.documents import POLICIES, STEPS, TEMPLATE, policies_template, provenance, steps
from compliance.request.needs import Need, known_parents
from compliance.request.script import SCRIPT, export_script
from compliance.sources.imported import PROVENANCE


def write_request(bundle: Bundle, needs: Sequence[Need], out: Path) -> tuple[Path, ...]:
    """Write the script and the papers for what is needed, and return their paths.

    Raises InputError where the directory lies in the bundle, holds anything already, or cannot be written.
    """
    if out.resolve().is_relative_to(bundle.path.resolve()):
        raise InputError("lies inside the bundle", where=str(out), next_step="Give a directory outside it with -o.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(
            "already exists and is not empty: a request is never written over anything",
            where=str(out),
            next_step="Give another directory with -o.",
        )
    manifest = bundle.manifest
    script = export_script(manifest.tenant.id, manifest.cloud, needs, known_parents(bundle))
    # Windows PowerShell reads a script without a byte order mark in the machine's own code page.
    files = {SCRIPT: script.encode("utf-8-sig"), STEPS: steps(bundle, needs).encode()}
    files[PROVENANCE] = provenance(needs).encode()
    if any(need.spec.name == POLICIES for need in needs):
        files[TEMPLATE] = policies_template(manifest.tenant.id).encode()
    make_private(out)
    for name, data in files.items():
        write_private(out / name, data)
    return tuple(out / name for name in files)
