"""Finds what no OSCAL validator here does: references to nothing, ids of no control, and evidence that is not there.

    python oscal_references.py [--catalog CATALOG.json] [--no-files] DOCUMENT...

Reads assessment results, assessment plans and plans of action in JSON, and needs Python alone. Without a catalogue only
the controls of NIST SP 800-53 Rev. 5 that stand below are known. Files that a document names are looked for from its
folder and their digests compared, unless `--no-files` says that it travels alone. Exit code 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

CONTROLS = frozenset(
    {
        *("ac-2.6", "ac-3", "ac-6", "ac-6.5", "ac-6.9"),
        *("au-2", "au-3", "au-4", "au-4.1", "au-5", "au-6", "au-6.4", "au-8", "au-9", "au-9.2", "au-9.3", "au-9.4"),
        *("au-10", "au-11", "au-11.1", "au-12", "au-12.1"),
        *("cm-3", "cp-9", "ir-4", "sc-7", "sc-8", "sc-13", "sc-28", "si-7"),
    }
)
"""Controls of the catalogue to which checks are mapped; the objective of each is `<control>_obj`."""
_LISTS = {
    "components": "component",
    "inventory-items": "inventory-item",
    "users": "user",
    "locations": "location",
    "parties": "party",
    "resources": "resource",
    "observations": "observation",
    "risks": "risk",
    "findings": "finding",
    "activities": "activity",
    "tasks": "task",
    "remediations": "response",
    "assessment-platforms": "assessment-platform",
}
"""What the objects in each list are."""
_REFERENCES = {
    "observation-uuid": "observation",
    "risk-uuid": "risk",
    "finding-uuid": "finding",
    "component-uuid": "component",
    "activity-uuid": "activity",
    "task-uuid": "task",
    "response-uuid": "response",
    "party-uuid": "party",
}
"""What each key refers to."""
_ACTORS = {"tool": "component", "party": "party", "assessment-platform": "assessment-platform"}
_HASHES = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_OSCAL = "application/oscal+json"


@dataclass(frozen=True)
class Known:
    """The ids of the controls, and of their objectives."""

    controls: frozenset[str]
    objectives: frozenset[str]


HERE = Known(CONTROLS, frozenset(f"{one}_obj" for one in CONTROLS))


def problems_of(path: Path, known: Known = HERE, *, files: bool = True) -> list[str]:
    """Return what is wrong with a document, each with its place in it; `files`: evidence has to be there."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return [*_wrong(document, known, path.parent if files else None)]


def catalogue(path: Path) -> Known:
    """Return the ids of an OSCAL catalogue."""
    controls: set[str] = set()
    objectives: set[str] = set()
    for place, value in _objects(json.loads(path.read_text(encoding="utf-8")), ""):
        if place.rsplit("/", 2)[-2] == "controls":
            controls.add(value["id"])
        if value.get("name") in ("objective", "assessment-objective") and "id" in value:
            objectives.add(value["id"])
    return Known(frozenset(controls), frozenset(objectives))


def _wrong(document: Mapping[str, Any], known: Known, folder: Path | None) -> Iterator[str]:
    objects = [*_objects(document, "")]
    declared = Counter(one["uuid"] for _, one in objects if "uuid" in one)
    yield from (f"the UUID {one} is declared {number} times" for one, number in declared.items() if number > 1)
    there = _declared(objects)
    roles = {one["id"] for place, one in objects if place.rsplit("/", 2)[-2] == "roles"}
    for place, one in objects:
        for kind, uid in _references(one):
            if uid not in there[kind]:
                yield f"{place}: there is no {kind} {uid}"
        yield from (f"{place}: there is no role {role}" for role in _roles(one) if role not in roles)
        yield from (f"{place}: {wrong}" for wrong in _unknown(one, known))
        yield from (f"{place}: {wrong}" for wrong in _wrong_href(one, there["resource"]))
        yield from (f"{place}: {wrong}" for wrong in _wrong_risk(one))
        if "rlinks" in one and folder is not None:
            yield from (f"{place}: {wrong}" for wrong in _wrong_files(one, folder))
        if one.get("media-type") == _OSCAL and "value" in one:
            inside = json.loads(base64.b64decode(one["value"], validate=True))
            yield from (f"{place}: inside: {wrong}" for wrong in _wrong(inside, known, folder))
    yield from _not_reviewed(objects)


def _objects(value: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of a document with its JSON pointer."""
    if isinstance(value, dict):
        yield place or "/", value
        for key, each in value.items():
            yield from _objects(each, f"{place}/{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _objects(each, f"{place}/{number}")


def _declared(objects: list[tuple[str, dict[str, Any]]]) -> dict[str, set[str]]:
    there: dict[str, set[str]] = {kind: set() for kind in _LISTS.values()}
    for place, one in objects:
        kind = _LISTS.get(place.rsplit("/", 2)[-2])
        if kind is not None and "uuid" in one:
            there[kind].add(one["uuid"])
    return there


def _references(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, kind in _REFERENCES.items():
        if key in one:
            yield kind, one[key]
    if "actor-uuid" in one:
        yield _ACTORS[one["type"]], one["actor-uuid"]
    if "subject-uuid" in one:
        yield one["type"], one["subject-uuid"]
    for uid in one.get("party-uuids", ()):
        yield "party", uid


def _roles(one: Mapping[str, Any]) -> Iterator[str]:
    if "role-id" in one:
        yield one["role-id"]


def _unknown(one: Mapping[str, Any], known: Known) -> Iterator[str]:
    if "control-id" in one and one["control-id"] not in known.controls:
        yield f"there is no control {one['control-id']}"
    objective = one.get("objective-id") or (one.get("target-id") if one.get("type") == "objective-id" else None)
    if objective is not None and objective not in known.objectives:
        yield f"there is no objective {objective}"


def _wrong_href(one: Mapping[str, Any], resources: set[str]) -> Iterator[str]:
    href = one.get("href")
    if href is None or not href.startswith("#"):
        return
    if href.removeprefix("#") not in resources:
        yield f"there is no resource {href}"


def _wrong_risk(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an approved deviation lacks: an end, and the entry that approves it."""
    if one.get("status") != "deviation-approved":
        return
    if "deadline" not in one:
        yield "the deviation is approved without end"
    entries = one.get("risk-log", {}).get("entries", ())
    if not any(entry.get("status-change") == "deviation-approved" for entry in entries):
        yield "the deviation is approved, and no entry of its log says by whom"


def _wrong_files(resource: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Yield what is wrong with the files of a resource: our own digest is over what a gzip file holds."""
    for link in resource["rlinks"]:
        if "://" in link["href"]:
            continue
        path = folder / unquote(link["href"])
        if not path.is_file():
            yield f"{link['href']} is not there"
            continue
        for digest in link.get("hashes", ()):
            found = hashlib.new(_HASHES[digest["algorithm"]], path.read_bytes()).hexdigest()
            if found != digest["value"]:
                yield f"{link['href']} has another {digest['algorithm']}"
        for prop in resource.get("props", ()):
            if prop["name"] == "frames-sha256" and _sha256_inside(path) != prop["value"]:
                yield f"{link['href']} holds other frames"


def _sha256_inside(path: Path) -> str:
    with gzip.open(path) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()  # type: ignore[arg-type]


def _not_reviewed(objects: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """Yield the findings about objectives that were not reviewed, where the document says which were."""
    reviewed = {one["objective-id"] for _, one in objects if "objective-id" in one}
    for place, one in objects:
        if reviewed and one.get("type") == "objective-id" and one["target-id"] not in reviewed:
            yield f"{place}: {one['target-id']} is not among the objectives reviewed"


def main(words: list[str]) -> int:
    """Print what is wrong with some documents; returns 1 where anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs="+", type=Path, metavar="DOCUMENT")
    parser.add_argument("--catalog", type=Path, metavar="CATALOG.json")
    parser.add_argument("--no-files", action="store_true")
    args = parser.parse_args(words)
    known = HERE if args.catalog is None else catalogue(args.catalog)
    found = [
        f"{path}: {wrong}" for path in args.documents for wrong in problems_of(path, known, files=not args.no_files)
    ]
    print("\n".join(found) or "nothing is wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
