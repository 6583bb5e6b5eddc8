"""The command on a cell makes it again."""

from __future__ import annotations

import shlex
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.boards.reproduce import SETTINGS, SWITCHES
from seahelm_lite.cli.main import main
from seahelm_lite.engine.spec import RunSpec
from tests.boards.making import Workshop, as_imported, cell, edit, letters


def _command(workshop: Workshop, **settings: Any) -> str:
    workshop.run(workshop.answers("model", one=letters(9)), tasks=["one"], **settings)
    command = cell(workshop.build(shots=settings.get("shots", 0)), "model", "one").command
    assert command is not None
    return command


def test_only_settings_that_differ_from_their_defaults_are_named(workshop: Workshop) -> None:
    assert _command(workshop) == "seahelm-lite run --model replay:model.jsonl --task one --out out"


def test_every_setting_that_was_given_is_named(workshop: Workshop) -> None:
    command = _command(
        workshop,
        protocol="gen-letter",
        shots=2,
        shot_seeds=3,
        seed=3,
        repeats=2,
        templates="all",
        limit=5,
        chat_template="off",
        max_tokens=9,
        allow_egress=True,
    )
    assert command == (
        "seahelm-lite run --model replay:model.jsonl --task one --protocol gen-letter --shots 2 "
        "--shot-seeds 3 --seed 3 --repeats 2 --templates all --limit 5 --chat-template off --max-tokens 9 "
        "--allow-egress --out out"
    )


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [("rotations", 20, "--rotations 20"), ("thinking", "on", "--thinking on"), ("quick", True, "--quick")],
)
def test_what_makes_another_run_of_the_same_tasks_is_named(
    setting: str, value: object, told: str, workshop: Workshop
) -> None:
    folder = workshop.model("model", one=letters(9))
    edit(folder, "manifest.json", lambda body: body["spec"].update({setting: value}))
    command = cell(workshop.build(), "model", "one").command
    assert command == f"seahelm-lite run --model replay:model.jsonl --task one {told} --out out"


def test_no_setting_of_a_run_is_forgotten() -> None:
    told = {*SETTINGS, *SWITCHES, "model", "suites", "tasks", "system_prompt"}
    assert told == set(RunSpec.model_fields)


def test_a_system_prompt_is_known_by_its_hash(workshop: Workshop) -> None:
    command = _command(workshop, system_prompt="Jawab dengan huruf.")
    wanted = sha256(b"Jawab dengan huruf.").hexdigest()
    assert command.endswith(f"--system-prompt FILE --out out  # FILE: the system prompt, whose sha256 is {wanted}")
    assert "Jawab" not in command


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("hf:/home/me/models/pelanduk", "hf:pelanduk"),
        ("hf:/home/me/pelanduk,dtype=bfloat16,peft=/srv/adapters/one", "hf:pelanduk,dtype=bfloat16,peft=one"),
        ("hf:org/pelanduk,revision=abc", "hf:org/pelanduk,revision=abc"),
        ("openai:http://127.0.0.1:8000/v1#org/a model", "'openai:http://127.0.0.1:8000/v1#org/a model'"),
        ("lmeval:hf,pretrained=/data/m", "lmeval:hf,pretrained=m"),
        ("ilmu-v3.1@ytl", "ilmu-v3.1@ytl"),
    ],
)
def test_a_model_is_named_as_it_was_but_for_the_folders_of_one_machine(
    workshop: Workshop, model: str, told: str
) -> None:
    folder = workshop.model("model", one=letters(9))
    edit(folder, "manifest.json", lambda body: body["spec"].update(model=model))
    command = cell(workshop.build(), "model", "one").command
    assert command == f"seahelm-lite run --model {told} --task one --out out"


def test_an_import_is_told_with_its_files_as_a_mirror_has_them(workshop: Workshop) -> None:
    folder = workshop.model("theirs", one=letters(9))
    files = ["github.com/a/b/it's.jsonl", "d.jsonl"]
    as_imported(folder, files=files, model="m 1", task="one", shots=0, source="somewhere", licence="CC0-1.0")
    command = cell(workshop.build(protocol="recorded:somewhere"), "theirs", "one").command
    assert command is not None
    assert shlex.split(command) == [
        "seahelm-lite", "import", "made-logs", "github.com/a/b/it's.jsonl", "d.jsonl",
        "--model", "m 1", "--task", "one", "--shots", "0", "--source", "somewhere", "--licence", "CC0-1.0",
        "--out", "out",
    ]  # fmt: skip


def test_the_command_makes_the_same_scores_and_prompts(
    tmp_path: Path, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = workshop.answers("model", one=letters(9), two=letters(4))
    workshop.run(spec, tasks=["one", "two"], shots=1, limit=7, seed=5)
    before = cell(workshop.build(shots=1), "model", "two")
    assert before.command is not None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: workshop.root / name)
    # Into a folder of its own: in that of the first run it would be found finished.
    arguments = [word if word != "out" else "again" for word in shlex.split(before.command)]
    assert main(arguments[1:]) == 0
    after = cell(workshop.build(tmp_path / "again", shots=1), "model", "two")
    assert (after.run, after.scores_sha256) == (before.run, before.scores_sha256)
    assert (after.value, after.prompts_sha256, after.counts) == (before.value, before.prompts_sha256, before.counts)
    assert after.command == before.command
