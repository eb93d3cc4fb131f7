"""What the form of a rule asks for to make a custom event."""

from ..choice_forms import choice
from ..rule_forms import LINES, OBJECT, TEXT, RuleField
from .fields import STATUSES

CUSTOM_EVENT = (
    RuleField(
        name="status",
        selector=choice(STATUSES, translation_key="custom_event_status"),
        required=True,
    ),
    RuleField(name="title", selector=TEXT, required=True),
    RuleField(name="message", selector=LINES),
    RuleField(name="tags", selector=OBJECT),
    RuleField(name="origin", selector=TEXT, seldom=True),
    RuleField(name="occurred_at", selector=TEXT, seldom=True),
)
