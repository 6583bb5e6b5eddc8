"""What vendors document of every way to reach every model that a card tells of, written down by hand.

Each row is the address and whatever differs from a plain request in the vendor's format. Nothing here is taken from a
card or from our code: where a card changes, this has to be changed by somebody who looks the vendor up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KEY = "key-planted-0123456789"
SYSTEM, QUESTION, STOP, SEED, LIMIT = "Jawab.", "Ibu negara Malaysia?", "###", 7, 16
THINKS = 8192
"""Tokens that we allow for thinking, which is our choice and no vendor's."""


@dataclass(frozen=True)
class Documented:
    """One way to reach one model."""

    url: str
    model: str
    key: tuple[str, str] = ("Authorization", f"Bearer {KEY}")
    """The header that carries the key, and what it says."""
    without: tuple[str, ...] = ()
    """Of temperature, stop and seed: what the vendor does not take."""
    rename: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Any] = field(default_factory=dict)
    """Sent where the others have a temperature of 0."""
    thinks: bool = False
    """Whether it thinks, or may think, where nothing is said of it."""
    switch: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    """Where in the body thinking is turned `on` and `off`, and what stands there."""

    def body(self, *, limit: int | None = None) -> dict[str, Any]:
        """The body that asks `QUESTION`, with a system message, greedily, with a stop sequence and a seed."""
        tokens = limit or (LIMIT + THINKS if self.thinks else LIMIT)
        if self.url.endswith(":generateContent"):
            return _gemini(tokens)
        return self._own(_anthropic(self.model, tokens) if "/messages" in self.url else _openai(self.model, tokens))

    def _own(self, plain: dict[str, Any]) -> dict[str, Any]:
        kept = {self.rename.get(name, name): value for name, value in plain.items() if name not in self.without}
        return {**kept, **self.instead}


def _openai(model: str, tokens: int) -> dict[str, Any]:
    turns = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    asked = {"max_tokens": tokens, "temperature": 0, "stop": [STOP], "seed": SEED}
    return {"model": model, "messages": turns, **asked}


def _anthropic(model: str, tokens: int) -> dict[str, Any]:
    turns = [{"role": "user", "content": QUESTION}]
    asked = {"max_tokens": tokens, "temperature": 0, "stop_sequences": [STOP]}
    return {"model": model, "system": SYSTEM, "messages": turns, **asked}


def _gemini(tokens: int) -> dict[str, Any]:
    return {
        "systemInstruction": {"parts": [{"text": SYSTEM}]},
        "contents": [{"role": "user", "parts": [{"text": QUESTION}]}],
        "generationConfig": {"maxOutputTokens": tokens, "temperature": 0, "stopSequences": [STOP], "seed": SEED},
    }


def _gpt_5(model: str) -> Documented:
    """Models that reason: the limit has another name, and there is neither temperature nor stop."""
    return Documented(
        "https://api.openai.com/v1/chat/completions",
        model,
        without=("temperature", "stop"),
        rename={"max_tokens": "max_completion_tokens"},
        thinks=True,
        switch={"off": ("reasoning_effort", "none")},
    )


def _claude(model: str) -> Documented:
    """The parameters of the vendor's own client hold neither a temperature nor a seed."""
    url = "https://api.anthropic.com/v1/messages"
    return Documented(url, model, key=("x-api-key", KEY), without=("temperature", "seed"))


def _google(model: str) -> dict[str, Documented]:
    """The native address, and the one that speaks as OpenAI does. The models think."""
    host = "https://generativelanguage.googleapis.com/v1beta"
    native = Documented(f"{host}/models/{model}:generateContent", model, key=("x-goog-api-key", KEY), thinks=True)
    return {
        f"{model}@ai-studio": native,
        f"{model}@ai-studio-openai": Documented(f"{host}/openai/chat/completions", model, thinks=True),
    }


def _gigachat(card: str, model: str) -> dict[str, Documented]:
    """The key is exchanged for a token, so no request carries it; a temperature of 0 has to be a `top_p` of 0."""
    token: dict[str, Any] = {
        "key": ("Authorization", f"Bearer {TOKEN}"),
        "without": ("temperature", "stop", "seed"),
        "instead": {"top_p": 0},
    }
    return {
        f"{card}@sber": Documented("https://gigachat.devices.sberbank.ru/api/v1/chat/completions", model, **token),
        f"{card}@giga-chat": Documented("https://api.giga.chat/v1/chat/completions", model, **token),
    }


TOKEN = "token-granted-9876543210"


def _clova(card: str, model: str, **others: Any) -> dict[str, Documented]:
    """The public zone and the government's."""
    return {
        f"{card}@clova-studio{zone}": Documented(
            f"https://clovastudio.stream.{host}/v1/openai/chat/completions", model, **others
        )
        for zone, host in (("", "ntruss.com"), ("-gov", "gov-ntruss.com"))
    }


def _ilmu(model: str) -> dict[str, Documented]:
    """Two formats at one gateway. The second is that of earlier models of the format's maker, with a temperature."""
    messages = Documented(
        "https://api.ilmu.ai/anthropic/v1/messages", model, key=("x-api-key", KEY), without=("seed",), thinks=True
    )
    return {
        f"{model}@ytl": Documented("https://api.ilmu.ai/v1/chat/completions", model, thinks=True),
        f"{model}@ytl-anthropic": messages,
    }


def _sarvam(version: str) -> Documented:
    """It thinks unless it is told not to, which is said with null."""
    return Documented(
        f"https://api.sarvam.ai/{version}/chat/completions",
        "sarvam-105b",
        key=("api-subscription-key", KEY),
        thinks=True,
        switch={"on": ("reasoning_effort", "high"), "off": ("reasoning_effort", None)},
    )


def _plain(base: str, model: str, **others: Any) -> Documented:
    return Documented(f"{base}/chat/completions", model, **others)


DOCUMENTED: dict[str, Documented] = {
    # platform.openai.com
    "gpt-4.1@openai": _plain("https://api.openai.com/v1", "gpt-4.1"),
    "gpt-4o@openai": _plain("https://api.openai.com/v1", "gpt-4o"),
    "gpt-5.6@openai": _gpt_5("gpt-5.6"),
    "gpt-5.6-luna@openai": _gpt_5("gpt-5.6-luna"),
    "gpt-5.6-terra@openai": _gpt_5("gpt-5.6-terra"),
    # docs.anthropic.com
    "claude-haiku-5-5@anthropic": _claude("claude-haiku-5-5"),
    "claude-opus-5-5@anthropic": _claude("claude-opus-5-5"),
    "claude-sonnet-5-5@anthropic": _claude("claude-sonnet-5-5"),
    # ai.google.dev
    **_google("gemini-2.5-flash"),
    **_google("gemini-3.1-pro-preview"),
    **_google("gemini-3.5-flash"),
    # docs.perplexity.ai: temperature, max_tokens and response_format, and no version in the address
    "sonar@perplexity": _plain("https://api.perplexity.ai", "sonar", without=("stop", "seed")),
    "sonar-pro@perplexity": _plain("https://api.perplexity.ai", "sonar-pro", without=("stop", "seed")),
    # developers.sber.ru
    **_gigachat("gigachat-2-max", "GigaChat-2-Max"),
    **_gigachat("gigachat-2-pro", "GigaChat-2-Pro"),
    # cloud.baidu.com, Qianfan
    "ernie-4.5-turbo-128k@qianfan": _plain("https://qianfan.baidubce.com/v2", "ernie-4.5-turbo-128k"),
    "ernie-5.1@qianfan": _plain("https://qianfan.baidubce.com/v2", "ernie-5.1"),
    # docs.sea-lion.ai: it thinks unless its chat template is told not to
    "sea-lion-v4.5-27b-it@aisg": _plain(
        "https://api.sea-lion.ai/v1",
        "aisingapore/Qwen-SEA-LION-v4.5-27B-IT",
        thinks=True,
        switch={word: ("chat_template_kwargs.thinking_mode", word) for word in ("on", "off")},
    ),
    # public client code: no version in the address
    "mallam-small@mesolitica": _plain("https://api.mesolitica.com", "mallam-small"),
    # docs.opentyphoon.ai
    "typhoon-v2.1-12b-instruct@opentyphoon": _plain("https://api.opentyphoon.ai/v1", "typhoon-v2.1-12b-instruct"),
    "typhoon-v2.5-30b-a3b-instruct@opentyphoon": _plain(
        "https://api.opentyphoon.ai/v1", "typhoon-v2.5-30b-a3b-instruct"
    ),
    # public client code
    **_ilmu("ilmu-v3.1"),
    **_ilmu("ilmu-mini-v3.3"),
    # docs.sarvam.ai
    "sarvam-105b@sarvam": _sarvam("v1"),
    "sarvam-105b@sarvam-v2": _sarvam("v2"),
    # cloud.olakrutrim.com: no seed among the parameters
    "krutrim-1@krutrim-cloud": _plain("https://cloud.olakrutrim.com/v1", "krutrim-1", without=("seed",)),
    # guide.ncloud-docs.com, CLOVA Studio
    **_clova("hcx-005", "HCX-005"),
    **_clova("hcx-007", "HCX-007", thinks=True),
    # alibabacloud.com, Model Studio: the region is in the address
    "qwen-plus@dashscope-singapore": _plain("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "qwen-plus"),
    "qwen3.8-max@dashscope-singapore": _plain("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "qwen3.8-max"),
    # docs.mistral.ai: the seed has another name
    "mistral-large-4@mistral": _plain("https://api.mistral.ai/v1", "mistral-large-4", rename={"seed": "random_seed"}),
    "mistral-medium-3-5@mistral": _plain(
        "https://api.mistral.ai/v1", "mistral-medium-3-5", rename={"seed": "random_seed"}
    ),
    # api-docs.deepseek.com: no version in the address
    "deepseek-v4-pro@deepseek": _plain(
        "https://api.deepseek.com",
        "deepseek-v4-pro",
        thinks=True,
        switch={"on": ("thinking.type", "enabled"), "off": ("thinking.type", "disabled")},
    ),
    # platform.moonshot.ai: the temperature is fixed
    "kimi-k2.6@moonshot": _plain("https://api.moonshot.ai/v1", "kimi-k2.6", without=("temperature",), thinks=True),
    "kimi-k3@moonshot": _plain("https://api.moonshot.ai/v1", "kimi-k3", without=("temperature",), thinks=True),
    # docs.z.ai
    "glm-5.3@zai": _plain("https://api.z.ai/api/paas/v4", "glm-5.3", without=("seed",), thinks=True),
    # docs.cohere.com, compatibility API
    "command-a-03-2025@cohere": _plain("https://api.cohere.ai/compatibility/v1", "command-a-03-2025"),
    # publicai.co
    "apertus-8b-instruct-2509@publicai": _plain("https://api.publicai.co/v1", "swiss-ai/Apertus-8B-Instruct-2509"),
    "apertus-70b-instruct-2509@publicai": _plain("https://api.publicai.co/v1", "swiss-ai/Apertus-70B-Instruct-2509"),
}
"""By card and way of access."""
