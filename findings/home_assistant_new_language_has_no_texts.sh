#!/usr/bin/env bash
# homeassistant 2026.10.4: after the home's language is changed, its texts are loaded where nothing reads.
#
# Guess: the event of the change loads the texts of all integrations in the new language, as the comment
# at its listener says; states, Activity and notifications are then in that language.
# Seen: the listener fills a cache object of its own. Every reader uses another one, in which the new
# language is empty until something else asks for it (the set-up of an entry, or a browser whose user
# has that language) or Home Assistant restarts. Helpers with a default fall back, here to the state's
# own "on"; a lookup by key raises KeyError. The test harness shares the texts among all caches, so no
# test of an integration can show this.
# Output seen, texts of light and its state in words: English 32, "On"; after the change to German 0,
# "on"; after loading once more 32, "Ein".
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" homeassistant==2026.10.4

cd "$folder"
mkdir config
"$folder/venv/bin/python" - config <<'PYTHON'
import asyncio
import sys

from homeassistant import core, loader
from homeassistant.helpers import translation


async def main():
    hass = core.HomeAssistant(sys.argv[1])
    loader.async_setup(hass)
    for component in ("homeassistant", "light"):
        hass.config.components.add(component)
    translation.async_setup(hass)
    await translation.async_load_integrations(hass, {"light"})

    def seen():
        texts = translation.async_get_cached_translations(
            hass, hass.config.language, "entity_component", "light"
        )
        words = translation.async_translate_state(hass, "on", "light", None, None, None)
        return len(texts), words

    english = seen()
    await hass.config.async_update(language="de")
    await hass.async_block_till_done()
    changed = seen()
    await translation.async_load_integrations(hass, {"light"})
    loaded = seen()
    await hass.async_stop(force=True)

    print("English:", english)
    print("German, after the change:", changed)
    print("German, loaded once more:", loaded)
    assert english[0] > 0, "no text in English"
    assert changed == (0, "on"), "the change has loaded the texts"
    assert loaded == (english[0], "Ein")


asyncio.run(main())
PYTHON
