"""Waivers and declarations as their owners write them; JSON is YAML."""

from __future__ import annotations

import hashlib
import json

from compliance.rules.record_types import LOG_SOURCES


def tenant_of(bundle):
    return json.loads((bundle / "manifest.json").read_bytes())["tenant"]["id"]


def write_waivers(path, bundle, *waivers):
    written = [
        {
            "id": f"W-{number}",
            "reason": "Watched by other means until the migration ends.",
            "ticket": "CHG-1",
            "requester": "Mail team",
            "approver": "Risk board",
            "approved_on": "2026-10-01",
            "expires": "2027-03-31",
            **waiver,
        }
        for number, waiver in enumerate(waivers, start=100)
    ]
    path.write_text(json.dumps({"version": 1, "tenant": tenant_of(bundle), "waivers": written}))
    return path


def write_declarations(directory, bundle, **changes):
    """A store outside Microsoft's that is declared to hold every log source for three years."""
    letter = directory / "attestation.txt"
    letter.write_text("We keep them for three years.")
    store = {
        "id": "siem",
        "name": "Central SIEM",
        "sources": list(LOG_SOURCES),
        "hot": {"months": 36},
        "total": {"months": 36},
        "copied": "at_creation",
        "owner": "Security operations",
        "declared_on": "2026-10-01",
        "expires": "2027-09-30",
        "file": letter.name,
        "sha256": hashlib.sha256(letter.read_bytes()).hexdigest(),
        **changes,
    }
    store = {key: value for key, value in store.items() if value is not None}
    path = directory / "declarations.yaml"
    path.write_text(json.dumps({"version": 1, "tenant": tenant_of(bundle), "stores": [store]}))
    return path
