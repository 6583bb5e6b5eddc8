"""Two tasks with the same items, from their cards to what is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite.records import sha256_hex
from seahelm_lite.schemas import schema
from tests.cli.conftest import Call, refused
from tests.small_task import SmallTask, row

ROWS = [row(n, ("ya", "tidak sekali-kali"), int(n % 3 == 0), no=n) for n in range(24)]
SHORT = [{**one, "options": ["bukannya", "sik"]} for one in ROWS]


def tasks(folder: Path, *, parallel: str = "standard_words", **dialect: Any) -> None:
    """A task in a standard variety, and one in a dialect with all its items but two, in another order."""
    root = folder / "tasks"
    item = {"item": "no"}
    SmallTask(root, ROWS, changes={"id": "standard_words", "document": item}).write()
    changes = {"id": "dialect_words", "parallel": {"standard": parallel}, "document": item, **dialect}
    SmallTask(root, SHORT[:1:-1], changes=changes).write()


@pytest.fixture(autouse=True)
def _own_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: tmp_path / name)


def run(call: Call, *names: str, more: tuple[object, ...] = ()) -> Any:
    asked = [part for name in names for part in ("--task", name)]
    return call("run", "--model", "baseline:longest", *asked, "--out", "out", *more)


def test_the_gap_stands_in_the_scores_and_under_the_table_in_words(call: Call, tmp_path: Path) -> None:
    tasks(tmp_path)
    told = run(call, "dialect_words", "standard_words")
    # Picking the longest is right on a third of the items in the standard and on the other two thirds in the dialect.
    said = "dialect_words: +36.4 points against standard_words (the standard) on the same 22 items (gen-letter acc, "
    assert said in told.out
    assert "2 more only in standard_words" in told.out
    (folder,) = (path for path in Path("out").iterdir() if path.is_dir())
    body = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema("scores-1")).validate(body)
    (entry,) = body["differences"]
    assert entry["value"] == pytest.approx(15 / 22 - 7 / 22)
    assert (entry["n"], entry["n_only_task"], entry["n_only_than"]) == (22, 0, 2)
    assert json.loads(call("runs", "show", folder, "--json").out)["differences"] == [entry]
    assert said in call("runs", "show", folder).out


def test_scoring_again_from_the_folder_alone_gives_the_same_bytes(call: Call, tmp_path: Path) -> None:
    tasks(tmp_path)
    folder = Path(json.loads(run(call, "dialect_words", "standard_words", more=("--json",)).out)["folder"])
    again = call("score", folder)
    assert again.status == 0
    assert "points against standard_words" in again.out
    assert (folder / "scores" / "1.json").read_bytes() == (folder / "scores.json").read_bytes()
    assert call("runs", "verify", folder).status == 0


def test_a_changed_difference_does_not_pass_verification(call: Call, tmp_path: Path) -> None:
    tasks(tmp_path)
    folder = Path(json.loads(run(call, "dialect_words", "standard_words", more=("--json",)).out)["folder"])
    path = folder / "scores.json"
    before = path.read_bytes()
    body = json.loads(before)
    body["differences"][0]["value"] = 0.9
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    seal = folder / "MANIFEST.sha256"
    digests = sha256_hex(before), sha256_hex(path.read_bytes())
    seal.write_text(seal.read_text(encoding="utf-8").replace(*digests), encoding="utf-8")
    assert call("runs", "verify", folder).status == 1


def test_the_other_task_is_named_where_it_was_not_asked(call: Call, tmp_path: Path) -> None:
    tasks(tmp_path)
    told = run(call, "dialect_words")
    assert told.status == 0
    hint = "no difference to the standard: it needs standard_words in the same run (--task NAME)"
    assert hint in told.out
    assert json.loads(run(call, "dialect_words", more=("--json",)).out)["differences"] == []


def test_limited_runs_take_the_same_items_of_both(call: Call, tmp_path: Path) -> None:
    tasks(tmp_path)
    told = json.loads(run(call, "dialect_words", "standard_words", more=("--limit", "10", "--json")).out)
    assert told["differences"][0]["n"] >= 8


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"parallel": "standard_word"}, "there is no task 'standard_word'. Did you mean standard_words"),
        ({"document": {"item": "no // 2"}}, "is the item '11', which dialect_words/rows.jsonl#0 is already"),
    ],
    ids=["unknown task", "item twice"],
)
def test_a_card_that_cannot_be_compared_is_refused(
    changes: dict[str, Any], fault: str, call: Call, tmp_path: Path
) -> None:
    tasks(tmp_path, **changes)
    assert fault in refused(run(call, "dialect_words"), Path("out"))


def test_the_task_on_the_other_side_needs_items_too(call: Call, tmp_path: Path) -> None:
    tasks(tmp_path)
    SmallTask(tmp_path / "tasks", ROWS, changes={"id": "standard_words"}).write()
    fault = "the card of 'standard_words' has no `document: item:`, by which the items of both are matched"
    assert fault in refused(run(call, "dialect_words"), Path("out"))
