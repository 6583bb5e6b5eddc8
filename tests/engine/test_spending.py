"""A cost limit is kept, whatever answers turn out to cost, and what has been paid for is not lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite import runs
from seahelm_lite.catalog.access import Access
from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.costs import most_of
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.base import Deliver, Model
from seahelm_lite.records import Failure, Request, Response, Usage
from seahelm_lite.sources.where import Where
from tests.loopback import Canned, ChatServer, chat
from tests.priced import PRICE, Priced

ANSWER = Decimal("0.000038")
"""What one of the server's answers costs."""


def prepared(server: ChatServer, catalog: Catalog, where: Where, out: Path, limit: int = 40) -> runs.Prepared:
    spec = RunSpec(
        model=f"openai:{server.base_url}#m", tasks=("regional_basics_ms",), limit=limit, repeats=2, max_tokens=3
    )
    plain = runs.prepare(spec, catalog=catalog, where=where, out=out)
    assert not isinstance(plain.model, runs.DocumentModel)
    return replace(plain, model=Priced(plain.model))


def test_the_limit_holds_and_the_run_goes_on_with_more(catalog: Catalog, where: Where, tmp_path: Path) -> None:
    with ChatServer() as server:
        stopped = runs.execute(prepared(server, catalog, where, tmp_path), max_cost=ANSWER * 50)
        at_limit = len(server.requests)
        assert stopped.manifest["status"] == "interrupted"
        assert stopped.manifest["sessions"][-1]["stopped"] == "at the cost limit"
        assert stopped.manifest["cost"]["spent"] == pytest.approx(float(ANSWER * at_limit))
        assert 0 < at_limit <= 50
        again = runs.execute(prepared(server, catalog, where, tmp_path), max_cost=ANSWER * 50)
        assert len(server.requests) == at_limit, "what earlier sessions spent counts"
        assert again.manifest["cost"]["spent"] == stopped.manifest["cost"]["spent"]
        whole = runs.execute(prepared(server, catalog, where, tmp_path), max_cost=Decimal(1))
        asked = [str(seen.body["messages"]) + str(seen.body["seed"]) for seen in server.requests]
    assert whole.complete
    assert len(asked) == whole.manifest["requests_sent"]
    assert whole.manifest["cost"]["spent"] == whole.manifest["cost"]["value"] == float(ANSWER * len(asked))


def test_the_limit_is_used_up_as_far_as_it_goes(catalog: Catalog, where: Where, tmp_path: Path) -> None:
    """What is on its way counts at its most, which is far more than it costs; that alone stops nothing."""
    with ChatServer() as server:
        ready = prepared(server, catalog, where, tmp_path)
        most = max(most_of(request, PRICE) for request in ready.plan.distinct().values())
        assert most > ANSWER * 10
        runs.execute(ready, max_cost=most + ANSWER * 20)
        assert 20 <= len(server.requests) < 80


def test_answers_that_other_runs_paid_for_cost_nothing(catalog: Catalog, where: Where, tmp_path: Path) -> None:
    with ChatServer() as server:
        small = runs.execute(prepared(server, catalog, where, tmp_path, limit=10))
        large = runs.execute(prepared(server, catalog, where, tmp_path, limit=20))
    assert small.manifest["cost"]["spent"] == small.manifest["cost"]["value"] == float(ANSWER * 20)
    assert large.manifest["cost"]["value"] == float(ANSWER * 40)
    assert large.manifest["cost"]["spent"] == float(ANSWER * 20)


@dataclass
class Dying:
    """Answers some requests, then takes the whole process with it."""

    inner: Model
    lives: int

    @property
    def facts(self) -> runs.ModelFacts:
        return self.inner.facts

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        for index, _ in enumerate(requests):
            if index == self.lives:
                raise SystemExit(9)
            deliver(index, Response(text="A", usage=Usage(7, 3), finish_reason="stop"))


def test_what_a_killed_session_spent_counts(catalog: Catalog, where: Where, tmp_path: Path) -> None:
    with ChatServer() as server:
        ready = prepared(server, catalog, where, tmp_path)
        with pytest.raises(SystemExit):
            runs.execute(replace(ready, model=Dying(ready.model, 12)))
        assert ready.folder.manifest()["sessions"] == []
        run = runs.execute(ready)
    assert run.manifest["cost"]["spent"] == run.manifest["cost"]["value"]


def test_an_answer_that_states_no_tokens_counts_at_its_most(catalog: Catalog, where: Where, tmp_path: Path) -> None:
    async def silent(_: object) -> Canned:
        return Canned({**chat(), "usage": None})

    with ChatServer(silent) as server:
        run = runs.execute(prepared(server, catalog, where, tmp_path), max_cost=Decimal("0.005"))
        assert 0 < len(server.requests) < 20
    assert run.manifest["status"] == "interrupted"
    assert run.manifest["cost"]["value"] is None
    assert run.manifest["cost"]["responses_without_usage"] == len(server.requests)
    assert run.manifest["cost"]["reason"] == "no answer states its tokens"


def test_a_limit_that_is_too_small_for_one_request_sends_none(catalog: Catalog, where: Where, tmp_path: Path) -> None:
    with ChatServer() as server:
        run = runs.execute(prepared(server, catalog, where, tmp_path), max_cost=Decimal("0.000001"))
        assert server.requests == []
    assert run.manifest["sessions"][-1]["stopped"] == "at the cost limit"


def test_a_run_with_failures_under_a_limit_ends_as_incomplete_and_not_as_stopped(
    catalog: Catalog, where: Where, tmp_path: Path
) -> None:
    @dataclass
    class Failing(Dying):
        def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
            for index, _ in enumerate(requests):
                deliver(index, Failure("HTTP 503") if index % 3 else Response(text="A", usage=Usage(7, 3)))

    with ChatServer() as server:
        ready = prepared(server, catalog, where, tmp_path)
        run = runs.execute(replace(ready, model=Failing(ready.model, 0)), max_cost=Decimal(1))
    assert run.manifest["status"] == "incomplete"
    assert run.manifest["sessions"][-1]["stopped"] is None
    assert run.scores[0]["cost"]["per_item"] is None
    assert "ended in error" in run.scores[0]["cost"]["reason"]


def test_a_limit_for_a_model_without_a_price_is_refused_before_anything_is_sent(
    catalog: Catalog, where: Where, tmp_path: Path
) -> None:
    with ChatServer() as server:
        spec = RunSpec(model=f"openai:{server.base_url}#m", tasks=("regional_basics_ms",))
        with pytest.raises(ModelError, match="no price is known"):
            runs.execute(runs.prepare(spec, catalog=catalog, where=where, out=tmp_path), max_cost=Decimal(1))
        assert server.requests == []
    assert not list(tmp_path.glob("m-*"))


@pytest.mark.parametrize("params", [{"unsupported": ["max_tokens"]}, {"fixed": {"max_tokens": 4096}}])
def test_a_limit_is_refused_where_no_answer_has_one(
    params: dict[str, Any], catalog: Catalog, where: Where, tmp_path: Path
) -> None:
    with ChatServer() as server:
        ready = prepared(server, catalog, where, tmp_path)
        facts = {"wire": "openai-chat", "base_url": server.base_url, "model_id": "m", "params": params}
        unbounded = Priced(ApiModel(Access.model_validate({"id": "test", **facts})))
        with pytest.raises(ModelError, match="is not told how long an answer may be"):
            runs.execute(replace(ready, model=unbounded), max_cost=Decimal(1))
    assert not server.requests
