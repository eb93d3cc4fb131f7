"""Who may do what: decided here, whichever way somebody comes.

[The table](../../docs/permissions.md) says what each action, button, switch and
command asks for.
"""

from enum import Enum

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser

from .backends.forms import BackendForms
from .rules.member import Member
from .rules.runner import RuleRunner


class Right(Enum):
    """What somebody needs to be permitted."""

    READ = "read"
    """To see how deliveries fare."""
    WRITE = "write"
    """To deliver what concerns nobody else, such as an event of a camera."""
    ADMINISTER = "administer"
    """To change what others rely on, to decide about deliveries, to read them."""


def right_to(forms: BackendForms, asked: str) -> Right:
    """Return what an operation, or a query, of a backend asks for."""
    if asked in forms.administrative:
        return Right.ADMINISTER
    return Right.READ if asked in forms.queries else Right.WRITE


def right_to_use(forms: BackendForms, member: Member) -> Right:
    """Return what it takes to test a rule, or to switch a rule or mirror.

    A mirror makes, changes and deletes by itself.
    """
    if isinstance(member, RuleRunner):
        return right_to(forms, member.rule.operation)
    return Right.ADMINISTER


def may(user: User, right: Right) -> bool:
    """Say whether a user has a right."""
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
    """Raise Unauthorized unless who acts in a context has a right.

    Without a user it is an automation or Home Assistant itself, which may everything.
    Raises UnknownUser for one that has been deleted.
    """
    if context is None or context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context)
    demand(user, right, context)


async def async_may(hass: HomeAssistant, context: Context, right: Right) -> bool:
    """Say whether who acts in a context has a right."""
    try:
        await async_demand(hass, context, right)
    except Unauthorized:
        return False
    return True
