"""An accepted request with all data to send it, except secrets.

A delivery is sent as it was accepted: later changes to the request's form only affect
later deliveries. Secrets and authentication belong to the connection, and are added at
each attempt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Self, cast

from ...base import Json, JsonObject, UnreadablePayload
from .definition import Definition, IdHeader, LookUp, Order, Repeat
from .rendering import Rendering
from .responses import AnswerRules
from .wire import Wire


@dataclass(frozen=True, kw_only=True)
class Question:
    """The look-up of whether the request has arrived."""

    wire: Wire
    found_path: str
    found_equals: str | None
    missing_is_404: bool
    absent_after: float

    def dump(self) -> JsonObject:
        """Turn it into its stored form."""
        return {
            "wire": self.wire.dump(),
            "found_path": self.found_path,
            "found_equals": self.found_equals,
            "missing_is_404": self.missing_is_404,
            "absent_after": self.absent_after,
        }

    @classmethod
    def load(cls, stored: Json) -> Self:
        """Read the result of `dump`; raises UnreadablePayload."""
        match stored:
            case {
                "wire": wire,
                "found_path": str(path),
                "found_equals": str() | None as equals,
                "missing_is_404": bool(missing),
                "absent_after": int() | float() as after,
            }:
                return cls(
                    wire=Wire.load(wire),
                    found_path=path,
                    found_equals=equals,
                    missing_is_404=missing,
                    absent_after=float(after),
                )
        raise UnreadablePayload("a look-up")


@dataclass(frozen=True, kw_only=True)
class PreparedEnd:
    """The request that ends what another one began."""

    wire: Wire
    repeat: Repeat
    repeat_for: float | None = None

    def dump(self) -> JsonObject:
        """Turn it into its stored form."""
        stored: JsonObject = {"wire": self.wire.dump(), "repeat": self.repeat.value}
        if self.repeat_for is not None:
            stored["repeat_for"] = self.repeat_for
        return stored

    @classmethod
    def load(cls, stored: Json) -> Self:
        """Read the result of `dump`; raises UnreadablePayload."""
        match stored:
            case {"wire": wire, "repeat": str(repeat), **more}:
                return cls(
                    wire=Wire.load(wire),
                    repeat=read_repeat(repeat),
                    repeat_for=read_seconds(more.get("repeat_for")),
                )
        raise UnreadablePayload("an end")


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A request as it was accepted."""

    request: str
    """Id of its definition."""
    revision: str = ""
    """Revision of that at acceptance; empty in rows of earlier versions."""
    title: str
    wire: Wire
    repeat: Repeat
    repeat_for: float | None = None
    question: Question | None = None
    answers: AnswerRules = field(default_factory=AnswerRules)
    ids: frozenset[IdHeader] = frozenset()
    signed: bool = False
    order: Order = Order.NONE
    life: float | None = None
    end: PreparedEnd | None = None

    def dump(self) -> JsonObject:
        """Turn it into its stored form.

        The object does not keep it, so that the two are not garbage of a cycle.
        """
        return Stored(self, self._stored)

    @cached_property
    def _stored(self) -> JsonObject:
        """Return the cached stored form, which is needed more than once.

        Defaults are left out.
        """
        stored: JsonObject = {
            "request": self.request,
            "revision": self.revision,
            "title": self.title,
            "wire": self.wire.dump(),
            "repeat": self.repeat.value,
        }
        if answers := self.answers.dump():
            stored["answers"] = answers
        if self.ids:
            stored["ids"] = [one.value for one in sorted(self.ids)]
        if self.signed:
            stored["signed"] = True
        if self.order is not Order.NONE:
            stored["order"] = self.order.value
        if self.repeat_for is not None:
            stored["repeat_for"] = self.repeat_for
        if self.life is not None:
            stored["life"] = self.life
        if self.question is not None:
            stored["question"] = self.question.dump()
        if self.end is not None:
            stored["end"] = self.end.dump()
        return stored

    @classmethod
    def load(cls, stored: Mapping[str, object]) -> Self:
        """Read the result of `dump`; raises UnreadablePayload."""
        if isinstance(stored, Stored) and isinstance(stored.prepared, cls):
            return stored.prepared
        data = cast("JsonObject", stored)
        match _DEFAULTS | data:
            case {
                "request": str(request),
                "revision": str(revision),
                "title": str(title),
                "wire": wire,
                "repeat": str(repeat),
                "answers": answers,
                "ids": list(ids),
                "signed": bool(signed),
                "order": str(order),
                "life": life,
                "repeat_for": repeat_for,
            }:
                pass
            case _:
                raise UnreadablePayload("a request")
        question, end = data.get("question"), data.get("end")
        try:
            return cls(
                request=request,
                revision=revision,
                title=title,
                wire=Wire.load(wire),
                repeat=read_repeat(repeat),
                repeat_for=read_seconds(repeat_for),
                answers=AnswerRules.load(answers),
                ids=frozenset(IdHeader(str(one)) for one in ids),
                signed=signed,
                order=Order(order),
                life=read_seconds(life),
                question=None if question is None else Question.load(question),
                end=None if end is None else PreparedEnd.load(end),
            )
        except ValueError as error:
            raise UnreadablePayload("a request") from error


_DEFAULTS: JsonObject = {
    "revision": "",
    "answers": {},
    "ids": [],
    "signed": False,
    "order": Order.NONE.value,
    "life": None,
    "repeat_for": None,
}


class Stored(dict[str, Any]):
    """The stored form of a request, with the object that it came from.

    So it need not be parsed while it is only in memory.
    """

    def __init__(self, prepared: Prepared, stored: JsonObject) -> None:
        """Take both."""
        super().__init__(stored)
        self.prepared = prepared


def prepare(
    definition: Definition, rendering: Rendering, *, request: str, title: str
) -> Prepared:
    """Render all parts of a delivery of a request; raises InvalidField."""
    return Prepared(
        request=request,
        revision=definition.revision,
        title=title,
        wire=rendering.wire(definition.recipe),
        repeat=definition.repeat,
        repeat_for=definition.repeat_for,
        question=question_of(definition.look_up, rendering),
        answers=definition.answers,
        ids=definition.ids,
        signed=definition.signed,
        order=definition.order,
        life=definition.life,
        end=None
        if definition.end is None
        else PreparedEnd(
            wire=rendering.wire(definition.end.recipe, prefix="end."),
            repeat=definition.end.repeat,
            repeat_for=definition.end.repeat_for,
        ),
    )


def question_of(look_up: LookUp | None, rendering: Rendering) -> Question | None:
    """Render the look-up; raises InvalidField."""
    if look_up is None:
        return None
    return Question(
        wire=rendering.wire(look_up.recipe, prefix="look_up."),
        found_path=look_up.found_path,
        found_equals=look_up.found_equals,
        missing_is_404=look_up.missing_is_404,
        absent_after=look_up.absent_after,
    )


def read_repeat(stored: str) -> Repeat:
    """Read a `Repeat` value; raises UnreadablePayload."""
    try:
        return Repeat(stored)
    except ValueError as error:
        raise UnreadablePayload("what a repeat does") from error


def read_seconds(stored: object) -> float | None:
    """Read a number of seconds, or None; raises UnreadablePayload."""
    if stored is None:
        return None
    if isinstance(stored, int | float):
        return float(stored)
    raise UnreadablePayload("a number of seconds")


def duration(seconds: float | None) -> timedelta | None:
    """Return a number of seconds as a duration; None without one."""
    return None if seconds is None else timedelta(seconds=seconds)
