"""Wire formats by name: the shipped ones, and those of installed packages.

A package adds one by an entry point of the group `seahelm_lite.models` that has its name and names an object like a
`Wire`. Finding it runs none of its code: it is imported when a model is asked that way.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.plugins import BrokenPlugin, owner_of
from seahelm_lite.errors import CardError, UnknownNameError
from seahelm_lite.models.api.wires.anthropic_messages import AnthropicMessages
from seahelm_lite.models.api.wires.base import Wire
from seahelm_lite.models.api.wires.gemini import Gemini
from seahelm_lite.models.api.wires.openai_chat import OpenAIChat
from seahelm_lite.models.api.wires.openai_completions import OpenAICompletions

GROUP = "seahelm_lite.models"

_SHIPPED: dict[str, Wire] = {
    wire.name: wire for wire in (OpenAIChat(), OpenAICompletions(), AnthropicMessages(), Gemini())
}


def wire_named(name: str) -> Wire:
    """The wire format of that name, as cards write it.

    Raises:
        UnknownNameError: If there is none, with the nearest names; or if the plugin that has it is broken.
        CardError: If two have the same name.
    """
    points = _points()
    if name in _SHIPPED:
        return _SHIPPED[name]
    if name not in points:
        known = [*_SHIPPED, *points]
        raise unknown("wire format", name, known, listing=f"the formats are {', '.join(known)}")
    wire = _loaded(points[name])
    if isinstance(wire, BrokenPlugin):
        raise UnknownNameError(
            f"the wire format {name!r} cannot be had: {wire.sentence()}", remedy="Mend or uninstall the plugin."
        )
    return wire


def _points() -> dict[str, EntryPoint]:
    """The wire formats of installed packages, by name."""
    points: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        taken = "seahelm-lite" if point.name in _SHIPPED else None
        if point.name in points:
            taken = owner_of(points[point.name])
        if taken is not None:
            raise CardError(
                f"the wire format {point.name!r} exists already, in {taken}",
                where=owner_of(point),
                remedy="Uninstall one of them.",
            )
        points[point.name] = point
    return points


def _loaded(point: EntryPoint) -> Wire | BrokenPlugin:
    owner = owner_of(point)
    try:
        found: object = point.load()
        wire = found if isinstance(found, Wire) and not isinstance(found, type) else None
    except Exception as error:  # whatever the module does while it is imported
        return BrokenPlugin(owner, f"{point.value} cannot be imported ({type(error).__name__}: {error})")
    if wire is None:
        return BrokenPlugin(owner, f"{point.value} is not an object with all that a wire format has")
    if wire.name != point.name:
        return BrokenPlugin(owner, f"{point.value} calls itself {wire.name!r}, its entry point {point.name!r}")
    return wire
