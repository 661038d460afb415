"""`lookback doctor`: sign in, say what each permission buys, which are missing, and which checks could be decided."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.cli.apis import add_config, tenant_apis

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.credentials import TokenFacts
    from compliance.evidence.datasets import Api, State
    from compliance.permissions import Permission, Told
    from compliance.sources.transport import TenantApis

WIDTH = 78


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "doctor",
        help="sign in, and say what each permission buys and what is missing",
        epilog="exit codes: 0 every check can be decided, 2 nobody can sign in, or a usage error, 4 not every check"
        " can be decided",
    )
    add_config(parser)
    return parser


@dataclass(frozen=True, slots=True)
class _Asked:
    """How a dataset answers: `state` is how its reading would end as far as its first page tells."""

    state: State
    reason: str | None = None
    empty: bool = False


def run(args: argparse.Namespace) -> int:
    """Ask each dataset for its first page and print what that buys; 0 where every check could be decided, else 4."""
    from compliance.evidence.datasets import Api
    from compliance.permissions import Told
    from compliance.settings import load_settings

    with tenant_apis(load_settings(args.config), quiet=args.quiet) as apis:
        tokens = _tokens(apis)
        asked = dict(_ask(apis))
        offered: dict[Api, frozenset[str] | None] = {
            api: _offered(apis, api) for api in tokens if api in (Api.EXCHANGE, Api.PURVIEW)
        }
        cloud = apis.cloud
    told = Told(
        claims={api: _claims(facts) for api, facts in tokens.items()},
        ended={name: one.state for name, one in asked.items()},
        offered=offered,
        empty=frozenset(name for name, one in asked.items() if one.empty),
        persons=_persons(tokens),
    )
    _print(_permissions(told, asked, {api: commands_for(tokens.get(api), cloud.name) for api in Api}))
    code = _print_checks(asked, told)
    if cloud.notes:
        print(f"\nOf the cloud {cloud.name}")
        _print(line for note in cloud.notes for line in _wrapped(note, 2))
    return code


def _tokens(apis: TenantApis) -> dict[Api, TokenFacts]:
    """Sign in to every API and print what the tokens hold; raises SignInError where nobody can sign in anywhere."""
    from compliance.credentials import SignInError
    from compliance.evidence.datasets import Api
    from compliance.sources.errors import printable

    tokens: dict[Api, TokenFacts] = {}
    lines: list[str] = []
    errors: list[SignInError] = []
    for api in Api:
        if not apis.asks(api):
            lines += _wrapped(f"{api.value}: not signed in to, as config.yaml says", 2)
            continue
        try:
            facts = tokens[api] = apis.token_facts(api)
        except SignInError as error:
            if not error.of_one_api:
                raise
            errors.append(error)
            lines += _wrapped(f"{api.value}: no token: {printable(error.what)}", 2)
            continue
        lines += _wrapped(printable(f"{api.value}: {_held(facts)}"), 2)
    if errors and not tokens:
        raise errors[0]
    print("What the tokens hold")
    _print(lines)
    return tokens


def _held(facts: TokenFacts) -> str:
    """Return the permissions and Entra roles that a token names, in words."""
    from compliance.rules.directory_roles import READING, WRITING

    names = {**WRITING, **READING}
    roles = [names.get(role, role) for role in facts.directory_roles or ()]
    roles = [role for role in roles if not role.startswith("no directory role")]
    permissions = ", ".join(sorted((*(facts.roles or ()), *(facts.scopes or ())))) or "no permission by name"
    return f"{permissions}; Entra role {', '.join(sorted(roles))}" if roles else permissions


def _persons(tokens: Mapping[Api, TokenFacts]) -> frozenset[Api]:
    """Return the APIs of which a person's token was had; all of them where no other token was."""
    from compliance.evidence.datasets import Api

    persons = frozenset(api for api, facts in tokens.items() if facts.scopes is not None)
    return frozenset(Api) if persons == tokens.keys() else persons


def _claims(facts: TokenFacts) -> frozenset[str] | None:
    if facts.roles is None and facts.scopes is None:
        return None
    return frozenset((*(facts.roles or ()), *(facts.scopes or ())))


def _ask(apis: TenantApis) -> Iterator[tuple[str, _Asked]]:
    """Ask for each dataset until a row comes; for all of one from which others are discovered.

    Of what is read for each of many resources, the first few tell whether the identity may.
    """
    from compliance.collector.reading import counted, foreseen
    from compliance.credentials import SignInError
    from compliance.evidence.datasets import DATASETS, State
    from compliance.sources.errors import SourceError, Truncated, printable
    from compliance.sources.policies import NotAllowed
    from compliance.sources.readers import READERS

    for name, spec in DATASETS.items():
        ending = foreseen(apis, spec)
        if ending is not None:
            yield name, _Asked(ending.state, str(ending))
            continue
        reader, rows = READERS[name], 0
        expected: int | None = None
        try:
            for page in (reader.probe or reader.read)(apis):
                rows += page.rows
                expected = page.count if page.count is not None else expected
                if reader.learn is not None:
                    reader.learn(apis, page.body)
                elif rows and reader.probe is None:
                    break
        except Truncated as error:
            yield name, _Asked(State.PARTIAL, error.reason, empty=rows == 0)
        except SourceError as error:
            yield name, _Asked(error.state, error.reason)
        except (SignInError, NotAllowed) as error:
            yield name, _Asked(State.FAILED, printable(error.what))
        else:
            state, reason = counted(spec, rows, expected)
            if state is State.COMPLETE:
                apis.whole.add(name)
            yield name, _Asked(state, reason, empty=rows == 0)


def _offered(apis: TenantApis, api: Api) -> frozenset[str] | None:
    """Return the cmdlets that a service says it offers the identity; None where it does not say."""
    from compliance.credentials import SignInError
    from compliance.evidence.datasets import Api
    from compliance.sources.errors import SourceError
    from compliance.sources.exchange import exported_cmdlets
    from compliance.sources.purview import regional_root

    try:
        return exported_cmdlets(apis, api, root=regional_root(apis) if api is Api.PURVIEW else None)
    except (SourceError, SignInError):
        return None


def commands_for(facts: TokenFacts | None, cloud: str) -> Callable[[str], Iterator[str]]:
    """Return what writes a command for the application that signed in, in its cloud, as one line or two.

    Where no token was had, the blanks for the application stay.
    """
    from compliance.permissions import filled_in
    from compliance.request.script import connection_of

    connection = connection_of(cloud)
    client_id, object_id = (None, None) if facts is None else (facts.app_id, facts.object_id)

    def written(command: str) -> Iterator[str]:
        if command.startswith("az ") and connection.azure != "AzureCloud":
            yield f"az cloud set --name {connection.azure}"
        extra = {"Connect-ExchangeOnline": connection.exchange, "Connect-IPPSSession": connection.compliance}
        yield filled_in(command, client_id=client_id, object_id=object_id) + extra.get(command, "")

    return written


def _permissions(
    told: Told, asked: Mapping[str, _Asked], written: Mapping[Api, Callable[[str], Iterator[str]]]
) -> Iterator[str]:
    from compliance.evidence.datasets import DATASETS
    from compliance.permissions import Granted, applicable, granted

    marks = {Granted.YES: "yes", Granted.NO: "NO ", Granted.NOT_NEEDED: " - ", Granted.UNTOLD: " ? "}
    yield "\nWhat each permission buys"
    yield "  yes: granted, or covered by a broader right   NO: missing"
    yield "   - : not granted, and another right does       ? : not known"
    for permission in applicable(told):
        standing, is_person = granted(permission, told), permission.api in told.persons
        yield ""
        title = permission.person if is_person else permission.title
        yield from _wrapped(f"{marks[standing]}  {title}", 2, hanging=5)
        for name in permission.datasets:
            yield from _wrapped(_reads(name, asked[name]), 7, hanging=2)
        if standing in (Granted.NO, Granted.UNTOLD):
            yield from _for_a_person(permission) if is_person else _how(permission, written[permission.api])
            files = ", ".join(DATASETS[name].export_file for name in permission.datasets)
            without = f"or without it: an administrator exports {files}, for lookback import --into"
            yield from _wrapped(without, 7, hanging=2)


def _reads(name: str, asked: _Asked) -> str:
    from compliance.evidence.datasets import DATASETS, State

    request = DATASETS[name].request
    if asked.state is State.COMPLETE:
        return f"reads {request}" + (", which is empty" if asked.empty else "")
    if asked.state is State.PARTIAL and not asked.empty:
        return f"reads only a part of {request}: {asked.reason}"
    return f"does not read {request}: {asked.state.value.replace('_', ' ')}: {asked.reason}"


def _how(permission: Permission, written: Callable[[str], Iterator[str]]) -> Iterator[str]:
    """Say how to grant a permission to an application, and what else does."""
    yield "       to grant it"
    lines = dict.fromkeys(line for command in permission.grant for line in written(command))
    yield from (f"         {line}" for line in lines)
    if permission.excess is not None:
        yield from _wrapped(f"beware: it {permission.excess}", 7, hanging=2)
    for other in permission.others:
        yield from _wrapped(f"or {other}", 7, hanging=2)


def _for_a_person(permission: Permission) -> Iterator[str]:
    """Say which roles let a person who signs in read the same."""
    from compliance.request.asks import ASKS

    consent = "consent to it for the client that signs in, and " if permission.claim is not None else ""
    yield from _wrapped(f"to grant it: {consent}give the person", 7)
    for role in dict.fromkeys(ASKS[name].role for name in permission.datasets):
        yield from _wrapped(role, 9)
    if permission.excess is not None:
        yield from _wrapped(f"beware: it {permission.excess}", 7)


def _print_checks(asked: Mapping[str, _Asked], told: Told) -> int:
    """Print which checks can be decided, and what each missing permission would add; return the exit code."""
    from checks import all_checks
    from compliance.decidability import Decidable, decidable, needed, wanted
    from compliance.evidence.datasets import State
    from compliance.evidence.derived import DERIVATIONS
    from compliance.permissions import Granted, applicable, granted, suffices

    short = frozenset(name for name, one in asked.items() if one.state is not State.COMPLETE)
    partial = frozenset(name for name in short if asked[name].state is State.PARTIAL and not asked[name].empty)
    checks = all_checks()
    lacking = {one.id: needed(one.function, DERIVATIONS) & short for one in checks}
    beside = {one.id: (wanted(one.function, DERIVATIONS) & short) - lacking[one.id] for one in checks}
    how_far = {one.id: decidable(one.function, short - partial, partial, DERIVATIONS) for one in checks}
    decided = [one for one in checks if how_far[one.id] is Decidable.FULLY]
    print(f"\n{len(decided)} of {len(checks)} checks can be decided")
    _print(_wrapped(", ".join(one.id for one in decided), 2))
    for verdict, explained in (
        (Decidable.IN_PART, "judged on what can be read: they may show a failure, or stay open"),
        (Decidable.NOT, "cannot be judged"),
    ):
        if of_kind := [one for one in checks if how_far[one.id] is verdict]:
            print(f"\n{len(of_kind)} {explained}")
            for one in of_kind:
                _print(_wrapped(f"{one.id} {one.title}: lacks {', '.join(sorted(lacking[one.id]))}", 2, hanging=2))
    missing = [one for one in applicable(told) if granted(one, told) in (Granted.NO, Granted.UNTOLD)]
    if missing:
        print("\nWhat each missing permission would add")
    for permission in missing:
        gained = frozenset(name for name in permission.datasets if suffices(permission, name, told))
        alone = [name for name, datasets in lacking.items() if datasets and datasets <= gained]
        helps = [name for name, datasets in lacking.items() if datasets & set(permission.datasets)]
        copies = [name for name, datasets in beside.items() if datasets & set(permission.datasets)]
        more = _added(alone, [name for name in helps if name not in alone], copies) or _of_no_check(permission)
        _print(_wrapped(f"{permission.id}: {more}", 2))
    return 0 if len(decided) == len(checks) else 4


def _added(alone: list[str], with_others: list[str], copies: list[str]) -> str:
    parts = []
    if alone:
        parts.append(f"decides {', '.join(alone)}")
    if with_others:
        parts.append(f"together with others {', '.join(with_others)}")
    if copies:
        parts.append(f"shows copies that may make a shortfall good in {', '.join(copies)}")
    return "; ".join(parts)


def _of_no_check(permission: Permission) -> str:
    from compliance.evidence.datasets import DATASETS

    if all(DATASETS[name].corroborates for name in permission.datasets):
        return "corroborates what other APIs say, and decides nothing by itself"
    return "opens no check that is not open already"


def _wrapped(text: str, indent: int, *, hanging: int = 2) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
