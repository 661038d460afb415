"""Reads a page as strictly as XML, into a tree: an element that is not closed, or closed twice, is an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "col", "meta"})


@dataclass
class Node:
    """An element with its attributes, and its elements and texts in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    def all(self, tag: str | None = None, **attributes: str) -> list[Node]:
        """Every element below with a tag and attributes; `class_` means any of its classes."""
        return [one for one in self.walk() if one.tag == (tag or one.tag) and one.has(attributes)]

    def one(self, tag: str | None = None, **attributes: str) -> Node:
        """The only element of its kind."""
        (found,) = self.all(tag, **attributes)
        return found

    def has(self, attributes: dict[str, str]) -> bool:
        """Whether the attributes are there."""
        wanted = dict(attributes)
        if (kind := wanted.pop("class_", None)) and kind not in self.attributes.get("class", "").split():
            return False
        return all(self.attributes.get(name.replace("_", "-")) == value for name, value in wanted.items())

    def walk(self) -> Iterator[Node]:
        """Every element below, in order."""
        for one in self.inside:
            if isinstance(one, Node):
                yield one
                yield from one.walk()

    @property
    def text(self) -> str:
        """All text below, blanks as a browser shows them."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for one in self.inside:
            yield from [one] if isinstance(one, str) else [*one._texts(), " "]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        assert len(node.attributes) == len(attrs), f"an attribute of {tag} stands twice"
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(page: str) -> Node:
    """Return the tree of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert len(reader.open) == 1, f"{reader.open[-1].tag} is not closed"
    return reader.open[0]
