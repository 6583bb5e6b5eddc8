"""Board results of our own, as small as a test needs them, or as large as a real board."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def sha(text: str) -> str:
    """A hash that is one of something."""
    return hashlib.sha256(text.encode()).hexdigest()


def column(task: str = "thai_exam_ic", **changes: Any) -> Json:
    """A task of 95 questions whose answers were recorded."""
    return {
        "task": task,
        "title": "ThaiExam: investment consultant licence",
        "measures": "Multiple-choice items of a Thai examination, in Thai. Small: see the interval before comparing"
        " two models.",
        "version": "1.0",
        "language": "th",
        "country": "TH",
        "suite": "thai_exam",
        "pillar": "knowledge",
        "protocol": "recorded:thaiexamjs",
        "shots": 0,
        "metric": "acc",
        "required": True,
        "path": [],
        "share": 1.0,
        "n": 95,
        "chance": 0.25,
        "baselines": {"majority": 0.305, "longest": 0.389},
        "human": None,
        "detectable": 0.139,
        "overlaps": [],
        "cluster_key": "document",
        "licence": {"stated": "none stated", "redistributable": False, "note": "The exams belong to NIETS and SET."},
        "citation": "Pipatanakul et al., Typhoon: Thai Large Language Models, 2023, arXiv 2312.13951",
        "defects": ["one row has two options; three stems are repeated with other options"],
        "excluded": {"options b, c and d are identical, and d is the key": 1},
        "sources": [{"source": f"github dtinth/thaiexamjs@2187eac {task}", "sha256": sha(task), "pinned": True}],
        "task_file_sha256": sha(f"file of {task}"),
        "data_sha256": sha(f"data of {task}"),
        **changes,
    }


def cell(value: float | None = 0.8, **changes: Any) -> Json:
    """A complete cell, or with `value` None one that was not run."""
    if value is None:
        return {"state": "not run", "reason": "no run has it", **changes}
    n = changes.get("n", 95)
    half = 1.96 * (max(value * (1 - value), 0.01) / n) ** 0.5
    counts = {"scored": n, "unparsed": 0, "refused": 0, "truncated": 0, "error": 0}
    tokens = {"responses_with_usage": n, "prompt": 300 * n, "completion": 412 * n, "reasoning": None, "cached": None}
    return {
        "state": "value",
        "reason": None,
        "value": value,
        "se": half / 1.96,
        "ci95": [value - half, value + half],
        "ci_method": "wilson",
        "normalised": value,
        "n": n,
        "n_answered": n,
        "n_clusters": n,
        "repeats": 1,
        "counts": counts,
        "right": round(value * n),
        "marks": ["recorded"],
        "usage": tokens,
        "decoding": {"temperature": 0, "max_tokens": None},
        "run": "20260101-made",
        "scores_sha256": sha("scores"),
        "prompts_sha256": sha("prompts"),
        "files": [{"path": "snapshot/ic/made.jsonl.br", "sha256": sha("file"), "answers": n}],
        "deviations": [],
        "command": "seahelm-lite import thaiexamjs snapshot/ic/made.jsonl.br --out out",
        **changes,
    }


def incomplete(answered: int, n: int = 95, **changes: Any) -> Json:
    """A cell of a run that lacks answers."""
    lacking = {**dict.fromkeys(("value", "se", "ci95", "ci_method", "normalised", "right")), "marks": []}
    reason = f"{answered} of {n} documents have an answer"
    counts = {"scored": answered, "unparsed": 0, "refused": 0, "truncated": 0, "error": n - answered}
    made = {"state": "incomplete", "reason": reason, "n_answered": answered, "counts": counts}
    return {**cell(0.5, n=n), **lacking, **made, **changes}


def row(
    name: str,
    cells: Sequence[Json],
    *,
    group: int = 1,
    rank: Sequence[int] = (1, 1),
    first: float = 0.0,
    status: str | None = None,
    **changes: Any,
) -> Json:
    """A model: ranked where all its cells have a value, unless it is told."""
    values = [cell["value"] for cell in cells if cell["state"] == "value"]
    whole = len(values) == len(cells)
    status = status or ("ranked" if whole else "incomplete")
    ranked = status == "ranked"
    mean = sum(values) / len(cells) if whole else None
    ci95 = [mean - 0.05, mean + 0.05] if mean is not None else None
    reason = None if whole else f"{len(values)} of {len(cells)} required tasks are complete"
    model = {"id": name.lower(), "name": name, "kind": "recorded", "fingerprint_sha256": sha(name)}
    return {
        "model": {**model, **changes.pop("model", {})},
        "source": {
            "format": "thaiexamjs",
            "source": "thaiexamjs",
            "title": "dtinth/thaiexamjs: answers of models to Thai exams",
            "url": "https://github.com/dtinth/thaiexamjs",
            "licence": "none stated",
            "recorded": ["2024-05-12", "2024-06-01"],
        },
        "status": status,
        "headline": {"value": mean, "ci95": ci95, "ci_method": "paired" if whole else None, "reason": reason},
        "rank": {"lo": rank[0], "hi": rank[1]} if ranked else None,
        "group": group if ranked else None,
        "first": first if ranked else None,
        "nodes": [],
        "coverage": {"done": len(values), "required": len(cells)},
        "cells": list(cells),
        **changes,
    }


def board(rows: Sequence[Json], columns: Sequence[Json] | None = None, **changes: Any) -> Json:
    """A board of such rows."""
    ranked = sum(row["status"] == "ranked" for row in rows)
    facts = {
        "id": "made",
        "title": "Thai exams, recorded answers",
        "measures": "How many questions of two Thai exams a model answers rightly.",
        "languages": ["th"],
        "protocol": "recorded:thaiexamjs",
        "shots": 0,
        "standing": "ranking",
        "normalisation": "none",
        "levels": [],
        "quick": False,
        "defects": [],
        "card_sha256": sha("card"),
        "release": None,
    }
    comparison = {
        "method": "sign-flip step-down max-T",
        "level": 0.05,
        "pairs": ranked * (ranked - 1) // 2,
        "pairs_told_apart": 0,
        "neighbours_told_apart": 0,
        "detectable": 0.081,
        "draws": 2000,
        "models": ranked,
        "note": "Every pair was compared on the same documents.",
    }
    return {
        "schema": "seahelm-lite/board-results/2",
        "board": {**facts, **changes.pop("board", {})},
        "columns": _shared(columns or [column()]),
        "nodes": [],
        "comparison": comparison if ranked > 1 else None,
        "sensitivity": None,
        "rows": list(rows),
        "left_out": [],
        **changes,
    }


def _shared(columns: Sequence[Json]) -> list[Json]:
    """The columns with shares that sum to one over those that are required."""
    whole = sum(column["share"] for column in columns if column["required"])
    return [{**column, "share": column["share"] / whole if column["required"] else 0.0} for column in columns]


def node(path: Sequence[str], columns: Sequence[int], share: float) -> Json:
    """A node of a board with levels."""
    return {"path": list(path), "columns": list(columns), "share": share}


def average(value: float | None) -> Json:
    """The average of a node, or none where one of its columns is lacking."""
    if value is None:
        return {"value": None, "ci95": None, "ci_method": None, "reason": "1 of 2 required tasks is complete"}
    return {"value": value, "ci95": [value - 0.04, value + 0.04], "ci_method": "paired", "reason": None}


def write(folder: Path, *boards: Mapping[str, Any]) -> Path:
    """A folder of results files."""
    folder.mkdir(parents=True, exist_ok=True)
    for made in boards:
        (folder / f"{made['board']['id']}.json").write_text(json.dumps(made), encoding="utf-8")
    return folder
