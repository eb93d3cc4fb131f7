"""Accept and refuse types as pydantic does (facts §2, §2.1)."""

from collections.abc import Callable
from enum import StrEnum
import re

from tools.simulators.wire import Json

_TRUE = {"1", "true", "t", "yes", "y", "on"}
_FALSE = {"0", "false", "f", "no", "n", "off"}
_LONGEST = 4300
"""Most digits that Python converts to an integer."""
_WHOLE = re.compile(r"\s*[+-]?\d+(\.0*)?\s*")


class Kind(StrEnum):
    """Pydantic's error types."""

    STRING_TYPE = "string_type"
    INT_FROM_FLOAT = "int_from_float"
    INT_PARSING = "int_parsing"
    INT_TYPE = "int_type"
    FLOAT_PARSING = "float_parsing"
    FLOAT_TYPE = "float_type"
    BOOL_PARSING = "bool_parsing"
    BOOL_TYPE = "bool_type"
    DICT_TYPE = "dict_type"
    LIST_TYPE = "list_type"
    STRING_TOO_LONG = "string_too_long"
    GREATER_THAN = "greater_than"
    LESS_THAN_EQUAL = "less_than_equal"
    ENUM = "enum"


class CoercionError(Exception):
    """A value does not have the required type."""

    def __init__(self, kind: Kind, message: str, **context: Json) -> None:
        """Carry pydantic's type, msg and ctx."""
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.context = context


type Reader[T] = Callable[[Json], T]


def text(value: Json) -> str:
    """Take a string only."""
    if isinstance(value, str):
        return value
    raise CoercionError(Kind.STRING_TYPE, "Input should be a valid string")


def whole(value: Json) -> int:
    """Take an integer, or "25"; not 1.5 (facts §2: 1.5 -> 422, "25" coerced)."""
    should = "Input should be a valid integer"
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if value.is_integer():
            return int(value)
        raise CoercionError(
            Kind.INT_FROM_FLOAT, f"{should}, got a number with a fractional part"
        )
    if isinstance(value, str):
        if _WHOLE.fullmatch(value) and len(value) <= _LONGEST:
            return int(value.partition(".")[0])
        raise CoercionError(
            Kind.INT_PARSING, f"{should}, unable to parse string as an integer"
        )
    raise CoercionError(Kind.INT_TYPE, should)


def number(value: Json) -> float:
    """Take a number, or text that is one."""
    should = "Input should be a valid number"
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            raise CoercionError(Kind.FLOAT_TYPE, should) from None
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise CoercionError(
                Kind.FLOAT_PARSING, f"{should}, unable to parse string as a number"
            ) from None
    raise CoercionError(Kind.FLOAT_TYPE, should)


def flag(value: Json) -> bool:
    """Take a boolean, 0, 1, or text that is one."""
    should = "Input should be a valid boolean"
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    if isinstance(value, int | float | str):
        raise CoercionError(Kind.BOOL_PARSING, f"{should}, unable to interpret input")
    raise CoercionError(Kind.BOOL_TYPE, should)


def table(value: Json) -> dict[str, Json]:
    """Take an object; its content is not checked (facts §2: draw)."""
    if isinstance(value, dict):
        return value
    raise CoercionError(Kind.DICT_TYPE, "Input should be a valid dictionary")


def texts(value: Json) -> list[str]:
    """Take a list of strings."""
    if isinstance(value, list):
        return [text(item) for item in value]
    raise CoercionError(Kind.LIST_TYPE, "Input should be a valid list")


def short_text(value: Json) -> str:
    """Take at most 100 characters (facts §3: subLabel)."""
    result = text(value)
    if len(result) > 100:
        raise CoercionError(
            Kind.STRING_TOO_LONG,
            "String should have at most 100 characters",
            max_length=100,
        )
    return result


def fraction(value: Json) -> float:
    """Take a number above 0 and up to 1 (facts §3: subLabelScore)."""
    result = number(value)
    if result <= 0:
        raise CoercionError(Kind.GREATER_THAN, "Input should be greater than 0", gt=0.0)
    if result > 1:
        raise CoercionError(
            Kind.LESS_THAN_EQUAL, "Input should be less than or equal to 1", le=1.0
        )
    return result


def severity(value: Json) -> str:
    """Take a severity of a review item (facts §3)."""
    if value in ("alert", "detection"):
        return str(value)
    expected = "'alert' or 'detection'"
    raise CoercionError(Kind.ENUM, f"Input should be {expected}", expected=expected)


def or_null[T](reader: Reader[T]) -> Reader[T | None]:
    """Return a reader that also accepts null."""
    return lambda value: None if value is None else reader(value)
