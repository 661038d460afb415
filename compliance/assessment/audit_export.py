"""Does the unified audit log leave Purview, content type by content type?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.declarations import AttestedStore
from compliance.assessment.stores import Terms, declared_by, other_store
from compliance.assessment.verdict import Basis, Fail, Indeterminate, Part, Parts, Pass, Verdict
from compliance.evidence.derived import AzureActivity, EntraReach, OfficeConnectors, Recording, Stores
from compliance.evidence.derived.recording import Recorded
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.derived.standing import Gone, Live, Standing
from compliance.evidence.unread import Kind, Unread
from compliance.rules.office_activity import CONNECTED_BY
from compliance.rules.record_types import LOG_SOURCES
from compliance.rules.resource_ids import resource_name

CONTENT_TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Audit.Exchange": ("purview.mail_items_accessed", "purview.exchange_admin", "purview.exchange_item"),
        "Audit.SharePoint": ("purview.sharepoint_file",),
        "Audit.AzureActiveDirectory": ("purview.entra_audit", "purview.entra_sts_logon"),
        "Audit.General": ("purview.teams", "purview.security_compliance", "purview.audit_config"),
    }
)
"""The content types of the Office 365 Management Activity API, each with the log sources that stand for it (Microsoft
Learn, Office 365 Management Activity API reference)."""

FROM_ENTRA: Mapping[str, str] = MappingProxyType(
    {"purview.entra_audit": "entra.audit_logs", "purview.entra_sts_logon": "entra.sign_in_logs"}
)
"""The logs of Microsoft Entra ID that hold the same events, sent by its own diagnostic settings."""
_FACTS = ("office.exports", "office-activity.copies")


@dataclass(frozen=True, slots=True)
class AuditExport:
    """Everything that shows whether the unified audit log is exported."""

    connectors: OfficeConnectors
    entra: EntraReach
    stores: Stores
    activity: AzureActivity
    recording: Recording
    terms: Terms


@dataclass(frozen=True, slots=True)
class _Copied:
    """That a log source is copied somewhere: what shows it, and the declaration where somebody's word does."""

    cause: str
    declared: AttestedStore | None
    from_entra: bool = False


def content_parts(case: AuditExport) -> Parts:
    """Return a part for each content type."""
    return Parts(
        tuple(
            Part(id=name, title=name, count=len(sources), verdict=_verdict(sources, case))
            for name, sources in CONTENT_TYPES.items()
        )
    )


def _verdict(sources: tuple[str, ...], case: AuditExport) -> Verdict:
    copies = {source: _copied(source, case) for source in sources}
    lacking = [source for source, copy in copies.items() if copy is None]
    found = [copy for copy in copies.values() if copy is not None]
    cause = "; ".join(dict.fromkeys(copy.cause for copy in found))
    dark = _dark(sources, copies, case)
    if not lacking and dark is not None:
        return replace(Indeterminate.because(dark), cause=cause, facts=_FACTS)
    if not lacking:
        return Pass(
            condition=f"exported: {_titles(sources)}",
            cause=cause,
            facts=_FACTS,
            basis=Basis.ATTESTED if any(copy.declared is not None for copy in found) else Basis.CONFIGURED,
        )
    condition = f"no export is known of: {_titles(lacking)}"
    doubts = [doubt for source in lacking for doubt in _doubts(source, case)]
    elsewhere = other_store(case.terms, _unseen(case))
    if elsewhere is not None:
        doubts.append(elsewhere)
    if doubts:
        reasons = dict.fromkeys(doubt.reason for doubt in doubts)
        return Indeterminate(
            kind=doubts[0].kind,
            condition=f"{condition}; {'; '.join(reasons)}",
            settle="; ".join(dict.fromkeys(doubt.settle for doubt in doubts)),
            cause=cause,
            facts=_FACTS,
        )
    return Fail(
        condition=f"not exported: {_titles(lacking)}",
        cause="no connector and no diagnostic setting copies them, and it is stated that no other store holds logs",
        facts=_FACTS,
    )


def _dark(sources: tuple[str, ...], copies: Mapping[str, _Copied | None], case: AuditExport) -> Unread | None:
    """Say why nothing may be written that could be copied; what Microsoft Entra ID sends itself needs no switch."""
    for source in sources:
        copy, switch = copies[source], case.recording.of(source)
        if copy is None or copy.from_entra or isinstance(switch, Recorded):
            continue
        if isinstance(switch, Unread):
            return switch
        reason = f"where they go is known, but {switch.why}, so that none of these records is written"
        return Unread(Kind.UNPROVEN, "exchange", reason, "the switch turned on: AUD-01 and AUD-03")
    return None


def _copied(source: str, case: AuditExport) -> _Copied | None:
    """Return where a log source is surely copied to, what is read before what is declared."""
    if source in CONNECTED_BY:
        for workspace in _workspaces(case):
            live = isinstance(case.stores.standing(Sink.WORKSPACE, workspace), Live)
            if live and CONNECTED_BY[source] in case.connectors.of(workspace).on:
                return _Copied(f"Microsoft Sentinel's connector for Microsoft 365 in {resource_name(workspace)}", None)
    if source in FROM_ENTRA:
        for one in case.entra.destinations:
            kept = one.kind in (Sink.WORKSPACE, Sink.STORAGE_ACCOUNT) and isinstance(one.standing, Live)
            if kept and FROM_ENTRA[source] in one.exported:
                return _Copied(f"the diagnostic settings of Microsoft Entra ID, to {one.name}", None, from_entra=True)
    store = case.terms.declarations.holding({source}, case.terms.as_of)
    return None if store is None else _Copied(f"{store.name}, {declared_by(store)}", store)


def _doubts(source: str, case: AuditExport) -> Iterator[Unread]:
    """Yield why a log source may be copied somewhere all the same."""
    if source in CONNECTED_BY:
        kind = CONNECTED_BY[source]
        for workspace in _workspaces(case):
            connected = case.connectors.of(workspace)
            standing = case.stores.standing(Sink.WORKSPACE, workspace)
            if kind in connected.possible and connected.unread is not None and not _for_good(standing):
                yield connected.unread
            if kind in connected.on and isinstance(standing, Unread):
                yield standing
            if kind in connected.on and isinstance(standing, Gone) and standing.for_now:
                settle = f"the workspace {resource_name(workspace)} read again, once it takes logs in"
                yield Unread(Kind.UNPROVEN, "arm.workspaces", standing.because, settle)
        for unread in (case.connectors.unread, case.connectors.onboarded.unread):
            if unread is not None:
                yield unread
    if source in FROM_ENTRA:
        log = FROM_ENTRA[source]
        if case.entra.settings_unread is not None:
            yield case.entra.settings_unread
        for one in case.entra.destinations:
            if one.not_live is not None and not _for_good(one.standing) and log in one.exported | one.possible:
                yield one.not_live
        exportable = case.entra.logs[log].exportable
        if isinstance(exportable, Unread) and any(log in one.possible for one in case.entra.destinations):
            yield exportable
        for one in case.entra.destinations:
            if log in one.unclear:
                reason = f"whether the diagnostic settings send it to {one.name} cannot be told"
                settle = "a diagnostic setting that names the category, enabled"
                yield Unread(Kind.UNPROVEN, "arm.entra_diagnostic_settings", reason, settle)
    for store in case.terms.declarations.stores_for(source):
        reason = f"{store.name} is declared to hold it, and the declaration cannot be relied on"
        settle = f"a valid declaration of {store.name}, of records copied as they are made"
        yield Unread(Kind.NEEDS_ATTESTATION, "declarations.yaml", reason, settle)


def _for_good(standing: Standing) -> bool:
    return isinstance(standing, Gone) and not standing.for_now


def _workspaces(case: AuditExport) -> tuple[str, ...]:
    return tuple(sorted(case.connectors.by_workspace.keys() | case.connectors.onboarded.rows.keys()))


def _unseen(case: AuditExport) -> Unread | None:
    """Say why a workspace may have been missed."""
    if case.stores.visible_unread is not None:
        return case.stores.visible_unread
    return subscriptions_unseen(case.activity.seen, case.terms)


def _titles(sources: tuple[str, ...] | list[str]) -> str:
    return ", ".join(LOG_SOURCES[source].title for source in sources)
