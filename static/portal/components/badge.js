// A word that says how something is; its colour never says it alone.

import { html } from "../html.js";

export function Badge({ kind, children }) {
  return html`<span class=${kind ? `badge badge-${kind}` : "badge"}>${children}</span>`;
}
