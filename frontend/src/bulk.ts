/** What can be done with all that is shown: retry, discard, save as a file. */
import { html, nothing } from "lit";
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from "lit";
import { canDiscard, canRetry, perform } from "./delivery";
import type { Deed, Delivery } from "./delivery";
import type { Feed } from "./feed";
import type { HomeAssistant } from "./home-assistant";
import { save } from "./sheet";
import type { Format } from "./sheet";
import { errorText, speaker } from "./texts";
import type { Text } from "./texts";
import { number } from "./times";

/** Deliveries that are read for a file, and that are changed at once. */
const SAVED_MOST = 10_000;
const CHANGED_MOST = 1_000;
/** How many are changed at the same time. */
const AT_ONCE = 4;

/** What can be done with many at once. */
type BulkDeed = Exclude<Deed, "arrived">;

const CAN: Readonly<Record<BulkDeed, (one: Delivery) => boolean>> = {
  retry: canRetry,
  discard: canDiscard,
};

export class Bulk implements ReactiveController {
  open = false;
  #asking: { readonly deed: BulkDeed; readonly rows: readonly Delivery[] } | undefined;
  #busy = false;
  readonly #host: ReactiveControllerHost;
  readonly #feed: Feed;
  readonly #say: (said: string) => void;

  /** `say` tells the user what has come of it. */
  constructor(host: ReactiveControllerHost, feed: Feed, say: (said: string) => void) {
    this.#host = host;
    this.#feed = feed;
    this.#say = say;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.close();
  }

  close(): void {
    this.open = false;
    this.#asking = undefined;
  }

  toggle(): void {
    const { open } = this;
    this.close();
    this.open = !open;
    this.#host.requestUpdate();
  }

  render(hass: HomeAssistant): TemplateResult | typeof nothing {
    if (!this.open) return nothing;
    const say = speaker(hass);
    if (this.#asking !== undefined) return this.#confirm(hass);
    const count = number(hass, this.#feed.rows.length);
    const deeds: readonly BulkDeed[] = hass.user?.is_admin ? ["retry", "discard"] : [];
    const button = (key: Text, act: () => unknown): TemplateResult =>
      html`<button class="action" ?disabled=${this.#busy} @click=${act}>${say(key)}</button>`;
    return html`<div class="confirm" role="group" aria-label=${say("shown")}>
      <p>${say(this.#feed.hasMore ? "shown_partly" : "shown_count", { count })}</p>
      ${deeds.map((deed) => button(`${deed}_shown`, () => this.#ask(hass, deed)))}
      ${(["csv", "json"] as const).map((format) =>
        button(`export_${format}`, () => this.#save(format)),
      )}
    </div>`;
  }

  #confirm(hass: HomeAssistant): TemplateResult {
    const say = speaker(hass);
    const { deed, rows } = this.#asking!;
    return html`<div class="confirm" role="group" aria-label=${say(`${deed}_shown`)}>
      <p>${say(`confirm_${deed}_shown`, { count: number(hass, rows.length) })}</p>
      <button
        class="action"
        ?disabled=${this.#busy}
        @click=${(): void => {
          this.#asking = undefined;
          this.#host.requestUpdate();
        }}
      >
        ${say("cancel")}
      </button>
      <button
        class="action strong"
        ?disabled=${this.#busy}
        @click=${(): unknown => this.#act(hass, deed, rows)}
      >
        ${say(`${deed}_shown`)}
      </button>
    </div>`;
  }

  async #ask(hass: HomeAssistant, deed: BulkDeed): Promise<void> {
    const shown = await this.#while(this.#feed.upTo(CHANGED_MOST));
    // What may have arrived is decided one by one.
    const rows = shown.filter((row) => CAN[deed](row) && !row.outcome_unknown);
    if (rows.length === 0) this.#say(speaker(hass)(`nothing_to_${deed}`));
    else this.#asking = { deed, rows };
    this.#host.requestUpdate();
  }

  async #save(format: Format): Promise<void> {
    const rows = await this.#while(this.#feed.upTo(SAVED_MOST));
    save(rows, this.#feed.connections, format);
  }

  async #act(hass: HomeAssistant, deed: BulkDeed, rows: readonly Delivery[]): Promise<void> {
    const say = speaker(hass);
    const count = number(hass, rows.length);
    const left = [...rows];
    let done = 0;
    let reason = "";
    const work = async (): Promise<void> => {
      for (let row = left.shift(); row !== undefined; row = left.shift()) {
        try {
          await perform(hass, deed, row);
          done += 1;
          this.#say(say("progress", { done: number(hass, done), count }));
        } catch (error) {
          reason = await errorText(hass, error);
        }
      }
    };
    await this.#while(Promise.all(Array.from({ length: AT_ONCE }, work)));
    this.close();
    this.#say(
      reason === ""
        ? say("all_done", { count })
        : say("partly_done", { done: number(hass, done), count, reason }),
    );
  }

  /** Take no other order meanwhile. */
  async #while<Result>(work: Promise<Result>): Promise<Result> {
    this.#busy = true;
    this.#host.requestUpdate();
    try {
      return await work;
    } finally {
      this.#busy = false;
      this.#host.requestUpdate();
    }
  }
}
