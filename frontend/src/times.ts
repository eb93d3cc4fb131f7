/** Moments and durations in the user's language, clock and time zone. */
import type { HomeAssistant } from "./home-assistant";

type Locale = Pick<HomeAssistant, "locale" | "config">;

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

function zone({ locale, config }: Locale): Intl.DateTimeFormatOptions {
  const options: Intl.DateTimeFormatOptions = {};
  if (locale.time_zone === "server") options.timeZone = config.time_zone;
  if (locale.time_format === "12") options.hour12 = true;
  if (locale.time_format === "24") options.hourCycle = "h23";
  return options;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(hass: Locale, moment: Date, options: Intl.DateTimeFormatOptions): string {
  const all = { ...zone(hass), ...options };
  const language = hass.locale.time_format === "system" ? undefined : hass.locale.language;
  const key = JSON.stringify([language, all]);
  let known = formats.get(key);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(language, all);
    formats.set(key, known);
  }
  return known.format(moment);
}

export const clock = (hass: Locale, moment: Date): string =>
  format(hass, moment, { hour: "numeric", minute: "2-digit" });

export const day = (hass: Locale, moment: Date): string =>
  format(hass, moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export const full = (hass: Locale, moment: Date): string =>
  format(hass, moment, { dateStyle: "medium", timeStyle: "medium" });

/** Return the largest unit of some seconds, and how many of it they are, rounded. */
function largest(seconds: number): [number, "day" | "hour" | "minute" | "second"] {
  const size = Math.abs(seconds);
  for (const [unit, length] of UNITS) {
    if (size >= length) return [Math.round(seconds / length), unit];
  }
  return [Math.round(seconds), "second"];
}

const numbers = new Map<string, Intl.NumberFormat>();

/** Return a number as it is written; all choices have one, at every rendering. */
export function number(hass: Locale, value: number): string {
  const { language } = hass.locale;
  let known = numbers.get(language);
  if (known === undefined) {
    known = new Intl.NumberFormat(language);
    numbers.set(language, known);
  }
  return known.format(value);
}

/** Return a duration, such as "5 min". */
export function duration(hass: Locale, seconds: number): string {
  const [count, unit] = largest(Math.max(0, seconds));
  return new Intl.NumberFormat(hass.locale.language, {
    style: "unit",
    unit,
    unitDisplay: "short",
  }).format(count);
}

/** Return when something is, seen from now, such as "in 5 min". */
export function relative(hass: Locale, seconds: number): string {
  const [count, unit] = largest(seconds);
  return new Intl.RelativeTimeFormat(hass.locale.language, { style: "short" }).format(count, unit);
}
