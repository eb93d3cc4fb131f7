/** Who asked for a delivery, by name, and where more is told of it. */
import type { Delivery, Details } from "./delivery";
import type { HomeAssistant } from "./home-assistant";

export interface Asker {
  readonly name: string;
  /** Its page within Home Assistant. */
  readonly href?: string;
  /** The page that shows what it did that time. */
  readonly trace?: string;
}

interface Run {
  readonly domain: string;
  readonly item_id: string;
  readonly run_id: string;
}

interface Line {
  readonly domain?: string;
  readonly entity_id?: string;
  readonly name?: string;
}

const DOMAINS = ["automation", "script"];
/** Milliseconds before and after an action in which its automation began. */
const AROUND = 86_400_000;
const MINUTE = 60_000;

/** Return who asked for a delivery, as far as it can be told. */
export async function askerOf(
  hass: HomeAssistant,
  row: Delivery,
  details: Details,
): Promise<Asker | undefined> {
  if (row.subentry_id !== null && details.origin_title !== null) {
    const device = deviceOf(hass, row);
    return {
      name: details.origin_title,
      ...(device ? { href: `/config/devices/device/${device}` } : {}),
    };
  }
  const run = await runOf(hass, details);
  if (run !== undefined) {
    const { domain, item_id, run_id } = run;
    const entity = entityOf(hass, run);
    return {
      name: (entity && hass.states[entity]?.attributes.friendly_name) || item_id,
      trace: `/config/${domain}/trace/${encodeURIComponent(item_id)}?run_id=${encodeURIComponent(run_id)}`,
    };
  }
  const name = (await lineOf(hass, row, details)) ?? details.user;
  return name ? { name } : undefined;
}

/** Return the page of Activity with the outcome of a delivery. */
export function activityOf(hass: HomeAssistant, row: Delivery): string | undefined {
  const device = deviceOf(hass, row);
  if (row.settled_at === null || device === undefined) return undefined;
  const platform = row.subentry_id === null ? "binary_sensor." : "switch.";
  const entity = Object.entries(hass.entities).find(
    ([id, { device_id }]) => device_id === device && id.startsWith(platform),
  )?.[0];
  if (entity === undefined) return undefined;
  const ended = Date.parse(row.settled_at);
  const shown = new URLSearchParams({
    entity_id: entity,
    start_date: new Date(ended - MINUTE).toISOString(),
    end_date: new Date(ended + MINUTE).toISOString(),
    back: "1",
  });
  return `/logbook?${shown}`;
}

/** Return the device of the rule that asked, or else of the connection. */
function deviceOf(hass: HomeAssistant, row: Delivery): string | undefined {
  return Object.entries(hass.devices).find(([, device]) =>
    device.config_entries_subentries?.[row.config_entry_id]?.includes(row.subentry_id),
  )?.[0];
}

/** Return the run that Home Assistant has a trace of; it keeps the last few. */
async function runOf(hass: HomeAssistant, { context_id }: Details): Promise<Run | undefined> {
  if (context_id === null) return undefined;
  try {
    const runs = await hass.callWS<Record<string, Run>>({ type: "trace/contexts" });
    return runs[context_id];
  } catch {
    return undefined; // Not every Home Assistant traces.
  }
}

function entityOf(hass: HomeAssistant, { domain, item_id }: Run): string | undefined {
  return Object.keys(hass.states).find(
    (id) =>
      id.startsWith(`${domain}.`) &&
      (id === `${domain}.${item_id}` || hass.states[id]?.attributes.id === item_id),
  );
}

/** Return the automation or script that Activity names for it. */
async function lineOf(
  hass: HomeAssistant,
  row: Delivery,
  { context_id }: Details,
): Promise<string | undefined> {
  if (context_id === null) return undefined;
  const accepted = Date.parse(row.accepted_at);
  try {
    const lines = await hass.callWS<readonly Line[]>({
      type: "logbook/get_events",
      start_time: new Date(accepted - AROUND).toISOString(),
      end_time: new Date(accepted + AROUND).toISOString(),
      context_id,
    });
    const line = lines.find((one) => DOMAINS.includes(one.domain ?? ""));
    const entity = line?.entity_id;
    return (entity && hass.states[entity]?.attributes.friendly_name) || line?.name;
  } catch {
    return undefined; // Activity may be switched off.
  }
}
