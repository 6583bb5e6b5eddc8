"""The batch services of our tests speak as the vendors do: their official clients can use them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.batch_service import BatchServer
from tests.loopback import text_for

MESSAGES: list[Any] = [{"role": "user", "content": "Ibu negara Malaysia?"}]
LETTER = text_for(MESSAGES)[0]


def test_openais_client_hands_in_a_batch_and_reads_its_results() -> None:
    import openai
    from openai.types import Batch
    from openai.types.chat import ChatCompletion

    line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"messages": MESSAGES}}
    with BatchServer("openai") as server, openai.OpenAI(base_url=server.base_url, api_key="k") as client:
        file = client.files.create(file=("requests.jsonl", json.dumps(line).encode()), purpose="batch")
        batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
        seen = [client.batches.retrieve(batch.id) for _ in range(2)]
        assert [one.status for one in seen] == ["in_progress", "completed"]
        for one in (batch, *seen):
            Batch.model_validate(one.model_dump())
        assert seen[1].output_file_id is not None
        (result,) = client.files.content(seen[1].output_file_id).text.splitlines()
    told = json.loads(result)
    assert (told["custom_id"], told["error"], told["response"]["status_code"]) == ("a", None, 200)
    assert ChatCompletion.model_validate({"created": 1, "object": "chat.completion", **told["response"]["body"]})


@pytest.mark.parametrize("ending", ["answered", "errored", "expired"])
def test_anthropics_client_hands_in_a_batch_and_reads_its_results(ending: str) -> None:
    import anthropic
    from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse

    with BatchServer("anthropic", ending=lambda number, text: ending) as server:
        address = server.base_url.removesuffix("/v1")
        with anthropic.Anthropic(base_url=address, api_key="k") as client:
            asked: Any = {"custom_id": "a", "params": {"model": "m", "max_tokens": 8, "messages": MESSAGES}}
            batch = client.messages.batches.create(requests=[asked])
            seen = [client.messages.batches.retrieve(batch.id) for _ in range(2)]
            assert [one.processing_status for one in seen] == ["in_progress", "ended"]
            for one in (batch, *seen):
                TypeAdapter(MessageBatch).validate_python(one.model_dump())
            (result,) = client.messages.batches.results(batch.id)
    TypeAdapter(MessageBatchIndividualResponse).validate_python(result.model_dump())
    kinds = {"answered": "succeeded", "errored": "errored", "expired": "expired"}
    assert (result.custom_id, result.result.type) == ("a", kinds[ending])
    if result.result.type == "succeeded":
        (block,) = result.result.message.content
        assert block.type == "text"
        assert block.text == LETTER
