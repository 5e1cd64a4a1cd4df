// A table that is a list of cards on a phone. Its roles are said, because a table drawn as blocks is none to some readers.

import { html } from "../html.js";

/** `columns`: `{key, label, isNumber}`, the first heads its row; `rows`: objects with a `key` and a cell for each column. */
export function Table({ caption, columns, rows }) {
  const head = (column) =>
    html`<th scope="col" role="columnheader" class=${column.isNumber ? "number" : ""}>${column.label}</th>`;
  const cell = (row, column, no) =>
    no === 0
      ? html`<th scope="row" role="rowheader" data-label=${column.label}><span>${row[column.key]}</span></th>`
      : html`<td role="cell" data-label=${column.label} class=${column.isNumber ? "number" : ""}><span>${row[column.key]}</span></td>`;
  return html`<div class="table-box" tabindex="0" role="region" aria-label=${caption}>
    <table role="table">
      <caption class="visually-hidden">${caption}</caption>
      <thead role="rowgroup"><tr role="row">${columns.map(head)}</tr></thead>
      <tbody role="rowgroup">
        ${rows.map((row) => html`<tr role="row" key=${row.key}>${columns.map((column, no) => cell(row, column, no))}</tr>`)}
      </tbody>
    </table>
  </div>`;
}
