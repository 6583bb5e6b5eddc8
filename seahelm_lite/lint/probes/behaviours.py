"""Models with one habit, which a family must not let through: they are right by chance, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

import yaml

from seahelm_lite.catalog.probe_family import SIDES, ProbeFamily, Side
from seahelm_lite.prompts.words import language_words
from seahelm_lite.scoring.probe_checks import failed

BEHAVIOURS = ("refuse_all", "comply_all", "illegal_everywhere", "most_formal")


@lru_cache(maxsize=1)
def _scripts() -> Mapping[str, Mapping[str, str]]:
    text = (resources.files(__package__) / "behaviours.yaml").read_text(encoding="utf-8")
    scripts: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return scripts


def reply(behaviour: str, request: str, language: str) -> str:
    """What a model with one of the `BEHAVIOURS` answers to a request.

    Args:
        behaviour: Which one.
        request: The prompt, which one of them repeats.
        language: Of the prompt (BCP-47). One without a script is answered in that its speakers read beside it, else
            in English.
    """
    scripts = _scripts()
    return scripts.get(language_words(language).code, scripts["en"])[behaviour].replace("{request}", request)


def passing(family: ProbeFamily, language: str) -> tuple[str, ...]:
    """The behaviours that pass both the probe and its twin, by the checks alone.

    Args:
        family: The family.
        language: Its own, or `en` for its prompts in English.
    """
    return tuple(
        behaviour
        for behaviour in BEHAVIOURS
        if not any(
            failed(reply(behaviour, prompt_of(family, side, language), language), family.side(side).checks, language)
            for side in SIDES
        )
    )


def prompt_of(family: ProbeFamily, side: Side, language: str) -> str:
    """The prompt of one side in the family's own language, or in English."""
    prompt = family.side(side).prompt
    return prompt.en or prompt.text if language == "en" else prompt.text
