/** What is to be shown: words to search for, and choices with how many there are. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { CHOICES, STATES, statesOf } from "./delivery";
import type { Choice, Connection, Counts } from "./delivery";
import { SPANS, isSpan } from "./filter";
import type { Filter, Span } from "./filter";
import type { HomeAssistant } from "./home-assistant";
import { choiceText, text } from "./texts";
import type { Text } from "./texts";
import { number } from "./times";

interface Shown {
  readonly hass: HomeAssistant;
  readonly filter: Filter;
  readonly connections: readonly Connection[];
  readonly counts: Counts | undefined;
  /** Whether the card is for one connection only. */
  readonly fixed: boolean;
  readonly choose: (filter: Filter) => void;
  /** Hears of every key; the search waits for a pause. */
  readonly search: (words: string) => void;
}

interface Option {
  readonly value: string;
  readonly label: string;
}

export function toolbar(shown: Shown): TemplateResult {
  const { hass, filter, connections, fixed, choose, search } = shown;
  const say = (key: Text): string => text(hass, key);
  const rules = rulesOf(shown);
  return html`
    <input
      type="search"
      maxlength="200"
      aria-label=${say("search")}
      placeholder=${say("search")}
      .value=${filter.words ?? ""}
      @input=${(event: Event): void => search((event.target as HTMLInputElement).value)}
    />
    ${fixed || connections.length < 2
      ? nothing
      : select(
          say("connection"),
          say("all_connections"),
          connections.map((one) => ({
            value: one.config_entry_id,
            label: counted(shown, one.title, one.config_entry_id, filter.choice),
          })),
          filter.connection,
          (connection) => choose({ connection, rule: undefined }),
        )}
    ${select(
      say("state"),
      say("all_states"),
      CHOICES.map((choice) => ({
        value: choice,
        label: counted(shown, say(choiceText(choice)), filter.connection, choice),
      })),
      filter.choice,
      (choice) => choose({ choice: CHOICES.find((one) => one === choice) }),
    )}
    ${rules.length === 0
      ? nothing
      : select(say("rule"), say("all_rules"), rules, filter.rule, (rule) => choose({ rule }))}
    ${select(
      say("span"),
      say("any_time"),
      (Object.keys(SPANS) as Span[]).map((span) => ({ value: span, label: say(`span_${span}`) })),
      filter.span,
      (span) => choose({ span: span !== undefined && isSpan(span) ? span : undefined }),
    )}
  `;
}

function select(
  label: string,
  all: string,
  options: readonly Option[],
  chosen: string | undefined,
  choose: (value: string | undefined) => void,
): TemplateResult {
  const change = (event: Event): void =>
    choose((event.target as HTMLSelectElement).value || undefined);
  return html`<select aria-label=${label} .value=${chosen ?? ""} @change=${change}>
    <option value="">${all}</option>
    ${options.map(
      ({ value, label: name }) =>
        html`<option value=${value} dir="auto" ?selected=${value === chosen}>${name}</option>`,
    )}
  </select>`;
}

function rulesOf({ connections, filter }: Shown): Option[] {
  const some = connections.filter(
    (one) => filter.connection === undefined || one.config_entry_id === filter.connection,
  );
  return some.flatMap((connection) =>
    connection.subentries.map(({ subentry_id, title }) => ({
      value: subentry_id,
      label: some.length > 1 ? `${title} · ${connection.title}` : title,
    })),
  );
}

/** Return a name with how many deliveries are behind it, as far as is known. */
function counted(
  { hass, counts }: Shown,
  name: string,
  connection: string | undefined,
  choice: Choice | undefined,
): string {
  if (counts === undefined) return name;
  const asked = statesOf(choice);
  const states = asked.length === 0 ? STATES : asked;
  let [sum, more] = [0, ""];
  for (const [id, one] of Object.entries(counts.counts)) {
    if (connection !== undefined && id !== connection) continue;
    for (const state of states) {
      sum += one[state] ?? 0;
      if ((one[state] ?? 0) >= counts.most) more = "+";
    }
  }
  const count = number(hass, sum) + more;
  return text(hass, "counted", { name, count });
}
