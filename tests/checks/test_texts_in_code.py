"""Tests of the extraction of translation keys from code."""

import ast
from textwrap import dedent

import pytest

from .texts_in_code import Texts, constants_in, texts_in


def read(source: str) -> Texts:
    return texts_in(ast.parse(dedent(source)))


def test_steps_are_forms_and_methods() -> None:
    texts = read("""
        class Flow:
            async def async_step_user(self): ...
            def show(self):
                self.async_show_form(step_id="frigate")
                schema = menu_schema(["frigate", "aipix"], "start")
    """)
    assert texts.steps == {"user", "frigate"}
    assert texts.selectors == {"start"}


@pytest.mark.parametrize(
    "source",
    [
        'errors["base"] = "tls"',
        'self._errors["url"] = "tls"',
        'self.async_show_form(errors={"base": "tls"})',
        'raise Mistake("base", "tls", {"reason": reason})',
    ],
)
def test_form_errors(source: str) -> None:
    assert read(source).form_errors == {"tls"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('self.async_abort(reason="gone")', "gone"),
        ('raise AbortFlow("gone")', "gone"),
        ("self._abort_if_unique_id_configured()", "already_configured"),
        ('self._abort_if_unique_id_mismatch(reason="other")', "other"),
        ("self._async_abort_entries_match({})", "already_configured"),
    ],
)
def test_aborts(source: str, reason: str) -> None:
    assert read(source).aborts == {reason}


@pytest.mark.parametrize(
    "source",
    [
        'raise InvalidCredentials(reason, code="no_token")',
        'class NoToken(Exception):\n    code = "no_token"',
        'class NoToken(Exception):\n    code: ClassVar[str] = "no_token"',
        'NO_TOKEN = "no_token"\nRejected(code=NO_TOKEN)',
        'raise NotAllowed("no_token", state)',
        "execute(\"UPDATE x SET failure_code = 'no_token'\")",
        """
        def cause():
            code = None
            if odd:
                code = "no_token"
            return Rejected(code=code)
        """,
        """
        def cause():
            reason, code = "none", "no_token"
            return Rejected(reason, code=code)
        """,
        """
        def cause():
            reason, code = loss()
            return Rejected(reason, code=code)
        def loss():
            return "none", "no_token"
        """,
    ],
)
def test_codes(source: str) -> None:
    assert read(source).codes == {"no_token"}


def test_circular_names_are_resolved() -> None:
    texts = read("""
        def cause(code):
            code = code if code else other
            other = code if code else "no_token"
            return Rejected(code=code)
    """)
    assert texts.codes == {"no_token"}


def test_conditional_has_both_codes() -> None:
    assert read('Rejected(code="a" if x else "b" if y else None)').codes == {"a", "b"}


def test_exceptions_and_their_placeholders() -> None:
    texts = read("""
        def refuse(error):
            key = "full" if error else "closed"
            raise HomeAssistantError(
                translation_key=key, translation_placeholders={"reason": str(error)}
            )
        raise ServiceValidationError(translation_key="odd")
        raise UpdateFailed(translation_key="late", translation_placeholders=given)
    """)
    assert texts.exceptions == {
        "full": [frozenset({"reason"})],
        "closed": [frozenset({"reason"})],
        "odd": [frozenset()],
        "late": [None],
    }


def test_exceptions_raised_by_a_function_that_takes_the_key() -> None:
    texts = read("""
        def refuse(key, **placeholders):
            raise ServiceValidationError(
                translation_key=key, translation_placeholders=placeholders
            )
        refuse("missing", backend=backend)
        refuse("odd", **rest)
    """)
    assert texts.exceptions == {"missing": [frozenset({"backend"})], "odd": [None]}


def test_problems_of_fields() -> None:
    texts = read("""
        raise InvalidField(name, "required" if value == "" else "invalid")
        raise InvalidField("end_time", "too_late", limit=limit)
        raise InvalidField(name, KINDS[kind])
        raise InvalidField(name, TYPES.get(kind, "odd"))
        KINDS = {int: "not_whole"}
        TYPES: Mapping[type, str] = {bool: "not_a_flag"}
    """)
    assert texts.problems == {
        "not_whole": [frozenset()],
        "not_a_flag": [frozenset()],
        "odd": [frozenset()],
        "required": [frozenset()],
        "invalid": [frozenset()],
        "too_late": [frozenset({"limit"})],
    }


def test_issues_selectors_entities_and_actions() -> None:
    texts = read("""
        async_create_issue(hass, DOMAIN, "x", translation_key="corrupt")
        SelectSelectorConfig(translation_key="state")
        choice(("on", "off"), translation_key="mode")
        SensorEntityDescription(key="x", translation_key="pending")
        class Rule:
            _attr_translation_key = "rule"
        hass.services.async_register(DOMAIN, "list", handler)
        async_register_admin_service(hass, DOMAIN, "retry", handler)
    """)
    assert texts.issues == {"corrupt"}
    assert texts.selectors == {"state", "mode"}
    assert texts.entities == {"pending", "rule"}
    assert texts.actions == {"list", "retry"}


def test_constants() -> None:
    tree = ast.parse('A = "a"\nB: Final = "b"\nC = 1\ndef f():\n    D = "d"')
    assert constants_in(tree) == {"A": "a", "B": "b"}


def test_uses_of_several_modules_are_merged() -> None:
    texts = read('InvalidField("a", "odd")\nRejected(code="x")')
    texts.add(read('InvalidField("b", "odd", more=1)\nRejected(code="y")'))
    assert texts.problems == {"odd": [frozenset(), frozenset({"more"})]}
    assert texts.codes == {"x", "y"}
