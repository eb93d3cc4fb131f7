/** Colours and measures come from Home Assistant's theme; directions are logical. */
import { css } from "lit";

export const styles = css`
  :host {
    display: block;
    height: 100%;
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    container-type: inline-size;
    max-height: var(--event-relay-card-max-height, 80vh);
    overflow: hidden;
    color: var(--primary-text-color);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    padding: 12px 16px 8px;
  }
  h2 {
    flex: 1 1 auto;
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-normal, 400);
    line-height: 1.2;
  }
  .filters {
    display: flex;
    flex: 1 1 100%;
    flex-wrap: wrap;
    gap: 8px;
    min-width: 0;
  }
  select,
  input,
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  input {
    cursor: text;
  }
  select,
  input {
    box-sizing: border-box;
    min-width: 0;
    min-height: 36px;
    max-width: 100%;
    padding-block: 4px;
    padding-inline: 8px;
    border: 1px solid var(--divider-color);
    border-radius: 8px;
    background: var(--ha-card-background, var(--card-background-color));
    text-overflow: ellipsis;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  input {
    flex: 1 1 100%;
  }
  select {
    flex: 1 1 7em;
  }
  .icon {
    flex: none;
    width: 36px;
    height: 36px;
    margin-inline-start: auto;
    margin-inline-end: -8px;
    padding: 6px;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--secondary-text-color);
  }
  ha-card > .confirm {
    margin: 0;
    padding: 8px 16px;
    align-items: center;
  }
  /* Only read out. */
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: pre;
  }
  .link {
    min-height: 24px;
    margin-inline-start: 8px;
    padding: 0 4px;
    border: 0;
    background: none;
    text-decoration: underline;
    text-decoration-color: var(--primary-color);
    text-decoration-thickness: 2px;
  }
  .said {
    padding-inline: 16px;
    color: var(--secondary-text-color);
  }
  .said:not(:empty) {
    padding-block: 4px;
  }
  .body {
    flex: 1 1 auto;
    min-height: 0;
    overflow-y: auto;
    padding-block-end: 8px;
  }
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    --state-color: var(--secondary-text-color);
    /* Not one of a list to be numbered, and of no weight for the others' layout. */
    display: block;
    contain: layout style;
  }
  li.delivered {
    --state-color: var(--success-color);
  }
  li.failed {
    --state-color: var(--error-color);
  }
  li.expired,
  li.uncertain {
    --state-color: var(--warning-color);
  }
  li.pending,
  li.sending {
    --state-color: var(--info-color);
  }
  h3 {
    margin: 0;
    padding: 12px 16px 4px;
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
  }
  .row {
    display: flex;
    gap: 12px;
    align-items: stretch;
    box-sizing: border-box;
    width: 100%;
    min-height: 56px;
    padding: 8px 16px;
    border: 0;
    background: none;
    text-align: start;
  }
  @media (hover: hover) {
    .row:hover {
      background: var(--secondary-background-color);
    }
  }
  /* The line of time, from one to the next. */
  .row {
    position: relative;
  }
  .row::before {
    content: "";
    position: absolute;
    inset-block: 0;
    inset-inline-start: 27px;
    border-inline-start: 2px solid var(--divider-color);
  }
  h3 + .row::before {
    inset-block-start: 50%;
  }
  /* By a class: what :has() means for others is found at each row that comes or goes. */
  .last .row::before {
    inset-block-end: 50%;
  }
  .last h3 + .row::before {
    display: none;
  }
  .compact .row {
    min-height: 40px;
    padding-block: 4px;
  }
  .compact .what {
    display: flex;
    gap: 8px;
    align-items: baseline;
  }
  .compact [aria-expanded="true"] .what {
    display: block;
  }
  .compact .summary {
    flex: 0 1 auto;
  }
  .compact .notes {
    flex: 1 1 0;
    -webkit-line-clamp: 1;
  }
  .details {
    position: relative;
  }
  .details::before {
    content: "";
    position: absolute;
    inset-block: 0;
    inset-inline-start: 27px;
    border-inline-start: 2px solid var(--divider-color);
  }
  .last .details::before {
    display: none;
  }
  .drawn {
    width: 24px;
    height: 24px;
    fill: currentColor;
  }
  .row .drawn {
    position: relative;
    flex: none;
    align-self: center;
    border-radius: 50%;
    background: var(--ha-card-background, var(--card-background-color));
    color: var(--state-color);
  }
  .what {
    flex: 1 1 auto;
    align-self: center;
    min-width: 0;
  }
  .thumbnail {
    flex: none;
    align-self: center;
    width: 60px;
    height: 40px;
    border-radius: 4px;
    object-fit: cover;
  }
  .compact .row .thumbnail {
    width: 42px;
    height: 28px;
  }
  .details .thumbnail {
    display: block;
    width: auto;
    max-width: 100%;
    height: auto;
    max-height: 270px;
    margin-block-end: 8px;
  }
  .thumbnail[hidden] {
    display: none;
  }
  .badge {
    float: inline-start;
    flex: none;
    margin-inline-end: 8px;
    padding-inline: 6px;
    border: 1px solid var(--primary-color);
    border-radius: 9px;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.4;
  }
  .summary {
    display: block;
    overflow: hidden;
    text-align: left;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  /* Not by the direction of the text itself. */
  :host(:dir(rtl)) .summary {
    text-align: right;
  }
  [aria-expanded="true"] .summary {
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .notes,
  time,
  dt,
  .nothing {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .notes {
    clear: inline-start; /* Below the badge, however low the lines are. */
    display: -webkit-box;
    overflow: hidden;
    line-height: 1.4;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .failed .state,
  .expired .state,
  .uncertain .state {
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--primary-text-color);
  }
  time {
    flex: none;
    padding-block-start: 2px;
    font-variant-numeric: tabular-nums;
  }
  .details {
    padding-block: 0 12px;
    padding-inline: 52px 16px;
  }
  dl {
    display: grid;
    gap: 4px;
    margin: 0;
  }
  dl > div {
    display: grid;
    grid-template-columns: minmax(80px, 8em) 1fr;
    gap: 4px 12px;
    align-items: baseline;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  code {
    font-family: var(--ha-font-family-code, monospace);
  }
  /* The colours of themes tell things apart; they have not the contrast for words. */
  a {
    color: var(--primary-text-color);
    text-decoration-color: var(--primary-color);
    text-decoration-thickness: 2px;
  }
  dd a {
    display: inline-block;
    padding-block: 4px;
    margin-inline-end: 12px;
  }
  .actions,
  .confirm {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-start: 12px;
  }
  .confirm p {
    flex-basis: 100%;
    margin: 0;
  }
  .action {
    display: inline-block;
    min-height: 36px;
    padding: 6px 16px;
    border: 1px solid var(--primary-color);
    border-radius: 18px;
    background: none;
    box-sizing: border-box;
    text-decoration: none;
    color: var(--primary-text-color);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .action.strong {
    border: 2px solid var(--error-color);
  }
  .action:disabled {
    border-color: var(--divider-color);
    color: var(--disabled-text-color);
    cursor: default;
  }
  .empty,
  .nothing,
  .failure {
    padding: 24px;
    text-align: center;
  }
  .failure {
    padding: 8px 12px;
    border-inline-start: 4px solid var(--error-color);
    text-align: start;
  }
  .empty .drawn {
    display: block;
    width: 48px;
    height: 48px;
    margin: 0 auto 12px;
    color: var(--secondary-text-color);
  }
  .empty p {
    max-width: 40ch;
    margin: 8px auto 16px;
    color: var(--secondary-text-color);
  }
  /* By the card's own width: four in a row would be cut off in most columns. */
  @container (max-width: 640px) {
    .filters select {
      flex: 1 1 40%;
    }
  }
  /* A phone's, or a narrow column's. */
  @container (max-width: 400px) {
    .details {
      padding-inline-start: 52px;
    }
    dl > div {
      grid-template-columns: 1fr;
      gap: 0;
    }
  }
`;
