"""Samples for triggers on messages: webhooks, MQTT, notifications, sentences."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_COMMAND, CONF_PAYLOAD, CONF_VALUE_TEMPLATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .placeholder import Anything


async def webhook(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a call that has every key, without the secret id."""
    return {
        "webhook_id": "Sample webhook",
        "json": Anything(name="json"),
        "data": Anything(name="data"),
        "query": Anything(name="query"),
        "description": "webhook",
    }


async def mqtt(hass: HomeAssistant, config: ConfigType) -> Mapping[str, Any]:
    """Return a message on the topic, with the payload that the trigger expects."""
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
    """Return a notification with the id and the kind of change of the trigger."""
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
    """Return the first sentence, with every slot."""
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
    """Return a text, or a template rendered without a trigger."""
    if isinstance(value, Template):
        return str(value.async_render(limited=True, parse_result=False))
    return str(value)
