"""What the operations share."""

from collections.abc import Mapping

from ..base import (
    InvalidField,
    JsonObject,
    Receipt,
)
from ..receipts import receipt_of
from .version import FrigateVersion

_DETAILS = ("camera", "label", "start", "end", "review_id")


def refuse_unless(
    can: bool,  # noqa: FBT001 it reads as a sentence
    value: object,
    field: str,
    version: FrigateVersion,
) -> None:
    """Refuse a field that was given and that this version lacks."""
    if value is not None and not can:
        raise InvalidField(field, "not_supported", version=str(version))


def receipt_from(results: Mapping[str, JsonObject]) -> Receipt:
    """Put together what the steps gave."""
    return receipt_of(results, _DETAILS)
