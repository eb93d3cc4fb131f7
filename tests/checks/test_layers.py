"""Checks that imports point one way: surface, rules, queue, contracts."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from .files import DOMAIN, PACKAGE, ROOT, module_name

HERE = f"custom_components.{DOMAIN}"
HOME_ASSISTANT = ("homeassistant", "probatio", "voluptuous")
CONTRACTS = (
    "backends.base",
    "backends.errors",
    "backends.own_sentences",
    "backends.markdown",
    "backends.redaction",
)
"""Modules of backends that the queue and the rules may import."""
NAMES_BACKENDS = "registry"
"""The one module outside a backend's folder that may import from it."""


def imports(source: str, module: str, *, package: bool = False) -> Iterator[str]:
    """Yield the full name of each import of a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                parts = module.split(".")
                kept = parts[: len(parts) - level + package] if level else []
                base = [*kept, *([origin] if origin else [])]
                yield from (".".join([*base, name.name]) for name in names)


def below(name: str, *roots: str) -> bool:
    """Return whether a dotted name is one of the roots, or below one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def allowed(module: str, imported: str) -> bool:
    """Return whether a module may import a name; both relative to the repository."""
    if not below(module, HERE):
        return not below(imported, "custom_components", *HOME_ASSISTANT)
    own = module.removeprefix(HERE).removeprefix(".")
    is_form = own.endswith("forms") or is_mirror(own)
    if below(imported, *HOME_ASSISTANT):
        return is_form or not below(own, "queue", "backends")
    if below(imported, HERE):
        wanted = imported.removeprefix(HERE).removeprefix(".")
        return _allowed_inside(own, wanted, is_form=is_form)
    return True


def _allowed_inside(own: str, wanted: str, *, is_form: bool) -> bool:
    """Return whether one module of the integration may import another."""
    if below(own, "queue"):
        return below(wanted, "queue", *CONTRACTS)
    if below(own, "rules"):
        return below(wanted, "rules", "queue", "const", *CONTRACTS)
    if below(own, "backends"):
        return _allowed_to_backend(own, wanted, is_form=is_form)
    return own == NAMES_BACKENDS or _backend(wanted) is None


def is_mirror(own: str) -> bool:
    """Return whether a module belongs to a mirror of a backend.

    Mirrors are on the same layer as rules.
    """
    match own.split("."):
        case ["backends", _, "mirror", *_]:
            return True
    return False


def _allowed_to_backend(own: str, wanted: str, *, is_form: bool) -> bool:
    """Return whether one module of the backends may import another."""
    if is_mirror(own) and below(wanted, "rules", "queue", "const"):
        return True
    if not below(wanted, "backends"):
        return False
    if not is_form and "forms" in wanted.split("."):
        return False
    if _backend(wanted) is None:
        return True
    match own.split("."), wanted.split("."):
        case [_, ours, "api" | "request", *_], [_, theirs, *inner]:
            return ours == theirs and inner[:1] in (["api"], ["request"])
    return _backend(wanted) == _backend(own)


def _backend(name: str) -> str | None:
    """Return the backend in whose folder a module is; None for shared modules."""
    match name.split("."):
        case ["backends", folder, *_] if (PACKAGE / "backends" / folder).is_dir():
            return folder
    return None


def offences(module: str, source: str, *, package: bool = False) -> list[str]:
    """Return the forbidden imports of a module."""
    return [
        f"{module} imports {imported}"
        for imported in imports(source, module, package=package)
        if not allowed(module, imported)
    ]


@pytest.mark.parametrize(
    "folder", [PACKAGE, ROOT / "tools" / "simulators"], ids=lambda f: f.name
)
def test_imports_point_one_way(folder: Path) -> None:
    found = [
        offence
        for path in sorted(folder.rglob("*.py"))
        for offence in offences(
            module_name(path), path.read_text(), package=path.name == "__init__.py"
        )
    ]
    assert found == []


def test_there_is_no_import_cycle() -> None:
    paths = {module_name(path): path for path in PACKAGE.rglob("*.py")}
    graph = {}
    for module, path in paths.items():
        named = imports(path.read_text(), module, package=path.name == "__init__.py")
        graph[module] = {
            name if name in paths else name.rpartition(".")[0] for name in named
        } & paths.keys() - {module}
    TopologicalSorter(graph).prepare()  # raises CycleError, with the cycle


def test_backends_package_is_empty() -> None:
    tree = ast.parse((PACKAGE / "backends/__init__.py").read_text())
    assert ast.get_docstring(tree, clean=False) is None or len(tree.body) == 1
    assert all(isinstance(statement, ast.Expr) for statement in tree.body)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("queue.worker", "from homeassistant.core import HomeAssistant"),
        ("queue.worker", "import voluptuous as vol"),
        ("queue.worker", "from ..const import DOMAIN"),
        ("queue.worker", "from ..backends.transport import HttpTransport"),
        ("queue.worker", "from ..backends.frigate.api.client import FrigateClient"),
        ("queue.worker", "from .. import registry"),
        ("backends.frigate.api.client", "import homeassistant.util.dt"),
        ("backends.frigate.api.client", "def late():\n    import probatio"),
        ("backends.frigate.api.client", "from ..forms import FrigateForms"),
        ("backends.frigate.api.client", "from ....queue.delivery import Delivery"),
        ("backends.frigate.api.client", "from ..operations.fields import camera"),
        ("backends.frigate.forms", "from ...const import DOMAIN"),
        ("backends.aipix.mirror.plan", "from ....coordinator import settings"),
        ("backends.aipix.forms", "from ...rules.context import RuleContext"),
        ("rules.rules", "from ..backends.aipix.mirror.plan import ScriptState"),
        ("backends.base", "from .frigate.api.models import Box"),
        ("backends.base", "from .forms import BackendForms"),
        ("rules.engine", "from ..services import async_setup_services"),
        ("rules.engine", "from ..backends.forms import BackendForms"),
        ("services", "from .backends.frigate.api.client import FrigateClient"),
        ("services", "from .backends import frigate"),
        ("services", f"import {HERE}.backends.frigate"),
    ],
)
def test_import_in_the_wrong_direction_is_detected(module: str, source: str) -> None:
    assert len(offences(f"{HERE}.{module}", source)) == 1


def test_import_of_another_backend_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda path: path.name in ("frigate", "aipix"))
    source = "from ...frigate.api.models import Box"
    assert len(offences(f"{HERE}.backends.aipix.api.client", source)) == 1


@pytest.mark.parametrize(
    "source", [f"import {HERE}.const", "from homeassistant.core import callback"]
)
def test_simulator_that_imports_the_integration_is_found(source: str) -> None:
    assert len(offences("tools.simulators.server", source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("queue.worker", "from ..backends.errors import CannotConnect"),
        ("queue.worker", "from .store import Store"),
        ("backends.frigate.api.client", "from ...base import Json\nimport aiohttp"),
        ("backends.frigate.forms", "import voluptuous\nfrom ..forms import Probe"),
        ("rules.engine", "from homeassistant.core import callback"),
        (
            "rules.engine",
            "from ..queue.queue import DeliveryQueue\nfrom ..const import X",
        ),
        ("registry", "from .backends.frigate.forms import FrigateForms"),
        ("backends.aipix.mirror.plan", "from ....rules.context import RuleContext"),
        ("backends.aipix.mirror.plan", "from ....const import DOMAIN"),
        ("backends.aipix.mirror.plan", "from homeassistant.core import callback"),
        ("backends.aipix.forms", "from .mirror.flow_forms import ScriptMirrorFlow"),
        ("services", "from .backends.base import InvalidField"),
        ("backends.frigate.operations.end", "from ..api.client import FrigateClient"),
    ],
)
def test_import_in_the_right_direction_passes(module: str, source: str) -> None:
    assert offences(f"{HERE}.{module}", source) == []


def test_relative_imports_are_resolved() -> None:
    assert list(imports("from .const import DOMAIN", HERE, package=True)) == [
        f"{HERE}.const.DOMAIN"
    ]


WAY_OF_A_DELIVERY = (
    "queue",
    "worker",
    "dispatcher",
    "look_up",
    "executor",
    "transitions",
)
"""Accept, claim, settle, look up, run steps, and compute the next state."""


@pytest.mark.parametrize("place", range(1, len(WAY_OF_A_DELIVERY)))
def test_modules_of_a_delivery_import_one_way(place: int) -> None:
    path = PACKAGE / "queue" / f"{WAY_OF_A_DELIVERY[place]}.py"
    before = [f"{HERE}.queue.{name}" for name in WAY_OF_A_DELIVERY[:place]]
    imported = [*imports(path.read_text(), module_name(path))]
    assert imported
    assert [name for name in imported if below(name, *before)] == []
