"""How long a large Azure takes to read, beside the least that the waiting for its answers can take."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from processes import Used, in_a_process, serving

SIZE = "1000x300x200"
"""Subscriptions, workspaces, and the tables of each."""
LATENCY_SECONDS = 0.05
AIM = 1.3


@dataclass(frozen=True, slots=True)
class Reading:
    """A collection of a large Azure, and the check of it.

    `requests` are those that a dataset was read with, by API. `least_seconds` is the longer of two: the longest row of
    requests of which each needs the answer before, and all requests by as many as are under way at once.
    """

    collect: Used
    check: Used
    requests: Counter[str]
    least_seconds: float

    @property
    def ratio(self) -> float:
        """How many times as long as the least the collection took."""
        return self.collect.seconds / self.least_seconds


def read(size: str = SIZE) -> Reading:
    """Collect and check a generated Azure."""
    with (
        tempfile.TemporaryDirectory(prefix="lookback-bench-") as folder,
        serving(f"inventory:{size}", LATENCY_SECONDS) as (config, environment),
    ):
        bundle, result = Path(folder) / "bundle", Path(folder) / "result"
        collected = in_a_process(["collect", "-c", config, "-o", str(bundle), "-q"], environment)
        requests = _requests(bundle)
        checked = in_a_process(["check", str(bundle), "-o", str(result), "--exit-zero"], environment)
    return Reading(collected, checked, requests, _least(requests) * LATENCY_SECONDS)


def _requests(bundle: Path) -> Counter[str]:
    from compliance.evidence.bundle import open_bundle
    from compliance.evidence.datasets import DATASETS

    requests: Counter[str] = Counter()
    for entry in open_bundle(bundle).manifest.datasets:
        requests[DATASETS[entry.name].api.value] += entry.attempts
    return requests


def _least(requests: Counter[str]) -> float:
    """The least number of answers that are waited for one after the other."""
    from compliance.evidence.datasets import DATASETS, Api
    from compliance.sources.transport import SIDE_BY_SIDE

    @cache
    def chain(name: str) -> int:
        return 1 + max(map(chain, DATASETS[name].discovered_from), default=0)

    others = max((count for api, count in requests.items() if api != Api.ARM), default=0)
    return max(*map(chain, DATASETS), others, requests[Api.ARM] / SIDE_BY_SIDE)


def told(reading: Reading, size: str = SIZE) -> Iterator[str]:
    """The measurement in words."""
    subscriptions, workspaces, tables = (f"{int(number):,}" for number in size.split("x"))
    yield f"{subscriptions} subscriptions, {workspaces} workspaces of {tables} tables each,"
    yield f"every answer {LATENCY_SECONDS * 1000:.0f} ms late"
    for name, used in (("collect", reading.collect), ("check", reading.check)):
        yield f"  {name:8} {used.seconds:>7.1f} s {used.cpu_seconds:>7.1f} s of CPU {used.megabytes:>6.0f} MB at most"
    yield f"  {sum(reading.requests.values()):,} requests, of these {reading.requests['arm']:,} to Azure"
    least, ratio = reading.least_seconds, reading.ratio
    yield f"  waiting alone takes {least:.1f} s; collect took {ratio:.2f} times that (aim {AIM})"
