"""A site that shows every state, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.pages import build_site
from tests.pages.making import Json, average, board, cell, column, incomplete, node, row, write

ONET = column("openthai_onet_m6", title="O-NET, final school year", n=164, cluster_key="stem", excluded={}, defects=[])
QUIZ = column(
    "malay_grammar_quiz", title="Malay grammar: quiz pages", protocol="gen-letter", n=None, chance=None, baselines={}
)
HEADLINE = {"value": 0.605, "ci95": [0.55, 0.66], "ci_method": "paired", "reason": None}
RANKED = {"headline": HEADLINE, "coverage": {"done": 8, "required": 8}, "status": "ranked"}
REPORTED = """model,task,part,value,unit,method,source,date,url,lo,hi
<b>Kancil</b> 7B,task-0,,61.25,%,first token,Table of the makers,2024-09-27,https://example.org/table,,
<b>Kancil</b> 7B,task-0,Grammar,58.5,%,first token,Table of the makers,2024-09-27,https://example.org/table,,
Pelanduk 1B,task-0,,40,%,first token,Table of the makers,2024-09-27,https://example.org/table,38.5,41.5
Pelanduk 1B,task-1,,77,%,by hand,A paper,,https://example.org/paper,,
"""
MANY_UNPARSED = {"scored": 80, "unparsed": 15, "refused": 0, "truncated": 0, "error": 0}
MANY_ENDINGS = {"scored": 120, "unparsed": 1, "refused": 3, "truncated": 40, "error": 0}


@pytest.fixture(scope="session")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of boards: one with every state, one with a baseline, one without any model, one of many tasks.

    Beside them is what others reported.
    """
    rows = [
        row("Alpha-1", [cell(0.9), cell(0.8, n=164, n_clusters=153, counts=MANY_ENDINGS)], rank=(1, 2)),
        row("Beta-2", [cell(0.85, counts=MANY_UNPARSED, marks=["parse!", "recorded"]), cell(0.8, n=164)], rank=(1, 2)),
        row("Gamma-3", [cell(0.02), cell(0.3, n=164, usage=None)], group=2, rank=(3, 3)),
        row("Delta-4", [incomplete(94), cell(0.7, n=164)]),
        row("Epsilon-5", [cell(None), cell(0.7, n=164)]),
        row("Zeta-6", [cell(None, state="unsupported", reason="it gives no letters"), cell(0.6, n=164)]),
        row("Eta-7", [cell(None, state="withheld", reason="its maker asked for it"), cell(0.5, n=164)]),
    ]
    left_out = [{"run": "broken-run", "reason": "its seal does not fit"}]
    exams = board(rows, [column(), ONET], board={"id": "exams"}, left_out=left_out)
    measured = column(protocol="gen-letter")
    longest = row("baseline:longest", [cell(0.4, marks=[])], model={"id": "baseline-longest", "kind": "baseline"})
    basics = board([longest], [measured], board={"id": "basics", "title": "Regional basics", "protocol": "gen-letter"})
    empty = board([], [QUIZ], board={"id": "empty", "title": "Malay", "languages": ["ms", "ms-x-sarawak"]})
    folder = write(tmp_path_factory.mktemp("results"), exams, basics, empty, board_with_levels())
    (folder / "reported").mkdir()
    (folder / "reported" / "table.csv").write_text(REPORTED, encoding="utf-8")
    return folder


def board_with_levels() -> Json:
    """Nine tasks of two languages, too many for one table, of which one is not required."""
    kinds = [("ms", "knowledge")] * 2 + [("ms", "generation")] + [("th", "knowledge")] * 5
    columns = [
        column(
            f"task-{place}",
            title=f"Task {place}",
            language=path[0],
            pillar=path[1],
            path=list(path),
            protocol="gen" if path[1] == "generation" else "gen-letter",
            metric="chrf" if path[1] == "generation" else "acc",
            chance=None if path[1] == "generation" else 0.25,
            share=0.125,
            detectable=0.031,
        )
        for place, path in enumerate(kinds)
    ]
    columns[3]["human"] = {"value": 0.62, "told": "Pupils of the final year.", "source": "A yearbook, 2021"}
    columns[4]["overlaps"] = [{"corpus": "crawl", "corpus_sha256": "0" * 64, "found": 12, "n": 95}]
    columns.append(column("task-8", title="Task 8", language="th", path=["th", "knowledge"], required=False))
    nodes = [
        node(["ms"], [0, 1, 2], 0.375),
        node(["ms", "knowledge"], [0, 1], 0.25),
        node(["ms", "generation"], [2], 0.125),
        node(["th"], [3, 4, 5, 6, 7], 0.625),
        node(["th", "knowledge"], [3, 4, 5, 6, 7], 0.625),
    ]
    cells = [*(cell(0.7, marks=[], normalised=0.6) for _ in range(8)), cell(None)]
    cells[2]["right"] = None
    averages = [average(0.61), average(0.6), average(0.63), average(0.6), average(0.6)]
    lacking = [cell(None), cell(None), *cells[2:7], incomplete(90), cell(None)]
    none = [average(None), average(None), average(0.63), average(None), average(None)]
    rows = [
        row("Rho-1", cells, nodes=averages, first=0.83, rank=(1, 2), **RANKED),
        row("Sigma-2", cells, nodes=averages, first=0.004, rank=(1, 2), **RANKED),
        row("Tau-3", lacking, nodes=none, coverage={"done": 5, "required": 8}),
    ]
    facts = {"id": "levels", "title": "Two languages", "languages": ["ms", "th"], "protocol": "gen-letter"}
    rules = {"normalisation": "chance", "levels": ["language", "pillar"]}
    swayed = {"within": 0.2, "draws": 10000, "order_kept": 0.62, "first_kept": 0.93, "decisions_kept": 0.998}
    told = ["The Thai tasks are few."]
    made = board(rows, columns, board={**facts, **rules, "defects": told}, nodes=nodes, sensitivity=swayed)
    made["comparison"].update(pairs_told_apart=1, neighbours_told_apart=1)
    return made


@pytest.fixture(scope="session")
def site(boards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of those boards."""
    out = tmp_path_factory.mktemp("site") / "site"
    build_site([boards], out)
    return out
