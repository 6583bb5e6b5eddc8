"""One client of `api` as a process of its own: `python -m tests.benchmarks.api_side SIDE BASE_URL REQUESTS`.

It sends some requests that are not timed, and then all of them for every line that it reads from standard input, and
tells the seconds of both clocks on standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterable

os.environ["TQDM_DISABLE"] = "1"
os.environ["OPENAI_API_KEY"] = "sk-loopback"
CONNECTIONS = 64
WARM_UP = 256
MODEL = "loopback-1"
Send = Callable[[list[str]], None]
"""Asks all prompts and reads the text of every answer."""


def prompts(count: int) -> list[str]:
    """Questions of some 600 characters, all different."""
    options = "\n".join(f"{letter}. {letter.lower() * 40}" for letter in "ABCD")
    return [f"Soalan {n}: {'apakah ibu negara ' * 20}?\n{options}\nJawab dengan satu huruf." for n in range(count)]


def params() -> dict[str, object]:
    """What every request asks beside its prompt."""
    return {"max_tokens": 16, "temperature": 0, "seed": 0}


def ours(base_url: str) -> Send:
    from seahelm_lite.catalog.access import Access, Auth, Limits
    from seahelm_lite.models.api import ApiModel
    from seahelm_lite.records import Message, Outcome, Request, Response

    auth = Auth(kind="bearer", env="OPENAI_API_KEY")
    limits = Limits(max_concurrency=CONNECTIONS)
    model = ApiModel(
        Access(id="bench", wire="openai-chat", base_url=base_url, model_id=MODEL, auth=auth, limits=limits)
    )
    asked = {name: value for name, value in params().items() if name != "seed"}

    def send(texts: list[str]) -> None:
        def deliver(index: int, outcome: Outcome) -> None:
            assert isinstance(outcome, Response)
            assert outcome.text

        model.answer([Request("generate", asked, messages=(Message("user", text),)) for text in texts], deliver)

    return send


def aiohttp(base_url: str) -> Send:
    """The loop that anybody would write, with the client that ours is built on."""
    import aiohttp

    async def send_all(texts: list[str]) -> None:
        headers = {"Authorization": "Bearer sk-loopback"}
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as session:

            async def ask(text: str) -> None:
                async with session.post(f"{base_url}/chat/completions", json=_body(text)) as reply:
                    answer = await reply.json()
                    assert answer["choices"][0]["message"]["content"]

            await _pool(ask, texts)

    return lambda texts: asyncio.run(send_all(texts))


def openai(base_url: str) -> Send:
    from openai import AsyncOpenAI

    async def send_all(texts: list[str]) -> None:
        async with AsyncOpenAI(base_url=base_url, max_retries=0) as client:

            async def ask(text: str) -> None:
                answer = await client.chat.completions.create(**_body(text))
                assert answer.choices[0].message.content

            await _pool(ask, texts)

    return lambda texts: asyncio.run(send_all(texts))


def lm_eval(base_url: str) -> Send:
    """lm-eval's own client of chat APIs, without its harness around it."""
    from lm_eval.api.instance import Instance
    from lm_eval.api.registry import get_model
    from lm_eval.models.api_models import JsonChatStr

    address = f"base_url={base_url}/chat/completions"
    model = get_model("local-chat-completions").create_from_arg_string(
        f"model={MODEL},{address},num_concurrent={CONNECTIONS},tokenized_requests=False,tokenizer_backend=None"
    )
    settings = {"until": [], "max_gen_toks": 16, "temperature": 0}

    def send(texts: list[str]) -> None:
        chats = [JsonChatStr(json.dumps([{"role": "user", "content": text}])) for text in texts]
        answers = model.generate_until(
            [Instance("generate_until", {}, (chat, dict(settings)), index) for index, chat in enumerate(chats)],
            disable_tqdm=True,
        )
        assert all(answers)

    return send


SIDES = {"ours": ours, "aiohttp": aiohttp, "lm-eval": lm_eval, "openai": openai}


def _body(text: str) -> dict[str, object]:
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **params()}


async def _pool(ask: Callable[[str], object], texts: Iterable[str]) -> None:
    waiting = iter(texts)

    async def worker() -> None:
        for text in waiting:
            await ask(text)  # type: ignore[misc]

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))


def main() -> None:
    side, base_url, count = sys.argv[1:]
    told = sys.stdout
    sys.stdout = sys.stderr  # libraries print
    send = SIDES[side](base_url)
    send(prompts(WARM_UP))
    texts = prompts(int(count))
    print("ready", file=told, flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        send(texts)
        print(time.perf_counter() - wall, time.process_time() - cpu, file=told, flush=True)


if __name__ == "__main__":
    main()
