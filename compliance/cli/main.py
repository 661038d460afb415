"""The parser of all commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import argparse
import io
import logging
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from compliance import __version__
from compliance.cli import (
    audit,
    check,
    checks,
    collect,
    demo,
    diff,
    doctor,
    importing,
    may_publish,
    redact,
    request,
    schema,
    sign,
    standards,
    verify,
    waivers,
)
from compliance.cli.logs import disarmed_output
from compliance.cli.reporting import silence_stdout
from compliance.errors import LookbackError, harmless

COMMANDS = (
    demo,
    doctor,
    collect,
    request,
    importing,
    check,
    audit,
    verify,
    diff,
    sign,
    redact,
    waivers,
    may_publish,
    checks,
    standards,
    schema,
)
_INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="lookback",
        description="How far back can you look in a Microsoft 365 tenant, and can you prove it? Read-only.",
        epilog="exit codes: 0 nothing that counts is left open, 1 internal error, 2 usage or input error, 3 a failure"
        " that no waiver covers, 4 nothing failed but something could not be determined",
    )
    top.add_argument("--version", action="version", version=f"lookback {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = command.add(commands)
        sub.add_argument("--debug", action="store_true", help="log to stderr, with tracebacks; secrets are masked")
        sub.set_defaults(run=command.run)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the process's exit code."""
    _refuse_shadowed_packages()
    if _closed(sys.stdout):
        return _say(_unwritable("it is closed"))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    with disarmed_output():
        return _run(argv)


def _run(argv: Sequence[str] | None) -> int:
    args = parser().parse_args(argv)
    _log_to_stderr(args.debug)
    problem: LookbackError | None = None
    code = 0
    try:
        code = args.run(args)
    except LookbackError as error:
        logging.getLogger(__name__).debug("stopped", exc_info=True)
        problem = error
    except BrokenPipeError:
        silence_stdout()
    except KeyboardInterrupt:
        print("lookback: interrupted", file=sys.stderr)
        code = _INTERRUPTED
    except Exception as error:
        logging.exception("lookback failed")
        problem = _unexpected(error)
    problem = _flush() or problem
    return code if problem is None else _say(problem)


def _unexpected(error: Exception) -> LookbackError:
    """Say what broke. Files and sockets have messages of their own, so a write that names no file was a print."""
    if isinstance(error, OSError) and error.filename is None and error.strerror is not None:
        silence_stdout()
        return _unwritable(error.strerror)
    what = f"internal error: {type(error).__name__}"
    return LookbackError(what, next_step="Run it again with --debug and report what it prints.")


def _say(error: LookbackError) -> int:
    from compliance.redaction import redact

    print(harmless(redact(f"lookback: {error}")), file=sys.stderr)
    return error.exit_code


def _closed(stream: TextIO | None) -> bool:
    """Whether there is no such stream: Python has None for a descriptor that was closed before it started."""
    return stream is None


def _flush() -> LookbackError | None:
    """Write what is left for standard output, and say why where that is refused, as on a full disk."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        return _unwritable(error.strerror or str(error))
    return None


def _unwritable(why: str) -> LookbackError:
    return LookbackError(
        f"standard output cannot be written: {why}", next_step="Send it somewhere else, or to a file with --report."
    )


def _log_to_stderr(debug: bool) -> None:
    """Log to stderr with --debug, scrubbed of secrets, and nowhere without: messages for people are printed."""
    from compliance.redaction import RedactionFilter

    root = logging.getLogger()
    if not debug:
        root.addHandler(logging.NullHandler())
        return
    handler = logging.StreamHandler()
    handler.addFilter(RedactionFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.handlers = [handler]
    root.setLevel(logging.DEBUG)


def _refuse_shadowed_packages() -> None:
    """`checks` and `reports` are common names: make sure that they are this distribution's."""
    home = Path(__file__).resolve().parents[2]
    for name in ("checks", "reports"):
        spec = find_spec(name)
        found = Path(spec.origin).resolve() if spec is not None and spec.origin else None
        if found is None or found.parent.parent != home:
            raise SystemExit(f"lookback: the package {name} at {found} is not lookback's own; remove it")
