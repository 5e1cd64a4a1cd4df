// The messages; those that need a person first.

import { post } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { Select } from "../components/field.js";
import { Table } from "../components/table.js";
import { tell } from "../components/tell.js";
import { Time } from "../components/time.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { query, setQuery } from "../router.js";
import { Paged } from "./paged.js";
import { stateBadge } from "./words.js";

const WHICH = ["all", "dead", "waiting"];

export function Messages() {
  const named = query.value.get("which");
  const which = WHICH.includes(named) ? named : "all";
  const [asked, setAsked] = useState(null);
  return html`<p class="soft">${t("messages-text")}</p>
    <${Select} id="which" label=${t("which-messages")} value=${which} options=${WHICH.map((key) => [key, t(`which-${key}`)])}
      onChange=${(key) => setQuery({ which: key === "all" ? "" : key })} />
    <${Paged} path="/api/v1/messages" name="messages" filters=${{ which }}>${(rows, reload, first) => html`
      <${Counts} counts=${first.counts} />
      <${List} rows=${rows} which=${which} ask=${(what, row) => setAsked({ what, row, reload })} />`}<//>
    ${asked && html`<${Decide} ...${asked} close=${() => setAsked(null)} />`}`;
}

function Counts({ counts }) {
  const states = Object.keys(counts);
  if (states.length === 0) return null;
  return html`<ul class="chips">${states.map((state) => html`<li key=${state}>${stateBadge(state)} ${counts[state]}</li>`)}</ul>`;
}

function List({ rows, which, ask }) {
  if (rows.length === 0) return html`<${Empty} title=${t(which === "dead" ? "no-dead" : "no-messages")}>${t(which === "dead" ? "no-dead-next" : "no-messages-next")}<//>`;
  const columns = [
    { key: "at", label: t("when") },
    { key: "number", label: t("customer-number") },
    { key: "purpose", label: t("message-for") },
    { key: "state", label: t("state") },
    { key: "route", label: t("route") },
    { key: "parts", label: t("parts"), isNumber: true },
    { key: "actions", label: t("actions") },
  ];
  const shown = rows.map((row) => ({
    key: row.id,
    at: html`<${Time} at=${row.created_at} exact />`,
    number: html`<bdi>${row.number}</bdi>`,
    purpose: t(`purpose-${row.purpose}`),
    state: html`${stateBadge(row.state)}<${Why} row=${row} />`,
    route: row.route ?? "–",
    parts: row.parts || "–",
    actions: row.may_send_again ? html`<${Actions} row=${row} ask=${ask} />` : "",
  }));
  return html`<section class="card"><${Table} caption=${t("tab-messages")} columns=${columns} rows=${shown} /></section>`;
}

function Why({ row }) {
  const lines = [];
  if (row.cause) lines.push(row.cause);
  if (row.doubles > 0) lines.push(t("may-be-double", { n: row.doubles }));
  if (row.state === "queued") lines.push(html`${t("due")} <${Time} at=${row.due_at} exact />`);
  return lines.map((line, no) => html`<p class="soft" key=${no}>${line}</p>`);
}

function Actions({ row, ask }) {
  const label = (word) => `${t(word)}: ${row.number}`;
  return html`<button type="button" class="button button-quiet" aria-label=${label("send-again")} onClick=${() => ask("again", row)}>${t("send-again")}</button>
    ${row.state === "unknown" && html`<button type="button" class="button button-quiet" aria-label=${label("take-as-sent")} onClick=${() => ask("taken", row)}>${t("take-as-sent")}</button>`}`;
}

function Decide({ what, row, reload, close }) {
  const [state, setState] = useState({ busy: false, error: null });
  const word = what === "again" ? "send-again" : "take-as-sent";
  const done = async () => {
    setState({ busy: true, error: null });
    try {
      await post(`/api/v1/messages/${row.id}/${what}`, {});
      tell(t(`${word}-told`));
      reload();
      close();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const text = what === "again" && row.state === "unknown" ? "send-again-double" : `${word}-text`;
  return html`<${Dialog} title=${t(word)} action=${t(word)} busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    <p>${t(text)}</p><//>`;
}
