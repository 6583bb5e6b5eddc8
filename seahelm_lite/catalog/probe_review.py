"""What people of a country say of a probe family, and how far that carries it."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from seahelm_lite.catalog.probe_parts import OneLine, ProbePart, Written

Status = Literal["draft", "native_reviewed", "expert_reviewed", "contested", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)
Role = Literal["native", "expert"]
Opinion = Literal["agree", "disagree", "unsure"]
OPINIONS: tuple[Opinion, ...] = get_args(Opinion)

ENOUGH = 3
"""Native votes that a family needs to be anything but a draft."""
AGREEMENT = 0.7
"""Share of them that must agree with the norm; below it, it is none."""

ReviewerCode = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")]


class Vote(ProbePart):
    """What one reviewer said of one family, under a code that names nobody."""

    reviewer: ReviewerCode
    role: Role
    norm: Opinion
    """Whether the norm holds as stated."""
    wording: Opinion
    """Whether the local text reads as people there write."""
    pairs: Opinion | None = None
    """Whether the reviewer, before reading the norm, chose the appropriate replies; None where nobody asked."""
    voted_on: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of what the reviewer read: on any other text the vote is void."""
    remark: OneLine = ""


class Review(ProbePart):
    """How far people of the country have looked at a family."""

    status: Status
    """As last written by `probes review`; what counts is what the votes on the text of today say."""
    author: Written
    votes: tuple[Vote, ...] = ()
    notes: str = ""

    @model_validator(mode="after")
    def _hears_everyone_once(self) -> Review:
        reviewers = [vote.reviewer for vote in self.votes]
        if doubled := {code for code in reviewers if reviewers.count(code) > 1}:
            raise ValueError(f"the reviewer {min(doubled)} votes twice")
        return self

    def votes_on(self, text: str) -> tuple[Vote, ...]:
        """The votes that were cast on a text, given by its SHA-256."""
        return tuple(vote for vote in self.votes if vote.voted_on == text)

    def status_on(self, text: str) -> Status:
        """The status that a family with this text has by its votes.

        What was contested or retired stays so without enough votes: only people bring it back into a score.
        """
        if self.status == "retired":
            return "retired"
        votes = self.votes_on(text)
        native = [vote for vote in votes if vote.role == "native"]
        if len(native) < ENOUGH:
            return "contested" if self.status == "contested" else "draft"
        if sum(vote.norm == "agree" for vote in native) / len(native) < AGREEMENT:
            return "contested"
        experts = [vote.norm for vote in votes if vote.role == "expert"]
        return "expert_reviewed" if experts and set(experts) == {"agree"} else "native_reviewed"
