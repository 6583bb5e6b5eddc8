"""`data overlap` from the command line to the report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import schemas
from seahelm_lite.cli.main import main
from seahelm_lite.errors import SourceError
from seahelm_lite.sources.overlap.report import OverlapReport, read_report
from tests.conftest import REPOSITORY
from tests.small_task import SmallTask, row

ITEMS = REPOSITORY / "tasks" / "regional_basics" / "items"
MS = [json.loads(line) for line in (ITEMS / "ms.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


def overlap(capsys: pytest.CaptureFixture[str], corpus: Path, *more: str, status: int = 0) -> dict[str, Any]:
    assert main(["data", "overlap", "--corpus", str(corpus), "--offline", "--json", *more]) == status
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_corpus_that_holds_our_file_has_all_its_documents_and_its_canary(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "crawl.jsonl").write_bytes((ITEMS / "ms.jsonl").read_bytes())
    ms, th = overlap(capsys, corpus, "--task", "regional_basics_ms", "--task", "regional_basics_th")["tasks"]
    assert (ms["documents"], ms["looked_for"], len(ms["found"])) == (25, 25, 25)
    assert (th["found"], th["with_answer"]) == ([], [])
    assert ms["canary"] == {"canary": MS[0]["canary"], "found": True}
    assert th["canary"]["found"] is False


def test_documents_are_named_and_what_stands_behind_their_question_is_told(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, answered, altered = MS[0], MS[3], MS[7]
    right = answered["options"][answered["answer"]]
    (corpus / "forum.txt").write_text(
        f"Soal: {asked['question'].upper()}\n\nA. entah\n{answered['question']}  {right}\n"
        f"{altered['question'][:20]}x{altered['question'][20:]}",
        encoding="utf-8",
    )
    (ms,) = overlap(capsys, corpus, "--task", "regional_basics_ms")["tasks"]
    assert ms["found"] == [f"regional_basics/items/ms.jsonl#{place}" for place in (0, 3)]
    assert ms["with_answer"] == ["regional_basics/items/ms.jsonl#3"]
    assert ms["canary"]["found"] is False


def test_the_report_is_written_and_read_back(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus / "a.txt").write_text(MS[0]["question"], encoding="utf-8")
    out = tmp_path / "reports" / "overlap.json"
    told = overlap(capsys, corpus, "--task", "regional_basics_ms", "--name", "A crawl", "--out", str(out))
    assert read_report(out) == OverlapReport.model_validate(told)
    assert (read_report(out).corpus.name, read_report(out).tasks[0].share) == ("A crawl", 1 / 25)


def test_the_report_is_as_its_schema_says(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **OverlapReport.model_json_schema(by_alias=True, mode="serialization"),
        "title": "What data overlap --json prints",
    }
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    file = Path(schemas.__file__).parent / "overlap-1.json"
    if os.environ.get("UPDATE_SCHEMA"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
    Draft202012Validator.check_schema(schemas.schema("overlap-1"))
    (corpus / "a.txt").write_text(MS[0]["question"], encoding="utf-8")
    told = overlap(capsys, corpus, "--task", "regional_basics_ms")
    Draft202012Validator(schemas.schema("overlap-1")).validate(told)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        ("{", "is no report of an overlap: Invalid JSON"),
        ('{"schema": "seahelm-lite/overlap/9"}', "is no report of an overlap: schema"),
        ('{"schema": "seahelm-lite/overlap/1"}', "is no report of an overlap: version: Field required"),
    ],
)
def test_what_is_no_report_is_refused(content: str | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "overlap.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SourceError, match=reason):
        read_report(path)


@pytest.mark.parametrize(
    "change",
    [{"looked_for": 0}, {"documents": 1}, {"found": ["a", "b", "c"]}, {"with_answer": ["b"]}],
)
def test_a_report_that_does_not_add_up_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    task = {
        **{"task": "t", "version": "1.0", "data_sha256": "0" * 64, "documents": 3, "looked_for": 2, "found": ["a"]},
        **{"with_answer": [], "canary": None},
    }
    corpus = {"name": "c", "sha256": "0" * 64, "files": 1, "size": 9, "unread": [], "other_files": {}}
    told = {"schema": "seahelm-lite/overlap/1", "version": "1", "corpus": corpus, "tasks": [task], "skipped": []}
    path = tmp_path / "overlap.json"
    path.write_text(json.dumps(told))
    assert read_report(path).tasks[0].share == 1 / 2
    path.write_text(json.dumps({**told, "tasks": [{**task, **change}]}))
    with pytest.raises(SourceError, match="is no report of an overlap"):
        read_report(path)


def test_a_file_that_cannot_be_read_is_told_and_the_command_ends_with_1(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "a.txt").write_text(MS[0]["question"], encoding="utf-8")
    (corpus / "b.txt").write_bytes(b"\x7fELF\x00\x00")
    (corpus / "c.pdf").write_bytes(b"%PDF")
    assert main(["data", "overlap", "--task", "regional_basics_ms", "--corpus", str(corpus), "--offline"]) == 1
    told = capsys.readouterr().out
    assert "not searched to its end: b.txt: holds NUL bytes, so it is no text in UTF-8" in told
    assert "not searched, being of other kinds: 1 .pdf" in told
    assert "4.0 %" in told


@pytest.mark.parametrize(
    ("folder", "what"),
    [("absent", "absent: the corpus is no folder"), ("corpus", "corpus: holds no file that can be searched")],
)
def test_a_corpus_that_is_none_is_an_error_of_usage(
    folder: str, what: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["data", "overlap", "--task", "regional_basics_ms", "--corpus", str(corpus.parent / folder)]
    assert main([*command, "--offline"]) == 2
    assert what in capsys.readouterr().err


def test_a_task_without_data_is_an_error_if_it_is_named(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "a.txt").write_text("x")
    lone = SmallTask(tmp_path / "lone", [row(1)])
    lone.write()
    (lone.root / "small" / "rows.jsonl").unlink()
    command = ["data", "overlap", "--corpus", str(corpus), "--offline", "--trust", str(lone.root)]
    assert main([*command, "--task", "small"]) == 2
    assert "rows.jsonl" in capsys.readouterr().err


def test_answers_that_the_makers_keep_are_none(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "Bandar manakah yang terletak di pertemuan dua batang sungai yang keruh itu?"
    kept = SmallTask(
        tmp_path / "kept",
        [row(1, question=question)],
        changes={"answers": "withheld", "document": {"answer": None, "key": "topic"}},
    )
    kept.write()
    (corpus / "a.txt").write_text(question)
    (small,) = overlap(capsys, corpus, "--task", "small", "--trust", str(kept.root))["tasks"]
    assert (small["looked_for"], len(small["found"]), small["with_answer"], small["canary"]) == (1, 1, None, None)


def test_every_row_of_our_own_files_carries_the_canary_of_its_task_and_no_other_has_it() -> None:
    canaries = []
    for path in sorted(ITEMS.glob("*.jsonl")):
        found = {json.loads(line)["canary"] for line in path.read_text(encoding="utf-8").splitlines()}
        language = path.stem.removesuffix("_shots")
        card = (ITEMS.parent / f"regional_basics_{language}.yaml").read_text(encoding="utf-8")
        assert len(found) == 1
        assert f"canary: {next(iter(found))}\n" in card
        canaries += sorted(found)
    assert (len(canaries), len(set(canaries))) == (10, 5)
