"""A connection to a Ray cluster."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from seahelm_lite.errors import ModelError


class Cluster:
    """A Ray cluster, and how a model is put onto it: one actor for each GPU, or for each node where there are none.

    Until it is closed, what is printed goes to standard error, where Ray's own messages belong.
    """

    def __init__(self, address: str | None) -> None:
        """Connect to a cluster.

        Args:
            address: Of the client server of a cluster elsewhere. None is the connection that this process has
                already, or the cluster of `RAY_ADDRESS`, or the one that runs on this machine, or else a new one here.

        Raises:
            ModelError: If Ray is not installed, or the cluster cannot be reached or has nothing to run on.
        """
        ray = _imported()
        self._open = contextlib.ExitStack()
        self._open.enter_context(contextlib.redirect_stdout(sys.stderr))
        try:
            if address is not None or not ray.is_initialized():
                self._connect(ray, address)
            self._look_around(ray)
        except BaseException:
            self.close()
            raise

    def _connect(self, ray: Any, address: str | None) -> None:
        given = address or os.environ.get("RAY_ADDRESS", "")
        try:
            _knock(given)
            ray.init(address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        except (OSError, RuntimeError, ValueError, ImportError, ray.exceptions.RayError) as error:
            raise ModelError(
                f"cannot connect to Ray: {' '.join(str(error).split())[:300]}",
                where=given,
                remedy="Check that `ray status` works there, with the same version of Ray, and that RAY_AUTH_MODE and "
                "the token are those of the cluster.",
            ) from None
        self._open.callback(ray.shutdown)

    def _look_around(self, ray: Any) -> None:
        gpus = int(ray.cluster_resources().get("GPU", 0))
        self.has_gpus = gpus > 0
        self.actors: int = gpus or sum(node["Alive"] and node["Resources"].get("CPU", 0) >= 1 for node in ray.nodes())
        """How many models it has room for."""
        self.options: Mapping[str, Any] = (
            {"num_gpus": 1, "num_cpus": 0} if gpus else {"num_cpus": 1, "scheduling_strategy": "SPREAD"}
        )
        """What an actor is given."""
        if not self.actors:
            raise ModelError("the Ray cluster has neither a GPU nor a CPU to run on", remedy="`ray status` shows it.")

    def close(self) -> None:
        """Disconnect, which ends the actors; a cluster that was started here ends too."""
        self._open.close()


def _knock(address: str) -> None:
    """Find out whether anybody is there: Ray itself goes on trying for a quarter of an hour.

    Raises:
        OSError: If not.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


def ray_version() -> str:
    """The version of Ray that is installed."""
    return metadata.version("ray")


def _imported() -> Any:
    # Nobody who evaluates a model has been asked whether Ray may report home.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise ModelError("--executor ray needs Ray", remedy="pip install 'seahelm-lite[ray]'.") from None
    return ray
