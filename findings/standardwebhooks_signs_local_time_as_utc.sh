#!/usr/bin/env bash
# standardwebhooks 1.1.0 (Python): an aware timestamp that is not in UTC is signed as another moment.
#
# Guess: `Webhook.sign(id, timestamp, body)` takes any aware datetime for the moment that it is.
# Seen: it replaces the zone by UTC instead of converting, so that 14:00+02:00 is signed as 14:00
# UTC. With the true time in `webhook-timestamp`, the library's own `verify` answers "No matching
# signature found". Home Assistant's `dt_util.now()` is such a datetime; `dt_util.utcnow()` works.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check standardwebhooks==1.1.0

"$folder/venv/bin/python" - <<'PYTHON'
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook("whsec_" + b64encode(b"only for this example 24").decode())
now = datetime.now(UTC).replace(microsecond=0)
body = '{"event": "doorbell"}'


def verified(moment):
    headers = {
        "webhook-id": "message-1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": webhook.sign("message-1", moment, body),
    }
    try:
        webhook.verify(body, headers)
    except WebhookVerificationError as error:
        return str(error)
    return "verified"


in_utc, in_berlin = verified(now), verified(now.astimezone(timezone(timedelta(hours=2))))
print("the same moment, in UTC:", in_utc)
print("the same moment, at +02:00:", in_berlin)
assert (in_utc, in_berlin) == ("verified", "No matching signature found")
PYTHON
