"""When Home Assistant's time zone changes its offset."""

from datetime import UTC, datetime, tzinfo


def next_offset_change(
    zone: tzinfo, since: datetime, until: datetime
) -> datetime | None:
    """Return the first instant, in UTC, whose offset differs from that of `since`.

    None if the offset is the same at `until`. For a span with at most one change,
    such as a day; exact to the second.
    """
    before, after = int(since.timestamp()), int(until.timestamp())
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    if datetime.fromtimestamp(after, zone).utcoffset() == offset:
        return None
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return datetime.fromtimestamp(after, UTC)
