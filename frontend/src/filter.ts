/** What is to be shown of all deliveries. */
import { statesOf } from "./delivery";
import type { Choice, Delivery } from "./delivery";

/** How far back, and its seconds. */
export const SPANS = { hour: 3_600, day: 86_400, week: 604_800 } as const;

export type Span = keyof typeof SPANS;

export interface Filter {
  readonly connection?: string | undefined;
  readonly choice?: Choice | undefined;
  readonly rule?: string | undefined;
  readonly span?: Span | undefined;
  readonly words?: string | undefined;
}

export const isSpan = (value: string): value is Span => value in SPANS;

export const sameFilter = (one: Filter, other: Filter): boolean =>
  (["connection", "choice", "rule", "span", "words"] as const).every(
    (name) => one[name] === other[name],
  );

const since = (span: Span): number => Date.now() - SPANS[span] * 1000;

/** Return what the list is asked for. */
export function asked({ connection, choice, rule, span, words }: Filter): Record<string, unknown> {
  const state = statesOf(choice);
  return {
    ...(connection === undefined ? {} : { config_entry_id: [connection] }),
    ...(state.length === 0 ? {} : { state }),
    ...(rule === undefined ? {} : { subentry_id: [rule] }),
    ...(span === undefined ? {} : { since: new Date(since(span)).toISOString() }),
    ...(words ? { search: words } : {}),
  };
}

/** Say whether a delivery that has changed is to be shown, as the list itself would. */
export function matches({ connection, choice, rule, span, words }: Filter, row: Delivery): boolean {
  const states = statesOf(choice);
  return (
    (connection === undefined || row.config_entry_id === connection) &&
    (states.length === 0 || states.includes(row.state)) &&
    (rule === undefined || row.subentry_id === rule) &&
    (span === undefined || Date.parse(row.accepted_at) >= since(span)) &&
    (!words || hasWords(row, words))
  );
}

function hasWords(row: Delivery, words: string): boolean {
  const text = [row.delivery_id, row.summary, row.outside_id, row.error?.reason]
    .filter((one) => one)
    .join("\n")
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
