// Where two documents differ, as a list of words: what was, what is.

import { html } from "../html.js";
import { t } from "../messages.js";
import { placeName, valueName } from "./words.js";

export function Differences({ changes, before, after }) {
  if (!changes) return html`<p class="soft">${t("differences-unknown")}</p>`;
  if (changes.length === 0) return html`<p class="soft">${t("no-differences")}</p>`;
  return html`<ul class="differences">
    ${changes.map((change) => html`<li key=${change.path.join(".")}>
      <strong>${placeName(change.path)}</strong>
      ${change.before === null && html`<p><span class="soft">${t("difference-new")}</span> <ins>${valueName(change.after)}</ins></p>`}
      ${change.after === null && html`<p><span class="soft">${t("difference-gone")}</span> <del>${valueName(change.before)}</del></p>`}
      ${change.before !== null && change.after !== null && html`<p><span class="soft">${before}</span> <del>${valueName(change.before)}</del></p>
        <p><span class="soft">${after}</span> <ins>${valueName(change.after)}</ins></p>`}
    </li>`)}
  </ul>`;
}
