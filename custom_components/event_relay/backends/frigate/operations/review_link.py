"""The link to an event's review item, added to the receipt once it is known.

Frigate finds the item of an event from 0.1 to 0.8 s on if the event opened it.
Otherwise only once the item has closed: 40 s (alert) or 30 s (detection) after the end
of its last event (0.17.2 and 0.18, run).
"""

from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

from ...base import Enrichment, Receipt
from ..api.client import FrigateClient
from ..api.models import FrigateCapabilities

SOON = 2
"""Seconds after the delivery at which an item that the event has opened exists."""
AFTER_END = (32, 43, 60, 120, 300, 900, 3600, 21_600, 86_400)
"""Seconds after the end of the event at which its item may have closed. Further events
on the camera keep it open."""

type Enriching = Enrichment[FrigateClient]


def review_link(
    capabilities: FrigateCapabilities, receipt: Receipt, settled_at: datetime
) -> Enriching | None:
    """Return how to find the review item of an event.

    None if it is known, or if the camera makes no items.
    """
    camera = capabilities.cameras.get(str(receipt.details.get("camera")))
    if camera is not None and not camera.reviews:
        return None
    if receipt.outside_id is None or "review_id" in receipt.details:
        return None
    end = max(_end(receipt) or settled_at, settled_at)
    return Enrichment(
        look=partial(_look, capabilities, receipt),
        at=(
            settled_at + timedelta(seconds=SOON),
            *(end + timedelta(seconds=seconds) for seconds in AFTER_END),
        ),
    )


async def _look(
    capabilities: FrigateCapabilities, receipt: Receipt, client: FrigateClient
) -> Receipt | None:
    """Look up the item; an existing link is kept."""
    if (review_id := await client.review_of(str(receipt.outside_id))) is None:
        return None
    link = f"{client.address}/review?id={quote(review_id, safe='')}"
    links = {} if "review" in receipt.links else {"review": link}
    if not capabilities.version.has_explore:
        links["event"] = link
    return Receipt(links=links, details={"review_id": review_id})


def _end(receipt: Receipt) -> datetime | None:
    """Return the end of the event, past or future; None while it is open."""
    end = receipt.details.get("end")
    return datetime.fromisoformat(end) if isinstance(end, str) else None
