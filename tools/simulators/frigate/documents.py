"""Request bodies: parsing, and the fields taken from them (facts §2, §2.1)."""

from dataclasses import dataclass, field
import json

from tools.simulators.wire import Call, Json

from .coercion import CoercionError, Reader
from .errors import ApiError, detail, invalid


def parse_document(call: Call) -> Json:
    """Return the body as JSON; None without one.

    FastAPI does this before it checks the role, so broken JSON from a viewer gives 422
    and not 403 (facts §2.1).
    """
    if not call.body:
        return None
    media_type = call.headers.get("Content-Type", "").partition(";")[0].strip()
    # facts §9: without a Content-Type it counts as JSON.
    if media_type.lower() not in ("", "application/json"):
        # facts §2: text/plain -> 422; the body then counts as a string.
        return call.body.decode(errors="replace")
    try:
        document: Json = json.loads(call.body)
    except json.JSONDecodeError as error:
        raise _json_invalid(error) from None
    except ValueError:
        raise detail(400, "There was an error parsing the body") from None
    return document


def parse_document_silently(call: Call) -> Json:
    """Return the body as Flask does before 0.15: None if it is invalid (facts §2.1)."""
    try:
        document = parse_document(call)
    except ApiError:
        return None
    return document if isinstance(document, dict) else None


def _json_invalid(error: json.JSONDecodeError) -> ApiError:
    return invalid(
        {
            "type": "json_invalid",
            "loc": ["body", error.pos],
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": error.msg},
        }
    )


@dataclass
class Fields:
    """Reads fields from an object and collects their errors."""

    content: dict[str, Json]
    problems: list[dict[str, Json]] = field(default_factory=list)
    place: str = "body"

    @classmethod
    def of_body(cls, document: Json, *, required: bool) -> Fields:
        """Return the fields; raise 422 if a required body is missing.

        A missing body and a literal null are the same (facts §2).
        """
        if document is None:
            if required:
                raise invalid(_problem("missing", ["body"], "Field required", None))
            return cls({})
        if not isinstance(document, dict):
            raise invalid(
                _problem(
                    "model_attributes_type",
                    ["body"],
                    "Input should be a valid dictionary or object to extract "
                    "fields from",
                    document,
                )
            )
        return cls(document)

    def optional[T, D](self, name: str, reader: Reader[T], default: D) -> T | D:
        """Read an optional field."""
        if name not in self.content:
            return default
        return self._read(name, reader, default)

    def required[T, D](self, name: str, reader: Reader[T], default: D) -> T | D:
        """Read a required field; the default takes its place until check()."""
        if name in self.content:
            return self._read(name, reader, default)
        self.problems.append(
            _problem("missing", [self.place, name], "Field required", self.content)
        )
        return default

    def check(self) -> None:
        """Raise 422 with all errors."""
        if self.problems:
            raise invalid(*self.problems)

    def _read[T, D](self, name: str, reader: Reader[T], default: D) -> T | D:
        value = self.content[name]
        try:
            return reader(value)
        except CoercionError as error:
            where: list[Json] = [self.place, name]
            problem = _problem(error.kind, where, error.message, value)
            if error.context:
                problem["ctx"] = error.context
            self.problems.append(problem)
            return default


def _problem(
    kind: str, where: list[Json], message: str, value: Json
) -> dict[str, Json]:
    return {"type": kind, "loc": where, "msg": message, "input": value}
