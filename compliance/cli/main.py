"""The parser of all commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from compliance import __version__
from compliance.cli import audit, check, checks, collect, demo, doctor, importing, schema, standards, verify
from compliance.errors import LookbackError, harmless

COMMANDS = (demo, doctor, collect, importing, check, audit, verify, checks, standards, schema)
_INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="lookback",
        description="How far back can you look in a Microsoft 365 tenant, and can you prove it? Read-only.",
        epilog="exit codes: 0 all satisfied, 1 internal error, 2 usage or input error, 3 a failure that no waiver"
        " covers, 4 nothing failed but something could not be determined",
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
    args = parser().parse_args(argv)
    _log_to_stderr(args.debug)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except LookbackError as error:
        logging.getLogger(__name__).debug("stopped", exc_info=True)
        return _say(error, error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("lookback: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except Exception as error:
        logging.exception("lookback failed")
        what = f"internal error: {type(error).__name__}"
        return _say(LookbackError(what, next_step="Run it again with --debug and report what it prints."), 1)
    return code


def _say(error: LookbackError, code: int) -> int:
    from compliance.redaction import redact

    print(harmless(redact(f"lookback: {error}")), file=sys.stderr)
    return code


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
