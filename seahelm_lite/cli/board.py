"""`seahelm-lite board`: rank models by their runs, and check results that were written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_json, command, print_json
from seahelm_lite.cli.releases import add_diff, add_publish

if TYPE_CHECKING:
    from seahelm_lite.boards.results import BoardResults
    from seahelm_lite.catalog.board_card import Board


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(commands, "board", "rank models by their runs", "seahelm-lite board build --runs out --out boards")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    build = command(
        actions,
        "build",
        "make boards out of runs",
        "seahelm-lite board build th-exam-recorded --runs out --out boards",
    )
    _add_boards(build, "default: every board that the runs have anything for")
    _add_runs(build, required=True)
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write <board>.json to")
    add_json(build)
    build.set_defaults(execute=_build)

    check = command(
        actions,
        "check",
        "check board cards, and results that were written",
        "seahelm-lite board check --boards leaderboards/results --runs out",
    )
    _add_boards(check, "default: every file of the folder")
    check.add_argument(
        "--boards", type=Path, required=True, metavar="DIR", help="folder with <board>.json files, or of releases"
    )
    _add_runs(check, required=False)
    add_json(check)
    check.set_defaults(execute=_check)

    add_diff(actions)
    add_publish(actions)


def _add_boards(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("board", nargs="*", metavar="BOARD", help=default)


def _add_runs(parser: argparse.ArgumentParser, *, required: bool) -> None:
    told = (
        "folder with runs; may be repeated" if required else "build again from these runs and compare; may be repeated"
    )
    parser.add_argument("--runs", type=Path, action="append", default=[], required=required, metavar="DIR", help=told)
    told = "report of `data overlap`: mark what stands in that corpus; may be repeated"
    parser.add_argument("--overlap", type=Path, action="append", default=[], metavar="FILE", help=told)


def _build(options: argparse.Namespace) -> int:
    from seahelm_lite.boards.build import build_board
    from seahelm_lite.boards.files import write_results
    from seahelm_lite.boards.releases import refuse_release
    from seahelm_lite.boards.runs import read_runs
    from seahelm_lite.sources.overlap.report import read_report

    refuse_release(options.out)
    boards = _boards()
    chosen = _named(options.board, boards)
    reports = [read_report(path) for path in options.overlap]
    runs = read_runs(options.runs)
    # All boards are built before any is written, so that a refusal leaves no half of them.
    built = [build_board(board, runs, reports) for board in chosen]
    filled = [results for results in built if _has_answers(results)]
    without = [board for board, results in zip(chosen, built, strict=True) if not _has_answers(results)]
    for left in dict.fromkeys(left for results in built for left in results.left_out):
        print(f"left out {left.run}: {left.reason}", file=sys.stderr)
    if options.board:
        _refuse_without_runs(without, options.runs)
    elif not filled:
        _refuse_runs_of_no_board(without, options.runs)
    written = [(results, write_results(results, options.out)) for results in filled]
    if without:
        print(f"no runs for: {', '.join(board.card.id for board in without)}", file=sys.stderr)
    if options.json:
        print_json({"boards": [_summary(*one) for one in written], "without_runs": [b.card.id for b in without]})
        return 0
    from seahelm_lite.cli.board_table import show

    for results, path in written:
        show(results, path)
    return 0


def _boards() -> dict[str, Board]:
    from seahelm_lite.catalog.board_card import load_boards
    from seahelm_lite.catalog.catalog import load_catalog

    return load_boards(load_catalog().tasks)


def _named(names: Iterable[str], boards: dict[str, Board]) -> list[Board]:
    """The boards of some names, each once; all of them when none is named."""
    from seahelm_lite.catalog.names import unknown

    for name in names:
        if name not in boards:
            raise unknown("board", name, boards, listing=", ".join(boards))
    return [boards[name] for name in dict.fromkeys(names)] or list(boards.values())


def _has_answers(results: BoardResults) -> bool:
    return any(cell.run is not None for row in results.rows for cell in row.cells)


def _refuse_without_runs(boards: Iterable[Board], folders: Iterable[Path]) -> None:
    from seahelm_lite.boards.fields import BoardError

    for board in boards:
        looked = ", ".join(map(str, folders))
        tasks = ", ".join(dict.fromkeys(column.task.name for column in board.columns))
        raise BoardError(
            f"no run in {looked} is for the board {board.card.id}",
            remedy=f"It takes runs in {board.card.protocol} with {board.card.shots} shots of: {tasks}.",
        )


def _refuse_runs_of_no_board(boards: Iterable[Board], folders: Iterable[Path]) -> None:
    from seahelm_lite.boards.fields import BoardError

    looked = ", ".join(map(str, folders))
    known = ", ".join(f"{board.card.id} ({board.card.protocol}, {board.card.shots} shots)" for board in boards)
    raise BoardError(
        f"no run in {looked} is for any board",
        remedy=f"Boards take runs of their tasks in one protocol: {known}.",
    )


def _summary(results: BoardResults, path: Path) -> dict[str, Any]:
    return {
        "board": results.board.id,
        "path": str(path),
        **{
            status: sum(row.status == status for row in results.rows) for status in ("ranked", "unranked", "incomplete")
        },
        "groups": max((row.group or 0 for row in results.ranked), default=0),
        "neighbours_told_apart": None if results.comparison is None else results.comparison.neighbours_told_apart,
        "detectable": None if results.comparison is None else results.comparison.detectable,
        "left_out": [left.model_dump() for left in results.left_out],
    }


def _check(options: argparse.Namespace) -> int:
    from seahelm_lite.boards.check import WITHOUT_RUNS, check_file
    from seahelm_lite.boards.runs import read_runs
    from seahelm_lite.sources.overlap.report import read_report

    boards = _boards()
    reports = [read_report(path) for path in options.overlap]
    runs = read_runs(options.runs) if options.runs else None
    faults = {path.stem: check_file(path, boards, runs, reports) for path in _files(options, boards)}
    remarks = [WITHOUT_RUNS] if runs is None else []
    if options.json:
        boards_told = [{"board": name, "faults": found} for name, found in faults.items()]
        print_json({"boards": boards_told, "remarks": remarks})
    else:
        lines = [f"{name}: {fault}" for name, found in faults.items() for fault in found or ["as it should be"]]
        print("\n".join([*lines, *remarks]))
    return 1 if any(faults.values()) else 0


def _files(options: argparse.Namespace, boards: dict[str, Board]) -> list[Path]:
    """The results files to check.

    Raises:
        SeahelmError: If a named board has none, or the folder has none at all.
    """
    from seahelm_lite.boards.fields import BoardError
    from seahelm_lite.boards.releases import newest, refuse_mixed, those_that_are_boards

    folder = newest(options.boards)
    named = [folder / f"{board.card.id}.json" for board in (_named(options.board, boards) if options.board else ())]
    remedy = "Make them with `seahelm-lite board build`."
    files = named or sorted(folder.glob("*.json"))
    for path in files or [folder / "*.json"]:
        if not path.is_file():
            raise BoardError("there are no board results here", where=str(path), remedy=remedy)
    refuse_mixed(folder, those_that_are_boards(files))
    return files
