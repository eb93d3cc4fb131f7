#!/usr/bin/env bash
# promtool 2.42.0 (Debian's prometheus 2.42.0+ds-5+deb12u1): a test that no alert fires passes for an
# alert that does not exist.
#
# Guess: `alert_rule_test` with an `alertname` that no rule file defines is an error.
# Seen: "SUCCESS" and exit code 0. A misspelt or renamed alert turns every "must not fire" case into
# one that cannot fail; only cases with `exp_alerts` notice. The firing alert under its right name
# fails the same test, which shows that the test runs at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download prometheus=2.42.0+ds-5+deb12u1 >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
dpkg -x prometheus_*.deb package

cat >rules.yml <<'YAML'
groups:
  - name: example
    rules:
      - alert: CameraAway
        expr: up == 0
YAML
for alert in CameraAway CameraAwya; do
  cat >"$alert.yml" <<YAML
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{series: up, values: "0x10"}]
    alert_rule_test: [{eval_time: 5m, alertname: $alert, exp_alerts: []}]
YAML
  status=0
  package/usr/bin/promtool test rules "$alert.yml" >"$alert.out" 2>&1 || status=$?
  echo "$alert must not fire: exit code $status, $(grep -oE 'SUCCESS|FAILED' "$alert.out")"
  [[ $status == "$([[ $alert == CameraAway ]] && echo 1 || echo 0)" ]]
done
