"""The control API below /_control: faults, read-back and changes."""

from collections.abc import Callable, Mapping
import json

from .faults import parse_fault
from .simulated_system import SimulatedSystem
from .wire import Json, Reply, json_reply

CONTROL_PATH = "/_control"

type _Action = Callable[[SimulatedSystem, Json], Json]


def answer_control(
    simulator: SimulatedSystem, method: str, path: str, document: bytes
) -> Reply:
    """Handle a control call."""
    action = _ACTIONS.get((method, path.removeprefix(CONTROL_PATH)))
    if action is None:
        known = ", ".join(f"{verb} {CONTROL_PATH}{tail}" for verb, tail in _ACTIONS)
        return json_reply({"error": f"unknown control call; known: {known}"}, 404)
    try:
        content: Json = json.loads(document) if document.strip() else None
        return json_reply(action(simulator, content))
    except ValueError as error:
        return json_reply({"error": str(error)}, 400)


def _object(content: Json) -> dict[str, Json]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ValueError("the body is an object")  # noqa: TRY004 one error for all bad input
    return content


def _add_faults(simulator: SimulatedSystem, content: Json) -> Json:
    documents = content if isinstance(content, list) else [content]
    faults = [parse_fault(document) for document in documents]
    simulator.add_faults(*faults)
    return [fault.as_json() for fault in faults]


def _get_faults(simulator: SimulatedSystem, _content: Json) -> Json:
    return [fault.as_json() for fault in simulator.faults.waiting]


def _clear_faults(simulator: SimulatedSystem, _content: Json) -> Json:
    simulator.clear_faults()
    return []


def _get_requests(simulator: SimulatedSystem, _content: Json) -> Json:
    return [request.as_json() for request in simulator.requests]


def _get_events(simulator: SimulatedSystem, _content: Json) -> Json:
    return simulator.stored_events()


def _reset(simulator: SimulatedSystem, _content: Json) -> Json:
    simulator.reset()
    return {}


def _restart(simulator: SimulatedSystem, content: Json) -> Json:
    simulator.restart(graceful=bool(_object(content).get("graceful", False)))
    return {}


def _flush(simulator: SimulatedSystem, _content: Json) -> Json:
    simulator.flush()
    return {}


def _kill(simulator: SimulatedSystem, content: Json) -> Json:
    simulator.kill(str(_object(content).get("part")))
    return {}


def _configure(simulator: SimulatedSystem, content: Json) -> Json:
    simulator.configure(**_object(content))
    return {}


def _advance_clock(simulator: SimulatedSystem, content: Json) -> Json:
    seconds = _object(content).get("advance")
    if not isinstance(seconds, int | float):
        raise ValueError("advance takes seconds")  # noqa: TRY004 one error for all bad input
    simulator.clock.advance(seconds)
    return {"now": simulator.clock.now()}


_ACTIONS: Mapping[tuple[str, str], _Action] = {
    ("POST", "/faults"): _add_faults,
    ("GET", "/faults"): _get_faults,
    ("DELETE", "/faults"): _clear_faults,
    ("GET", "/requests"): _get_requests,
    ("GET", "/events"): _get_events,
    ("POST", "/reset"): _reset,
    ("POST", "/restart"): _restart,
    ("POST", "/flush"): _flush,
    ("POST", "/kill"): _kill,
    ("POST", "/config"): _configure,
    ("POST", "/clock"): _advance_clock,
}
