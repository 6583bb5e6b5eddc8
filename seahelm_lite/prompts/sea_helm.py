"""Tasks in SEA-HELM's own words, which are read from its configuration files when a run asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from seahelm_lite.catalog.compat import SeaHelmForm
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.errors import DataError
from seahelm_lite.prompts.peers import PeerTask
from seahelm_lite.records import AnswerForm, Document
from seahelm_lite.sources.fetch import find
from seahelm_lite.sources.peer_rows import PeerRow, load_peer_rows
from seahelm_lite.sources.where import Where


@dataclass(frozen=True)
class Template:
    """What a configuration file says of one task in one language."""

    preamble: str
    task: str
    tag: str
    max_tokens: int

    def prompt(self, variables: Mapping[str, Any]) -> str:
        """The one user message: preamble, blank line, task, without white space around them.

        Raises:
            KeyError: If the template has a variable that is not among these.
        """
        return f"{self.preamble.format(answer_tag=self.tag)}\n\n{self.task.format(**variables)}".strip()


def load_sea_helm(card: TaskCard, form: SeaHelmForm, where: Where) -> PeerTask:
    """A task as SEA-HELM asks it of an instruction-tuned model: without examples and without a system prompt.

    Raises:
        SourceError: If its rows or the configuration file are missing, or not what their pins say.
        DataError: If the file lacks the task, or a row cannot be read as the card says.
    """
    template, sha256 = _template(form, where)
    rows = load_peer_rows(card, form, where)
    documents = tuple(_document(card, form, template, row) for row in rows.rows)
    config = {"source": form.config.describe(), "sha256": sha256, "pinned": True}
    return PeerTask(
        data=rows.documents(documents, (config,)),
        form=AnswerForm("sea-helm", tag=template.tag, labels=form.labels),
        layout="chat",
        params={"max_tokens": template.max_tokens, "temperature": 0},
    )


def _template(form: SeaHelmForm, where: Where) -> tuple[Template, str]:
    found = find(form.config, where)
    config = yaml.safe_load(found.path.read_text(encoding="utf-8"))
    try:
        entry = config[form.task]["languages"][form.language]
        words = entry["prompt_template"]
        template = Template(words["preamble"], words["task_template"], words["answer_tag"], entry["max_tokens"])
    except (KeyError, TypeError):
        raise DataError(
            f"has no templates of {form.task!r} in {form.language!r}",
            where=str(found.path),
            remedy="Correct `compat: sea-helm:` on the card.",
        ) from None
    return template, found.sha256


def _document(card: TaskCard, form: SeaHelmForm, template: Template, row: PeerRow) -> Document:
    try:
        prompt = template.prompt(row.mapping(form.variables))
    except KeyError as error:
        raise DataError(
            f"SEA-HELM's template asks for {error}, which {form.variables!r} does not give",
            where=row.id,
            remedy="Mend the expression on the card.",
        ) from None
    options: Sequence[str] = form.labels if form.options is None else row.value(form.options)
    answer = row.value(form.answer)
    if not set(options) <= set(form.labels):
        raise DataError(f"{list(options)} are not all among the labels {list(form.labels)}", where=row.id)
    if not isinstance(answer, int) or not 0 <= answer < len(options):
        raise DataError(f"the answer {answer!r} is outside the {len(options)} labels", where=row.id)
    return row.document(
        {
            "language": card.words_language,
            "question": prompt,
            "options": list(options),
            "labels": list(options),
            "answer": int(answer),
        }
    )
