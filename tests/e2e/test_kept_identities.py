"""Identities that were published once stay: whoever keeps a ticket or a waiver by one finds it again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from lookback_command import findings_of

KEPT = Path(__file__).with_name("expected") / "uids-of-agency.json"


def test_every_finding_keeps_the_identity_that_it_was_published_with(
    result_of: Callable[[str], tuple[Path, int]],
) -> None:
    """A check that is renamed needs its old name in the identity; a new check needs a line in the list."""
    result, _ = result_of("agency")
    published: dict[str, str] = json.loads(KEPT.read_bytes())
    found = {" ".join(filter(None, key)): one["uid"] for key, one in findings_of(result).items()}
    assert found == published


def test_parts_and_objects_keep_theirs(result_of: Callable[[str], tuple[Path, int]]) -> None:
    result, _ = result_of("agency")
    finding = findings_of(result)["MIA-01", None]
    assert {part["id"]: part["uid"] for part in finding["parts"]}["user"] == "b4c27fa0-4b3e-5488-b099-630b7ffc44cc"
    objects = {(one["id"], one["part"]): one["uid"] for one in finding["samples"]}
    assert objects["8ea25420-ce1f-56f9-a7ce-32031f15197a", "user"] == "707c3053-f0bd-52d6-b765-6a08f0cddec4"
