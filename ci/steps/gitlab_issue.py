"""Opens one issue in GitLab, updates the one that is open, or closes it.

LOOKBACK_WORD: what was found, satisfied, passed, failed, indeterminate or error; LOOKBACK_SUMMARY: the summary in
Markdown; LOOKBACK_ISSUE_TOKEN: a token that may write issues. The others are GitLab's own variables.
"""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path
from typing import Any

import requests

LABEL = "lookback-drift"
TITLE = "Log retention is not as asked"
MOST_CHARACTERS = 900_000
"""GitLab takes 1,048,576 characters; the summary is cut between lines."""


def main() -> None:
    """Leave exactly one issue open where something is not as asked, and none where all is.

    What passed with something left open closes no issue, and opens none.
    """
    mine = urllib.parse.urlencode({"labels": LABEL, "state": "opened", "scope": "created_by_me", "per_page": "1"})
    found = _ask("GET", f"issues?{mine}")
    run = os.environ["CI_PIPELINE_URL"]
    if os.environ["LOOKBACK_WORD"] == "satisfied":
        for issue in found:
            _ask("POST", f"issues/{issue['iid']}/notes", {"body": f"All satisfied: {run}"})
            _ask("PUT", f"issues/{issue['iid']}", {"state_event": "close"})
        return
    if os.environ["LOOKBACK_WORD"] == "passed" and not found:
        return
    text = f"{_summary(Path(os.environ['LOOKBACK_SUMMARY']))}\nLast run: {run}\n"
    if found:
        _ask("PUT", f"issues/{found[0]['iid']}", {"description": text})
    else:
        _ask("POST", "issues", {"title": TITLE, "labels": LABEL, "description": text})


def _summary(file: Path) -> str:
    if not file.is_file():
        return "lookback could not read or judge the tenant.\n"
    taken, size = [], 0
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        size += len(line)
        if size > MOST_CHARACTERS:
            break
        taken.append(line)
    return "".join(taken)


def _ask(method: str, path: str, body: dict[str, str] | None = None) -> Any:
    """Send a request to the project's API and return what it answers; raises HTTPError where it refuses."""
    answer = requests.request(
        method,
        f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}/{path}",
        json=body,
        headers={"PRIVATE-TOKEN": os.environ["LOOKBACK_ISSUE_TOKEN"]},
        allow_redirects=False,  # the token is for this host alone
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json()


if __name__ == "__main__":
    main()
