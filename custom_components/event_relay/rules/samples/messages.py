"""Samples for triggers on what is sent to Home Assistant, or shown in it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_COMMAND, CONF_PAYLOAD, CONF_VALUE_TEMPLATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .anything import Anything


async def webhook(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give a call that holds whatever is asked for, but not its secret id."""
    return {
        "webhook_id": "Sample webhook",
        "json": Anything(name="json"),
        "data": Anything(name="data"),
        "query": Anything(name="query"),
        "description": "webhook",
    }


async def mqtt(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give a message on the topic, with the payload that the trigger waits for."""
    topic = _text(config["topic"]).replace("#", "sample").replace("+", "sample")
    wanted = config.get(CONF_PAYLOAD)
    payload = "Sample payload"
    if wanted is not None and config.get(CONF_VALUE_TEMPLATE) is None:
        payload = _text(wanted)
    return {
        "topic": topic,
        "payload": payload,
        "payload_json": Anything(name="payload"),
        "qos": config.get("qos", 0),
        "description": f"mqtt topic {topic}",
    }


async def notification(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give a notification of the id and the kind of change that the trigger wants."""
    kinds = sorted(str(one) for one in cv.ensure_list(config.get("update_type")))
    return {
        "update_type": kinds[0] if kinds else "added",
        "notification": {
            "notification_id": config.get("notification_id") or "sample",
            "title": "Sample title",
            "message": "Sample message",
            "created_at": dt_util.utcnow(),
        },
    }


async def sentence(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Give the first sentence, with whatever slots are asked for."""
    commands = cv.ensure_list(config.get(CONF_COMMAND))
    said = str(commands[0]) if commands else "Sample sentence"
    return {
        "sentence": said,
        "details": Anything(name="details"),
        "slots": Anything(name="slots"),
        "device_id": None,
        "satellite_id": None,
        "user_input": Anything({"text": said}, "user_input"),
    }


def _text(value: object) -> str:
    """Return a text, or what a template gives without a trigger."""
    if isinstance(value, Template):
        return str(value.async_render(limited=True, parse_result=False))
    return str(value)
