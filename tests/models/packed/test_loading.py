"""However lm-eval's `hf` loads a model, packs give the answers that `hf` gives for the model so loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.instance import Instance

from seahelm_lite.models import lm_eval_bridge
from seahelm_lite.models.local import LmEvalModel, hugging_face
from tests.tiny_model import save_tiny_llama

PAIRS = [
    (f"Soalan: Berapakah {n} tambah {m}?\nJawapan:", end)
    for n in range(3)
    for m in range(3)
    for end in (" A", " hujan deras", f" {n + m} sekali")
]

TOLERANCE = {"float32": 1e-4, "float16": 0.02, "bfloat16": 0.2}
"""In nats, of log-likelihoods of up to eight tokens around -30. lm-eval is told to take its log-softmax in float32."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_llama(tmp_path_factory.mktemp("loaded"), spread=0.3)


@pytest.fixture(scope="module")
def adapter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter that changes the model: fresh ones are nothing but zeros in one of their factors."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    place = tmp_path_factory.mktemp("adapter")
    config = LoraConfig(r=4, target_modules=["q_proj", "v_proj", "down_proj"], task_type="CAUSAL_LM")
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(folder), config)
    torch.manual_seed(1)
    for name, weights in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights.data, std=0.5)
    model.save_pretrained(place)
    return place


def _answers(kind: str, arguments: dict[str, str]) -> tuple[Any, list[tuple[float, bool]]]:
    lm = lm_eval_bridge.load(kind, {"device": "cpu", **arguments}, where=kind)
    instances = [Instance(request_type="loglikelihood", doc={}, arguments=pair, idx=0) for pair in PAIRS]
    return lm, lm.loglikelihood(instances, disable_tqdm=True)


def _both(arguments: dict[str, str]) -> tuple[Any, list[float], list[float]]:
    """The packed model, its log-likelihoods, and those of lm-eval's `hf`."""
    lm, ours = _answers("seahelm-packed", arguments)
    _, theirs = _answers("hf", {**arguments, "softmax_dtype": "float32"})
    assert lm.scorer is not None, lm.unpacked_because
    return lm, [value for value, _ in ours], [value for value, _ in theirs]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_a_number_format(dtype: str, folder: Path) -> None:
    _, ours, theirs = _both({"pretrained": str(folder), "dtype": dtype})
    assert ours == pytest.approx(theirs, abs=TOLERANCE[dtype])
    options = range(0, len(PAIRS), 3)
    clear = [start for start in options if _margin(theirs[start : start + 3]) > 2 * TOLERANCE[dtype]]
    assert len(clear) >= 5
    for start in clear:
        assert _choice(ours[start : start + 3]) == _choice(theirs[start : start + 3])


def _margin(values: Sequence[float]) -> float:
    first, second, *_ = sorted(values, reverse=True)
    return first - second


def _choice(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


@pytest.mark.parametrize("memory", ["150KB", None], ids=["in memory and on disk", "on disk"])
def test_weights_that_are_fetched_layer_by_layer(memory: str | None, folder: Path, tmp_path: Path) -> None:
    arguments = {"pretrained": str(folder), "dtype": "float32", "parallelize": "True", "device_map": "auto"}
    arguments["offload_folder"] = str(tmp_path / "offloaded")
    if memory is not None:
        arguments["max_cpu_memory"] = memory
    lm, ours, theirs = _both(arguments)
    places = set(lm.model.hf_device_map.values())
    assert places == ({"disk"} if memory is None else {"cpu", "disk"})
    assert ours == pytest.approx(theirs, abs=TOLERANCE["float32"])


def test_an_adapter(folder: Path, adapter: Path) -> None:
    plain = {"pretrained": str(folder), "dtype": "float32"}
    _, without, _ = _both(plain)
    _, ours, theirs = _both({**plain, "peft": str(adapter)})
    assert ours == pytest.approx(theirs, abs=TOLERANCE["float32"])
    assert max(abs(a - b) for a, b in zip(ours, without, strict=True)) > 1


@pytest.fixture(scope="module")
def quantised(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model with weights of eight bits, as whoever quantised it would save it."""
    torchao = pytest.importorskip("torchao.quantization", reason="needs torchao, which the dev extra has")
    from transformers import AutoModelForCausalLM, AutoTokenizer, TorchAoConfig

    place = tmp_path_factory.mktemp("quantised")
    settings = TorchAoConfig(torchao.Int8WeightOnlyConfig())
    AutoModelForCausalLM.from_pretrained(folder, quantization_config=settings).save_pretrained(place)
    AutoTokenizer.from_pretrained(folder).save_pretrained(place)
    return place


def test_quantised_weights(folder: Path, quantised: Path) -> None:
    _, whole, _ = _both({"pretrained": str(folder), "dtype": "float32"})
    _, ours, theirs = _both({"pretrained": str(quantised), "dtype": "float32"})
    assert ours == pytest.approx(theirs, abs=TOLERANCE["float32"])
    assert max(abs(a - b) for a, b in zip(ours, whole, strict=True)) > 0.01


def test_mixed_precision_is_left_to_lm_eval_and_says_so(folder: Path) -> None:
    arguments = {"pretrained": str(folder), "dtype": "float32", "mixed_precision_dtype": "bfloat16"}
    lm, ours = _answers("seahelm-packed", arguments)
    assert "mixed_precision_dtype" in lm.unpacked_because
    assert ours == _answers("hf", arguments)[1]


def _facts(folder: Path, **options: str) -> dict[str, Any]:
    model: LmEvalModel = hugging_face(str(folder), {"device": "cpu", **options}, spec="hf:")
    return dict(model.facts.fingerprint)


def test_adapter_number_format_and_quantisation_are_part_of_the_fingerprint_and_placement_is_not(
    folder: Path, adapter: Path, quantised: Path, tmp_path: Path
) -> None:
    plain = _facts(folder)
    assert plain["backend"] == "seahelm-packed"
    assert plain["dtype"] == "float32"
    assert _facts(folder, dtype="bfloat16")["dtype"] == "bfloat16"
    assert _facts(quantised)["quantization"] == "torchao"
    adapted = _facts(folder, peft=str(adapter))
    assert len(adapted["adapter"]) == 64
    assert adapted["files"]["peft"].keys() == {"adapter_config.json", "adapter_model.safetensors"}
    assert not {"adapter", "quantization"} & plain.keys()
    offloaded = {"parallelize": "True", "offload_folder": str(tmp_path / "offloaded")}
    assert _facts(folder, **offloaded, pack_tokens="64", batch_size="4") == plain
