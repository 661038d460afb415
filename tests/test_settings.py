"""config.yaml: what is accepted, what is refused, and where the error points."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import keyring.backend
import keyring.errors
import pytest

from compliance import settings as module
from compliance.clouds import CLOUDS
from compliance.credential_settings import CredentialSettings, Method
from compliance.errors import InputError
from compliance.evidence.datasets import Api
from compliance.rules.periods import Duration
from compliance.secret_ref import SecretRef
from compliance.settings import ActorClassName, CloudName, Settings, StandardChoice, load_settings

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
CLIENT = "0a4b5c6d-1111-4222-8333-444455556666"
EXAMPLE = Path(__file__).parents[1] / "config.example.yaml"
MINIMAL = f"""\
tenant: {TENANT}
credential:
  client_id: {CLIENT}
  client_secret: {{env: LOOKBACK_SECRET}}
"""
SECRET = CredentialSettings(Method.CLIENT_SECRET, CLIENT, client_secret=SecretRef(env="LOOKBACK_SECRET"))
CUSTOM = """\
cloud: custom
custom_cloud:
  authority: https://localhost:1/a
  graph: https://localhost:1/g
  exchange: https://localhost:1/e
  purview: https://localhost:1/p
  purview_regional: https://localhost:1/p/{region}
  arm: https://localhost:1/r
  ca_bundle: ca.pem
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def credential_of(settings: Settings, api: Api = Api.GRAPH) -> CredentialSettings:
    credential = settings.credentials[api]
    assert credential is not None
    return credential


def with_credential(yaml: str) -> str:
    """A file with these lines in the place of the credential."""
    return f"tenant: {TENANT}\n{yaml}"


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        load_settings(write(tmp_path, text))
    assert caught.value.exit_code == 2
    return str(caught.value).replace(str(tmp_path), "")


def test_a_minimal_file_gets_the_documented_defaults(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, MINIMAL))
    assert settings.tenant == TENANT
    assert settings.cloud is None
    assert set(settings.credentials.values()) == {SECRET}
    assert set(settings.credentials) == set(Api)
    assert settings.standards == (StandardChoice("m-21-31"),)
    assert (settings.strict_months, settings.tolerance_days) == (False, 0)
    assert (settings.max_age.collected_hours, settings.max_age.exported_days) == (24, 31)
    assert settings.excluded_actors == ()
    assert settings.waivers is None


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = MINIMAL.replace("client_secret: {env: LOOKBACK_SECRET}", "certificate: {file: c.pem, password: {file: p}}")
    settings = load_settings(write(tmp_path, text + CUSTOM + "waivers: w/waivers.yaml\nstandard_files: [own.yaml]\n"))
    credential = credential_of(settings)
    assert credential.certificate_file == tmp_path / "c.pem"
    assert credential.certificate_password == SecretRef(file=tmp_path / "p")
    assert settings.custom_cloud is not None
    assert settings.custom_cloud.ca_bundle == tmp_path / "ca.pem"
    assert settings.waivers == tmp_path / "w" / "waivers.yaml"
    assert settings.standard_files == (tmp_path / "own.yaml",)


def test_a_standard_is_named_by_its_id_or_with_the_periods_that_its_text_leaves_open(tmp_path: Path) -> None:
    own = "{id: nist-800-53-au-11, hot: {months: 3}, total: {days: 400}}"
    settings = load_settings(write(tmp_path, f"{MINIMAL}standards: [m-21-31, {own}]\n"))
    assert settings.standards == (
        StandardChoice("m-21-31"),
        StandardChoice("nist-800-53-au-11", Duration.of_months(3), Duration.of_days(400)),
    )
    other = load_settings(write(tmp_path, f"{MINIMAL}standards: [m-21-31, {own.replace('400', '401')}]\n"))
    assert other.digest() != settings.digest()


@pytest.mark.parametrize(
    ("standards", "expected"),
    [
        ("[{id: au-ism, years: 7}]", "standards[0].years: unknown key"),
        ("[{id: au-ism, total: {months: -7}}]", "standards[0].total: a duration cannot be -7 long"),
        ("[{hot: {months: 7}}]", "standards[0].id: this key is missing"),
        ("[au-ism, {id: au-ism, total: {months: 84}}]", "standards[1]: au-ism stands in this list twice"),
        ("[7]", "standards[0]: a mapping (indented keys with values) was expected"),
        ("au-ism", "standards: the value should be a valid"),
    ],
)
def test_a_wrong_choice_of_standards_is_refused_where_it_stands(tmp_path: Path, standards: str, expected: str) -> None:
    assert expected in refusal(tmp_path, f"{MINIMAL}standards: {standards}\n")


def test_the_schema_takes_a_standard_by_its_id_alone() -> None:
    standards = module.json_schema()["properties"]["standards"]
    assert standards["items"]["anyOf"][0] == {"type": "string", "minLength": 1}
    assert standards["default"] == ["m-21-31"]


def test_scope_is_narrowed_by_class_and_reason(tmp_path: Path) -> None:
    text = MINIMAL + "scope:\n  actors:\n    exclude:\n      - class: guests\n        reason: no mailboxes here\n"
    (excluded,) = load_settings(write(tmp_path, text)).excluded_actors
    assert excluded.actor_class is ActorClassName.GUESTS
    assert excluded.reason == "no mailboxes here"


def test_every_problem_is_reported_at_once_with_line_and_column(tmp_path: Path) -> None:
    text = MINIMAL + "strict_month: true\ntolerance_days: -1\nlimits:\n  deadline_seconds: '5'\n"
    message = refusal(tmp_path, text)
    assert "config.yaml:5:1 strict_month: unknown key; did you mean 'strict_months'?" in message
    assert "config.yaml:6:1 tolerance_days: the value should be greater than or equal to 0" in message
    assert "config.yaml:8:3 limits.deadline_seconds: the value should be a valid integer" in message


def test_a_missing_key_points_at_the_mapping_that_lacks_it(tmp_path: Path) -> None:
    assert "config.yaml:2:1 credential.client_id: this key is missing" in refusal(
        tmp_path, f"tenant: {TENANT}\ncredential:\n  client_secret: {{env: A}}\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TENANT, "common", ":1:1 tenant: the tenant's GUID or one of its domains"),
        (CLIENT, "my-app", ":3:3 credential.client_id: the application (client) ID"),
        ("client_secret: {env: LOOKBACK_SECRET}", "", ":2:1 credential: exactly one of client_secret and certificate"),
        ("{env: LOOKBACK_SECRET}", "{env: A, file: b}", ":4:3 credential.client_secret: exactly one of env"),
        ("{env: LOOKBACK_SECRET}", "{}", ":4:3 credential.client_secret: exactly one of env"),
        (MINIMAL, MINIMAL + "cloud: custom\n", ":5:1 cloud: cloud: custom and custom_cloud go together"),
        (MINIMAL, MINIMAL + CUSTOM.replace("custom\n", "gcc\n", 1), ":5:1 cloud: cloud: custom and custom_cloud"),
        (MINIMAL, MINIMAL + "cloud: gcc-hi\n", ":5:1 cloud: the value should be 'commercial', 'gcc', 'gcc-high'"),
        (MINIMAL, MINIMAL + "standards: []\n", ":5:1 standards: "),
        (MINIMAL, MINIMAL + "standards: [a, a]\n", ":5:16 standards[1]: a stands in this list twice"),
        (MINIMAL, MINIMAL + "strict_months: yes\n", ":5:1 strict_months: the value should be a valid boolean"),
        (
            MINIMAL,
            MINIMAL + "scope: {actors: {exclude: [{class: admins, reason: because of it}]}}\n",
            ":5:29 scope.actors.exclude[0].class: the value should be 'guests'",
        ),
        (
            MINIMAL,
            MINIMAL + "scope: {actors: {exclude: [{class: guests}]}}\n",
            ":5:28 scope.actors.exclude[0].reason: this key is missing",
        ),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert "config.yaml" + expected in refusal(tmp_path, MINIMAL.replace(old, new))


@pytest.mark.parametrize(
    "credential",
    ["client_secret: s3cr3t-canary", "certificate: {file: a.pem, password: s3cr3t-canary}"],
)
def test_a_secret_in_clear_text_is_refused_and_never_repeated(tmp_path: Path, credential: str) -> None:
    message = refusal(tmp_path, MINIMAL.replace("client_secret: {env: LOOKBACK_SECRET}", credential))
    assert "in clear text" in message
    assert "{env: NAME}" in message
    assert "s3cr3t" not in message


@pytest.mark.parametrize("key", ["secret", "client_secrets", "password"])
def test_an_unknown_key_is_named_without_its_value(tmp_path: Path, key: str) -> None:
    message = refusal(tmp_path, MINIMAL + f"{key}: s3cr3t-canary\n")
    assert f"{key}: unknown key" in message
    assert "s3cr3t" not in message


def test_a_secret_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKBACK_SECRET", "canary")
    ref = SecretRef(env="LOOKBACK_SECRET")
    assert ref.read() == "canary"
    assert "canary" not in repr(ref) + ref.describe()


def test_a_secret_is_read_from_a_file_without_its_line_break(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xef\xbb\xbfcanary \r\n")
    assert SecretRef(file=file).read() == "canary "


def test_an_absent_or_empty_secret_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOOKBACK_SECRET", raising=False)
    with pytest.raises(InputError, match="environment variable LOOKBACK_SECRET is not set"):
        SecretRef(env="LOOKBACK_SECRET").read()
    monkeypatch.setenv("LOOKBACK_SECRET", "")
    with pytest.raises(InputError, match="is empty"):
        SecretRef(env="LOOKBACK_SECRET").read()
    with pytest.raises(InputError, match="cannot be read"):
        SecretRef(file=tmp_path / "absent").read()


def test_the_digest_changes_with_a_setting_and_not_with_the_place_or_the_secret(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    text = MINIMAL + "waivers: waivers.yaml\n"
    first = load_settings(write(tmp_path / "a", text)).digest()
    assert load_settings(write(tmp_path / "b", text)).digest() == first
    assert load_settings(write(tmp_path / "b", text.replace("LOOKBACK_SECRET", "OTHER"))).digest() == first
    assert load_settings(write(tmp_path / "b", text + "tolerance_days: 1\n")).digest() != first
    assert re.fullmatch("[0-9a-f]{64}", first)


def test_the_example_file_loads() -> None:
    assert load_settings(EXAMPLE).tenant == "contoso.onmicrosoft.com"


ALTERNATIVES = re.findall(r"^# credentials?:.*\n(?:#  +.*\n)*", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("alternative", ALTERNATIVES, ids=range(len(ALTERNATIVES)))
def test_every_credential_that_the_example_shows_loads_in_the_place_of_the_first(
    tmp_path: Path, alternative: str
) -> None:
    block = re.sub("^# ", "", alternative, flags=re.MULTILINE)
    assert load_settings(write(tmp_path, with_credential(block))).credentials


def test_the_example_shows_every_method() -> None:
    shown = "".join(ALTERNATIVES) + EXAMPLE.read_text(encoding="utf-8").partition("# Other methods")[0]
    assert [method for method in Method if method.value not in re.findall(r"(?:method|credential): (\w+)", shown)] == [
        Method.DEVICE_CODE
    ]


def test_the_example_file_loads_with_every_commented_key_too(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    head, _, tail = text.partition("# Other methods")
    text = head + tail[tail.index("# Everything is in scope") :]
    text = re.sub(r"^( *)# ((?: *- )?[a-z_ ]+:(?: |$).*)", r"\1\2", text, flags=re.MULTILINE)
    text = text.replace("exclude: []", "exclude:").replace("cloud: commercial", "cloud: custom")
    text = text.replace("# - class: guests", "- class: guests").replace("    #   reason", "      reason")
    settings = load_settings(write(tmp_path, text))
    assert settings.custom_cloud is not None
    assert settings.excluded_actors
    assert settings.declarations is not None


def test_the_example_file_names_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    named = set(re.findall(r"([a-z_]+):", text))
    assert keys_of(module._SettingsFile) - {"unlimited"} <= named  # nothing can be required for ever


def keys_of(shape: Any) -> set[str]:
    found: set[str] = set()
    for item in fields(shape):
        found.add("class" if item.name == "actor_class" else item.name)
        hint = get_type_hints(shape)[item.name]
        for inner in (hint, *get_args(hint)):
            if is_dataclass(inner):
                found |= keys_of(inner)
    return found


@pytest.mark.parametrize(
    "entry", ["collected_hours: 0", "collected_hours: 87601", "exported_days: 0", "exported_days: 3651"]
)
def test_evidence_is_fresh_for_an_hour_at_least_and_for_ten_years_at_most(entry: str, tmp_path: Path) -> None:
    assert "max_age" in refusal(tmp_path, f"{MINIMAL}max_age: {{{entry}}}\n")


def test_each_api_has_its_own_credential_where_the_file_says_so(tmp_path: Path) -> None:
    each = f"""\
credentials:
  graph: azure_cli
  exchange: {{method: interactive, token_cache: true}}
  arm: {{client_id: {CLIENT}, client_secret: {{env: LOOKBACK_SECRET}}}}
  purview: none
"""
    assert load_settings(write(tmp_path, with_credential(each))).credentials == {
        Api.GRAPH: CredentialSettings(Method.AZURE_CLI),
        Api.EXCHANGE: CredentialSettings(Method.INTERACTIVE, token_cache=True),
        Api.ARM: SECRET,
        Api.PURVIEW: None,
    }


def test_every_cloud_can_be_named(tmp_path: Path) -> None:
    assert {name.value for name in CloudName} == {*CLOUDS, "custom"}
    for name in CLOUDS:
        assert load_settings(write(tmp_path, f"{MINIMAL}cloud: {name}\n")).cloud == name


def test_a_bare_method_stands_for_all_apis(tmp_path: Path) -> None:
    credentials = load_settings(write(tmp_path, with_credential("credential: delegated\n"))).credentials
    assert credentials == dict.fromkeys(Api, CredentialSettings(Method.DELEGATED))


ALL_NONE = "credentials: {graph: none, exchange: none, purview: none, arm: none}\n"


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("", ":1:1 (the whole file): exactly one of credential (for all APIs) and credentials"),
        ("credential: azure_cli\n" + ALL_NONE, ":3:1 credentials: exactly one of credential"),
        ("credential: none\n", ":2:1 credential.method: the value should be 'certificate', 'client_secret'"),
        ("credential:\n", ":1:1 (the whole file): exactly one of credential"),
        ("credential: [azure_cli]\n", ":2:1 credential: a mapping"),
        ("credential: {}\n", ":2:1 credential: exactly one of client_secret and certificate"),
        ("credential: azure-cli\n", ":2:1 credential.method: the value should be"),
        (f"credential: {{method: azure_cli, client_id: {CLIENT}}}\n", ":2:33 credential.client_id: azure_cli takes no"),
        ("credential: {method: github_oidc}\n", ":2:1 credential.client_id: this key is missing; github_oidc needs"),
        ("credential: {method: managed_identity, client_id: mine}\n", ":2:40 credential.client_id: the application"),
        (
            f"credential: {{method: managed_identity, client_id: {CLIENT}, client_secret: {{env: A}}}}\n",
            "credential.client_secret: managed_identity takes no client_secret",
        ),
        (
            f"credential: {{method: client_secret, client_id: {CLIENT}, certificate: {{file: c.pem}}}}\n",
            ":2:1 credential.client_secret: this key is missing; client_secret needs it",
        ),
        (
            f"credential: {{method: azure_pipelines, client_id: {CLIENT}, service_connection: mine}}\n",
            "credential.service_connection: the service connection's id, a GUID, was expected",
        ),
        (
            f"credential: {{client_id: {CLIENT}, client_secret: {{env: A}}, token_cache: true}}\n",
            "credential.token_cache: client_secret takes no token_cache",
        ),
        (f"credential: {{client_id: {CLIENT}, client_secret: {{keyring: lookback}}}}\n", "named SERVICE/ACCOUNT"),
        (ALL_NONE, "credentials.graph: one API at least must be asked"),
        ("credentials: azure_cli\n", ":2:1 credentials: a mapping"),
        (
            "credentials: {graph: azure_cli, exchange: none, purview: none}\n",
            ":2:1 credentials.arm: this key is missing",
        ),
        (
            "credentials:\n  graph: azure_cli\n  exchange:\n  purview: none\n  arm: none\n",
            ":4:3 credentials.exchange: a method, a mapping or none was expected",
        ),
        (
            "credentials: {graph: azure_cli, exchange: nobody, purview: none, arm: none}\n",
            ":2:33 credentials.exchange.method: the value should be",
        ),
        (
            "credentials: {graph: azure_cli, exchange: {method: github_oidc}, purview: none, arm: none, teams: none}\n",
            ":2:92 credentials.teams: unknown key",
        ),
    ],
)
def test_a_wrong_credential_is_refused_where_it_stands(tmp_path: Path, yaml: str, expected: str) -> None:
    assert expected in refusal(tmp_path, with_credential(yaml))


@pytest.mark.parametrize(
    "yaml",
    [
        "credentials: {graph: {client_secret: s3cr3t-canary}, exchange: none, purview: none, arm: none}\n",
        "credentials: {graph: {certificate: {file: c, password: s3cr3t-canary}}, exchange: none}\n",
        "credential: {method: azure_pipelines, system_access_token: s3cr3t-canary}\n",
        "credential: s3cr3t-canary\n",
    ],
)
def test_a_secret_anywhere_among_the_credentials_is_never_repeated(tmp_path: Path, yaml: str) -> None:
    assert "s3cr3t" not in refusal(tmp_path, with_credential(yaml))


def test_the_digest_changes_with_who_reads_an_api(tmp_path: Path) -> None:
    each = "credentials: {{graph: {}, exchange: azure_cli, purview: none, arm: none}}\n".format
    digests = {
        load_settings(write(tmp_path, with_credential(each(method)))).digest() for method in ("azure_cli", "none")
    }
    assert len(digests) == 2


def test_the_schema_allows_a_bare_method_where_the_file_does() -> None:
    schema = module.json_schema()
    assert "delegated" in schema["properties"]["credential"]["anyOf"][0]["enum"]
    assert "none" not in schema["properties"]["credential"]["anyOf"][0]["enum"]
    for api in Api:
        assert "none" in schema["$defs"]["CredentialsShape"]["properties"][api.value]["anyOf"][0]["enum"]


class KeyStore(keyring.backend.KeyringBackend):
    """A key store in memory."""

    priority = 1

    def __init__(self, held: dict[tuple[str, str], str] | None) -> None:
        super().__init__()
        self.held = held

    def get_password(self, service: str, username: str) -> str | None:
        if self.held is None:
            raise keyring.errors.KeyringLocked("s3cr3t-canary")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def key_store() -> Iterator[KeyStore]:
    before = keyring.get_keyring()
    store = KeyStore({("https://vault.example/lookback", "secret"): "s3cr3t-canary"})
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(before)


def test_a_secret_is_read_from_the_key_store(key_store: KeyStore) -> None:
    ref = SecretRef(keyring="https://vault.example/lookback/secret")
    assert ref.read() == "s3cr3t-canary"
    assert "s3cr3t" not in repr(ref) + ref.describe()


def test_a_key_store_without_the_entry_or_locked_is_an_error_that_says_what_to_do(key_store: KeyStore) -> None:
    with pytest.raises(InputError, match="keyring set lookback other"):
        SecretRef(keyring="lookback/other").read()
    key_store.held = None
    with pytest.raises(InputError, match="Unlock") as caught:
        SecretRef(keyring="lookback/other").read()
    assert "s3cr3t" not in str(caught.value)


def test_a_key_store_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InputError, match=r"lookback-auditor\[keyring\]"):
        SecretRef(keyring="lookback/secret").read()
