"""Repair flow for a mirror's question to the user."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
import voluptuous as vol

from ..backends.base import InvalidField
from ..backends.input_forms import BoundedNumber, read_numbers
from ..rules.mirrors.question_issue import Question, answer

CONF_SCRIPT_ID = "script_id"
LARGEST_ID = 2**53
"""The largest whole number that a browser sends unchanged."""

_WHICH = vol.Schema({vol.Optional(CONF_SCRIPT_ID): BoundedNumber(1, LARGEST_ID)})


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
        if user_input is None:
            return self._form("which", _WHICH)
        try:
            script_id = read_numbers(_WHICH, user_input).get(CONF_SCRIPT_ID)
        except InvalidField as error:
            shown = self.add_suggested_values_to_schema(_WHICH, user_input)
            return self._form("which", shown, error)
        return await self._answer(script_id)

    def _form(
        self, step_id: str, schema: vol.Schema, error: InvalidField | None = None
    ) -> RepairsFlowResult:
        """Show a form with the question's placeholders, and with an error."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors={error.field: error.problem} if error else {},
            description_placeholders={
                **self._question.placeholders,
                **(error.details if error else {}),
                "mirror": self._question.mirror,
            },
        )

    async def _answer(self, number: int | None) -> RepairsFlowResult:
        """Pass the answer on; Home Assistant then deletes the issue."""
        await answer(self.hass, self._question, number)
        return self.async_create_entry(data={})
