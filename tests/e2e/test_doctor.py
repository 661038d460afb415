"""doctor says exactly what an identity was granted, what each missing right would add, and which checks it decides."""

from __future__ import annotations

import os
import re
from dataclasses import replace

import pytest
from lookback_command import Run, lookback_here, write_config

from checks import all_checks
from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.cli.doctor import commands_for
from compliance.clouds import Lack
from compliance.collector import Run as Collection
from compliance.collector import collect
from compliance.credentials import TokenFacts
from compliance.decidability import needed
from compliance.demo.azure import DiagnosticSetting
from compliance.demo.faults import CannedAnswer, EmptyPage, Fault
from compliance.demo.scenarios import load_scenario, scenario_names
from compliance.demo.server import serve
from compliance.demo.tenant import Identity, Tenant
from compliance.evidence.bundle import open_bundle
from compliance.evidence.datasets import DATASETS, Api
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import datasets_behind
from compliance.evidence.parents import PARENT_OF, Parent
from compliance.permissions import PERMISSIONS
from compliance.settings import load_settings
from compliance.sources.transport import TenantApis

SCENARIOS = sorted(name.replace(":N", ":30").replace(":SxWxT", ":3x2x5") for name in scenario_names())
COMMANDS = ("az ", "Connect-", "New-", "Add-", "# ")
ELSEWHERE = "99999999-9999-4999-8999-999999999999"
STORES = (Parent.STORE, Parent.STORE_SUBSCRIPTION)
AADIAM = "/providers/microsoft.aadiam"


def doctor(tenant: Tenant, sign_in: str | None = None) -> Run:
    """What doctor says of a tenant; `sign_in` are lines of config.yaml, with {client} for the application's id."""
    with serve(tenant) as served, pytest.MonkeyPatch.context() as patch:
        for name, value in served.environment.items():
            patch.setenv(name, value)
        config = write_config(served, served.directory)
        if sign_in is not None:
            text = config.read_text()
            block = text[text.index("credential:") : text.index("limits:")]
            config.write_text(text.replace(block, sign_in.format(client=tenant.identity.client_id)))
        return lookback_here("doctor", "-c", config, "-q")


@pytest.fixture(scope="module")
def said():
    """What doctor says of each scenario."""
    told: dict[str, Run] = {}

    def of(name: str) -> Run:
        if name not in told:
            told[name] = doctor(load_scenario(name))
        return told[name]

    return of


def marks(run: Run) -> dict[str, str]:
    """Of each permission: yes, NO, - or ?."""
    lines = [line for line in run.out.splitlines() if re.match(r"  (yes|NO | - | \? )  \S", line)]
    assert len(lines) == len(PERMISSIONS), run.said
    for line, permission in zip(lines, PERMISSIONS.values(), strict=True):
        assert permission.title.startswith(line[7:].strip()), line
    return dict(zip(PERMISSIONS, (line[2:5].strip() for line in lines), strict=True))


def decidable(run: Run) -> set[str]:
    """The checks that doctor says can be decided."""
    heading = re.search(r"^(\d+) of (\d+) checks can be decided$", run.out, re.MULTILINE)
    assert heading is not None, run.said
    names = set(re.findall(r"[A-Z]+-\d+", run.out[heading.end() :].partition("\n\n")[0]))
    assert (len(names), len(all_checks())) == (int(heading[1]), int(heading[2]))
    return names


def added(run: Run) -> dict[str, set[str]]:
    """The checks that each missing permission would decide by itself."""
    text = run.out.partition("What each missing permission would add\n")[2].partition("\n\n")[0]
    entries = " ".join(line if line.startswith("    ") else f"\x1f{line}" for line in text.splitlines()).split("\x1f")
    found = {}
    for entry in filter(None, entries):
        name, _, rest = " ".join(entry.split()).partition(": ")
        alone = re.search(r"decides ([A-Z0-9, -]+)", rest)
        found[name] = set(re.findall(r"[A-Z]+-\d+", alone[1])) if alone else set()
    return found


def held(identity: Identity) -> dict[str, bool]:
    """Which rights an identity holds, by Microsoft's own documents on roles; those that a broader one covers too."""
    reader = {"Global Reader", "Global Administrator"} & set(identity.directory_roles)
    manager = {"Compliance Administrator", "Global Administrator"} & set(identity.directory_roles)
    azure = [(role, scope.casefold().rstrip("/")) for role, scope in identity.azure_roles]
    rights = {name: name in identity.graph_roles for name, one in PERMISSIONS.items() if one.api == "graph"}
    return {
        **rights,
        "Exchange.ManageAsApp": identity.exchange_manage_as_app,
        "View-Only Configuration": bool(reader) or "View-Only Configuration" in identity.exchange_roles,
        "View-Only Recipients": bool(reader) or "View-Only Recipients" in identity.exchange_roles,
        "Exchange.ManageAsApp (Purview)": identity.compliance_manage_as_app,
        "Organization Configuration": bool(manager) or "Organization Configuration" in identity.purview_roles,
        "Role Management": bool(reader or manager) or "Role Management" in identity.purview_roles,
        "Reader at /providers/Microsoft.aadiam": any(scope in ("", AADIAM) for _, scope in azure),
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_doctor_says_exactly_what_the_identity_was_granted(name, said):
    tenant, told = load_scenario(name), marks(said(name))
    for permission, granted in held(tenant.identity).items():
        assert (told[permission] == "yes") is granted, (permission, told[permission])
    for narrow, broad in (
        ("LicenseAssignment.Read.All", "Organization.Read.All"),
        ("RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory"),
    ):
        if told[narrow] == "-":
            assert broad in tenant.identity.graph_roles


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_check_that_doctor_calls_decidable_lacks_a_dataset_after_collecting(name, said, bundle_of):
    manifest = open_bundle(bundle_of(name)).manifest
    promised = decidable(said(name))
    for one in all_checks():
        behind = [each for each in datasets_behind(one.function, DERIVATIONS) if not DATASETS[each].corroborates]
        states = {each: entry.state.value for each in behind if (entry := manifest.dataset(each)) is not None}
        assert states.keys() == set(behind)
        if one.id in promised:
            assert set(states.values()) <= {"complete"}, (one.id, states)
        else:
            assert set(states.values()) - {"complete"}, (one.id, states)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_exit_code_tells_whether_every_check_can_be_decided(name, said):
    run = said(name)
    assert run.code == (0 if decidable(run) == {one.id for one in all_checks()} else 4)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_doctor_says_fits_eighty_columns_but_for_commands(name, said):
    long = [line for line in said(name).out.splitlines() if len(line) > 80]
    assert [line for line in long if not line.strip().startswith(COMMANDS) and " " in line.strip()] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_missing_permission_comes_with_a_way_to_grant_it_and_one_to_do_without(name, said):
    run = said(name)
    blocks = re.split(r"\n\n(?=  (?:yes|NO | - | \? )  )", run.out)[1:]
    for permission, block in zip(PERMISSIONS.values(), blocks, strict=True):
        if marks(run)[permission.id] in ("NO", "?"):
            assert "to grant it" in block
            for command in permission.grant:
                assert re.sub(r"<(client|object) id>", "", command).split()[0] in block
            assert "or without it: an administrator exports" in block


def test_commands_name_the_application_that_signed_in(said):
    identity = load_scenario("least-privilege").identity
    assert identity.client_id in said("least-privilege").out
    assert "<client id>" not in said("least-privilege").out


def _granting(identity: Identity, permission: str) -> Identity:
    one = PERMISSIONS[permission]
    if one.api == "graph":
        return replace(identity, graph_roles=(*identity.graph_roles, permission))
    if permission in ("View-Only Configuration", "View-Only Recipients"):
        return replace(identity, exchange_roles=(*identity.exchange_roles, permission))
    if permission in ("Organization Configuration", "Role Management"):
        return replace(identity, purview_roles=(*identity.purview_roles, permission))
    if permission.startswith("Exchange.ManageAsApp"):
        return replace(identity, exchange_manage_as_app=True, compliance_manage_as_app=True)
    role = permission.partition(" at ")[0].partition(" on ")[0]
    scope = AADIAM if "aadiam" in permission else "/providers/Microsoft.Management/managementGroups/root"
    return replace(identity, azure_roles=(*identity.azure_roles, (role, scope)))


def test_a_permission_decides_what_doctor_said_it_would(said):
    before = said("least-privilege")
    promises = {name: checks for name, checks in added(before).items() if checks}
    assert promises
    for permission, checks in promises.items():
        tenant = load_scenario("least-privilege")
        tenant.identity = _granting(tenant.identity, permission)
        assert decidable(doctor(tenant)) >= decidable(before) | checks, permission


def test_an_identity_that_was_granted_everything_decides_every_check():
    tenant = load_scenario("compliant")
    for permission in PERMISSIONS:
        tenant.identity = _granting(tenant.identity, permission)
    run = doctor(tenant)
    assert run.code == 0, run.out
    assert "NO" not in marks(run).values()
    assert "missing permission" not in run.out


def test_one_reader_above_every_subscription_reads_all_of_azure_but_where_entra_sends_its_logs():
    tenant = load_scenario("compliant")
    tenant.identity = _granting(replace(tenant.identity, azure_roles=()), "Reader on the subscriptions")
    told = marks(doctor(tenant))
    assert told["Reader at /providers/Microsoft.aadiam"] == "NO"
    assert {told[name] for name in told if name.endswith(("on the subscriptions", "on the workspaces"))} == {"yes"}


def test_whoever_has_no_role_in_azure_is_told_of_the_one_grant_first():
    tenant = load_scenario("compliant")
    tenant.identity = replace(tenant.identity, azure_roles=(("Reader", AADIAM),))
    run = doctor(tenant)
    told = marks(run)
    assert told["Reader at /providers/Microsoft.aadiam"] == "yes"
    assert "yes" not in {told[name] for name in told if name.endswith(("on the subscriptions", "on the workspaces"))}
    one = run.out.index("--scope /providers/Microsoft.Management/managementGroups/<tenant id>")
    assert one < run.out.index('--role "Monitoring Reader"') < run.out.index('--role "Log Analytics Reader"')
    assert {"EXP-01", "RET-05"} <= added(run)["Reader on the subscriptions"]


def test_a_dataset_that_fails_is_not_taken_for_one_that_is_denied():
    tenant = load_scenario("compliant")
    tenant.faults.append(Fault("exchange", "Get-OrganizationConfig", CannedAnswer(status=400), times=None))
    run = doctor(tenant)
    assert "does not read Get-OrganizationConfig: failed" in " ".join(run.out.split())
    assert "AUD-03" not in decidable(run)
    assert marks(run)["View-Only Configuration"] == "yes", "the service says that it offers every cmdlet of the role"


@pytest.mark.parametrize(
    ("fault", "check_id", "told"),
    [
        (
            Fault("exchange", "Get-AdminAuditLogConfig", CannedAnswer(200, body=b'{"value": []}'), times=None),
            "AUD-01",
            "does not read Get-AdminAuditLogConfig: failed: the answer holds 0 rows, which no tenant has",
        ),
        (
            Fault("graph", "/v1.0/users", CannedAnswer(200, body=b'{"value": [{"id": "u-1"}]}'), times=None),
            "RET-01",
            "reads only a part of GET /v1.0/users: the service gave no count of the rows to compare with",
        ),
    ],
    ids=["empty", "not-counted"],
)
def test_an_answer_that_cannot_be_whole_decides_nothing(fault, check_id, told):
    tenant = load_scenario("compliant")
    tenant.faults.append(fault)
    run = doctor(tenant)
    assert told in " ".join(run.out.split())
    assert check_id not in decidable(run)
    assert run.code == 4


def test_a_first_page_without_rows_is_no_answer_yet():
    tenant = load_scenario("compliant")
    tenant.faults += [Fault("graph", "/v1.0/users", EmptyPage()), Fault("exchange", "Get-Mailbox", EmptyPage())]
    run = doctor(tenant)
    assert run.code == 0, run.out
    assert "/v1.0/users, which is empty" not in " ".join(run.out.split())


def test_one_workspace_of_two_is_a_part_and_what_rests_on_both_is_judged_in_part():
    tenant = load_scenario("compliant")
    here = tenant.azure.workspaces[0].id
    elsewhere = f"/subscriptions/{ELSEWHERE}/{here.split('/', 3)[3]}"
    tenant.azure.settings.append(DiagnosticSetting("elsewhere", categories=("AuditLogs",), workspace_id=elsewhere))
    run = doctor(tenant)
    text = " ".join(run.out.split())
    assert "reads only a part of GET {workspace}?api-version=2023-09-01" in text
    asked_there = {name for name, kind in PARENT_OF.items() if kind in (Parent.WORKSPACE, *STORES)}
    resting = {one.id for one in all_checks() if asked_there & needed(one.function, DERIVATIONS)}
    assert resting
    assert decidable(run) == {one.id for one in all_checks()} - resting
    assert f"{len(resting)} judged on what can be read" in text
    assert "cannot be judged" not in text
    assert run.code == 4


def test_an_api_that_config_leaves_out_is_not_asked_and_its_checks_are_not_promised():
    tenant = load_scenario("compliant")
    with serve(tenant) as served, pytest.MonkeyPatch.context() as patch:
        for name, value in served.environment.items():
            patch.setenv(name, value)
        config = write_config(served, served.directory)
        text = config.read_text()
        block = text[text.index("credential:") : text.index("limits:")]
        inner = block.partition("\n")[2]
        each = "".join(f"  {api}:\n{_indented(inner)}" for api in ("graph", "exchange", "arm"))
        config.write_text(text.replace(block, f"credentials:\n{each}  purview: none\n"))
        run = lookback_here("doctor", "-c", config, "-q")
        collected = lookback_here("collect", "-c", config, "-q", "-o", served.directory / "b")
        asked = served.requests.to("purview") + served.requests.to("purview_regional")
        entries = open_bundle(served.directory / "b").manifest.datasets
    assert "purview: not signed in to" in run.out, run.said
    assert "RET-01" not in decidable(run)
    assert asked == []
    assert {entry.state for entry in entries if entry.name.startswith("purview.")} == {"not_requested"}
    assert "purview.audit_retention_policies: not_requested" in " ".join(collected.err.split())
    assert "lookback import --into" in " ".join(collected.err.split())
    assert [line for line in collected.err.splitlines() if len(line) > 80] == []


OF_APPLICATIONS = ("az ad app", "az role assignment", "New-ServicePrincipal", "<client id>", "<object id>")


def test_a_person_is_told_the_roles_of_people_and_nothing_that_applications_are_granted():
    run = doctor(load_scenario("least-privilege"), "credential: {{method: device_code, client_id: {client}}}\n")
    text = " ".join(run.out.split())
    assert not [words for words in (*OF_APPLICATIONS, "application permission", "ManageAsApp") if words in run.out]
    assert "yes Microsoft Graph delegated permission User.Read.All" in text
    assert "NO Purview role Organization Configuration" in text
    assert "Entra Compliance Administrator, or a Purview role group with Organization Configuration" in text
    assert "beware: it also creates, changes and removes retention policies" in text
    assert "Entra Security Administrator, or Azure Reader at the scope /providers/Microsoft.aadiam" in text
    assert {"AUD-01", "AUD-04"} <= decidable(run)
    assert "RET-01" not in decidable(run)
    assert "Organization Configuration: decides" in text


def test_what_was_delegated_to_a_person_goes_no_further_than_what_the_person_may_do():
    tenant = load_scenario("compliant")
    tenant.faults.append(Fault("graph", "/v1.0/users", CannedAnswer(403, body=b'{"error": {"code": "F"}}'), times=None))
    run = doctor(tenant, "credential: {{method: device_code, client_id: {client}}}\n")
    text = " ".join(run.out.split())
    assert "NO Microsoft Graph delegated permission User.Read.All" in text
    assert "to grant it: consent to it for the client that signs in, and give the person Entra Global Reader or" in text


def test_each_api_is_granted_to_whoever_signs_in_there():
    own = "{{client_id: {client}, client_secret: {{env: LOOKBACK_CLIENT_SECRET}}}}"
    person = "{{method: device_code, client_id: {client}}}"
    tenant = load_scenario("everything-denied")
    facts_of = TenantApis.token_facts

    def as_its_own(apis: TenantApis, api: Api) -> TokenFacts:
        return replace(facts_of(apis, api), app_id=f"{api.value}-client", object_id=f"{api.value}-object")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TenantApis, "token_facts", as_its_own)
        each = f"credentials:\n  graph: {person}\n  exchange: {own}\n  purview: {own}\n  arm: {own}\n"
        run = doctor(tenant, each)
    blocks = re.split(r"\n\n(?=  (?:yes|NO | - | \? )  )", run.out.partition("\n\n\n")[0])[1:]
    assert "graph-client" not in run.out
    assert "graph-object" not in run.out
    for api, title in (("exchange", "Exchange role View-Only Recipients"), ("purview", "Purview role Role Management")):
        (block,) = (one for one in blocks if title in one)
        assert f"-AppId {api}-client -ObjectId {api}-object" in block
    (azure,) = (one for one in blocks if "Microsoft.aadiam" in one.splitlines()[0])
    assert "--assignee-object-id arm-object" in azure
    assert "Microsoft Graph delegated permission User.Read.All" in run.out


def test_where_nobody_can_sign_in_to_an_api_its_commands_keep_their_blanks():
    own = "{{client_id: {client}, client_secret: {{env: LOOKBACK_CLIENT_SECRET}}}}"
    tenant = load_scenario("least-privilege")
    run = doctor(tenant, f"credentials:\n  graph: {own}\n  exchange: {own}\n  purview: {own}\n  arm: none\n")
    assert "az role assignment create --assignee-object-id <object id>" in run.out
    assert f"New-ServicePrincipal -AppId {tenant.identity.client_id}" in run.out


def _indented(text: str) -> str:
    return "".join(f"  {line}{os.linesep}" for line in text.splitlines())


def test_what_a_cloud_lacks_is_said_and_never_asked_for():
    said = []
    with serve(load_scenario("compliant")) as served, pytest.MonkeyPatch.context() as patch:
        for name, value in served.environment.items():
            patch.setenv(name, value)
        settings = load_settings(write_config(served, served.directory))
        with tenant_apis(settings, quiet=True) as apis:
            lacks = {"exchange.organization_config": Lack(reason="not served there", substitute="Ask the portal.")}
            apis.cloud = replace(apis.cloud, lacks=lacks)
            run = Collection(served.directory / "b", tuple(DATASETS), scope_of(settings), settings.digest())
            bundle = collect(apis, run, clock=now, say=said.append)
        asked = {request.cmdlet for request in served.requests.to("exchange")}
    assert said == ["exchange.organization_config: unavailable, cloud: not served there. Ask the portal."]
    entry = bundle.manifest.dataset("exchange.organization_config")
    assert entry is not None
    assert (entry.state, entry.reason, entry.file) == ("unavailable", "cloud: not served there. Ask the portal.", None)
    assert "Get-OrganizationConfig" not in asked
    assert "Get-Mailbox" in asked


@pytest.mark.parametrize(
    ("cloud", "command", "written"),
    [
        ("gcc", "Connect-ExchangeOnline", ["Connect-ExchangeOnline"]),
        ("gcc-high", "Connect-ExchangeOnline", ["Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovGCCHigh"]),
        ("dod", "az x --id <client id>", ["az cloud set --name AzureUSGovernment", "az x --id app"]),
        ("china", "az x <object id>", ["az cloud set --name AzureChinaCloud", "az x it"]),
        ("commercial", "az x --id <client id>", ["az x --id app"]),
    ],
)
def test_commands_are_those_of_the_cloud_and_of_the_application(cloud, command, written):
    facts = TokenFacts(None, "app", "it", None, None, None, None, None)
    assert list(commands_for(facts, cloud)(command)) == written
