"""Annotations of GitHub Actions: workflow commands on standard output.

Docs: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands. What a message and a property
have to escape is what the runner takes back (actions/runner, src/Runner.Common/ActionCommand.cs). The runner keeps ten
annotations of each kind per step and drops the others without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.words import counted
from reports.in_brief import OUTCOME_WORDS, by_outcome, name_of, numbers_of, open_questions, why_open
from reports.options import Options
from reports.outcome import Outcome
from reports.text import cut, harmless

MOST_OF_A_KIND = 10
"""How many annotations of a kind a step keeps."""
_MOST_COLUMNS = 600
_OLDER_FORM = re.compile(r"##(?=(?:vso)?\[)", re.IGNORECASE)


def github_report(assessed: Assessed, options: Options) -> str:
    """Return a line per annotation: failures as errors, open questions as warnings, what is waived as notices."""
    assessment = assessed.assessment
    found = by_outcome(assessment, options.gate)
    verdict = _command("notice", "lookback", _verdict(assessment, found, options), options)
    undecided = open_questions(found, assessment, options.gate)
    lines = (
        verdict,
        *_annotations("error", found[Outcome.FAIL], MOST_OF_A_KIND, options),
        *_annotations("warning", undecided, MOST_OF_A_KIND, options),
        *_annotations("notice", found[Outcome.WAIVED], MOST_OF_A_KIND - 1, options),
    )
    return "".join(f"{line}\n" for line in lines)


def _verdict(assessment: Assessment, found: Mapping[Outcome, list[Finding]], options: Options) -> str:
    """The sentence of the standard that decides, and the number of each outcome that there is."""
    sentences = {totals.standard: totals.sentence for totals in assessment.totals}
    sentence = sentences.get(options.gate, next(iter(sentences.values()), "Nothing was judged."))
    numbers = ", ".join(f"{len(found[one]):,} {words}" for one, words in OUTCOME_WORDS.items() if found[one])
    expired = sum(one.standing == "expired" for one in assessment.waivers)
    told = ", ".join(filter(None, (numbers, counted(expired, "expired waiver") if expired else "")))
    simulated = "SIMULATED TENANT. " if assessment.simulated else ""
    return f"{simulated}{sentence} {told}."


def _annotations(kind: str, findings: Sequence[Finding], most: int, options: Options) -> Iterator[str]:
    shown = findings if len(findings) <= most else findings[: most - 1]
    for finding in shown:
        objects = (finding.condition, finding.cause) if options.show_objects else ()
        told = (finding.title, why_open(finding), numbers_of(finding), _waived_by(finding), *objects)
        yield _command(kind, f"{finding.check} {finding.severity.value}", _sentence(finding, told), options)
    if more := len(findings) - len(shown):
        yield _command(kind, "lookback", f"and {more:,} more; the summary and the reports hold them", options)


def _sentence(finding: Finding, told: Sequence[str]) -> str:
    return f"{name_of(finding)}: {'; '.join(filter(None, told))}"


def _waived_by(finding: Finding) -> str:
    return ", ".join(f"waiver {one.id} to {one.expires}" for one in finding.waivers)


def _command(kind: str, title: str, message: str, options: Options) -> str:
    file = "" if options.location is None else f"file={_property(options.location)},"
    return f"::{kind} {file}title={_property(title)}::{_data(cut(harmless(message), _MOST_COLUMNS, '…'))}"


def _data(text: str) -> str:
    """A message as the runner takes it back; the percent sign goes first, for the others make new ones.

    Other runners look for the older form of a command anywhere in a line, so that none is left.
    """
    return _OLDER_FORM.sub(r"#\\x23", text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")
