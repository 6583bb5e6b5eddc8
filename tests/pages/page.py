"""A page as a reader without scripts gets it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset(("meta", "link", "br", "img", "circle", "line", "rect", "path"))
"""Elements that hold nothing: of HTML, and those of SVG that our templates close at once."""

CELLS = frozenset(("td", "th", "dt", "dd", "title"))
"""Elements whose texts stand apart on the page, without white space between them in the source."""


class Page(HTMLParser):
    """The elements of a page. An element that is not closed, or closed out of order, is an error.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.source = path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.texts: list[tuple[tuple[tuple[str, dict[str, str]], ...], str]] = []
        """Each piece of text with the elements around it, outermost first."""
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(self.source)
        self.close()
        assert not self._open, f"{path}: {self._open[-1][0]} is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{self.path}: {tag} has an attribute twice"
        element = (tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, f"{self.path}: {tag}"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert [name for name, _ in self._open[-1:]] == [tag], f"{self.path}: </{tag}> after {self._open[-1:]}"
        self._open.pop()
        if tag in CELLS:
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data
        self.texts.append((tuple(self._open), data))

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def models(self) -> list[str]:
        """The names that stand as row headings of models, in order."""
        return [
            text
            for around, text in self.texts
            if around and around[-1][0] == "bdi" and any(a == ("th", {"scope": "row"}) for a in around)
        ]

    def words(self) -> str:
        """The text with every run of white space as one space."""
        return " ".join(self.text.split())


def pages(site: Path) -> list[Page]:
    """Every page of a site."""
    return [Page(path) for path in sorted(site.rglob("*.html"))]
