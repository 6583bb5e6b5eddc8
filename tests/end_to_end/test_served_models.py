"""A run whose endpoint turns into another model along the way says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite import evaluate
from tests.loopback import Canned, ChatServer, Seen, chat


@pytest.mark.parametrize(
    ("names", "flagged"),
    [
        (("m-2026-10", "m-2026-10"), []),
        (("m-2026-10", "m-2026-11"), ["the endpoint named itself differently along the way: m-2026-10, m-2026-11"]),
    ],
    ids=["the same model throughout", "another from the third answer on"],
)
def test_an_id_that_changes_mid_run_is_flagged(names: tuple[str, str], flagged: list[str], tmp_path: Path) -> None:
    async def renamed(seen: Seen) -> Canned:
        return Canned({**chat("A"), "model": names[seen.number > 1]})

    with ChatServer(renamed) as server:
        model = f"openai:{server.base_url}#m"
        run = evaluate(model=model, tasks=["regional_basics_ms"], limit=5, out=tmp_path)
    assert run.manifest["served_models"] == sorted(set(names))
    assert [told for told in run.manifest["deviations"] if "named itself" in told] == flagged
