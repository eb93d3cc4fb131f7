/**
 * The card's own words. Names of states, actions and errors come from the
 * integration's translations; another language is another table here.
 */
import type { HomeAssistant } from "./home-assistant";

const ENGLISH = {
  title: "Deliveries",
  description: "What Event Relay has delivered, what waits, and what failed",
  all_connections: "All connections",
  all_states: "All states",
  waiting: "Waiting",
  connection: "Connection",
  state: "State",
  card_title: "Title",
  show: "Show",
  today: "Today",
  yesterday: "Yesterday",
  attempts: "{count} attempts",
  late: "{duration} late",
  waiting_for: "waiting for {duration}",
  next_try: "next try {when}",
  next_try_now: "next try now",
  what: "What",
  happened: "Happened",
  ended: "Ended",
  ended_after: "{time} ({duration} after it happened)",
  next: "Next try",
  expires: "Given up",
  attempted: "Attempts",
  asked_by: "Asked for by",
  origin_action: "An action",
  origin_rule: "A rule",
  origin_mirror: "A mirror",
  origin_test: "A test",
  outside_id: "Id there",
  error: "Reason",
  warning: "Warning",
  links: "Open",
  link_event: "Event",
  link_snapshot: "Snapshot",
  link_clip: "Clip",
  link_review: "Review",
  link_qr_code: "QR code",
  retry: "Try again",
  discard: "Discard",
  cancel: "Cancel",
  confirm_retry: 
    "It may have arrived already. It is looked for first; where that cannot be done, it may be there twice.",
  confirm_retry_yes: "Send it again",
  confirm_discard: "It will not be delivered.",
  confirm_discard_yes: "Discard it",
  done_retry: "It is tried again.",
  done_discard: "It is discarded.",
  more: "Show earlier deliveries",
  loading: "Loading…",
  empty_title: "Nothing delivered yet",
  empty:
    "What happens at home appears here once an automation calls an action of Event Relay, or a rule or mirror delivers something.",
  no_connection_title: "No connection yet",
  no_connection: "Event Relay delivers to a system outside your home. Add a connection to one first.",
  add_connection: "Add a connection",
  no_match_title: "No such deliveries",
  no_match: "None of the deliveries that are kept match what is chosen above.",
  show_all: "Show all",
  failed_to_load: "The deliveries cannot be shown: {reason}",
  again: "Try again",
} as const;

export type Text = keyof typeof ENGLISH;

const TABLES: Readonly<Record<string, Partial<Record<Text, string>>>> = { en: ENGLISH };

/** Return a text in the user's language, in English where there is none. */
export function text(language: string, key: Text, values: Record<string, string> = {}): string {
  const table = TABLES[language] ?? TABLES[language.split("-")[0] ?? "en"] ?? ENGLISH;
  return (table[key] ?? ENGLISH[key]).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

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
