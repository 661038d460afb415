"""How fast a tenant is collected and checked, and how much memory each takes, by the number of its mailboxes.

    python benchmarks/bench.py [SIZE ...]       1,000, 10,000 and 100,000 mailboxes unless told otherwise
    python benchmarks/bench.py --profile SIZE   where the time of `check` goes

The simulated tenant, `collect` and `check` each run in a process of their own, so that the peak memory is that of the
command alone; requests and answers go over a loopback socket with TLS. Exits 1 where either command takes more than
400 MB at the largest size, or fails.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import multiprocessing
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

SIZES = (1_000, 10_000, 100_000)
MOST_MEGABYTES = 400.0
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Measured:
    """One command over a tenant of `mailboxes`.

    `seconds` are those of the clock, `cpu_seconds` those that its process worked; `megabytes` is the process's peak
    resident size.
    """

    command: str
    mailboxes: int
    seconds: float
    cpu_seconds: float
    megabytes: float

    @property
    def per_second(self) -> float:
        """Mailboxes per second."""
        return self.mailboxes / self.seconds


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every size and print a table; return 1 where a command is over the limit of memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="SIZE")
    parser.add_argument("--profile", type=int, metavar="SIZE")
    args = parser.parse_args(argv)
    if args.profile:
        _profile(args.profile)
        return 0
    print(" mailboxes  command   seconds    cpu s  mailboxes/s   peak MB  vs. first")
    first: dict[str, float] = {}
    over = False
    for size in args.sizes:
        for one in measured(size):
            ratio = one.megabytes / first.setdefault(one.command, one.megabytes)
            over = over or one.megabytes > MOST_MEGABYTES
            print(
                f"{one.mailboxes:>10,}  {one.command:8} {one.seconds:>8.1f} {one.cpu_seconds:>8.1f}"
                f"  {one.per_second:>11,.0f}  {one.megabytes:>8.0f}  {ratio:>8.2f}x",
                flush=True,
            )
    if over:
        print(f"over the limit of {MOST_MEGABYTES:.0f} MB", file=sys.stderr)
    return 1 if over else 0


def measured(size: int) -> Iterator[Measured]:
    """Collect and check a generated tenant of some mailboxes, and yield what each took."""
    with tempfile.TemporaryDirectory(prefix="lookback-bench-") as folder, served(size) as (config, environment):
        bundle, result = str(Path(folder) / "bundle"), str(Path(folder) / "result")
        commands = (
            ("collect", ["collect", "-c", config, "-o", bundle, "-q"]),
            ("check", ["check", bundle, "-o", result, "--exit-zero"]),
        )
        for name, command in commands:
            yield Measured(name, size, *_in_a_process(command, environment))


@contextlib.contextmanager
def served(size: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve a generated tenant from a process of its own; yield the path of its config.yaml, and its environment."""
    here, there = _SPAWN.Pipe()
    server = _SPAWN.Process(target=_serve, args=(size, there))
    server.start()
    try:
        yield here.recv()
    finally:
        here.send(None)
        server.join()


def _serve(size: int, parent: Connection) -> None:
    from compliance.demo.scenarios import load_scenario
    from compliance.demo.server import serve

    with serve(load_scenario(f"generated:{size}")) as serving:
        config = serving.directory / "config.yaml"
        config.write_text(serving.settings_yaml(), encoding="utf-8")
        parent.send((str(config), dict(serving.environment)))
        parent.recv()


def _in_a_process(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Run a command of lookback; return the seconds it took, those it worked, and its peak resident megabytes."""
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
    return seconds, worked, peak


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


def _profile(size: int) -> None:
    from compliance.cli.main import main as lookback

    with tempfile.TemporaryDirectory(prefix="lookback-bench-") as folder, served(size) as (config, environment):
        bundle = str(Path(folder) / "bundle")
        _in_a_process(["collect", "-c", config, "-o", bundle, "-q"], environment)
        profile = cProfile.Profile(time.process_time)
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
            profile.runcall(lookback, ["check", bundle, "-o", str(Path(folder) / "result"), "--exit-zero"])
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    pstats.Stats(profile).sort_stats("cumulative").print_stats("compliance|checks|reports", 40)


if __name__ == "__main__":
    raise SystemExit(main())
