"""Repair flow for a mirror's question to the user."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from ..rules.mirrors.questions import Question, answer

CONF_SCRIPT_ID = "script_id"


class QuestionFlow(RepairsFlow):
    """Asks a mirror's question, and passes the answer on."""

    def __init__(self, question: Question) -> None:
        """Initialize with the question."""
        self._question = question

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Continue with the form."""
        if self._question.asks_id:
            return await self.async_step_which()
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for confirmation."""
        if user_input is not None:
            return await self._answer(None)
        return self._form("confirm", vol.Schema({}))

    async def async_step_which(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for the id of the script, if there is one."""
        if user_input is not None:
            script_id = user_input.get(CONF_SCRIPT_ID)
            return await self._answer(None if script_id is None else int(script_id))
        return self._form(
            "which",
            vol.Schema(
                {
                    vol.Optional(CONF_SCRIPT_ID): NumberSelector(
                        NumberSelectorConfig(min=1, step=1, mode=NumberSelectorMode.BOX)
                    )
                }
            ),
        )

    def _form(self, step_id: str, schema: vol.Schema) -> RepairsFlowResult:
        """Show a form with the question's placeholders."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            description_placeholders={
                **self._question.placeholders,
                "mirror": self._question.mirror,
            },
        )

    async def _answer(self, number: int | None) -> RepairsFlowResult:
        """Pass the answer on; Home Assistant then deletes the issue."""
        await answer(self.hass, self._question, number)
        return self.async_create_entry(data={})
