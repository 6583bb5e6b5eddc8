"""`seahelm-lite board`, from real runs to a file and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite import evaluate
from seahelm_lite.engine.run_folder import list_runs
from seahelm_lite.models.baselines import KINDS
from tests.boards.making import Workshop, edit, letters
from tests.cli.conftest import Call, refused

WITHOUT_RUNS = "checked without runs: values, ranks and hashes were not made again"
COLUMNS = ["rank", "group", "first", "model", "headline", "95 % interval", "columns"]


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Tasks and a board of our own in the place of the shipped ones."""
    made = Workshop(tmp_path / "shop")
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: made.root / name)
    monkeypatch.setattr("seahelm_lite.catalog.board_card.shipped_folder", lambda name: made.root)
    made.board()
    return made


@pytest.fixture
def filled(workshop: Workshop) -> Workshop:
    """Two models that rank and one that does not."""
    workshop.model("good", one=letters(12), two=letters(12))
    workshop.model("poor", one=letters(1), two=letters(0))
    workshop.model("half", one=letters(12))
    return workshop


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in baselines on the suite that ships with the package."""
    out = tmp_path_factory.mktemp("demo")
    for kind in KINDS:
        evaluate(model=f"baseline:{kind}", suites=["regional_basics"], out=out, offline=True)
    return out


def test_the_baselines_cannot_be_told_apart_by_the_suite_that_ships(demo: Path, call: Call) -> None:
    called = call("board", "build", "basics", "--runs", demo, "--out", "boards")
    assert called.status == 0
    lines = called.out.splitlines()
    assert lines[0].startswith("basics: Regional basics")
    assert [line.split()[:2] for line in lines[2:6]] == [["1–4", "1"]] * 4
    assert lines[6] == "0 of 3 neighbours and 0 of 6 pairs are shown to differ."
    # There is no decision that other weights could keep.
    assert not any("every pair that is shown to differ" in line for line in lines)
    assert lines[-1] == "boards/basics.json"
    assert call("board", "check", "--boards", "boards", "--runs", demo).out == "basics: as it should be\n"


def test_boards_that_have_no_runs_are_named_and_those_that_have_are_built(demo: Path, call: Call) -> None:
    called = call("board", "build", "--runs", demo, "--out", "boards", "--json")
    assert called.status == 0
    told = json.loads(called.out)
    built = {board["board"] for board in told["boards"]}
    assert "basics" in built
    assert {"ms-grammar-recorded", "th-exam-recorded"} <= set(told["without_runs"])
    assert called.err == f"no runs for: {', '.join(told['without_runs'])}\n"
    assert {path.stem for path in Path("boards").iterdir()} == built


def test_models_of_one_name_are_told_apart_by_their_ids(workshop: Workshop, call: Call) -> None:
    for number, right in enumerate((9, 6)):
        workshop.run(workshop.answers("same", one=letters(right), two=letters(right)), workshop.out / str(number))
    runs = [word for number in range(2) for word in ("--runs", workshop.out / str(number))]
    ids = {row.model.id for row in workshop.build(workshop.out / "0", workshop.out / "1").rows}
    called = call("board", "build", *runs, "--out", "boards")
    assert len(ids) == 2
    assert all(f"replay-same ({name})" in called.out for name in ids)


def test_ranked_models_stand_above_a_line_and_the_others_below_it_with_the_reason(filled: Workshop, call: Call) -> None:
    called = call("board", "build", "--runs", filled.out, "--out", "boards")
    lines = [line.rstrip() for line in called.out.splitlines()]
    assert lines[0] == "made: Made"
    assert lines[1].split("  ")[0] == "rank"
    assert all(column in lines[1] for column in COLUMNS)
    assert lines[2].split() == ["1", "1", "100%", "replay-good", "100.0", *lines[2].split()[5:8], "2", "of", "2"]
    assert lines[3].split()[:4] == ["2", "2", "0%", "replay-poor"]
    assert lines[4:7] == [
        "1 of 1 neighbours and 1 of 1 pairs are shown to differ; the risk that any of these is wrong is held to 5%.",
        "A test of two models alone finds a difference of 12.2 points four times in five.",
        "With weights changed by up to 20% the whole order is kept in 100.0% of draws, the first place in 100.0%, and "
        "every pair that is shown to differ in 100.0%.",
    ]
    assert set(lines[7]) == {"─"}
    assert lines[8] == "replay-half: 1 of 2 required columns are complete: two is not run"
    assert lines[9] == "boards/made.json"


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"standing": "preview"}, "These are drafts: nobody is ranked by them yet."),
        (
            {"standing": "continuity", "normalisation": "sea-helm"},
            "These averages continue another harness's: nobody is ranked by them.",
        ),
    ],
)
def test_a_board_that_ranks_nobody_shows_no_ranks_and_says_so(
    card: dict[str, Any], told: str, filled: Workshop, call: Call
) -> None:
    filled.board(**card)
    lines = [line.rstrip() for line in call("board", "build", "--runs", filled.out, "--out", "boards").out.splitlines()]
    assert lines[1].split()[:2] == ["model", "headline"]
    assert [line.split()[0] for line in lines[2:4]] == ["replay-good", "replay-poor"]
    assert lines[4] == told


def test_a_name_in_brackets_is_printed_whole(filled: Workshop, call: Call) -> None:
    for folder in list_runs(filled.out):
        edit(folder, "manifest.json", lambda body: body["model"].update(name=f"{body['model']['name']}[high]"))
    called = call("board", "build", "--runs", filled.out, "--out", "boards")
    assert all(f"replay-{name}[high]" in called.out for name in ("good", "poor", "half"))


def test_json_holds_paths_and_counts(filled: Workshop, call: Call) -> None:
    called = call("board", "build", "--runs", filled.out, "--out", "boards", "--json")
    assert json.loads(called.out) == {
        "boards": [
            {
                "board": "made",
                "path": "boards/made.json",
                "ranked": 2,
                "unranked": 0,
                "incomplete": 1,
                "groups": 2,
                "neighbours_told_apart": 1,
                "detectable": pytest.approx((1 / 24) * (2.06866 + 0.85770), rel=1e-4),
                "left_out": [],
            }
        ],
        "without_runs": [],
    }


def test_a_run_that_was_left_out_is_told_on_standard_error_and_in_json(filled: Workshop, call: Call) -> None:
    (folder,) = filled.out.glob("replay-poor-*")
    (folder / "scores.json").write_text("{}", encoding="utf-8")
    called = call("board", "build", "--runs", filled.out, "--out", "boards", "--json")
    reason = "is not as it was finished: scores.json has changed"
    assert called.err == f"left out {folder.name}: {reason}\n"
    assert json.loads(called.out)["boards"][0]["left_out"] == [{"run": folder.name, "reason": reason}]


def test_runs_may_lie_in_several_folders(workshop: Workshop, tmp_path: Path, call: Call) -> None:
    for name in ("good", "poor"):
        workshop.run(workshop.answers(name, one=letters(9), two=letters(9)), tmp_path / name)
    runs = ("--runs", tmp_path / "good", "--runs", tmp_path / "poor")
    told = json.loads(call("board", "build", *runs, "--out", "boards", "--json").out)
    assert told["boards"][0]["ranked"] == 2


# What was found in a corpus


def _report(workshop: Workshop, found: int, **changes: Any) -> Path:
    """A report that so many documents of the first task stand in a corpus."""
    (folder, *_) = list_runs(workshop.out)
    (asked,) = (task for task in folder.manifest()["tasks"] if task["task"] == "one")
    looked = {"task": "one", "version": "1.0", "data_sha256": asked["data_sha256"], "documents": 12, "looked_for": 12}
    told = {**looked, "found": [f"one/rows.jsonl#{n}" for n in range(found)], "with_answer": [], "canary": None}
    corpus = {"name": "web", "sha256": "0" * 64, "files": 1, "size": 9, "unread": [], "other_files": {}}
    body = {"schema": "seahelm-lite/overlap/1", "version": "0", "corpus": corpus, "tasks": [{**told, **changes}]}
    path = workshop.root / "web.json"
    path.write_text(json.dumps({**body, "skipped": []}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("found", "marks"), [(0, []), (1, ["overlap?"])])
def test_what_stands_in_a_corpus_is_shown_and_marked_and_never_subtracted(
    found: int, marks: list[str], filled: Workshop, call: Call
) -> None:
    plain = _built(filled, call).read_text(encoding="utf-8")
    report = ("--overlap", _report(filled, found))
    assert call("board", "build", "--runs", filled.out, "--out", "boards", *report).status == 0
    marked = json.loads(Path("boards/made.json").read_text(encoding="utf-8"))
    wanted = {"corpus": "web", "corpus_sha256": "0" * 64, "found": found, "n": 12}
    assert [column["overlaps"] for column in marked["columns"]] == [[wanted], []]
    assert [cell["marks"] for cell in marked["rows"][0]["cells"]] == [marks, []]
    assert [row["headline"] for row in marked["rows"]] == [row["headline"] for row in json.loads(plain)["rows"]]
    again = ("board", "check", "--boards", "boards", "--runs", filled.out)
    assert call(*again, *report).out == "made: as it should be\n"
    told = "made: cannot be built again without the reports of overlaps with web; name them by --overlap\n"
    assert call(*again).out == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": "0.9"}, "of version 0.9; the board's is 1.0"),
        ({"data_sha256": "1" * 64}, "not those that the runs asked"),
    ],
)
def test_a_report_of_other_documents_is_refused_by_name(
    changes: dict[str, Any], told: str, filled: Workshop, call: Call
) -> None:
    report = ("--overlap", _report(filled, 1, **changes))
    said = refused(call("board", "build", "--runs", filled.out, "--out", "boards", *report))
    assert said.startswith(f"the documents of one that were looked for in the corpus web are {told}. Search it again")
    _nothing_written()


# What is refused


def _nothing_written() -> None:
    assert not Path("boards").exists()


def test_a_named_board_without_runs_says_what_it_looks_for(filled: Workshop, call: Call) -> None:
    filled.board(protocol="recorded:somewhere", shots=1)
    told = refused(call("board", "build", "made", "--runs", filled.out, "--out", "boards"))
    assert told == (
        f"no run in {filled.out} is for the board made. It takes runs in recorded:somewhere with 1 shots of: one, two."
    )
    _nothing_written()


def test_runs_that_no_board_takes_are_told_so_with_the_boards_that_there_are(filled: Workshop, call: Call) -> None:
    filled.board(protocol="recorded:somewhere", shots=1)
    told = refused(call("board", "build", "--runs", filled.out, "--out", "boards"))
    assert told == (
        f"no run in {filled.out} is for any board. "
        "Boards take runs of their tasks in one protocol: made (recorded:somewhere, 1 shots)."
    )
    _nothing_written()


def test_an_unknown_board_names_the_nearest(filled: Workshop, call: Call) -> None:
    told = refused(call("board", "build", "mad", "--runs", filled.out, "--out", "boards"))
    assert told == "there is no board 'mad'. Did you mean made?"
    _nothing_written()


def test_a_folder_of_runs_that_does_not_exist_is_named(workshop: Workshop, call: Call) -> None:
    told = refused(call("board", "build", "--runs", "nowhere", "--out", "boards"))
    assert told == "nowhere: the folder of runs does not exist. Correct --runs."


def test_a_run_that_is_named_itself_fills_a_board(filled: Workshop, call: Call) -> None:
    (folder,) = filled.out.glob("replay-poor-*")
    told = json.loads(call("board", "build", "--runs", folder, "--out", "boards", "--json").out)
    assert told["boards"][0]["ranked"] == 1


def test_a_run_that_is_named_and_does_not_verify_is_refused(filled: Workshop, call: Call) -> None:
    (folder,) = filled.out.glob("replay-poor-*")
    (folder / "scores.json").write_text("{}", encoding="utf-8")
    told = refused(call("board", "build", "--runs", filled.out, "--runs", folder, "--out", "boards"))
    reason = "is not as it was finished: scores.json has changed"
    assert told.startswith(f"{folder}: {folder.name} cannot be used: {reason}. Run it again, or name the folder above")
    _nothing_written()


@pytest.mark.parametrize("board", [("made",), ()])
def test_where_no_run_can_be_used_each_is_named_and_no_board_is_made(
    board: tuple[str, ...], filled: Workshop, call: Call
) -> None:
    filled.task("one", version="2.0")
    filled.task("two", version="2.0")
    called = call("board", "build", *board, "--runs", filled.out, "--out", "boards")
    assert called.status == 2
    for folder in list_runs(filled.out):
        assert f"left out {folder.run_id}: its one is version 1.0; the board's is 2.0" in called.err
    _nothing_written()


def test_two_runs_that_contradict_each_other_stop_every_board(filled: Workshop, call: Call) -> None:
    filled.run(filled.answers("good", one=letters(12), two=letters(12)), max_tokens=3)
    told = refused(call("board", "build", "--runs", filled.out, "--out", "boards"))
    assert told.startswith("replay-good has two runs of one that differ in their prompts: replay-good-")
    _nothing_written()


def test_a_broken_card_names_its_line(filled: Workshop, call: Call) -> None:
    path = filled.root / "boards" / "made.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"two"', '"twos"'), encoding="utf-8")
    for command in (("build", "--runs", filled.out, "--out", "boards"), ("check", "--boards", "boards")):
        told = refused(call("board", *command))
        assert told == f"{path}:1: there is no task 'twos'. Did you mean two?"


@pytest.mark.parametrize("arguments", [("build", "--out", "boards"), ("build", "--runs", "out"), ("check",), ()])
def test_a_folder_that_is_not_named_is_asked_for(arguments: tuple[str, ...], call: Call) -> None:
    called = call("board", *arguments)
    assert (called.status, called.out) == (2, "")


# Checking


def _built(workshop: Workshop, call: Call) -> Path:
    assert call("board", "build", "--runs", workshop.out, "--out", "boards").status == 0
    return Path("boards/made.json")


def test_a_board_as_it_was_built_is_as_it_should_be(filled: Workshop, call: Call) -> None:
    _built(filled, call)
    for runs, remarks in (((), [WITHOUT_RUNS]), (("--runs", filled.out), [])):
        called = call("board", "check", "--boards", "boards", *runs)
        assert (called.status, called.err) == (0, "")
        assert called.out.splitlines() == ["made: as it should be", *remarks]
        called = call("board", "check", "made", "--boards", "boards", "--json", *runs)
        assert json.loads(called.out) == {"boards": [{"board": "made", "faults": []}], "remarks": remarks}


def test_each_fault_of_a_board_is_a_line_and_exit_1(filled: Workshop, call: Call) -> None:
    path = _built(filled, call)
    path.write_text(path.read_text(encoding="utf-8").replace('"group":2', '"group":5'), encoding="utf-8")
    filled.board(title="Another")
    called = call("board", "check", "--boards", "boards")
    assert called.status == 1
    assert called.out.splitlines() == [
        "made: the board card has changed since it was built",
        "made: replay-poor: is in group 5 after group 1",
        WITHOUT_RUNS,
    ]
    told: dict[str, Any] = json.loads(call("board", "check", "--boards", "boards", "--json").out)
    assert len(told["boards"][0]["faults"]) == 2


def test_runs_that_make_another_board_are_found_out(filled: Workshop, call: Call) -> None:
    _built(filled, call)
    filled.model("late", one=letters(6), two=letters(6))
    called = call("board", "check", "--boards", "boards", "--runs", filled.out)
    assert called.status == 1
    assert called.out.startswith("made: its runs now make another board; what differs: ")


def test_where_there_are_no_results_nothing_is_checked(filled: Workshop, call: Call) -> None:
    for name in ((), ("made",)):
        told = refused(call("board", "check", *name, "--boards", "boards"))
        assert told.endswith("there are no board results here. Make them with `seahelm-lite board build`.")
    assert refused(call("board", "check", "other", "--boards", "boards")).startswith("there is no board 'other'")
