"""How other harnesses ask the items of a task: what a card says of them.

Their wording is not on the card. SEA-HELM's is read from its pinned configuration files, lm-eval's from the installed
package, so that a prompt is theirs to the last byte and nothing of theirs is copied here.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from seahelm_lite.catalog.pins import GithubPin

Peer = Literal["sea-helm", "lm-eval"]
"""A harness whose way of asking and scoring a task can be taken."""
PEERS: tuple[Peer, ...] = ("sea-helm", "lm-eval")

COMPAT = "compat:"
"""What the name of a peer's protocol begins with."""

PEER_TITLES: dict[Peer, str] = {"sea-helm": "SEA-HELM", "lm-eval": "lm-eval"}


class PeerForm(BaseModel):
    """How one other harness asks a task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: GithubPin | None = None
    """Its own copy of the rows, a JSON-lines file, where that is not our test split."""
    cluster: str | None = None
    """As `document: cluster:`, for rows of its own."""
    metrics: tuple[Literal["balanced_acc", "acc"], ...] = Field(default=("acc",), min_length=1)
    """Headline first."""


class SeaHelmForm(PeerForm):
    """How SEA-HELM asks a task, and what it takes for an answer."""

    config: GithubPin
    """The configuration file that holds the templates."""
    task: str
    language: str
    """SEA-HELM's own names, under which the file has them."""
    variables: str
    """An expression for what the template's variables stand for."""
    labels: tuple[str, ...] = Field(min_length=2)
    """What a reply may answer. They follow from the rows, so they stand here and not in the file."""
    options: str | None = None
    """An expression for the labels between which a row asks to choose, where these are not all of them."""
    answer: str
    """An expression for the index of the right one among the labels, or among the options of the row."""
    metrics: tuple[Literal["balanced_acc", "acc"], ...] = Field(default=("balanced_acc", "acc"), min_length=1)
    """Headline first. For most tasks SEA-HELM reports balanced accuracy, corrected for chance."""


class LmEvalForm(PeerForm):
    """Which task of lm-eval asks the same items by log-likelihood."""

    folder: str = Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$")
    """Below the tasks that lm-eval ships: the only folder that is searched."""
    task: str
    columns: str
    """An expression for a row in the columns that lm-eval's functions read."""


class Compat(BaseModel):
    """The harnesses whose way of asking is known for a task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sea_helm: SeaHelmForm | None = Field(default=None, alias="sea-helm")
    lm_eval: LmEvalForm | None = Field(default=None, alias="lm-eval")

    def of(self, protocol: str) -> SeaHelmForm | LmEvalForm | None:
        """How a peer asks, in the protocol of its compat mode; None in any other, and where it is not known."""
        known = {f"{COMPAT}sea-helm": self.sea_helm, f"{COMPAT}lm-eval": self.lm_eval}
        return known.get(protocol)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The harnesses that the card knows."""
        return tuple(peer for peer in PEERS if self.of(COMPAT + peer) is not None)

    @property
    def pins(self) -> tuple[GithubPin, ...]:
        """Every file that is needed besides the task's own data."""
        forms = [form for form in (self.sea_helm, self.lm_eval) if form is not None]
        configs = (self.sea_helm.config,) if self.sea_helm is not None else ()
        return (*configs, *(form.rows for form in forms if form.rows is not None))
