"""`--rotations P` from the command line to the scores, against an endpoint that counts along."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import evaluate, runs
from seahelm_lite.cli.main import main
from seahelm_lite.schemas import schema
from tests.conftest import REPOSITORY
from tests.loopback import Canned, ChatServer, Seen, chat

TASK = "regional_basics_ms"
ITEMS = [
    json.loads(line)
    for line in (REPOSITORY / "tasks/regional_basics/items/ms.jsonl").read_text(encoding="utf-8").splitlines()
]


class Endpoint:
    """Likes the letter A, and keeps the marks of a teacher of its own."""

    def __init__(self) -> None:
        self.fails: Callable[[str], bool] = lambda _: False
        self.marks: dict[str, list[tuple[str, bool]]] = {}
        """By question: the letter of each order in which it was asked, and whether it was right."""
        self._right = {item["question"]: item["options"][item["answer"]] for item in ITEMS}

    async def __call__(self, seen: Seen) -> Canned:
        prompt = seen.body["messages"][-1]["content"]
        if self.fails(prompt):
            return Canned({"error": "out of order"}, status=500, headers={"Retry-After": "0"})
        lines = prompt.split("\n")
        question = lines[0].removeprefix("Soalan: ")
        options = {line[0]: line[3:] for line in lines if line[1:3] == ". "}
        number = hashlib.sha256(prompt.encode()).digest()[0]
        letter = "A" if number % 3 == 0 else next(key for key in options if options[key] == self._right[question])
        self.marks.setdefault(question, []).append((letter, options[letter] == self._right[question]))
        return Canned(chat(letter))


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def model(endpoint: Endpoint) -> Iterator[str]:
    with ChatServer(endpoint.__call__) as server:
        yield f"openai:{server.base_url}#m"


def run(model: str, out: Path, **settings: Any) -> runs.Run:
    return evaluate(model=model, tasks=[TASK], out=out, offline=True, **{"rotations": 40, **settings})


def test_the_numbers_are_the_marks_that_the_endpoint_earned(model: str, endpoint: Endpoint, tmp_path: Path) -> None:
    (score,) = run(model, tmp_path).scores
    rotated = [asked for asked in endpoint.marks.values() if len(asked) > 1]
    assert (len(endpoint.marks), len(rotated), {len(asked) for asked in rotated}) == (25, 10, {4})
    rotations = score["rotations"]
    assert rotations["robust_acc"]["n"] == 10
    assert rotations["robust_acc"]["value"] == pytest.approx(np.mean([all(ok for _, ok in asked) for asked in rotated]))
    assert rotations["mean_acc"]["value"] == pytest.approx(np.mean([ok for asked in rotated for _, ok in asked]))
    shares = [np.mean([letter == key for asked in rotated for letter, _ in asked]) for key in "ABCD"]
    assert [place["chosen"] for place in rotations["positions"]] == pytest.approx(shares)
    assert shares[0] > 1 / 4


def test_the_files_are_as_their_schemas_say_and_scoring_again_gives_the_same_bytes(model: str, tmp_path: Path) -> None:
    folder = run(model, tmp_path, templates="all").folder
    for name, file in (("run-1", "manifest.json"), ("scores-1", "scores.json")):
        body = json.loads((folder.path / file).read_text(encoding="utf-8"))
        Draft202012Validator(schema(name)).validate(body)  # type: ignore[arg-type]
    again, _ = runs.score_again(folder.path)
    assert again.read_bytes() == (folder.path / "scores.json").read_bytes()
    assert runs.same_scores(folder.path)
    assert sorted(path.stem.partition("~")[2] for path in (folder.path / "samples").iterdir()) == [
        "", "rotation-1", "rotation-2", "rotation-3", "wording-2", "wording-3"
    ]  # fmt: skip
    (spread,) = json.loads(again.read_bytes())["scores"][0]["spread"]
    assert (spread["over"], len(spread["values"])) == ("templates", 3)


def test_an_order_that_lacks_an_answer_leaves_the_run_incomplete_until_it_is_resumed(
    model: str, endpoint: Endpoint, tmp_path: Path
) -> None:
    whole = run(model, tmp_path / "whole")
    asked_first = "\nA. " + ITEMS[0]["options"][0]
    endpoint.fails = lambda prompt: asked_first not in prompt and ITEMS[0]["question"] in prompt
    lacking = run(model, tmp_path / "out", rotations=100)
    assert (lacking.manifest["status"], lacking.folder.is_sealed()) == ("incomplete", False)
    (score,) = lacking.scores
    assert (score["status"], score["value"]) == ("complete", whole.scores[0]["value"])
    assert score["rotations"]["robust_acc"]["value"] is None
    assert score["rotations"]["counts"]["error"] == 3
    Draft202012Validator(schema("scores-1")).validate(lacking.folder.scores())
    endpoint.fails = lambda _: False
    again = run(model, tmp_path / "out", rotations=100)
    assert (again.complete, again.manifest["sessions"][-1]["requests_sent"]) == (True, 3)


def test_a_larger_share_finds_the_answers_of_a_smaller_one_stored(model: str, tmp_path: Path) -> None:
    plain, few, more = (run(model, tmp_path, rotations=percent) for percent in (0, 20, 40))
    assert [done.manifest["requests_sent"] for done in (plain, few, more)] == [25, 15, 15]
    assert "rotations" not in plain.scores[0]
    assert plain.scores[0] == {name: value for name, value in more.scores[0].items() if name != "rotations"}


def test_the_terminal_tells_it_in_words(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ("run", "--model", model, "--task", TASK, "--offline", "--rotations", "40", "--out", str(tmp_path))
    assert main(command) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"{TASK} in every order of its options: 10 documents, right in " in told
    assert "letters chosen oftener than the right answer stands there, in points: A +" in told
    assert "for all letters together; n = 10)" in told
