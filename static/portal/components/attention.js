// What needs a person, on every page but the one that tells all of it.

import { html } from "../html.js";
import { t } from "../messages.js";
import { systemMessages } from "../system_messages.js";
import { useData } from "../use_data.js";

/** Soon enough for whoever works on something else. */
const EVERY_MS = 30_000;

export function Attention({ here }) {
  const { data } = useData(here === "/system" ? null : "/api/v1/system", EVERY_MS);
  if (!data || here === "/system") return null;
  const messages = systemMessages(data);
  if (messages.length === 0) return null;
  const isBad = messages.some(({ kind }) => kind === "error");
  return html`<div class=${isBad ? "message-error attention" : "message-warn attention"} role="status">
    <p><strong>${t("attention")}</strong></p>
    <ul>${messages.map(({ text }) => html`<li key=${text}>${text}</li>`)}</ul>
    <p><a href="/system">${t("to-system")}</a></p>
  </div>`;
}
