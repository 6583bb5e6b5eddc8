"""Files that lm-eval writes with --log_samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import RecordedAnswer, Shown
from seahelm_lite.models.recorded.formats import log_format
from seahelm_lite.records import Failure, Response
from tests.conftest import REPOSITORY
from tests.hash_model import HashModel
from tests.models.recorded.lm_eval_files import OURS, TIME, generated, likelihoods, line, of, results
from tests.models.recorded.reading import lines, read, response

UPSTREAM = {"question": "1+1?", "a": "1", "b": "2", "c": "3", "d": "", "subject": "ic", "answer": "b"}
"""A row as the source of thai_exam_ic has it."""


def test_the_results_of_the_same_run_are_asked_for() -> None:
    asked = log_format("lm-eval").siblings(f"samples_regional_basics_ms@gen-letter_{TIME}.jsonl")
    assert list(asked) == [f"results_{TIME}.json"]
    assert not log_format("lm-eval").siblings("answers.jsonl")


def test_log_likelihoods_come_one_for_each_option() -> None:
    [answer] = of(likelihoods(OURS, [" A", " B"], ["-1.5", "-0.25"]))
    assert answer.form.kind == "likelihood"
    assert answer.row == "regional_basics/items/ms.jsonl#0"
    assert answer.shown == Shown("Ibu negara Malaysia?", ("Ipoh", "Kuala Lumpur"))
    assert answer.outcomes == (
        Response(loglikelihood=-1.5, is_greedy=False),
        Response(loglikelihood=-0.25, is_greedy=False),
    )
    assert [(request.context, request.continuation) for request in answer.requests] == [
        ("Soalan", " A"),
        ("Soalan", " B"),
    ]


@pytest.mark.parametrize("value", ["nan", "-inf"])
def test_a_log_likelihood_that_is_no_number_fails_the_document(value: str) -> None:
    [answer] = of(likelihoods(OURS, [" A", " B"], ["-1.5", value]))
    assert len(answer.outcomes) == 2
    assert all(isinstance(outcome, Failure) for outcome in answer.outcomes)


def test_the_protocol_of_an_exported_task_is_no_part_of_its_name() -> None:
    task = "regional_basics_ms@gen-letter"
    [answer] = of(generated(OURS, "B."), task=task, beside=results(task, shots=3))
    assert (answer.task, answer.model, answer.shots) == ("regional_basics_ms", "org/some-model", 3)
    assert answer.form.kind == "letter"
    assert answer.outcomes == (Response(text="B."),)
    assert answer.requests[0].params == {"stop": ["\n\n"], "max_tokens": 64}


def test_replies_to_one_request_are_repeats() -> None:
    answers = of(generated(OURS, "A", "B"))
    assert [(answer.repeat, response(answer.outcomes[0]).text) for answer in answers] == [(0, "A"), (1, "B")]


def test_a_document_without_options_is_answered_by_a_text() -> None:
    document = {"id": "Sarawak201801.txt#0", "language": "ms", "question": "Nya ngambik ikan.", "reference": "Dia …"}
    [answer] = of(generated(document, "Dia mengambil ikan."), task="malay_dialect_sarawak")
    assert answer.form.kind == "text"


def test_a_conversation_in_a_list_is_kept_as_the_prompt() -> None:
    chat = '[{"role": "user", "content": "Soalan"}]'
    [answer] = of(line(OURS, [([chat], {"until": []})], [["B"]]))
    assert answer.requests[0].context == chat


def test_lines_of_further_filters_are_not_counted_again() -> None:
    rows = [generated(OURS, "B", filter=name) for name in ("strict-match", "flexible-extract")]
    assert len(of(*rows)) == 1


def test_another_copy_of_the_data_is_read_as_the_card_says() -> None:
    [answer] = of(generated(UPSTREAM, "B"), task="thai_exam_ic")
    assert answer.row is None
    assert answer.shown == Shown("1+1?", ("1", "2", "3", ""))


@pytest.mark.parametrize("said", [["1", "2", "3", ""], [" A", " B", " C", " D"], ["ก.", "ข.", "ค.", "ง."]])
def test_log_likelihoods_of_blank_options_are_left_out(said: list[str]) -> None:
    [answer] = of(likelihoods(UPSTREAM, said, ["-1", "-2", "-3", "-4"]), task="thai_exam_ic")
    assert [response(outcome).loglikelihood for outcome in answer.outcomes] == [-1, -2, -3]


def test_log_likelihoods_of_other_continuations_are_refused() -> None:
    with pytest.raises(LogError, match="neither the options nor their letters"):
        of(likelihoods(UPSTREAM, ["2", "1", "3", ""], ["-1", "-2", "-3", "-4"]), task="thai_exam_ic")


def test_documents_that_only_a_passage_tells_apart_need_our_ids() -> None:
    document = {"id": 5, "text": "Rancak bana!", "label": "positive"}
    with pytest.raises(LogError, match="cannot be told apart"):
        of(generated(document, "A"), task="nusax_senti_min")


@pytest.mark.parametrize(
    ("name", "beside", "declared", "option"),
    [
        (f"samples_regional_basics_ms_{TIME}.jsonl", (), {}, "--model"),
        # lm-eval makes a name up where the arguments hold none.
        (f"samples_regional_basics_ms_{TIME}.jsonl", (results("x", name="qdpv68r5", args={}),), {}, "--model"),
        (f"samples_regional_basics_ms_{TIME}.jsonl", (), {"model": "m"}, "--shots"),
        ("answers.jsonl", (), {"model": "m", "shots": 0}, "--task"),
    ],
)
def test_what_is_not_said_is_asked_for(name: str, beside: Any, declared: dict[str, Any], option: str) -> None:
    with pytest.raises(LogError, match=f"Give it with {option}"):
        read("lm-eval", name, lines([generated(OURS, "B")]), *beside, **declared)


def test_a_task_that_is_not_ours_is_refused_with_the_option_that_names_one() -> None:
    with pytest.raises(LogError, match=r"no task 'thai_exam'.*--task"):
        of(generated(UPSTREAM, "B"), task="thai_exam")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (generated({"question": "1+1?"}, "B"), "columns that thai_exam_ic is read from"),
        ({"doc": OURS, "resps": [["B"]]}, "'arguments' is missing"),
        (line(OURS, [], []), "'arguments' is empty"),
        (line(OURS, [("Soalan", {})], []), "does not hold a reply"),
        (line(OURS, [("Soalan", " A"), ("Soalan", " B")], [["-1"], ["-1", "-2"]]), "different numbers of times"),
        (line(OURS, [("Soalan", " A"), ("Soalan", " B")], [["x"], ["y"]]), "no pair"),
        (likelihoods(OURS, [" A"], ["-1"]), "1 log-likelihoods are logged for 2 options"),
        (line(OURS, [("Soalan", {})], [[3]]), "a reply is no text"),
    ],
)
def test_a_damaged_line_is_refused_with_its_place(row: dict[str, Any], told: str) -> None:
    with pytest.raises(LogError, match=rf"samples_thai_exam_ic_.*jsonl:1: .*{told}"):
        of(row, task="thai_exam_ic")


def test_half_a_line_is_refused() -> None:
    data = lines([generated(OURS, "B")]) + lines([generated(OURS, "B")])[:40]
    with pytest.raises(LogError, match=":2: is no JSON"):
        read("lm-eval", f"samples_regional_basics_ms_{TIME}.jsonl", data, results("regional_basics_ms"))


@pytest.mark.parametrize(("data", "told"), [(b"[]", "no results file"), (b'{\n"n-shot', r"\.json:2: is no JSON")])
def test_a_damaged_results_file_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(LogError, match=told):
        of(generated(OURS, "B"), beside=(f"results_{TIME}.json", data))


def test_what_lm_eval_itself_writes_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import lm_eval
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    manager = TaskManager(include_path=str(REPOSITORY / "tasks"), include_defaults=False)
    tracker = EvaluationTracker(output_path=str(tmp_path))
    arguments = {
        "model_source": "hash",
        "model_args": "pretrained=org/hash",
        "system_instruction": "",
        "chat_template": "",
    }
    tracker.general_config_tracker.log_experiment_args(**arguments, fewshot_as_multiturn=False)
    got = lm_eval.simple_evaluate(
        HashModel(), tasks=["regional_basics_ms"], task_manager=manager, log_samples=True, bootstrap_iters=0
    )
    samples = got.pop("samples")
    got["config"]["model_args"] = "pretrained=org/hash"
    tracker.save_results_aggregated(results=got, samples=samples)
    tracker.save_results_samples("regional_basics_ms", samples["regional_basics_ms"])
    [log] = tmp_path.rglob("samples_*.jsonl")
    [name] = log_format("lm-eval").siblings(log.name)
    answers = read("lm-eval", log.name, log.read_bytes(), (name, log.with_name(name).read_bytes()))
    assert len(answers) == 25
    assert {(answer.model, answer.shots, answer.form.kind) for answer in answers} == {("org/hash", 0, "likelihood")}
    assert [chosen(answer) for answer in answers] == [picked(sample) for sample in samples["regional_basics_ms"]]


def chosen(answer: RecordedAnswer) -> tuple[str | None, float]:
    return answer.row, max(response(outcome).loglikelihood or 0.0 for outcome in answer.outcomes)


def picked(sample: dict[str, Any]) -> tuple[str, float]:
    return sample["doc"]["id"], max(float(value) for value, _ in sample["filtered_resps"])
