"""What identifies a local model: the bytes of its files and its chat template."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_WEIGHT_FILES = ("*.safetensors", "*.bin", "*.gguf", "*.pt", "*.json", "*.model", "*.txt", "*.jinja", "*.py")
_CHUNK = 1 << 22


def local_hashes(arguments: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """The files that a backend's arguments point to: weights, adapter, tokenizer, whatever exists on this machine.

    Returns:
        Argument name to the hashes of its files.
    """
    places = {name: Path(str(value)).expanduser() for name, value in arguments.items() if str(value).strip()}
    return {name: path_hashes(path) for name, path in places.items() if path.exists()}


def path_hashes(path: Path) -> dict[str, str]:
    """SHA-256 of a file, or of every file of a folder that can change an answer, by relative path."""
    if path.is_file():
        return {path.name: _file_hash(path)}
    files = sorted({found for pattern in _WEIGHT_FILES for found in path.rglob(pattern) if found.is_file()})
    return {file.relative_to(path).as_posix(): _file_hash(file) for file in files}


def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def chat_template_of(model: Any) -> str | None:
    """The chat template of a loaded backend's tokenizer, or None.

    Looks only at what the backend has already loaded: some backends fetch a tokenizer when asked for one.
    """
    tokenizer = vars(model).get("tokenizer")
    template = getattr(tokenizer, "chat_template", None)
    if isinstance(template, dict):
        template = template.get("default")
    return template if isinstance(template, str) else None


def loaded_facts(model: Any) -> dict[str, str | None]:
    """What only the loaded model can tell.

    Returns:
        The number format of its weights and the hub commit they came from; how they are quantised and the hash of an
        adapter's weights, where they are or it has one.
    """
    module = getattr(model, "_model", None)
    dtype = getattr(module, "dtype", None)
    config = getattr(module, "config", None)
    found: dict[str, str | None] = {
        "dtype": None if dtype is None else str(dtype).removeprefix("torch."),
        "commit": getattr(config, "_commit_hash", None),
    }
    if quantised := getattr(config, "quantization_config", None):
        method = quantised.get("quant_method") if isinstance(quantised, dict) else quantised.quant_method
        found["quantization"] = str(getattr(method, "value", method))
    if hasattr(module, "peft_config"):
        found["adapter"] = _adapter_hash(module)
    return found


def _adapter_hash(module: Any) -> str:
    """SHA-256 of the adapter of a PEFT model: a name on a hub does not say which version of it was loaded."""
    import torch
    from peft import get_peft_model_state_dict

    digest = hashlib.sha256()
    for name, weights in sorted(get_peft_model_state_dict(module).items()):
        digest.update(name.encode())
        digest.update(weights.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
