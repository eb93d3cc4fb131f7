"""Checks of the quality scale file: every rule has its status."""

import pytest

from .files import PACKAGE, read_yaml

TIERS = {
    "bronze": """
        action-setup appropriate-polling brands common-modules
        config-flow-test-coverage config-flow dependency-transparency docs-actions
        docs-conditions docs-high-level-description docs-installation-instructions
        docs-removal-instructions docs-triggers entity-event-setup entity-unique-id
        has-entity-name runtime-data test-before-configure test-before-setup
        unique-config-entry
    """,
    "silver": """
        action-exceptions config-entry-unloading docs-configuration-parameters
        docs-installation-parameters entity-unavailable integration-owner
        log-when-unavailable parallel-updates reauthentication-flow test-coverage
    """,
    "gold": """
        devices diagnostics discovery-update-info discovery docs-data-update
        docs-examples docs-known-limitations docs-supported-devices
        docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices
        entity-category entity-device-class entity-disabled-by-default
        entity-translations exception-translations icon-translations
        reconfiguration-flow repair-issues stale-devices
    """,
    "platinum": "async-dependency inject-websession strict-typing",
}
RULES = [rule for rules in TIERS.values() for rule in rules.split()]
SCALE = read_yaml(PACKAGE / "quality_scale.yaml")


def test_every_rule_is_listed_once_and_in_order() -> None:
    assert list(SCALE) == ["rules"]
    assert list(SCALE["rules"]) == RULES
    # A duplicate key in YAML is read as one.
    lines = (PACKAGE / "quality_scale.yaml").read_text().splitlines()
    written = [
        line.strip().split(":")[0]
        for line in lines
        if line.startswith("  ") and line[2] not in " #"
    ]
    assert written == RULES


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    said = SCALE["rules"][rule]
    if said == "done":
        return
    assert set(said) <= {"status", "comment"}
    assert said["status"] in ("done", "todo", "exempt")
    assert len(said["comment"].strip()) >= len("comes with x")
