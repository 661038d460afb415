"""A command taken apart: what it asks with, and what it then does with the answer.

Steps that leave nothing out are few, and what leaves something out has no end of forms: an index, a comparison, a
loop, a property of one's own making. So everything beside these steps is taken for one that may. Microsoft Learn,
about_Pipelines, about_Parsing, about_Parameters, and the pages of the cmdlets below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SWITCH: Final = False
VALUE: Final = True
"""Whether an option is followed by a value."""
Options = Mapping[str, bool]

_PLAIN: Final = str.maketrans("\u2013\u2014\u2015\u2018\u2019\u201a\u201b\u201c\u201d\u201e", "---''''\"\"\"")
"""PowerShell takes each of them for the hyphen of an option or for a quotation mark."""
_SAME_LINE: Final = re.compile(r"[`\\][^\S\n]*\r?\n|(?<=\|)\s*\n|\n(?=\s*\|)")
_TOKEN: Final = re.compile(
    r"""(?P<space>[^\S\n]+|\#[^\n]*)|(?P<end>[;\n])|(?P<pipe>\|)|(?P<open>@?\()|(?P<close>\))|(?P<redirect>>)"""
    r"""|(?P<block>@?\{)|(?P<done>\})|(?P<assign>\$\w+[^\S\n]*=)"""
    r"""|(?P<word>(?:'(?:[^']|'')*'|"(?:[^"$`]|\$(?!\()|`.)*"|[^\s|;(){}<>'"])+)|(?P<other>.)""",
    re.DOTALL,
)
_QUOTED: Final = re.compile(r"""'((?:[^']|'')*)'|"((?:[^"`]|`.)*)\"""", re.DOTALL)
_OPTION: Final = re.compile(r"(--?)([A-Za-z][\w-]*)(?:[:=](.*))?", re.DOTALL)
_NAMES: Final = re.compile(r"(?:@odata\.|[\w.*,-])+")
_DEPTH: Final = {"open": 1, "block": 1, "close": -1, "done": -1}
_SPLAT: Final = re.compile(r"@\w+,?$")
"""Options that stand elsewhere."""
_SHOWN: Final = 60
_LONGEST: Final = 4000
_MOST_PARENTHESES: Final = 20


@dataclass(frozen=True, slots=True)
class _Step:
    options: Options
    names_alone: bool = False


_FILE: Final = {"FilePath": VALUE, "LiteralPath": VALUE, "Path": VALUE, "Encoding": VALUE, "Force": SWITCH}
_STEPS: Final[Mapping[str, _Step]] = MappingProxyType(
    {
        "select-object": _Step({"Property": VALUE, "ExcludeProperty": VALUE}, names_alone=True),
        "sort-object": _Step({"Property": VALUE, "Descending": SWITCH, "CaseSensitive": SWITCH}, names_alone=True),
        "format-list": _Step({"Property": VALUE}, names_alone=True),
        "convertto-json": _Step(
            {"Depth": VALUE, "Compress": SWITCH, "EnumsAsStrings": SWITCH, "AsArray": SWITCH, "EscapeHandling": VALUE}
        ),
        "convertfrom-json": _Step({"Depth": VALUE, "NoEnumerate": SWITCH}),
        "out-string": _Step({}),
        "out-file": _Step({**_FILE, "NoClobber": SWITCH, "NoNewline": SWITCH}),
        "set-content": _Step({**_FILE, "NoNewline": SWITCH}),
        "tee-object": _Step(_FILE),
    }
)
"""The steps that hand on every object, and the options with which they do."""
_ALIASES: Final = {"select": "select-object", "sort": "sort-object", "fl": "format-list", "tee": "tee-object"}
_EXPANDED: Final = re.compile(r"select(?:-object)? -expand(?:property)? value", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """`request` are the words that ask, without quotation marks; `beyond` is what may leave something out, if any is.

    `member` is how the rows are taken out of an answer of an API, which takes them away from what stands beside them.
    """

    request: tuple[str, ...]
    beyond: str | None
    member: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """The options of a request and their values by the name as documented; `unknown` are those not among them.

    `positional` are the words of no option, up to the first unknown one, whose value a word may be.
    """

    options: Mapping[str, tuple[str, ...]]
    positional: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    apart: bool

    @property
    def value(self) -> str:
        return _QUOTED.sub(_unquoted, self.text)


def taken_apart(text: str) -> Command:
    """Take a command apart: `[$x =] request [| step ...] [> file]`, in parentheses or not, then steps on `$x`."""
    if len(text) > _LONGEST or text.count("(") > _MOST_PARENTHESES:
        return Command((), f"{text[: _SHOWN - 3]}...", None)
    tokens = list(_tokens(_SAME_LINE.sub(" ", text.translate(_PLAIN))))
    statements = [statement for statement in _split(tokens, "end") if statement]
    if not statements:
        return Command((), None, None)
    first, *later = statements
    variable = None
    if first[0].kind == "assign":
        variable = first[0].text.rstrip("= \t").casefold()
        first = first[1:]
    command = _pipeline(first)
    for statement in later:
        if command.beyond is None:
            if statement[0].text.casefold() == variable:
                command = _followed(command, statement[1:])
            else:
                command = Command(command.request, _shown(statement), command.member)
    return command


def given(words: Sequence[str], allowed: Options, *, exact: bool = False) -> Given:
    """Sort words into options and the rest.

    PowerShell knows an option by its beginning and in any letter case; other programs want it `exact`.
    """
    options: dict[str, tuple[str, ...]] = {}
    positional: list[str] = []
    unknown: list[str] = []
    waiting: str | None = None
    for word in words:
        match = _OPTION.fullmatch(word)
        if match is not None:
            waiting = None
            name = _documented(match, allowed, exact=exact)
            if name is None:
                unknown.append(f"{match[1]}{match[2]}")
                continue
            options[name] = () if match[3] is None else (match[3],)
            waiting = name if allowed[name] is VALUE and not match[3] else None
        elif waiting is not None:
            options[waiting] = (*options[waiting], word)
            waiting = waiting if word.endswith(",") else None
        elif not unknown:
            positional.append(word)
    return Given(options, tuple(positional), tuple(unknown))


def _documented(option: re.Match[str], allowed: Options, *, exact: bool) -> str | None:
    if exact:
        name = option[1] + option[2]
        return name if name in allowed else None
    beginning = option[2].casefold()
    return next((name for name in allowed if name.casefold().startswith(beginning)), None)


def _tokens(text: str) -> Iterator[_Token]:
    apart = False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is not None and kind != "space":
            yield _Token(kind, match[0], apart)
        apart = kind == "space"


def _split(tokens: Sequence[_Token], kind: str) -> list[list[_Token]]:
    """Split at the tokens of a kind, but not inside of parentheses and blocks."""
    parts: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind in _DEPTH:
            depth += _DEPTH[token.kind]
        if token.kind == kind and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _pipeline(tokens: Sequence[_Token]) -> Command:
    if not tokens:
        return Command((), None, None)
    if tokens[0].kind == "open":
        close = _closing(tokens)
        if close is None:
            return Command((), _shown(tokens), None)
        inner, rest = _pipeline(tokens[1:close]), tokens[close + 1 :]
        if inner.beyond is None and rest and rest[0].text.casefold() == ".value":
            inner, rest = Command(inner.request, None, rest[0].text), rest[1:]
        return _followed(inner, rest)
    end = next((index for index, token in enumerate(tokens) if token.kind in ("pipe", "redirect")), len(tokens))
    strange = [token for token in tokens[:end] if token.kind != "word"]
    request = tuple(token.value for token in tokens[:end] if token.kind == "word")
    return _followed(Command(request, strange[0].text if strange else None, None), tokens[end:])


def _closing(tokens: Sequence[_Token]) -> int | None:
    """Return where the parenthesis is closed that the tokens begin with."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind in _DEPTH:
            depth += _DEPTH[token.kind]
        if depth == 0:
            return index
    return None


def _followed(command: Command, rest: Sequence[_Token]) -> Command:
    """Go through the steps behind a request, up to the first that may leave something out."""
    if command.beyond is not None or not rest:
        return command
    if [token.kind for token in rest[-2:]] == ["redirect", "word"]:
        rest = rest[:-2]
    before, *steps = _split(rest, "pipe")
    if before:
        return Command(command.request, _shown(before), command.member)
    member = command.member
    for step in steps:
        words = [token.value for token in step]
        if _EXPANDED.fullmatch(" ".join(words)):
            member = " ".join(words)
        elif any(token.kind != "word" for token in step) or not _hands_on_all(words):
            return Command(command.request, f"| {_shown(step)}", member)
    return Command(command.request, None, member)


def _hands_on_all(words: Sequence[str]) -> bool:
    if not words:
        return False
    name = words[0].casefold()
    step = _STEPS.get(_ALIASES.get(name, name))
    if step is None:
        return False
    found = given(words[1:], step.options)
    values = (*found.positional, *(value for one in found.options.values() for value in one))
    if found.unknown or any(_SPLAT.match(value) for value in values):
        return False
    return not step.names_alone or all(_NAMES.fullmatch(value) for value in values)


def _shown(tokens: Sequence[_Token]) -> str:
    text = "".join(f" {token.text}" if token.apart else token.text for token in tokens).strip()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _unquoted(match: re.Match[str]) -> str:
    if match[1] is not None:
        return match[1].replace("''", "'")
    return re.sub(r"`(.)", r"\1", match[2], flags=re.DOTALL)
