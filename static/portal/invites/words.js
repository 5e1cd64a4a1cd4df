// How messages stand, in words and colours.

import { Badge } from "../components/badge.js";
import { html } from "../html.js";
import { t } from "../messages.js";

const KIND = { delivered: "good", accepted: "good", refused: "bad", undelivered: "bad", unknown: "warn", expired: "warn" };

/** A badge for where a message stands. */
export function stateBadge(state) {
  return html`<${Badge} kind=${KIND[state] ?? ""}>${t(`message-${state}`)}<//>`;
}
