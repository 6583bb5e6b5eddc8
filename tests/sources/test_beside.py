"""A file of facts beside the rows, joined to them by their key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.errors import DataError, SourceError
from seahelm_lite.sources.documents import load_documents
from tests.small_task import SmallTask

QUESTIONS = {key: {"question": f"{key}?", "options": ["ya", "tidak"], "answer": 0} for key in ("b-2", "a-1")}
TOPICS = "id,Topic\na-1,Sukan\nx-9,Seni\nb-2,Makanan\n"


def card_of(root: Path, topics: str = TOPICS, **changes: Any) -> TaskCard:
    folder = root / "small"
    folder.mkdir()
    files = {"map.json": json.dumps(QUESTIONS), "topics.csv": topics}
    pins = {}
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
        pins[name] = {"path": f"small/{name}", "sha256": hashlib.sha256(content.encode()).hexdigest()}
    beside = {**pins["topics.csv"], "format": "csv", "by": "id"}
    test = {**pins["map.json"], "format": "json_map", "beside": beside, **changes}
    document = {"stratum": "key", "subgroups": {"topic": "beside.Topic"}}
    data = {"from": {"kind": "packaged"}, "test": [test]}
    return TaskCard.model_validate({**SmallTask(root, changes={"document": document}).raw_card, "data": data})


def test_each_row_has_what_the_file_says_of_its_key_whatever_the_order(tmp_path: Path) -> None:
    documents = load_documents(card_of(tmp_path), SmallTask(tmp_path).where)
    assert [(d.stratum, dict(d.subgroups)) for d in documents.test] == [
        ("b-2", {"topic": "Makanan"}),
        ("a-1", {"topic": "Sukan"}),
    ]
    assert [source["source"] for source in documents.sources] == [
        "packaged small/map.json",
        "packaged small/topics.csv",
    ]


def test_a_row_that_the_file_does_not_know_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'b-2' stands in no row of small/topics\.csv under 'id'"):
        load_documents(card_of(tmp_path, "id,Topic\na-1,Sukan\n"), SmallTask(tmp_path).where)


def test_the_file_is_verified_like_any_other(tmp_path: Path) -> None:
    card = card_of(tmp_path)
    (tmp_path / "small" / "topics.csv").write_text(TOPICS + "y-1,Lain\n", encoding="utf-8")
    with pytest.raises(SourceError, match="sha256 is"):
        load_documents(card, SmallTask(tmp_path).where)


def test_only_rows_with_keys_have_a_file_beside_them(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="`beside` belongs to the format json_map"):
        card_of(tmp_path, format="json")
