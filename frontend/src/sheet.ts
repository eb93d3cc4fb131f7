/** What is shown, as a file: a table for spreadsheets, or JSON. */
import type { Connection, Delivery } from "./delivery";

export type Format = "csv" | "json";

const TYPES: Readonly<Record<Format, string>> = { csv: "text/csv", json: "application/json" };

/** What a spreadsheet would compute, and not show. */
const FORMULA = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;

type Record_ = Readonly<Record<string, string | number | boolean | null | object>>;

/** Hand a file with some deliveries to the user. */
export function save(rows: readonly Delivery[], connections: readonly Connection[], format: Format): void {
  const records = rows.map((row) => record(row, connections));
  const content = format === "csv" ? table(records) : JSON.stringify(records, undefined, 2);
  const href = URL.createObjectURL(new Blob([content], { type: `${TYPES[format]};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = href;
  link.download = `event-relay-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${format}`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

function record(row: Delivery, connections: readonly Connection[]): Record_ {
  const connection = connections.find((one) => one.config_entry_id === row.config_entry_id);
  const subentry = connection?.subentries.find((one) => one.subentry_id === row.subentry_id);
  return {
    delivery_id: row.delivery_id,
    connection: connection?.title ?? row.config_entry_id,
    state: row.state,
    outcome_unknown: row.outcome_unknown,
    operation: row.operation,
    summary: row.summary ?? "",
    origin: row.origin,
    asked_by: subentry?.title ?? "",
    occurred_at: row.occurred_at,
    accepted_at: row.accepted_at,
    settled_at: row.settled_at ?? "",
    attempts: row.attempts,
    outside_id: row.outside_id ?? "",
    error: row.error?.code ?? "",
    reason: row.error?.reason ?? "",
    warnings: row.warnings ?? [],
    links: row.links ?? {},
  };
}

/** Return a table as RFC 4180 has it, with the mark by which Excel knows UTF-8. */
function table(records: readonly Record_[]): string {
  const names = Object.keys(records[0] ?? {});
  const lines = [names, ...records.map((one) => names.map((name) => one[name]))];
  return `\uFEFF${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: Record_[string] | undefined): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = flat(value);
  // A text that looks like a formula is marked as a text, as spreadsheets mark it.
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

function flat(value: string | object | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join("; ") : Object.values(value).join(" ");
}
