"""The evidence that OSCAL documents refer to: the bundle's manifest and the files of its datasets.

They are named by relative paths, so that a document travels with its bundle. Where the two do not lie in reach of each
other, digests stand in the observations, and no resource claims that a file is there.
"""

from __future__ import annotations

import posixpath

from compliance.assessment.assessment import DatasetRow, EvidenceEntry, Finding
from reports.oscal.document import Subject
from reports.oscal.values import Object, filled, identity, line, moment, path_reference, prop, prose

_MANIFEST = "manifest.json"
_FRAMES = (
    "SHA-256 over the frames that the file holds, uncompressed: not over the file itself, whose own digest stands in"
    " SHA256SUMS of the bundle."
)


def resources(subject: Subject) -> list[Object]:
    """Return the resources of the evidence, none where the bundle cannot be reached from the document."""
    folder = subject.options.evidence
    if folder is None:
        return []
    return [_manifest(subject, folder), *(_dataset(row, folder) for row in _kept(subject).values())]


def relevant_evidence(subject: Subject, finding: Finding) -> list[Object]:
    """Return what a finding rests on: the bundle, and every dataset by its state."""
    kept = {} if subject.options.evidence is None else _kept(subject)
    bundle = filled(
        {
            "href": None if subject.options.evidence is None else f"#{_manifest_id(subject)}",
            "description": "The manifest of the evidence bundle, which names every dataset with its digest.",
            "props": [prop("bundle-sha256", subject.assessment.bundle_sha256)],
        }
    )
    return [bundle, *(_cited(entry, kept.get(entry.dataset)) for entry in finding.evidence)]


def _kept(subject: Subject) -> dict[str, DatasetRow]:
    return {row.name: row for row in subject.assessment.datasets if row.file is not None}


def _cited(entry: EvidenceEntry, row: DatasetRow | None) -> Object:
    read = "never read" if entry.read_at is None else f"read at {moment(entry.read_at)}"
    origin = "" if entry.origin is None else f", {entry.origin.value}"
    return filled(
        {
            "href": None if row is None else f"#{_dataset_id(row)}",
            "description": line(f"{entry.dataset}: {entry.state.value.replace('_', ' ')}{origin}, {read}"),
            "props": [] if row is not None or entry.sha256 is None else [_frames(entry.sha256)],
        }
    )


def _manifest(subject: Subject, folder: str) -> Object:
    digest = subject.assessment.bundle_sha256
    return {
        "uuid": _manifest_id(subject),
        "title": "Manifest of the evidence bundle",
        "rlinks": [
            {
                "href": path_reference(posixpath.join(folder, _MANIFEST)),
                "media-type": "application/json",
                "hashes": [{"algorithm": "SHA-256", "value": digest}],
            }
        ],
    }


def _dataset(row: DatasetRow, folder: str) -> Object:
    return filled(
        {
            "uuid": _dataset_id(row),
            "title": line(row.name),
            "description": prose(f"What was answered, as it was answered: {row.request}"),
            "props": [] if row.sha256 is None else [_frames(row.sha256)],
            "rlinks": [
                {"href": path_reference(posixpath.join(folder, row.file or "")), "media-type": "application/gzip"}
            ],
        }
    )


def _frames(digest: str) -> Object:
    return prop("frames-sha256", digest, remarks=_FRAMES)


def _manifest_id(subject: Subject) -> str:
    return identity("manifest", subject.assessment.bundle_sha256)


def _dataset_id(row: DatasetRow) -> str:
    return identity("dataset", row.name, row.file or "", row.sha256 or "")
