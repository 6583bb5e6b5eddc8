"""What the command line does, called from Python."""

from __future__ import annotations

import asyncio
from pathlib import Path

from seahelm_lite import evaluate, load_run
from tests.loopback import Canned, ChatServer, chat, script


def test_a_run_from_python_is_the_run_that_is_loaded_from_its_folder(tmp_path: Path) -> None:
    run = evaluate(model="baseline:longest", tasks=["regional_basics_vi"], out=tmp_path, limit=5)
    assert run.complete
    loaded = load_run(run.folder.path)
    assert (loaded.scores, loaded.manifest) == (run.scores, run.manifest)


def test_an_endpoint_can_be_asked_from_inside_an_event_loop_as_notebooks_have(tmp_path: Path) -> None:
    async def in_a_notebook(base_url: str) -> bool:
        return evaluate(model=f"openai:{base_url}#m", tasks=["regional_basics_ms"], out=tmp_path, limit=5).complete

    with ChatServer(script(Canned(chat("B")))) as server:
        assert asyncio.run(in_a_notebook(server.base_url))
