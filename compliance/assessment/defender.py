"""CloudAppEvents of Microsoft Defender XDR against a requirement."""

from __future__ import annotations

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.logs import HeldLog, judge_log, log_verdict
from compliance.assessment.stores import Asked, Terms, other_store
from compliance.assessment.verdict import Part
from compliance.evidence.derived import CloudAppEvents
from compliance.rules.log_sources import CLOUD_APP_EVENTS, CLOUD_APP_TABLE, SOURCES


def cloud_apps_log(cloud_apps: CloudAppEvents, terms: Terms) -> HeldLog:
    """Return CloudAppEvents as any other log: a workspace that was not seen may hold it, and in all any other store."""
    source = SOURCES[CLOUD_APP_EVENTS]
    unseen = None if cloud_apps.lacking is not None else subscriptions_unseen(cloud_apps.subscriptions, terms)
    return HeldLog(
        source=source.id,
        name=CLOUD_APP_TABLE,
        stores=cloud_apps.stores,
        facts=source.facts,
        lacking=cloud_apps.lacking,
        condition=cloud_apps.condition,
        unseen=unseen,
        elsewhere=None if cloud_apps.lacking is not None else other_store(terms, unseen),
    )


def cloud_apps_part(asked: Asked, cloud_apps: CloudAppEvents, terms: Terms) -> Part:
    """Return CloudAppEvents as one part of a finding."""
    return Part(
        id=CLOUD_APP_EVENTS,
        title=SOURCES[CLOUD_APP_EVENTS].title,
        count=1,
        verdict=log_verdict(judge_log(cloud_apps_log(cloud_apps, terms), asked, terms), terms),
    )
