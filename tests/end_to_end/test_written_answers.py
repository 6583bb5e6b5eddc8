"""Each family of written answers, from pinned rows over an endpoint to scores: the wanted text gets the whole score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from seahelm_lite import evaluate
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.catalog.task_card import JUDGED
from seahelm_lite.records import Document
from seahelm_lite.runs import same_scores
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.conftest import SHARED_DATA, skip_without_data
from tests.loopback import Canned, ChatServer, Handler, Seen, chat

Reply = Callable[[Document], str]


def as_wanted(document: Document) -> str:
    return str(document.fields["reference"])


def worked_out(document: Document) -> str:
    inner = str(document.fields["reference"]).strip("$")
    return f"<think>ขั้นแรกได้ 7</think>7 + 1 = 8\n\n\\boxed{{8}} และ \\boxed{{{inner}}} ใน 3 ขั้น"


def answering(task: str, reply: Reply) -> Handler:
    """Finds the document that a prompt is of, and replies to it."""
    catalog = load_catalog()
    where = Where.from_environment(mirror=SHARED_DATA, offline=True, task_roots=catalog.roots)
    documents = load_documents(catalog.task(task).card, where).test

    async def handler(seen: Seen) -> Canned:
        asked = seen.body["messages"][-1]["content"]
        shown = (d for d in documents if all(str(d.fields.get(name, "")) in asked for name in ("passage", "question")))
        return Canned(chat(reply(max(shown, key=lambda document: len(document.fields["question"])))))

    return handler


@pytest.mark.parametrize(
    ("task", "reply"),
    [
        ("qa_id", as_wanted),
        ("iapp_th", as_wanted),
        ("summary_th", as_wanted),
        ("mgsm_th", worked_out),
        ("mmath_vi", worked_out),
        ("blend_su", as_wanted),
        ("thai_dialect_qa_tts", as_wanted),
        ("thai_dialect_summary_nod", as_wanted),
    ],
)
def test_wanted_texts_get_the_whole_score_and_the_folder_alone_scores_them_again(
    task: str, reply: Reply, tmp_path: Path
) -> None:
    skip_without_data(task)
    with ChatServer(answering(task, reply)) as server:
        run = evaluate(
            model=f"openai:{server.base_url}#m", tasks=[task], out=tmp_path, mirror=SHARED_DATA, offline=True, limit=5
        )
    assert {(score["metric"], score["value"], score["chance"]) for score in run.scores} == {
        (metric, None if metric in JUDGED else 1.0, None) for metric in load_catalog().task(task).card.metrics
    }
    assert run.scores[0]["counts"]["scored"] == run.scores[0]["n"] == 5
    assert same_scores(run.folder.path)
