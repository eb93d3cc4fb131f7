"""Home Assistant refuses a number by its selector's limits without naming them."""

import ast
from collections.abc import Iterator

from .files import PACKAGE

BOUNDED_NUMBER = "backends/input_forms.py"
"""The one module that makes a selector; it leaves out its check."""
READS_NUMBERS = {
    "backends/frigate/forms.py": "config_flow.py",
    "backends/http/connection_forms.py": "config_flow.py",
    "backends/palabra/mirror/flow_forms.py": "backends/palabra/mirror/flow_forms.py",
    "flows/rule_form.py": "flows/rule.py",
    "options.py": "config_flow.py",
    "repair_flows/mirror.py": "repair_flows/mirror.py",
}
"""Modules that have numbers in their form, and the module of its flow."""
READ_BY_DEFINITION = "backends/http/request_forms.py"
"""The module whose numbers are read with those of presets."""


def calls() -> Iterator[tuple[str, str]]:
    """Yield each call by name in the package: its module and name."""
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield module, node.func.id


def modules_with(name: str) -> set[str]:
    """Return the modules that call a name."""
    return {module for module, called in calls() if called == name}


def test_every_number_has_its_limits() -> None:
    assert modules_with("NumberSelectorConfig") == {BOUNDED_NUMBER}
    assert not modules_with("NumberSelector")


def test_every_form_with_numbers_reads_them() -> None:
    forms = READS_NUMBERS.keys() | {READ_BY_DEFINITION}
    assert modules_with("BoundedNumber") == forms
    assert modules_with("read_numbers") == {BOUNDED_NUMBER, *READS_NUMBERS.values()}
