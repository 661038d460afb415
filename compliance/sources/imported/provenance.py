"""provenance.yaml: by whom, when, by which command and from which endpoint each file was exported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from annotated_types import Ge, MinLen

from compliance.evidence.attested import EXPECTED_INSTANT, RETENTION_POLICIES, instant
from compliance.evidence.datasets import DATASETS
from compliance.sources.imported.dataset import Endpoint
from compliance.sources.imported.folder import inside
from compliance.sources.imported.scubagear import PROVIDER_SETTINGS
from compliance.yamlfile import FILE_SHAPE, KeyPath, load_yaml, validated

PROVENANCE: Final = "provenance.yaml"
"""The file that says by whom, when and by which command the others were exported."""

EXPORT_FILES: Final = tuple(spec.export_file for spec in DATASETS.values())
"""The names of the files that hold one dataset each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What provenance.yaml says about one file; `None` is what it does not say.

    `asked` are the ids of the resources that it was asked of, for the files whose rows cannot tell.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    by: Annotated[str, MinLen(1)] | None = None
    when: str | None = None
    command: Annotated[str, MinLen(1)] | None = None
    endpoint: Endpoint | None = None
    rows: Annotated[int, Ge(0)] | None = None
    asked: tuple[Annotated[str, MinLen(1)], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ProvenanceFile:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    files: Mapping[str, Entry]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of provenance.yaml."""
    from pydantic import TypeAdapter

    return TypeAdapter(_ProvenanceFile).json_schema()


def provenance_in(root: Path) -> Mapping[str, Entry]:
    """What the directory's provenance.yaml says, by file; nothing where there is none. Raises `InputError`."""
    path = inside(root, PROVENANCE)
    if path is None:
        return {}
    document = load_yaml(path)
    files = validated(document, _ProvenanceFile).files
    if problems := tuple(_problems(files)):
        raise document.error(problems)
    return files


def _problems(files: Mapping[str, Entry]) -> Iterator[tuple[KeyPath, str]]:
    spelling = {name.lower(): name for name in EXPORT_FILES}
    for name, entry in files.items():
        if name in {"", ".", ".."} or any(character in name for character in "/\\:\0"):
            yield ("files", name), "the plain name of a file in this directory was expected"
        elif name in (PROVIDER_SETTINGS, RETENTION_POLICIES):
            yield ("files", name), "this file says itself where it comes from; leave it out here"
        elif name not in EXPORT_FILES:
            if name.lower() in spelling:
                yield ("files", name), f"letter case counts: the file is called {spelling[name.lower()]}"
            else:
                yield ("files", name), f"no file that is imported; those are {', '.join(EXPORT_FILES)}"
        if entry.when is not None and instant(entry.when) is None:
            yield ("files", name, "when"), EXPECTED_INSTANT
