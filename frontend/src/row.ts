/** One delivery in the timeline. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { WAITING } from "./delivery";
import type { Connection, Delivery, Pause } from "./delivery";
import type { HomeAssistant } from "./home-assistant";
import { ICONS, STATE_ICONS, icon } from "./icons";
import { integrationText, speaker, text, words } from "./texts";
import { clock, day, duration, full, number, relative } from "./times";

/** Seconds from which on it is said that something came late. */
const LATE = 60;

interface Shown {
  readonly hass: HomeAssistant;
  readonly row: Delivery;
  readonly open: boolean;
  readonly tabbed: boolean;
  readonly connection: Connection | undefined;
  /** Whether deliveries of several connections are shown. */
  readonly several: boolean;
  readonly toggle: () => void;
}

/** Return why a delivery waits until somebody acts: its connection is paused, or only it. */
export function pauseOf(row: Delivery, connection: Connection | undefined): Pause | undefined {
  if (row.state !== "pending" && row.state !== "uncertain") return undefined;
  if (connection?.paused) return connection.paused;
  return row.paused === null ? undefined : { reason: row.paused, since: null };
}

export const pauseReason = (hass: HomeAssistant, { reason }: Pause): string =>
  integrationText(hass, `common.reason_${reason}`, words(reason));

export const operationName = (hass: HomeAssistant, row: Delivery): string =>
  integrationText(hass, `services.${row.operation}.name`, words(row.operation));

/** Return the seconds from an instant to another, or to now. */
export const between = (from: string, to: string | null): number =>
  ((to === null ? Date.now() : Date.parse(to)) - Date.parse(from)) / 1000;

export function deliveryRow({
  hass,
  row,
  open,
  tabbed,
  connection,
  several,
  toggle,
}: Shown): TemplateResult {
  const occurred = new Date(row.occurred_at);
  const pause = pauseOf(row, connection);
  const paused = pause !== undefined && row.state === "pending";
  const said = [
    text(hass, paused ? "state_paused" : `state_${row.state}`),
    ...notes(hass, row, pause),
    ...(row.summary ? [operationName(hass, row)] : []),
    ...(several && connection !== undefined ? [connection.title] : []),
  ];
  const sameDay = day(hass, occurred) === day(hass, new Date(row.accepted_at));
  return html`<button
    class="row"
    data-id=${row.delivery_id}
    tabindex=${tabbed ? 0 : -1}
    aria-expanded=${open ? "true" : "false"}
    @click=${toggle}
  >
    ${icon(paused ? ICONS.paused : STATE_ICONS[row.state])}
    <span class="what">
      ${row.origin === "test" ? testBadge(hass) : nothing}<span class="summary" dir="auto">${row.summary || operationName(hass, row)}</span
      ><span class="unseen">, </span
      ><span class="notes"
        >${said.map(
          (note, index) =>
            html`${index ? apart : nothing}<bdi class=${index ? "" : "state"}>${note}</bdi>`,
        )}</span
      >
    </span>
    ${row.picture ? thumbnail(row.picture, "") : nothing}
    <span class="unseen">, </span>
    <time datetime=${row.occurred_at} title=${full(hass, occurred)}
      >${sameDay ? clock(hass, occurred) : full(hass, occurred)}</time
    >
  </button>`;
}

/** A snapshot; it is gone again where there is none, such as of an open event. */
export const thumbnail = (path: string, described: string): TemplateResult =>
  html`<img
    class="thumbnail"
    src=${path}
    alt=${described}
    loading="lazy"
    @load=${(event: Event): void => hide(event, false)}
    @error=${(event: Event): void => hide(event, true)}
  />`;

function hide(event: Event, hidden: boolean): void {
  (event.target as HTMLElement).hidden = hidden;
}

/** What only tests have, so that nobody takes one for what has happened. */
const testBadge = (hass: HomeAssistant): TemplateResult =>
  html`<span class="badge">${text(hass, "test")}</span><span class="unseen">, </span>`;

/** A dot for those who see, a pause for those who listen. */
const apart = html`<span aria-hidden="true"> · </span><span class="unseen">, </span>`;

/** Say what is out of the ordinary. */
function notes(hass: HomeAssistant, row: Delivery, pause: Pause | undefined): string[] {
  const say = speaker(hass);
  const found: string[] = pause === undefined ? [] : [pauseReason(hass, pause)];
  if (row.outcome_unknown && row.state === "failed") found.push(say("outcome_unknown"));
  if (row.state === "failed" && row.error?.reason) found.push(row.error.reason);
  const late = between(row.occurred_at, row.settled_at);
  if (WAITING.includes(row.state)) {
    if (late >= LATE) found.push(say("waiting_for", { duration: duration(hass, late) }));
    if (pause === undefined && row.attempts > 0 && row.due_at !== null) {
      const until = -between(row.due_at, null);
      found.push(
        until < 1 ? say("next_try_now") : say("next_try", { when: relative(hass, until) }),
      );
    }
  } else if (row.state === "delivered" && late >= LATE) {
    found.push(say("late", { duration: duration(hass, late) }));
  }
  if (row.attempts > 1) found.push(say("attempts", { count: number(hass, row.attempts) }));
  return found;
}
