/**
 * Icons, drawn here: Home Assistant's element for them costs more than the rest of a row.
 */
import {
  mdiAlertCircleOutline,
  mdiCancel,
  mdiCheckCircleOutline,
  mdiClockOutline,
  mdiDotsVertical,
  mdiFilterOffOutline,
  mdiHelpCircleOutline,
  mdiHomeExportOutline,
  mdiLanDisconnect,
  mdiPauseCircleOutline,
  mdiSendOutline,
  mdiTimerOffOutline,
} from "@mdi/js";
import { svg } from "lit";
import type { TemplateResult } from "lit";
import type { State } from "./delivery";

export const STATE_ICONS: Readonly<Record<State, string>> = {
  pending: mdiClockOutline,
  sending: mdiSendOutline,
  uncertain: mdiHelpCircleOutline,
  delivered: mdiCheckCircleOutline,
  failed: mdiAlertCircleOutline,
  expired: mdiTimerOffOutline,
  discarded: mdiCancel,
};

export const ICONS = {
  menu: mdiDotsVertical,
  noConnection: mdiLanDisconnect,
  noMatch: mdiFilterOffOutline,
  nothingYet: mdiHomeExportOutline,
  paused: mdiPauseCircleOutline,
  allWell: mdiCheckCircleOutline,
} as const;

export const icon = (path: string): TemplateResult =>
  svg`<svg class="drawn" viewBox="0 0 24 24" aria-hidden="true"><path d=${path}></path></svg>`;
