"""What every OSCAL document of ours has in common: its metadata, the tenant, this tool, and its identity."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from functools import cached_property

from compliance.assessment.assessment import Assessment, StandardEntry
from reports.options import Options
from reports.oscal.values import Object, filled, identity, line, moment, prop, props, prose, string

_ROLE = "prepared-for"
RFC_4122 = "http://ietf.org/rfc/rfc4122"
"""How OSCAL names identifiers that are UUIDs."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An assessment to be written as OSCAL, and the identities that its parts share.

    Tenant, tool, risks, waivers and evidence keep their identity over runs, so that who imports one document after
    the other recognises them. Observations and findings belong to one bundle as it was at one instant.
    """

    assessment: Assessment
    options: Options

    @cached_property
    def tenant(self) -> str:
        """The UUID of the component that is the tenant."""
        return identity("tenant", self.assessment.tenant.id)

    @cached_property
    def tool(self) -> str:
        """The UUID of the component that is this version of the tool."""
        return identity("tool", self.assessment.tool.name, self.assessment.tool.version)

    @cached_property
    def began(self) -> dt.datetime:
        """When reading began, as far as that is known."""
        run = self.assessment.run
        if run is not None and run.began is not None:
            return run.began
        return min((one.started for one in self.assessment.datasets if one.started), default=self.ended)

    @cached_property
    def ended(self) -> dt.datetime:
        """When reading ended."""
        return self.assessment.as_of if self.assessment.run is None else self.assessment.run.ended

    def of_run(self, *parts: str) -> str:
        """Return the UUID of something that belongs to this run."""
        return identity("run", self.assessment.bundle_sha256, moment(self.assessment.as_of), *parts)

    def origin(self) -> list[Object]:
        """Return the origins of what this tool says."""
        return [{"actors": [{"type": "tool", "actor-uuid": self.tool}]}]

    def subjects(self) -> list[Object]:
        """Return the subjects of an observation: the tenant."""
        return [{"subject-uuid": self.tenant, "type": "component"}]

    def tenant_name(self) -> str:
        """Return what people call the tenant."""
        tenant = self.assessment.tenant
        return tenant.name or tenant.initial_domain or tenant.id

    def tenant_component(self) -> Object:
        """Return the tenant as a component."""
        tenant = self.assessment.tenant
        return {
            "uuid": self.tenant,
            "type": "service",
            "title": line(f"Microsoft 365 tenant {self.tenant_name()}"),
            "description": prose(
                "The tenant whose logs were assessed.",
                "It is simulated: nothing here says anything about a real one." if self.assessment.simulated else None,
            ),
            "props": [
                {"name": "asset-id", "value": string(tenant.id)},
                *props({"cloud": self.assessment.cloud, "initial-domain": tenant.initial_domain}),
            ],
            "status": {"state": "operational"},
        }

    def assets(self) -> Object:
        """Return the tool and what it ran on."""
        tool = self.assessment.tool
        title = line(f"{tool.name} {tool.version}")
        return {
            "components": [
                {
                    "uuid": self.tool,
                    "type": "software",
                    "title": title,
                    "description": "Reads a Microsoft 365 tenant, read-only, and judges how long its logs are kept.",
                    "props": [{"name": "version", "value": string(tool.version)}],
                    "status": {"state": "operational"},
                }
            ],
            "assessment-platforms": [
                {
                    "uuid": identity("platform", self.tool),
                    "title": title,
                    "uses-components": [{"component-uuid": self.tool}],
                }
            ],
        }

    def metadata(self, kind: str, title: str, *remarks: str | None) -> Object:
        """Return the metadata of one kind of document."""
        assessment = self.assessment
        party = identity("party", assessment.tenant.id)
        simulated = "Simulated tenant: " if assessment.simulated else ""
        return filled(
            {
                "title": line(f"{simulated}{title} of {self.tenant_name()}"),
                "last-modified": moment(assessment.as_of),
                "version": moment(assessment.as_of),
                "oscal-version": self.options.oscal_version,
                "document-ids": [{"identifier": identity("document", kind, assessment.tenant.id)}],
                "props": [prop("bundle-sha256", assessment.bundle_sha256)],
                "roles": [{"id": _ROLE, "title": "The organisation whose tenant it is"}],
                "parties": [{"uuid": party, "type": "organization", "name": string(self.tenant_name())}],
                "responsible-parties": [{"role-id": _ROLE, "party-uuids": [party]}],
                "remarks": prose(
                    *(_in_force(one) for one in assessment.standards),
                    *remarks,
                    "No person is named as assessor: whoever signs this adds themselves.",
                ),
            }
        )


def system_id(tenant_id: str) -> Object:
    """Return the id of the system that the tenant is; its type is given where it is a UUID, as real ones are."""
    try:
        uuid.UUID(tenant_id)
    except ValueError:
        return {"id": string(tenant_id)}
    return {"identifier-type": RFC_4122, "id": tenant_id}


def written(root: str, body: Object) -> str:
    """Return a document as text; its UUID is of all that it says, so that one that says anything else has another."""
    uid = identity(root, json.dumps(body, sort_keys=True))
    return json.dumps({root: {"uuid": uid, **body}}, indent=2, ensure_ascii=False) + "\n"


def _in_force(standard: StandardEntry) -> str:
    return f"Judged by {standard.title} ({standard.id}): {standard.status}."
