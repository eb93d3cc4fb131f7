"""A clue holds no moment that is compared with the clock: nobody moves it."""

import ast
from pathlib import Path

BACKENDS = Path(__file__).parents[2] / "custom_components/event_relay/backends"
FIXED = {"event_id", "newest"}
"""What a backend gave or was sent, which stays what it is when the clock is set."""


def test_clues_hold_nothing_that_the_clock_moves() -> None:
    keys: set[object] = set()
    for path in BACKENDS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            target = getattr(node, "targets", [None])[0]
            name = getattr(target, "attr", getattr(target, "id", None))
            value = getattr(node, "value", None)
            if name == "clue" and isinstance(value, ast.Dict):
                keys |= {getattr(key, "value", None) for key in value.keys}

    assert keys == FIXED
