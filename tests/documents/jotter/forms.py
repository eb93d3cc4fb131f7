"""What Home Assistant's forms ask for to reach Jotter."""

from collections.abc import Mapping

from custom_components.event_relay.backends.base import Ending
from custom_components.event_relay.backends.connection_forms import WITH_API_KEY
from custom_components.event_relay.backends.forms import BackendForms

from .client import JotterClient
from .operations import JOTTER


class JotterForms(BackendForms):
    """The part of Jotter that Home Assistant sees."""

    backend = JOTTER
    client = JotterClient
    connection = WITH_API_KEY
    endings: Mapping[str, Ending] = {
        "write_note": Ending(operation="finish_note", left_open={"until_ended": True})
    }
