/** The little of Home Assistant's frontend that the card relies on. */

export interface HomeAssistant {
  readonly user?: { readonly is_admin: boolean };
  readonly locale: {
    readonly language: string;
    readonly time_format: "language" | "system" | "12" | "24";
    readonly time_zone: "local" | "server";
  };
  readonly config: { readonly time_zone: string };
  readonly entities: Readonly<
    Record<string, { readonly platform?: string; readonly device_id?: string }>
  >;
  readonly devices: Readonly<
    Record<
      string,
      {
        readonly primary_config_entry?: string | null;
        readonly config_entries_subentries?: Readonly<Record<string, readonly (string | null)[]>>;
      }
    >
  >;
  readonly states: Readonly<
    Record<string, { readonly attributes: { readonly friendly_name?: string; readonly id?: string } }>
  >;
  readonly connection: {
    subscribeMessage<Event>(
      heard: (event: Event) => void,
      message: { type: string },
      options: { resubscribe: boolean },
    ): Promise<() => Promise<void>>;
    addEventListener(event: "ready", heard: () => void): void;
    removeEventListener(event: "ready", heard: () => void): void;
  };
  localize(key: string, values?: Record<string, string>): string;
  loadBackendTranslation(
    category: string,
    integration: string,
  ): Promise<HomeAssistant["localize"]>;
  callWS<Answer>(message: { type: string; [field: string]: unknown }): Promise<Answer>;
  callService(
    domain: string,
    service: string,
    data: Record<string, unknown>,
    target: undefined,
    notifyOnError: boolean,
  ): Promise<unknown>;
}

export interface CustomCard {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly preview: boolean;
  getEntitySuggestion(
    hass: HomeAssistant,
    entity: string,
  ): { config: { readonly type: string } } | null;
}

declare global {
  interface Window {
    customCards?: CustomCard[];
  }
}
