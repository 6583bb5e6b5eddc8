"""`--templates all` and `--shot-seeds R` from the command line to the scores, against an endpoint that counts along."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from jsonschema import Draft202012Validator

from seahelm_lite import evaluate, runs
from seahelm_lite.boards.build import build_board
from seahelm_lite.boards.runs import read_runs
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.schemas import schema
from tests.boards.making import Workshop
from tests.conftest import REPOSITORY
from tests.loopback import Canned, ChatServer, Seen, chat

TASK = "regional_basics_ms"
ITEMS = [
    json.loads(line)
    for line in (REPOSITORY / "tasks/regional_basics/items/ms.jsonl").read_text(encoding="utf-8").splitlines()
]
WORDS = yaml.safe_load((REPOSITORY / "seahelm_lite/prompts/languages/ms.yaml").read_text(encoding="utf-8"))
INSTRUCTIONS = [
    template.replace("{letters}", "A, B, C atau D")
    for template in (WORDS["instruction_letter"], *WORDS["instruction_letter_also"])
]


class Endpoint:
    """Answers with a letter that hangs on every word of the prompt, and keeps the marks of a teacher of its own."""

    def __init__(self) -> None:
        self.fails: Callable[[str], bool] = lambda _: False
        self.right: dict[tuple[str, str], dict[str, bool]] = {}
        """By what precedes the question and by the instruction: whether the answer to each question was right."""
        with_letters = {item["question"]: "ABCD"[item["answer"]] for item in ITEMS}
        self._keys = {f"Soalan: {question}": key for question, key in with_letters.items()}

    async def __call__(self, seen: Seen) -> Canned:
        *before, last = [turn["content"] for turn in seen.body["messages"]]
        if self.fails(last):
            return Canned({"error": "out of order"}, status=500, headers={"Retry-After": "0"})
        question, instruction = last.split("\n")[0], last.split("\n")[-2]
        letter = "ABCD"[hashlib.sha256("\n".join([*before, last]).encode()).digest()[0] % 4]
        marks = self.right.setdefault(("\n".join(before), instruction), {})
        marks[question] = self._keys[question] == letter
        return Canned(chat(letter))

    def accuracies(self) -> dict[tuple[str, str], float]:
        return {way: float(np.mean(list(marks.values()))) for way, marks in self.right.items()}


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def model(endpoint: Endpoint) -> Iterator[str]:
    with ChatServer(endpoint.__call__) as server:
        yield f"openai:{server.base_url}#m"


def run(model: str, out: Path, **settings: Any) -> runs.Run:
    return evaluate(model=model, tasks=[TASK], out=out, offline=True, **{"templates": "all", **settings})


def only_score(done: runs.Run) -> dict[str, Any]:
    (score,) = done.scores
    return score


def test_the_values_of_the_wordings_are_the_marks_that_the_endpoint_earned(
    model: str, endpoint: Endpoint, tmp_path: Path
) -> None:
    score = only_score(run(model, tmp_path))
    marks = endpoint.accuracies()
    assert {instruction for _, instruction in marks} == set(INSTRUCTIONS)
    wanted = [marks["", instruction] for instruction in INSTRUCTIONS]
    assert len(set(wanted)) > 1, "the comparison would say nothing"
    (spread,) = score["spread"]
    assert spread["over"] == "templates"
    assert spread["values"] == pytest.approx(wanted, abs=1e-12)
    assert score["value"] == spread["values"][0]
    assert (spread["min"], spread["max"]) == pytest.approx((min(wanted), max(wanted)), abs=1e-12)
    assert spread["sd"] == pytest.approx(np.std(wanted, ddof=1), abs=1e-12)


def test_the_values_of_the_draws_are_those_of_other_examples_in_the_first_wording(
    model: str, endpoint: Endpoint, tmp_path: Path
) -> None:
    score = only_score(run(model, tmp_path, templates="default", shots=2, shot_seeds=4))
    marks = endpoint.accuracies()
    assert {instruction for _, instruction in marks} == {INSTRUCTIONS[0]}
    assert len(marks) == 4
    (spread,) = score["spread"]
    assert spread["over"] == "shot_seeds"
    assert sorted(spread["values"]) == pytest.approx(sorted(marks.values()), abs=1e-12)
    assert score["value"] == spread["values"][0]


def test_the_files_are_as_their_schemas_say_and_scoring_again_gives_the_same_bytes(model: str, tmp_path: Path) -> None:
    folder = run(model, tmp_path, shots=2, shot_seeds=2).folder
    for name, file in (("run-1", "manifest.json"), ("scores-1", "scores.json")):
        body = json.loads((folder.path / file).read_text(encoding="utf-8"))
        Draft202012Validator(schema(name)).validate(body)  # type: ignore[arg-type]
    again, _ = runs.score_again(folder.path)
    assert again.read_bytes() == (folder.path / "scores.json").read_bytes()
    assert runs.same_scores(folder.path)
    assert folder.unsealed_changes() == []
    assert sorted(path.stem for path in (folder.path / "samples").iterdir()) == [
        f"{TASK}@gen-letter", *(f"{TASK}@gen-letter~{part}" for part in ("draw-2", "wording-2", "wording-3"))
    ]  # fmt: skip


def test_changed_samples_of_a_wording_are_found_out(model: str, tmp_path: Path) -> None:
    folder = run(model, tmp_path).folder
    samples = folder.path / "samples"
    (samples / f"{TASK}@gen-letter.parquet").replace(samples / f"{TASK}@gen-letter~wording-3.parquet")
    (samples / f"{TASK}@gen-letter.parquet").write_bytes(
        (samples / f"{TASK}@gen-letter~wording-3.parquet").read_bytes()
    )
    assert [fault.split()[0] for fault in folder.unsealed_changes()] == [f"samples/{TASK}@gen-letter~wording-3.parquet"]
    folder.seal()
    assert not runs.same_scores(folder.path)


def test_answers_that_one_wording_lacks_leave_the_run_incomplete_until_it_is_resumed(
    model: str, endpoint: Endpoint, tmp_path: Path
) -> None:
    whole = run(model, tmp_path / "whole")
    endpoint.fails = lambda last: INSTRUCTIONS[2] in last and "Brunei" in last
    lacking = run(model, tmp_path / "out")
    assert (lacking.complete, lacking.manifest["status"], lacking.folder.is_sealed()) == (False, "incomplete", False)
    score = only_score(lacking)
    assert (score["status"], score["value"]) == ("complete", only_score(whole)["value"])
    (spread,) = score["spread"]
    assert spread["values"][2] is spread["min"] is spread["max"] is spread["sd"] is None
    assert spread["values"][:2] == only_score(whole)["spread"][0]["values"][:2]
    assert "resume the run" in spread["reason"]
    Draft202012Validator(schema("scores-1")).validate(lacking.folder.scores())
    endpoint.fails = lambda _: False
    again = run(model, tmp_path / "out")
    failed = sum("Brunei" in item["question"] + " ".join(item["options"]) for item in ITEMS)
    assert again.manifest["sessions"][-1]["requests_sent"] == failed > 0
    assert again.complete
    assert (again.folder.path / "scores.json").read_bytes() == (whole.folder.path / "scores.json").read_bytes()


def test_another_run_in_one_wording_finds_its_answers_stored(model: str, endpoint: Endpoint, tmp_path: Path) -> None:
    varied = run(model, tmp_path)
    alone = run(model, tmp_path, templates="default")
    assert alone.folder.run_id != varied.folder.run_id
    assert alone.manifest["requests_sent"] == 0
    assert "spread" not in only_score(alone)
    assert only_score(alone) == {name: value for name, value in only_score(varied).items() if name != "spread"}


def test_a_setting_that_varies_nothing_is_another_run_that_says_so(tmp_path: Path) -> None:
    plain = run("baseline:longest", tmp_path, templates="default")
    varied = run("baseline:longest", tmp_path)
    assert varied.folder.run_id != plain.folder.run_id
    assert varied.scores == plain.scores
    assert any("--templates all varies nothing" in told for told in varied.manifest["deviations"])


def test_a_wording_whose_answers_cannot_be_read_is_named(model: str, endpoint: Endpoint, tmp_path: Path) -> None:
    answer = endpoint.__call__

    async def mumbling(seen: Seen) -> Canned:
        asked = seen.body["messages"][-1]["content"]
        return Canned(chat("tidak tahu")) if INSTRUCTIONS[1] in asked else await answer(seen)

    with ChatServer(mumbling) as server:
        done = run(f"openai:{server.base_url}#m", tmp_path)
    assert done.manifest["deviations"] == [
        f"{TASK} wording-2: 25 of 25 answers held no answer that could be read; look at them in the samples file"
    ]
    assert only_score(done)["spread"][0]["values"][1] == 0


def test_a_board_shows_the_score_and_none_of_its_variations(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)

    async def letter(seen: Seen) -> Canned:
        return Canned(chat("AB"[hashlib.sha256(str(seen.body["messages"]).encode()).digest()[0] % 2]))

    with ChatServer(letter) as server:
        settings: dict[str, Any] = {"shots": 1, "chat_template": "on"}
        varied = workshop.run(f"openai:{server.base_url}#m", None, templates="all", shot_seeds=3, **settings)
        plain = workshop.run(f"openai:{server.base_url}#m", tmp_path / "plain", **settings)
    boards = [build_board(workshop.board(shots=1), read_runs([folder.path.parent])) for folder in (varied, plain)]
    assert boards[0].left_out == ()
    values = [
        [(cell.value, cell.n, cell.usage, cell.prompts_sha256) for cell in board.rows[0].cells] for board in boards
    ]
    assert len(boards[0].rows) == 1
    assert values[0] == values[1]
    assert len(RunFolder(varied.path).manifest()["tasks"]) == 2
