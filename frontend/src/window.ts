/**
 * Which rows of a long list are on the page: those that can be seen, and some around.
 *
 * The others are empty space as high as they were when last seen, or as most are.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Rows above and below what can be seen that are there all the same. */
const AROUND = 8;
/** Pixels that are filled before it is known how high the list is. */
const AT_FIRST = 600;

type Host = ReactiveControllerHost & { readonly renderRoot: ParentNode };

interface Row {
  readonly delivery_id: string;
}

export interface View {
  readonly first: number;
  /** The first after the last. */
  readonly end: number;
  /** Pixels above and below. */
  readonly above: number;
  readonly below: number;
}

export class Window implements ReactiveController {
  /** Pixels that a row is high which was never seen. */
  usual = 60;
  #rows: readonly Row[] = [];
  #heights: number[] = [];
  /** Where each row begins; the last is where they end. */
  #starts = new Float64Array(1);
  #view: View = { first: 0, end: 0, above: 0, below: 0 };
  #sizes: ResizeObserver | undefined;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  /** Return which of some rows to render. */
  view(rows: readonly Row[]): View {
    this.#align(rows);
    this.#view = this.#seen();
    return this.#view;
  }

  /** Render others if others can be seen now. */
  scrolled = (): void => {
    const { first, end } = this.#seen();
    if (first !== this.#view.first || end !== this.#view.end) this.#host.requestUpdate();
  };

  /** Whether what can be seen is near the end of all rows. */
  get nearEnd(): boolean {
    return this.#view.end + AROUND >= this.#rows.length;
  }

  /** Scroll as little as need be for a row to be seen. */
  reveal(index: number): void {
    const list = this.#list;
    const [start, end] = [this.#starts[index], this.#starts[index + 1]];
    if (list === null || start === undefined || end === undefined) return;
    const high = end - start > list.clientHeight;
    if (start < list.scrollTop || high) list.scrollTop = start;
    else if (end > list.scrollTop + list.clientHeight) list.scrollTop = end - list.clientHeight;
  }

  hostDisconnected(): void {
    this.#sizes?.disconnect();
    this.#sizes = undefined;
  }

  /** Remember how high the rows are that are there. */
  hostUpdated(): void {
    const list = this.#list;
    if (list === null) return;
    if (this.#sizes === undefined) {
      this.#sizes = new ResizeObserver(this.scrolled);
      this.#sizes.observe(list);
    }
    let changed = Infinity;
    for (const row of list.querySelectorAll<HTMLElement>("[data-index]")) {
      const index = Number(row.dataset["index"]);
      const height = row.offsetHeight;
      if (height === 0 || index >= this.#rows.length || this.#heights[index] === height) continue;
      this.#heights[index] = height;
      changed = Math.min(changed, index);
    }
    if (changed === Infinity) return;
    this.#place(changed);
    const { above, below } = this.#view;
    const now = this.#seen();
    if (now.above !== above || now.below !== below) this.#host.requestUpdate();
  }

  get #list(): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>(".body");
  }

  #align(rows: readonly Row[]): void {
    if (rows === this.#rows) return;
    const before = this.#rows;
    const least = Math.min(before.length, rows.length);
    const same = (one: Row | undefined, other: Row | undefined): boolean =>
      one?.delivery_id === other?.delivery_id;
    let start = 0;
    while (start < least && same(before[start], rows[start])) start++;
    let end = 0;
    while (end < least - start && same(before.at(-1 - end), rows.at(-1 - end))) end++;
    // Nearly all are the same at any time, however many they are.
    const heights = new Map(
      before
        .slice(start, before.length - end)
        .map((row, index) => [row.delivery_id, this.#heights[start + index]]),
    );
    this.#heights = this.#heights.slice(0, start).concat(
      rows
        .slice(start, rows.length - end)
        .map((row) => heights.get(row.delivery_id) ?? this.usual),
      this.#heights.slice(before.length - end),
    );
    this.#rows = rows;
    this.#place(start);
  }

  /** Compute where the rows begin from one of them on. */
  #place(from: number): void {
    const { length } = this.#heights;
    if (this.#starts.length <= length) {
      const starts = new Float64Array(2 * length + 1);
      starts.set(this.#starts);
      this.#starts = starts;
    }
    for (let index = from; index < length; index++) {
      this.#starts[index + 1] = this.#starts[index]! + this.#heights[index]!;
    }
  }

  #seen(): View {
    const { length } = this.#rows;
    const list = this.#list;
    const top = list?.scrollTop ?? 0;
    const first = Math.max(0, this.#at(top) - AROUND);
    const end = Math.min(length, this.#at(top + (list?.clientHeight || AT_FIRST)) + 1 + AROUND);
    const total = this.#starts[length]!;
    return { first, end, above: this.#starts[first]!, below: total - this.#starts[end]! };
  }

  /** Return the row that is so far from the top. */
  #at(top: number): number {
    let [low, high] = [0, Math.max(0, this.#rows.length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= top) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
