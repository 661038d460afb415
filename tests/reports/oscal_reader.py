"""Reads OSCAL as a tool for governance does: observations, and the risks, findings and items that refer to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from said import Said

from compliance.assessment.verdict import Status

_OURS = "https://lookback.invalid/ns/oscal/1"
_OPEN = {True: "deviation-approved", False: "open"}


def read_results(document: str) -> dict[str, Said]:
    """Return every control that was observed; raises AssertionError where the parts of the results disagree.

    A failure is a risk that is open or approved, and nothing else is; every risk is one observation's.
    """
    (result,) = json.loads(document)["assessment-results"]["results"]
    said = _observed(result["observations"])
    at_risk = _risks(result.get("risks", []), result["observations"])
    assert at_risk == {name: _OPEN[one.waived] for name, one in said.items() if one.status is Status.FAIL}
    return said


def read_objectives(document: str) -> dict[str, frozenset[str]]:
    """Return the objectives that are not satisfied, and the controls that fail in each; none may be satisfied."""
    root = json.loads(document)
    held = root.get("plan-of-action-and-milestones") or root["assessment-results"]["results"][0]
    names = _names(held.get("observations", []))
    of_risk = {one["uuid"]: _name_of(one, names) for one in held.get("risks", [])}
    read: dict[str, frozenset[str]] = {}
    for finding in held.get("findings", []):
        target = finding["target"]
        assert target["type"] == "objective-id"
        assert target["status"] == {"state": "not-satisfied", "reason": "fail"}
        assert target["target-id"] not in read
        read[target["target-id"]] = frozenset(of_risk[one["risk-uuid"]] for one in finding["related-risks"])
    return read


def read_plan_of_action(document: str) -> dict[str, Said]:
    """Return the controls that items are about, closed ones too; raises AssertionError where item and risk disagree."""
    plan = json.loads(document)["plan-of-action-and-milestones"]
    observed = _observed(plan.get("observations", []))
    statuses = {one["uuid"]: one["status"] for one in plan.get("risks", [])}
    said: dict[str, Said] = {}
    for item in plan["poam-items"]:
        if own(item).get("placeholder"):
            continue
        name = _key(own(item))
        (risk,) = item["related-risks"]
        assert name not in said
        if own(item).get("assessed") == "no":
            said[name] = Said(Status(own(item)["last-status"]), waived=False)
            assert statuses.pop(risk["risk-uuid"]) == "open"
            continue
        said[name] = observed.pop(name)
        expected = _OPEN[said[name].waived] if said[name].status in (Status.FAIL, Status.INDETERMINATE) else "closed"
        assert statuses.pop(risk["risk-uuid"]) == expected
    assert not statuses, "a risk that no item is about"
    assert not observed, "an observation that no item is about"
    return said


def own(held: Mapping[str, Any]) -> dict[str, str]:
    """Return the properties that are not OSCAL's, of several with one name the last."""
    return {one["name"]: one["value"] for one in held.get("props", []) if one.get("ns") == _OURS}


def _observed(observations: Iterable[Mapping[str, Any]]) -> dict[str, Said]:
    said: dict[str, Said] = {}
    for one in observations:
        values = own(one)
        if "part-of" in values:
            continue
        assert _key(values) not in said
        said[_key(values)] = Said(Status(values["status"]), waived=values["outcome"] == "waived")
    return said


def _names(observations: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the control that each observation is about; those of classes have the control of their finding."""
    listed = list(observations)
    of_finding = {own(one)["finding-uid"]: _key(own(one)) for one in listed if "part-of" not in own(one)}
    return {one["uuid"]: of_finding[own(one).get("part-of") or own(one)["finding-uid"]] for one in listed}


def _risks(risks: Iterable[Mapping[str, Any]], observations: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    names = _names(observations)
    statuses: dict[str, str] = {}
    for risk in risks:
        name = _name_of(risk, names)
        assert name not in statuses
        statuses[name] = risk["status"]
    return {name: status for name, status in statuses.items() if status != "closed"}


def _name_of(risk: Mapping[str, Any], names: Mapping[str, str]) -> str:
    (name,) = {names[one["observation-uuid"]] for one in risk["related-observations"]}
    return name


def _key(values: Mapping[str, str]) -> str:
    return "/".join(filter(None, (values["check"], values.get("standard"))))
