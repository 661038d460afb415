"""What commands of the Azure CLI do to a simulated tenant.

Source: the reference of the Azure CLI (https://learn.microsoft.com/cli/azure/reference-index) and, of what is refused,
Manage data retention in a Log Analytics workspace, Diagnostic settings in Azure Monitor, and Store business-critical
blob data with immutable storage, all on Microsoft Learn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from compliance.demo.azure import ACTIVITY_CATEGORIES, ENTRA_TABLES, DiagnosticSetting, Subscription, Table, Workspace
from compliance.demo.azure_access import BUILT_IN, Lock, RoleHolder
from compliance.demo.azure_stores import Container, Immutability, LifecycleRule, StorageAccount
from compliance.demo.tenant import Tenant

_TOTALS_OF_CLI = (*range(4, 731), 1095, 1460, 1826, 2191, 2556)
_TOTALS_OF_API = (*_TOTALS_OF_CLI, 2922, 3288, 3653, 4018, 4383)
_SETTING = re.compile(
    r"/providers/microsoft\.aadiam/diagnosticSettings/([\w-]{1,64})\?api-version=2017-04-01(?:-preview)?", re.ASCII
)
_TABLE = re.compile(r"(/subscriptions/[^?']+)/tables/(\w+)\?api-version=[\d-]+", re.ASCII)
_PLAIN_NAME = re.compile(r"[\w.()-]+", re.ASCII)
_RULE = re.compile(
    r"policy\.rules\[(\d+)\]\.definition\.actions\.baseBlob\.delete\.(daysAfter(?:Modification|Creation)GreaterThan)"
    r"=(\d+)",
    re.ASCII,
)
_MOMENTS = {
    "daysAfterModificationGreaterThan": "delete_after_modification",
    "daysAfterCreationGreaterThan": "delete_after_creation",
}
_BLOB_CATEGORIES = frozenset({"StorageRead", "StorageWrite", "StorageDelete"})
_SWITCH = {"true": True, "false": False}


@dataclass
class AzureCommand:
    """A tenant as the Azure CLI reaches it; `deleted` are workspaces that can still be brought back."""

    tenant: Tenant
    deleted: list[Workspace]

    def workspace(self, given: Mapping[str, str]) -> Workspace:
        found = [one for one in self.tenant.azure.workspaces if _is_meant(one.id, given, given["--workspace-name"])]
        assert len(found) == 1, f"workspaces called {given['--workspace-name']}: {len(found)}"
        return found[0]

    def account(self, given: Mapping[str, str], name: str) -> StorageAccount:
        found = [one for one in self.tenant.azure.storage_accounts if _is_meant(one.id, given, name)]
        assert len(found) == 1, f"storage accounts called {name}: {len(found)}"
        return found[0]

    def container(self, given: Mapping[str, str]) -> Container:
        account = self.account(given, given["--account-name"])
        return next(one for one in account.containers if one.name == given["--container-name"])

    def by_id(self, workspace_id: str) -> Workspace:
        found = [one for one in self.tenant.azure.workspaces if one.id.casefold() == workspace_id.casefold()]
        assert found, f"no workspace {workspace_id}"
        return found[0]

    def arrive(self, workspace_id: str, tables: Sequence[str]) -> None:
        """The first records of a log make its table, with the days of the workspace."""
        workspace = self.by_id(workspace_id)
        there = {one.name for one in workspace.tables}
        days = workspace.retention_in_days
        workspace.tables += [Table(one, days, days) for one in dict.fromkeys(tables) if one not in there]


def _is_meant(resource_id: str, given: Mapping[str, str], name: str) -> bool:
    _, _, subscription, _, group, _, _, _, called = resource_id.casefold().split("/")
    meant = (given.get("--subscription", subscription), given["--resource-group"], name)
    return (subscription, group, called) == tuple(one.casefold() for one in meant)


def _table_update(at: AzureCommand, given: Mapping[str, str]) -> None:
    days = {name: int(given[name]) for name in ("--retention-time", "--total-retention-time") if name in given}
    hot, total = days.get("--retention-time"), days.get("--total-retention-time")
    _keep(at.workspace(given), given["--name"], (hot, total), given.get("--plan"), _TOTALS_OF_CLI)


def _keep(
    workspace: Workspace, name: str, days: tuple[int | None, int | None], plan: str | None, totals: Sequence[int]
) -> None:
    table = next((one for one in workspace.tables if one.name == name), None)
    assert table is not None, f"{workspace.name} has no table {name}"
    if plan is not None:
        assert (table.plan, plan) == ("Basic", "Analytics"), f"{name} cannot go from {table.plan} to {plan}"
        table.plan = plan
    hot, total = days
    assert total is not None, "without a total the interactive days are left out of it"
    if hot is not None:
        assert table.plan == "Analytics", f"{name} is in the plan {table.plan}, whose interactive days are fixed"
        assert 4 <= hot <= 730, f"{hot} interactive days cannot be set"
        assert hot >= table.retention_in_days, f"{name} would be searchable for less than before"
        table.retention_in_days = hot
    else:
        assert table.plan != "Analytics", "give both times"
    assert total in totals, f"{total} days in all cannot be set"
    assert total >= max(table.total_retention_in_days, table.retention_in_days), f"{name} would be kept shorter"
    table.total_retention_in_days = total


def _create(at: AzureCommand, given: Mapping[str, str]) -> None:
    subscription = f"/subscriptions/{_subscription(at, given['--subscription']).id}"
    group, name = given["--resource-group"], given["--workspace-name"]
    made = f"{subscription}/resourceGroups/{group}/providers/Microsoft.OperationalInsights/workspaces/{name}"
    assert made.casefold() not in {one.id.casefold() for one in at.tenant.azure.workspaces}, f"{name} is there"
    days = int(given["--retention-time"])
    assert 30 <= days <= 730, days
    at.tenant.azure.workspaces.append(Workspace(made, at.tenant.now, at.tenant.now, retention_in_days=days))


def _cap(at: AzureCommand, given: Mapping[str, str]) -> None:
    workspace, quota = at.workspace(given), float(given["--quota"])
    assert quota == -1 or quota > workspace.daily_quota_gb > 0, "less would be taken in than before"
    workspace.daily_quota_gb, workspace.ingestion = quota, "RespectQuota"


def _recover(at: AzureCommand, given: Mapping[str, str]) -> None:
    found = [one for one in at.deleted if _is_meant(one.id, given, given["--workspace-name"])]
    assert len(found) == 1, f"nothing to bring back called {given['--workspace-name']}"
    at.tenant.azure.workspaces.append(found[0])


def _rest(at: AzureCommand, given: Mapping[str, str]) -> None:
    body = json.loads(given["--body"])
    table, setting = _TABLE.fullmatch(given["--url"]), _SETTING.fullmatch(given["--url"])
    if given["--method"] == "patch" and table is not None:
        asked = body.pop("properties")
        assert not body, body
        days = (asked.pop("retentionInDays", None), asked.pop("totalRetentionInDays", None))
        _keep(at.by_id(table[1]), table[2], days, asked.pop("plan", None), _TOTALS_OF_API)
        assert not asked, asked
        return
    assert given["--method"] == "put", given["--method"]
    assert setting is not None, f"a PUT of {given['--url']} would overwrite what is there"
    asked = body.pop("properties")
    assert not body, body
    _add_setting(at, at.tenant.azure.settings, setting[1], asked.pop("workspaceId"), asked.pop("logs"), ENTRA_TABLES)
    assert not asked, asked


def _add_setting(
    at: AzureCommand,
    settings: list[DiagnosticSetting],
    name: str,
    workspace_id: str,
    logs: object,
    tables: Mapping[str, str],
) -> None:
    assert isinstance(logs, list)
    assert all(one.keys() == {"category", "enabled"} and one["enabled"] is True for one in logs), logs
    categories = tuple(one["category"] for one in logs)
    assert categories, "a setting without a category"
    assert set(categories) <= tables.keys(), f"no such category: {categories}"
    assert name.casefold() not in {one.name.casefold() for one in settings}, f"{name} is there, and would be replaced"
    assert len(settings) < 5, "five settings are there"
    for one in settings:
        if one.workspace_id is not None and one.workspace_id.casefold() == workspace_id.casefold():
            sent = set(tables) if one.category_groups else set(one.categories)
            both = sent & set(categories)
            assert not both, f"Conflict: data sink is already used in diagnostic setting {one.name} for {both}"
    settings.append(DiagnosticSetting(name, categories, workspace_id=at.by_id(workspace_id).id))
    at.arrive(workspace_id, [tables[one] for one in categories])


def _subscription_setting(at: AzureCommand, given: Mapping[str, str]) -> None:
    subscription = _subscription(at, given["--subscription"])
    assert subscription.state == "Enabled", f"{subscription.display_name} is {subscription.state}: nothing can be set"
    assert _PLAIN_NAME.fullmatch(given["--name"]), given["--name"]
    assert given["--location"]
    tables = dict.fromkeys(ACTIVITY_CATEGORIES, "AzureActivity")
    logs = json.loads(given["--logs"])
    _add_setting(at, subscription.settings, given["--name"], given["--workspace"], logs, tables)


def _subscription(at: AzureCommand, subscription_id: str) -> Subscription:
    found = at.tenant.azure.subscription(subscription_id)
    assert found is not None, f"no subscription {subscription_id}"
    return found


def _store_setting(at: AzureCommand, given: Mapping[str, str]) -> None:
    resource = given["--resource"]
    if resource.endswith("/blobServices/default"):
        account_id = resource.removesuffix("/blobServices/default")
        settings = next(one for one in at.tenant.azure.storage_accounts if one.id == account_id).settings
        tables = dict.fromkeys(_BLOB_CATEGORIES, "StorageBlobLogs")
    else:
        settings, tables = at.by_id(resource).settings, {"Audit": "LAQueryLogs"}
    _add_setting(at, settings, given["--name"], given["--workspace"], json.loads(given["--logs"]), tables)


def _account_update(at: AzureCommand, given: Mapping[str, str]) -> None:
    account = at.account(given, given["--name"])
    if "--https-only" in given:
        account.https_only = _SWITCH[given["--https-only"]]
    if "--min-tls-version" in given:
        assert given["--min-tls-version"] in ("TLS1_2", "TLS1_3"), given
        account.minimum_tls = given["--min-tls-version"]
    if "--allow-blob-public-access" in given:
        account.public_access = _SWITCH[given["--allow-blob-public-access"]]
    if "--allow-shared-key-access" in given:
        account.shared_key = _SWITCH[given["--allow-shared-key-access"]]
    if "--bypass" in given:
        let_in, before = set(given["--bypass"].split()), set(re.findall(r"\w+", account.bypass)) - {"None"}
        assert before <= let_in, f"{before - let_in} would be kept out"
        account.bypass = ", ".join(sorted(let_in))
    if "--default-action" in given:
        assert given["--default-action"] == "Deny", given
        assert "AzureServices" in account.bypass, "the firewall would keep Azure Monitor out"
        account.default_action = "Deny"


def _immutability_create(at: AzureCommand, given: Mapping[str, str]) -> None:
    container, days = at.container(given), int(given["--period"])
    before = container.immutability
    assert 1 <= days <= 146_000, days
    if before is not None:
        assert before.state == "Unlocked", "a locked policy cannot be replaced"
        assert days >= before.days, f"{container.name} would be kept shorter"
        assert given.get("--if-match") == _etag(container), "the etag of the policy that is there"
    appends = _SWITCH[given.get("--allow-protected-append-writes", "false")]
    container.immutability = Immutability(days, "Unlocked", "append blobs" if appends else "none")


def _immutability_lock(at: AzureCommand, given: Mapping[str, str]) -> None:
    container = at.container(given)
    assert container.immutability is not None, "there is no policy to lock"
    assert container.immutability.state == "Unlocked", "it is locked"
    assert given["--if-match"] == _etag(container), given["--if-match"]
    container.immutability = Immutability(container.immutability.days, "Locked", container.immutability.appends)


def _immutability_extend(at: AzureCommand, given: Mapping[str, str]) -> None:
    container, days = at.container(given), int(given["--period"])
    before = container.immutability
    assert before is not None, "there is no policy to extend"
    assert before.state == "Locked", "what is not locked is not extended"
    assert days > before.days, f"{days} days extend nothing"
    assert given["--if-match"] == _etag(container), given["--if-match"]
    container.immutability = Immutability(days, "Locked", before.appends)


def _etag(container: Container) -> str:
    """What the service calls the policy as it is now; every change gives it another name."""
    policy = container.immutability
    assert policy is not None
    return etag_of(policy)


def etag_of(policy: Immutability) -> str:
    """The etag of a policy as it is."""
    return f"8d{policy.days}{policy.state}"


def _lifecycle_show(at: AzureCommand, given: Mapping[str, str]) -> None:
    assert at.account(given, given["--account-name"]).lifecycle is not None, "there is no policy to show"


def _lifecycle_update(at: AzureCommand, given: Mapping[str, str]) -> None:
    account = at.account(given, given["--account-name"])
    found = _RULE.fullmatch(given["--set"])
    assert found, given["--set"]
    assert account.lifecycle is not None, "there is no policy to update"
    rule, moment = account.lifecycle[int(found[1])], _MOMENTS[found[2]]
    assert isinstance(rule, LifecycleRule)
    assert getattr(rule, moment) is not None, f"the rule {rule.name} counts from another moment"
    setattr(rule, moment, int(found[3]))


def _blob_service(at: AzureCommand, given: Mapping[str, str]) -> None:
    account = at.account(given, given["--account-name"])
    blobs, containers = int(given["--delete-retention-days"]), int(given["--container-delete-retention-days"])
    for switch in ("--enable-delete-retention", "--enable-container-delete-retention"):
        assert _SWITCH[given[switch]], given
    assert 365 >= blobs >= (account.blob_soft_delete or 1), "deleted blobs would be kept shorter"
    assert 365 >= containers >= (account.container_soft_delete or 1), "deleted containers would be kept shorter"
    account.blob_soft_delete, account.container_soft_delete = blobs, containers


def _lock(at: AzureCommand, given: Mapping[str, str]) -> None:
    kind, name = given["--resource-type"].casefold(), given["--resource"]
    found = [one.id for one in at.tenant.azure.resources if f"/{kind}/" in one.id.casefold()]
    found = [one for one in found if _is_meant(one, given, name)]
    assert len(found) == 1, f"{kind} called {name}: {len(found)}"
    assert given["--lock-type"] in ("CanNotDelete", "ReadOnly"), given
    taken = {one.name for one in at.tenant.azure.locks if one.scope.casefold() == found[0].casefold()}
    assert given["--name"] not in taken, f"{given['--name']} is there, and would be replaced"
    at.tenant.azure.locks.append(Lock(found[0], given["--name"], given["--lock-type"]))


def _role_assignment(at: AzureCommand, given: Mapping[str, str]) -> None:
    assert given["--role"] in {one.name for one in BUILT_IN}, given["--role"]
    at.tenant.azure.role_holders.append(
        RoleHolder(given["--role"], given["--scope"], given["--assignee"], "Group", given["--assignee"], at.tenant.now)
    )


def _alert(at: AzureCommand, given: Mapping[str, str]) -> None:
    """An alert rule, which no API that is simulated shows."""
    scope = given["--scope"].removeprefix("/subscriptions/")
    _subscription(at, scope)
    assert re.fullmatch(r"category=Administrative and operationName=[\w./]+", given["--condition"]), given
    assert given["--action-group"]


def _shows(at: AzureCommand, given: Mapping[str, str]) -> None:
    at.account(given, given["--account-name"])


@dataclass(frozen=True)
class Verb:
    """A command: the options that it must be given, those that it may be, and what it does."""

    effect: Callable[[AzureCommand, Mapping[str, str]], None]
    must: frozenset[str]
    may: frozenset[str]

    def run(self, at: AzureCommand, words: Sequence[str]) -> None:
        """Run it; an option takes all words up to the next one."""
        short = {"-g": "--resource-group", "-n": "--name"}
        given: dict[str, str] = {}
        name = ""
        for word in words:
            if word in short or word.startswith("--"):
                name = short.get(word, word)
                assert name in self.must | self.may, f"no option {word}"
                assert name not in given, f"{word} is given twice"
                given[name] = ""
            else:
                assert name, f"{word} belongs to no option"
                assert not given[name] or name in _SEVERAL, f"{name} takes one value, not {given[name]} and {word}"
                given[name] = f"{given[name]} {word}".strip()
        assert self.must <= given.keys(), f"left out: {self.must - given.keys()}"
        assert all(given.values()), given
        self.effect(at, given)


_SEVERAL = ("--bypass", "--condition")


def _verb(effect: Callable[[AzureCommand, Mapping[str, str]], None], must: str, may: str = "") -> Verb:
    return Verb(
        effect,
        frozenset(f"--{one}" for one in must.split()),
        frozenset(f"--{one}" for one in f"subscription {may}".split()),
    )


_CONTAINER = "resource-group account-name container-name"
AZURE: dict[tuple[str, ...], Verb] = {
    tuple(verb.split()): one
    for verb, one in {
        "monitor log-analytics workspace table update": _verb(
            _table_update, "resource-group workspace-name name", "retention-time total-retention-time plan"
        ),
        "monitor log-analytics workspace create": _verb(
            _create, "subscription resource-group workspace-name retention-time"
        ),
        "monitor log-analytics workspace update": _verb(_cap, "resource-group workspace-name quota"),
        "monitor log-analytics workspace recover": _verb(_recover, "resource-group workspace-name"),
        "rest": _verb(_rest, "method url body"),
        "monitor diagnostic-settings subscription create": _verb(
            _subscription_setting, "subscription name location workspace logs"
        ),
        "monitor diagnostic-settings create": _verb(_store_setting, "name resource workspace logs"),
        "monitor activity-log alert create": _verb(_alert, "name resource-group scope condition action-group"),
        "storage account update": _verb(
            _account_update,
            "resource-group name",
            "https-only min-tls-version allow-blob-public-access allow-shared-key-access bypass default-action",
        ),
        "storage account network-rule list": _verb(_shows, "resource-group account-name"),
        "storage account management-policy show": _verb(_lifecycle_show, "resource-group account-name"),
        "storage account management-policy update": _verb(_lifecycle_update, "resource-group account-name set"),
        "storage account blob-service-properties update": _verb(
            _blob_service,
            "resource-group account-name enable-delete-retention delete-retention-days"
            " enable-container-delete-retention container-delete-retention-days",
        ),
        "storage container immutability-policy create": _verb(
            _immutability_create, f"{_CONTAINER} period", "allow-protected-append-writes if-match"
        ),
        "storage container immutability-policy lock": _verb(_immutability_lock, f"{_CONTAINER} if-match"),
        "storage container immutability-policy extend": _verb(_immutability_extend, f"{_CONTAINER} period if-match"),
        "lock create": _verb(_lock, "name lock-type resource-group resource resource-type"),
        "role assignment create": _verb(_role_assignment, "assignee role scope"),
    }.items()
}
"""Each command that is understood."""
