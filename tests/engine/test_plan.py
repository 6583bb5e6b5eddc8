"""What may be skipped, and what may not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.plan import make_plan
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import SourceError
from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts
from seahelm_lite.models.baselines import Baseline
from seahelm_lite.records import Request
from seahelm_lite.sources.where import Where

SPEC = RunSpec(model="baseline:longest", tasks=("malaymmlu", "regional_basics_ms"))


def _plan(catalog: Catalog, mirror: Path | None, cache: Path) -> list[str]:
    definitions = [catalog.task(name) for name in SPEC.tasks]
    where = Where(mirror=mirror, cache=cache, offline=True, task_roots=catalog.roots)
    plan = make_plan(definitions, {"malaymmlu"}, SPEC, Baseline("longest"), where)
    return [item.reason for item in plan.skipped]


def test_an_optional_task_whose_data_cannot_be_had_is_skipped_with_the_reason(catalog: Catalog, tmp_path: Path) -> None:
    (reason,) = _plan(catalog, None, tmp_path)
    assert "was not found" in reason


@pytest.mark.parametrize(
    ("host", "on_premise", "is_sent"),
    [
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("localhost", False, True),
        ("127.evil.example", False, False),
        ("10.0.0.5", False, False),
        ("10.0.0.5", True, True),
        ("llm.agency.example", True, True),
        ("api.example.my", False, False),
    ],
)
def test_restricted_items_leave_the_premises_only_when_told_to(
    host: str, on_premise: bool, is_sent: bool, catalog: Catalog, mirror: Path, tmp_path: Path
) -> None:
    where = Where(mirror=mirror, cache=tmp_path, offline=True, task_roots=catalog.roots)
    tasks = [catalog.task(name) for name in SPEC.tasks]
    skipped = [item.task for item in make_plan(tasks, (), SPEC, _Endpoint(host, on_premise), where).skipped]
    assert skipped == ([] if is_sent else ["malaymmlu"])
    allowed = SPEC.model_copy(update={"allow_egress": True})
    plan = make_plan(tasks, (), allowed, _Endpoint(host, on_premise), where)
    assert plan.skipped == ()
    assert any("--allow-egress" in deviation for deviation in plan.deviations) is not is_sent


class _Endpoint:
    """A chat endpoint somewhere, never asked."""

    def __init__(self, host: str, on_premise: bool) -> None:
        capabilities = Capabilities(chat=True, plain=False, host=host, on_premise=on_premise)
        self.facts = ModelFacts("m", {"kind": "test"}, capabilities)

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        raise AssertionError("nothing is asked while planning")


def test_an_optional_task_whose_data_is_there_and_unreadable_stops_the_run(catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "mirror" / "hub" / "UMxYTLAILabs" / "MalayMMLU" / "main"
    folder.mkdir(parents=True)
    (folder / "MalayMMLU_0shot.json").write_text("[{", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be read from the mirror"):
        _plan(catalog, tmp_path / "mirror", tmp_path / "cache")
