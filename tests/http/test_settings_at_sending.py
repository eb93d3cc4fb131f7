"""Tests of secrets and certificates, which are filled in when a request is sent.

So a change fixes waiting deliveries, and no file or trace contains a secret.
"""

import base64
import datetime as dt
import hashlib
import hmac
from ipaddress import IPv4Address
import json
from pathlib import Path
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.components.trace.util import async_get_trace, async_list_traces
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import ExtendedJSONEncoder
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.http.connection_forms import CONNECTION
from custom_components.event_relay.backends.input_forms import sectioned
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.queue import backoff
from tests.backends.http.target import Target, serving
from tests.home import act, wait_for_state

from .home import ENTERED, connect

OLD, NEW = (
    {
        "authentication": "bearer",
        "secret": f"{age}-t0ken-c4nary",
        "secrets": [f"hook={age}-h00k-c4nary", f"key={age}-k3y-c4nary"],
        "signing_secret": base64.b64encode(age.encode() * 8).decode(),
    }
    for age in ("former", "present")
)
REQUEST = {
    "path": "/hooks/{secret:hook}",
    "query": {"key": "{secret:key}"},
    "headers": {"X-Key": "{secret:key}"},
    "body_kind": "json",
    "body_json": {"text": "{{ text }}", "key": "{secret:key}"},
    "signed": True,
    "repeat": "ask",
}
AUTOMATION = {
    "id": "tell",
    "triggers": {"trigger": "event", "event_type": "ring"},
    "actions": {
        "action": "event_relay.send_http_request",
        "data": {"request": "Hook", "data": {"text": "c4nary of the action"}},
    },
}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the waits between attempts."""
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)


def canaries(settings: dict[str, Any]) -> list[str]:
    """Return the secrets in settings."""
    named = [pair.partition("=")[2] for pair in settings["secrets"]]
    return [settings["secret"], settings["signing_secret"], *named]


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, origin: str, **entered: object
) -> None:
    """Change a connection by its form."""
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    done = await hass.config_entries.flow.async_configure(
        form["flow_id"], sectioned(CONNECTION, {"url": origin, **ENTERED, **entered})
    )
    assert done["reason"] == "reconfigure_successful", done
    await hass.async_block_till_done()


async def test_changed_secrets_fix_waiting_deliveries_and_are_stored_nowhere_else(
    hass: HomeAssistant, target: Target, tmp_path: Path
) -> None:
    entry = await connect(hass, target.origin, {"Hook": REQUEST}, **OLD)
    assert await async_setup_component(hass, "automation", {"automation": AUTOMATION})
    target.otherwise = 403
    hass.bus.async_fire("ring")
    await hass.async_block_till_done()
    (waiting,) = (await act(hass, "list_deliveries"))["deliveries"]
    await wait_for_state(hass, waiting["delivery_id"], "pending")
    (refused,) = target.calls

    target.otherwise = 200
    await reconfigure(hass, entry, target.origin, **NEW)
    await wait_for_state(hass, waiting["delivery_id"], "delivered")

    sent = target.calls[-1]
    assert sent.address == "/hooks/present-h00k-c4nary?key=present-k3y-c4nary"
    assert sent.headers["X-Key"] == "present-k3y-c4nary"
    assert sent.headers["Authorization"] == "Bearer present-t0ken-c4nary"
    assert sent.json == {"text": "c4nary of the action", "key": "present-k3y-c4nary"}
    signed = f"{waiting['delivery_id']}.{sent.headers['webhook-timestamp']}."
    key = base64.b64decode(str(NEW["signing_secret"]))
    digest = hmac.digest(key, signed.encode() + sent.body, hashlib.sha256)
    assert sent.headers["webhook-signature"] == (
        f"v1,{base64.b64encode(digest).decode()}"
    )
    # The former ones were sent once.
    assert refused.address == "/hooks/former-h00k-c4nary?key=former-k3y-c4nary"

    files = b"".join(one.read_bytes() for one in tmp_path.glob("event_relay.db*"))
    traces = json.dumps(await _traces(hass), cls=ExtendedJSONEncoder)
    listed = json.dumps(dict(await act(hass, "list_deliveries")), default=str)
    # The places that could contain them.
    assert b"c4nary of the action" in files
    assert "c4nary of the action" in traces
    for secret in (*canaries(OLD), *canaries(NEW)):
        assert secret.encode() not in files
        assert secret not in traces
        assert secret not in listed


async def _traces(hass: HomeAssistant) -> list[Any]:
    """Return the traces of automations."""
    return [
        await async_get_trace(hass, "automation.tell", one["run_id"])
        for one in await async_list_traces(hass, "automation", "automation.tell")
    ]


def certificate() -> tuple[bytes, bytes]:
    """Return a self-signed certificate for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Home")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM), private


@pytest.mark.usefixtures("socket_enabled")
async def test_private_certificate_fixes_waiting_deliveries(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    pem, key = certificate()
    file = tmp_path / "certificate.pem"
    file.write_bytes(pem + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    async with serving(context) as target:
        entry = await connect(hass, target.origin, {"Hook": REQUEST}, **OLD)
        answer = await act(
            hass, "send_http_request", request="Hook", data={"text": "x"}
        )
        assert answer["state"] == "pending"
        assert "certificate" in answer["reason"]
        await reconfigure(hass, entry, target.origin, certificate=pem.decode(), **OLD)
        await wait_for_state(hass, answer["delivery_id"], "delivered")
        # Nothing was sent to the unverified server.
        assert len(target.calls) == 1
