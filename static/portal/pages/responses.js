// Responses: found by what is known of them.

import { Badge } from "../components/badge.js";
import { Downloads } from "../components/downloads.js";
import { Empty } from "../components/empty.js";
import { Filters } from "../components/filters.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { number } from "../format.js";
import { html } from "../html.js";
import { t } from "../messages.js";
import { query, setQuery } from "../router.js";
import { useData } from "../use_data.js";

const NAMES = ["from", "until", "survey", "queue", "agent", "team", "score", "comment"];
const MORE = ["service", "state", "channel", "language", "question", "choice", "customer", "call_id", "hour", "weekday"];

export const STATE_KIND = { complete: "good", partial: "warn", in_progress: "warn", declined: "", expired: "", offered: "" };

export function Page({ title }) {
  const asked = new URLSearchParams();
  for (const name of [...NAMES, ...MORE, "after"]) if (query.value.get(name)) asked.set(name, query.value.get(name));
  const text = asked.toString();
  const state = useData(`/api/v1/responses${text ? `?${text}` : ""}`);
  asked.delete("after");
  return html`<${Head} title=${title}><${Downloads} path="/api/v1/export/responses" query=${asked.toString()} /><//>
    <${Filters} page="responses" names=${NAMES} more=${MORE} />
    <${Loaded} state=${state}>${(data) => html`<${List} data=${data} />`}<//>`;
}

/** What was said to the first question that has a number, a choice or yes or no. */
function firstAnswer(response) {
  const answer = response.answers.find(({ value }) => value.kind === "number" || value.kind === "choice");
  if (!answer) return "–";
  const { kind, value } = answer.value;
  const shown = answer.type === "yes_no" ? t(value === 1 ? "yes" : "no") : kind === "choice" ? (answer.label ?? value) : value;
  return `${answer.question}: ${shown}`;
}

const words = (response) => {
  const text = response.answers.find(({ value }) => value.kind === "text" && value.value);
  if (text) return `“${text.value.value.slice(0, 80)}${text.value.value.length > 80 ? "…" : ""}”`;
  return response.answers.some(({ value }) => value.kind === "recording") ? `🎧 ${t("recording")}` : "";
};

function List({ data }) {
  if (data.responses.length === 0) {
    const isFiltered = [...query.value.keys()].length > 0;
    return html`<${Empty} title=${t("no-responses")}>${t(isFiltered ? "no-responses-filtered" : "no-responses-next")}<//>`;
  }
  const columns = [
    { key: "at", label: t("offered-at") },
    { key: "survey", label: t("survey") },
    { key: "state", label: t("state") },
    { key: "answer", label: t("first-answer") },
    { key: "words", label: t("comment") },
    { key: "agent", label: t("agent") },
    { key: "queue", label: t("queue") },
    { key: "customer", label: t("customer") },
  ];
  const rows = data.responses.map((response) => ({
    key: response.id,
    at: html`<a href=${`/responses/${response.id}`}><${Time} at=${response.offered_at} exact /></a>`,
    survey: response.survey.name,
    state: html`<${Badge} kind=${STATE_KIND[response.state]}>${t(`state-${response.state}`)}<//>`,
    answer: firstAnswer(response),
    words: words(response),
    agent: response.call.agent_name ?? response.call.agent_id ?? "–",
    queue: response.call.queue ?? "–",
    customer: response.call.customer ? html`<bdi dir="ltr">${response.call.customer}</bdi>` : "–",
  }));
  const count = data.count === null ? null : data.count >= data.counted_to ? t("responses-many", { n: number(data.counted_to) }) : t("responses-count", { n: data.count });
  return html`<section class="card">
    ${count && html`<p class="soft">${count}</p>`}
    <${Table} caption=${t("responses")} columns=${columns} rows=${rows} />
    <div class="actions">
      ${query.value.get("after") && html`<button type="button" class="button" onClick=${() => setQuery({ after: "" })}>${t("newest")}</button>`}
      ${data.next && html`<button type="button" class="button" onClick=${() => { setQuery({ after: data.next }); scrollTo(0, 0); }}>${t("older")}</button>`}
    </div>
  </section>`;
}
