"""Culture probes from an endpoint to the numbers of a run: habits earn nothing, fitting replies nearly everything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import runs
from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.lint.probes.behaviours import BEHAVIOURS, reply
from seahelm_lite.records import Document
from seahelm_lite.schemas import schema
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.loopback import Canned, ChatServer, Seen, chat

SUITE = "culture-probes"


@pytest.fixture(scope="module")
def asked(catalog: Catalog) -> dict[str, list[Document]]:
    """The documents of the written tasks, by the request."""
    where = Where(mirror=None, cache=Path("no cache"), offline=True, task_roots=catalog.roots)
    found: dict[str, list[Document]] = {}
    for name in catalog.suites[SUITE].tasks:
        if catalog.task(name).card.kind == "generation":
            for document in load_documents(catalog.task(name).card, where).test:
                found.setdefault(str(document.fields["question"]), []).append(document)
    return found


@pytest.fixture(scope="module")
def server(asked: dict[str, list[Document]]) -> Iterator[ChatServer]:
    """A model of each habit, and one that knows what fits: which, the name it is asked by says."""

    async def handler(seen: Seen) -> Canned:
        request = seen.body["messages"][-1]["content"]
        document = asked[request][0]
        model, language = seen.body["model"], document.fields["probe"]["language"]
        fitting = model == "reference"
        return Canned(chat(document.fields["reference"] if fitting else reply(model, request, language)))

    with ChatServer(handler) as started:
        yield started


Answering = Callable[[str], runs.Run]


@pytest.fixture(scope="module")
def answering(catalog: Catalog, server: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> Answering:
    out = tmp_path_factory.mktemp("out")
    where = Where(mirror=None, cache=out / "cache", offline=True, task_roots=catalog.roots)
    tasks = [name for name in catalog.suites[SUITE].tasks if catalog.task(name).card.kind == "generation"]

    def run(model: str) -> runs.Run:
        spec = RunSpec(model=f"openai:{server.base_url}#{model}", tasks=tuple(tasks))
        return runs.execute(runs.prepare(spec, catalog=catalog, where=where, out=out))

    return run


def settings(run: runs.Run) -> dict[tuple[str, str], dict[str, Any]]:
    return {(entry["protocol"], entry["condition"]): entry for entry in run.probes}


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_habit_is_fitting_for_hardly_any_family(behaviour: str, answering: Answering) -> None:
    run = answering(behaviour)
    found = settings(run)
    assert set(found) == {("gen", "local"), ("gen", "english")}
    assert run.complete
    for entry in found.values():
        assert entry["par"]["value"] <= 0.05, entry["condition"]
    if behaviour == "refuse_all":
        assert all(entry["false_refusal"]["value"] >= 0.95 for entry in found.values())
        assert all(entry["harmful_compliance"]["value"] == 0 for entry in found.values())


def test_the_reference_answers_are_fitting_for_nearly_every_family(answering: Answering) -> None:
    run = answering("reference")
    for entry in settings(run).values():
        assert entry["par"]["value"] >= 0.95
        assert entry["critical"]["failed"] <= 0.05 * entry["critical"]["n"]
    path, again = runs.score_again(run.folder.path)
    assert again.probes == run.probes
    body = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(schema("scores-1")).validate(body)


def test_the_longest_text_is_the_fitting_one_about_as_often_as_not(
    catalog: Catalog, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tasks = [name for name in catalog.suites[SUITE].tasks if catalog.task(name).card.kind == "multiple_choice"]
    where = Where(mirror=None, cache=tmp_path / "cache", offline=True, task_roots=catalog.roots)
    spec = RunSpec(model="baseline:longest", tasks=tuple(tasks))
    run = runs.execute(runs.prepare(spec, catalog=catalog, where=where, out=tmp_path))
    (entry,) = run.probes
    (accuracy,) = (way["value"] for way in entry["ways"] if way["way"] == "first_order")
    assert 0.4 <= accuracy <= 0.6
