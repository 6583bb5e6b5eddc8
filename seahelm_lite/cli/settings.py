"""The settings of a run: a YAML file, and the options of the command line, which win."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seahelm_lite.catalog.yaml_files import YamlFile
    from seahelm_lite.engine.spec import RunSpec

_FIELDS = {"suite": "suites", "task": "tasks"}
"""Options that are called otherwise in a settings file."""


def run_spec(options: argparse.Namespace) -> RunSpec:
    """What the user asked for.

    Raises:
        SeahelmError: If something needed is missing, unknown or out of range: the option, or file and line.
    """
    from pydantic import ValidationError

    from seahelm_lite.engine.spec import RunSpec
    from seahelm_lite.errors import CardError

    file = _settings_file(options.config)
    settings: dict[str, Any] = {**(file.data if file is not None else {}), **given_settings(options)}
    _check_names(settings)
    try:
        return RunSpec.model_validate(settings)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        if not fault["loc"]:
            raise CardError(fault["msg"].removeprefix("Value error, ")) from None
        name = str(fault["loc"][0])
        from_file = file is not None and name not in given_settings(options)
        where = file.at(fault["loc"]) if file is not None and from_file else ""
        option = name if from_file else "--" + name.replace("_", "-")
        raise CardError(f"{option}: {fault['msg']}", where=where) from None


def _settings_file(path: Path | None) -> YamlFile | None:
    from seahelm_lite.catalog.names import nearest
    from seahelm_lite.catalog.yaml_files import read_yaml
    from seahelm_lite.engine.spec import RunSpec
    from seahelm_lite.errors import CardError

    if path is None:
        return None
    file = read_yaml(path)
    for key in file.data:
        if key not in RunSpec.model_fields:
            close = nearest(str(key), RunSpec.model_fields)
            remedy = f"Did you mean {close}?" if close else f"Known: {', '.join(RunSpec.model_fields)}."
            raise CardError(f"unknown key {key!r}", where=file.at((str(key),)), remedy=remedy)
    return file


def given_settings(options: argparse.Namespace) -> dict[str, Any]:
    """The options that were used, by the names of the settings."""
    from seahelm_lite.engine.spec import RunSpec

    values = {_FIELDS.get(name, name): value for name, value in vars(options).items()}
    values["system_prompt"] = _text(options.system_prompt)
    return {name: values[name] for name in RunSpec.model_fields if values.get(name) not in (None, [])}


def _check_names(settings: dict[str, Any]) -> None:
    from seahelm_lite.catalog.compat import PEERS
    from seahelm_lite.catalog.names import unknown
    from seahelm_lite.catalog.task_card import MULTIPLE_CHOICE_PROTOCOLS, PROTOCOLS
    from seahelm_lite.errors import SeahelmError

    if "model" not in settings:
        raise SeahelmError("no model is named", remedy="Add --model SPEC; `seahelm-lite run -h` shows the forms.")
    if not settings.get("suites") and not settings.get("tasks"):
        raise SeahelmError("no suite or task is named", remedy="Add --suite or --task; `seahelm-lite tasks list`.")
    if (peer := settings.get("compat")) is not None and peer not in PEERS:
        raise unknown("harness to be compatible with", str(peer), PEERS, listing=", ".join(PEERS))
    protocol = settings.get("protocol")
    if protocol is not None and protocol not in PROTOCOLS:
        raise unknown("protocol", str(protocol), PROTOCOLS, listing=", ".join(MULTIPLE_CHOICE_PROTOCOLS))


def _text(path: Path | None) -> str | None:
    from seahelm_lite.errors import SeahelmError

    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SeahelmError(f"the system prompt cannot be read: {error}", where=str(path)) from None
