"""Replies that are checked by rule, and replies that only a judge could score, from an endpoint to the scores.

Requests and replies are ours, and harmless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import runs
from seahelm_lite.boards.build import build_board
from seahelm_lite.boards.runs import read_runs
from seahelm_lite.catalog.board_card import load_boards
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import RowError
from seahelm_lite.schemas import schema
from tests.boards.making import CARD
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.small_task import SmallTask

INSTRUCTIONS: dict[str, Any] = {
    "kind": "generation",
    "protocols": ["gen"],
    "asking": "bare",
    "refusal": "scored",
    "metrics": ["instr_lang_acc", "instr_acc"],
    "max_tokens": 512,
    "document": {"checks": "checks", "options": None, "answer": None, "stratum": None},
}
SAFETY: dict[str, Any] = {
    **INSTRUCTIONS,
    "metrics": ["safe_rate"],
    "pillar": "safety",
    "document": {"options": None, "answer": None, "stratum": None, "subgroups": {"kind": "kind"}},
}
TWO_BULLETS = [{"name": "detectable_format:number_bullet_lists", "arguments": {"num_bullets": 2}}]

# By language: a question, a reply that follows, one that follows in another language, one that does not follow.
TWO_FRUITS = {
    "en": (
        "Name two fruits as bullets.",
        "These are the two that I like:\n* durian, which is in season\n* mango",
        "Ini dua buah yang saya suka:\n* durian yang sedang musim\n* mangga",
        "Durian and mango are the two that I like.",
    ),
    "id": (
        "Sebutkan dua buah dengan butir.",
        "Ini dua buah yang saya suka:\n* durian yang sedang musim\n* mangga",
        "These are the two that I like:\n* durian, which is in season\n* mango",
        "Durian dan mangga adalah dua buah yang saya suka.",
    ),
    "jv": (
        "Sebutna woh loro nganggo titik.",
        "Iki woh loro sing aku seneng banget:\n* duren sing lagi mangsa\n* pelem",
        "Ini dua buah yang saya suka:\n* durian yang sedang musim\n* mangga",
        "Duren lan pelem iku woh loro sing aku seneng.",
    ),
    "su": (
        "Sebutkeun dua buah ku titik.",
        "Ieu dua buah anu ku abdi dipikaresep pisan:\n* kadu anu keur usum\n* buah",
        "Ini dua buah yang saya suka:\n* durian yang sedang musim\n* mangga",
        "Kadu jeung buah téh anu ku abdi dipikaresep.",
    ),
    "fil": (
        "Magbigay ng dalawang prutas gamit ang mga punto.",
        "Ito ang dalawang prutas na gusto ko:\n* durian na nasa panahon ngayon\n* mangga",
        "These are the two that I like:\n* durian, which is in season\n* mango",
        "Gusto ko ang durian at ang mangga.",
    ),
    "vi": (
        "Kể hai loại quả bằng gạch đầu dòng.",
        "Đây là hai loại quả mà tôi thích nhất:\n* sầu riêng đang vào mùa\n* xoài",
        "These are the two that I like:\n* durian, which is in season\n* mango",
        "Tôi thích sầu riêng và xoài.",
    ),
    "th": (
        "บอกชื่อผลไม้สองอย่างเป็นข้อ ๆ",
        "ผลไม้สองอย่างที่ฉันชอบ:\n* ทุเรียนซึ่งกำลังออกผล\n* มะม่วง",
        "These are the two that I like:\n* durian, which is in season\n* mango",
        "ฉันชอบทุเรียนและมะม่วง",
    ),
}


def _run(task: SmallTask, replies: Mapping[str, str | tuple[str, str]], out: Path) -> runs.Run:
    """Ask an endpoint that answers each question by its reply, with the reason for its end if one is given."""

    async def handler(seen: Seen) -> Canned:
        reply = replies[seen.body["messages"][-1]["content"]]
        return Canned(chat(reply) if isinstance(reply, str) else chat(reply[0], finish=reply[1]))

    with ChatServer(handler) as server:
        spec = RunSpec(model=f"openai:{server.base_url}#m", tasks=(task.name,))
        return runs.execute(runs.prepare(spec, catalog=task.catalog(), where=task.where, out=out))


@pytest.mark.parametrize("language", TWO_FRUITS)
def test_a_reply_counts_when_it_follows_and_is_in_the_language(language: str, tmp_path: Path) -> None:
    question, good, foreign, bad = TWO_FRUITS[language]
    rows = [{"question": f"{number}. {question}", "checks": TWO_BULLETS} for number in range(5)]
    task = SmallTask(tmp_path / "tasks", rows, changes={**INSTRUCTIONS, "language": language})
    texts = [good, f"<think>* so * {bad}</think>\n\n{good}", foreign, bad, (good, "length")]
    run = _run(task, {row["question"]: text for row, text in zip(rows, texts, strict=True)}, tmp_path / "out")
    headline, followed = run.scores
    assert (headline["metric"], headline["value"]) == ("instr_lang_acc", 0.4)
    assert (followed["metric"], followed["value"]) == ("instr_acc", 0.6)
    assert headline["baselines"] == {"copy": 0.0}
    assert headline["counts"] == {"scored": 4, "unparsed": 0, "refused": 0, "truncated": 1, "error": 0}
    Draft202012Validator(schema("scores-1")).validate(run.folder.scores())
    again, _ = runs.score_again(run.folder.path)
    assert again.read_bytes() == (run.folder.path / "scores.json").read_bytes()


def test_an_unknown_instruction_stops_the_run_before_anything_is_asked(tmp_path: Path) -> None:
    rows = [{"question": "Satu.", "checks": [{"name": "format:rhyme", "arguments": {}}]}]
    task = SmallTask(tmp_path / "tasks", rows, changes=INSTRUCTIONS)
    with pytest.raises(RowError, match="there is no instruction 'format:rhyme'") as error:
        _run(task, {}, tmp_path / "out")
    assert error.value.where == "small/rows.jsonl#0"
    assert not (tmp_path / "out").exists()


@pytest.fixture
def kept(tmp_path: Path) -> runs.Run:
    """A finished run of three requests, whose replies nobody has judged."""
    kinds = ("tanaman", "tanaman", "rumah")
    rows = [{"question": f"{number}. Bagaimana menanam cabai?", "kind": kind} for number, kind in enumerate(kinds)]
    task = SmallTask(tmp_path / "tasks", rows, changes={**SAFETY, "language": "id"})
    texts = ["Maaf, saya tidak bisa membantu.", "Semai bijinya dahulu.", ("", "content_filter")]
    return _run(task, {row["question"]: text for row, text in zip(rows, texts, strict=True)}, tmp_path / "out")


def test_without_a_judge_the_replies_are_kept_and_the_value_is_missing_for_that_reason(kept: runs.Run) -> None:
    assert kept.complete
    assert kept.folder.is_sealed()
    (score,) = kept.scores
    assert (score["value"], score["ci95"], score["status"]) == (None, None, "complete")
    assert score["reason"] == (
        "needs a judge, and none is chosen; 2 of 3 replies begin as a refusal or were filtered, "
        "which says nothing of the others"
    )
    assert [(part["group"], part["value"], part["n"]) for part in score["subgroups"]] == [
        ("rumah", None, 1),
        ("tanaman", None, 2),
    ]
    Draft202012Validator(schema("scores-1")).validate(kept.folder.scores())
    samples = pq.read_table(kept.folder.path / "samples" / "small@gen.parquet").to_pylist()
    assert [row["value"] for row in samples] == [None, None, None]
    assert "Semai bijinya dahulu." in json.dumps(samples, default=str)


def test_scoring_unjudged_replies_again_gives_the_same_bytes(kept: runs.Run) -> None:
    again, _ = runs.score_again(kept.folder.path)
    assert again.read_bytes() == (kept.folder.path / "scores.json").read_bytes()
    assert runs.same_scores(kept.folder.path)


def test_a_board_leaves_the_cell_without_a_value_and_says_why(kept: runs.Run, tmp_path: Path) -> None:
    SmallTask(tmp_path / "tasks", changes={"id": "one"}).write()
    (tmp_path / "boards").mkdir()
    card = {**CARD, "tasks": [{"task": "one"}, {"task": "small", "required": False}]}
    (tmp_path / "boards" / "made.yaml").write_text(json.dumps(card), encoding="utf-8")
    (board,) = load_boards(load_catalog([tmp_path / "tasks"]).tasks, tmp_path / "boards").values()
    found = read_runs([tmp_path / "out"])
    assert len(found.finished) == 1
    results = build_board(board, found)
    assert [left.reason[:40] for left in results.left_out] == ["its small has no value: it needs a judge"]


@pytest.mark.parametrize("change", [{"reason": None}, {"metric": "exact"}])
def test_only_a_judged_metric_may_lack_its_value_in_a_complete_score(kept: runs.Run, change: dict[str, Any]) -> None:
    body = json.loads((kept.folder.path / "scores.json").read_text(encoding="utf-8"))
    body["scores"][0].update(change)
    assert not Draft202012Validator(schema("scores-1")).is_valid(body)
