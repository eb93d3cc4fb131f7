#!/usr/bin/env bash
# homeassistant 2026.10.4: in the first config flow of an integration, a translated error says its key.
#
# Guess: str() of a HomeAssistantError with a translation key is the English text of strings.json, as
# its log line is; so a form may show it, for example as the reason why a device refuses.
# Seen: the texts are loaded with the first set-up of an entry. Until then, which is when most errors of
# a connection happen, str() returns the bare key. Nothing is logged, and with one entry (or once one was
# there since the start) the same code shows the text, so a developer with a device never sees it.
# Output seen, first flow, second flow, and a flow after the only entry was removed: "refused", "porch
# refuses the connection", "porch refuses the connection".
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4 pytest-homeassistant-custom-component==0.13.375

integration=$folder/custom_components/doorbell
mkdir -p "$integration/translations"
touch "$folder/custom_components/__init__.py"
cd "$folder"
cat >"$integration/manifest.json" <<'JSON'
{
  "domain": "doorbell",
  "name": "Doorbell",
  "version": "1.0.0",
  "config_flow": true,
  "codeowners": [],
  "documentation": "https://example.org",
  "iot_class": "local_push"
}
JSON
cat >"$integration/translations/en.json" <<'JSON'
{"exceptions": {"refused": {"message": "{host} refuses the connection"}}}
JSON
cat >"$integration/__init__.py" <<'PYTHON'
async def async_setup_entry(hass, entry):
    return True


async def async_unload_entry(hass, entry):
    return True
PYTHON
cat >"$integration/config_flow.py" <<'PYTHON'
from homeassistant.config_entries import ConfigFlow
from homeassistant.exceptions import HomeAssistantError


class DoorbellFlow(ConfigFlow, domain="doorbell"):
    async def async_step_user(self, user_input=None):
        if user_input is not None:
            return self.async_create_entry(title="Porch", data={})
        error = HomeAssistantError(
            translation_domain="doorbell",
            translation_key="refused",
            translation_placeholders={"host": "porch"},
        )
        return self.async_show_form(
            step_id="user", description_placeholders={"reason": str(error)}
        )
PYTHON
# The harness has a package of the same name; the one imported first is searched.
echo 'import custom_components.doorbell' >conftest.py
cat >test_texts.py <<'PYTHON'
async def test_seen(hass, enable_custom_integrations, capsys):
    flows = hass.config_entries.flow
    seen = []

    async def show_form():
        form = await flows.async_init("doorbell", context={"source": "user"})
        seen.append(form["description_placeholders"]["reason"])
        return form["flow_id"]

    await flows.async_configure(await show_form(), {})
    await hass.async_block_till_done()
    await show_form()
    (entry,) = hass.config_entries.async_entries("doorbell")
    await hass.config_entries.async_remove(entry.entry_id)
    await show_form()

    with capsys.disabled():
        print("\nseen:", seen)
    text = "porch refuses the connection"
    assert seen == ["refused", text, text]
PYTHON
printf '[pytest]\nasyncio_mode = auto\npythonpath = .\n' >pytest.ini
"$folder/venv/bin/python" -m pytest -q -p no:cacheprovider test_texts.py
