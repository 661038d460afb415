"""OSCAL: assessment results, the assessment plan, and the plan of action and milestones, in JSON.

What is written follows the releases 1.1.2 and 1.2.3 of the models (https://pages.nist.gov/OSCAL), which ask for the
same here and differ in the version that a document names.
"""

from __future__ import annotations

from compliance.assessment.assessed import Assessed
from reports.options import Options
from reports.oscal.document import Subject
from reports.oscal.plan import assessment_plan_of
from reports.oscal.poam import plan_of_action_of
from reports.oscal.results import assessment_results_of

__all__ = ["assessment_plan", "assessment_results", "plan_of_action"]


def assessment_results(assessed: Assessed, options: Options) -> str:
    """Return the assessment results, which hold the assessment plan."""
    subject = Subject(assessment=assessed.assessment, options=options)
    return assessment_results_of(subject, assessment_plan_of(subject))


def assessment_plan(assessed: Assessed, options: Options) -> str:
    """Return the assessment plan."""
    return assessment_plan_of(Subject(assessment=assessed.assessment, options=options))


def plan_of_action(assessed: Assessed, options: Options) -> str:
    """Return the plan of action and milestones."""
    return plan_of_action_of(Subject(assessment=assessed.assessment, options=options))
