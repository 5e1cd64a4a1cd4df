// What stands where data will be: nothing for a moment, then a word; an error with a way to try again.

import { html } from "../html.js";
import { t, told } from "../messages.js";

/** Shows `children(data)` once there is data, and above it why it could not be brought up to date. */
export function Loaded({ state, children }) {
  const { data, error, reload } = state;
  const failed = error && html`<div class="message-error" role="alert">
    <p>${told(error)}</p>
    <p><button class="button" type="button" onClick=${reload}>${t("try-again")}</button></p>
  </div>`;
  if (data === null) return failed || html`<p class="loading" role="status">${t("loading")}</p>`;
  return html`${failed}${children(data)}`;
}
