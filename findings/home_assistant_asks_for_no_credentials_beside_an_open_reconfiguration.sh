#!/usr/bin/env bash
# homeassistant 2026.10.4: as long as a reconfiguration of a connection stands open, nobody is asked for
# new credentials.
#
# Guess: `async_start_reauth` starts a flow unless one for new credentials is there already.
# Seen: it starts nothing either while a reconfigure flow of that entry exists, and says nothing. Such a
# flow outlives its browser tab: a form that somebody left last week keeps the request for credentials
# away until Home Assistant is restarted, and the integration believes that it has asked.
# Output seen: flows beside the open reconfiguration: ['reconfigure']; after it is gone: ['reauth'].
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" homeassistant==2026.10.4

cd "$folder"
mkdir -p config/custom_components/example
cat >config/custom_components/example/manifest.json <<'JSON'
{"domain": "example", "name": "Example", "version": "1.0.0", "config_flow": true,
 "documentation": "https://example.org", "codeowners": [], "iot_class": "local_push"}
JSON
cat >config/custom_components/example/__init__.py <<'PYTHON'
async def async_setup_entry(hass, entry):
    return True
PYTHON
cat >config/custom_components/example/config_flow.py <<'PYTHON'
from homeassistant.config_entries import ConfigFlow


class ExampleFlow(ConfigFlow, domain="example"):
    async def async_step_reconfigure(self, user_input=None):
        return self.async_show_form(step_id="reconfigure")

    async def async_step_reauth(self, entry_data):
        return self.async_show_form(step_id="reauth_confirm")

    async def async_step_reauth_confirm(self, user_input=None):
        return self.async_show_form(step_id="reauth_confirm")
PYTHON
venv/bin/python - <<'PYTHON'
import asyncio
from types import MappingProxyType

from homeassistant import loader
from homeassistant.config_entries import ConfigEntries, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry, translation


async def main():
    hass = HomeAssistant("config")
    loader.async_setup(hass)
    translation.async_setup(hass)
    await issue_registry.async_load(hass, load_empty=True)
    hass.config_entries = ConfigEntries(hass, {})
    entry = ConfigEntry(
        data={},
        discovery_keys=MappingProxyType({}),
        domain="example",
        minor_version=1,
        options={},
        source="user",
        subentries_data=None,
        title="Example",
        unique_id=None,
        version=1,
    )
    hass.config_entries._entries[entry.entry_id] = entry

    def sources():
        return [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()]

    left = await hass.config_entries.flow.async_init(
        "example", context={"source": "reconfigure", "entry_id": entry.entry_id}
    )
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    beside = sources()
    hass.config_entries.flow.async_abort(left["flow_id"])
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    after = sources()
    print("flows beside the open reconfiguration:", beside)
    print("after it is gone:", after)
    await hass.async_stop(force=True)
    assert beside == ["reconfigure"] and after == ["reauth"], (beside, after)


asyncio.run(main())
PYTHON
