"""How the tasks of a board are gathered and weighted, and which boards are refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.board_card import Board, load_boards
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.errors import CardError
from tests.small_task import SmallTask

LANGUAGES = {"a": "ms", "b": "ms", "c": "id", "d": "id", "e": "id"}
PILLARS = {"a": "knowledge", "b": "culture", "c": "knowledge", "d": "knowledge", "e": "culture"}


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, TaskDefinition]:
    """Two tasks in Malay and three in Indonesian, of two pillars."""
    root = tmp_path_factory.mktemp("tasks")
    for name, language in LANGUAGES.items():
        changes: dict[str, Any] = {"id": name, "language": language, "pillar": PILLARS[name]}
        SmallTask(root, changes={**changes, "metrics": ["acc", "macro_f1"]}).write()
    return load_catalog([root]).tasks


def board(folder: Path, tasks: Mapping[str, TaskDefinition], /, *more: Mapping[str, Any], **card: Any) -> Board:
    """A board of such a card, beside others."""
    for one in ({"id": "small", **card}, *more):
        whole = {"schema": "seahelm-lite/board/1", "title": "Small", "measures": "Nothing.", "languages": ["ms"]}
        body = {**whole, "protocol": "gen-letter", **one}
        (folder / f"{one['id']}.yaml").write_text(json.dumps(body), encoding="utf-8")  # JSON is YAML
    return load_boards(tasks, folder)["small"]


def named(*names: str, **weights: float) -> list[dict[str, Any]]:
    """Entries of a card."""
    return [{"task": name} for name in names] + [{"task": name, "weight": weight} for name, weight in weights.items()]


def shares(made: Board) -> dict[str, float]:
    return {column.task.name: round(column.share, 12) for column in made.columns}


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ([], {"a": 1 / 5, "b": 1 / 5, "c": 1 / 5, "d": 1 / 5, "e": 1 / 5}),
        (["language"], {"a": 1 / 4, "b": 1 / 4, "c": 1 / 6, "d": 1 / 6, "e": 1 / 6}),
        (["pillar"], {"a": 1 / 6, "b": 1 / 4, "c": 1 / 6, "d": 1 / 6, "e": 1 / 4}),
        (["language", "pillar"], {"a": 1 / 4, "b": 1 / 4, "c": 1 / 8, "d": 1 / 8, "e": 1 / 4}),
    ],
)
def test_nodes_of_a_level_count_alike_and_share_among_their_tasks(
    levels: list[str], wanted: dict[str, float], tmp_path: Path, tasks: Mapping[str, TaskDefinition]
) -> None:
    made = board(tmp_path, tasks, levels=levels, tasks=named(*LANGUAGES))
    assert shares(made) == pytest.approx(wanted)
    assert sum(column.share for column in made.columns) == pytest.approx(1)


def test_a_task_that_is_not_required_has_no_share_and_takes_none_from_others(
    tmp_path: Path, tasks: Mapping[str, TaskDefinition]
) -> None:
    entries = [*named("a", "c", "d"), {"task": "e", "required": False}, {"task": "b", "required": False}]
    made = board(tmp_path, tasks, levels=["language", "pillar"], tasks=entries)
    assert shares(made) == {"a": 0.5, "c": 0.25, "d": 0.25, "e": 0.0, "b": 0.0}
    assert made.columns[3].path == ("id", "culture")


def test_weights_are_shares_of_the_node(tmp_path: Path, tasks: Mapping[str, TaskDefinition]) -> None:
    entries = [*named("a", "b"), *named(c=0.5, d=0.3, e=0.2)]
    made = board(tmp_path, tasks, levels=["language"], tasks=entries)
    assert shares(made) == {"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.15, "e": 0.1}


def test_weights_written_with_few_digits_make_the_whole(tmp_path: Path, tasks: Mapping[str, TaskDefinition]) -> None:
    made = board(tmp_path, tasks, tasks=named(c=0.333333, d=0.333333, e=0.333334))
    assert sum(column.share for column in made.columns) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("order", ["edcba", "cadbe"])
def test_the_order_of_tasks_changes_no_share(order: str, tmp_path: Path, tasks: Mapping[str, TaskDefinition]) -> None:
    made = board(tmp_path, tasks, levels=["language", "pillar"], tasks=named(*order))
    assert shares(made) == {"a": 0.25, "b": 0.25, "c": 0.125, "d": 0.125, "e": 0.25}


# What is refused


def refused(folder: Path, tasks: Mapping[str, TaskDefinition], /, *more: Mapping[str, Any], **card: Any) -> str:
    with pytest.raises(CardError) as caught:
        board(folder, tasks, *more, **card)
    assert caught.value.where is not None
    assert caught.value.where.startswith(str(folder / "small.yaml:"))
    return f"{caught.value.what}. {caught.value.remedy}"


@pytest.mark.parametrize(
    ("levels", "entries", "told"),
    [
        (
            [],
            named(a=0.5, b=0.4),
            "the weights of the tasks sum to 0.9, and have to sum to 1: a 0.5, b 0.4. "
            "Correct them, or leave all of them out, so that all count alike.",
        ),
        (
            ["language"],
            named(a=0.5, b=0.5, c=0.2, d=0.2, e=0.2),
            "the weights of the tasks of id sum to 0.6, and have to sum to 1: c 0.2, d 0.2, e 0.2.",
        ),
        (
            ["language"],
            [*named("a", "b", "c"), *named(d=0.5, e=0.5)],
            "some tasks of id have weights, and these have none: c.",
        ),
        ([], [*named("a", "b"), {"task": "a"}], "the task 'a' stands twice with 0 shots."),
        ([], [{"task": "a"}, {"task": "b", "weight": 0.5, "required": False}], "a task that is not required has no w"),
        ([], [{"task": "a"}, {"task": "b", "weight": 0}], "tasks.1.weight: Input should be greater than 0"),
        ([], [{"task": "a", "protocol": "ll-letter"}], "unknown key 'tasks.0.protocol'"),
    ],
)
def test_a_board_that_would_mislead_is_refused_with_what_to_correct(
    levels: list[str],
    entries: list[dict[str, Any]],
    told: str,
    tmp_path: Path,
    tasks: Mapping[str, TaskDefinition],
) -> None:
    assert told in refused(tmp_path, tasks, levels=levels, tasks=entries)


@pytest.mark.parametrize("standing", ["ranking", "preview"])
def test_a_floor_that_no_document_has_ranks_nobody(
    standing: str, tmp_path: Path, tasks: Mapping[str, TaskDefinition]
) -> None:
    told = refused(tmp_path, tasks, tasks=named("a"), normalisation="sea-helm", standing=standing)
    assert "has a floor, so that its averages cannot be compared by documents" in told
    made = board(tmp_path, tasks, tasks=named("a"), normalisation="sea-helm", standing="continuity")
    assert made.card.standing == "continuity"


@pytest.mark.parametrize("normalisation", ["chance", "sea-helm"])
def test_a_board_that_corrects_for_chance_takes_only_metrics_of_which_chance_is_known(
    normalisation: str, tmp_path: Path, tasks: Mapping[str, TaskDefinition]
) -> None:
    f1 = [*named("a"), {"task": "b", "metric": "macro_f1"}]
    told = refused(tmp_path, tasks, tasks=f1, normalisation=normalisation, standing="continuity")
    assert told.startswith("b is required with the metric macro_f1, of which is not known what guessing scores;")
    assert board(tmp_path, tasks, tasks=f1).columns[1].metric == "macro_f1"


# Boards that take the tasks of others

OTHER: Mapping[str, Any] = {"id": "other", "tasks": named("c", "d")}


def test_a_board_has_the_tasks_of_others_once_each(tmp_path: Path, tasks: Mapping[str, TaskDefinition]) -> None:
    made = board(tmp_path, tasks, OTHER, levels=["language"], tasks=named("a", "c"), boards=["other"])
    assert shares(made) == {"a": 0.5, "c": 0.25, "d": 0.25}


def test_a_board_of_boards_is_known_by_the_bytes_of_all_of_them(
    tmp_path: Path, tasks: Mapping[str, TaskDefinition]
) -> None:
    hashes = {
        board(tmp_path, tasks, {**OTHER, "title": title}, tasks=[], boards=["other"]).sha256 for title in ("One", "Two")
    }
    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"protocol": "ll-letter"}, "the protocol of the board other is ll-letter, and here it is gen-letter: "),
        ({"normalisation": "chance"}, "the normalisation of the board other is chance, and here it is none: "),
        ({"standing": "preview"}, "the standing of the board other is preview, and here it is ranking: "),
        ({"tasks": [], "boards": ["third"]}, "the board other has tasks of other boards itself"),
    ],
)
def test_boards_of_two_kinds_are_never_mixed(
    changes: Mapping[str, Any], told: str, tmp_path: Path, tasks: Mapping[str, TaskDefinition]
) -> None:
    third = {"id": "third", "tasks": named("e")}
    assert told in refused(tmp_path, tasks, {**OTHER, **changes}, third, tasks=named("a"), boards=["other"])


def test_a_board_that_does_not_exist_names_the_nearest(tmp_path: Path, tasks: Mapping[str, TaskDefinition]) -> None:
    told = refused(tmp_path, tasks, OTHER, tasks=named("a"), boards=["othr"])
    assert told == "there is no board 'othr'. Did you mean other?"
