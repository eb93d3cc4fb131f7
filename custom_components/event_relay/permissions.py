"""Permissions, for every way to use the integration.

[The table](../../docs/permissions.md) has the right that each action, button, switch
and command requires.
"""

from enum import Enum

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser

from .backends.forms import BackendForms
from .rules.rule_runner import RuleRunner
from .rules.subentry_runner import SubentryRunner


class Right(Enum):
    """A right that a user may need."""

    READ = "read"
    """To see the state of deliveries."""
    WRITE = "write"
    """To deliver what affects nobody else, such as a camera event."""
    ADMINISTER = "administer"
    """To change what others rely on, and to read and decide about deliveries."""


def right_to(forms: BackendForms, asked: str) -> Right:
    """Return the right that an operation or query of a backend requires."""
    if asked in forms.administrative:
        return Right.ADMINISTER
    return Right.READ if asked in forms.queries else Right.WRITE


def right_to_use(forms: BackendForms, runner: SubentryRunner) -> Right:
    """Return the right that testing or switching a rule or mirror requires.

    A mirror creates, changes and deletes on its own.
    """
    if isinstance(runner, RuleRunner):
        return right_to(forms, runner.rule.operation)
    return Right.ADMINISTER


def may(user: User, right: Right) -> bool:
    """Return whether a user has a right."""
    match right:
        case Right.READ:
            return True
        case Right.WRITE:
            return user.is_admin or user.permissions.access_all_entities(POLICY_CONTROL)
        case Right.ADMINISTER:
            return user.is_admin


def demand(user: User, right: Right, context: Context | None = None) -> None:
    """Raise Unauthorized unless a user has a right."""
    if not may(user, right):
        raise Unauthorized(context=context, user_id=user.id)


async def async_demand(
    hass: HomeAssistant, context: Context | None, right: Right
) -> None:
    """Raise Unauthorized unless the user of a context has a right.

    A context without a user is that of an automation or Home Assistant itself, which
    have every right. Raises UnknownUser for a deleted user.
    """
    if context is None or context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context)
    demand(user, right, context)


async def async_may(hass: HomeAssistant, context: Context, right: Right) -> bool:
    """Return whether the user of a context has a right."""
    try:
        await async_demand(hass, context, right)
    except Unauthorized:
        return False
    return True
