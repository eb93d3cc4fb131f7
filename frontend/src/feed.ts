/** The deliveries that a card shows: read a page at a time, and kept up to date. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Change, Choice, Connection, Delivery, Page } from "./delivery";
import { statesOf } from "./delivery";
import type { HomeAssistant } from "./home-assistant";

const FIRST = 50;
const MORE = 200;
/** Milliseconds after which it is tried again to subscribe. */
const RETRY = 3_000;

type Connected = HomeAssistant["connection"];

export interface Filter {
  readonly connection: string | undefined;
  readonly choice: Choice | undefined;
}

export class Feed implements ReactiveController {
  rows: readonly Delivery[] = [];
  connections: readonly Connection[] = [];
  filter: Filter = { connection: undefined, choice: undefined };
  /** Whether there is anything to show yet. */
  ready = false;
  loading = false;
  error: string | undefined;
  #before: number | null = null;
  #hass: HomeAssistant | undefined;
  #connection: Connected | undefined;
  #unsubscribe: (() => void) | undefined;
  #retry: number | undefined;
  /** Counts what is asked for, so that a late answer to an earlier question is left. */
  #asked = 0;
  readonly #host: ReactiveControllerHost & { isConnected: boolean };

  constructor(host: ReactiveControllerHost & { isConnected: boolean }) {
    this.#host = host;
    host.addController(this);
  }

  get hasMore(): boolean {
    return this.#before !== null;
  }

  set hass(hass: HomeAssistant) {
    this.#hass = hass;
    if (this.#host.isConnected) this.#listen(hass.connection);
  }

  hostConnected(): void {
    if (this.#hass !== undefined) this.#listen(this.#hass.connection);
  }

  hostDisconnected(): void {
    this.#connection?.removeEventListener("ready", this.#subscribe);
    this.#connection = undefined;
    window.clearTimeout(this.#retry);
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  show(filter: Filter): void {
    this.filter = filter;
    this.rows = [];
    this.ready = false;
    void this.reload();
  }

  /** Read the newest again, as many as are shown if they fit on a page. */
  async reload(): Promise<void> {
    const page = await this.#ask(Math.min(Math.max(this.rows.length, FIRST), MORE), null);
    if (page === undefined) return;
    this.rows = page.deliveries;
    this.#before = page.before;
    this.#host.requestUpdate();
  }

  /** Read what is older than all that is shown. */
  async more(): Promise<void> {
    if (this.#before === null || this.loading) return;
    const page = await this.#ask(MORE, this.#before);
    if (page === undefined) return;
    const known = new Set(this.rows.map((row) => row.delivery_id));
    this.rows = [...this.rows, ...page.deliveries.filter((row) => !known.has(row.delivery_id))];
    this.#before = page.before;
    this.#host.requestUpdate();
  }

  async #ask(limit: number, before: number | null): Promise<Page | undefined> {
    const hass = this.#hass;
    if (hass === undefined) return undefined;
    const asked = ++this.#asked;
    this.loading = true;
    this.#host.requestUpdate();
    const { connection, choice } = this.filter;
    const state = statesOf(choice);
    try {
      const page = await hass.callWS<Page>({
        type: "event_relay/deliveries/list",
        limit,
        ...(before === null ? {} : { before }),
        ...(connection === undefined ? {} : { config_entry_id: [connection] }),
        ...(state.length === 0 ? {} : { state }),
      });
      if (asked !== this.#asked) return undefined;
      this.connections = page.connections;
      this.error = undefined;
      this.ready = true;
      return page;
    } catch (error) {
      if (asked === this.#asked) this.#fail(error);
      return undefined;
    } finally {
      if (asked === this.#asked) this.loading = false;
      this.#host.requestUpdate();
    }
  }

  #listen(connection: Connected): void {
    if (this.#connection === connection) return;
    this.hostDisconnected();
    this.#connection = connection;
    connection.addEventListener("ready", this.#subscribe);
    this.#subscribe();
  }

  /**
   * Subscribe, again after every loss of the connection. Home Assistant answers before
   * all of it has started, so that a refusal is not the last word.
   */
  #subscribe = (): void => {
    const connection = this.#connection;
    if (connection === undefined) return;
    window.clearTimeout(this.#retry);
    this.#unsubscribe?.();
    let ended = false;
    const subscribing = connection.subscribeMessage<Change>(
      (change) => {
        if (!ended) this.#heard(change);
      },
      { type: "event_relay/deliveries/subscribe" },
      { resubscribe: false },
    );
    this.#unsubscribe = (): void => {
      ended = true;
      // Where the connection is lost there is nothing left to end.
      subscribing.then((end) => end()).catch(() => undefined);
    };
    subscribing.catch((error: unknown) => {
      if (ended) return;
      this.#fail(error);
      this.#retry = window.setTimeout(this.#subscribe, RETRY);
    });
  };

  #fail(error: unknown): void {
    // Event Relay has not started yet.
    this.error = codeOf(error) === "unknown_command" ? undefined : messageOf(error);
    this.#host.requestUpdate();
  }

  #heard(change: Change): void {
    if ("anew" in change) {
      void this.reload();
      return;
    }
    // What is being read for the first time will have it.
    if (!this.ready) return;
    const changed = new Map(change.deliveries.map((row) => [row.delivery_id, row]));
    const oldest = this.#before ?? 0;
    const rows = this.rows.filter((row) => !changed.has(row.delivery_id));
    for (const row of changed.values()) {
      if (this.#matches(row) && row.sequence >= oldest) rows.push(row);
    }
    this.rows = rows.sort((one, other) => other.sequence - one.sequence);
    this.#host.requestUpdate();
  }

  #matches(row: Delivery): boolean {
    const { connection, choice } = this.filter;
    const states = statesOf(choice);
    return (
      (connection === undefined || row.config_entry_id === connection) &&
      (states.length === 0 || states.includes(row.state))
    );
  }
}

/** Return what an error of Home Assistant says. */
export function messageOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) {
    return String(error.message);
  }
  return String(error);
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
