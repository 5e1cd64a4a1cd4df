// What is shown, as a file. The server makes it while it is sent, however much it is.

import { html } from "../html.js";
import { t } from "../messages.js";

const FORMS = ["csv", "xlsx", "json"];

export function Downloads({ path, query }) {
  const to = (form) => `${path}.${form}${query ? `?${query}` : ""}`;
  return html`<details class="adder">
    <summary class="button">${t("download")}</summary>
    <ul>${FORMS.map((form) => html`<li key=${form}><a class="button button-quiet" href=${to(form)} download>${t(`download-${form}`)}</a></li>`)}
      <li><button type="button" class="button button-quiet" onClick=${() => print()}>${t("print")}</button></li></ul>
  </details>`;
}
