/** Make the card known to the page, and to the picker of cards. */
import { EventRelayCard } from "./card";
import { hassOfPage, text } from "./texts";

const NAME = "event-relay-card";

// A page may load the resource twice, under an old address and a new one.
if (!customElements.get(NAME)) {
  customElements.define(NAME, EventRelayCard);
  // The picker shows no card that would load them.
  hassOfPage()
    ?.loadBackendTranslation("common", "event_relay")
    .catch(() => undefined);
  // Home Assistant keeps this very array.
  window.customCards ??= [];
  window.customCards.push({
    type: NAME,
    name: "Event Relay",
    // Asked for whenever the picker opens.
    get description(): string {
      return text(hassOfPage(), "description");
    },
    preview: true,
    getEntitySuggestion: (hass, entity) => {
      const { platform, device_id } = hass.entities[entity] ?? {};
      if (platform !== "event_relay") return null;
      const connection = device_id && hass.devices[device_id]?.primary_config_entry;
      return { config: { type: `custom:${NAME}`, ...(connection ? { connection } : {}) } };
    },
  });
}
