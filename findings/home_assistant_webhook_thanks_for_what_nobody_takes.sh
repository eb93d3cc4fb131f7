#!/usr/bin/env bash
# homeassistant 2026.10.4: a webhook whose automation is off answers 200.
#
# Guess: POST to `/api/webhook/<id>` of an automation that is switched off, or of an id that is misspelt,
# is 404 or 410, as with any route that is not there; so the sender keeps the event and tries again.
# Seen: 200 and an empty body, the same as when the automation runs; on purpose, so that nobody can
# find out ids. A sender with the best queue counts all of it as delivered: what happens while the
# automation is off is lost, and neither side shows an error. Beside it, a misspelt route is 404, and an
# action that does not exist is 400.
# Output seen: on 200, off 200, misspelt 200, runs 1; misspelt route 404.
# UV_PYTHON may name a Python 3.14.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9
"$folder/tools/bin/uv" venv --quiet --python "${UV_PYTHON:-3.14}" "$folder/venv"
"$folder/tools/bin/uv" pip install --quiet --python "$folder/venv/bin/python" \
  homeassistant==2026.10.4 pytest-homeassistant-custom-component==0.13.375

cd "$folder"
cat >test_webhook.py <<'PYTHON'
from homeassistant.setup import async_setup_component


def automation(name):
    """Return an automation that a webhook starts."""
    return {
        "alias": name,
        "triggers": {"trigger": "webhook", "webhook_id": name, "local_only": False},
        "actions": {"event": "rung"},
    }


async def test_seen(hass, hass_client, caplog, capsys):
    caplog.set_level("INFO")
    automations = {"automation": [automation("bell"), automation("gate")]}
    for domain in ("api", "webhook"):
        assert await async_setup_component(hass, domain, {})
    assert await async_setup_component(hass, "automation", automations)
    off = {"entity_id": "automation.gate"}
    await hass.services.async_call("automation", "turn_off", off, blocking=True)
    runs = []
    hass.bus.async_listen("rung", lambda event: runs.append("run"))
    client = await hass_client()
    seen = {}
    for case, path in {
        "on": "webhook/bell",
        "off": "webhook/gate",
        "misspelt": "webhook/bel",
        "misspelt route": "webhoook/bell",
        "missing action": "services/bell/ring",
    }.items():
        answer = await client.post(f"/api/{path}", json={"door": "front"})
        seen[case] = answer.status
    await hass.async_block_till_done()
    with capsys.disabled():
        print()
        print("answers:", seen, "- runs:", len(runs))
    assert seen == {
        "on": 200,
        "off": 200,
        "misspelt": 200,
        "misspelt route": 404,
        "missing action": 400,
    }
    assert runs == ["run"]
    assert "unregistered webhook" in caplog.text
PYTHON
venv/bin/python -m pytest --quiet -o asyncio_mode=auto test_webhook.py
