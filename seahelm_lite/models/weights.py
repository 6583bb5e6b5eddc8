"""What identifies a local model: the bytes of its files and its chat template."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

_WEIGHT_FILES = ("*.safetensors", "*.bin", "*.gguf", "*.pt", "*.json", "*.model", "*.txt", "*.jinja", "*.py")
_CHUNK = 1 << 22


def folder_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a model folder that can change an answer, by relative path."""
    files = sorted({path for pattern in _WEIGHT_FILES for path in folder.glob(pattern)})
    return {path.name: _file_hash(path) for path in files if path.is_file()}


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
    """What only the loaded model can tell: the number format of its weights, and the hub commit they came from."""
    module = getattr(model, "_model", None)
    dtype = getattr(module, "dtype", None)
    commit = getattr(getattr(module, "config", None), "_commit_hash", None)
    return {"dtype": None if dtype is None else str(dtype).removeprefix("torch."), "commit": commit}
