"""Any webhook: n8n, Node-RED, Zapier and others."""

from .preset import Preset

WEBHOOK = Preset(
    name="webhook",
    asks={"path": "/webhook/"},
    definition={
        "path": "<<path>>",
        "body_kind": "json",
        "body_json": {
            "id": "{id}",
            "occurred_at": "{occurred_at}",
            "data": "{{ data }}",
        },
        "ids": ["webhook-id", "Idempotency-Key"],
        "retry_statuses": "404",
    },
    limits=(
        "n8n answers 404 while the workflow is not active, so a delivery waits. Its "
        "test address takes one event only."
    ),
    source=(
        "Standard Webhooks 1.0.0; IETF draft-ietf-httpapi-idempotency-key-header-07; "
        "docs.n8n.io, webhook node"
    ),
)
