"""What was not read cannot turn into a value: the rules of the code that keep it so, read from its syntax."""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from checks import all_checks
from compliance.evidence import azure_views, views
from compliance.evidence.population import Population
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.view import View

ROOT = Path(__file__).parents[2]
GUARDED = ("compliance/evidence", "compliance/assessment", "compliance/sources", "checks")
FILES = sorted(file for folder in GUARDED for file in (ROOT / folder).rglob("*.py"))

ALLOWED = {
    ("compliance/evidence/writer.py", "__exit__", "a suppressed exception"): "what ended the writing is on its way",
    ("compliance/evidence/scope.py", "exclusion", "next with a default"): "None is the answer: it is not left out",
    ("compliance/evidence/manifest.py", "dataset", "next with a default"): "None is the answer: there is no entry",
    ("compliance/evidence/derived/actors.py", "actors_of", "get with a default"): "an example's name, the least of all",
    (
        "compliance/assessment/declarations.py",
        "holding",
        "next with a default",
    ): "None is the answer: nobody declared such a store",
    **{
        (
            f"compliance/assessment/plan/{file}.py",
            function,
            "get with a default",
        ): "what was found so far, or as spelled"
        for file, function in (
            ("azure", "tenant_of"),
            ("azure", "office_copies"),
            ("azure", "_activity"),
            ("azure", "_defender"),
            ("purview", "purview_plan"),
        )
    },
    ("compliance/assessment/verdict.py", "_first", "next with a default"): "a tally without a witness has no cause",
    ("compliance/sources/pages.py", "_page", "or something empty"): "warnings of the service; no warnings is the rule",
    ("compliance/sources/pages.py", "_note", "or something empty"): "warnings of the service; no warnings is the rule",
    (
        "compliance/sources/errors.py",
        "admin_text",
        "or something empty",
    ): "words of an error, which is unread anyway",
    ("compliance/sources/graph.py", "initial_domain", "or something empty"): "routes a request; None where unsaid",
    ("compliance/sources/purview.py", "regional_root", "or something empty"): "no host is refused as no region",
    ("compliance/sources/transport.py", "_pipeline", "getattr with a default"): "a connection of this thread",
    ("compliance/sources/retry.py", "hold", "get with a default"): "our own clockwork",
    ("compliance/sources/retry.py", "seconds_left", "get with a default"): "our own clockwork",
    ("compliance/sources/exchange.py", "invoke", "next with a default"): "None is the answer: there is no second page",
    **{
        (f"compliance/sources/imported/{file}.py", function, f"{form} with a default"): "words of a command, not rows"
        for file, function, form in (
            ("commands", "_size_doubts", "get"),
            ("addresses", "common_doubts", "get"),
            ("addresses", "url_doubts", "get"),
            ("addresses", "url_doubts", "next"),
            ("azure_commands", "_graph_query_doubts", "get"),
            ("pipeline", "_documented", "next"),
            ("pipeline", "_pipeline", "next"),
            ("pipeline", "_hands_on_all", "get"),
        )
    },
}
"""Where such a form is right, and why: nothing of the tenant becomes a value there."""

Finder = Callable[[ast.AST], str | None]


def default_in(node: ast.AST) -> str | None:
    """Name the form in which a node puts something in the place of what is not there."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get" | "pop" as name), args=[_, _, *_]):
            return f"{name} with a default"
        case ast.Call(func=ast.Attribute(attr="get" | "pop" as name), args=[_], keywords=[ast.keyword(arg="default")]):
            return f"{name} with a default"
        case ast.Call(func=ast.Name(id="getattr"), args=[_, _, _]):
            return "getattr with a default"
        case ast.Call(func=ast.Name(id="next"), args=[_, _]):
            return "next with a default"
        case ast.Call(func=ast.Attribute(attr="suppress") | ast.Name(id="suppress")):
            return "a suppressed exception"
        case ast.ExceptHandler(type=None | ast.Name(id="Exception" | "BaseException")):
            return "an except for everything"
        case ast.Call(func=ast.Name(id="defaultdict") | ast.Attribute(attr="defaultdict")):
            return "a dictionary with defaults"
        case ast.BoolOp(op=ast.Or(), values=[*_, last]) if _is_empty(last):
            return "or something empty"
        case _:
            return None


def _is_empty(node: ast.AST) -> bool:
    match node:
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Constant(value=value):
            return value is False or value in ("", 0)
        case ast.Call(func=ast.Name(id="set" | "frozenset" | "list" | "dict" | "tuple"), args=[]):
            return True
        case _:
            return False


def found_in(source: str) -> Iterator[tuple[str, int, str]]:
    """Yield function, line and form of everything that `default_in` names."""

    def walk(node: ast.AST, function: str) -> Iterator[tuple[str, int, str]]:
        for child in ast.iter_child_nodes(node):
            if (form := default_in(child)) is not None:
                yield function, getattr(child, "lineno", 0), form
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from walk(child, child.name if inside else function)

    return walk(ast.parse(source), "")


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_nothing_takes_the_place_of_what_was_not_read(file: Path) -> None:
    found = [
        f"{relative(file)}:{line} in {function}: {form}"
        for function, line, form in found_in(file.read_text(encoding="utf-8"))
        if (relative(file), function, form) not in ALLOWED
    ]
    assert found == []


def test_every_exception_to_the_rule_is_still_needed() -> None:
    present = {
        (relative(file), function, form)
        for file in FILES
        for function, _, form in found_in(file.read_text(encoding="utf-8"))
    }
    assert set(ALLOWED) - present == set()


@pytest.mark.parametrize(
    "snippet",
    [
        "rows = answer.get('value', [])",
        "rows = answer.get('value', default=[])",
        "value = row.pop('AuditDisabled', False)",
        "rows = answer.get('value') or []",
        "rows = answer.get('value') or ()",
        "row = answer.get('row') or {}",
        "on = row.enabled or False",
        "name = row.name or ''",
        "count = row.count or 0",
        "names = row.names or frozenset()",
        "on = getattr(row, 'audit_disabled', False)",
        "row = next(rows, None)",
        "try:\n    read()\nexcept:\n    pass",
        "try:\n    read()\nexcept Exception:\n    pass",
        "with contextlib.suppress(KeyError):\n    read()",
        "rows = collections.defaultdict(list)",
    ],
)
def test_each_form_of_a_default_is_noticed(snippet: str) -> None:
    assert len(list(found_in(snippet))) == 1


@pytest.mark.parametrize(
    "snippet",
    [
        "value = row['AuditDisabled']",
        "value = answer.get('value')",
        "value = getattr(row, name)",
        "first = next(pages)",
        "either = a or b",
        "try:\n    read()\nexcept KeyError:\n    pass",
    ],
)
def test_what_is_no_default_is_left_alone(snippet: str) -> None:
    assert list(found_in(snippet)) == []


# --- the views ------------------------------------------------------------------------------------------------------


MODULES = (views, azure_views)


def all_views(base: type[View] = View) -> list[type[View]]:
    return [view for below in base.__subclasses__() for view in (below, *all_views(below))]


def defaults_of_views(source: str) -> list[str]:
    """Every property of a view that has any other default than the one of `named`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef(name=name, bases=[*bases]) if any(_is_view(base) for base in bases):
                found += [f"{name}.{_target(line)}" for line in node.body if _has_default(line)]
    return found


def _is_view(base: ast.AST) -> bool:
    return isinstance(base, ast.Name) and base.id in {"View", *(view.__name__ for view in all_views())}


def _has_default(line: ast.stmt) -> bool:
    match line:
        case ast.AnnAssign(value=ast.Call(func=ast.Name(id="named"), args=[ast.Constant()], keywords=[])):
            return False
        case ast.AnnAssign() | ast.Assign():
            return True
        case _:
            return False


def _target(line: ast.stmt) -> str:
    return ast.unparse(line).split("=")[0].split(":")[0].strip()


@pytest.mark.parametrize("module", MODULES)
def test_no_property_of_a_view_has_a_default_of_its_own(module: ModuleType) -> None:
    assert defaults_of_views(inspect.getsource(module)) == []


@pytest.mark.parametrize(
    "line",
    [
        "audit_disabled: bool = False",
        "audit_disabled: bool",
        "audit_disabled: bool = msgspec.field(name='AuditDisabled', default=False)",
        "audit_disabled: bool = named('AuditDisabled', default=False)",
        "names: tuple[str, ...] = ()",
    ],
)
def test_a_view_with_a_default_is_noticed(line: str) -> None:
    assert defaults_of_views(f"class Config(View, frozen=True):\n    {line}") == ["Config." + line.split(":")[0]]


def test_views_are_declared_nowhere_else() -> None:
    declared = {view.__module__ for view in all_views() if not view.__module__.startswith("test")}
    assert declared == {module.__name__ for module in MODULES}


@pytest.mark.parametrize("view", all_views(), ids=lambda view: view.__name__)
def test_each_property_that_an_answer_does_not_hold_raises_when_read(view: type[View]) -> None:
    empty = msgspec.json.decode(b"{}", type=view)
    for field in msgspec.structs.fields(view):
        assert not empty.holds(field.name)
        with pytest.raises(PropertyUnreadError, match=field.name):
            getattr(empty, field.name)


# --- what a check may see -------------------------------------------------------------------------------------------


def forbidden_imports(source: str, own_module: str) -> list[str]:
    """What a check imports that it may not: rows behind a population, sources, records, other checks."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=aliases):
                names += [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                names += [f"{module}.{alias.name}" for alias in aliases]
            case ast.ImportFrom(level=level) if level:
                names.append("checks (relative)")
            case ast.Attribute(attr="_rows" | "scan"):
                names.append("compliance.evidence.population.scan")
    return [name for name in names if _is_forbidden(name) and not name.startswith(own_module)]


def _is_forbidden(name: str) -> bool:
    outside = ("compliance.sources", "compliance.records", "compliance.collector", "compliance.evidence.rows", "checks")
    behind = ("compliance.evidence.population.scan", "compliance.evidence.bundle", "compliance.evidence.frames")
    return name.startswith((*outside, *behind)) or name == "compliance.evidence.population"


@pytest.mark.parametrize("one", all_checks(), ids=lambda one: one.id)
def test_a_check_sees_neither_rows_nor_sources_nor_other_checks(one: object) -> None:
    module = inspect.getmodule(one.function)
    assert module is not None
    assert forbidden_imports(inspect.getsource(module), module.__name__) == []


@pytest.mark.parametrize(
    "snippet",
    [
        "from compliance.evidence.population import Population, scan",
        "import compliance.evidence.population as population",
        "from compliance.sources.graph import read",
        "import compliance.sources.graph",
        "from checks.retention.ret_01 import MAIL_ITEMS_ACCESSED",
        "from . import aud_01",
        "rows = accounts._rows()",
        "from compliance.evidence.rows import typed_rows",
    ],
)
def test_a_check_that_sees_more_is_noticed(snippet: str) -> None:
    assert len(forbidden_imports(snippet, "checks.audit_logging.new")) == 1


def test_a_population_can_neither_be_iterated_nor_counted_nor_asked_whether_it_is_empty() -> None:
    population = Population[View](lambda: iter(()), None, None)
    with pytest.raises(TypeError):
        iter(population)
    with pytest.raises(TypeError):
        len(population)
    with pytest.raises(TypeError, match="judge it"):
        bool(population)
    with pytest.raises(TypeError):
        operator.contains(population, None)


def test_what_is_unread_has_no_truth_value() -> None:
    unread = Unread(Kind.DENIED, "graph.users", "403", "a permission")
    with pytest.raises(TypeError, match="match on Unread"):
        bool(unread)
    with pytest.raises(TypeError):
        operator.not_(unread)
