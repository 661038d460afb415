"""A directory of exported files: what is complete, what is partial and why, and what is refused."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.errors import InputError
from compliance.evidence.datasets import DATASETS, Origin, State
from compliance.evidence.parents import MAY_BE_EMPTY
from compliance.request.asks import ASKS
from compliance.rules.resource_graph import RESOURCE_QUERY
from compliance.sources.imported import Endpoint, ImportedDataset, read_exports, unknown_files

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
OTHER = "9e3b7c1a-0000-4000-8000-000000000001"
POLICIES = "Get-UnifiedAuditLogRetentionPolicy.json"
ADMIN = "Get-AdminAuditLogConfig.json"
WHEN = "2026-11-20T09:15:00Z"


def put(directory: Path, name: str, data: Any) -> None:
    (directory / name).write_text(json.dumps(data), encoding="utf-8")


def provenance(directory: Path, **entries: dict[str, Any]) -> None:
    names = {"policies": POLICIES, "admin": ADMIN, "users": "users.json", "bypass": BYPASS}
    data = {"version": 1, "files": {names[key]: value for key, value in entries.items()}}
    (directory / "provenance.yaml").write_text(json.dumps(data), encoding="utf-8")


BYPASS = "Get-MailboxAuditBypassAssociation.json"
ENTRY = {
    "by": "admin@contoso.example",
    "when": WHEN,
    "command": "Get-UnifiedAuditLogRetentionPolicy | ConvertTo-Json -Depth 8",
    "endpoint": "security_compliance",
    "rows": 1,
}


def only(directory: Path) -> ImportedDataset:
    (dataset,) = read_exports(directory)
    return dataset


def test_a_file_with_command_date_and_agreeing_row_count_is_complete(tmp_path: Path) -> None:
    put(tmp_path, POLICIES, [{"Name": "a"}])
    provenance(tmp_path, policies=ENTRY)
    dataset = only(tmp_path)
    assert dataset.spec_name == "purview.audit_retention_policies"
    assert (dataset.state, dataset.reasons, dataset.rows) == (State.COMPLETE, (), 1)
    assert dataset.collected_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert dataset.by == "admin@contoso.example"
    assert dataset.endpoint is Endpoint.SECURITY_COMPLIANCE
    assert dataset.raw == (tmp_path / POLICIES).read_bytes()


def test_no_policies_are_complete_where_provenance_says_zero_rows(tmp_path: Path) -> None:
    put(tmp_path, POLICIES, [])
    provenance(tmp_path, policies={**ENTRY, "rows": 0})
    assert only(tmp_path).state is State.COMPLETE


def test_without_provenance_a_file_is_partial_and_undated(tmp_path: Path) -> None:
    put(tmp_path, POLICIES, [{"Name": "a"}])
    dataset = only(tmp_path)
    assert dataset.state is State.PARTIAL
    assert dataset.reasons == ("provenance.yaml does not give its command, when, rows",)
    assert dataset.collected_at is None
    assert dataset.endpoint is None


@pytest.mark.parametrize("key", ["command", "when", "rows"])
def test_each_part_of_provenance_is_needed(tmp_path: Path, key: str) -> None:
    put(tmp_path, POLICIES, [{"Name": "a"}])
    provenance(tmp_path, policies={**ENTRY, key: None})
    dataset = only(tmp_path)
    assert dataset.state is State.PARTIAL
    assert dataset.reasons == (f"provenance.yaml does not give its {key}",)


def test_a_row_count_that_disagrees_makes_partial_with_both_numbers(tmp_path: Path) -> None:
    put(tmp_path, POLICIES, [{"Name": "a"}])
    provenance(tmp_path, policies={**ENTRY, "rows": 2})
    assert only(tmp_path).reasons == ("provenance.yaml says 2 rows, and the file holds 1",)


def test_fewer_rows_than_any_tenant_has_is_failed_and_not_empty(tmp_path: Path) -> None:
    put(tmp_path, ADMIN, [])
    provenance(tmp_path, admin={**ENTRY, "command": "Get-AdminAuditLogConfig", "rows": 0})
    dataset = only(tmp_path)
    assert dataset.state is State.FAILED
    assert dataset.reasons == ("the file holds 0 rows; no tenant has fewer than 1",)


def _left_out(piece: str) -> str:
    return f"its command may leave something out ({piece})"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("Get-AdminAuditLogConfig | ConvertTo-Json", "its command is not Get-UnifiedAuditLogRetentionPolicy"),
        ("Get-UnifiedAuditLogRetentionPolicy -RecordType 50", _left_out("-RecordType")),
        *(
            (f"Get-UnifiedAuditLogRetentionPolicy {step}", _left_out(step.replace("\u2013", "-")))
            for step in (
                "| select -First 5",
                "| ? Enabled",
                "| where Enabled",
                "| Select -f 2",
                "| select * -fir:2",
                "| Select-Object -l $n",
                "| Select -SkipLast 1",
                "| sel -f 2",
                "| Select \u2013First 2",
                "| select Name -Unique",
                "| select @{n='Priority';e={1}}",
                "| % { if ($_.Enabled) { $_ } }",
                "| Get-Random -Count 3",
                "| Sort-Object Priority -Top 3",
                "| Select-Object -ExpandProperty Name",
                "| Group-Object Name",
                "| Select-Object Name, @options",
                "| ConvertTo-Json @options",
            )
        ),
        ("@(Get-UnifiedAuditLogRetentionPolicy)[0..18]", _left_out("[0..18]")),
        ("@(Get-UnifiedAuditLogRetentionPolicy) -match 'a'", _left_out("-match 'a'")),
        ("(Get-UnifiedAuditLogRetentionPolicy).Where({ $_.Enabled })", _left_out(".Where({ $_.Enabled })")),
        ("(Get-UnifiedAuditLogRetentionPolicy).value", _left_out(".value")),
        ("$p = Get-UnifiedAuditLogRetentionPolicy; $p[0..2] | ConvertTo-Json", _left_out("$p[0..2] | ConvertTo-Json")),
        ("$p = Get-UnifiedAuditLogRetentionPolicy\n$p | select -First 2", _left_out("| select -First 2")),
        (
            "Get-UnifiedAuditLogRetentionPolicy -ErrorAction SilentlyContinue",
            _left_out("-ErrorAction SilentlyContinue"),
        ),
    ],
)
def test_a_command_that_asks_for_less_makes_partial(tmp_path: Path, command: str, reason: str) -> None:
    put(tmp_path, POLICIES, [{"Name": "a"}])
    provenance(tmp_path, policies={**ENTRY, "command": command})
    assert only(tmp_path).reasons == (f"{reason}; expected: Get-UnifiedAuditLogRetentionPolicy",)


@pytest.mark.parametrize("way", ["foreach ($p in {}) {{ $p }}", "& {{ {} }}", "'a', 'b' | {}", "if ($y) {{ {} }}"])
def test_a_command_inside_of_something_else_makes_partial(tmp_path: Path, way: str) -> None:
    put(tmp_path, POLICIES, [{"Name": "a"}])
    provenance(tmp_path, policies={**ENTRY, "command": way.format("Get-UnifiedAuditLogRetentionPolicy")})
    assert "its command is not Get-UnifiedAuditLogRetentionPolicy" in only(tmp_path).reasons[0]


@pytest.mark.parametrize(
    "rest",
    [
        "| Select-Object * | ConvertTo-Json -Depth 8 | Out-File -FilePath policies.json -Encoding utf8",
        "| select Name, Priority | ConvertTo-Json | Set-Content -LiteralPath 'a-f 2.json'",
        "| sort Priority -Desc | fl *",
        "-ea Stop | ConvertTo-Json -d 8 > policies.json  # all of them",
    ],
)
def test_options_that_leave_nothing_out_do_not_make_partial(tmp_path: Path, rest: str) -> None:
    put(tmp_path, POLICIES, [{"Name": "a"}])
    provenance(tmp_path, policies={**ENTRY, "command": f"Get-UnifiedAuditLogRetentionPolicy {rest}"})
    assert only(tmp_path).state is State.COMPLETE


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ({"Id": "x", "UserPrincipalName": "a@contoso.example"}, "Id, UserPrincipalName"),
        ({"id": "x", "Mail": "a"}, "Mail"),
    ],
)
def test_property_names_of_the_powershell_module_make_partial(tmp_path: Path, row: dict[str, str], names: str) -> None:
    put(tmp_path, "users.json", [row])
    provenance(tmp_path, users={**ENTRY, "command": "Get-MgUser -All | ConvertTo-Json", "endpoint": "graph"})
    (reason,) = only(tmp_path).reasons
    assert f"({names}) are those of the PowerShell module" in reason
    assert "Invoke-MgGraphRequest -OutputType Json" in reason


@pytest.mark.parametrize(
    ("size", "state"), [("-ResultSize Unlimited", State.COMPLETE), ("-ResultSize 2", State.PARTIAL)]
)
def test_a_result_size_that_was_reached_makes_partial(tmp_path: Path, size: str, state: State) -> None:
    put(tmp_path, BYPASS, [{}, {}])
    provenance(tmp_path, bypass={**ENTRY, "command": f"Get-MailboxAuditBypassAssociation {size}", "rows": 2})
    assert only(tmp_path).state is state


def test_the_default_result_size_of_1000_makes_partial(tmp_path: Path) -> None:
    put(tmp_path, BYPASS, [{}] * 1000)
    provenance(tmp_path, bypass={**ENTRY, "command": "Get-MailboxAuditBypassAssociation", "rows": 1000})
    assert only(tmp_path).state is State.PARTIAL


@pytest.mark.parametrize(("option", "state"), [("-All", State.COMPLETE), ("", State.PARTIAL)])
def test_get_mguser_needs_all(tmp_path: Path, option: str, state: State) -> None:
    put(tmp_path, "users.json", [{"id": "x"}])
    provenance(tmp_path, users={**ENTRY, "command": f"Get-MgUser {option}", "endpoint": "graph"})
    assert only(tmp_path).state is state


def test_a_cut_off_value_makes_partial(tmp_path: Path) -> None:
    put(tmp_path, POLICIES, [{"RecordTypes": "System.Object[]"}])
    provenance(tmp_path, policies=ENTRY)
    assert only(tmp_path).state is State.PARTIAL


def test_dates_of_provenance_become_utc_and_need_an_offset(tmp_path: Path) -> None:
    put(tmp_path, POLICIES, [{}])
    provenance(tmp_path, policies={**ENTRY, "when": "2026-11-20T10:15:00+01:00"})
    assert only(tmp_path).collected_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    for when in ("2026-11-20T09:15:00", "2026-11-20", "yesterday", "0001-01-01T00:00:00+14:00"):
        provenance(tmp_path, policies={**ENTRY, "when": when})
        with pytest.raises(InputError, match="a date and time with its offset from UTC was expected"):
            read_exports(tmp_path)


@pytest.mark.parametrize("name", ["../organization.json", "/etc/passwd", "a\\b", "C:x", "..", ""])
def test_provenance_names_plain_files_alone(tmp_path: Path, name: str) -> None:
    put(tmp_path, POLICIES, [{}])
    text = json.dumps({"version": 1, "files": {name: {}}})
    (tmp_path / "provenance.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="the plain name of a file in this directory"):
        read_exports(tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (POLICIES.lower(), f"letter case counts: the file is called {POLICIES}"),
        ("Users.json", "letter case counts: the file is called users.json"),
        ("policies.json", "no file that is imported; those are organization.json"),
        ("ProviderSettingsExport.json", "this file says itself where it comes from"),
        ("retention_policies.yaml", "this file says itself where it comes from"),
        ("provenance.yaml", "no file that is imported"),
    ],
)
def test_a_name_in_provenance_that_is_no_known_file_is_refused_where_it_stands(
    tmp_path: Path, name: str, said: str
) -> None:
    put(tmp_path, POLICIES, [{}])
    (tmp_path / "provenance.yaml").write_text(f"version: 1\nfiles:\n  {name}: {{}}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_exports(tmp_path)
    assert f"provenance.yaml:3:3 files.{name}: {said}" in str(caught.value)


@pytest.mark.parametrize("name", [POLICIES, "provenance.yaml"])
def test_a_link_out_of_the_directory_is_refused(tmp_path: Path, name: str) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.json"
    inside.mkdir()
    outside.write_text("[]", encoding="utf-8")
    (inside / name).symlink_to(outside)
    with pytest.raises(InputError, match="leads out of the directory"):
        read_exports(inside)
    outside.unlink()
    with pytest.raises(InputError, match="leads nowhere"):
        read_exports(inside)


def test_a_link_within_the_directory_is_followed(tmp_path: Path) -> None:
    put(tmp_path, "real.json", [])
    (tmp_path / POLICIES).symlink_to("real.json")
    assert only(tmp_path).rows == 0


def test_a_directory_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / POLICIES).mkdir()
    with pytest.raises(InputError, match="a file was expected"):
        read_exports(tmp_path)


def test_a_place_that_is_no_directory_of_exports_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the files that can be imported is here"):
        read_exports(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read_exports(tmp_path / "absent")
    put(tmp_path, "users.json", [])
    with pytest.raises(InputError, match="a directory of exported files was expected"):
        read_exports(tmp_path / "users.json")


def test_unknown_files_are_listed_and_not_read(tmp_path: Path) -> None:
    put(tmp_path, POLICIES, [])
    (tmp_path / "notes.txt").write_bytes(b"\xff")
    (tmp_path / "get-adminauditlogconfig.json").write_bytes(b"\xff")
    assert [dataset.path.name for dataset in read_exports(tmp_path)] == [POLICIES]
    assert unknown_files(tmp_path) == ("get-adminauditlogconfig.json", "notes.txt")


def test_every_dataset_file_is_read_in_the_order_of_the_datasets(tmp_path: Path) -> None:
    for spec in DATASETS.values():
        put(tmp_path, spec.export_file, [{}])
    assert [dataset.spec_name for dataset in read_exports(tmp_path)] == list(DATASETS)


def organization(tenant: str, *domains: str) -> list[dict[str, Any]]:
    return [{"id": tenant, "verifiedDomains": [{"name": name} for name in domains]}]


def test_tenant_ids_are_found_wherever_a_file_names_its_tenant(tmp_path: Path) -> None:
    put(tmp_path, "organization.json", organization(TENANT, "contoso.onmicrosoft.com", "contoso.example"))
    put(tmp_path, "subscribedSkus.json", [{"accountId": TENANT.upper(), "id": f"{TENANT}_x"}])
    put(tmp_path, "users.json", [{"id": OTHER}])
    forest = "EURPR01A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/Contoso.onmicrosoft.com - x"
    put(tmp_path, ADMIN, [{"OrganizationId": forest}])
    found = {dataset.spec_name: dataset.tenant_ids for dataset in read_exports(tmp_path)}
    assert found == {
        "graph.organization": {TENANT},
        "graph.subscribed_skus": {TENANT},
        "graph.users": set(),
        "exchange.admin_audit_log_config": set(),
    }


def test_initial_domains_are_found_wherever_a_file_names_its_tenant(tmp_path: Path) -> None:
    domains = [
        {"name": "Contoso.onmicrosoft.com", "isInitial": True},
        {"name": "contoso2.onmicrosoft.com", "isInitial": False},
        {"name": "contoso.example", "isInitial": False},
    ]
    put(tmp_path, "organization.json", [{"id": TENANT, "verifiedDomains": domains}])
    put(tmp_path, "users.json", [{"userPrincipalName": "a@fabrikam.onmicrosoft.com"}])
    put(tmp_path, ADMIN, [{"OrganizationId": "x/Hosted Organizations/CONTOSO.onmicrosoft.com - x"}])
    found = {dataset.spec_name: dataset.domains for dataset in read_exports(tmp_path)}
    assert found == {
        "graph.organization": {"contoso.onmicrosoft.com"},
        "graph.users": set(),
        "exchange.admin_audit_log_config": {"contoso.onmicrosoft.com"},
    }


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("subscribedSkus.json", {"accountId": OTHER}),
        ("Get-OrganizationConfig.json", {"ExternalDirectoryOrganizationId": OTHER}),
        (ADMIN, {"OrganizationId": "x/Hosted Organizations/fabrikam.onmicrosoft.com - x"}),
        (POLICIES, {"tenantId": OTHER}),
    ],
)
def test_files_of_two_tenants_are_refused(tmp_path: Path, name: str, row: dict[str, Any]) -> None:
    put(tmp_path, "organization.json", organization(TENANT, "contoso.onmicrosoft.com"))
    put(tmp_path, name, [row])
    with pytest.raises(InputError, match=r"different tenants|no domain of the tenant") as caught:
        read_exports(tmp_path)
    assert name in str(caught.value)


SPECS = {spec.name: spec for spec in DATASETS.values()}
ANYWHERE = "/subscriptions/s/workspaces/w/namespaces/n/clusters/c/databases/d/storageAccounts/a/blobServices/default/x"
"""Names one of everything that is asked."""


def exported(directory: Path, name: str, command: str, rows: list[dict[str, Any]], **more: Any) -> ImportedDataset:
    """The dataset `name`, exported by `command` with everything else as it should be."""
    spec = SPECS[name]
    directory.mkdir(exist_ok=True)
    put(directory, spec.export_file, rows)
    asked = {"asked": []} if name in MAY_BE_EMPTY else {}
    entry = {"by": "a", "when": WHEN, "command": command, "rows": len(rows), **asked, **more}
    text = json.dumps({"version": 1, "files": {spec.export_file: entry}})
    (directory / "provenance.yaml").write_text(text, encoding="utf-8")
    return only(directory)


@pytest.mark.parametrize("name", sorted(ASKS))
def test_what_lookback_itself_asks_for_is_complete_when_it_comes_back(tmp_path: Path, name: str) -> None:
    rows = [{"id": ANYWHERE}] * 7
    dataset = exported(tmp_path, name, ASKS[name].command, rows, endpoint=ASKS[name].endpoint.value)
    assert (dataset.state, dataset.reasons) == (State.COMPLETE, ())


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_the_request_that_lookback_sends_itself_is_complete_as_a_command(tmp_path: Path, name: str) -> None:
    rows = [{"id": ANYWHERE}] * 7
    dataset = exported(tmp_path, name, SPECS[name].request, rows, endpoint=ASKS[name].endpoint.value)
    assert (dataset.state, dataset.reasons) == (State.COMPLETE, ())


@pytest.mark.parametrize(
    ("name", "command", "reason"),
    [
        ("exchange.mailboxes", "Get-MailboxAuditBypassAssociation", "its command is not Get-Mailbox"),
        ("exchange.mailboxes", "Get-Mailbox -RecipientTypeDetails UserMailbox", "leave something out (-R"),
        ("exchange.mailboxes", "Get-Mailbox alice", "names what it asks for"),
        ("exchange.mailboxes", "'alice', 'bob' | Get-Mailbox", "its command is not Get-Mailbox"),
        ("exchange.mailboxes", "Get-Mailbox -SoftDeletedMailbox", "(-SoftDeletedMailbox)"),
        ("exchange.mailboxes", "Get-EXOMailbox -Archive -ResultSize Unlimited", "(-Archive)"),
        ("exchange.mailboxes", "Get-Mailbox @parameters", "names what it asks for"),
        ("exchange.mailboxes", "Get-Mailbox -ResultSize:Unlimited -Ser DB1", "(-Ser)"),
        ("exchange.mailboxes", "Get-Mailbox -ResultSize $n", "(-ResultSize $n)"),
        ("exchange.group_mailboxes", "Get-Mailbox -GroupMailbox -IncludeInactiveMailbox", "(-IncludeInactiveMailbox)"),
        ("exchange.mailboxes", "Get-Mailbox -ResultSize 2", "-ResultSize"),
        ("exchange.group_mailboxes", "Get-Mailbox -ResultSize Unlimited", "lacks -GroupMailbox"),
        ("exchange.group_mailboxes", "Get-Mailbox -GroupMailbox:$false", "lacks -GroupMailbox"),
        ("exchange.audit_role_assignments", "Get-ManagementRoleAssignment -GetEffectiveUsers", "lacks -Role"),
        ("exchange.audit_role_assignments", 'Get-ManagementRoleAssignment -Role "Audit Logs"', "-GetEffectiveUsers"),
        (
            "exchange.audit_role_assignments",
            "Get-ManagementRoleAssignment -Role 'View-Only Audit Logs' -GetEffectiveUsers",
            "another role than Audit Logs",
        ),
        ("graph.role_assignments", "Get-MgRoleManagementDirectoryRoleAssignment", "needs -All"),
        ("graph.role_assignments", "GET /v1.0/roleManagement/directory/roleDefinitions", "its command is not GET"),
        ("graph.role_assignments", "GET /v1.0/roleManagement/directory/roleAssignments?$top=2", "size of one page"),
        ("arm.tables", "az rest --url https://management.azure.com/subscriptions?api-version=x", "its command is not"),
        (
            "graph.role_assignments",
            "(Invoke-MgGraphRequest -Uri /v1.0/roleManagement/directory/roleAssignments).value",
            "(.value)",
        ),
        ("graph.users", "GET /v1.0/users?$filter=accountEnabled eq true", "leave something out"),
        ("graph.users", "GET /v1.0/users?%24filter=accountEnabled", "($filter=accountEnabled)"),
        ("graph.users", "GET /v1.0/users?filter=accountEnabled", "(filter=accountEnabled)"),
        ("graph.users", "GET /v1.0/users/delta", "its command is not GET"),
        ("graph.users", "GET /v1.0/users?$skiptoken=x", "($skiptoken=x)"),
        ("graph.users", "Get-GraphPage '/v1.0/users'", "the first page alone"),
        ("graph.users", "Get-MgUser -All -Filter 'userType eq null'", "(-Filter)"),
        ("graph.users", "Get-MgUser -All:$false", "needs -All"),
        ("graph.users", "Invoke-MgGraphRequest -Method POST -Uri /v1.0/users", "its command is not GET"),
        ("graph.users", "curl -X POST https://graph.microsoft.com/v1.0/users", "its command is not GET"),
        ("graph.users", "az rest --url /v1.0/users --query value", "--query"),
        ("arm.tables", "az monitor log-analytics workspace table list", "its command is not"),
        ("arm.tables", "GET {workspace}/tables/SigninLogs?api-version=2023-09-01", "its command is not"),
        ("arm.tables", 'Get-Workspaces | select -First 1 | % { Get-ArmRows "${_}/tables" }', "its command is not"),
        (
            "arm.entra_diagnostic_settings",
            "az rest --url /providers/microsoft.aadiam/diagnosticSettings --query value[?name=='a']",
            "--query",
        ),
    ],
)
def test_a_command_of_another_dataset_or_of_less_makes_partial(
    tmp_path: Path, name: str, command: str, reason: str
) -> None:
    rows = [{"id": "/workspaces/w"}] * 2
    dataset = exported(tmp_path, name, command, rows)
    assert dataset.state is State.PARTIAL
    assert reason in " ".join(dataset.reasons)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("exchange.mailboxes", "Get-Mailbox -ResultSize Unlimited -IncludeInactiveMailbox | Select-Object Guid"),
        ("exchange.mailboxes", "Get-Mailbox `\n  -ResultSize Unlimited"),
        ("exchange.inactive_mailboxes", "Get-EXOMailbox -InactiveMailboxOnly -ResultSize Unlimited"),
        ("graph.role_assignments", "Get-MgRoleManagementDirectoryRoleAssignment -All -ExpandProperty principal"),
        ("arm.entra_diagnostic_settings", "az rest --url /providers/microsoft.aadiam/diagnosticSettings --query value"),
        ("arm.subscriptions", "az rest --method get --url 'https://management.azure.com/subscriptions?api-version=x'"),
        ("arm.subscriptions", "(Get-ArmRows '/subscriptions?api-version=2022-12-01') | ConvertTo-Json"),
        ("arm.tables", "az rest --method get --url WORKSPACE_ID/tables?api-version=2023-09-01"),
        (
            "arm.tables",
            'az rest -m get -u "https://management.azure.com$id/tables?api-version=x" -o json > tables.json',
        ),
        ("exchange.mailboxes", "$m = @(get-mailbox -res unlimited -ea Stop); $m | select * | ConvertTo-Json -Depth 12"),
        ("exchange.mailboxes", "Get-EXOMailbox -Properties AuditOwner, AuditAdmin -ResultSize Unlimited"),
        ("exchange.audit_role_assignments", "Get-ManagementRoleAssignment -Get -Role:'audit logs' | fl"),
        ("graph.users", 'Invoke-MgGraphRequest -Uri "https://graph.microsoft.us/v1.0/users?`$select=id&`$top=999"'),
        ("graph.users", "Get-MgUser -All -Property id, userType -ConsistencyLevel eventual"),
        (
            "graph.users",
            "curl -s -H 'Authorization: x' 'https://graph.microsoft.com/v1.0/users?$count=true' -o users.json",
        ),
        ("graph.organization", "(Invoke-MgGraphRequest GET /v1.0/organization).value | ConvertTo-Json"),
        ("graph.organization", "az rest --url https://graph.microsoft.com/v1.0/organization --query value"),
    ],
)
def test_a_command_of_the_whole_dataset_in_other_words_is_complete(tmp_path: Path, name: str, command: str) -> None:
    dataset = exported(tmp_path, name, command, [{"id": "/workspaces/w"}] * 2)
    assert (dataset.state, dataset.reasons) == (State.COMPLETE, ())


ARM = "https://management.azure.com"
SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
VAULT = f"{SUB}/resourceGroups/logs_(1)/providers/Microsoft.Storage/storageAccounts/archive1"
EVENTS = "providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01"
LONG_AGO = "2026-08-01T00:00:00Z"
IN_TIME = "2026-08-23T09:00:00Z"
ACCOUNTS = "providers/Microsoft.Storage/storageAccounts?api-version=2023-05-01"
NEXT = " and resourceProvider eq 'Microsoft.OperationalInsights'"


def window(begin: str, end: str, rest: str = NEXT) -> str:
    return f"&$filter=eventTimestamp ge '{begin}' and eventTimestamp le '{end}'{rest}"


@pytest.mark.parametrize(
    ("name", "command", "reason"),
    [
        # what these print is not in the shape of the API
        ("arm.storage_accounts", "az storage account show --ids ACCOUNT_ID", "its command is not GET {account}"),
        ("arm.lifecycle_policies", "az storage account management-policy show -g g --account-name a", "is not GET"),
        ("arm.blob_containers", "az storage container-rm list --storage-account a", "is not GET"),
        ("arm.event_hubs", "az eventhubs eventhub list -g g --namespace-name n", "is not GET"),
        ("arm.adx_databases", "az kusto database list --cluster-name c -g g", "is not GET"),
        ("arm.locks", "az lock list", "its command is not GET {subscription}"),
        ("arm.role_assignments", "az role assignment list --all --include-inherited", "is not GET"),
        ("arm.role_definitions", "Get-AzRoleDefinition", "is not GET"),
        ("arm.activity_log_settings", "az monitor diagnostic-settings subscription list", "is not GET"),
        ("arm.data_exports", "az monitor log-analytics workspace data-export list", "is not GET"),
        ("arm.activity_events", "az monitor activity-log list --offset 89d", "is not GET"),
        # what these ask is less, or something else
        ("arm.locks", f"az rest --url {SUB}/resourceGroups/logs/providers/Microsoft.Authorization/locks", "is not GET"),
        ("arm.role_assignments", f"GET {SUB}/providers/Microsoft.Authorization/roleAssignments?$filter=x", "$filter=x"),
        ("arm.blob_containers", "az rest --url $id/blobServices/default/containers --query value", "--query value"),
        ("arm.blob_containers", "(az rest --url $id/blobServices/default/containers).value", "(.value)"),
        ("arm.lifecycle_policies", "GET {account}?api-version=2023-05-01", "is not GET"),
        ("arm.blob_services", "az rest --url $id/blobServices/default/containers", "is not GET"),
        ("arm.store_diagnostic_settings", f"GET {SUB}/providers/Microsoft.Insights/diagnosticSettings", "is not GET"),
        ("arm.locks", "Get-EachRows 'workspaces' '/providers/Microsoft.Authorization/locks'", "is not GET"),
        ("arm.locks", "Get-EachRows 'storeSubscriptions' '/providers/Microsoft.Authorization/locks'", "is not GET"),
        ("arm.locks", f"{ASKS['arm.locks'].command} | select -First 1", "(| select -First 1)"),
        ("arm.subscriptions", "Get-EachRows 'subscriptions' ''", "is not GET"),
        ("arm.activity_events", f"GET {SUB}/{EVENTS}{window('2026-11-01T00:00:00Z', WHEN)}", "$filter"),
        (
            "arm.activity_events",
            f"GET {SUB}/{EVENTS}{window('2026-07-01T00:00:00Z', '2026-11-01T00:00:00Z')}",
            "$filter",
        ),
        ("arm.activity_events", f"GET {SUB}/{EVENTS}{window(LONG_AGO, WHEN, '')}", "$filter"),
        (
            "arm.activity_events",
            f"GET {SUB}/{EVENTS}{window(LONG_AGO, WHEN, f'{NEXT} and caller eq me')}",
            "$filter",
        ),
        ("arm.resources", f'az graph query -q "{RESOURCE_QUERY}" --query data', "--first 1000"),
        ("arm.resources", f'az graph query -q "{RESOURCE_QUERY}" --first 1000', "--query data"),
        (
            "arm.resources",
            f'az graph query -q "{RESOURCE_QUERY} | take 5" --first 1000 --query data',
            "its query is not",
        ),
        ("arm.resources", f'az graph query -q "{RESOURCE_QUERY}" --first 1000 --query data -s x', "(-s)"),
        ("arm.resources", "az resource list", "its command is not POST"),
        ("arm.resources", "Get-Resources -Kind x", "its command is not POST"),
    ],
)
def test_a_command_that_gives_less_of_azure_makes_partial(tmp_path: Path, name: str, command: str, reason: str) -> None:
    dataset = exported(tmp_path, name, command, [{"id": ANYWHERE}] * 2)
    assert dataset.state is State.PARTIAL
    assert reason in " ".join(dataset.reasons)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("arm.storage_accounts", f"az rest --method get --url '{ARM}{VAULT}?api-version=2023-05-01'"),
        (
            "arm.storage_accounts",
            f"az rest -u '{SUB}/{ACCOUNTS}'",
        ),
        ("arm.lifecycle_policies", f"GET '{VAULT}/managementPolicies/default?api-version=2023-05-01'"),
        ("arm.locks", f"az rest --url {ARM}{SUB}/providers/Microsoft.Authorization/locks?api-version=2020-05-01"),
        ("arm.store_diagnostic_settings", 'az rest -u "$id/providers/Microsoft.Insights/diagnosticSettings"'),
        ("arm.activity_events", f'az rest --url "{SUB}/{EVENTS}{window(IN_TIME, WHEN)}"'),
        (
            "arm.activity_events",
            f'az rest --url "{SUB}/{EVENTS}{window(IN_TIME, WHEN)}"'.replace("$", "%24"),
        ),
        ("arm.resources", f'az graph query -q "{RESOURCE_QUERY}" --first 1000 --query data -o json > resources.json'),
        ("arm.resources", "Get-Resources | ConvertTo-Json -Depth 5"),
    ],
)
def test_a_command_that_gives_all_of_azure_is_complete(tmp_path: Path, name: str, command: str) -> None:
    dataset = exported(tmp_path, name, command, [{"id": ANYWHERE}] * 2)
    assert (dataset.state, dataset.reasons) == (State.COMPLETE, ())


def test_a_thousand_rows_of_resource_graph_are_one_page(tmp_path: Path) -> None:
    command = f'az graph query -q "{RESOURCE_QUERY}" --first 1000 --query data'
    assert exported(tmp_path, "arm.resources", command, [{"id": ANYWHERE}] * 1000).state is State.PARTIAL


@pytest.mark.parametrize("endpoint", ["exchange_online", "security_compliance", None])
def test_role_groups_count_only_from_the_service_that_they_are_of(tmp_path: Path, endpoint: str | None) -> None:
    for name, service in (("exchange.role_groups", "exchange_online"), ("purview.role_groups", "security_compliance")):
        directory = tmp_path / name
        directory.mkdir()
        dataset = exported(directory, name, "Get-RoleGroup -ResultSize Unlimited", [{}], endpoint=endpoint)
        assert (dataset.state is State.COMPLETE) is (endpoint == service)


def test_tables_that_do_not_say_of_which_workspace_they_are_make_partial(tmp_path: Path) -> None:
    rows = [{"id": "/subscriptions/s/workspaces/w/tables/T"}, {"name": "SigninLogs"}, {"id": "SigninLogs"}]
    dataset = exported(tmp_path, "arm.tables", SPECS["arm.tables"].request, rows)
    assert dataset.reasons == ("2 of its rows do not say which workspace they are of (id)",)


def test_a_role_that_is_held_above_a_subscription_needs_not_name_it(tmp_path: Path) -> None:
    rows = [{"id": "/providers/Microsoft.Authorization/roleAssignments/1"}]
    dataset = exported(tmp_path, "arm.role_assignments", ASKS["arm.role_assignments"].command, rows)
    assert (dataset.state, dataset.reasons) == (State.COMPLETE, ())
    lock = exported(tmp_path / "locks", "arm.locks", ASKS["arm.locks"].command, [{"id": "/providers/x/locks/1"}])
    assert lock.reasons == ("1 of its rows do not say which subscription they are of (id)",)


def test_what_was_asked_is_kept_as_provenance_gives_it(tmp_path: Path) -> None:
    asked = [SUB.upper(), f"{SUB}/"]
    assert exported(tmp_path, "arm.locks", ASKS["arm.locks"].command, [], asked=asked).asked == tuple(asked)


def test_an_attested_list_counts_where_no_export_is_there(tmp_path: Path) -> None:
    attested = {"version": 1, "tenant": TENANT, "by": "a", "when": WHEN, "where": "portal", "policies": []}
    put(tmp_path, "retention_policies.yaml", attested)
    dataset = only(tmp_path)
    assert (dataset.spec_name, dataset.origin, dataset.state, dataset.rows) == (
        "purview.audit_retention_policies",
        Origin.ATTESTED,
        State.COMPLETE,
        0,
    )
    assert dataset.tenant_ids == {TENANT}
    put(tmp_path, POLICIES, [{"Name": "short"}])
    exported_instead = only(tmp_path)
    assert (exported_instead.origin, exported_instead.rows) == (Origin.EXPORTED, 1)
    assert exported_instead.notes == ("also in retention_policies.yaml, which was left out",)


def test_an_attested_list_of_another_tenant_is_refused(tmp_path: Path) -> None:
    attested = {"version": 1, "tenant": OTHER, "by": "a", "when": WHEN, "where": "portal", "policies": []}
    put(tmp_path, "retention_policies.yaml", attested)
    put(tmp_path, "organization.json", organization(TENANT, "contoso.onmicrosoft.com"))
    with pytest.raises(InputError, match="different tenants"):
        read_exports(tmp_path)


@pytest.mark.parametrize("text", ["(" * 5000, "(" * 2000 + ")" * 2000, '"`' * 9000, "a " * 9000, "|" * 9000])
def test_a_command_that_nobody_would_type_makes_partial(tmp_path: Path, text: str) -> None:
    for name in ("exchange.mailboxes", "graph.users", "arm.tables"):
        assert exported(tmp_path, name, text, [{"id": "/workspaces/w"}]).state is State.PARTIAL
        (tmp_path / SPECS[name].export_file).unlink()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(raw=st.binary(max_size=60), notes=st.binary(max_size=60))
def test_arbitrary_files_are_read_or_refused_and_nothing_else(tmp_path: Path, raw: bytes, notes: bytes) -> None:
    (tmp_path / POLICIES).write_bytes(raw)
    (tmp_path / "provenance.yaml").write_bytes(notes)
    with contextlib.suppress(InputError):
        read_exports(tmp_path)
