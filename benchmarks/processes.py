"""The simulated tenant and lookback's commands, each in a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

_SPAWN = multiprocessing.get_context("spawn")
T = TypeVar("T")


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
    started = time.monotonic()
    code, worked, peak = apart(_run, command, environment) or ("no answer", 0.0, 0.0)
    seconds = time.monotonic() - started
    if code != 0:
        raise SystemExit(f"lookback {command[0]} ended with {code}")
    return Used(seconds, worked, peak)


def apart(function: Callable[..., T], *arguments: Any) -> T | None:
    """Call a function in a process of its own, whose memory is its alone; None where it ended without an answer."""
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_answer, args=(there, function, arguments))
    process.start()
    there.close()
    try:
        answer: T = here.recv()
    except EOFError:
        return None
    finally:
        process.join()
    return answer


def peak_megabytes() -> float:
    """Return the most memory that this process has held so far."""
    import resource

    # Linux counts in KiB, macOS in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _answer(parent: Connection, function: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    parent.send(function(*arguments))


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, float, float]:
    from compliance.cli.main import main as lookback

    os.environ.update(environment)
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        code = lookback(command)
    return code, time.process_time(), peak_megabytes()
