"""The findings of a probe as a part of a model card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from seahelm_lite.catalog.access import Access, EndpointCapabilities, Params
from seahelm_lite.models.api.probe import Probed
from seahelm_lite.models.api.probe_answers import Finding, Outcome
from seahelm_lite.records import JsonValue

Record = dict[str, JsonValue]
"""What stands under an entry of `access` on a card: `params`, `capabilities`, `verified`, `verified_on`."""

_YES_NO: Mapping[Outcome, str] = {"honoured": "yes", "ignored": "no", "refused": "no", "unknown": "unknown"}
_CAPABILITIES: Mapping[str, tuple[str, Mapping[Outcome, JsonValue]]] = {
    "system role": ("system", _YES_NO),
    "stop": (
        "stop",
        {"honoured": "honoured", "ignored": "ignored", "refused": "unsupported", "unknown": "unknown"},
    ),
    "seed": (
        "seed",
        {"honoured": "repeatable", "ignored": "unsupported", "refused": "unsupported", "unknown": "unknown"},
    ),
    "temperature 0": (
        "zero_temperature",
        {"honoured": "repeatable", "ignored": "varies", "refused": "unsupported", "unknown": "unknown"},
    ),
    "log-probabilities": (
        "chat_logprobs",
        {"ignored": 0, "refused": 0, "unknown": "unknown"},
    ),
    "prompt log-probabilities": ("prompt_logprobs", _YES_NO),
    "JSON schema": ("json_schema", _YES_NO),
    "tools": ("tools", _YES_NO),
    "streaming": ("stream", _YES_NO),
}
"""Of each finding: the capability, and what it is after each outcome."""

_PARAMS = {"stop": "stop", "seed": "seed", "max_tokens": "max_tokens", "JSON schema": "json_schema"}
"""Of each finding about a parameter: its name."""


def record(access: Access, probed: Probed, on: date) -> Record:
    """What a card shall say of an endpoint, once it was probed.

    What was not asked stays as the card had it; what was asked and could not be told is `unknown`.

    Args:
        access: The endpoint, as its card has it so far.
        probed: What was found.
        on: The day of the probe.
    """
    capabilities: Record = access.capabilities.model_dump(mode="json")
    for finding in probed.findings:
        if finding.what in _CAPABILITIES:
            name, values = _CAPABILITIES[finding.what]
            capabilities[name] = finding.level if finding.level is not None else values[finding.outcome]
    made = {
        "params": _params(access.params, probed),
        "capabilities": EndpointCapabilities.model_validate(capabilities).model_dump(mode="json"),
    }
    return {**made, "verified": "live", "verified_on": on.isoformat()}


def _params(before: Params, probed: Probed) -> Record:
    """What becomes of parameters: one that is ignored is not sent either, so that a run says that it lacked it."""
    unsupported: set[str] = set(before.unsupported)
    for finding in probed.findings:
        if finding.outcome == "unknown":
            continue
        if finding.what in _PARAMS:
            lacking = finding.outcome != "honoured"
            (unsupported.add if lacking else unsupported.discard)(_PARAMS[finding.what])
        elif finding.what == "temperature 0":
            (unsupported.add if finding.outcome == "refused" else unsupported.discard)("temperature")
    told: Record = before.model_dump(mode="json", exclude_defaults=True)
    told["unsupported"] = sorted(unsupported)
    told["rename"] = {**told.get("rename", {}), **probed.rename}
    told["unknown_field"] = _unknown_field(probed) or before.unknown_field
    return {name: value for name, value in Params.model_validate(told).model_dump(mode="json").items() if value}


def _unknown_field(probed: Probed) -> str | None:
    words: Mapping[Outcome, str] = {"ignored": "ignored", "refused": "error"}
    found = next(finding for finding in probed.findings if finding.what == "unknown field")
    return words.get(found.outcome)


def as_yaml(made: Record, findings: tuple[Finding, ...], *, title: str) -> str:
    """The record as it is pasted into a card, with what each capability rests on beside it."""
    import yaml

    seen = {_CAPABILITIES[f.what][0]: f for f in findings if f.what in _CAPABILITIES}
    lines = [f"# {title}", "# Put this in the place of the same keys of the card's entry under `access`."]
    for line in yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=10_000).splitlines():
        name = line.strip().partition(":")[0]
        if line.startswith("  ") and name in seen and made["capabilities"].get(name) is not None:
            # A comment ends where a line does, and YAML takes no control characters even there.
            words = "".join(letter if letter.isprintable() else " " for letter in seen[name].seen)
            lines.append(f"{line}  # {words}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
