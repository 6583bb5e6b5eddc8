"""Tokens, money and time of a run, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seahelm_lite.runs import Run


def spending_sentences(run: Run) -> Iterator[str]:
    """What is known of it; nothing of a model whose answers state nothing, such as one on this machine."""
    manifest = run.manifest
    usage = manifest.get("usage") or {}
    if usage.get("responses_with_usage"):
        yield f"tokens: {_tokens(usage)}"
    if manifest["cost"].get("currency"):
        yield f"cost: {_cost(manifest['cost'])}"
        for language in manifest.get("languages", ()):
            yield f"cost in {language['language']}: {_cost_of_language(language, manifest['cost']['currency'])}"
    if latency := manifest.get("latency"):
        yield f"latency: {_latency(latency)}"


def expected_cost(cost: Mapping[str, Any]) -> str:
    """What `--dry-run` says of the cost."""
    if cost["value"] is None:
        return str(cost["reason"])
    return (
        f"at most {amount(cost['value'])} {cost['currency']} for {cost['requests']:,} requests: about "
        f"{cost['prompt_tokens']:,} prompt tokens ({cost['estimated']}), and {cost['completion_tokens_at_most']:,} of "
        f"answers if each is as long as it may be; {_price(cost['price'])}"
    )


def amount(value: float) -> str:
    """An amount of money: four decimal places, more for what is smaller than a cent."""
    return f"{value:,.4f}" if abs(value) >= 0.01 or not value else f"{value:.2g}"


def _tokens(usage: Mapping[str, Any]) -> str:
    named = {"prompt": "of prompts", "cached": "cached", "completion": "of answers", "reasoning": "of thinking"}
    return ", ".join(f"{usage[kind]:,} {what}" for kind, what in named.items() if usage[kind] is not None)


def _cost(cost: Mapping[str, Any]) -> str:
    if cost["value"] is None:
        return f"{cost['reason']}; {_price(cost['price'])}"
    lacking = cost["responses_without_usage"]
    without = f"; {lacking:,} responses state no tokens and are not in it" if lacking else ""
    spent = f", of which this run spent {amount(cost['spent'])}" if cost["spent"] != cost["value"] else ""
    return f"{amount(cost['value'])} {cost['currency']}{spent}{without}; {_price(cost['price'])}"


def _cost_of_language(language: Mapping[str, Any], currency: str) -> str:
    cost = language.get("cost")
    if cost is None or cost["per_item"] is None:
        return cost["reason"] if cost is not None else "no answers"
    right = cost["per_right_answer"]
    among = f", {amount(right)} a right answer" if right is not None else f" ({cost['reason']})"
    return f"{amount(cost['value'])} {currency}, {amount(cost['per_item'])} an item{among}"


def _price(price: Mapping[str, Any]) -> str:
    return f"price of {price['as_of']} ({price['src']})"


def _latency(latency: Mapping[str, Any]) -> str:
    told = f"median {latency['median_s']:g} s, 95 % within {latency['p95_s']:g} s"
    first = latency["first_token"]
    if first is None:
        return told
    return f"{told}; to the first token {first['median_s']:g} s and {first['p95_s']:g} s"
