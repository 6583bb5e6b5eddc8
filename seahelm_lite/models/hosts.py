"""Which hosts a run may reach without a network, and which may see items that may not be redistributed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Capabilities

_HUB_SWITCH = "HF_HUB_OFFLINE"


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback interface. An address of a private network is not: it may be anybody's."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def stays_inside(capabilities: Capabilities) -> bool:
    """Whether prompts stay on this machine, or on a host that a card calls the evaluator's own."""
    host = capabilities.host
    return host is None or is_this_machine(host) or capabilities.on_premise


def refuse_outside(capabilities: Capabilities, spec: str) -> None:
    """Refuse a model that would be asked, or whose tokens would be fetched, over a network that is not there.

    Raises:
        ModelError: Naming the host.
    """
    hosts = [host for host in (capabilities.host, capabilities.token_host) if host is not None]
    outside = [] if capabilities.on_premise else [host for host in hosts if not is_this_machine(host)]
    if outside:
        raise ModelError(
            f"the run is offline, and {outside[0]} is not this machine",
            where=spec,
            remedy="Leave out --offline (or SEAHELM_LITE_OFFLINE); or write a model card that says `on_premise: true`, "
            "in a folder that SEAHELM_LITE_MODELS names.",
        )


@contextmanager
def without_hub() -> Iterator[None]:
    """Keep the libraries that load models from looking for files on the hub, whether they are imported yet or not."""
    before = os.environ.get(_HUB_SWITCH)
    os.environ[_HUB_SWITCH] = "1"
    constants = sys.modules.get("huggingface_hub.constants")
    switched = getattr(constants, _HUB_SWITCH, None)
    if constants is not None:
        setattr(constants, _HUB_SWITCH, True)
    try:
        yield
    finally:
        os.environ.pop(_HUB_SWITCH)
        if before is not None:
            os.environ[_HUB_SWITCH] = before
        constants = sys.modules.get("huggingface_hub.constants")
        if constants is not None:
            setattr(constants, _HUB_SWITCH, bool(switched))
