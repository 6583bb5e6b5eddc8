"""`seahelm-lite board publish` and `board diff`, from real runs to a release and the next one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.schemas import schema
from tests.boards.making import Workshop, as_imported, edit, give, letters, unseal
from tests.cli.conftest import Call, refused
from tests.conftest import REPOSITORY
from tests.recorded_logs import failed_line, snapshot, snapshot_line

FIRST, SECOND = "2026-11-22", "2026-12-06"
RELEASES = Path("leaderboards/results")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tasks and a board of our own, and runs of two models."""
    made = Workshop(tmp_path_factory.mktemp("filled"))
    made.board()
    made.model("some", one=letters(8), two=letters(4))
    made.model("many", one=letters(9), two=letters(11))
    return made.root


@pytest.fixture
def workshop(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """The same as a checkout in the working directory."""
    made = Workshop(Path(shutil.copytree(filled, tmp_path / "shop")))
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: made.root / name)
    for module in ("catalog.board_card", "publishing"):
        monkeypatch.setattr(f"seahelm_lite.{module}.shipped_folder", lambda name: made.root)
    Path("leaderboards").symlink_to(made.root)
    return made


@pytest.fixture
def publish(workshop: Workshop, call: Call) -> Callable[..., Any]:
    """`publish(FIRST)`: all runs of the workshop."""

    def run(release: str, *more: object) -> Any:
        return call("board", "publish", "--runs", workshop.out, "--release", release, *more)

    return run


def _run(workshop: Workshop, name: str) -> RunFolder:
    (path,) = workshop.out.glob(f"replay-{name}-*")
    return RunFolder(path)


def _nothing_published() -> None:
    assert not RELEASES.exists() or not list(RELEASES.iterdir())


def test_a_release_is_written_and_is_as_check_and_site_want_it(
    workshop: Workshop, publish: Callable[..., Any], call: Call
) -> None:
    called = publish(FIRST)
    assert (called.status, called.err) == (0, "")
    assert called.out.splitlines() == [
        f"leaderboards/results/{FIRST}/made.json: 2 of 2 models ranked",
        f"published as release {FIRST}",
    ]
    assert [path.name for path in RELEASES.iterdir()] == [FIRST]
    assert json.loads((RELEASES / FIRST / "made.json").read_text(encoding="utf-8"))["board"]["release"] == FIRST
    checked = call("board", "check", "--boards", RELEASES, "--runs", workshop.out)
    assert (checked.status, checked.out) == (0, "made: as it should be\n")
    assert call("site", "build", "--boards", RELEASES, "--out", "site").status == 0


def test_check_and_site_refuse_a_release_with_a_board_of_another(publish: Callable[..., Any], call: Call) -> None:
    publish(FIRST)
    publish(SECOND)
    (RELEASES / FIRST / "made.json").rename(RELEASES / SECOND / "made.json")
    for command in (("board", "check"), ("site", "build", "--out", "site")):
        told = refused(call(*command, "--boards", RELEASES))
        assert told.startswith(f"{RELEASES / SECOND}: holds boards that are not of its release: made.json (of {FIRST})")


def test_what_was_found_in_a_corpus_is_published(workshop: Workshop, publish: Callable[..., Any]) -> None:
    (asked, _) = _run(workshop, "some").manifest()["tasks"]
    found = {"found": ["one/rows.jsonl#0"], "with_answer": [], "canary": None, "looked_for": 12, "documents": 12}
    task = {"task": "one", "version": "1.0", "data_sha256": asked["data_sha256"], **found}
    corpus = {"name": "web", "sha256": "0" * 64, "files": 1, "size": 9, "unread": [], "other_files": {}}
    report = {"schema": "seahelm-lite/overlap/1", "version": "0", "corpus": corpus, "tasks": [task], "skipped": []}
    Path("web.json").write_text(json.dumps(report), encoding="utf-8")
    assert publish(FIRST, "--overlap", "web.json").status == 0
    written = json.loads((RELEASES / FIRST / "made.json").read_text(encoding="utf-8"))
    assert [len(column["overlaps"]) for column in written["columns"]] == [1, 0]


def test_the_same_release_again_changes_nothing(publish: Callable[..., Any]) -> None:
    publish(FIRST)
    path = RELEASES / FIRST / "made.json"
    before = path.stat()
    called = publish(FIRST)
    assert called.status == 0
    assert called.out.endswith("published before, with the same bytes\n")
    assert path.stat() == before


def test_the_next_release_tells_what_moved(workshop: Workshop, publish: Callable[..., Any], call: Call) -> None:
    publish(FIRST)
    workshop.model("best", one=letters(12), two=letters(12))
    called = publish(SECOND)
    lines = [line.rstrip() for line in called.out.splitlines()]
    assert f"made: release {FIRST} (2 models, 2 ranked) → release {SECOND} (3 models, 3 ranked)" in lines
    assert "added: replay-best (1–2)" in lines
    after = lines.index("Moved past their range by others alone")
    assert " ".join(lines[after + 2].split()) == (
        "replay-some 2 → 3 2 50.0 nothing of its own; others: added replay-best"
    )
    # Many is not told from the best, and may be first as before.
    assert lines[after + 3] == "other ranges of ranks that overlap the old ones, by others alone: 1 models"
    assert lines[-1] == "unchanged: 0 models, 4 cells"
    diff = call("board", "diff", RELEASES / FIRST, RELEASES / SECOND)
    assert (diff.status, diff.err) == (0, "")
    assert diff.out in called.out


def test_a_model_that_is_ranked_at_last_is_no_move_that_a_comparison_supports(
    workshop: Workshop, publish: Callable[..., Any]
) -> None:
    late = workshop.answers("late", one=letters(10), two=letters(7))
    workshop.run(late, tasks=["one"])
    publish(FIRST)
    workshop.run(late, tasks=["two"])
    told = publish(SECOND).out
    (title,) = (line.strip() for line in told.splitlines() if line.startswith("Ranked now, or no longer"))
    assert told.partition(title)[2].count("replay-late") == 2  # here, and in the table of cells
    assert "Moves that the comparisons support" not in told


def test_json_of_a_release_holds_the_diff(workshop: Workshop, publish: Callable[..., Any], call: Call) -> None:
    told = json.loads(publish(FIRST, "--json").out)
    assert told == {
        "release": FIRST,
        "folder": f"leaderboards/results/{FIRST}",
        "boards": ["made"],
        "already_published": False,
        "left_out": [],
        "before": None,
        "diff": None,
    }
    workshop.model("best", one=letters(12), two=letters(12))
    told = json.loads(publish(SECOND, "--json").out)
    assert told["before"] == FIRST
    Draft202012Validator(schema("board-diff-1")).validate(told["diff"])
    paths = [RELEASES / day / "made.json" for day in (FIRST, SECOND)]
    assert json.loads(call("board", "diff", *paths, "--json").out) == told["diff"]


# What is refused


def test_a_run_that_was_changed_is_refused_by_name(workshop: Workshop, publish: Callable[..., Any]) -> None:
    folder = _run(workshop, "some")
    edit(folder, "scores.json", lambda body: body["scores"][0].update(value=1.0), seal=False)
    told = refused(publish(FIRST))
    assert told.startswith(
        f"nothing was published: {folder.run_id} is not as it was finished: scores.json has changed. Run them again, "
    )
    _nothing_published()


def test_an_incomplete_run_is_refused_with_what_it_lacks(workshop: Workshop, publish: Callable[..., Any]) -> None:
    workshop.run(workshop.answers("late", one=letters(12), two="AAA" + "-" * 9))
    told = refused(publish(FIRST))
    assert f"{_run(workshop, 'late').run_id} is incomplete: two (3 of 12 documents)" in told
    _nothing_published()


@pytest.mark.parametrize("status", ["running", "interrupted"])
def test_a_run_that_never_ended_is_refused(status: str, workshop: Workshop, publish: Callable[..., Any]) -> None:
    unseal(_run(workshop, "some"), status)
    assert f"{_run(workshop, 'some').run_id} is {status}, and has no scores yet" in refused(publish(FIRST))
    _nothing_published()


def test_a_run_that_scores_otherwise_now_is_refused_with_what_differs(
    workshop: Workshop, publish: Callable[..., Any]
) -> None:
    """Scores and samples that agree, sealed anew: only the answers contradict them."""
    give(_run(workshop, "some"), "one", 12)
    told = refused(publish(FIRST))
    assert f"{_run(workshop, 'some').run_id} is not scored so by this version of seahelm-lite: " in told
    assert "one gen-letter acc: value is 0.666666666667, it holds 1" in told
    _nothing_published()


def test_a_run_of_other_data_than_the_task_has_is_refused(
    workshop: Workshop, publish: Callable[..., Any], call: Call
) -> None:
    assert call("tasks", "lint", "--write").status == 0
    told = json.loads((workshop.root / "tasks" / "facts.json").read_text(encoding="utf-8"))["tasks"]["one"]
    assert publish(FIRST).status == 0
    folder = _run(workshop, "some")
    edit(folder, "manifest.json", lambda body: body["tasks"][0].update(data_sha256="0" * 64))
    _run(workshop, "many").path.rename(workshop.root / "away")
    assert refused(publish(SECOND)).startswith(
        f"nothing was published: {folder.run_id} is of other data of one 1.0 (sha256 000000000000…, pinned is "
        f"{told['data_sha256'][:12]}…)"
    )
    assert [path.name for path in RELEASES.iterdir()] == [FIRST]


def test_recorded_answers_that_are_not_all_there_are_published_as_that(workshop: Workshop, call: Call) -> None:
    """Nobody can go on with such a run; it stands below the line."""
    answered = [snapshot_line(number, '{"correct_answer_key":"a"}') for number in range(11)]
    log = snapshot(Path("logs", "x.jsonl.br"), [*answered, failed_line(11)])
    workshop.task("small")
    assert call("import", "thaiexamjs", log, "--task", "small", "--out", "recorded").status == 1
    workshop.board(protocol="recorded:thaiexamjs", shots=1, tasks=[{"task": "small"}])
    called = call("board", "publish", "--runs", "recorded", "--release", FIRST)
    assert called.status == 0, called.err
    assert "made.json: 0 of 1 models ranked" in called.out


def test_a_release_that_exists_is_never_changed(workshop: Workshop, publish: Callable[..., Any]) -> None:
    publish(FIRST)
    before = (RELEASES / FIRST / "made.json").read_bytes()
    workshop.model("best", one=letters(12), two=letters(12))
    told = refused(publish(FIRST))
    assert told == (
        f"leaderboards/results/{FIRST}: the release exists, and its made.json is another. "
        "A release never changes: publish under a later day."
    )
    assert (RELEASES / FIRST / "made.json").read_bytes() == before
    assert [path.name for path in RELEASES.iterdir()] == [FIRST]


def test_building_boards_never_writes_into_a_release(
    workshop: Workshop, publish: Callable[..., Any], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(FIRST)
    path = RELEASES / FIRST / "made.json"
    before = path.read_bytes()
    for out in (path.parent, path.parent / "." / "x" / ".."):
        told = refused(call("board", "build", "--runs", workshop.out, "--out", out))
        assert told.startswith(f"{out}: has the name of a release, and releases are written by")
    monkeypatch.chdir(path.parent)
    refused(call("board", "build", "--runs", workshop.out, "--out", "."))
    assert Path("made.json").read_bytes() == before


def test_a_release_before_it_that_cannot_be_read_is_told_before_anything_is_written(
    publish: Callable[..., Any],
) -> None:
    publish(FIRST)
    (RELEASES / FIRST / "made.json").write_text("{", encoding="utf-8")
    assert refused(publish(SECOND)).startswith(f"{RELEASES / FIRST / 'made.json'}: is not board results")
    assert [path.name for path in RELEASES.iterdir()] == [FIRST]


def test_no_release_is_put_before_a_later_one(publish: Callable[..., Any]) -> None:
    publish(SECOND)
    told = refused(publish(FIRST))
    assert told.startswith(f"leaderboards/results: has a later release, {SECOND}, so that nobody would be shown one")
    assert [path.name for path in RELEASES.iterdir()] == [SECOND]


@pytest.mark.parametrize("day", ["tomorrow", "2026-11-31", "2026-11-1"])
def test_what_is_no_day_is_refused(day: str, publish: Callable[..., Any]) -> None:
    called = publish(day)
    assert called.status == 2
    assert f"{day!r} is no day; write it as 2026-11-22" in called.err


def test_outside_a_checkout_a_folder_has_to_be_named(
    publish: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    told = refused(publish(FIRST))
    assert told == (
        f"{tmp_path / 'elsewhere'}: is no checkout of seahelm-lite, so there is no place to publish to. "
        "Change into one, or name a folder of releases with --results."
    )
    assert publish(FIRST, "--results", "mine").status == 0
    assert Path("mine", FIRST, "made.json").is_file()


def test_another_checkout_than_the_one_that_runs_is_refused(
    publish: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other" / "leaderboards" / "boards").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "other")
    assert "is not the checkout that seahelm-lite runs from" in refused(publish(FIRST))


def test_unknown_boards_and_boards_without_runs_are_refused(workshop: Workshop, publish: Callable[..., Any]) -> None:
    assert refused(publish(FIRST, "mad")) == "there is no board 'mad'. Did you mean made?"
    workshop.board(shots=3)
    for names in ((), ("made",)):
        wanted = "the board made" if names else "any board"
        assert refused(publish(FIRST, *names)).startswith(f"no run in {workshop.out} is for {wanted}")
    assert "the folder of runs does not exist" in refused(publish(FIRST, "--runs", "nowhere"))
    Path("file").touch()
    assert refused(publish(FIRST, "--results", "file")).startswith("file: is a file, and no folder of releases")
    _nothing_published()


# Written whole or not at all


def test_a_full_disk_leaves_the_releases_as_they_were(
    workshop: Workshop, publish: Callable[..., Any], small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk("200k")
    (disk / "filler").write_bytes(b"x" * 196 * 1024)
    told = refused(publish(FIRST, "--results", disk / "results"))
    assert told == f"{disk}/results/{FIRST}: cannot be written: No space left on device. Nothing was published."
    assert not list((disk / "results").iterdir())


def test_a_process_that_is_killed_before_its_last_step_leaves_no_release(
    workshop: Workshop, publish: Callable[..., Any]
) -> None:
    publish(FIRST)
    workshop.model("best", one=letters(12), two=letters(12))
    script = (
        "import os, sys, seahelm_lite.publishing as p, seahelm_lite.catalog.board_card as b, "
        "seahelm_lite.catalog.catalog as c\n"
        "from pathlib import Path\n"
        "from seahelm_lite.cli.main import main\n"
        "root = Path(sys.argv.pop(1))\n"
        "p.shipped_folder = b.shipped_folder = lambda name: root\n"
        "c.shipped_folder = lambda name: root / name\n"
        "os.rename = lambda *places: os.kill(os.getpid(), 9)\n"
        "main(sys.argv[1:])\n"
    )
    arguments = ["board", "publish", "--runs", str(workshop.out), "--release", SECOND]
    killed = subprocess.run(
        [sys.executable, "-c", script, str(workshop.root), *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    assert sorted(path.name for path in RELEASES.iterdir()) == [f".{SECOND}.partial", FIRST]
    # What it left is no release, and the next try removes it.
    assert publish(SECOND).status == 0
    assert sorted(path.name for path in RELEASES.iterdir()) == [FIRST, SECOND]


# What may not be read by everybody


@pytest.fixture
def submitted(workshop: Workshop) -> Path:
    """The runs of the workshop where those of a pull request lie, without the store beside them."""
    folder = workshop.root / "checkout" / "leaderboards" / "submissions"
    folder.mkdir(parents=True)
    for path in workshop.out.glob("replay-*"):
        shutil.copytree(path, folder / path.name)
    return folder


def test_runs_that_were_handed_in_are_published(submitted: Path, call: Call) -> None:
    assert call("board", "publish", "--runs", submitted, "--release", FIRST).status == 0


def test_items_that_may_not_be_redistributed_are_refused_where_everybody_reads_them(
    workshop: Workshop, submitted: Path, publish: Callable[..., Any], call: Call
) -> None:
    workshop.task("two", licence={"stated": "none stated", "redistributable": False})
    told = refused(call("board", "publish", "--runs", submitted, "--release", FIRST))
    run = _run(workshop, "some").run_id
    assert f"{run} holds items that may not be redistributed, and must not lie in a checkout: two" in told
    _nothing_published()


def test_they_are_refused_there_though_no_board_has_them(workshop: Workshop, submitted: Path, call: Call) -> None:
    workshop.task("three", licence={"stated": "none stated", "redistributable": False})
    run = workshop.run("baseline:longest", tasks=["three"])
    shutil.copytree(run.path, submitted / run.run_id)
    told = refused(call("board", "publish", "--runs", submitted, "--release", FIRST))
    assert f"{run.run_id} holds items that may not be redistributed, and must not lie in a checkout: three" in told


def test_answers_of_others_are_refused_where_everybody_reads_them(
    workshop: Workshop, submitted: Path, call: Call
) -> None:
    for path in submitted.iterdir():
        as_imported(RunFolder(path))
    workshop.board(protocol="recorded:somewhere")
    assert "holds answers that others recorded" in refused(
        call("board", "publish", "--runs", submitted, "--release", FIRST)
    )


def test_a_store_among_the_runs_is_refused_where_everybody_reads_it(
    workshop: Workshop, submitted: Path, call: Call
) -> None:
    shutil.copy(workshop.out / "responses.sqlite", submitted)
    told = refused(call("board", "publish", "--runs", submitted, "--release", FIRST))
    assert f"{submitted / 'responses.sqlite'} is no run folder, and everybody may read it" in told


# Comparing


def test_results_of_different_boards_are_refused(publish: Callable[..., Any], call: Call) -> None:
    publish(FIRST)
    body = json.loads((RELEASES / FIRST / "made.json").read_text(encoding="utf-8"))
    body["board"]["id"] = "other"
    Path("other.json").write_text(json.dumps(body), encoding="utf-8")
    told = refused(call("board", "diff", RELEASES / FIRST / "made.json", "other.json"))
    assert told.startswith("these results are of different boards: made and other.")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "seahelm-lite/board-results/1"}', "null"])
def test_what_is_no_board_results_is_refused_by_name(content: str, publish: Callable[..., Any], call: Call) -> None:
    publish(FIRST)
    Path("bad.json").write_text(content, encoding="utf-8")
    assert refused(call("board", "diff", RELEASES, "bad.json")).startswith("bad.json: is not board results")


def test_a_place_that_is_none_is_refused_by_name(call: Call) -> None:
    assert refused(call("board", "diff", "nowhere", "nowhere.json")).startswith("nowhere: cannot be read")
    Path("empty").mkdir()
    assert refused(call("board", "diff", "empty", "empty")).startswith("empty: holds no board results")
    assert call("board", "diff", "only-one").status == 2


def test_a_single_board_is_compared_with_that_of_a_release(publish: Callable[..., Any], call: Call) -> None:
    publish(FIRST)
    text = (RELEASES / FIRST / "made.json").read_text(encoding="utf-8")
    (RELEASES / FIRST / "other.json").write_text(text.replace('"id":"made"', '"id":"other"'), encoding="utf-8")
    told = json.loads(call("board", "diff", RELEASES, RELEASES / FIRST / "made.json", "--json").out)
    assert ([board["board"] for board in told["boards"]], told["boards_removed"]) == (["made"], [])


def test_nothing_that_changed_is_told_in_two_lines(publish: Callable[..., Any], call: Call) -> None:
    publish(FIRST)
    called = call("board", "diff", RELEASES, RELEASES)
    assert called.out.splitlines() == [
        f"made: release {FIRST} (2 models, 2 ranked) → release {FIRST} (2 models, 2 ranked)",
        "unchanged: 2 models, 4 cells",
    ]


def test_the_cells_of_a_task_that_changed_for_one_reason_are_one_line(workshop: Workshop, call: Call) -> None:
    runs = ("baseline:longest", "baseline:majority")
    for version, documents, release in (("1.0", 12, FIRST), ("1.1", 14, SECOND)):
        workshop.task("one", version=version, documents=documents)
        out = workshop.root / release
        for model in runs:
            workshop.run(model, out)
        called = call("board", "publish", "--runs", out, "--release", release)
    lines = [line.rstrip() for line in called.out.splitlines()]
    (row,) = [line for line in lines[lines.index("Cells that changed") :] if line.startswith("one ")]
    assert row.split()[:2] == ["one", "2"]
    assert "version of the task 1.0 → 1.1; other data (" in row


def test_a_name_in_brackets_or_with_controls_is_printed_as_it_is(
    workshop: Workshop, publish: Callable[..., Any]
) -> None:
    publish(FIRST)
    hostile = "[bold]a\x1b[31m"
    edit(_run(workshop, "some"), "manifest.json", lambda body: body["model"].update(name=hostile))
    called = publish(SECOND)
    assert "\x1b[31m" not in called.out
    assert "[bold]a⟨U+001B⟩[31m" in called.out


def _tampered(folder: RunFolder) -> None:
    table = pq.read_table(folder.path / "samples" / "one@gen-letter.parquet")
    pq.write_table(pa.concat_tables([table, table]), folder.path / "samples" / "one@gen-letter.parquet")
    folder.seal()


def test_samples_that_are_not_those_of_the_scores_leave_a_run_out(
    workshop: Workshop, publish: Callable[..., Any]
) -> None:
    _tampered(_run(workshop, "some"))
    told = refused(publish(FIRST))
    assert _run(workshop, "some").run_id in told
    _nothing_published()
