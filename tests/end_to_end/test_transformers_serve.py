"""A real server that is not ours: `transformers serve`, beside the same weights run by ourselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.access import Access
from seahelm_lite.cli.main import main
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.probe_asking import probe
from seahelm_lite.models.base import Model
from seahelm_lite.models.specs import open_model
from seahelm_lite.records import Message, Outcome, Request, Response
from tests.conftest import SHARED_DATA, skip_without_data
from tests.served import Served, transformers_serve
from tests.tiny_model import save_tiny_llama

pytestmark = pytest.mark.xdist_group("transformers-serve")

PROMPTS = ("Ibu negara Malaysia?", "คำถาม: เมืองหลวง", "A, B, C atau D.")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights whose answers differ from prompt to prompt."""
    return save_tiny_llama(tmp_path_factory.mktemp("weights") / "tiny-chat", chat=True, spread=0.3)


@pytest.fixture(scope="module")
def served(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    pytest.importorskip("uvicorn", reason="needs uvicorn, which the dev extra has")
    with transformers_serve(weights, tmp_path_factory.mktemp("served") / "log") as server:
        yield server


def _run(capsys: pytest.CaptureFixture[str], out: Path, *arguments: str) -> tuple[int, RunFolder]:
    status = main(["run", "--out", str(out), "--json", *arguments])
    return status, RunFolder(Path(json.loads(capsys.readouterr().out)["folder"]))


def _responses(folder: RunFolder, key: str) -> list[Response]:
    outcomes = [outcome for scored in folder.read_samples(key) for outcome in scored.sample.outcomes]
    assert all(isinstance(outcome, Response) for outcome in outcomes), outcomes
    return outcomes  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("task", "protocol"),
    [("regional_basics_ms", "gen-letter"), ("regional_basics_th", "gen-choice"), ("ifeval_id", "gen")],
)
def test_a_run_over_the_api_has_the_answers_of_a_run_of_the_weights(
    task: str,
    protocol: str,
    served: Served,
    weights: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    skip_without_data(task)
    asked = ["--task", task, "--protocol", protocol, "--limit", "4", "--max-tokens", "12", "--mirror", str(SHARED_DATA)]
    status, over_api = _run(capsys, tmp_path, "--model", f"openai:{served.base_url}#{served.model}", *asked)
    assert status == 0
    answers = _responses(over_api, f"{task}@{protocol}")
    assert all(answer.usage and answer.usage.prompt and answer.usage.completion for answer in answers)
    if protocol != "gen-choice":  # which our own backend cannot do, and this server ignores
        status, local = _run(capsys, tmp_path, "--model", f"hf:{weights},device=cpu,dtype=float32", *asked)
        assert status == 0
        ours = _responses(local, f"{task}@{protocol}")
        assert [answer.text for answer in answers] == [answer.text for answer in ours]
        assert [answer.finish_reason for answer in answers] == [answer.finish_reason for answer in ours]


def _access(served: Served, wire: str, **settings: Any) -> Access:
    return Access(
        id="here", kind="local-server", wire=wire, base_url=served.base_url, model_id=served.model, **settings
    )


def _texts(model: Model, requests: list[Request]) -> list[str | None]:
    outcomes: dict[int, Outcome] = {}
    model.answer(requests, outcomes.__setitem__)
    found = [outcomes[index] for index in range(len(requests))]
    assert all(isinstance(outcome, Response) for outcome in found), found
    return [outcome.text for outcome in found if isinstance(outcome, Response)]


PARAMS = {"max_tokens": 12, "temperature": 0}


@pytest.mark.parametrize("wire", ["openai-chat", "openai-completions"])
def test_a_streamed_answer_is_the_whole_one_and_that_of_the_weights(wire: str, served: Served, weights: Path) -> None:
    if wire == "openai-chat":
        requests = [Request("generate", PARAMS, messages=(Message("user", prompt),)) for prompt in PROMPTS]
    else:
        requests = [Request("generate", PARAMS, context=prompt) for prompt in PROMPTS]
    whole = _texts(ApiModel(_access(served, wire)), requests)
    streamed = _texts(ApiModel(_access(served, wire, stream=True)), requests)
    # Half a character at the end, where the limit cut the answer off, is in the server's whole answers alone.
    assert streamed == [text and text.rstrip("\ufffd") for text in whole]
    local = open_model(f"hf:{weights},device=cpu,dtype=float32")
    assert whole == _texts(local, requests)  # type: ignore[arg-type]


def test_echo_is_ignored_by_this_server_and_the_run_is_refused(served: Served) -> None:
    """It takes `echo` and `logprobs`, answers with status 200, and leaves them out: no number may come of that."""
    request = Request("loglikelihood", {}, context=PROMPTS[0], continuation=" A")
    with pytest.raises(ModelError, match="log-likelihood"):
        ApiModel(_access(served, "openai-completions")).answer([request], lambda index, outcome: None)


def test_a_field_that_it_does_not_know_is_told_as_the_server_tells_it(served: Served) -> None:
    request = Request("generate", {**PARAMS, "no_such_field": 1}, messages=(Message("user", PROMPTS[0]),))
    outcomes: list[Outcome] = []
    ApiModel(_access(served, "openai-chat")).answer([request], lambda index, outcome: outcomes.append(outcome))
    assert "HTTP 422" in outcomes[0].cause  # type: ignore[union-attr]
    assert "no_such_field" in outcomes[0].cause  # type: ignore[union-attr]


def test_a_probe_tells_what_the_server_does_though_its_model_follows_no_instruction(served: Served) -> None:
    """It ends after a stop word, tells how long prompts are, and passes over most of what is OpenAI's.

    The model's own settings are greedy at every temperature, so that nothing can be told of temperature and seed.
    """
    access = Access(id="served", wire="openai-chat", base_url=served.base_url, model_id=served.model)
    probed = probe(ApiModel(access))
    assert {finding.what: finding.outcome for finding in probed.findings} == {
        **dict.fromkeys(("stop", "max_tokens", "system role", "streaming", "text in every answer"), "honoured"),
        **dict.fromkeys(("JSON schema", "tools", "log-probabilities"), "ignored"),
        **dict.fromkeys(("temperature 0", "seed"), "unknown"),
        "unknown field": "refused",
    }
    assert probed.complete
