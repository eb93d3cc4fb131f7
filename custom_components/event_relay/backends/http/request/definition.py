"""The definition of a request from its form: what to send, how to read responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
import json
import re
from typing import Self, cast

from ...base import InvalidField, Json, JsonObject
from ...fields import LONGEST_NAME, as_json, flag, line, number, optional
from ...http_failures import Effect
from . import json_path
from .recipe import MOST_PAIRS, Recipe
from .responses import AnswerRules, Statuses, retried_in

_FIELD_NAME = re.compile(r"[a-z_][a-z0-9_]{0,49}", re.ASCII)
RESERVED = frozenset({"data", "this", "trigger"})
"""Names with another meaning in a template."""
LONGEST_LIFE = 365 * 86_400.0
SHORTEST_ABSENCE = 40.0
"""Seconds; less than a request may take would prove nothing."""
LONGEST_ABSENCE = 600.0


class Repeat(StrEnum):
    """The effect of sending a request twice, and so the meaning of a lost response."""

    REPEATABLE = "repeatable"
    """The same as once, because of the method or an idempotency key."""
    WHILE_OPEN = "while_open"
    """The same as once until somebody has ended what it began."""
    LOOK_UP = "look_up"
    """One too many, but the target can be asked."""
    MAY_REPEAT = "may_repeat"
    """One too many, and the user prefers two to none."""
    ASK = "ask"
    """One too many, and the user decides each time."""

    @property
    def sent_again(self) -> bool:
        """Return whether a lost response leads to another attempt."""
        return self in (Repeat.REPEATABLE, Repeat.WHILE_OPEN, Repeat.MAY_REPEAT)

    @property
    def effect(self) -> Effect:
        """Return the possible effect after a lost response."""
        return Effect.REPEATABLE if self.sent_again else Effect.ONCE


class Order(StrEnum):
    """Which deliveries wait until the ones before them are finished."""

    NONE = "none"
    REQUEST = "request"
    CONNECTION = "connection"


class FieldType(StrEnum):
    """The type of a field, whatever type a template has returned."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"

    def read(self, value: object, name: str) -> object:
        """Return a value converted to the type; raises InvalidField."""
        match self, value:
            case FieldType.TEXT, str() | bool() | int() | float():
                return str(value)
            case FieldType.NUMBER, str() | int() | float():
                return _number(value, name)
            case FieldType.BOOLEAN, bool():
                return value
            case FieldType.BOOLEAN, str() if value.strip().lower() in _TRUTH:
                return _TRUTH[value.strip().lower()]
        raise InvalidField(name, _WRONG_TYPE[self])


_WRONG_TYPE = {
    FieldType.TEXT: "not_text",
    FieldType.NUMBER: "not_a_number",
    FieldType.BOOLEAN: "not_a_flag",
}
_TRUTH = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def _number(value: object, name: str) -> float:
    """Read a number; an integer stays an integer."""
    read = number(value, name, minimum=-1e15, maximum=1e15)
    return int(read) if read.is_integer() else read


class IdHeader(StrEnum):
    """A header that carries the delivery's id."""

    WEBHOOK_ID = "webhook-id"
    IDEMPOTENCY_KEY = "Idempotency-Key"


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """A look-up of whether a request has arrived."""

    recipe: Recipe
    found_path: str
    """Path that only exists if it has arrived."""
    found_equals: str | None = None
    """The text that must be there; None for any value but null, false and empty."""
    missing_is_404: bool = False
    """Whether the target responds with 404 if it does not have the item."""
    absent_after: float = 60.0
    """Seconds until the target shows an item."""


@dataclass(frozen=True, kw_only=True)
class End:
    """The request that ends what another one has begun."""

    recipe: Recipe
    repeat: Repeat
    repeat_for: float | None = None


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A request that deliveries are created from."""

    recipe: Recipe
    revision: str = ""
    """Changes with each edit; only used for comparison."""
    accepts: frozenset[str] | None = None
    """Fields of an action's data; None for any."""
    needs: frozenset[str] = frozenset()
    """The required ones among them."""
    defaults: JsonObject = field(default_factory=dict)
    types: Mapping[str, FieldType] = field(default_factory=dict)
    """Types of the fields that have one."""
    test_field: str | None = None
    """The field that marks a test."""
    repeat: Repeat
    repeat_for: float | None = None
    """Seconds after the first attempt for which a repeat is the same as once."""
    look_up: LookUp | None = None
    answers: AnswerRules = field(default_factory=AnswerRules)
    ids: frozenset[IdHeader] = frozenset()
    signed: bool = False
    """Whether it is signed with Standard Webhooks."""
    order: Order = Order.NONE
    life: float | None = None
    """Seconds until it expires."""
    end: End | None = None

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the data of a form or a preset; raises InvalidField."""
        repeat = _choice(Repeat, data, "repeat")
        end = _end(data.get("end"))
        order = _choice(Order, data, "order", Order.NONE)
        if end is not None and order is not Order.NONE:
            # Its key is the start's, so its end never overtakes it.
            raise InvalidField("order", "exclusive", other="end")
        fields = _Fields.parse(data.get("fields"))
        test_field = optional(data, "test_field", line) or None
        if test_field is not None and not fields.accepts:
            raise InvalidField("fields", "required")
        if test_field is not None and test_field not in (fields.accepts or ()):
            known = ", ".join(sorted(fields.accepts or ()))
            raise InvalidField("test_field", "not_one_of", known=known)
        ids = data.get("ids") or []
        if not isinstance(ids, list):
            raise InvalidField("ids", "not_a_list")
        return cls(
            recipe=Recipe.parse(data),
            revision=sha256(json.dumps(data, default=str).encode()).hexdigest()[:8],
            accepts=fields.accepts,
            needs=frozenset(fields.needs),
            defaults=fields.defaults,
            types=fields.types,
            test_field=test_field,
            repeat=repeat,
            repeat_for=_repeat_for(data, repeat),
            look_up=_look_up(data.get("look_up")) if repeat is Repeat.LOOK_UP else None,
            answers=_answers(data, keyed=IdHeader.IDEMPOTENCY_KEY in ids),
            ids=frozenset(_choice(IdHeader, {"ids": one}, "ids") for one in ids),
            signed=optional(data, "signed", flag) or False,
            order=order,
            life=optional(data, "life", _life),
            end=end,
        )

    def given(self, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data of a call with defaults; raises InvalidField."""
        for name in data:
            if self.accepts is not None and name not in self.accepts:
                known = ", ".join(sorted(self.accepts))
                raise InvalidField(f"data.{name}", "unknown", known=known)
        given: dict[str, object] = {
            **self.defaults,
            **{name: value for name, value in data.items() if value is not None},
        }
        for name, kind in self.types.items():
            if name in given:
                given[name] = kind.read(given[name], f"data.{name}")
        for name in sorted(self.needs):
            if given.get(name) in (None, ""):
                raise InvalidField(f"data.{name}", "required")
        return given


def _choice[KindT: StrEnum](
    kinds: type[KindT],
    data: Mapping[str, object],
    name: str,
    default: KindT | None = None,
) -> KindT:
    """Read one of a few texts; raises InvalidField."""
    value = data.get(name)
    if value in (None, ""):
        if default is None:
            raise InvalidField(name, "required")
        return default
    try:
        return kinds(str(value))
    except ValueError as error:
        raise InvalidField(name, "not_one_of", known=", ".join(kinds)) from error


def _life(value: object, name: str) -> float:
    return number(value, name, minimum=1, maximum=LONGEST_LIFE)


def _repeat_for(
    data: Mapping[str, object], repeat: Repeat, prefix: str = ""
) -> float | None:
    """Read how long a duplicate has no effect; raises InvalidField.

    None for ever, and where a duplicate has an effect at any time.
    """
    name = f"{prefix}repeat_for"
    limit = optional({name: data.get("repeat_for")}, name, _life)
    return limit if repeat in (Repeat.REPEATABLE, Repeat.WHILE_OPEN) else None


@dataclass(kw_only=True)
class _Fields:
    """The fields that a request accepts, with their settings."""

    accepts: frozenset[str] | None = None
    needs: set[str] = field(default_factory=set)
    defaults: JsonObject = field(default_factory=dict)
    types: dict[str, FieldType] = field(default_factory=dict)

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a mapping of names to `required`, `default` and `type`.

        Raises InvalidField.
        """
        fields = cls()
        if value is None:
            return fields
        read = as_json(value, "fields")
        if not isinstance(read, dict):
            raise InvalidField("fields", "not_a_mapping")
        if len(read) > MOST_PAIRS:
            raise InvalidField("fields", "too_many", maximum=str(MOST_PAIRS))
        fields.accepts = frozenset(read)
        for name, about in read.items():
            where = f"fields.{name}"
            if not _FIELD_NAME.fullmatch(name) or name in RESERVED:
                raise InvalidField(where, "field_name")
            if not isinstance(about, dict | None):
                raise InvalidField(where, "not_a_mapping")
            for key, said in (about or {}).items():
                fields._take(name, key, said)
        return fields

    def _take(self, name: str, key: str, said: Json) -> None:
        """Read one setting of a field."""
        match key, said:
            case "required", bool(needed):
                self.needs |= {name} if needed else set()
            case "default", _:
                self.defaults[name] = said
            case "type", str() if said in set(FieldType):
                self.types[name] = FieldType(said)
            case _:
                raise InvalidField(f"fields.{name}.{key}", "field_setting")


def _answers(data: Mapping[str, object], *, keyed: bool) -> AnswerRules:
    """Read the response rules; raises InvalidField."""
    fields = as_json(data.get("answer_fields") or {}, "answer_fields")
    if not isinstance(fields, dict):
        raise InvalidField("answer_fields", "not_a_mapping")
    if len(fields) > MOST_PAIRS:
        raise InvalidField("answer_fields", "too_many", maximum=str(MOST_PAIRS))
    rules = AnswerRules(
        statuses=Statuses.parse(data.get("success_statuses") or "200-299"),
        success_path=_path(data, "success_path"),
        success_equals=optional(data, "success_equals", line) or None,
        id_from=_source(data, "id_from"),
        link_from=_source(data, "link_from"),
        fields={
            name: json_path.checked(str(path), f"answer_fields.{name}")
            for name, path in fields.items()
        },
        reason_from=_path(data, "reason_from"),
        retried=retried_in(data),
        retry_after_from=_path(data, "retry_after_from"),
        keyed=keyed,
    )
    if rules.success_equals is not None and rules.success_path is None:
        raise InvalidField("success_path", "required")
    return rules


def _path(data: Mapping[str, object], name: str, prefix: str = "") -> str | None:
    value = optional(data, name, line)
    return json_path.checked(value, f"{prefix}{name}") if value else None


def _source(data: Mapping[str, object], name: str) -> str | None:
    """Read where a value is in a response: a JSON path, or `header:` and a name."""
    value = optional(data, name, line)
    if not value:
        return None
    if value.lower().startswith("header:"):
        header = value.partition(":")[2].strip()
        if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", header, re.ASCII):
            raise InvalidField(name, "header_name", header=header[:LONGEST_NAME])
        return f"header:{header}"
    return json_path.checked(value, name)


def _look_up(value: object) -> LookUp:
    """Read how the target is asked; raises InvalidField."""
    if not isinstance(value, Mapping):
        raise InvalidField("look_up", "required")
    data = cast("Mapping[str, object]", value)
    recipe = Recipe.parse({"method": "GET", **data}, prefix="look_up.")
    if recipe.method != "GET":
        raise InvalidField("look_up.method", "not_one_of", known="GET")
    if not any("{id}" in text for _, text in recipe.texts()):
        raise InvalidField("look_up.path", "look_up_without_id")
    found_path = _path(data, "found_path", "look_up.")
    if found_path is None:
        raise InvalidField("look_up.found_path", "required")

    def seconds(value: object, name: str) -> float:
        return number(
            value,
            f"look_up.{name}",
            minimum=SHORTEST_ABSENCE,
            maximum=LONGEST_ABSENCE,
        )

    return LookUp(
        recipe=recipe,
        found_path=found_path,
        found_equals=optional(data, "found_equals", line) or None,
        missing_is_404=optional(data, "missing_is_404", flag) or False,
        absent_after=optional(data, "absent_after", seconds) or LookUp.absent_after,
    )


def _end(value: object) -> End | None:
    """Read the request that ends what this one begins; raises InvalidField."""
    if not value:
        return None
    if not isinstance(value, Mapping):
        raise InvalidField("end", "not_a_mapping")
    repeat = _choice(Repeat, {"end.repeat": value.get("repeat")}, "end.repeat")
    if repeat is Repeat.LOOK_UP:
        known = ", ".join(one for one in Repeat if one is not Repeat.LOOK_UP)
        raise InvalidField("end.repeat", "not_one_of", known=known)
    return End(
        recipe=Recipe.parse(value, prefix="end.", ends=True),
        repeat=repeat,
        repeat_for=_repeat_for(value, repeat, "end."),
    )
