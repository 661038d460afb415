"""What every validator's tests share: the documents, and which tools may be missing."""

from __future__ import annotations

import pytest
from documents import Documents
from toolbox import allowed_skips


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """Assessments of every sort in every format, as `lookback check --report` writes them; not to be changed."""
    return Documents(tmp_path_factory.mktemp("documents"))


def pytest_report_header() -> list[str]:
    """Print which tools may be missing, and why."""
    return [f"may be missing: {name} ({reason})" for name, reason in allowed_skips().items()]
