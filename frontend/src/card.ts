/** The card: what was delivered, what waits and what failed, newest first. */
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { askerOf } from "./asker";
import type { Asker } from "./asker";
import { Bulk } from "./bulk";
import { copy } from "./copy";
import { CHOICES, perform } from "./delivery";
import type { Deed, Delivery, Details } from "./delivery";
import { deliveryDetails } from "./details";
import { Feed } from "./feed";
import { sameFilter } from "./filter";
import type { Filter } from "./filter";
import { configForm } from "./form";
import type { CardConfig } from "./form";
import type { HomeAssistant } from "./home-assistant";
import { ICONS, icon as drawn } from "./icons";
import { deliveryRow } from "./row";
import { styles } from "./styles";
import { errorText, text } from "./texts";
import type { Text } from "./texts";
import { day } from "./times";
import { toolbar } from "./toolbar";
import { Window } from "./window";
import type { View } from "./window";

/** Milliseconds after which what is said of the present is said anew. */
const TICK = 15_000;
/** Milliseconds after the last key until it is searched. */
const PAUSE = 250;
/** Pixels that a row is high, with room to breathe and without. */
const HIGH = 60;
const COMPACT = 40;
const ADD = "/config/integrations/dashboard/add?domain=event_relay";
const INTEGRATION = "/config/integrations/integration/event_relay";
/** What names in the address of a page the delivery to be shown. */
const LINKED = "event_relay_delivery";
/** What names there the rule or mirror to filter by. */
const LINKED_RULE = "event_relay_rule";

export class EventRelayCard extends LitElement {
  static override styles = styles;
  static override properties = { hass: { attribute: false } };
  declare hass: HomeAssistant | undefined;
  #config: CardConfig | undefined;
  #feed = new Feed(this);
  #window = new Window(this);
  #bulk = new Bulk(this, this.#feed, (said) => {
    this.#said = said;
    this.requestUpdate();
  });
  #open: string | undefined;
  #details: Details | undefined;
  #asker: Asker | undefined;
  #asking: Deed | undefined;
  #busy = false;
  #said = "";
  /** The row that the tab key leads to. */
  #current: string | undefined;
  #timer: number | undefined;
  #typing: number | undefined;
  /** Where among all rows the focus is; -1 for elsewhere. */
  #focused = -1;
  #focusedId: string | undefined;
  /** The delivery that the page's address named last. */
  #linked: string | null = null;
  /** The rule that the page's address named last. */
  #linkedRule: string | null = null;
  /** That delivery, once it has been opened. */
  #opened: string | null = null;

  static getConfigForm = configForm;

  static getStubConfig(): Omit<CardConfig, "type"> {
    return {};
  }

  setConfig(config: CardConfig): void {
    if (config.state !== undefined && !CHOICES.includes(config.state)) {
      throw new Error(`state must be one of ${CHOICES.join(", ")}`);
    }
    this.#config = config;
    this.#window.usual = config.compact ? COMPACT : HIGH;
    this.#feed.show(this.#initial);
    this.#linked = this.#linkedRule = null;
    this.#follow();
    this.requestUpdate();
  }

  getCardSize(): number {
    return 8;
  }

  getGridOptions(): Record<string, number> {
    return { columns: 12, min_columns: 4, rows: 8, min_rows: 4 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = window.setInterval(() => this.requestUpdate(), TICK);
    window.addEventListener("location-changed", this.#follow);
    window.addEventListener("popstate", this.#follow);
    this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.#timer);
    window.clearTimeout(this.#typing);
    window.removeEventListener("location-changed", this.#follow);
    window.removeEventListener("popstate", this.#follow);
  }

  /** Every change of any state brings another `hass`; few of them concern the card. */
  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (changed.size !== 1 || before === undefined || this.hass === undefined) return true;
    return (
      before.localize !== this.hass.localize ||
      before.locale !== this.hass.locale ||
      before.user !== this.hass.user ||
      before.connection !== this.hass.connection
    );
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const active = this.shadowRoot?.activeElement?.closest<HTMLElement>("li[data-index]");
    this.#focused = active ? Number(active.dataset["index"]) : -1;
    this.#focusedId = active?.querySelector<HTMLElement>("button.row")?.dataset["id"];
    if (!changed.has("hass") || this.hass === undefined) return;
    this.#feed.hass = this.hass;
    if (changed.get("hass") === undefined) this.#load("common", "services");
  }

  /** Have texts read. Until then, they are in English, and codes stand for the names. */
  #load(...categories: readonly string[]): void {
    for (const category of categories) {
      this.hass?.loadBackendTranslation(category, "event_relay").catch(() => undefined);
    }
  }

  protected override updated(): void {
    const { rows, hasMore, loading, error } = this.#feed;
    if (hasMore && !loading && error === undefined && this.#window.nearEnd) void this.#feed.more();
    this.#openLinked();
    this.#leaveToOthers();
    if (this.#focused < 0 || this.shadowRoot?.activeElement) return;
    // It may only have been scrolled away.
    if (rows.some((row) => row.delivery_id === this.#focusedId)) return;
    // A row may go, such as one that is retried where failed ones are shown.
    const next = rows[Math.min(this.#focused, rows.length - 1)];
    if (next !== undefined) this.#focusRow(next.delivery_id, { preventScroll: true });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    if (hass === undefined || this.#config === undefined) return nothing;
    const { rows, compact } = this.#config;
    const title = this.#config.title ?? this.#text("title");
    const height = rows === undefined ? "" : `block-size: ${rows * this.#window.usual}px`;
    // Also of no rows: what was seen before would say whether more are needed.
    const view = this.#window.view(this.#feed.rows);
    return html`
      <ha-card class=${compact ? "compact" : ""}>
        <div class="head">
          ${title ? html`<h2><bdi>${title}</bdi></h2>` : nothing}
          ${this.#menu()}
          <div class="filters">${this.#filters(hass)}</div>
        </div>
        ${this.#bulk.render(hass)}
        <div class="said" role="status">${this.#said}</div>
        ${this.#feed.error === undefined ? nothing : this.#failure(this.#feed.error)}
        <div class="body" style=${height} @scroll=${this.#window.scrolled}>
          ${this.#feed.rows.length > 0 ? this.#timeline(hass, view) : this.#nothing()}
        </div>
      </ha-card>
    `;
  }

  #filters(hass: HomeAssistant): TemplateResult {
    const { connections, counts, filter } = this.#feed;
    return toolbar({
      hass,
      filter,
      connections,
      counts,
      fixed: this.#config?.connection !== undefined,
      choose: (chosen) => this.#show({ ...filter, ...chosen }),
      search: (words) => {
        window.clearTimeout(this.#typing);
        this.#typing = window.setTimeout(() => {
          this.#show({ ...this.#feed.filter, words: words.trim() || undefined });
        }, PAUSE);
      },
    });
  }

  #menu(): TemplateResult | typeof nothing {
    if (this.#feed.rows.length === 0) return nothing;
    return html`<button
      class="icon"
      aria-label=${this.#text("shown")}
      title=${this.#text("shown")}
      aria-expanded=${this.#bulk.open ? "true" : "false"}
      @click=${(): void => this.#bulk.toggle()}
    >
      ${drawn(ICONS.menu)}
    </button>`;
  }

  /** What is shown at first, by the card's own settings. */
  get #initial(): Filter {
    return { connection: this.#config?.connection, choice: this.#config?.state };
  }

  #show(filter: Filter): void {
    this.#close();
    this.#bulk.close();
    this.#said = "";
    this.#feed.show(filter);
  }

  #timeline(hass: HomeAssistant, { first, end, above, below }: View): TemplateResult {
    const { rows, hasMore } = this.#feed;
    const shown = rows.slice(first, end);
    const tabbed = shown.some((row) => row.delivery_id === this.#current)
      ? this.#current
      : shown[0]?.delivery_id;
    const dates = rows.slice(first, end + 1).map((row) => this.#day(hass, row));
    const before = rows[first - 1];
    const previous = before === undefined ? "" : this.#day(hass, before);
    return html`
      <div class="space" style="block-size: ${above}px"></div>
      <ol role="list" @keydown=${this.#keydown} @focusin=${this.#focusin}>
        ${repeat(
          shown,
          (row) => row.delivery_id,
          (row, index) => {
            const date = dates[index];
            const heading =
              date === (dates[index - 1] ?? previous) ? nothing : html`<h3>${date}</h3>`;
            return html`<li
              class="${row.state} ${date === dates[index + 1] ? "" : "last"}"
              data-index=${first + index}
              aria-posinset=${first + index + 1}
              aria-setsize=${hasMore ? -1 : rows.length}
            >
              ${heading}${this.#row(hass, row, row.delivery_id === tabbed)}
            </li>`;
          },
        )}
      </ol>
      <div class="space" style="block-size: ${below}px"></div>
      ${hasMore ? html`<p class="nothing">${this.#text(this.#waiting)}</p>` : nothing}
    `;
  }

  get #waiting(): Text {
    const { words, rule, span } = this.#feed.filter;
    return words || rule || span ? "searching" : "loading";
  }

  #row(hass: HomeAssistant, row: Delivery, tabbed: boolean): TemplateResult {
    const open = row.delivery_id === this.#open;
    const { connections, filter } = this.#feed;
    const connection = connections.find((one) => one.config_entry_id === row.config_entry_id);
    const several = connections.length > 1 && filter.connection === undefined;
    return html`
      ${deliveryRow({ hass, row, open, tabbed, connection, several, toggle: () => this.#toggle(row) })}
      ${open
        ? deliveryDetails({
            hass,
            row,
            connection,
            more: this.#details,
            asker: this.#asker,
            asking: this.#asking,
            busy: this.#busy,
            ask: (asking) => this.#ask(asking),
            act: (asking) => void this.#act(row, asking),
            copy: () => void this.#copy(row.delivery_id),
          })
        : nothing}
    `;
  }

  #day(hass: HomeAssistant, row: Delivery): string {
    const now = new Date();
    const date = day(hass, new Date(row.accepted_at));
    if (date === day(hass, now)) return this.#text("today");
    now.setDate(now.getDate() - 1);
    return date === day(hass, now) ? this.#text("yesterday") : date;
  }

  #nothing(): TemplateResult {
    const { ready, hasMore, error, connections, filter } = this.#feed;
    if (!ready || hasMore) {
      const waiting = this.#text(this.#waiting);
      return html`<p class="nothing">${error === undefined ? waiting : nothing}</p>`;
    }
    const link = (href: string, name: Text): TemplateResult | typeof nothing =>
      this.hass?.user?.is_admin
        ? html`<a class="action" href=${href}>${this.#text(name)}</a>`
        : nothing;
    if (connections.length === 0) {
      return this.#empty(ICONS.noConnection, "no_connection_title", "no_connection", () =>
        link(ADD, "add_connection"),
      );
    }
    if (!sameFilter(filter, this.#initial)) {
      return this.#empty(ICONS.noMatch, "no_match_title", "no_match", () => {
        const all = (): void => this.#show(this.#initial);
        return html`<button class="action" @click=${all}>${this.#text("show_all")}</button>`;
      });
    }
    return filter.choice === undefined
      ? this.#empty(ICONS.nothingYet, "empty_title", "empty", () =>
          link(INTEGRATION, "add_rule"),
        )
      : this.#empty(ICONS.allWell, "no_match_title", "no_match", () => nothing);
  }

  #empty(
    icon: string,
    title: Text,
    explanation: Text,
    action: () => TemplateResult | typeof nothing,
  ): TemplateResult {
    return html`<div class="empty">
      ${drawn(icon)}
      <strong>${this.#text(title)}</strong>
      <p>${this.#text(explanation)}</p>
      ${action()}
    </div>`;
  }

  #failure(reason: string): TemplateResult {
    return html`<div class="failure" role="alert">
      <p>${this.#text("failed_to_load", { reason })}</p>
      <button class="action" @click=${(): unknown => this.#feed.reload()}>
        ${this.#text("again")}
      </button>
    </div>`;
  }

  #toggle(row: Delivery): void {
    if (this.#open === row.delivery_id) {
      this.#close();
      return;
    }
    this.#close();
    this.#said = "";
    this.#open = row.delivery_id;
    // Many, and no row has any.
    this.#load("exceptions");
    void this.#read(row);
  }

  #close(): void {
    this.#open = this.#details = this.#asker = this.#asking = undefined;
    this.requestUpdate();
  }

  async #read(row: Delivery): Promise<void> {
    const type = "event_relay/deliveries/get";
    const { hass } = this;
    try {
      if (hass?.user?.is_admin) {
        const more = await hass.callWS<Details>({ type, delivery_id: row.delivery_id });
        if (this.#open === row.delivery_id) this.#details = more;
      }
    } catch {
      // It is gone from the outbox; what the list told of it still stands there.
    }
    this.requestUpdate();
    await this.updateComplete;
    this.#window.reveal(this.#feed.rows.findIndex((one) => one.delivery_id === row.delivery_id));
    const more = this.#details;
    if (hass === undefined || more === undefined || this.#open !== row.delivery_id) return;
    const asker = await askerOf(hass, row, more);
    if (this.#details === more) this.#asker = asker;
    this.requestUpdate();
  }

  /** Show what the address of the page names, once for each address. */
  #follow = (): void => {
    const named = new URLSearchParams(window.location.search);
    const [linked, rule] = [named.get(LINKED), named.get(LINKED_RULE)];
    if (this.#config === undefined) return;
    if (linked === this.#linked && rule === this.#linkedRule) return;
    this.#linked = linked;
    this.#linkedRule = rule;
    this.#opened = null;
    const { connection } = this.#config;
    if (linked !== null) this.#show({ connection, words: linked });
    else if (rule !== null) this.#show({ connection, rule });
  };

  /** Show everything again if the address names what only another card can show. */
  #leaveToOthers(): void {
    const { filter, ready, hasMore, rows, connections } = this.#feed;
    const own = this.#config?.connection;
    if (own === undefined || !ready || hasMore || rows.length > 0) return;
    const connection = connections.find((one) => one.config_entry_id === own);
    if (filter.rule !== undefined && filter.rule === this.#linkedRule) {
      if (connection?.subentries.some((one) => one.subentry_id === filter.rule)) return;
    } else if (filter.words === undefined || filter.words !== this.#linked) return;
    this.#show(this.#initial);
  }

  #openLinked(): void {
    const { filter, rows } = this.#feed;
    const [row] = rows;
    if (row === undefined || row.delivery_id !== this.#linked || this.#open !== undefined) return;
    if (filter.words !== this.#linked) return;
    // Once: it may be closed then.
    if (this.#opened === this.#linked) return;
    this.#opened = this.#linked;
    this.#toggle(row);
  }

  async #copy(id: string): Promise<void> {
    this.#said = this.#text((await copy(id)) ? "copied" : "not_copied");
    this.requestUpdate();
  }

  #ask(asking: Deed | undefined): void {
    this.#asking = asking;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>(".confirm .action, .actions .action")?.focus();
    });
  }

  async #act(row: Delivery, asking: Deed): Promise<void> {
    this.#busy = true;
    this.requestUpdate();
    try {
      if (this.hass !== undefined) await perform(this.hass, asking, row);
      this.#said = this.#text(`done_${asking}`);
    } catch (error) {
      this.#said = await errorText(this.hass, error);
    }
    this.#busy = false;
    this.#asking = undefined;
    this.requestUpdate();
    await this.updateComplete;
    this.#focusRow(row.delivery_id);
  }

  #focusRow(id: string, options?: FocusOptions): void {
    for (const one of this.renderRoot.querySelectorAll<HTMLElement>("button.row")) {
      if (one.dataset["id"] === id) one.focus(options);
    }
  }

  #focusin(event: FocusEvent): void {
    const { id } = (event.target as HTMLElement).dataset;
    if (id !== undefined && id !== this.#current) {
      this.#current = id;
      this.requestUpdate();
    }
  }

  #keydown(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.#open !== undefined) {
      const open = this.#open;
      this.#close();
      this.#focusRow(open);
      event.stopPropagation();
      return;
    }
    const { rows } = this.#feed;
    const here = Number((event.target as HTMLElement).closest("li")?.dataset["index"]);
    if (!(event.target as HTMLElement).matches("button.row")) return;
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 };
    const to = next[event.key as keyof typeof next] ?? -1;
    const row = rows[to];
    if (row === undefined) return;
    event.preventDefault();
    this.#window.reveal(to);
    this.#current = row.delivery_id;
    this.requestUpdate();
    void this.updateComplete.then(() => this.#focusRow(row.delivery_id));
  }

  #text(key: Text, values?: Record<string, string>): string {
    return text(this.hass, key, values);
  }
}
