"""From board results to a site: read everything, render every page in every language, put it in place at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import seahelm_lite
from seahelm_lite.boards.reported import Figure as Reported
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.pages.collection import Model, Task, models, tasks
from seahelm_lite.pages.environment import environment
from seahelm_lite.pages.fault import SiteError
from seahelm_lite.pages.figure import figure, whisker
from seahelm_lite.pages.folder import MARKER, check_folder, marker, write_folder
from seahelm_lite.pages.languages import Language, languages
from seahelm_lite.pages.publications import of_task, of_tasks
from seahelm_lite.pages.ranking import Ranking, ranking
from seahelm_lite.pages.reading import ReadBoard, read_boards, read_figures
from seahelm_lite.pages.shelf import Shelf


@dataclass(frozen=True)
class Site:
    """A site that was built."""

    index: Path
    """The page to open."""
    pages: int


@dataclass(frozen=True)
class Contents:
    """Everything the pages show."""

    boards: tuple[tuple[ReadBoard, Ranking], ...]
    models: tuple[Model, ...]
    tasks: tuple[Task, ...]
    shelf: Shelf
    reported: tuple[Reported, ...]
    """What others published."""

    def pages(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Path below the folder of a language, template, and what the template shows."""
        yield "index.html", "home.html", {"boards": sorted(self.boards, key=_models_first)}
        for board, table in self.boards:
            published = of_tasks(self.reported, [column.task for column in board.results.columns])
            shown = {"board": board, "ranking": table, "whisker": whisker, "published": published}
            yield f"board/{board.slug}.html", "board.html", shown
        for model in self.models:
            yield f"model/{model.slug}.html", "model.html", {"model": model}
        for task in self.tasks:
            shown = {"task": task, "figure": figure, "published": of_task(self.reported, task.name)}
            yield f"task/{task.slug}.html", "task.html", shown
        if self.shelf.suites:
            yield "suites.html", "suites.html", {}
        for suite in self.shelf.suites:
            yield f"suite/{suite.slug}.html", "suite.html", {"suite": suite}


def _models_first(board: tuple[ReadBoard, Ranking]) -> tuple[int, str]:
    """Boards of many models come before boards that show what baselines earn."""
    read, _ = board
    return -sum(row.model.kind != "baseline" for row in read.results.rows), read.slug


def build_site(boards: Sequence[Path], out: Path, shelf: Shelf | None = None) -> Site:
    """Build the site of some boards.

    The same results give the same bytes. A build that fails leaves the site that was there.

    Args:
        boards: Folders of board results (`<board>.json`); nothing else may be in them but the folder `reported`.
        out: Where the site goes: an empty folder, a new one, or an earlier site.
        shelf: The suites that get pages; without them, the site has none.

    Raises:
        SiteError, BoardError: If a folder holds something else, a catalogue is broken, two models would have one
            page, or `out` holds what no build of ours wrote.
    """
    check_folder(out)
    for folder in boards:
        if folder.resolve().is_relative_to(out.resolve()):
            raise SiteError("the boards are inside the output folder, which is replaced", where=str(folder))
    read = read_boards(boards)
    found = models(read)
    ranked = tuple((board, ranking(board, found)) for board in read)
    contents = Contents(ranked, found, tasks(read, found), shelf or Shelf(), read_figures(boards))
    files = _rendered(contents, shipped_folder("site"))
    pages = len(files)
    files |= _assets(shipped_folder("site"))
    files |= {f"board/{board.slug}.json": board.content for board in read}
    files[MARKER] = marker({board.results.board.id: board.sha256 for board in read}, files)
    write_folder(files, out)
    return Site(out / "index.html", pages)


def _rendered(contents: Contents, site: Path) -> dict[str, bytes]:
    """Every page in every language, by path."""
    spoken = languages(site / "locale")
    files = {}
    for language in spoken:
        templates = environment(site / "templates", language)
        for path, template, shown in contents.pages():
            page = templates.get_template(template).render(
                **shown, **_surroundings(path, language, spoken), shelf=contents.shelf
            )
            files[language.folder + path] = page.encode()
    return files


def _surroundings(path: str, language: Language, spoken: Sequence[Language]) -> dict[str, Any]:
    """What every page needs: where it is, and in which other languages it can be read."""
    root = "../" * path.count("/")
    return {
        "path": path,
        "root": root,
        "top": root + "../" * language.folder.count("/"),
        "spoken": spoken,
        "version": seahelm_lite.__version__,
    }


def _assets(site: Path) -> dict[str, bytes]:
    return {f"assets/{path.name}": path.read_bytes() for path in sorted((site / "assets").iterdir())}
