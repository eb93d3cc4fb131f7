"""Differences between a live Frigate and the simulator that are as they should be."""

from tools.compare.differences import Known

KNOWN: tuple[Known, ...] = (
    Known(
        step="review, wrong *",
        fact="body.detail",
        why="Frigate declares these parameters as a union with null, and pydantic names"
        " each member that did not fit. A client goes by the status alone: it never"
        " sends such a value.",
    ),
    *(
        Known(
            step="*",
            fact=fact,
            why="A Frigate that has made its database in this run fills columns that"
            " any later run leaves empty (0.16.4, 0.17.2, 0.18). No client needs them.",
        )
        for fact in ("*.false_positive", "*.box")
    ),
)
