"""`seahelm-lite tasks list`: a line a task, with what its data came to."""

from __future__ import annotations

from typing import Any

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.definitions import Suite, TaskDefinition
from seahelm_lite.catalog.facts import Known, all_known
from seahelm_lite.cli.options import print_json
from seahelm_lite.cli.tables import console, table

COLUMNS = ("task", "language", "pillar", ">documents", "metric", ">chance", ">baseline", ">told apart", "lint")


def list_tasks(catalog: Catalog, *, as_json: bool) -> int:
    """Every task; needs no data and no network."""
    tasks = sorted(catalog.tasks.values(), key=lambda task: task.name)
    known = all_known(tasks, catalog.roots)
    if as_json:
        print_json([summary(task, known[task.name]) for task in tasks])
        return 0
    out = console()
    out.print(table(COLUMNS, [_row(task, known[task.name]) for task in tasks]))
    out.print(
        "\nIn percent: what guessing earns, the best answer without reading, and by how much two models must differ "
        "for the task to tell them apart. `tasks show TASK` has everything else.",
        markup=False,
    )
    return 0


def suite_summary(suite: Suite) -> dict[str, Any]:
    """What is in a suite; for one that stands for another harness's list, what there is of each of its pairs."""
    summary = {"suite": suite.name, "title": suite.title, "tasks": suite.tasks, "optional": suite.optional}
    return {**summary, "pairs": [pair.model_dump(mode="json") for pair in suite.pairs]}


def summary(task: TaskDefinition, known: Known) -> dict[str, Any]:
    """What a program may want to know of a task without its data."""
    card = task.card.model_dump(mode="json")
    wanted = ("suite", "title", "language", "country", "variety", "pillar", "kind", "protocols", "metrics", "licence")
    pins = [pin.describe() for pin in task.card.pins]
    taken = {name: card[name] for name in (*wanted, "human")}
    return {
        "task": task.name,
        "version": task.version,
        **taken,
        "compat": list(task.card.compat.peers),
        "sources": pins,
        "facts": known.told(),
    }


def _row(task: TaskDefinition, known: Known) -> list[str]:
    facts, card = known.facts, task.card
    row = [task.name, card.language, card.pillar]
    if facts is None:
        return [*row, known.state, card.metrics[0], "–", "–", "–", "–"]
    best = max(facts.baselines.items(), key=lambda item: item[1], default=None)
    return [
        *row,
        str(facts.documents),
        facts.metric,
        percent(facts.chance),
        "–" if best is None else f"{best[0]} {percent(best[1])}",
        percent(facts.detectable),
        facts.lint.status,
    ]


def percent(value: float | None) -> str:
    """With one decimal; a dash where there is none."""
    return "–" if value is None else f"{100 * value:.1f}"
