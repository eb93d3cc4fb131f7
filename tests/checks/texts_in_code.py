"""Find the translation keys that the code uses, by its syntax.

A key is followed through expressions that a reader would follow, too: both sides of a
conditional, the values of a table, a name assigned in the same function or in its
module, a constant of the package, the results of a function of the same module. Other
sources are unknown and left out.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
import re
from typing import Self

type Function = ast.FunctionDef | ast.AsyncFunctionDef
type Keys = frozenset[str]
type Uses = dict[str, list[Keys | None]]
"""The placeholders of each use, by key; None if they are unknown."""

NONE: Keys = frozenset()
IMPLIED_ABORTS = {
    "_abort_if_unique_id_configured": "already_configured",
    "_async_abort_entries_match": "already_configured",
    "_abort_if_unique_id_mismatch": "unique_id_mismatch",
}
READINGS: tuple[tuple[str, str | int, str], ...] = (
    ("AbortFlow", 0, "aborts"),
    ("Mistake", 1, "form_errors"),
    ("NotAllowed", 0, "codes"),
    ("Question", "translation_key", "issues"),
    ("SelectSelectorConfig", "translation_key", "selectors"),
    ("async_abort", "reason", "aborts"),
    ("async_create_issue", "translation_key", "issues"),
    ("choice", "translation_key", "selectors"),
    ("choice_field", "translation_key", "selectors"),
    ("_register", 1, "actions"),
    ("async_register", 1, "actions"),
    ("async_register_admin_service", 2, "actions"),
    ("async_show_form", "step_id", "steps"),
    ("menu_schema", 1, "selectors"),
)
"""Calls, the argument that holds keys, and the category of the keys."""
EXCEPTION = ("Error", "Failed", "NotReady")
"""Suffixes of Home Assistant's exceptions."""
STORED_CODE = re.compile(r"failure_code = '(\w+)'")
"""A code that is written by SQL."""


@dataclass(frozen=True)
class Scope:
    """The scope in which a name is looked up."""

    module: ast.Module
    constants: Mapping[str, str]
    function: Function | None = None
    followed: Keys = NONE
    """Names followed so far, so that none is followed in a circle."""

    def within(self, function: Function) -> Self:
        """Return the scope inside a function."""
        return replace(self, function=function)

    def strings(self, node: ast.expr | None) -> Keys:
        """Return the possible strings of an expression, as far as known."""
        parts: list[ast.expr] = []
        match node:
            case ast.Constant(value=str(value)):
                return frozenset({value})
            case ast.Name(id=name) if name not in self.followed:
                return replace(self, followed=self.followed | {name})._assigned(name)
            case ast.IfExp(body=first, orelse=second):
                parts = [first, second]
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
                pass
            case ast.Subscript(value=ast.Name() as table):
                parts = [table]
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *rest]):
                parts = [table, *rest]
        return NONE.union(*map(self.strings, parts))

    def _assigned(self, name: str) -> Keys:
        found = frozenset({self.constants[name]} if name in self.constants else ())
        inside = ast.walk(self.function) if self.function else ()
        for node in (*self.module.body, *inside):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=target)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=target), value=value)
                ):
                    if target == name:
                        found |= self.strings(value)
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=value):
                    for position, part in enumerate(names):
                        if isinstance(part, ast.Name) and part.id == name:
                            found |= self._element(value, position)
        return found

    def _element(self, value: ast.expr, position: int) -> Keys:
        """Return the possible strings of one element of a tuple, or of a result."""
        match value:
            case ast.Tuple(elts=parts):
                return self.strings(parts[position])
            case ast.Call(func=ast.Name(id=called)) if called not in self.followed:
                inside = replace(self, followed=self.followed | {called})
                return NONE.union(
                    *(
                        inside.within(function)._element(node.value, position)
                        for function in _functions(self.module)
                        if function.name == called
                        for node in ast.walk(function)
                        if isinstance(node, ast.Return) and node.value
                    )
                )
        return NONE


@dataclass
class Texts:
    """Every use of a text that was found."""

    steps: set[str] = field(default_factory=set)
    form_errors: set[str] = field(default_factory=set)
    aborts: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    issues: set[str] = field(default_factory=set)
    selectors: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)
    exceptions: Uses = field(default_factory=dict)
    problems: Uses = field(default_factory=dict)

    def add(self, other: Texts) -> None:
        """Add the uses of another module."""
        for name, found in vars(other).items():
            own = getattr(self, name)
            if isinstance(own, set):
                own |= found
                continue
            for key, uses in found.items():
                own.setdefault(key, []).extend(uses)


def texts_in(tree: ast.Module, constants: Mapping[str, str] | None = None) -> Texts:
    """Return the texts that a module uses.

    `constants` are those of the whole package, as `constants_in` finds them.
    """
    texts = Texts()
    scope = Scope(tree, constants if constants is not None else constants_in(tree))
    wrappers = _wrappers(tree)
    for node, inner in _nodes(tree, scope):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("async_step_"):
                    texts.steps.add(name.removeprefix("async_step_"))
            case ast.ClassDef(body=body):
                for statement in body:
                    _read_attribute(statement, scope, texts)
            case ast.Call():
                _read_call(node, inner, texts)
                texts.add(Texts(exceptions=_wrapped(node, inner, wrappers)))
            case ast.Assign(targets=[ast.Subscript(value=mapping)], value=value):
                if _name(mapping).endswith("errors"):
                    texts.form_errors |= inner.strings(value)
            case ast.Constant(value=str(text)):
                texts.codes.update(STORED_CODE.findall(text))
    return texts


def constants_in(tree: ast.Module) -> dict[str, str]:
    """Return the string constants of a module."""
    found: dict[str, str] = {}
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))
                )
                | ast.AnnAssign(
                    target=ast.Name(id=name), value=ast.Constant(value=str(value))
                )
            ):
                found[name] = value
    return found


def _read_attribute(statement: ast.stmt, scope: Scope, texts: Texts) -> None:
    """Add the keys in a class's attributes, however they are annotated."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            if name == "code":
                texts.codes |= scope.strings(value)
            elif name == "_attr_translation_key":
                texts.entities |= scope.strings(value)


def _read_call(call: ast.Call, scope: Scope, texts: Texts) -> None:
    """Add the keys in one call."""
    name = _name(call.func)
    given: dict[str | int, ast.expr] = dict(enumerate(call.args))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    for called, where, kind in READINGS:
        if name == called:
            getattr(texts, kind).update(scope.strings(given.get(where)))
    texts.codes |= scope.strings(given.get("code"))
    if name in IMPLIED_ABORTS:
        texts.aborts |= scope.strings(given.get("reason")) or {IMPLIED_ABORTS[name]}
    if isinstance(errors := given.get("errors"), ast.Dict):
        texts.form_errors |= NONE.union(*map(scope.strings, errors.values))
    if name == "InvalidField":
        for problem in scope.strings(given.get(1)):
            texts.problems.setdefault(problem, []).append(_keywords(call))
    keys = scope.strings(given.get("translation_key"))
    if name.endswith(EXCEPTION):
        for key in keys:
            passed = _dictionary(given.get("translation_placeholders"), scope)
            texts.exceptions.setdefault(key, []).append(passed)
    elif name not in {called for called, _, _ in READINGS}:
        texts.entities |= keys


def _dictionary(node: ast.expr | None, scope: Scope) -> Keys | None:
    """Return the keys of a literal dictionary; None if they are unknown."""
    match node:
        case None:
            return NONE
        case ast.Dict(keys=keys) if None not in keys:
            return NONE.union(*(scope.strings(key) for key in keys))
    return None


def _wrappers(tree: ast.Module) -> dict[str, int]:
    """Return the functions with a translation key as parameter, and its place."""
    found: dict[str, int] = {}
    for function in _functions(tree):
        parameters = [parameter.arg for parameter in function.args.args]
        for node in ast.walk(function):
            match node:
                case ast.keyword(arg="translation_key", value=ast.Name(id=name)):
                    if name in parameters:
                        found[function.name] = parameters.index(name)
    return found


def _wrapped(call: ast.Call, scope: Scope, wrappers: Mapping[str, int]) -> Uses:
    """Return the key in a call of such a function; its keywords are placeholders."""
    if (position := wrappers.get(_name(call.func))) is None:
        return {}
    return {key: [_keywords(call)] for key in scope.strings(call.args[position])}


def _keywords(call: ast.Call) -> Keys | None:
    """Return the names of a call's keywords; None where it unpacks more of them."""
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def _functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _nodes(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Yield every node with the scope of the innermost function around it."""
    for child in ast.iter_child_nodes(node):
        yield child, scope
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _nodes(child, scope.within(child))
        else:
            yield from _nodes(child, scope)


def _name(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
