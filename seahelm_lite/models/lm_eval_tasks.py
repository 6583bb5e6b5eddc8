"""Tasks in lm-eval's own words, which the installed package makes of our rows when a run asks for them."""

from __future__ import annotations

from seahelm_lite.catalog.compat import LmEvalForm
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.prompts.peers import PeerTask
from seahelm_lite.records import AnswerForm
from seahelm_lite.sources.peer_rows import load_peer_rows
from seahelm_lite.sources.where import Where


def load_lm_eval(card: TaskCard, form: LmEvalForm, where: Where) -> PeerTask:
    """A task as lm-eval asks it, without examples and without a chat template.

    Raises:
        SourceError: If its rows are missing, or not what their pin says.
        DataError: If a row cannot be read as the card says.
        ProtocolError: If the installed lm-eval has no such task.
    """
    from seahelm_lite.models.lm_eval_bridge import compared

    rows = load_peer_rows(card, form, where)
    asked = compared(form.folder, form.task, [row.mapping(form.columns) for row in rows.rows])
    documents = tuple(
        row.document(
            {
                "language": card.words_language,
                "question": one.context,
                "options": list(one.choices),
                "continuations": list(one.continuations),
                "answer": one.gold,
            }
        )
        for row, one in zip(rows.rows, asked, strict=True)
    )
    return PeerTask(rows.documents(documents, ()), AnswerForm("likelihood"), layout="plain", params={})
