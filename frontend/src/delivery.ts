/** Deliveries as the integration tells of them, and what a user can do about one. */
import type { HomeAssistant } from "./home-assistant";

export const STATES = [
  "pending",
  "sending",
  "uncertain",
  "delivered",
  "failed",
  "expired",
  "discarded",
] as const;

export type State = (typeof STATES)[number];

/** What can be chosen to be shown; `waiting` is all that has not ended. */
export const CHOICES = ["waiting", "delivered", "failed", "expired", "discarded"] as const;

export type Choice = (typeof CHOICES)[number];

export const WAITING: readonly State[] = ["pending", "sending", "uncertain"];

export interface Connection {
  readonly config_entry_id: string;
  readonly title: string;
  readonly backend: string;
  /** Why it sends nothing until somebody acts. */
  readonly paused: Pause | null;
  /** Its rules and mirrors. */
  readonly subentries: readonly Subentry[];
}

export interface Pause {
  readonly reason: string;
  readonly since: string | null;
}

export interface Subentry {
  readonly subentry_id: string;
  readonly title: string;
}

/** For each connection how many deliveries are in each state, up to `most`. */
export interface Counts {
  readonly counts: Readonly<Record<string, Partial<Record<State, number>>>>;
  readonly most: number;
}

/** One delivery; what is optional only administrators are told. */
export interface Delivery {
  readonly delivery_id: string;
  readonly sequence: number;
  readonly state: State;
  readonly config_entry_id: string;
  readonly operation: string;
  readonly origin: "action" | "rule" | "mirror" | "test";
  readonly occurred_at: string;
  readonly accepted_at: string;
  readonly settled_at: string | null;
  /** Why it waits until somebody acts. */
  readonly paused: string | null;
  readonly due_at: string | null;
  readonly expires_at: string | null;
  readonly attempts: number;
  /** Whether nobody can tell, or not yet, if it has arrived. */
  readonly outcome_unknown: boolean;
  /** The rule or mirror that asked for it. */
  readonly subentry_id: string | null;
  readonly error: { readonly code: string; readonly reason: string } | null;
  readonly summary?: string;
  readonly outside_id?: string | null;
  readonly links?: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
  /** Where Home Assistant has a snapshot of what was made. */
  readonly picture?: string | null;
}

export interface Details {
  readonly origin_title: string | null;
  readonly user: string | null;
  readonly context_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Page {
  readonly deliveries: readonly Delivery[];
  readonly before: number | null;
  readonly connections: readonly Connection[];
}

export type Change = { readonly anew: true } | { readonly deliveries: readonly Delivery[] };

export const canRetry = (one: Delivery): boolean =>
  one.state === "failed" || one.state === "expired" || one.state === "uncertain";

/** The user may have seen that it has arrived, which nobody else can tell. */
export const canMark = (one: Delivery): boolean =>
  one.outcome_unknown && (one.state === "failed" || one.state === "uncertain");

export const canDiscard = (one: Delivery): boolean =>
  one.state === "pending" || one.state === "uncertain" || one.state === "failed";

export type Deed = "retry" | "arrived" | "discard";

const ACTIONS: Readonly<Record<Deed, string>> = {
  retry: "retry_delivery",
  arrived: "mark_delivered",
  discard: "discard_delivery",
};

/** Do something about a delivery. Home Assistant shows no error: the card says it. */
export function perform(hass: HomeAssistant, deed: Deed, row: Delivery): Promise<unknown> {
  const data: Record<string, unknown> = { delivery_id: row.delivery_id };
  if (deed === "retry") data["wait"] = 0;
  if (deed === "retry" && row.outcome_unknown) data["confirm"] = true;
  return hass.callService("event_relay", ACTIONS[deed], data, undefined, false);
}

/** Return the states that a choice stands for; none for all. */
export function statesOf(choice: Choice | undefined): readonly State[] {
  if (choice === undefined) return [];
  return choice === "waiting" ? WAITING : [choice];
}
