"""The simulated tenant and lookback's commands, each in a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Used:
    """What a command took: seconds of the clock, seconds that its process worked, and its peak resident megabytes."""

    seconds: float
    cpu_seconds: float
    megabytes: float


@contextlib.contextmanager
def serving(scenario: str, latency_seconds: float = 0.0) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve a scenario, every answer that much late; yield the path of its config.yaml, and its environment."""
    here, there = _SPAWN.Pipe()
    server = _SPAWN.Process(target=_serve, args=(scenario, latency_seconds, there))
    server.start()
    there.close()
    try:
        yield here.recv()
    finally:
        with contextlib.suppress(BrokenPipeError):
            here.send(None)
        server.join()


def _serve(scenario: str, latency_seconds: float, parent: Connection) -> None:
    from compliance.demo.scenarios import load_scenario
    from compliance.demo.server import serve

    with serve(load_scenario(scenario), latency_seconds=latency_seconds) as served:
        config = served.directory / "config.yaml"
        config.write_text(served.settings_yaml(), encoding="utf-8")
        parent.send((str(config), dict(served.environment)))
        parent.recv()


def in_a_process(command: list[str], environment: dict[str, str]) -> Used:
    """Run a command of lookback; raises SystemExit where it does not end with 0."""
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_run, args=(command, environment, there))
    started = time.monotonic()
    process.start()
    there.close()
    try:
        code, worked, peak = here.recv()
    except EOFError:
        code, worked, peak = "no answer", 0.0, 0.0
    seconds = time.monotonic() - started
    process.join()
    if code != 0:
        raise SystemExit(f"lookback {command[0]} ended with {code}")
    return Used(seconds, worked, peak)


def _run(command: list[str], environment: dict[str, str], parent: Connection) -> None:
    import resource

    from compliance.cli.main import main as lookback

    os.environ.update(environment)
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        code = lookback(command)
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Linux counts in KiB, macOS in bytes
    megabytes = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    parent.send((code, used.ru_utime + used.ru_stime, megabytes))
