"""The command that makes a cell again, from the manifest of its run."""

from __future__ import annotations

import re
import shlex

from seahelm_lite.boards.runs import FinishedRun
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.records import sha256_hex

_OUT = ("--out", "out")

_SETTINGS = ("protocol", "shots", "seed", "repeats", "limit", "chat_template", "max_tokens")
"""Settings of a run that are options with a value."""

_ABSOLUTE = re.compile(r"(?<=[:=])/(?!/)(?:[^,#/]*/)*(?=[^,#/])")
"""The folders of an absolute path within a model SPEC; the two slashes of an address begin none."""


def command(run: FinishedRun) -> str:
    """The exact command line, quoted for a shell, with the settings that differ from their defaults.

    It makes the whole run again, so that its scores file has the hash that stands beside the cell. No path of the
    machine that made the run appears in it: whoever has a mirror adds it, or sets SEAHELM_LITE_MIRROR.
    """
    if run.manifest.imported is not None:
        return _import(run)
    spec = run.manifest.spec
    words = ["seahelm-lite", "run", "--model", _ABSOLUTE.sub("", str(spec["model"]))]
    for option, names in (("--suite", spec.get("suites", ())), ("--task", spec.get("tasks", ()))):
        words += [word for name in names for word in (option, name)]
    for name in _SETTINGS:
        value = spec.get(name, RunSpec.model_fields[name].default)
        if value != RunSpec.model_fields[name].default:
            words += ["--" + name.replace("_", "-"), str(value)]
    comment = ""
    if spec.get("system_prompt") is not None:
        words += ["--system-prompt", "FILE"]
        comment = f"  # FILE: the system prompt, whose sha256 is {sha256_hex(spec['system_prompt'])}"
    if spec.get("allow_egress"):
        words.append("--allow-egress")
    return shlex.join([*words, *_OUT]) + comment


def _import(run: FinishedRun) -> str:
    spec = run.manifest.spec
    words = ["seahelm-lite", "import", str(spec["import"]), *spec["files"]]
    for name in ("model", "task", "shots", "source", "licence"):
        if spec.get(name) is not None:
            words += [f"--{name}", str(spec[name])]
    return shlex.join([*words, *_OUT])
