"""Accessibility barriers that axe finds on a page."""

from collections.abc import Iterable, Mapping, Sequence

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from playwright.async_api import Locator, Page
import pytest

from tests.checks.files import ROOT

_AXE = ROOT / ".toolchain" / "axe.min.js"
SINCE_2026_11 = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)
OF_HOME_ASSISTANT: Mapping[tuple[str, str], str] = {
    ("aria-required-parent", "ha-combo-box-item"): (
        "a closed list is a button that calls itself an item of a list"
    ),
    ("label", "ha-switch"): "the switch of a form does not have the name beside it",
    ("label-title-only", "ha-switch"): "the same",
    ("aria-input-field-name", "ha-code-editor"): (
        "the editor of YAML does not have the name above it"
    ),
    ("aria-valid-attr-value", "ha-expansion-panel"): (
        "what opens a section names it across a shadow root"
    ),
}
"""Serious barriers of Home Assistant's own components, wherever they are used.

By axe rule and component of the element.
"""
OF_2026_11: Mapping[tuple[str, str], str] = {
    ("link-name", "dialog-data-entry-flow"): (
        "what leads to the documentation is an icon without a name"
    ),
    ("color-contrast", "wa-input"): "the name of a filled field is too pale",
    ("color-contrast", "ha-markdown"): "so are links",
    ("color-contrast", "dialog-repairs-issue-subtitle"): "so is a warning",
}
"""Those that came with Home Assistant 2026.11."""
IN_TRIGGERS: Mapping[tuple[str, str], str] = {
    (
        "nested-interactive",
        "ha-automation-trigger-row",
    ): "what opens a trigger has its handle and its menu within",
    (
        "nested-interactive",
        "ha-target-picker-item-row",
    ): "so has what opens a target that was picked",
    (
        "button-name",
        "ha-target-picker-item-row",
    ): "what takes such a target away again is an icon without a name",
}
"""The same in its trigger editor, which combines components that are fine elsewhere.

By axe rule and a component around the element.
"""
_KNOWN = {
    *OF_HOME_ASSISTANT,
    *(OF_2026_11 if SINCE_2026_11 else ()),
}
_RUN = """
async (part) => {
  const hosts = (element) => {
    const { host } = element.getRootNode();
    return host ? [host.localName, ...hosts(host)] : [];
  };
  const { violations } = await axe.run(part, {
    resultTypes: ["violations"],
    elementRef: true,
  });
  return violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) =>
      one.nodes.map((node) => [
        one.id,
        node.html,
        hosts(node.element),
      ]),
    );
}
"""
_SHOW = """
async ([title, kinds]) => {
  const { hass } = document.querySelector("home-assistant");
  const type = "config_entries/get";
  const entries = await hass.callWS({ type, domain: "event_relay" });
  const { entry_id } = entries.find((one) => one.title === title);
  const path = "config/config_entries/";
  const shown = [
    ["options", `${path}options/flow`, { handler: entry_id }],
    ["config", `${path}flow`, { handler: "event_relay", entry_id }],
    ...Object.keys(kinds).map((kind) => [
      `config_subentries.${kind}`,
      `${path}subentries/flow`,
      { handler: [entry_id, kind] },
    ]),
  ];
  for (const category of ["options", "config", "config_subentries"]) {
    await hass.loadBackendTranslation(category, "event_relay");
  }
  const { localize } = document.querySelector("home-assistant").hass;
  const all = document.body.appendChild(document.createElement("main"));
  for (const [category, address, asked] of shown) {
    let step = await hass.callApi("POST", address, asked);
    const next_step_id = kinds[asked.handler[1]];
    if (next_step_id) {
      step = await hass.callApi("POST", `${address}/${step.flow_id}`, { next_step_id });
    }
    await hass.callApi("DELETE", `${address}/${step.flow_id}`);
    const texts = `component.event_relay.${category}.step.${step.step_id}.`;
    const form = document.createElement("ha-form");
    form.hass = hass;
    form.data = {};
    form.schema = step.data_schema.map((one) => ({ ...one, expanded: true }));
    form.computeLabel = ({ name, type }, _, options) => {
      if (type === "expandable") return localize(`${texts}sections.${name}.name`);
      const section = options?.path?.[0];
      return localize(`${texts}${section ? `sections.${section}.` : ""}data.${name}`);
    };
    all.append(form);
  }
}
"""
_DRAWN = """
() => {
  const drawn = (root) =>
    [...root.querySelectorAll("*")].every(
      (one) =>
        (!one.localName.includes("-") || customElements.get(one.localName)) &&
        (one.localName !== "ha-selector" || one.shadowRoot?.childElementCount) &&
        (!one.shadowRoot || drawn(one.shadowRoot)),
    );
  return drawn(document.querySelector("body > main"));
}
"""
_SETTLED = """
() => {
  const moves = (animation) =>
    animation.playState === "running" &&
    Number.isFinite(animation.effect?.getComputedTiming().endTime);
  const settled = (root) =>
    !root.getAnimations().some(moves) &&
    [...root.querySelectorAll("*")].every(
      (one) =>
        (!one.localName.includes("-") ||
          (customElements.get(one.localName) && !one.isUpdatePending)) &&
        (!one.shadowRoot || settled(one.shadowRoot)),
    );
  return settled(document);
}
"""
"""Whether every component is rendered, and nothing fades in or out any more: until then
axe finds elements without their roles, and colours on their way."""
_OFTEN = 100.0
"""How often the page is asked, in milliseconds. Each time all its elements are looked
at, which takes as long as a frame if it is done in each."""


async def see_no_barrier(part: Locator) -> None:
    """Check that axe finds no serious barrier of ours in a part of a page."""
    if not _AXE.exists():
        pytest.fail("there is no axe: run script/bootstrap --browser")
    if await part.page.evaluate("() => !window.axe"):
        await part.page.evaluate(_AXE.read_text())
    await part.page.wait_for_function(_SETTLED, polling=_OFTEN)
    if barriers := _ours(await part.evaluate(_RUN)):
        pytest.fail("\n".join(barriers))


async def see_no_barrier_in_forms(page: Page, title: str, **kinds: str) -> None:
    """Check the same for a connection's dialogs, without opening each.

    These are its options, its reconfiguration, and the subentries of some types, each
    with the chosen next step of its first form.
    """
    await page.evaluate(_SHOW, [title, kinds])
    await page.wait_for_function(_DRAWN, polling=_OFTEN)
    await see_no_barrier(page.locator("body > main"))


def _ours(found: Iterable[tuple[str, str, Sequence[str]]]) -> list[str]:
    """Return the serious barriers except Home Assistant's known ones."""
    return [
        f"{rule} in {' in '.join(around) or 'the page'}: {element}"
        for rule, element, around in found
        if (rule, "".join(around[:1])) not in _KNOWN
        and not any((rule, one) in IN_TRIGGERS for one in around)
    ]
