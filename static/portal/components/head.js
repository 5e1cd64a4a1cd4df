// The heading of a page, and what is done from it.

import { html } from "../html.js";

export function Head({ title, children }) {
  return html`<div class="page-head"><h1 tabindex="-1">${title}</h1>${children}</div>`;
}
