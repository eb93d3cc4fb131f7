"""Home Assistant refuses a number by its selector's limits without naming them."""

import ast
from collections.abc import Iterator

from .files import PACKAGE

WHOLE_NUMBER = "backends/input_forms.py"
"""The one module that gives limits to a selector; it leaves out its check."""
WITHOUT_LIMITS = {
    "backends/http/connection_forms.py": "the time between requests: bad_interval",
    "backends/http/request_forms.py": "seconds: read with the request's definition",
    "flows/rule_form.py": "the number of firings: bad_most",
}
"""Modules that make selectors without limits, and what checks their numbers."""
READS_NUMBERS = {
    "backends/frigate/forms.py": "config_flow.py",
    "backends/palabra/mirror/flow_forms.py": "backends/palabra/mirror/flow_forms.py",
    "options.py": "config_flow.py",
    "repair_flows/mirror.py": "repair_flows/mirror.py",
}
"""Modules that have whole numbers in their form, and the module of its flow."""


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Yield each call by name in the package: its module, name and keywords."""
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                keywords = {str(one.arg) for one in node.keywords}
                yield module, node.func.id, keywords


def modules_with(name: str) -> set[str]:
    """Return the modules that call a name."""
    return {module for module, called, _ in calls() if called == name}


def test_only_whole_numbers_have_limits_in_the_selector() -> None:
    limited = {
        module
        for module, called, keywords in calls()
        if called == "NumberSelectorConfig" and keywords & {"min", "max"}
    }
    assert limited == {WHOLE_NUMBER}
    assert modules_with("NumberSelector") == WITHOUT_LIMITS.keys()


def test_every_form_with_whole_numbers_reads_them() -> None:
    assert modules_with("WholeNumber") == READS_NUMBERS.keys()
    assert modules_with("read_numbers") == {*READS_NUMBERS.values()}
