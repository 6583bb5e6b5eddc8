"""Where the pages lead: nowhere outside the folder, but for the sources that they cite."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.pages.page import Page, pages

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


def _target(page: Page, address: str) -> tuple[Path, str]:
    """The file that a relative address leads to, and the place in it."""
    parts = urlsplit(address)
    assert not parts.scheme
    assert not parts.netloc
    path = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    return path, parts.fragment


def test_every_link_leads_to_a_page_and_a_place_that_exist(site: Path) -> None:
    read = {page.path.resolve(): page for page in pages(site)}
    ids = {path: {a["id"] for _, a in page.elements if "id" in a} for path, page in read.items()}
    for path, page in read.items():
        for attributes in page.all("a"):
            if attributes.get("rel", "").startswith("external"):
                continue
            target, place = _target(page, attributes["href"])
            if "download" in attributes:
                assert target.is_file(), f"{path}: {attributes['href']}"
                continue
            assert target in read, f"{path}: {attributes['href']}"
            assert not place or place in ids[target], f"{path}: {attributes['href']}"


def test_nothing_is_loaded_but_the_style_and_the_icon_of_the_site(site: Path) -> None:
    for page in pages(site):
        loaded = {_target(page, link["href"])[0] for link in page.all("link") if link["rel"] in ("icon", "stylesheet")}
        assert loaded == {(site / "assets" / name).resolve() for name in ("icon.svg", "site.css")}
        assert all(path.is_file() for path in loaded)
        assert not [
            attributes for _, attributes in page.elements if {"src", "srcset", "data", "style"} & set(attributes)
        ]


def test_only_citations_leave_the_folder(site: Path) -> None:
    outside = {
        attributes["href"]
        for page in pages(site)
        for attributes in page.all("a")
        if attributes.get("rel") == "external noopener noreferrer"
    }
    recorded = {"https://github.com/dtinth/thaiexamjs"}
    assert recorded <= outside <= recorded | {"https://example.org/table", "https://example.org/paper"}


def test_no_page_has_a_script_and_every_page_forbids_them(site: Path) -> None:
    for page in pages(site):
        metas = {meta.get("http-equiv", meta.get("name")): meta.get("content") for meta in page.all("meta")}
        assert metas["Content-Security-Policy"] == POLICY
        assert not {tag for tag, _ in page.elements} & {"script", "iframe", "object", "embed", "form", "style", "base"}
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_the_language_switch_stays_on_the_page(site: Path) -> None:
    for page in pages(site):
        inside = page.path.relative_to(site)
        name = inside.relative_to("th") if inside.parts[0] == "th" else inside
        switches = {a["hreflang"]: _target(page, a["href"])[0] for a in page.all("a") if "hreflang" in a}
        assert switches == {"en": (site / name).resolve(), "th": (site / "th" / name).resolve()}
        current = [a["lang"] for a in page.all("a") if a.get("aria-current") == "true"]
        assert current == [page.all("html")[0]["lang"]]


def test_no_path_of_a_machine_stands_on_a_page(site: Path, boards: Path) -> None:
    for path in sorted(site.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            assert str(site).encode() not in content
            assert str(boards).encode() not in content
