/** The card's settings, and the form that the editor of dashboards shows for them. */
import { CHOICES } from "./delivery";
import type { Choice } from "./delivery";
import { choiceText, hassOfPage, text } from "./texts";
import type { Text } from "./texts";

export interface CardConfig {
  readonly type: string;
  readonly title?: string;
  readonly connection?: string;
  readonly state?: Choice;
  /** How many rows high; as high as there is room without it. */
  readonly rows?: number;
  readonly compact?: boolean;
}

interface Form {
  readonly schema: readonly Record<string, unknown>[];
  readonly computeLabel: (field: { name: string }) => string;
}

const LABELS: Readonly<Record<string, Text>> = {
  title: "card_title",
  connection: "connection",
  state: "show",
  rows: "rows",
  compact: "compact",
};

/** The form is made without a `hass`. */
const own = (key: Text): string => text(hassOfPage(), key);

export const configForm = (): Form => ({
  schema: [
    { name: "title", selector: { text: {} } },
    { name: "connection", selector: { config_entry: { integration: "event_relay" } } },
    {
      name: "state",
      selector: {
        select: {
          mode: "dropdown",
          options: CHOICES.map((value) => ({ value, label: own(choiceText(value)) })),
        },
      },
    },
    { name: "rows", selector: { number: { min: 3, max: 100, mode: "box" } } },
    { name: "compact", selector: { boolean: {} } },
  ],
  computeLabel: ({ name }) => {
    const key = LABELS[name];
    return key === undefined ? name : own(key);
  },
});
