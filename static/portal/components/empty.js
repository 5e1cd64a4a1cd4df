// What stands where nothing is yet, and what to do about it.

import { html } from "../html.js";

export function Empty({ title, children }) {
  return html`<div class="empty"><h2>${title}</h2><p>${children}</p></div>`;
}
