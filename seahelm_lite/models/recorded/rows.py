"""Rows of other harnesses in the columns of the source, read as a task's card reads its pinned rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import TemplateRuntimeError, UndefinedError
from jinja2.runtime import Undefined

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.errors import LogError, UnknownNameError
from seahelm_lite.models.recorded.base import Shown, declared_or_logged
from seahelm_lite.records import AnswerForm, JsonValue
from seahelm_lite.sources.expressions import expression, letter_index

_LETTERED = re.compile(r"\(?([A-H])[.):]\s*")
_UNREADABLE = (TemplateRuntimeError, UndefinedError, ValueError, TypeError, AttributeError, LookupError)


@lru_cache(maxsize=1)
def _catalog() -> Catalog:
    return load_catalog()


def card_of(task: str, place: str) -> TaskCard:
    """The card of a task of ours.

    Raises:
        LogError: If there is no such task, with the nearest names.
    """
    try:
        return _catalog().task(task).card
    except UnknownNameError as error:
        remedy = f"{error.remedy} Name the task that it answers with --task."
        raise LogError(error.what, where=place, remedy=remedy) from None


def task_name(declared: str | None, logged: str | None, place: str) -> str:
    """The task that a log answers: what it says, where that is the name of a task of ours, or what the user declares.

    Raises:
        LogError: If neither says it, if the log says that it answers another task of ours, or if there is no such task.
    """
    if declared is not None:
        card_of(declared, place)
        # Names of the other harness mean what the user says.
        logged = logged if logged in _catalog().tasks else None
    return declared_or_logged(declared, logged, "the task", "--task", place)


def reply_form(card: TaskCard) -> AnswerForm:
    """The form of generated answers to a task."""
    return AnswerForm("letter" if card.kind == "multiple_choice" else "text")


def shown_by(card: TaskCard, row: Mapping[str, JsonValue], place: str) -> Shown | None:
    """What a row in the columns of the card's source shows; None where it lacks one.

    Raises:
        LogError: If the task's documents differ by a passage, so that question and options do not tell them apart.
    """
    if card.document.passage is not None:
        fault = f"{card.id} has passages, and rows without our ids cannot be told apart by question and options"
        raise LogError(fault, where=place, remedy=f"Record answers with `seahelm-lite tasks export {card.id}`.")
    question = _value(card.document.question, row)
    options = _value(card.document.options, row) if card.kind == "multiple_choice" else []
    if question is None or not isinstance(options, list | tuple):
        return None
    texts = ["" if option is None else str(option) for option in options]
    if card.options_lettered:
        texts = [_unlettered(text, index) for index, text in enumerate(texts)]
    return Shown(str(question), tuple(texts))


def _value(source: str | None, row: Mapping[str, JsonValue]) -> Any:
    try:
        found = expression(source or "none")(row)
    except _UNREADABLE:
        return None
    several = found if isinstance(found, list | tuple) else [found]
    return None if any(isinstance(one, Undefined) for one in several) else found


def _unlettered(text: str, index: int) -> str:
    found = _LETTERED.match(text.strip())
    return text.strip()[found.end() :] if found and is_letter(found[1], index) else text


def is_letter(text: str, index: int) -> bool:
    """Whether a text is the letter of an option, in any series of letters."""
    try:
        return letter_index(text) == index
    except ValueError:
        return False
