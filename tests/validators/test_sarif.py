"""SARIF: the schema of the errata, and Microsoft's Multitool with its rules for GitHub.

The Multitool ends with 0 whatever it finds, so that its log is read; it lets a bad `level`, a missing `message` and a
location that is only logical pass, which the schema and the tests of the report catch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlparse

from toolbox import LOCATION, Complaints, Validator, by_json_schema, node_module, replacing, run, tool

from reports import Options

_SHOWN = Options(location=LOCATION, show_objects=True)
_PACKAGE = "@microsoft/sarif-multitool-linux"
_NO_ADDRESS = "informationUri"
"""The one complaint that stands: lookback has no page of its own to point at."""
_GONE = b'"locations_": ['


def _by_schema(paths: Sequence[Path]) -> Complaints:
    schema = node_module(_PACKAGE) / "sarif-2.1.0.json"
    return by_json_schema(schema, "--default-filetype", "json")(paths)


def _by_multitool(paths: Sequence[Path]) -> Complaints:
    log = paths[0].with_name("multitool.log.sarif")
    log.unlink(missing_ok=True)
    done = run(
        *(
            tool("sarif-multitool"),
            "validate",
            *paths,
            "--rule-kind",
            "Sarif;Gh;Ghas",
            "--output",
            log,
            "--log",
            "ForceOverwrite",
        ),
        env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    if done.code != 0 or not log.is_file():
        return dict.fromkeys(paths, done.said)
    (told,) = json.loads(log.read_text(encoding="utf-8-sig"))["runs"]
    if any(not one["executionSuccessful"] for one in told["invocations"]):
        return dict.fromkeys(paths, done.said)
    words = {rule["id"]: rule for rule in told["tool"]["driver"]["rules"]}
    wrong: dict[Path, str] = {}
    for result in told["results"]:
        message = result["message"]
        text = message.get("text") or _worded(words[result["ruleId"]]["messageStrings"], message)
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        if _NO_ADDRESS not in text:
            wrong.setdefault(Path(unquote(urlparse(uri).path)), f"{result['ruleId']}: {text}")
    return wrong


def _worded(strings: dict[str, dict[str, str]], message: dict[str, object]) -> str:
    return f"{strings[str(message['id'])]['text']} {message.get('arguments')}"


VALIDATORS = (
    Validator(
        format="sarif",
        name="schema of SARIF 2.1.0",
        judge=_by_schema,
        broken={
            "a level that does not exist": replacing(
                '"level": "error",\n          "message"', '"level": "bad", "message"'
            ),
            "a result without a message": replacing(
                '"message": {\n            "text"', '"words": {\n            "text"'
            ),
            "an unknown property": replacing('"results": [', '"passed": [], "results": ['),
            "a version that is none": replacing('"version": "2.1.0"', '"version": "2.2"'),
        },
        options=_SHOWN,
    ),
    Validator(
        format="sarif",
        name="Multitool, rules of SARIF and of GitHub",
        judge=_by_multitool,
        broken={
            "a result without locations": replacing(b'"locations": [', _GONE),
            "a rule index that points at no rule": replacing('"ruleIndex": 0', '"ruleIndex": 9999'),
        },
        options=_SHOWN,
    ),
)
