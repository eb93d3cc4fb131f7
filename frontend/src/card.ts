/** The card: what was delivered, what waits and what failed, newest first. */
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { CHOICES } from "./delivery";
import type { Delivery, Details } from "./delivery";
import { deliveryDetails } from "./details";
import type { Asking } from "./details";
import { Feed, messageOf } from "./feed";
import { configForm } from "./form";
import type { CardConfig } from "./form";
import type { HomeAssistant } from "./home-assistant";
import { deliveryRow } from "./row";
import { styles } from "./styles";
import { choiceText, text } from "./texts";
import type { Text } from "./texts";
import { day } from "./times";

/** Milliseconds after which what is said of the present is said anew. */
const TICK = 15_000;
const ADD = "/config/integrations/dashboard/add?domain=event_relay";

export class EventRelayCard extends LitElement {
  static override styles = styles;
  static override properties = { hass: { attribute: false } };
  declare hass: HomeAssistant | undefined;
  #config: CardConfig | undefined;
  #feed = new Feed(this);
  #open: string | undefined;
  #details: Details | undefined;
  #asking: Asking | undefined;
  #busy = false;
  #said = "";
  /** The row that the tab key leads to. */
  #current: string | undefined;
  #timer: number | undefined;
  /** Where in the timeline the focus is; -1 for elsewhere. */
  #focused = -1;

  static getConfigForm = configForm;

  static getStubConfig(): Omit<CardConfig, "type"> {
    return {};
  }

  setConfig(config: CardConfig): void {
    if (config.state !== undefined && !CHOICES.includes(config.state)) {
      throw new Error(`state must be one of ${CHOICES.join(", ")}`);
    }
    this.#config = config;
    this.#feed.show({ connection: config.connection, choice: config.state });
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
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.#timer);
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
    const active = this.shadowRoot?.activeElement?.closest("li")?.querySelector("button.row");
    this.#focused = active ? this.#rows().indexOf(active as HTMLElement) : -1;
    if (!changed.has("hass") || this.hass === undefined) return;
    this.#feed.hass = this.hass;
    if (changed.get("hass") === undefined) {
      for (const category of ["services", "exceptions", "selector"]) {
        // Without them, codes stand for the names.
        this.hass.loadBackendTranslation(category, "event_relay").catch(() => undefined);
      }
    }
  }

  /** A row may go, such as one that is retried where failed ones are shown. */
  protected override updated(): void {
    if (this.#focused < 0 || this.shadowRoot?.activeElement) return;
    const rows = this.#rows();
    rows[Math.min(this.#focused, rows.length - 1)]?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    if (hass === undefined || this.#config === undefined) return nothing;
    const title = this.#config.title ?? this.#text("title");
    return html`
      <ha-card>
        <div class="head">
          ${title ? html`<h2><bdi>${title}</bdi></h2>` : nothing}
          <div class="filters">${this.#filters()}</div>
        </div>
        <div class="said" role="status">${this.#said}</div>
        ${this.#feed.error === undefined ? nothing : this.#failure(this.#feed.error)}
        <div class="body">
          ${this.#feed.rows.length > 0 ? this.#timeline(hass) : this.#nothing()}
        </div>
      </ha-card>
    `;
  }

  #filters(): TemplateResult {
    const { connections, filter } = this.#feed;
    const fixed = this.#config?.connection !== undefined;
    const choose = (event: Event, name: "connection" | "choice"): void => {
      const value = (event.target as HTMLSelectElement).value || undefined;
      this.#close();
      this.#feed.show({ ...filter, [name]: value });
    };
    return html`
      ${fixed || connections.length < 2
        ? nothing
        : html`<select
            aria-label=${this.#text("connection")}
            @change=${(event: Event): void => choose(event, "connection")}
          >
            <option value="">${this.#text("all_connections")}</option>
            ${connections.map(
              (one) =>
                html`<option
                  value=${one.config_entry_id}
                  ?selected=${one.config_entry_id === filter.connection}
                >
                  ${one.title}
                </option>`,
            )}
          </select>`}
      <select
        aria-label=${this.#text("state")}
        .value=${filter.choice ?? ""}
        @change=${(event: Event): void => choose(event, "choice")}
      >
        <option value="">${this.#text("all_states")}</option>
        ${CHOICES.map(
          (choice) =>
            html`<option value=${choice} ?selected=${choice === filter.choice}>
              ${this.#text(choiceText(choice))}
            </option>`,
        )}
      </select>
    `;
  }

  #timeline(hass: HomeAssistant): TemplateResult {
    const { rows, hasMore, loading } = this.#feed;
    const tabbed = rows.some((row) => row.delivery_id === this.#current)
      ? this.#current
      : rows[0]?.delivery_id;
    let previous = "";
    return html`
      <ol @keydown=${this.#keydown} @focusin=${this.#focusin}>
        ${repeat(
          rows,
          (row) => row.delivery_id,
          (row) => {
            const date = this.#day(hass, row);
            const heading = date === previous ? nothing : html`<h3>${date}</h3>`;
            previous = date;
            return html`<li class=${row.state}>
              ${heading}${this.#row(hass, row, row.delivery_id === tabbed)}
            </li>`;
          },
        )}
      </ol>
      ${hasMore
        ? html`<button class="more" ?disabled=${loading} @click=${(): unknown => this.#feed.more()}>
            ${this.#text(loading ? "loading" : "more")}
          </button>`
        : nothing}
    `;
  }

  #row(hass: HomeAssistant, row: Delivery, tabbed: boolean): TemplateResult {
    const open = row.delivery_id === this.#open;
    const { connections, filter } = this.#feed;
    const connection =
      connections.find((one) => one.config_entry_id === row.config_entry_id)?.title ?? "";
    const several = connections.length > 1 && filter.connection === undefined;
    return html`
      ${deliveryRow({ hass, row, open, tabbed, connection: several ? connection : undefined, toggle: () => this.#toggle(row) })}
      ${open
        ? deliveryDetails({
            hass,
            row,
            connection,
            more: this.#details,
            asking: this.#asking,
            busy: this.#busy,
            ask: (asking) => this.#ask(asking),
            act: (asking) => void this.#act(row, asking),
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
    const { ready, error, connections, filter } = this.#feed;
    if (!ready) {
      return html`<p class="nothing">${error === undefined ? this.#text("loading") : nothing}</p>`;
    }
    if (connections.length === 0) {
      return this.#empty("mdi:lan-disconnect", "no_connection_title", "no_connection", () =>
        this.hass?.user?.is_admin
          ? html`<a class="action" href=${ADD}>${this.#text("add_connection")}</a>`
          : nothing,
      );
    }
    const { connection, state } = this.#config ?? {};
    if (filter.choice !== state || filter.connection !== connection) {
      return this.#empty("mdi:filter-off-outline", "no_match_title", "no_match", () => {
        const all = (): void => this.#feed.show({ connection, choice: state });
        return html`<button class="action" @click=${all}>${this.#text("show_all")}</button>`;
      });
    }
    return filter.choice === undefined
      ? this.#empty("mdi:home-export-outline", "empty_title", "empty", () => nothing)
      : this.#empty("mdi:check-circle-outline", "no_match_title", "no_match", () => nothing);
  }

  #empty(
    icon: string,
    title: Text,
    explanation: Text,
    action: () => TemplateResult | typeof nothing,
  ): TemplateResult {
    return html`<div class="empty">
      <ha-icon .icon=${icon} aria-hidden="true"></ha-icon>
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
    void this.#read(row);
  }

  #close(): void {
    this.#open = this.#details = this.#asking = undefined;
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
    this.renderRoot.querySelector(".details")?.scrollIntoView({ block: "nearest" });
  }

  #ask(asking: Asking | undefined): void {
    this.#asking = asking;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>(".confirm .action, .actions .action")?.focus();
    });
  }

  async #act(row: Delivery, asking: Asking): Promise<void> {
    const data = { delivery_id: row.delivery_id };
    this.#busy = true;
    this.requestUpdate();
    try {
      if (asking === "retry") {
        const confirm = row.unclear ? { confirm: true } : {};
        await this.hass?.callService("event_relay", "retry_delivery", {
          ...data,
          ...confirm,
          wait: 0,
        });
      } else {
        await this.hass?.callService("event_relay", "discard_delivery", data);
      }
      this.#said = this.#text(`done_${asking}`);
    } catch (error) {
      this.#said = messageOf(error);
    }
    this.#busy = false;
    this.#asking = undefined;
    this.requestUpdate();
    await this.updateComplete;
    this.#focusRow(row.delivery_id);
  }

  #focusRow(id: string): void {
    for (const one of this.#rows()) if (one.dataset["id"] === id) one.focus();
  }

  #rows(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>("button.row")];
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
    const rows = this.#rows();
    const here = rows.indexOf(event.target as HTMLElement);
    if (here < 0) return;
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 };
    const row = rows[next[event.key as keyof typeof next] ?? -1];
    if (row === undefined) return;
    row.focus();
    event.preventDefault();
  }

  #text(key: Text, values?: Record<string, string>): string {
    return text(this.hass?.locale.language ?? "en", key, values);
  }
}
