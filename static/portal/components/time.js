// A moment: how long ago, and on asking when exactly and in which zone.

import { ago, moment, momentWithZone } from "../format.js";
import { html } from "../html.js";

export function Time({ at, exact }) {
  if (!at) return "–";
  return html`<time datetime=${at} title=${momentWithZone(at)}>${exact ? moment(at) : ago(at)}</time>`;
}
