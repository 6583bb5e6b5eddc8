from __future__ import annotations

import json
from pathlib import Path

import pytest

from seahelm_lite.errors import ModelError
from seahelm_lite.models.series import series_of
from seahelm_lite.models.specs import open_model
from seahelm_lite.models.training import Training, in_name, of_folder, training_of


@pytest.mark.parametrize(
    ("name", "step", "tokens"),
    [
        ("step_1000", 1000, None),
        ("step-1000", 1000, None),
        ("step1000", 1000, None),
        ("Step=7", 7, None),
        ("checkpoint-500", 500, None),
        ("iter_0001000", 1000, None),
        ("global_step4000_hf", 4000, None),
        ("sea-lion-8b-step_20k", 20_000, None),
        ("ckpt-3", 3, None),
        ("stage1-step140000-tokens294B", 140_000, 294 * 10**9),
        ("llama-10B-tokens", None, 10 * 10**9),
        ("llama_1.5T_tokens", None, 1_500_000_000_000),
        ("llama-3-8b", None, None),
        ("sea-lion-v4.5-27b-it", None, None),
        ("step_1.5", None, None),
        ("misstep_9", None, None),
        ("langkah_ทดลอง", None, None),
    ],
)
def test_names_say_how_far_a_model_was_trained(name: str, step: int | None, tokens: int | None) -> None:
    found = in_name(name)
    assert (found and found.step, found and found.tokens) == (step, tokens)


def test_the_trainer_says_it_where_the_name_does_not(tmp_path: Path) -> None:
    state = tmp_path / "trainer_state.json"
    state.write_text(json.dumps({"global_step": 750, "num_input_tokens_seen": 0}))
    assert of_folder(tmp_path / "") == Training(750, None, "trainer_state.json")
    state.write_text(json.dumps({"global_step": 750, "num_input_tokens_seen": 9000}))
    assert of_folder(tmp_path) == Training(750, 9000, "trainer_state.json")


@pytest.mark.parametrize("content", ["", "[]", '{"global_step": null}', '{"global_step": true}', '{"global_step": -1}'])
def test_a_trainer_state_of_nonsense_says_nothing(content: str, tmp_path: Path) -> None:
    (tmp_path / "trainer_state.json").write_text(content)
    assert of_folder(tmp_path) is None


def test_an_adapter_is_what_was_trained_and_a_revision_says_it_before_the_folder() -> None:
    assert training_of({"pretrained": "base/step_9", "peft": "lora/checkpoint-5"}) == Training(5, None, "name")
    assert training_of({"pretrained": "base/step_9", "peft": "lora/final"}) is None
    assert training_of({"pretrained": "org/model", "revision": "step3000"}) == Training(3000, None, "revision")
    assert training_of({"pretrained": "runs/step_8/hf", "revision": "main"}) == Training(8, None, "name")
    assert training_of({"base_url": "http://x"}) is None


# Series


def test_a_series_is_in_the_order_of_steps_and_keeps_its_options(tmp_path: Path) -> None:
    for name in ("step_200", "step_1000", "step_30"):
        (tmp_path / name).mkdir()
    (tmp_path / "step_notes.txt").write_text("no folder")
    found = series_of(f"hf:{tmp_path}/step_*,dtype=bfloat16,device=cpu")
    assert found == [f"hf:{tmp_path}/step_{n},dtype=bfloat16,device=cpu" for n in (30, 200, 1000)]


def test_names_without_steps_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("epoch10", "epoch9", "epoch9b"):
        (tmp_path / name).mkdir()
    assert series_of(f"hf:{tmp_path}/epoch*") == [f"hf:{tmp_path}/{name}" for name in ("epoch9", "epoch9b", "epoch10")]


@pytest.mark.parametrize(
    "spec", ["hf:org/model", "hf:./folder,dtype=float32", "baseline:random", "openai:http://x/*#m"]
)
def test_one_model_is_no_series(spec: str) -> None:
    assert series_of(spec) is None


def test_a_folder_that_is_really_called_so_is_one_model(tmp_path: Path) -> None:
    (tmp_path / "odd[1]").mkdir()
    assert series_of(f"hf:{tmp_path}/odd[1]") is None


def test_a_series_is_nothing_that_one_model_can_be_loaded_from(tmp_path: Path) -> None:
    (tmp_path / "step_1").mkdir()
    with pytest.raises(ModelError, match="names a series of 1 checkpoint"):
        open_model(f"hf:{tmp_path}/step_*")
    with pytest.raises(ModelError, match="no folder matches"):
        open_model(f"hf:{tmp_path}/iter_*")
