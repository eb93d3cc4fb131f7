"""Differences between a live Frigate and the stand-in that are as they should be."""

from compare.differences import Known

KNOWN: tuple[Known, ...] = (
    Known(
        step="review, wrong *",
        fact="body.detail",
        why="Frigate declares these parameters as a union with null, and pydantic names"
        " each member that did not fit. A client goes by the status alone: it never"
        " sends such a value.",
    ),
)
