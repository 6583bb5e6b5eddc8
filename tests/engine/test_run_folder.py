from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite import runs
from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.run_folder import SEAL, RunFolder, ScoredSample, list_runs
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import RunFolderError
from seahelm_lite.records import STATES, Document, Failure, Outcome, Response, Sample, Usage
from seahelm_lite.sources.where import Where

KEY = "regional_basics_ms@gen-letter"

# Every text that UTF-8 can hold: emoji of several characters, marks without a letter, nought and line separators.
texts = st.text(max_size=20) | st.sampled_from(
    ["", "👩🏽\u200d🔬", "\u0e34", "\u0301e", "e\u0301", "é", "\u0000", "\u2028", "\r\n", "\ufeff", "\U0010ffff"]
)
counts = st.none() | st.integers(0, 2**40)
finite = st.floats(allow_nan=False, allow_infinity=False)

responses = st.builds(
    Response,
    text=st.none() | texts,
    reasoning=st.none() | texts,
    loglikelihood=st.none() | st.floats(allow_nan=False),
    is_greedy=st.none() | st.booleans(),
    joined=st.none() | st.booleans(),
    finish_reason=st.sampled_from([None, "stop", "length", "content_filter"]),
    usage=st.none() | st.builds(Usage, counts, counts, counts, counts),
    latency_s=st.none() | finite,
    model=st.none() | texts,
)
outcomes: st.SearchStrategy[Outcome] = responses | st.builds(Failure, texts)
values = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | finite | texts
documents = st.builds(
    Document,
    id=texts,
    fields=st.dictionaries(texts, values | st.lists(values, max_size=4), max_size=4),
    cluster=texts,
    stratum=texts,
    subgroups=st.dictionaries(texts, texts, max_size=3),
    content_hash=texts,
)
scored_samples = st.builds(
    ScoredSample,
    sample=st.builds(
        Sample,
        document=documents,
        repeat=st.integers(0, 2**31 - 1),
        requests=st.lists(texts, max_size=4).map(tuple),
        outcomes=st.lists(outcomes, max_size=4).map(tuple),
    ),
    state=st.sampled_from(STATES),
    prediction=st.none() | texts,
    note=texts,
    value=st.none() | finite,
)


def a_sample(text: str = "A") -> ScoredSample:
    document = Document("made/up.jsonl#0", {"question": "?", "options": ["a", "b"], "answer": 0}, cluster="c")
    return ScoredSample(Sample(document, 0, ("0" * 64,), (Response(text=text),)), "scored", "0", "alone", 1.0)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A folder with every file of a run, sealed."""
    folder = RunFolder(tmp_path / "out" / "model-0123456789")
    folder.write_manifest({"run": folder.run_id, "status": "complete"})
    folder.write_samples(KEY, [a_sample()])
    folder.write_scores([{"task": "regional_basics_ms", "value": 1.0}])
    folder.seal()
    return folder


# Samples


@given(written=st.lists(scored_samples, max_size=4))
def test_samples_come_back_exactly_as_they_were_written(
    written: list[ScoredSample], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    folder.write_samples(KEY, written)
    assert folder.read_samples(KEY) == written


def test_numbers_keep_their_kind(folder: RunFolder) -> None:
    # 1, 1.0 and True are equal, so the round trip above would not see one become another.
    document = Document("made/up.jsonl#0", {"integer": 1, "float": 1.0, "truth": True}, cluster="c")
    folder.write_samples(KEY, [replace(a_sample(), sample=Sample(document, 0, (), ()))])
    (back,) = folder.read_samples(KEY)
    assert [type(value) for value in back.sample.document.fields.values()] == [int, float, bool]


def test_samples_are_in_one_file_named_by_task_and_protocol(folder: RunFolder) -> None:
    assert [path.name for path in (folder.path / "samples").iterdir()] == [f"{KEY}.parquet"]


def test_a_missing_samples_file_is_named(folder: RunFolder) -> None:
    with pytest.raises(RunFolderError, match=r"other@gen\.parquet"):
        folder.read_samples("other@gen")


def test_a_damaged_samples_file_is_named(folder: RunFolder) -> None:
    path = folder.path / "samples" / f"{KEY}.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RunFolderError, match="cannot be read") as caught:
        folder.read_samples(KEY)
    assert caught.value.where == str(path)


# The seal


def test_a_sealed_run_has_not_changed(folder: RunFolder) -> None:
    assert folder.is_sealed()
    assert folder.unsealed_changes() == []


def test_the_seal_is_in_the_format_of_sha256sum_and_covers_every_file_but_itself(folder: RunFolder) -> None:
    lines = (folder.path / SEAL).read_text(encoding="utf-8").splitlines()
    assert [line.split("  ", 1)[1] for line in lines] == [
        "manifest.json", f"samples/{KEY}.parquet", "scores.json",
    ]  # fmt: skip
    assert all(len(line.split("  ", 1)[0]) == 64 for line in lines)


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.mark.parametrize("name", ["manifest.json", "scores.json", f"samples/{KEY}.parquet"])
@pytest.mark.parametrize(("harm", "fault"), [(append, "has changed"), (Path.unlink, "is missing")])
def test_a_file_that_changed_or_is_gone_is_named(
    name: str, harm: Callable[[Path], None], fault: str, folder: RunFolder
) -> None:
    harm(folder.path / name)
    assert folder.unsealed_changes() == [f"{name} {fault}"]


@pytest.mark.parametrize("name", ["notes.txt", "samples/other@gen.parquet"])
def test_a_file_that_was_added_is_named(name: str, folder: RunFolder) -> None:
    (folder.path / name).write_text("mine", encoding="utf-8")
    assert folder.unsealed_changes() == [f"{name} was added"]


def test_every_change_is_named_at_once(folder: RunFolder) -> None:
    append(folder.path / "scores.json")
    (folder.path / "manifest.json").unlink()
    (folder.path / "b.txt").touch()
    (folder.path / "a.txt").touch()
    assert folder.unsealed_changes() == [
        "manifest.json is missing", "scores.json has changed", "a.txt was added", "b.txt was added",
    ]  # fmt: skip


def test_a_run_without_a_seal_never_finished(folder: RunFolder) -> None:
    (folder.path / SEAL).unlink()
    assert not folder.is_sealed()
    with pytest.raises(RunFolderError, match=r"has no seal, so it never finished\. Resume it\."):
        folder.unsealed_changes()


# Scores that are made again


def test_further_scores_stand_beside_the_sealed_ones(folder: RunFolder) -> None:
    first = (folder.path / "scores.json").read_bytes()
    added = [folder.add_scores([{"value": number}]) for number in (0.1, 0.2, 0.3)]
    assert [path.relative_to(folder.path).as_posix() for path in added] == [
        "scores/1.json", "scores/2.json", "scores/3.json",
    ]  # fmt: skip
    assert (folder.path / "scores.json").read_bytes() == first
    assert folder.unsealed_changes() == []


def test_further_scores_that_were_sealed_with_the_run_are_not_written_over(folder: RunFolder) -> None:
    sealed = folder.add_scores([{"value": 0.1}])
    folder.seal()
    assert folder.add_scores([{"value": 0.2}]).name == "2.json"
    append(sealed)
    assert folder.unsealed_changes() == ["scores/1.json has changed"]


@pytest.fixture(scope="module")
def run(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    """A real run of a baseline."""
    return runs.execute(prepared(catalog, tmp_path_factory.mktemp("out")))


def prepared(catalog: Catalog, out: Path) -> runs.Prepared:
    where = Where(mirror=None, cache=out / "cache", offline=True, task_roots=catalog.roots)
    return runs.prepare(
        RunSpec(model="baseline:longest", suites=("regional_basics",)), catalog=catalog, where=where, out=out
    )


def test_a_run_scored_again_from_its_folder_alone_has_the_same_scores(run: runs.Run) -> None:
    before = (run.folder.path / "scores.json").read_bytes()
    path, again = runs.score_again(run.folder.path)
    assert path == run.folder.path / "scores" / "1.json"
    assert again.scores == run.scores
    assert path.read_bytes() == before
    assert runs.same_scores(run.folder.path)
    assert run.folder.unsealed_changes() == []


def test_two_runs_of_the_same_have_the_same_scores_byte_for_byte(
    run: runs.Run, catalog: Catalog, tmp_path: Path
) -> None:
    again = runs.execute(prepared(catalog, tmp_path))
    assert again.folder.run_id == run.folder.run_id
    assert (again.folder.path / "scores.json").read_bytes() == (run.folder.path / "scores.json").read_bytes()


def test_a_run_that_was_killed_before_its_seal_is_finished_when_it_is_asked_for_again(
    catalog: Catalog, tmp_path: Path
) -> None:
    first = runs.execute(prepared(catalog, tmp_path))
    scores = (first.folder.path / "scores.json").read_bytes()
    (first.folder.path / SEAL).unlink()
    again = runs.execute(prepared(catalog, tmp_path))
    assert again.folder.is_sealed()
    assert [session["requests_sent"] for session in again.manifest["sessions"]] == [125, 0]
    assert (again.folder.path / "scores.json").read_bytes() == scores


# Reading what others wrote


@pytest.mark.parametrize(("name", "read"), [("manifest.json", RunFolder.manifest), ("scores.json", RunFolder.scores)])
@pytest.mark.parametrize("version", ["2", "10"])
def test_a_file_of_a_newer_version_is_refused_with_what_to_do(
    version: str, name: str, read: Callable[[RunFolder], Any], folder: RunFolder
) -> None:
    body = json.loads((folder.path / name).read_text(encoding="utf-8"))
    body["schema"] = newer = body["schema"].removesuffix("1") + version
    (folder.path / name).write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(RunFolderError, match=newer) as caught:
        read(folder)
    assert caught.value.where == str(folder.path / name)
    assert caught.value.remedy == "Update seahelm-lite, or use the version that wrote it."


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b"null"])
def test_a_file_that_is_no_manifest_is_refused_by_name(content: bytes, folder: RunFolder) -> None:
    (folder.path / "manifest.json").write_bytes(content)
    with pytest.raises(RunFolderError) as caught:
        folder.manifest()
    assert caught.value.where == str(folder.path / "manifest.json")


def test_a_folder_without_a_manifest_is_no_run(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "out" / "notes").mkdir()
    (tmp_path / "out" / "responses.sqlite").touch()
    assert [found.run_id for found in list_runs(tmp_path / "out")] == [folder.run_id]
    assert list_runs(tmp_path / "nowhere") == []
    with pytest.raises(RunFolderError, match="there is no run here"):
        RunFolder(tmp_path / "out" / "notes").manifest()


def test_texts_are_written_as_they_are_and_read_back(folder: RunFolder) -> None:
    folder.write_scores([{"reason": "ไม่มี 👩🏽\u200d🔬"}])
    assert "ไม่มี 👩🏽\u200d🔬" in (folder.path / "scores.json").read_text(encoding="utf-8")
    assert folder.scores()["scores"] == [{"reason": "ไม่มี 👩🏽\u200d🔬"}]


# Writing that fails

WRITERS: list[tuple[str, Callable[[RunFolder], object]]] = [
    ("manifest.json", lambda folder: folder.write_manifest({"status": "running"})),
    ("scores.json", lambda folder: folder.write_scores([{"value": 0.5}])),
    (f"samples/{KEY}.parquet", lambda folder: folder.write_samples(KEY, [a_sample("B")])),
    (SEAL, RunFolder.seal),
]
each_writer = pytest.mark.parametrize(("name", "write"), WRITERS, ids=[name for name, _ in WRITERS])


@each_writer
def test_a_write_that_fails_at_its_last_step_leaves_the_old_file(
    name: str, write: Callable[[RunFolder], object], folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (folder.path / name).read_bytes()

    def fail(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(RunFolderError, match="No space left on device") as caught:
        write(folder)
    assert caught.value.where == str(folder.path / name)
    assert (folder.path / name).read_bytes() == old


@each_writer
def test_a_write_that_fails_midway_leaves_the_old_file(
    name: str, write: Callable[[RunFolder], object], folder: RunFolder
) -> None:
    old = (folder.path / name).read_bytes()
    # A folder where the unfinished file would be keeps anybody from writing it, whoever runs the tests.
    (folder.path / f"{name}.partial").mkdir()
    with pytest.raises(RunFolderError):
        write(folder)
    assert (folder.path / name).read_bytes() == old


@each_writer
def test_a_write_that_succeeds_leaves_nothing_unfinished_behind(
    name: str, write: Callable[[RunFolder], object], folder: RunFolder
) -> None:
    write(folder)
    assert not list(folder.path.rglob("*.partial"))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_never_written(value: float, folder: RunFolder) -> None:
    old = (folder.path / "scores.json").read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        folder.write_scores([{"value": value}])
    assert (folder.path / "scores.json").read_bytes() == old


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(RunFolderError, match="cannot be written") as caught:
        RunFolder(tmp_path / "out" / "run").write_manifest({})
    assert "--out" in caught.value.remedy
