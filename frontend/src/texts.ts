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

interface Told {
  readonly message?: unknown;
  readonly error?: unknown;
  readonly translation_domain?: string;
  readonly translation_key?: string;
  readonly translation_placeholders?: Record<string, string>;
}

const told = (error: unknown): Told =>
  typeof error === "object" && error !== null ? (error as Told) : {};

/** Return what an error of Home Assistant says, in English. */
export function messageOf(error: unknown): string {
  const { message, error: inner } = told(error);
  if (message !== undefined) return String(message);
  return inner === undefined ? String(error) : messageOf(inner);
}

/** Return what an error says, in the user's language if it is one of the integration. */
export async function errorText(hass: HomeAssistant | undefined, error: unknown): Promise<string> {
  const { translation_domain: domain, translation_key: key, translation_placeholders } = told(error);
  if (hass === undefined || domain !== "event_relay") return messageOf(error);
  const load = hass.loadBackendTranslation("exceptions", domain).catch(() => hass.localize);
  const said = (await load)(`component.${domain}.exceptions.${key}.message`, translation_placeholders);
  return said || messageOf(error);
}

/** Return a function that returns the texts of the card. */
export const speaker =
  (hass: HomeAssistant) =>
  (key: Text, values?: Record<string, string>): string =>
    text(hass, key, values);

/** Return a code as words. */
export const words = (code: string): string => {
  const spaced = code.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};
