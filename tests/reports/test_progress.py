"""Progress on stderr: one line, only where somebody watches, and gone at the end."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass

import pytest

from compliance.cli.progress import ProgressDisplay


@dataclass(frozen=True)
class Heard:
    """What a reading tells of itself."""

    api: str = "exchange"
    dataset: str | None = "exchange.mailbox_audit_bypass"
    rows: int | None = None
    pages: int | None = None
    waiting_seconds: float = 0.0


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True

    def screen(self) -> str:
        """What stands on the last line after everything was written."""
        line = ""
        for piece in self.getvalue().split("\r"):
            line = piece + line[len(piece) :]
        return line.rstrip()


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_reading_shows_rows_rate_and_page() -> None:
    terminal, clock = Terminal(), Clock()
    show = ProgressDisplay(terminal, quiet=False, clock=clock)
    show(Heard(rows=1_000, pages=1))
    clock.now = 10.0
    show(Heard(rows=4_400, pages=12))
    assert terminal.screen() == "exchange.mailbox_audit_bypass  4,400 rows  340/s  page 12"


def test_a_pause_is_told_at_once() -> None:
    terminal = Terminal()
    show = ProgressDisplay(terminal, quiet=False, clock=Clock())
    show(Heard(rows=1_000, pages=1))
    show(Heard(api="graph", dataset=None, waiting_seconds=12.0))
    assert terminal.screen() == "throttled: graph waits 12 s"


def test_what_comes_too_fast_to_be_read_is_left_out() -> None:
    terminal, clock = Terminal(), Clock()
    show = ProgressDisplay(terminal, quiet=False, clock=clock)
    for rows in range(1, 1_000):
        clock.now += 0.001
        show(Heard(rows=rows))
    assert terminal.getvalue().count("\r") <= 11


def test_the_line_is_gone_at_the_end() -> None:
    terminal = Terminal()
    with ProgressDisplay(terminal, quiet=False, clock=Clock()) as show:
        show(Heard(rows=1_000))
    assert terminal.screen() == ""
    assert terminal.getvalue().endswith("\r")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_nothing_is_shown_when_quiet(stream: io.StringIO) -> None:
    with ProgressDisplay(stream, quiet=True, clock=Clock()) as show:
        show(Heard(rows=1_000))
        show(Heard(dataset=None, waiting_seconds=12.0))
    assert stream.getvalue() == ""


def test_nothing_is_shown_where_nobody_watches() -> None:
    stream = io.StringIO()
    with ProgressDisplay(stream, quiet=False, clock=Clock()) as show:
        show(Heard(rows=1_000))
    assert stream.getvalue() == ""


def test_a_long_line_is_cut_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    ProgressDisplay(terminal, quiet=False, clock=Clock())(Heard(rows=1_000_000, pages=1_000_000))
    assert len(terminal.screen()) <= 39


def test_many_threads_may_tell_at_once() -> None:
    terminal, clock = Terminal(), Clock()

    def tell(name: str) -> None:
        for rows in range(200):
            clock.now += 1
            show(Heard(dataset=name, rows=rows, pages=rows))

    with ProgressDisplay(terminal, quiet=False, clock=clock) as show:
        threads = [threading.Thread(target=tell, args=(f"graph.{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert terminal.screen() == ""
