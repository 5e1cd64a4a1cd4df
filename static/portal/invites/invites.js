// Who was invited; who was not, and which gate said no.

import { Badge } from "../components/badge.js";
import { Empty } from "../components/empty.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { html } from "../html.js";
import { has, t } from "../messages.js";
import { Paged } from "./paged.js";
import { stateBadge } from "./words.js";

export function Invites() {
  return html`<p class="soft">${t("invites-text")}</p>
    <${Paged} path="/api/v1/invites" name="invites" filters=${{}}>${(rows) => html`<${List} rows=${rows} />`}<//>`;
}

function List({ rows }) {
  if (rows.length === 0) return html`<${Empty} title=${t("no-invites")}>${t("no-invites-next")}<//>`;
  const columns = [
    { key: "at", label: t("when") },
    { key: "number", label: t("customer-number") },
    { key: "cause", label: t("invite-cause") },
    { key: "survey", label: t("survey") },
    { key: "decision", label: t("invite-decision") },
    { key: "message", label: t("message") },
    { key: "response", label: t("response") },
  ];
  const shown = rows.map((row) => ({
    key: row.id,
    at: html`<${Time} at=${row.at} exact />`,
    number: row.number ? html`<bdi>${row.number}</bdi>` : "–",
    cause: t(`cause-${row.cause.replaceAll("_", "-")}`),
    survey: row.survey ?? row.service ?? "–",
    decision: html`<${Decision} row=${row} />`,
    message: row.message ? stateBadge(row.message) : "–",
    response: row.expires_at ? html`<a href=${`/responses/${row.id}`}>${row.response ? t(`state-${row.response}`) : t("response")}</a>` : "–",
  }));
  return html`<section class="card"><${Table} caption=${t("tab-invites")} columns=${columns} rows=${shown} /></section>`;
}

function Decision({ row }) {
  const invited = row.expires_at !== null;
  const word = `result-${row.result.replaceAll("_", "-")}`;
  const badge = html`<${Badge} kind=${invited ? "good" : ""}>${invited ? t("invited") : has(word) ? t(word) : row.why ?? row.result}<//>`;
  if (!row.steps) return badge;
  return html`<details><summary>${badge}</summary>
    <ul class="gates">${row.steps.map((step) => html`<li key=${step.gate}>${step.passed ? "✓" : "✗"} ${step.detail}</li>`)}</ul></details>`;
}
