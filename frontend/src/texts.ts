/**
 * The card's words. All are texts of the integration, which Home Assistant has in the
 * user's language; `script/build_texts` writes those that are the card's own in English.
 */
import type { Choice } from "./delivery";
import english from "./english.json";
import type { HomeAssistant } from "./home-assistant";

export type Text = keyof typeof english;

/** Return the text for what can be chosen to be shown. */
export const choiceText = (choice: Choice): Text =>
  choice === "waiting" ? choice : `state_${choice}`;

/** Return a text of the card, in English as long as Home Assistant has not read it. */
export function text(
  hass: HomeAssistant | undefined,
  key: Text,
  values: Record<string, string> = {},
): string {
  return (
    hass?.localize(`component.event_relay.common.card_${key}`, values) ||
    english[key].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all)
  );
}

/** Return what Home Assistant's frontend knows, where nobody hands it on. */
export const hassOfPage = (): HomeAssistant | undefined =>
  (document.querySelector("home-assistant") as { hass?: HomeAssistant } | null)?.hass;

/** Return a text that leaves the direction of the text around it as it is. */
export const isolated = (value: string): string => `\u2068${value}\u2069`;

/** Return a text of the integration, or what stands for it where there is none. */
export function integrationText(
  hass: HomeAssistant,
  key: string,
  otherwise: string,
  values?: Record<string, string>,
): string {
  return hass.localize(`component.event_relay.${key}`, values) || otherwise;
}

/** Return a code as words. */
export const words = (code: string): string => {
  const spaced = code.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};
