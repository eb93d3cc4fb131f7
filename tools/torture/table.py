"""Print the ledger."""

from collections.abc import Iterator, Sequence

from .ledger import Kind, Row

_COLUMNS = (
    "connection",
    "called",
    "accepted",
    "perhaps",
    "refused",
    "stored",
    "lost",
    "doubled",
    "stray",
    "open",
    "twice",
    "unknown",
    "expired",
    "told",
    "waiting",
)
_TOTAL = "all"


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table, and a line for each offence and each unfinished delivery."""
    table = [_COLUMNS, *(_cells(row) for row in rows), _cells(_sum(rows))]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *numbers in table:
        cells = zip(numbers, widths[1:], strict=True)
        aligned = (number.rjust(width) for number, width in cells)
        yield "  ".join([first.ljust(widths[0]), *aligned])
    for row in rows:
        for title, offences in ((None, row.offences), ("told", row.told)):
            for one in offences:
                yield (
                    f"{title or one.kind.upper()}  {row.connection}"
                    f"  {one.thing.action}  {one.thing.mark}"
                    f"  delivery {one.delivery_id}: {one.why}"
                )
        for left in row.waiting:
            yield (
                f"waiting  {row.connection}  {left.thing.action}"
                f"  {left.thing.mark}  delivery {left.id}: {left.state}"
                f" ({left.failure})"
            )


def _cells(row: Row) -> tuple[str, ...]:
    figures = (
        *(row.called, row.accepted, row.perhaps, row.refused, row.stored),
        *(row.count(kind) for kind in Kind),
        *(row.twice, row.unknown, row.expired, len(row.told), len(row.waiting)),
    )
    return (row.connection, *map(str, figures))


def _sum(rows: Sequence[Row]) -> Row:
    return Row(
        connection=_TOTAL,
        called=sum(row.called for row in rows),
        accepted=sum(row.accepted for row in rows),
        perhaps=sum(row.perhaps for row in rows),
        refused=sum(row.refused for row in rows),
        stored=sum(row.stored for row in rows),
        twice=sum(row.twice for row in rows),
        unknown=sum(row.unknown for row in rows),
        expired=sum(row.expired for row in rows),
        waiting=[one for row in rows for one in row.waiting],
        offences=[one for row in rows for one in row.offences],
        told=[one for row in rows for one in row.told],
    )
