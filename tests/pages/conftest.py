"""A site that shows every state, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.pages import build_site
from tests.pages.making import board, cell, column, incomplete, row, write

ONET = column("openthai_onet_m6", title="O-NET, final school year", n=164, cluster_key="stem", excluded={}, defects=[])
QUIZ = column(
    "malay_grammar_quiz", title="Malay grammar: quiz pages", protocol="gen-letter", n=None, chance=None, baselines={}
)
MANY_UNPARSED = {"scored": 80, "unparsed": 15, "refused": 0, "truncated": 0, "error": 0}
MANY_ENDINGS = {"scored": 120, "unparsed": 1, "refused": 3, "truncated": 40, "error": 0}


@pytest.fixture(scope="session")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of three boards: one with every state, one with a baseline, one without any model."""
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
    return write(tmp_path_factory.mktemp("results"), exams, basics, empty)


@pytest.fixture(scope="session")
def site(boards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of those boards."""
    out = tmp_path_factory.mktemp("site") / "site"
    build_site([boards], out)
    return out
