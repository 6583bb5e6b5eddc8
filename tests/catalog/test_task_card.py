from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from seahelm_lite.catalog.definitions import read_task
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.errors import CardError
from tests.small_task import SmallTask

GENERATION = {
    "kind": "generation",
    "protocols": ["gen"],
    "metrics": ["chrf"],
    "instruction": "Terjemahkan.",
    "document": {"reference": "answer", "options": None, "answer": None},
}


def _changed(path: Path, old: str, new: str) -> int:
    """Replace a text of a file that stands once in it; the line on which it stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def _fault(path: Path) -> CardError:
    with pytest.raises(CardError) as caught:
        read_task(path)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        ("    language: ms", "    langauge: ms", "unknown key 'seahelm_lite.langauge'", "Did you mean language"),
        ("    pillar: knowledge", "    pillar: wisdom", "seahelm_lite.pillar: Input should be 'knowledge'", ""),
        ("    language: ms", "    language: Malay", "seahelm_lite.language: String should match", ""),
        ("      stated: CC0-1.0", "      stated: [CC0-1.0]", "seahelm_lite.licence.stated: ", ""),
        ("      stratum: topic", "      startum: topic", "'seahelm_lite.document.startum'", "Did you mean stratum?"),
        ("        sha256: ", "        sha265: ", "unknown key 'seahelm_lite.data.test.0.sha265'", "sha256"),
        ("        sha256: ", "        sha256: x", "seahelm_lite.data.test.0.sha256: String should match", ""),
        ("        format: jsonl", "        format: docx", "seahelm_lite.data.test.0.format: Input should be", ""),
        ("  version: ", "  verison: ", "unknown key 'verison'", "Did you mean version?"),
        ("test_split: test", "tset_split: test", "unknown key 'tset_split'", "Did you mean test_split"),
        ("test_split: test", "zzz: 1", "unknown key 'zzz'", "Only keys of lm-eval 0.4.13"),
        ("task: small\n", "task: other\n", "the task is called 'other' but its card says id: small", ""),
    ],
)
def test_a_fault_in_a_task_file_names_file_line_and_key(
    tmp_path: Path, old: str, new: str, what: str, remedy: str
) -> None:
    path = SmallTask(tmp_path).write()
    line = _changed(path, old, new)
    error = _fault(path)
    assert error.where == f"{path}:{line}"
    assert what in error.what
    assert remedy in error.remedy


@pytest.mark.parametrize("key", ["task", "metadata"])
def test_a_task_file_without_a_needed_key_is_refused(tmp_path: Path, key: str) -> None:
    path = SmallTask(tmp_path).write()
    body = yaml.safe_load(path.read_text(encoding="utf-8").replace("!function ", ""))
    del body[key]
    path.write_text(yaml.safe_dump(body), encoding="utf-8")
    assert str(_fault(path)) == f"{path}:1: has no key {key!r}"


@pytest.mark.parametrize(
    ("metadata", "what"),
    [
        ("1.0", "metadata must hold `version` and `seahelm_lite`"),
        ("{version: 1.0}", "the key 'seahelm_lite' is missing"),
        ("{seahelm_lite: {}}", "the key 'version' is missing (and "),
    ],
)
def test_metadata_without_version_or_card_is_refused(tmp_path: Path, metadata: str, what: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"task: x\nmetadata: {metadata}\n", encoding="utf-8")
    error = _fault(path)
    assert error.where == f"{path}:2"
    assert what in error.what


@pytest.mark.parametrize("version", ["1.0", "1.10", "2", "'2026-11'"])
def test_the_version_is_text(tmp_path: Path, version: str) -> None:
    path = SmallTask(tmp_path).write()
    _changed(path, "  version: '1.0'", f"  version: {version}")
    assert isinstance(read_task(path).version, str)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"protocols": ["gen"]}, "a multiple_choice task cannot be asked in gen"),
        ({**GENERATION, "protocols": ["gen", "ll-cloze"]}, "a generation task cannot be asked in ll-cloze"),
        ({"protocols": []}, "at least 1 item"),
        ({"metrics": []}, "at least 1 item"),
        ({"document": {"answer": None}}, "document lacks answer, which a multiple_choice task needs"),
        (
            {"document": {"question": None, "options": None}},
            "document lacks question, options, which a multiple_choice task needs",
        ),
        ({**GENERATION, "document": {}}, "document lacks reference, which a generation task needs"),
        ({**GENERATION, "instruction": None}, "a generation task needs an instruction"),
        ({"parallel": {"english": "other"}}, "parallel: the document needs `item`"),
        ({"parallel": {"english": "small"}, "document": {"item": "no"}}, "a task is not parallel to itself"),
        ({"exclude": [{"reason": "long enough", "keys": [1]}]}, "`keys` need `document: key:`"),
        ({"exclude": [{"reason": "long enough"}]}, "name the rows either by `rows` or by `keys`"),
        (
            {"exclude": [{"reason": "long enough", "rows": [1], "keys": [1]}]},
            "name the rows either by `rows` or by `keys`",
        ),
        ({"exclude": [{"reason": "bad", "rows": [1]}]}, "at least 8 characters"),
        ({"id": "Small-Task"}, "should match pattern"),
        ({"country": "Malaysia"}, "should match pattern"),
        ({"max_tokens": 0}, "greater than or equal to 1"),
    ],
)
def test_a_card_that_does_not_hang_together_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TaskCard.model_validate(SmallTask(tmp_path, changes=changes).raw_card)
    assert words in str(caught.value)


def test_several_test_files_need_the_path_of_an_exclusion(tmp_path: Path) -> None:
    raw = SmallTask(tmp_path, changes={"exclude": [{"reason": "long enough", "rows": [1]}]}).raw_card
    raw["data"]["test"] = [*raw["data"]["test"], {**raw["data"]["test"][0], "path": "small/more.jsonl"}]
    with pytest.raises(ValidationError, match="the test split has several files, so each exclusion must name its path"):
        TaskCard.model_validate(raw)
    raw["exclude"][0]["path"] = "small/more.jsonl"
    assert TaskCard.model_validate(raw).exclude[0].path == "small/more.jsonl"


def test_what_pins_share_is_written_once(tmp_path: Path) -> None:
    raw = SmallTask(tmp_path).raw_card
    github = {"kind": "github", "repo": "owner/name", "commit": "0" * 40}
    column = {"path": "a.txt", "sha256": "1" * 64}
    raw["data"] = {"from": github, "test": [{"format": "parallel_lines", "columns": {"x": column, "y": column}}]}
    (file,) = TaskCard.model_validate(raw).data.test
    assert {pin.describe() for pin in file.pins} == {"github owner/name@0000000 a.txt"}
    raw["data"] = {"from": github, "test": [{**column, "format": "csv", "commit": "2" * 40}]}
    (file,) = TaskCard.model_validate(raw).data.test
    assert file.pins[0].describe() == "github owner/name@2222222 a.txt"


@pytest.mark.parametrize(
    "entry",
    [
        {"format": "parallel_lines", "path": "a.txt", "sha256": "1" * 64},
        {"format": "csv", "columns": {"x": {"path": "a.txt", "sha256": "1" * 64}}},
        {"path": "a.txt", "sha256": "1" * 64},
        "a.txt",
    ],
)
def test_files_that_do_not_fit_their_format_are_refused(tmp_path: Path, entry: Any) -> None:
    raw = SmallTask(tmp_path).raw_card
    raw["data"]["test"] = [entry]
    with pytest.raises(ValidationError):
        TaskCard.model_validate(raw)


def test_words_are_in_the_items_language_unless_the_card_says_otherwise(tmp_path: Path) -> None:
    assert SmallTask(tmp_path).card.words_language == "ms"
    assert SmallTask(tmp_path, changes={"language": "ace", "prompt_language": "id"}).card.words_language == "id"
