"""The controls of NIST SP 800-53 Rev. 5 that checks are mapped to, by their ids in NIST's OSCAL catalogue.

Each has one assessment objective that stands for the whole control, `<control>_obj` (NIST SP 800-53A Rev. 5, in the
same catalogue, https://github.com/usnistgov/oscal-content). An objective is satisfied only where all that it asks for
is: none is by what can be read of a Microsoft 365 tenant alone, and `beyond` says what each asks for besides. So a
failing check shows that an objective is not satisfied, and passing ones show nothing about it but what they observed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from compliance.assessment.assessment import Finding

_MAPPED = re.compile(r"([A-Z]{2})-(\d+)(?:\((\d+)\))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Control:
    """A control: its id in the catalogue, its title there, and what it asks for that no check reads."""

    id: str
    title: str
    beyond: str

    @property
    def objective(self) -> str:
        """The id of the assessment objective of the whole control."""
        return f"{self.id}_obj"

    @property
    def label(self) -> str:
        """The id as people write it: AU-12(1)."""
        name, _, enhancement = self.id.upper().partition(".")
        return f"{name}({enhancement})" if enhancement else name


_ROWS = (
    ("ac-2.6", "Dynamic Privilege Management", "privileges that are given and taken at run time in all other systems"),
    ("ac-3", "Access Enforcement", "approved authorisations for all else that the system holds"),
    ("ac-6", "Least Privilege", "accesses to all else, and the tasks that they are necessary for"),
    ("ac-6.5", "Privileged Accounts", "the roles to which the organisation restricts privileged accounts"),
    ("ac-6.9", "Log Use of Privileged Functions", "privileged functions outside the tenant"),
    ("au-2", "Event Logging", "the choice of event types, its rationale, coordination and review"),
    ("au-3", "Content of Audit Records", "what each record says of what happened, when, where, by whom, and with what"),
    ("au-4", "Audit Log Storage Capacity", "capacity allocated outside the tenant"),
    ("au-4.1", "Transfer to Alternate Storage", "how often logs have to be transferred, and logs of other systems"),
    ("au-5", "Response to Audit Logging Process Failures", "who is alerted, when, and what is done then"),
    ("au-6", "Audit Record Review, Analysis, and Reporting", "how often records are reviewed, and what is reported"),
    ("au-6.4", "Central Review and Analysis", "that records are in fact reviewed and analysed centrally"),
    ("au-8", "Time Stamps", "the granularity of time that the organisation asks for, and clocks of other systems"),
    ("au-9", "Protection of Audit Information", "audit tools, and logs outside the tenant"),
    ("au-9.2", "Store on Separate Physical Systems or Components", "the physical systems and how often logs get there"),
    ("au-9.3", "Cryptographic Protection", "audit tools, and logs outside the tenant"),
    ("au-9.4", "Access by Subset of Privileged Users", "the subset of users or roles that the organisation defines"),
    ("au-10", "Non-repudiation", "the actions that must not be repudiated, and evidence that they were performed"),
    ("au-11", "Audit Record Retention", "the organisation's own retention period, and logs outside the tenant"),
    ("au-11.1", "Long-term Retrieval Capability", "the measures to retrieve old records, and that they were tried"),
    ("au-12", "Audit Record Generation", "components outside the tenant, and who may choose the event types"),
    ("au-12.1", "System-wide and Time-correlated Audit Trail", "one trail over all components of the system"),
    ("cm-3", "Configuration Change Control", "how changes are proposed, reviewed, documented and retained"),
    ("cp-9", "System Backup", "backups of the system, its users' data and its documentation"),
    ("ir-4", "Incident Handling", "preparation, analysis, containment, eradication, recovery, and lessons learned"),
    ("sc-7", "Boundary Protection", "the boundary of the system and all its other interfaces"),
    ("sc-8", "Transmission Confidentiality and Integrity", "all other information that is transmitted"),
    ("sc-13", "Cryptographic Protection", "the uses of cryptography, and the kind that each asks for"),
    ("sc-28", "Protection of Information at Rest", "all other information at rest"),
    ("si-7", "Software, Firmware, and Information Integrity", "software, firmware, and all other information"),
)

CONTROLS = MappingProxyType({id_: Control(id_, title, beyond) for id_, title, beyond in _ROWS})
"""Every control that a document may name, by id, in the catalogue's order."""


def controls_of(finding: Finding) -> tuple[Control, ...]:
    """Return the controls that a finding is mapped to and the catalogue knows."""
    ids = (catalogue_id(mapped) for mapped in finding.mappings.nist_800_53)
    return tuple(CONTROLS[one] for one in dict.fromkeys(ids) if one is not None and one in CONTROLS)


def catalogue_id(mapped: str) -> str | None:
    """Return the catalogue's id of a control as people write it: `au-12.1` for AU-12(1); None for anything else."""
    found = _MAPPED.fullmatch(mapped)
    if found is None:
        return None
    family, number, enhancement = found.groups()
    return f"{family.lower()}-{number}" + (f".{enhancement}" if enhancement else "")


def reviewed(findings: Sequence[Finding]) -> tuple[Control, ...]:
    """Return the controls that some findings are mapped to, in the catalogue's order."""
    named = {control.id for finding in findings for control in controls_of(finding)}
    return tuple(control for control in CONTROLS.values() if control.id in named)
