/** What else there is to know of a delivery, and what can be done about it. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { activityOf } from "./asker";
import type { Asker } from "./asker";
import { canDiscard, canMark, canRetry } from "./delivery";
import type { Connection, Deed, Delivery, Details, Pause } from "./delivery";
import type { HomeAssistant } from "./home-assistant";
import { between, operationName, pauseOf, pauseReason, thumbnail } from "./row";
import { integrationText, isolated, speaker, text, words } from "./texts";
import type { Text } from "./texts";
import { duration, full, number } from "./times";

interface Shown {
  readonly hass: HomeAssistant;
  readonly row: Delivery;
  readonly connection: Connection | undefined;
  /** Read when the details are opened; administrators only. */
  readonly more: Details | undefined;
  /** Found a moment later. */
  readonly asker: Asker | undefined;
  /** What an administrator is asked to confirm. */
  readonly asking: Deed | undefined;
  readonly busy: boolean;
  readonly ask: (asking: Deed | undefined) => void;
  readonly act: (asking: Deed) => void;
  readonly copy: () => void;
}

type Item = readonly [name: Text, value: unknown];

export function deliveryDetails(shown: Shown): TemplateResult {
  const say = speaker(shown.hass);
  const { picture } = shown.row;
  return html`<div class="details">
    ${picture ? thumbnail(picture, say("link_snapshot")) : nothing}
    <dl>
      ${items(shown)
        .filter(([, value]) => value)
        .map(
          ([name, value]) =>
            html`<div>
              <dt>${say(name)}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
    </dl>
    ${shown.hass.user?.is_admin ? actions(shown) : nothing}
  </div>`;
}

function items(shown: Shown): Item[] {
  const { hass, row, connection, copy } = shown;
  const say = speaker(hass);
  const moment = (value: string | null): string | undefined =>
    value === null ? undefined : full(hass, new Date(value));
  const ended = moment(row.settled_at);
  const after = between(row.occurred_at, row.settled_at);
  const open = row.settled_at === null;
  const pause = pauseOf(row, connection);
  return [
    ["what", html`<bdi>${operationName(hass, row)}</bdi>`],
    ["error", reason(shown)],
    ["happened", moment(row.occurred_at)],
    [
      "ended",
      ended && after >= 1
        ? say("ended_after", { time: ended, duration: duration(hass, after) })
        : ended,
    ],
    ["attempted", row.attempts ? number(hass, row.attempts) : undefined],
    ["state_paused", pause && paused(hass, pause)],
    ["next", open && pause === undefined ? moment(row.due_at) : undefined],
    ["expires", open ? moment(row.expires_at) : undefined],
    ["asked_by", askedBy(shown)],
    [
      "id",
      html`<code dir="ltr">${row.delivery_id}</code>
        <button class="link" @click=${copy}>
          ${say("copy")}<span class="unseen"> ${say("id")}</span>
        </button>`,
    ],
    ["outside_id", row.outside_id ? html`<code dir="ltr">${row.outside_id}</code>` : undefined],
    ...(row.warnings ?? []).map((warning): Item => ["warning", html`<bdi>${warning}</bdi>`]),
    ["links", links(hass, row)],
  ];
}

function paused(hass: HomeAssistant, pause: Pause): string {
  const reason = pauseReason(hass, pause);
  if (pause.since === null) return reason;
  return text(hass, "paused_since", { reason, time: full(hass, new Date(pause.since)) });
}

/** Name who asked for it, with the ways to more. */
function askedBy({ hass, row, more, asker }: Shown): TemplateResult {
  const say = speaker(hass);
  const kind = say(`origin_${row.origin}`);
  const name = asker?.name ?? more?.origin_title;
  if (!name) return html`${kind}`;
  const named = html`<bdi>${name}</bdi>`;
  return html`${kind}:
  ${asker?.href ? html`<a href=${asker.href}>${named}</a>` : named}
  ${asker?.trace ? html` <a href=${asker.trace}>${say("trace")}</a>` : nothing}`;
}

const UNDECIDED = new Set(["outcome_unknown", "sent_elsewhere"]);

/** Say why the last attempt did not succeed, with the backend's own words. */
function reason({ hass, row, connection }: Shown): TemplateResult | undefined {
  if (row.error === null || row.state === "delivered") return undefined;
  // The text of an unknown outcome asks for a decision, which discarding was.
  if (row.state === "discarded" && UNDECIDED.has(row.error.code)) return undefined;
  const { code, reason: own } = row.error;
  const values = { connection: isolated(connection?.title ?? ""), reason: isolated(own || words(code)) };
  const said = integrationText(hass, `exceptions.${code}.message`, values.reason, values);
  return html`<bdi>${said}</bdi>`;
}

function links(hass: HomeAssistant, row: Delivery): TemplateResult | undefined {
  const safe = Object.entries(row.links ?? {}).filter(([, href]) => /^https?:\/\//i.test(href));
  const activity = activityOf(hass, row);
  if (safe.length === 0 && activity === undefined) return undefined;
  return html`${safe.map(
    ([name, href]) =>
      html`<a href=${href} target="_blank" rel="noopener noreferrer">${linkName(hass, name)}</a> `,
  )}${activity ? html`<a href=${activity}>${hass.localize("panel.logbook")}</a>` : nothing}`;
}

function linkName(hass: HomeAssistant, name: string): string {
  const known = ["event", "snapshot", "clip", "review", "qr_code"] as const;
  const found = known.find((one) => one === name);
  return found ? speaker(hass)(`link_${found}`) : words(name);
}

function actions(shown: Shown): TemplateResult | typeof nothing {
  const { hass, row, asking, busy, ask, act } = shown;
  const say = speaker(hass);
  if (asking !== undefined) {
    return html`<div class="confirm" role="group" aria-label=${say(`confirm_${asking}_yes`)}>
      <p>${say(`confirm_${asking}`)}</p>
      <button class="action" ?disabled=${busy} @click=${(): void => ask(undefined)}>
        ${say("cancel")}
      </button>
      <button class="action strong" ?disabled=${busy} @click=${(): void => act(asking)}>
        ${say(`confirm_${asking}_yes`)}
      </button>
    </div>`;
  }
  const risky = row.outcome_unknown && row.state !== "uncertain";
  const retry = (): void => (risky ? ask("retry") : act("retry"));
  const name = row.state === "uncertain" ? "check" : "retry";
  const possible: readonly (readonly [boolean, Text, () => void])[] = [
    [canRetry(row), name, retry],
    [canMark(row), "arrived", (): void => ask("arrived")],
    [canDiscard(row), "discard", (): void => ask("discard")],
  ];
  const buttons = possible
    .filter(([can]) => can)
    .map(
      ([, key, choose]) =>
        html`<button class="action" ?disabled=${busy} @click=${choose}>${say(key)}</button>`,
    );
  return buttons.length > 0 ? html`<div class="actions">${buttons}</div>` : nothing;
}
