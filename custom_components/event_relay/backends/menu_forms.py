"""Choices of a flow's next step.

These are forms instead of Home Assistant's menus: Tab never reaches the items of a menu
(2026.10), so nobody can use one with the keyboard alone.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from homeassistant.data_entry_flow import FlowHandler, FlowResult
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .choice_forms import NOTHING_CHOSEN
from .named_steps import STEP

NEXT_STEP = "next_step_id"
"""The only field; Home Assistant's menus take their choice by this name, too."""

CONNECTED = "connected"
"""What a flow that follows a new connection is given to say first, in Markdown."""


def connection_summary(flow: FlowHandler[Any, Any, Any]) -> dict[str, str]:
    """Return the placeholder with which such a flow begins; empty for any other."""
    said = (flow.init_data or {}).get(CONNECTED)
    return {CONNECTED: f"{said}\n\n" if said else ""}


def menu_schema(
    options: Iterable[str], translation_key: str, *, proposed: str | None = None
) -> vol.Schema:
    """Return the form that asks for one of some steps; the user must choose.

    `proposed` is preselected; it should change nothing that matters to the user.
    """
    chosen = NOTHING_CHOSEN if proposed is None else {"suggested_value": proposed}
    steps = SelectSelectorConfig(
        options=[*options],
        translation_key=translation_key,
        mode=SelectSelectorMode.LIST,
    )
    return vol.Schema(
        {vol.Required(NEXT_STEP, description=chosen): SelectSelector(steps)}
    )


def chosen_step[Result: FlowResult[Any, Any]](
    flow: FlowHandler[Any, Result, Any], user_input: dict[str, Any] | None
) -> Callable[[], Awaitable[Result]] | None:
    """Return the step that the user has chosen in such a form; None before that.

    A repair's flow begins with input that is not the user's.
    """
    if user_input is None or NEXT_STEP not in user_input:
        return None
    step: Callable[[], Awaitable[Result]]
    step = getattr(flow, f"{STEP}{user_input[NEXT_STEP]}")
    return step
