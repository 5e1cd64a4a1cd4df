// Who wants no messages.

import { post } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { Input } from "../components/field.js";
import { Table } from "../components/table.js";
import { tell } from "../components/tell.js";
import { Time } from "../components/time.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { Paged } from "./paged.js";

export function OptOuts() {
  const [asked, setAsked] = useState(null);
  return html`<p class="soft">${t("opt-outs-text")}</p>
    <${Paged} path="/api/v1/opt-outs" name="opt_outs" filters=${{}}>${(rows, reload) => html`
      <p><button class="button" type="button" onClick=${() => setAsked({ what: "add", reload })}>${t("add-opt-out")}</button></p>
      <${List} rows=${rows} remove=${(row) => setAsked({ what: "remove", number: row.number, reload })} />`}<//>
    ${asked && html`<${Change} ...${asked} close=${() => setAsked(null)} />`}`;
}

function List({ rows, remove }) {
  if (rows.length === 0) return html`<${Empty} title=${t("no-opt-outs")}>${t("no-opt-outs-next")}<//>`;
  const columns = [
    { key: "number", label: t("customer-number") },
    { key: "at", label: t("since") },
    { key: "source", label: t("known-by") },
    { key: "actions", label: t("actions") },
  ];
  const shown = rows.map((row) => ({
    key: row.number,
    number: html`<bdi>${row.number}</bdi>`,
    at: html`<${Time} at=${row.at} exact />`,
    source: t(`source-${row.source}`),
    actions: html`<button type="button" class="button button-quiet" aria-label=${`${t("remove")}: ${row.number}`} onClick=${() => remove(row)}>${t("remove")}</button>`,
  }));
  return html`<section class="card"><${Table} caption=${t("tab-opt-outs")} columns=${columns} rows=${shown} /></section>`;
}

function Change({ what, number, reload, close }) {
  const [typed, setTyped] = useState(number ?? "");
  const [state, setState] = useState({ busy: false, error: null });
  const adds = what === "add";
  const done = async () => {
    setState({ busy: true, error: null });
    try {
      await post(adds ? "/api/v1/opt-outs" : "/api/v1/opt-outs/remove", { number: typed });
      tell(t(adds ? "opt-out-added" : "opt-out-removed"));
      reload();
      close();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const title = t(adds ? "add-opt-out" : "remove-opt-out");
  return html`<${Dialog} title=${title} action=${title} danger=${!adds} busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    ${adds ? html`<${Input} id="opt-out-number" label=${t("customer-number")} hint=${t("number-hint")} value=${typed} onInput=${setTyped} required />` : html`<p>${t("remove-opt-out-text")} <bdi>${number}</bdi></p>`}
  <//>`;
}
