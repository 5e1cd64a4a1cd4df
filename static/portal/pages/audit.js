// Audit log: who did what, the newest first. Nobody can change it.

import { get } from "../api.js";
import { Empty } from "../components/empty.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { Time } from "../components/time.js";
import { html, useState } from "../html.js";
import { has, t, told } from "../messages.js";
import { useData } from "../use_data.js";

export function Page({ title }) {
  const state = useData("/api/v1/audit");
  return html`<${Head} title=${title} />
    <p class="soft">${t("audit-text")}</p>
    <${Loaded} state=${state}>${(data) => html`<${Lines} first=${data} />`}<//>`;
}

function Lines({ first }) {
  const [more, setMore] = useState({ entries: [], next: first.next, error: null });
  const load = async () => {
    try {
      const page = await get(`/api/v1/audit?before=${more.next}`);
      setMore({ entries: [...more.entries, ...page.entries], next: page.next, error: null });
    } catch (error) {
      setMore({ ...more, error });
    }
  };
  const lines = [...first.entries, ...more.entries];
  if (lines.length === 0) return html`<${Empty} title=${t("audit-empty")} />`;
  return html`<section class="card">
    <ul class="log">${lines.map((line) => html`<${Line} key=${line.id} line=${line} />`)}</ul>
    ${more.error && html`<p class="message-error" role="alert">${told(more.error)}</p>`}
    ${more.next && html`<p><button class="button" type="button" onClick=${load}>${t("load-more")}</button></p>`}
  </section>`;
}

function Line({ line }) {
  const id = `action-${line.action.replaceAll("_", "-")}`;
  const changed = line.before || line.after;
  const self = line.subject === line.who || line.subject === "";
  return html`<li>
    <p><strong>${line.who || t("unknown-person")}</strong> ${has(id) ? t(id) : line.action}${self ? "" : html` <strong>${line.subject}</strong>`}</p>
    <p class="soft"><${Time} at=${line.at} exact />${line.address ? ` · ${line.address}` : ""}</p>
    ${changed && html`<details><summary>${t("what-changed")}</summary><${Changes} before=${line.before ?? {}} after=${line.after ?? {}} /></details>`}
  </li>`;
}

function Changes({ before, after }) {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const shown = (value) => (value === undefined || value === null ? "–" : String(value));
  return html`<dl class="facts">
    ${keys.map((key) => html`<dt>${key}</dt><dd>${key in before ? `${shown(before[key])} → ` : ""}${shown(after[key])}</dd>`)}
  </dl>`;
}
