"""`judge sheet`, `judge calibrate` and `score --judge`, called as a user calls them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite import runs
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.scoring.judges.calibration import CALIBRATION_SCHEMA
from tests.cli.conftest import Call, refused
from tests.judging import Decide, judge
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.small_task import SmallTask

CRITERIA = [
    {"id": "M1", "text": "Does it name a fruit?", "wanted": "yes"},
    {"id": "X1", "text": "Does it insult anybody?", "wanted": "no"},
]
CARD: dict[str, Any] = {
    "kind": "generation",
    "protocols": ["gen"],
    "asking": "bare",
    "refusal": "scored",
    "metrics": ["judged_acc"],
    "document": {"criteria": "criteria", "options": None, "answer": None, "stratum": None},
}
MODELS = ("pelanduk", "kancil", "buaya", "harimau", "gajah")
QUESTIONS = 40


def good(reply: str, criterion: str) -> bool:
    return ("mangga" in reply) if "fruit" in criterion else ("bodoh" in reply)


def coin(reply: str, criterion: str) -> bool:
    return len(reply + criterion) % 2 == 0


def reply_of(model: str, question: str) -> str:
    number = int(question.split(".", maxsplit=1)[0])
    place = MODELS.index(model) + number
    return f"Jawapan {'x' * (place % 7)} {number}: " + ("mangga." if place % 2 else "awak bodoh!")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with a run of each of five models."""
    root = tmp_path_factory.mktemp("judges")
    rows = [{"question": f"{number}. Buah apa?", "criteria": CRITERIA} for number in range(QUESTIONS)]
    task = SmallTask(root / "tasks", rows, changes={**CARD, "language": "ms"})
    catalog = task.catalog()

    async def handler(seen: Seen) -> Canned:
        return Canned(chat(reply_of(seen.body["model"], seen.body["messages"][-1]["content"])))

    with ChatServer(handler) as server:
        for model in MODELS:
            spec = RunSpec(model=f"openai:{server.base_url}#{model}", tasks=("small",))
            runs.execute(runs.prepare(spec, catalog=catalog, where=task.where, out=root / "out"))
    return root / "out"


def run_folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


@pytest.fixture
def sheet(folder: Path, call: Call, tmp_path: Path) -> Path:
    path = tmp_path / "sheet.csv"
    called = call("judge", "sheet", *run_folders(folder), "--out", path)
    assert called.status == 0
    assert "200 replies" in called.out
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def labelled(sheet: Path, decide: Decide = good) -> list[Path]:
    """What three raters who all agree make of a sheet."""
    found = []
    for rater in ("r1", "r2", "r3"):
        rows = read(sheet)
        for row in rows:
            row |= {"rater": rater, "label": "yes" if decide(row["reply"], row["question"]) else "no"}
        found.append(write(sheet.with_name(f"{rater}.csv"), rows))
    return found


def test_a_sheet_can_be_limited_to_some_replies_of_each_run(folder: Path, call: Call, tmp_path: Path) -> None:
    few, more = tmp_path / "few.csv", tmp_path / "more.csv"
    for path, number in ((few, 3), (more, 7)):
        assert call("judge", "sheet", *run_folders(folder), "--replies", number, "--out", path).status == 0
    found = [{row["response"] for row in read(path)} for path in (few, more)]
    assert [len(one) for one in found] == [15, 35]
    assert found[0] < found[1]


def test_a_judge_that_agrees_with_people_is_believed_from_sheet_to_score(
    folder: Path, sheet: Path, call: Call, tmp_path: Path
) -> None:
    run, out = run_folders(folder)[0], tmp_path / "calibration.json"
    with ChatServer(judge(good)) as server:
        spec = f"openai:{server.base_url}#hakim"
        called = call("judge", "calibrate", *labelled(sheet), "--judge", spec, "--out", out, "--json")
        assert called.status == 0, called.err
        (told,) = json.loads(called.out)["languages"]
        assert (told["passed"], told["responses"], told["models"], told["raters"]) == (True, 200, 5, 3)
        called = call("score", run, "--judge", spec, "--calibration", out)
    assert called.status == 0, called.err
    assert "judged by hakim, who pass" in called.out
    again = call("score", run, "--json")
    assert again.status == 0
    (score,) = json.loads(again.out)["scores"]
    right = sum("mangga" in reply_of(run.name.split("-")[0], f"{number}.") for number in range(QUESTIONS))
    assert (score["metric"], score["value"]) == ("judged_acc", right / QUESTIONS)
    assert "prediction_powered" in json.loads(again.out)["judged"][0]["passed"]


def test_a_judge_that_tosses_coins_is_not_believed_and_the_score_stays_empty(
    folder: Path, sheet: Path, call: Call, tmp_path: Path
) -> None:
    run, out = run_folders(folder)[1], tmp_path / "calibration.json"
    with ChatServer(judge(coin)) as server:
        spec = f"openai:{server.base_url}#wasit"
        called = call("judge", "calibrate", *labelled(sheet), "--judge", spec, "--out", out)
        assert called.status == 1
        assert "kappa" in called.out
        called = call("score", run, "--judge", spec, "--calibration", out)
    assert "judge not validated" in called.out
    called = call("score", run, "--json")
    assert json.loads(called.out)["scores"][0]["value"] is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"label": "maybe"}, "neither yes nor no"),
        ({"rater": ""}, "no rater"),
        ({"weight": "heavy"}, "is no number"),
        ({"weight": "nan"}, "is no number"),
        ({"weight": "-1"}, "is no number"),
        ({"critical": "perhaps"}, "critical is 'perhaps'"),
        ({"language": ""}, "nothing under language"),
        ({"model": " "}, "nothing under model"),
        ({"prompt": "Another?"}, "asks M1"),
        ({"rater": "r1"}, "has labelled M1"),
        ({"criterion": None}, "lacks the column criterion"),
    ],
)
def test_a_sheet_that_cannot_be_used_names_file_and_row(
    change: dict[str, str | None], fault: str, sheet: Path, call: Call, tmp_path: Path
) -> None:
    rows = [{**row, "rater": rater, "label": "yes"} for row in read(sheet)[:1] for rater in ("r1", "r2")]
    changed = {name: value for name, value in {**rows[1], **change}.items() if value is not None}
    rows = [rows[0], changed] if len(changed) == len(rows[0]) else [changed]
    path = write(tmp_path / "labels.csv", rows)
    called = call("judge", "calibrate", path, "--judge", "openai:http://127.0.0.1:9/v1#hakim", "--out", tmp_path / "c")
    sentence = refused(called)
    assert fault in sentence
    assert f"{path}#{len(rows) - 1}" in sentence


def test_labels_that_nobody_filled_in_are_refused(sheet: Path, call: Call, tmp_path: Path) -> None:
    spec = "openai:http://127.0.0.1:9/v1#hakim"
    assert "there is no label" in refused(call("judge", "calibrate", sheet, "--judge", spec, "--out", tmp_path / "c"))


def test_a_judge_of_the_family_of_a_labelled_model_is_refused(sheet: Path, call: Call, tmp_path: Path) -> None:
    spec = "openai:http://127.0.0.1:9/v1#kancil-large"
    called = call("judge", "calibrate", *labelled(sheet), "--judge", spec, "--out", tmp_path / "c")
    assert "kancil" in refused(called)


def test_restricted_rows_go_to_no_judge_elsewhere_unasked(sheet: Path, call: Call, tmp_path: Path) -> None:
    paths = labelled(sheet)
    rows = [{**row, "restricted": "yes"} for row in read(paths[0])]
    spec = "openai:https://judge.example/v1#hakim"
    called = call("judge", "calibrate", write(paths[0], rows), "--judge", spec, "--out", tmp_path / "c")
    assert "may not be redistributed" in refused(called)


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"schema": "other"}, "is no calibration"),
        ({}, "is no whole calibration"),
        ({"judges": "x", "languages": 7}, "is no whole calibration"),
        ({"judges": [{"fingerprint_sha256": 1}], "languages": {}}, "is no whole calibration"),
        ({"judges": [], "languages": {"ms": {"passed": True}}}, "is no whole calibration"),
    ],
)
def test_a_calibration_that_is_none_is_refused(
    members: dict[str, Any], fault: str, folder: Path, call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"schema": CALIBRATION_SCHEMA, **members}), encoding="utf-8")
    spec = "openai:http://127.0.0.1:9/v1#hakim"
    called = call("score", run_folders(folder)[2], "--judge", spec, "--calibration", path)
    assert fault in refused(called)


def test_a_calibration_without_judges_is_refused_and_not_passed_over(folder: Path, call: Call, tmp_path: Path) -> None:
    called = call("score", run_folders(folder)[2], "--calibration", tmp_path / "c.json")
    assert "--judge SPEC" in refused(called)


@pytest.mark.parametrize("number", ["-1", "0", "few"])
def test_a_sheet_of_less_than_one_reply_is_refused(number: str, folder: Path, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "few.csv"
    assert call("judge", "sheet", *run_folders(folder), "--replies", number, "--out", out).status == 2
    assert not out.exists()


def test_a_run_that_is_named_twice_is_in_a_sheet_once(folder: Path, call: Call, tmp_path: Path) -> None:
    run, out = run_folders(folder)[0], tmp_path / "sheet.csv"
    assert call("judge", "sheet", run, run, "--out", out).status == 0
    assert len(read(out)) == QUESTIONS * len(CRITERIA)
