/**
 * The card's own words. Names of actions and errors come from the integration's
 * translations; another language is another table in `languages`.
 */
import type { Choice } from "./delivery";
import type { HomeAssistant } from "./home-assistant";
import { de } from "./languages/de";
import { en } from "./languages/en";
import type { Table, Text } from "./languages/en";

export type { Text } from "./languages/en";

const TABLES: Readonly<Record<string, Table>> = { de, en };

/** Return the text for what can be chosen to be shown. */
export const choiceText = (choice: Choice): Text =>
  choice === "waiting" ? choice : `state_${choice}`;

/** Return a text in the user's language, in English where there is none. */
export function text(language: string, key: Text, values: Record<string, string> = {}): string {
  const table = TABLES[language] ?? TABLES[language.split("-")[0] ?? "en"] ?? en;
  return table[key].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

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
