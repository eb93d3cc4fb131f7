"""The queue file that all connections share, opened when first needed."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import logging
from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .generations import Generations
from .queue.store.recovery.reports import seen
from .queue.store.store import LogDamage, SetAside, Store

_LOGGER = logging.getLogger(__name__)

FILE_NAME = f"{DOMAIN}.db"
COPY = "damaged_outbox"
"""Key in a repair issue's data: the name of the damaged file or its copy."""

type BeforeClosing = Callable[[], Awaitable[None]]

_STORE: HassKey[asyncio.Task[Store]] = HassKey(DOMAIN)
_BEFORE_CLOSING: HassKey[list[BeforeClosing]] = HassKey(f"{DOMAIN}_before_closing")


async def async_get_store(hass: HomeAssistant) -> Store:
    """Return the open store; raises StoreUnavailable, and retries on the next call."""
    if (opening := hass.data.get(_STORE)) is None:
        # In a task of its own: the first caller may be cancelled while others wait.
        opening = hass.data[_STORE] = hass.async_create_background_task(
            _async_open(hass), f"{DOMAIN} open", eager_start=False
        )
    return await asyncio.shield(opening)


async def _async_open(hass: HomeAssistant) -> Store:
    """Open the store, and close it last before Home Assistant exits."""
    generations = Generations(hass)
    try:
        store = Store(
            Path(hass.config.path(FILE_NAME)),
            partial(_report, hass),
            seen=await generations.async_seen(),
            claimed=generations.claimed,
        )
        await store.open()
        await generations.async_start(store)
    except BaseException:
        del hass.data[_STORE]
        raise

    async def close(_: Event) -> None:
        """Close the file, last before Home Assistant exits."""
        ends = hass.data.setdefault(_BEFORE_CLOSING, [])
        ended = [end() for end in ends]
        for failed in await asyncio.gather(*ended, return_exceptions=True):
            if isinstance(failed, Exception):
                _LOGGER.error("Something did not end as it should", exc_info=failed)
        await generations.async_end()
        await store.close()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    return store


def get_open_store(hass: HomeAssistant) -> Store | None:
    """Return the store if it is open."""
    opening = hass.data.get(_STORE)
    return opening.result() if opening is not None and opening.done() else None


@callback
def async_before_closing(hass: HomeAssistant, end: BeforeClosing) -> CALLBACK_TYPE:
    """Call back before the file is closed; return a callback to remove it.

    Its writes are still stored.
    """
    ends = hass.data.setdefault(_BEFORE_CLOSING, [])
    ends.append(end)
    return lambda: ends.remove(end)


@callback
def _report(hass: HomeAssistant, set_aside: SetAside) -> None:
    """Report a damaged queue file until the user has seen the report.

    Reported at each start, because Home Assistant saves issues only minutes later.
    """
    if (log := set_aside.log) is not None:
        report = _report_missing_log if log.missing else _report_log
        report(hass, set_aside, log)
        return
    if set_aside.older:
        _report_older(hass, set_aside)
        return
    waiting = "?" if set_aside.waiting is None else str(set_aside.waiting)
    _LOGGER.log(
        _level(set_aside),
        "The outbox was damaged (%s) and is set aside as %s; deliveries waiting in"
        " it: %s, and in the new one: %s",
        set_aside.reason,
        set_aside.path.name,
        waiting,
        set_aside.carried,
    )
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"outbox_set_aside_{set_aside.path.name}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key="outbox_set_aside",
        translation_placeholders={
            "file": set_aside.path.name,
            "waiting": waiting,
            "carried": str(set_aside.carried),
        },
        data={COPY: set_aside.path.name},
    )


@callback
def _report_log(hass: HomeAssistant, set_aside: SetAside, log: LogDamage) -> None:
    """Report a queue file whose log was damaged, and what is lost."""
    copy = set_aside.path.name
    commits = "?" if log.commits is None else str(log.commits)
    _LOGGER.log(
        _level(set_aside),
        "The log of the outbox was damaged; commits that are lost: %s, pages that"
        " could not be read or used: %s; a copy of the file as it was found is %s",
        commits,
        log.frames,
        copy,
    )
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"outbox_log_damaged_{copy}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR if log.lost else ir.IssueSeverity.WARNING,
        translation_key="outbox_log_damaged" if log.lost else "outbox_log_mended",
        translation_placeholders={
            "file": copy,
            "commits": commits,
            "frames": str(log.frames),
        },
        data={COPY: copy},
    )


@callback
def _report_missing_log(hass: HomeAssistant, set_aside: SetAside, _: LogDamage) -> None:
    """Report a queue file whose log was deleted."""
    copy = set_aside.path.name
    _LOGGER.log(
        _level(set_aside),
        "The log of the outbox is gone, though it was in use; what was accepted last"
        " may be lost; a copy of the file as it was found is %s",
        copy,
    )
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"outbox_log_missing_{copy}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key="outbox_log_missing",
        translation_placeholders={"file": copy},
        data={COPY: copy},
    )


@callback
def _report_older(hass: HomeAssistant, set_aside: SetAside) -> None:
    """Report a queue file that was replaced by an older copy."""
    name = set_aside.path.name
    _LOGGER.log(
        _level(set_aside),
        "The outbox is an older copy of itself: what was accepted since is not in it;"
        " deliveries that wait in it and are looked up before they are sent: %s",
        set_aside.waiting,
    )
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"outbox_older_{name}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key="outbox_older",
        translation_placeholders={"waiting": str(set_aside.waiting)},
        data={COPY: name},
    )


def _level(report: SetAside) -> int:
    """Return the log level of a report: an error the first time."""
    return logging.DEBUG if report.earlier else logging.ERROR


async def async_damage_seen(hass: HomeAssistant, copy: str) -> None:
    """Forget the report about a copy, by its name; raises OSError."""
    file = Path(hass.config.path(FILE_NAME))
    await hass.async_add_executor_job(seen, file.with_name(copy))
