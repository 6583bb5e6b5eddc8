"""What the results file of an lm-eval run says of the model, and what the user may say instead."""

from __future__ import annotations

from typing import Any

import pytest

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import RecordedAnswer
from tests.models.recorded.lm_eval_files import OURS, TIME, generated, of, results
from tests.models.recorded.reading import lines, read


def as_ours(**declared: Any) -> list[RecordedAnswer]:
    task = "regional_basics_ms"
    return read("lm-eval", f"samples_{task}_{TIME}.jsonl", lines([generated(OURS, "B")]), results(task), **declared)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"model": "m"}, "says the model is org/some-model, but --model says m"),
        ({"task": "regional_basics_id"}, "says the task is regional_basics_ms, but --task says regional_basics_id"),
        ({"shots": 5}, "says the number of examples is 0, but --shots says 5"),
    ],
)
def test_what_the_log_says_cannot_be_overridden(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(LogError, match=rf"jsonl: {told}"):
        as_ours(**declared)


def test_what_the_log_says_may_be_said_again() -> None:
    [answer] = as_ours(model="org/some-model", task="regional_basics_ms@gen-letter", shots=0)
    assert (answer.model, answer.task, answer.shots) == ("org/some-model", "regional_basics_ms", 0)


def test_a_model_whose_folder_alone_is_logged_may_be_named() -> None:
    folder = "/models/llama/final"
    beside = results("regional_basics_ms", name=folder, args={"pretrained": folder})
    [answer] = of(generated(OURS, "B"), beside=beside, model="llama")
    assert answer.model == "llama"


def of_model(name: str, args: Any) -> RecordedAnswer:
    [answer] = of(generated(OURS, "B"), beside=results("regional_basics_ms", name=name, args=args))
    return answer


def test_models_whose_folders_are_called_alike_are_told_apart() -> None:
    one, other = (of_model(path, {"pretrained": path}) for path in ("/models/llama/final", "/models/qwen/final"))
    assert one.model == other.model == "final"
    assert one.model_sha256 != other.model_sha256
    assert one.model_sha256 == of_model("/models/llama/final", {"pretrained": "/models/llama/final"}).model_sha256


def test_models_with_other_arguments_are_told_apart() -> None:
    args = [{"pretrained": "org/m", "revision": revision} for revision in ("a", "b")]
    one, other = (of_model("org/m", each) for each in args)
    assert one.model_sha256 != other.model_sha256


def test_a_name_that_lm_eval_made_up_tells_no_models_apart() -> None:
    made_up = [results("regional_basics_ms", name=name, args={}) for name in ("qdpv68r5", "x91ab2c3")]
    answers = [of(generated(OURS, "B"), beside=beside, model="m")[0] for beside in made_up]
    assert len({answer.model_sha256 for answer in answers}) == 1


def test_of_a_folder_only_its_name_is_kept() -> None:
    folder = "/home/somebody/checkpoints/step-100"
    [answer] = of(generated(OURS, "B"), beside=results("regional_basics_ms", name=folder, args={"pretrained": folder}))
    assert answer.model == "step-100"
