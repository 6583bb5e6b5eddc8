"""`seahelm-lite data overlap`: which documents of tasks stand word for word in a corpus."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_data_options, add_json, add_trust, command, load

if TYPE_CHECKING:
    from seahelm_lite.sources.overlap.report import OverlapReport, TaskOverlap


def add(actions: Any) -> None:
    """Add the action to `data`."""
    action = command(
        actions,
        "overlap",
        "how many documents of tasks stand word for word in a corpus, such as one that a model was trained on",
        "seahelm-lite data overlap --suite ms-core --corpus crawl/ --mirror ../shared/data --out overlap.json",
    )
    action.add_argument("--suite", action="append", default=[], metavar="S", help="a suite; may be repeated")
    action.add_argument("--task", action="append", default=[], metavar="T", help="a task; may be repeated")
    action.add_argument(
        "--corpus",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with .txt, .jsonl and .json (also packed as .gz or .zst) and .parquet files, at any depth",
    )
    action.add_argument("--name", metavar="NAME", help="what reports and boards call the corpus (default: its folder)")
    action.add_argument("--out", type=Path, metavar="FILE", help="write the report there, for `board build --overlap`")
    add_data_options(action)
    add_trust(action)
    add_json(action)
    action.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command: 0 when all files of the corpus were searched, else 1."""
    from seahelm_lite.engine.run_folder import whole_or_not_at_all
    from seahelm_lite.sources.overlap.overlaps import overlaps

    catalog, where = load(options)
    everything = not options.suite and not options.task
    definitions, optional = catalog.select(options.suite, list(catalog.tasks) if everything else options.task)
    with _Bar() as bar:
        report = overlaps(
            definitions,
            frozenset(catalog.tasks) if everything else optional,
            where,
            options.corpus,
            name=options.name or options.corpus.resolve().name or str(options.corpus),
            begin=bar.begin,
        )
    if options.out is not None:
        with whole_or_not_at_all(options.out) as partial:
            partial.write_text(report.text(), encoding="utf-8")
    print(report.text(), end="") if options.json else _draw(report)
    return 1 if report.corpus.unread else 0


class _Bar:
    """Bytes searched, drawn on standard error."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.progress import TransferSpeedColumn as Speed

        shown = Console(stderr=True)
        columns = (TextColumn("searched"), BarColumn(), DownloadColumn(), Speed(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=shown, disable=not shown.is_terminal)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, size: int) -> Callable[[int], None]:
        """Show a bar of so many bytes; what comes back moves it on."""
        bar = self._progress.add_task("", total=size)
        return lambda done: self._progress.advance(bar, done)


def _draw(report: OverlapReport) -> None:
    from seahelm_lite.cli.tables import console, table

    out = console()
    columns = ("task", ">documents", ">looked for", ">found", ">share", ">with answer", "canary")
    title = f"{report.corpus.name}: {report.corpus.files} files, {report.corpus.size / 1e6:,.1f} MB"
    out.print(title, markup=False)
    out.print(table(columns, [_row(task) for task in report.tasks]))
    for sentence in _sentences(report):
        out.print(sentence, markup=False, soft_wrap=True)


def _row(task: TaskOverlap) -> list[str]:
    share = "-" if task.share is None else f"{100 * task.share:.1f} %"
    answered = "kept by its makers" if task.with_answer is None else str(len(task.with_answer))
    canary = "none" if task.canary is None else "FOUND" if task.canary.found else "not found"
    return [task.task, str(task.documents), str(task.looked_for), str(len(task.found)), share, answered, canary]


def _sentences(report: OverlapReport) -> Iterator[str]:
    left = sum(task.documents - task.looked_for for task in report.tasks)
    if left:
        yield f"{left} documents are too short, or too much like others of their task, to be looked for."
    for skip in report.skipped:
        yield f"skipped {skip.task}: {skip.reason}"
    for unread in report.corpus.unread:
        yield f"not searched to its end: {unread.path}: {unread.reason}"
    if report.corpus.other_files:
        told = ", ".join(f"{count} {ending}" for ending, count in report.corpus.other_files.items())
        yield f"not searched, being of other kinds: {told}"
