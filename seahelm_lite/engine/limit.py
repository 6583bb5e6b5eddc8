"""Which models a limit of cost can hold."""

from __future__ import annotations

from decimal import Decimal

from seahelm_lite.errors import ModelError
from seahelm_lite.models.api.batch import BatchModel
from seahelm_lite.models.base import DocumentModel, Model


def refuse_limit(model: Model | DocumentModel, name: str, max_cost: Decimal | None) -> None:
    """Refuse a limit that the model cannot be held to.

    Args:
        model: The model.
        name: Its SPEC, for the message.
        max_cost: What a run may spend; None where it may spend anything.

    Raises:
        ModelError: If it is asked in batches, has no price, or is not told how long an answer may be.
    """
    if max_cost is None:
        return
    if isinstance(model, BatchModel):
        raise ModelError(
            "is asked in batches, which are paid for as a whole and cannot be stopped at a cost",
            where=name,
            remedy="Leave out --max-cost; --dry-run tells what all of it may cost.",
        )
    if model.facts.price is None:
        raise ModelError(
            "no price is known for it, so its cost cannot be limited",
            where=name,
            remedy="Leave out --max-cost, or write the price into the model's card.",
        )
    if not model.facts.told_limit:
        raise ModelError(
            "is not told how long an answer may be, so its cost cannot be limited",
            where=name,
            remedy="Leave out --max-cost.",
        )
