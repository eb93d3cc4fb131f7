"""The page on actions, and the table of who may call those of backends."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

from custom_components.event_relay.const import OWN_ACTIONS
from tests.checks.files import DOMAIN, PACKAGE, ROOT, read_json, read_yaml
from tests.every_backend import BACKENDS

INTRODUCTION = """\
# Actions

`script/document_actions` generates this page from the forms in Home Assistant.

Every action that sends something stores a [delivery](delivery.md) in the outbox and
waits for the outcome of its first attempt: 10 seconds, or as long as `wait` says. A
`response_variable` receives `delivery_id`, `state`, and what the other system returned:
`outside_id`, `links`, `details` and `warnings`. A delivery that is still `pending` or
`uncertain` after the wait is not an error, because delivery continues. After a failed
attempt it has a `code`, and a `reason` in English or in the other system's words: a
response is data for templates, and is not translated. A delivery that was rejected or
has expired ends the action with an error that gives the reason, in the language of the
user.

*Connection* is optional if there is only one connection to that kind of system, or if
one of them is the default, which is an option of the connection. When you add a second
one, the first becomes the default, so that actions without a connection work as before.
A repair lists the automations, scripts and blueprints concerned, and asks whether to
keep this.

Values can be templates, or text. In YAML, put a date and time in quotes: Home
Assistant's editor reads one without quotes as UTC.

Text for people, such as a title, a description or a sub label, is cut if it is too
long, and ends with an ellipsis. Control characters, and line breaks where only one line
is possible, are sent as spaces. The delivery then has a warning. A name that identifies
something, such as a label, is rejected instead.
"""
OUTBOX_ADMINISTRATIVE = OWN_ACTIONS - {"list_deliveries"}


def page() -> str:
    """Return the whole page; a missing text is empty, and a check reports it."""
    everything = read_json(PACKAGE / "translations/en.json")
    texts, systems = everything["services"], everything["system_health"]["info"]
    actions = read_yaml(PACKAGE / "services.yaml")
    lines = [INTRODUCTION]
    for title, names, administrative in _chapters(actions, systems):
        lines.append(f"## {title}\n")
        for name in names:
            lines.extend(
                _action(
                    name,
                    actions[name] or {},
                    texts.get(name, {}),
                    name in administrative,
                )
            )
    return "\n".join(lines).rstrip() + "\n"


def _chapters(
    actions: Mapping[str, Any], systems: Mapping[str, str]
) -> Iterator[tuple[str, list[str], frozenset[str]]]:
    """Yield titles with their actions, and which are for administrators."""
    rest = set(actions)
    for forms in BACKENDS:
        own = {*forms.action_fields, *forms.queries}
        rest -= own
        yield (
            systems[forms.backend.name],
            [name for name in actions if name in own],
            forms.administrative,
        )
    yield (
        "Any connection",
        [name for name in actions if name in rest],
        OUTBOX_ADMINISTRATIVE,
    )


def _action(
    name: str, action: Mapping[str, Any], texts: Mapping[str, Any], administrative: bool
) -> Iterator[str]:
    """Yield the lines about one action."""
    yield f"### {texts.get('name', name)}: `{DOMAIN}.{name}`\n"
    yield texts.get("description", "") + "\n"
    if administrative:
        yield "Only administrators may call it.\n"
    rows = [
        _row(field, spec, texts.get("fields", {}).get(field, {}))
        for field, spec in _fields(action)
    ]
    if rows:
        yield "| field | required | what it is | example |"
        yield "|---|---|---|---|"
        yield from rows
        yield ""


def _fields(action: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the fields of an action, including those in its sections."""
    for name, field in (action.get("fields") or {}).items():
        if "fields" in field:
            yield from field["fields"].items()
        else:
            yield name, field


def _row(name: str, field: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Return one field as a row of a table."""
    example = field.get("example", field.get("default"))
    written = "" if example is None else f"`{_yaml(example)}`"
    said = texts.get("description", "").replace("|", "\\|").replace("\n", " ")
    required = "yes" if field.get("required") else ""
    return f"| `{name}` | {required} | {said} | {written} |"


def _yaml(value: object) -> str:
    """Return a value in the form that YAML may have."""
    written = value if isinstance(value, str) else json.dumps(value)
    return written.replace("|", "\\|").replace("\n", "\\n")


def with_permissions(document: str) -> str:
    """Return a page whose table has a line for each action of a backend.

    Those that every user may call come first. All other lines stay as they are.
    """
    lines = document.splitlines()
    found = [number for number, line in enumerate(lines) if _is_of_a_backend(line)]
    lines[found[0] : found[-1] + 1] = [*_permissions()]
    return "\n".join(lines) + "\n"


def _is_of_a_backend(line: str) -> bool:
    """Return whether a line of the table is about an action of a backend."""
    action = re.match(r"\| action `(\w+)` \|", line)
    return action is not None and action[1] not in OWN_ACTIONS


def _permissions() -> Iterator[str]:
    """Yield the lines of the table."""
    for administrative in (False, True):
        user = "no" if administrative else "yes"
        for forms in BACKENDS:
            for name in (*forms.action_fields, *forms.queries):
                if (name in forms.administrative) is administrative:
                    yield f"| action `{name}` | yes | yes | {user} | no | yes |"


def documents() -> dict[Path, str]:
    """Return the pages that `script/document_actions` writes, by their path."""
    actions, permissions = ROOT / "docs/actions.md", ROOT / "docs/permissions.md"
    return {actions: page(), permissions: with_permissions(permissions.read_text())}


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text)
