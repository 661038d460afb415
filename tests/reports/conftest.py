"""Scenarios of the simulated tenant as every report takes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lookback_command import collect_from

from checks import all_checks
from compliance.assessment.assessed import Assessed
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.evidence.bundle import open_bundle
from compliance.runner import assess
from compliance.standards import load_standard


@pytest.fixture(scope="session")
def assessed_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Assessed]:
    """A scenario, collected over HTTP and judged by some standards, m-21-31 unless told otherwise."""
    bundles = {}
    made: dict[tuple[str, ...], Assessed] = {}

    def of(scenario: str, *standards: str) -> Assessed:
        asked = standards or ("m-21-31",)
        if scenario not in bundles:
            with serve(load_scenario(scenario)) as served:
                bundles[scenario] = collect_from(served, tmp_path_factory.mktemp(scenario) / "bundle")
        if (scenario, *asked) not in made:
            made[scenario, *asked] = assess(
                open_bundle(bundles[scenario]),
                checks=all_checks(),
                left_out=(),
                standards=[load_standard(one) for one in asked],
                declarations=NO_DECLARATIONS,
                waivers=(),
            )
        return made[scenario, *asked]

    return of
