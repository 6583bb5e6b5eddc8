"""Two runs on the same documents."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score

from seahelm_lite import compare, load_run
from seahelm_lite.errors import RunFolderError
from tests.comparisons.making import Runs, bits
from tests.loopback import Canned, ChatServer, Seen, chat

BY_PASSAGE: dict[str, Any] = {"document": {"cluster": "passage"}}


def only(told: dict[str, Any]) -> Any:
    """The one difference of the one task."""
    (task,) = told["tasks"]
    (difference,) = task["differences"]
    return difference


def test_right_or_wrong_documents_are_compared_by_mcnemars_exact_test(tmp_path: Path) -> None:
    runs = Runs(tmp_path, documents=20)
    first, second = [1] * 12 + [0] * 8, [1] * 2 + [0] * 10 + [1] * 1 + [0] * 7
    told = compare(runs.run("a", small=first), runs.run("b", small=second)).to_json()
    found = only(told)
    assert [value["value"] for value in told["tasks"][0]["values"]] == [0.6, 0.15]
    assert (found["value"], found["n"], found["test"]) == (0.45, 20, "exact-binomial")
    assert found["p"] == pytest.approx(stats.binomtest(10, 11).pvalue)
    paired = stats.ttest_rel(first, second).confidence_interval()
    assert found["ci95"] == pytest.approx([paired.low, paired.high])


def test_documents_of_a_passage_stand_and_fall_together(tmp_path: Path) -> None:
    runs = Runs(tmp_path, documents=12, small=BY_PASSAGE)
    first, second = np.array([1, 1] * 5 + [1, 0]), np.array([0, 0] * 2 + [1, 0] * 2 + [0, 1] * 2)
    found = only(compare(runs.run("a", small=first.tolist()), runs.run("b", small=second.tolist())).to_json())
    sums = (first - second).reshape(6, 2).sum(axis=1)
    wanted = stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert (found["p"], found["test"], found["n_clusters"]) == (pytest.approx(wanted.pvalue), "exact-swap", 6)
    fit = sm.OLS(first - second, np.ones(12)).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(range(6), 2)}, use_t=True
    )
    assert found["ci95"] == pytest.approx(list(fit.conf_int()[0]))


def test_repeats_are_averaged_within_each_document(tmp_path: Path) -> None:
    runs = Runs(tmp_path, documents=4)
    once = runs.run("once", small=[1, 0, 0, 1])
    thrice = runs.run("thrice", small={0: [1, 1, 0, 0], 1: [1, 0, 0, 0], 2: [1, 0, 0, 0]}, repeats=3)
    told = compare(once, thrice).to_json()
    assert only(told)["value"] == pytest.approx(np.mean([0, -1 / 3, 0, 1]))
    assert any("repeats are averaged" in note for note in told["notes"])


def test_f1_is_compared_as_f1(tmp_path: Path) -> None:
    runs = Runs(tmp_path, documents=10, small={"metrics": ["macro_f1"]})
    first, second = [1, 1, 1, 0, 1, 1, 1, 0, 1, 1], [1, 0, 0, 0, 1, 0, 1, 1, 0, 0]
    gold = np.arange(10) % 2
    said = [np.where(np.array(right) == 1, gold, 1 - gold) for right in (first, second)]
    wanted = f1_score(gold, said[0], average="macro") - f1_score(gold, said[1], average="macro")
    found = only(compare(runs.run("a", small=first), runs.run("b", small=second)).to_json())
    assert (found["value"], found["ci_method"]) == (pytest.approx(wanted), "cluster-bootstrap")
    assert found["ci95"][0] < wanted < found["ci95"][1]


def test_the_mean_over_tasks_is_compared_with_the_variance_of_their_differences(tmp_path: Path) -> None:
    generator = np.random.default_rng(5)
    # Clusters of one suite with equal names are one source item, so that each task has to be of a suite of its own.
    runs = Runs(tmp_path, documents=30, one={"suite": "first"}, two={"suite": "second"})
    first, second = ({name: generator.integers(0, 2, 30).tolist() for name in ("one", "two")} for _ in range(2))
    told = compare(runs.run("a", **first), runs.run("b", **second)).to_json()
    (mean,) = told["overall"]["differences"]
    parts = [np.array(first[name]) - np.array(second[name]) for name in ("one", "two")]
    # The sum of two means of independent samples is Welch's problem: his interval of one less the other's negative.
    wanted = stats.ttest_ind(parts[0], -parts[1], equal_var=False).confidence_interval()
    value = np.mean([part.mean() for part in parts])
    assert told["overall"]["of"] == [{"task": "one", "share": 0.5}, {"task": "two", "share": 0.5}]
    assert mean["value"] == pytest.approx(value)
    assert mean["ci95"] == pytest.approx([wanted.low / 2, wanted.high / 2])
    assert [one["differences"][0]["tests"] for one in told["tasks"]] == [2, 2]
    assert mean["tests"] == 1


@given(st.integers(0, 2**8 - 1), st.integers(0, 2**8 - 1))
@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_swapping_the_runs_negates_the_difference_and_leaves_the_test(
    tmp_path_factory: pytest.TempPathFactory, first: int, second: int
) -> None:
    runs = Runs(tmp_path_factory.mktemp("swap"), documents=8, small=BY_PASSAGE)
    a, b = runs.run("a", small=bits(first, 8)), runs.run("b", small=bits(second, 8))
    there, back = only(compare(a, b).to_json()), only(compare(b, a).to_json())
    assert there["value"] == -back["value"]
    assert there["p"] == back["p"]
    if there["ci95"] is not None:
        assert there["ci95"] == pytest.approx([-back["ci95"][1], -back["ci95"][0]])


@pytest.mark.parametrize(("metric", "told"), [("acc", False), ("macro_f1", True)])
def test_a_mean_of_scores_by_different_metrics_says_so(tmp_path: Path, metric: str, told: bool) -> None:
    runs = Runs(tmp_path, documents=10, one={"id": "one"}, two={"id": "two", "metrics": [metric]})
    folders = [runs.run(name, one=[1, 0] * 5, two=[1, right] * 5) for name, right in (("a", 1), ("b", 0))]
    notes = " ".join(compare(*folders).notes())
    assert ("the mean of scores by different metrics (acc, macro_f1), each as it is" in notes) == told


def test_a_copy_of_a_run_is_no_different(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    run = runs.run("a", small=[1, 0, 1, 1, 0, 0])
    shutil.copytree(run, tmp_path / "copies" / run.name)
    found = only(compare(run, tmp_path / "copies" / run.name).to_json())
    assert (found["value"], found["p"], found["p_holm"]) == (0, 1, 1)
    assert found["ci95"] is None
    assert "says nothing of the uncertainty" in found["reason"]


# What is not compared


def test_a_task_that_only_one_run_has_is_named(tmp_path: Path) -> None:
    runs = Runs(tmp_path, one={}, two={})
    a, b = runs.run("a", one=[1] * 6, two=[1] * 6), runs.run("b", one=[0] * 6)
    told = compare(a, b).to_json()
    assert [one["task"] for one in told["tasks"]] == ["one"]
    (absent,) = told["not_compared"]
    assert absent["task"] == "two"
    assert [(one["run"], one["reason"]) for one in absent["lacking"]] == [
        (a.name, "the only run with a value"),
        (b.name, "not asked in this run"),
    ]


def test_an_incomplete_task_has_no_value_and_says_so(tmp_path: Path) -> None:
    runs = Runs(tmp_path, one={}, two={})
    a = runs.run("a", one=[1] * 6, two=[1] * 6)
    b = runs.run("b", one=[0] * 6, two=[0] * 5)
    compared = compare(a, b)
    assert not compared.complete
    (absent,) = compared.to_json()["not_compared"]
    assert "incomplete: 1 of 6 answers ended in error" in absent["lacking"][1]["reason"]


def test_other_data_is_another_question(tmp_path: Path) -> None:
    before, after = Runs(tmp_path / "before"), Runs(tmp_path / "after", documents=8)
    a, b = before.run("a", small=[1] * 6), after.run("b", small=[1] * 8)
    with pytest.raises(RunFolderError, match=r"nothing to compare; small in gen-letter, 0 shots: .*other data"):
        compare(a, b)


def test_another_version_of_the_task_is_another_question(tmp_path: Path) -> None:
    before, after = Runs(tmp_path / "before"), Runs(tmp_path / "after")
    path = next((tmp_path / "after" / "tasks").rglob("*.yaml"))
    path.write_text(path.read_text().replace("version: '1.0'", "version: '2.0'"))
    a, b = before.run("a", small=[1] * 6), after.run("b", small=[1] * 6)
    with pytest.raises(RunFolderError, match=r"version 1\.0 of the task, where replay-b has 2\.0"):
        compare(a, b)


def test_runs_without_a_task_in_common_have_nothing_to_compare(tmp_path: Path) -> None:
    runs = Runs(tmp_path, one={}, two={})
    with pytest.raises(RunFolderError, match=r"nothing to compare; one in gen-letter.*replay-b: not asked in this run"):
        compare(runs.run("a", one=[1] * 6), runs.run("b", two=[1] * 6))


def test_runs_of_other_subsets_are_compared_on_the_documents_that_both_have(tmp_path: Path) -> None:
    runs = Runs(tmp_path, documents=12)
    right = [1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0]
    whole, part = runs.run("whole", small=right), runs.run("part", small=right, limit=4)
    compared = compare(whole, part)
    found = only(compared.to_json())
    assert (found["n"], found["value"]) == (4, 0)
    assert "small: on the 4 documents that all have (replay-whole has 8 more)" in compared.notes()


def test_the_same_protocol_asked_in_other_words_is_not_compared(tmp_path: Path) -> None:
    runs = Runs(tmp_path)

    async def letter(seen: Seen) -> Canned:
        return Canned(chat("A"))

    with ChatServer(letter) as server:

        def ask(name: str, **settings: Any) -> Path:
            return runs.ask(f"openai:{server.base_url}#{name}", "small", **settings)

        plain, longer, told = ask("a"), ask("b", max_tokens=7), ask("c", system_prompt="Jawab.")
        assert only(compare(plain, ask("d")).to_json())["p"] == 1
        # Whoever answers by document was asked in no words at all.
        assert only(compare(plain, runs.run("replay", small=[1] * 6)).to_json())["n"] == 6
    for other, why in ((longer, "another max tokens"), (told, "another system prompt")):
        with pytest.raises(RunFolderError, match=f"a: asked with {why} than"):
            compare(plain, other)


# Runs that are none


def test_one_run_the_same_run_twice_and_no_run_are_refused(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    run = runs.run("a", small=[1] * 6)
    with pytest.raises(RunFolderError, match="two or more runs are needed"):
        compare(run)
    with pytest.raises(RunFolderError, match=f"{run.name}: is named twice"):
        compare(run, f"{run}/")
    with pytest.raises(RunFolderError, match="there is no run here"):
        compare(run, tmp_path)


def test_a_run_that_was_edited_or_has_lost_its_seal_is_refused(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    a, b = runs.run("a", small=[1] * 6), runs.run("b", small=[0] * 6)
    seal = (b / "MANIFEST.sha256").read_bytes()
    (b / "MANIFEST.sha256").unlink()
    with pytest.raises(RunFolderError, match="is complete and has no seal"):
        compare(a, b)
    (b / "MANIFEST.sha256").write_bytes(seal)
    scores = b / "scores.json"
    scores.write_text(scores.read_text().replace('"value": 0.0', '"value": 1.0'))
    with pytest.raises(RunFolderError, match=r"is not as it was finished: scores.json has changed"):
        compare(a, b)


def test_an_unsealed_manifest_of_nonsense_is_a_sentence(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    a, b = runs.run("a", small=[1] * 6), runs.run("b", small=[0] * 5)
    manifest = json.loads((b / "manifest.json").read_text())
    del manifest["tasks"][0]["data_sha256"]
    (b / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunFolderError, match="not as this version reads them"):
        compare(a, b)


def test_a_run_of_an_earlier_version_has_no_word_on_training_but_its_name(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    folders = [runs.run(name, small=[1, 0, 1, 0, 1, 0]) for name in ("step_3", "step_1", "step_2")]
    assert all(load_run(folder).manifest["model"]["training"] is None for folder in folders)
    assert [run["position"] for run in compare(*folders).to_json()["runs"]] == [1, 2, 3]
