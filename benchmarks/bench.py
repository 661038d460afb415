"""How fast a tenant is collected and checked, and how much memory each takes, by its size.

    python benchmarks/bench.py                  1,000, 10,000 and 100,000 mailboxes, a large Azure, and every format
    python benchmarks/bench.py SIZE ...         tenants of so many mailboxes
    python benchmarks/bench.py --azure SxWxT    S subscriptions, W workspaces of T tables each
    python benchmarks/bench.py --reports [SIZE] every format of a report, of a tenant of so many mailboxes
    python benchmarks/bench.py --profile SIZE   where the time of `check` goes

The simulated tenant, `collect` and `check` each run in a process of their own, so that the peak memory is that of the
command alone; requests and answers go over a loopback socket with TLS. Exits 1 where either command takes more than
400 MB at the largest size, or fails, or where the formats take more than 10 seconds or 500 MB.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import formats
import large_azure
from processes import Used, in_a_process, serving

SIZES = (1_000, 10_000, 100_000)
MOST_MEGABYTES = 400.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One command over a tenant of `mailboxes`."""

    command: str
    mailboxes: int
    used: Used

    @property
    def per_second(self) -> float:
        """Mailboxes per second."""
        return self.mailboxes / self.used.seconds


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every size and print a table; return 1 where a command is over the limit of memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", metavar="SIZE")
    parser.add_argument("--azure", metavar="SxWxT")
    parser.add_argument("--reports", type=int, nargs="?", const=formats.SIZE, metavar="SIZE")
    parser.add_argument("--profile", type=int, metavar="SIZE")
    args = parser.parse_args(argv)
    if args.profile:
        _profile(args.profile)
        return 0
    everything = not (args.sizes or args.azure or args.reports)
    over = _mailboxes(args.sizes or (SIZES if everything else ()))
    if everything or args.azure:
        over |= _azure(args.azure or large_azure.SIZE)
    if over:
        print(f"over the limit of {MOST_MEGABYTES:.0f} MB", file=sys.stderr)
    if everything or args.reports:
        over |= _reports(args.reports or formats.SIZE)
    return 1 if over else 0


def _mailboxes(sizes: Sequence[int]) -> bool:
    """Print a table of tenants by their mailboxes; return whether a command was over the limit of memory."""
    if sizes:
        print(" mailboxes  command   seconds    cpu s  mailboxes/s   peak MB  vs. first")
    first: dict[str, float] = {}
    over = False
    for size in sizes:
        for one in measured(size):
            used = one.used
            ratio = used.megabytes / first.setdefault(one.command, used.megabytes)
            over |= used.megabytes > MOST_MEGABYTES
            print(
                f"{one.mailboxes:>10,}  {one.command:8} {used.seconds:>8.1f} {used.cpu_seconds:>8.1f}"
                f"  {one.per_second:>11,.0f}  {used.megabytes:>8.0f}  {ratio:>8.2f}x",
                flush=True,
            )
    return over


def _azure(size: str) -> bool:
    """Print how a large Azure is read; return whether a command was over the limit of memory."""
    reading = large_azure.read(size)
    for line in large_azure.told(reading, size):
        print(line)
    return max(reading.collect.megabytes, reading.check.megabytes) > MOST_MEGABYTES


def _reports(size: int) -> bool:
    """Print how every format is written; return whether they were over a limit, and say so."""
    renderings = formats.rendered(size)
    for line in formats.told(renderings):
        print(line)
    if renderings.over:
        print("the formats are over a limit", file=sys.stderr)
    return renderings.over


def measured(size: int) -> Iterator[Measured]:
    """Collect and check a generated tenant of some mailboxes, and yield what each took."""
    with tempfile.TemporaryDirectory(prefix="lookback-bench-") as folder, served(size) as (config, environment):
        bundle, result = str(Path(folder) / "bundle"), str(Path(folder) / "result")
        commands = (
            ("collect", ["collect", "-c", config, "-o", bundle, "-q"]),
            ("check", ["check", bundle, "-o", result, "--exit-zero"]),
        )
        for name, command in commands:
            yield Measured(name, size, in_a_process(command, environment))


def served(size: int) -> contextlib.AbstractContextManager[tuple[str, dict[str, str]]]:
    """Serve a generated tenant of some mailboxes."""
    return serving(f"generated:{size}")


def _profile(size: int) -> None:
    from compliance.cli.main import main as lookback

    with tempfile.TemporaryDirectory(prefix="lookback-bench-") as folder, served(size) as (config, environment):
        bundle = str(Path(folder) / "bundle")
        in_a_process(["collect", "-c", config, "-o", bundle, "-q"], environment)
        profile = cProfile.Profile(time.process_time)
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
            profile.runcall(lookback, ["check", bundle, "-o", str(Path(folder) / "result"), "--exit-zero"])
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)
    pstats.Stats(profile).sort_stats("cumulative").print_stats("compliance|checks|reports", 40)


if __name__ == "__main__":
    raise SystemExit(main())
