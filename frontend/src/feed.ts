/** The deliveries that a card shows: read a page at a time, and kept up to date. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Change, Connection, Counts, Delivery, Page } from "./delivery";
import { asked, matches } from "./filter";
import type { Filter } from "./filter";
import type { HomeAssistant } from "./home-assistant";
import { errorText, messageOf } from "./texts";

const FIRST = 50;
const MORE = 200;
/** Most rows that are read again where any may have changed. */
const KEPT = 2_000;
/** Codes of errors after which all is read anew: not started yet, and connection lost. */
const LATER: readonly unknown[] = ["unknown_command", 3];
/** Milliseconds after which it is tried again to subscribe. */
const RETRY = 3_000;
/** Milliseconds from a change until all are counted anew. */
const COUNT = 2_000;

type Connected = HomeAssistant["connection"];
type Take = (read: readonly Delivery[]) => void;

export class Feed implements ReactiveController {
  /** Newest first, without gaps. */
  rows: readonly Delivery[] = [];
  connections: readonly Connection[] = [];
  counts: Counts | undefined;
  filter: Filter = {};
  /** Whether there is anything to show yet. */
  ready = false;
  loading = false;
  error: string | undefined;
  #before: number | null = null;
  #hass: HomeAssistant | undefined;
  #connection: Connected | undefined;
  #unsubscribe: (() => void) | undefined;
  #retry: number | undefined;
  #count: number | undefined;
  /** What is being read, and whether it went well. */
  #reading: Promise<boolean> | undefined;
  /** What has changed since that was begun. */
  #meanwhile: Delivery[] = [];
  /** Whether the subscription has told of anything yet. */
  #begun = false;
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
    window.clearTimeout(this.#count);
    this.#count = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  show(filter: Filter): void {
    this.filter = filter;
    this.rows = [];
    this.#before = null;
    this.ready = false;
    void this.reload();
  }

  /** Read again what is shown, unless it is too much. */
  async reload(): Promise<void> {
    const { length } = this.rows;
    const down = this.rows.at(-1)?.sequence;
    await this.#ask(Math.min(Math.max(length, FIRST), MORE), null, down, (deliveries) => {
      this.rows = deliveries;
      this.ready = true;
    });
  }

  /** Read what is older than all that is shown; once at a time. Say whether it went well. */
  more(): Promise<boolean> {
    if (this.#reading !== undefined) return this.#reading;
    if (this.#before === null) return Promise.resolve(true);
    return this.#ask(MORE, this.#before, undefined, (deliveries) => {
      const oldest = this.rows.at(-1)?.sequence ?? Infinity;
      const older = deliveries.filter((row) => row.sequence < oldest);
      if (older.length > 0) this.rows = [...this.rows, ...older];
    });
  }

  /** Read on until so many are there, or all that there are. */
  async upTo(most: number): Promise<readonly Delivery[]> {
    while (this.rows.length < most && (this.loading || this.hasMore)) {
      if (!(await this.more())) break;
    }
    return this.rows.slice(0, most);
  }

  #ask(
    limit: number,
    before: number | null,
    down: number | undefined,
    take: Take,
  ): Promise<boolean> {
    const hass = this.#hass;
    if (hass === undefined) return Promise.resolve(false);
    this.#reading = this.#read(hass, limit, before, down, take);
    return this.#reading;
  }

  /** Read a page, or down to a row, and take it unless another is asked for meanwhile. */
  async #read(
    hass: HomeAssistant,
    limit: number,
    before: number | null,
    down: number | undefined,
    take: Take,
  ): Promise<boolean> {
    const asking = ++this.#asked;
    const read: Delivery[] = [];
    let below = before;
    let { connections } = this;
    this.loading = true;
    this.#meanwhile = [];
    try {
      do {
        const page = await hass.callWS<Page>({
          type: "event_relay/deliveries/list",
          limit,
          ...(below === null ? {} : { before: below }),
          ...asked(this.filter),
        });
        if (asking !== this.#asked) return true;
        connections = page.connections;
        read.push(...page.deliveries);
        below = page.before;
      } while (below !== null && below > (down ?? below) && read.length < KEPT);
    } catch (error) {
      if (asking !== this.#asked) return true;
      this.#end();
      this.#fail(error);
      return false;
    }
    // All at once, so that nothing is asked for again before it is taken.
    this.#end();
    this.connections = connections;
    this.error = undefined;
    this.#before = below;
    take(read);
    this.#put(this.#meanwhile);
    this.#host.requestUpdate();
    return true;
  }

  #end(): void {
    this.loading = false;
    this.#reading = undefined;
  }

  #countSoon(wait: number): void {
    this.#count ??= window.setTimeout(async () => {
      this.#count = undefined;
      try {
        this.counts = await this.#hass?.callWS<Counts>({ type: "event_relay/deliveries/count" });
      } catch {
        // The choices then go without numbers; why is told where the list is.
        this.counts = undefined;
      }
      this.#host.requestUpdate();
    }, wait);
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
    this.#begun = false;
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
    // Asked for at once: whatever changes from now on is told by the subscription.
    void this.reload();
  };

  #fail(error: unknown): void {
    // Until then nothing can be read on. Home Assistant itself tells of the connection.
    const later = LATER.includes(codeOf(error));
    if (later) this.#before = null;
    this.error = later ? undefined : messageOf(error);
    this.#host.requestUpdate();
    if (!later) void this.#translate(error);
  }

  async #translate(error: unknown): Promise<void> {
    const asking = this.#asked;
    const said = await errorText(this.#hass, error);
    if (asking !== this.#asked) return;
    this.error = said;
    this.#host.requestUpdate();
  }

  #heard(change: Change): void {
    if ("anew" in change) {
      // The first says that the subscription has begun; the list is on its way by then.
      if (this.#begun || !this.loading) void this.reload();
      this.#begun = true;
      this.#countSoon(0);
      return;
    }
    this.#countSoon(COUNT);
    // What is being read may have been read before.
    if (this.loading) this.#meanwhile.push(...change.deliveries);
    if (!this.ready) return;
    this.#put(change.deliveries);
    this.#host.requestUpdate();
  }

  /** Put changed deliveries where they belong, or away. */
  #put(changed: readonly Delivery[]): void {
    if (changed.length === 0) return;
    const oldest = this.#before ?? 0;
    const rows = [...this.rows];
    for (const row of changed) {
      const at = placeOf(rows, row.sequence);
      const there = rows[at]?.sequence === row.sequence ? 1 : 0;
      if (matches(this.filter, row) && row.sequence >= oldest) rows.splice(at, there, row);
      else rows.splice(at, there);
    }
    this.rows = rows;
  }
}

/** Return where among rows, newest first, one is or belongs. */
function placeOf(rows: readonly Delivery[], sequence: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.sequence ?? 0) > sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Return the code of an error, which may be an answer with one, or only the code. */
function codeOf(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  if ("code" in error) return error.code;
  return "error" in error ? codeOf(error.error) : undefined;
}
