"""The vendors' own clients read our stand-in for the vendors as our client does: so both are right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from seahelm_lite.catalog.access import Access
from seahelm_lite.models.api.client import ApiModel
from seahelm_lite.records import Message, Request, Response
from tests.loopback import ChatServer
from tests.models.api import replies
from tests.models.api.asking import answers

QUESTION = "Ibu negara Malaysia?"


class Read(NamedTuple):
    """What a client made of an answer."""

    text: str
    finish: str
    model: str
    prompt: int
    cached: int | None
    completion: int
    thinking: int | None


SAID = Read(
    *(replies.TEXT, "stop", "m", replies.PROMPT, replies.CACHED, replies.COMPLETION),
    thinking=replies.THINKING,
)


def _root(server: ChatServer) -> str:
    return server.base_url.removesuffix("/v1")


def _openai_usage(usage: Any) -> tuple[int, int, int, int]:
    cached, thinking = usage.prompt_tokens_details.cached_tokens, usage.completion_tokens_details.reasoning_tokens
    return usage.prompt_tokens, cached, usage.completion_tokens, thinking


def _openai_chat(server: ChatServer, streamed: bool) -> Read:
    import openai

    asked: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": QUESTION}]}
    with openai.OpenAI(base_url=server.base_url, api_key="k", max_retries=0) as client:
        if not streamed:
            reply = client.chat.completions.create(**asked)
            choice = reply.choices[0]
            return Read(choice.message.content, choice.finish_reason, reply.model, *_openai_usage(reply.usage))
        chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    (finish,) = [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    return Read(text, finish, chunks[0].model, *_openai_usage(chunks[-1].usage))


def _openai_completions(server: ChatServer, streamed: bool) -> Read:
    import openai

    asked: dict[str, Any] = {"model": "m", "prompt": QUESTION}
    with openai.OpenAI(base_url=server.base_url, api_key="k", max_retries=0) as client:
        if not streamed:
            reply = client.completions.create(**asked)
            choice = reply.choices[0]
            return Read(choice.text, choice.finish_reason, reply.model, *_openai_usage(reply.usage))
        chunks = list(client.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    text = "".join(choice.text for chunk in chunks for choice in chunk.choices)
    (finish,) = [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    return Read(text, finish, chunks[0].model, *_openai_usage(chunks[-1].usage))


def _anthropic(server: ChatServer, streamed: bool) -> Read:
    import anthropic

    asked: dict[str, Any] = {"model": "m", "max_tokens": 16, "messages": [{"role": "user", "content": QUESTION}]}
    with anthropic.Anthropic(base_url=_root(server), api_key="k", max_retries=0) as client:
        if streamed:
            with client.messages.stream(**asked) as stream:
                reply = stream.get_final_message()
        else:
            reply = client.messages.create(**asked)
    text = "".join(block.text for block in reply.content if block.type == "text")
    cached = reply.usage.cache_read_input_tokens
    # The vendor counts neither thinking tokens apart nor cached ones among those of the prompt.
    return Read(
        text, _ENDED[reply.stop_reason], reply.model, reply.usage.input_tokens + cached, cached,
        reply.usage.output_tokens, None,
    )  # fmt: skip


def _gemini(server: ChatServer, streamed: bool) -> Read:
    from google import genai

    # Its own default is v1; ai.google.dev documents v1beta.
    client = genai.Client(api_key="k", http_options={"base_url": _root(server), "api_version": "v1beta"})
    if streamed:
        chunks = list(client.models.generate_content_stream(model="m", contents=QUESTION))
    else:
        chunks = [client.models.generate_content(model="m", contents=QUESTION)]
    text, last = "".join(chunk.text or "" for chunk in chunks), chunks[-1]
    usage, finish = last.usage_metadata, last.candidates[0].finish_reason.value
    return Read(
        text, _ENDED[finish], last.model_version, usage.prompt_token_count, usage.cached_content_token_count,
        usage.candidates_token_count + usage.thoughts_token_count, usage.thoughts_token_count,
    )  # fmt: skip


_ENDED = {"end_turn": "stop", "STOP": "stop"}

OFFICIAL: dict[str, Callable[[ChatServer, bool], Read]] = {
    "openai-chat": _openai_chat,
    "openai-completions": _openai_completions,
    "anthropic-messages": _anthropic,
    "gemini": _gemini,
}
VERSIONED = ("openai-chat", "openai-completions")
"""Wire formats whose base URL ends in the version."""


def _ours(wire: str, server: ChatServer, streamed: bool) -> Read:
    base_url = server.base_url if wire in VERSIONED else _root(server)
    access = Access(id="here", kind="local-server", wire=wire, base_url=base_url, model_id="m", stream=streamed)
    prompt = {"context": QUESTION} if wire == "openai-completions" else {"messages": (Message("user", QUESTION),)}
    request = Request("generate", {"max_tokens": 16, "temperature": 0}, **prompt)  # type: ignore[arg-type]
    (response,) = answers(ApiModel(access), [request])
    assert isinstance(response, Response)
    assert response.usage is not None
    usage = response.usage
    return Read(  # type: ignore[arg-type]
        response.text, response.finish_reason, response.model, usage.prompt, usage.cached, usage.completion,
        usage.reasoning,
    )  # fmt: skip


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("wire", OFFICIAL)
def test_the_vendors_client_and_ours_read_the_same(wire: str, streamed: bool) -> None:
    with ChatServer(replies.vendor()) as server:
        theirs, ours = OFFICIAL[wire](server, streamed), _ours(wire, server, streamed)
        paths = {seen.path for seen in server.requests}
    assert theirs == (SAID._replace(thinking=None) if wire == "anthropic-messages" else SAID)
    assert ours == theirs
    assert len(paths) == 1, f"the vendor's client and ours ask at different places: {paths}"
