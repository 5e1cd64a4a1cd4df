// Reports: a period's figures beside those of the one before, broken down, each with the responses behind it.

import { Chart } from "../components/chart.js";
import { Downloads } from "../components/downloads.js";
import { Empty } from "../components/empty.js";
import { Select } from "../components/field.js";
import { Filters } from "../components/filters.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { ReportMails } from "../components/report_mails.js";
import { Table } from "../components/table.js";
import { day, number, percent } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { query, setQuery } from "../router.js";
import { shownScore, trend } from "../scores.js";
import { dayName } from "../survey/rules.js";
import { languageName } from "../survey/words.js";
import { useData } from "../use_data.js";

const NAMES = ["from", "until", "survey", "agent", "queue", "team"];
const MORE = ["service", "channel", "language"];
const BY = ["day", "agent", "team", "queue", "agent_queue", "service", "hour", "weekday", "language", "channel"];
const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** Groups in a picture; all are in the table. */
const DRAWN_MOST = 20;

export function Page({ me, title }) {
  const asked = new URLSearchParams();
  for (const name of [...NAMES, ...MORE, "by"]) if (query.value.get(name)) asked.set(name, query.value.get(name));
  const text = asked.toString();
  const state = useData(`/api/v1/reports${text ? `?${text}` : ""}`, 0, true);
  const maySend = me.rights.includes("send_reports");
  // A mail leads here by its own id, to where it is stopped.
  const [mails, setMails] = useState(maySend && query.value.has("mail"));
  const close = () => {
    setMails(false);
    if (query.value.has("mail")) setQuery({ mail: "" }, true);
  };
  return html`<${Head} title=${title}>
      <div class="actions">${maySend && html`<button type="button" class="button" onClick=${() => setMails(true)}>${t("send-by-mail")}</button>`}
        <${Downloads} path="/api/v1/export/report" query=${text} /></div>
    <//>
    ${mails && html`<${ReportMails} wanted=${{ survey: query.value.get("survey"), by: query.value.get("by") ?? "day" }} breakdowns=${BY} close=${close} />`}
    <${Filters} page="reports" names=${NAMES} more=${MORE} />
    <${Select} id="report-by" label=${t("broken-down-by")} value=${query.value.get("by") ?? "day"} options=${BY.map((by) => [by, t(`by-${by}`)])}
      onChange=${(by) => setQuery({ by: by === "day" ? "" : by })} />
    <${Loaded} state=${state}>${(data) => html`<${Report} data=${data} />`}<//>`;
}

function Report({ data }) {
  const period = t("report-period", { from: day(data.from), until: day(data.until), zone: data.time_zone, before: day(data.previous.from), beforeUntil: day(data.previous.until) });
  if (data.surveys.length === 0) return html`<p class="soft">${period}</p><${Empty} title=${t("no-figures")}>${t("no-figures-next")}<//>`;
  return html`<p class="soft">${period}</p>${data.surveys.map((survey) => html`<${Survey} key=${survey.key} survey=${survey} data=${data} />`)}`;
}

/** The responses behind a figure. */
function behind(data, survey, extra = {}) {
  const to = new URLSearchParams();
  for (const name of [...NAMES, ...MORE]) if (query.value.get(name)) to.set(name, query.value.get(name));
  to.set("from", data.from);
  to.set("until", data.until);
  to.set("survey", survey.key);
  for (const [name, value] of Object.entries(extra)) to.set(name, value);
  return `/responses?${to}`;
}

/** The filter of a group; `null` where responses cannot be found by it: those without an agent, a team or a queue. */
function filterOf(by, { key, agent, queue }) {
  if (by === "agent_queue") return agent !== null && queue !== null ? { agent, queue } : null;
  if (key === null) return null;
  if (by === "day") return { from: key, until: key };
  if (by === "weekday") return { weekday: WEEK[Number(key) - 1] };
  if (by === "hour") return { hour: String(Number(key)) };
  return { [by]: key };
}

function agentName({ agent, name }) {
  if (agent === null) return t("not-given");
  return name ? `${name} (${agent})` : agent;
}

function groupName(by, group) {
  if (by === "agent_queue") return `${agentName(group)} · ${group.queue ?? t("not-given")}`;
  if (group.key === null) return t("not-given");
  if (by === "day") return day(group.key);
  if (by === "hour") return t("hour-of", { from: group.key, to: String((Number(group.key) + 1) % 24).padStart(2, "0") });
  if (by === "weekday") return dayName(WEEK[Number(group.key) - 1]);
  if (by === "language") return languageName(group.key);
  if (by === "channel") return t(`channel-${group.key}`);
  return group.name ? `${group.name} (${group.key})` : group.key;
}

const rate = (value) => (value === null ? "–" : percent(value, 100));

function Survey({ survey, data }) {
  const { total, previous, measures } = survey;
  const scored = measures.map((measure, no) => ({ ...measure, no })).filter(({ measure }) => !["choices", "none"].includes(measure));
  const [chosen, setChosen] = useState(0);
  const measure = scored[Math.min(chosen, scored.length - 1)];
  const comments = measures.some(({ measure }) => measure === "none");
  return html`<section class="card" aria-labelledby=${`survey-${survey.key}`}>
    <div class="page-head"><h2 id=${`survey-${survey.key}`}>${survey.name}</h2>
      ${comments && html`<a class="button" href=${behind(data, survey, { comment: "true" })}>${t("comments")}</a>`}</div>
    <div class="kpis">
      <${Kpi} label=${t("offered")} value=${html`<a href=${behind(data, survey)}>${number(total.lifecycle.offered)}</a>`} before=${previous && t("before-was", { value: number(previous.lifecycle.offered) })} />
      <${Kpi} label=${t("response-rate")} value=${rate(total.lifecycle.response_rate)} n=${total.lifecycle.offered} before=${previous && t("before-was", { value: rate(previous.lifecycle.response_rate) })} />
      <${Kpi} label=${t("completion-rate")} value=${rate(total.lifecycle.completion_rate)} n=${total.lifecycle.started} before=${previous && t("before-was", { value: rate(previous.lifecycle.completion_rate) })} />
      ${scored.map(({ no, question, measure }) => {
        const score = total.scores[no];
        if (!score) return null;
        const before = beforeOf(survey, previous, no);
        const value = score.value === null ? t("too-few-short") : shownScore(measure, score.value);
        return html`<${Kpi} key=${no} label=${`${question} · ${t(`measure-${measure}`)}`} value=${value} n=${score.n}
          before=${score.value === null ? t("too-few", { n: score.n, min: data.min_n }) : trend({ measure, value: score.value }, before)} />`;
      })}
    </div>
    ${measure && html`<${Groups} survey=${survey} data=${data} measure=${measure} scored=${scored} chosen=${chosen} setChosen=${setChosen} />`}
    ${measures.map((each, no) => total.scores[no]?.distribution?.length > 0 && html`<${Distribution} key=${no} survey=${survey} data=${data} measure=${each} score=${total.scores[no]} />`)}
  </section>`;
}

/** The score of the period before to the same question. */
const beforeOf = (survey, previous, no) => previous?.scores[no]?.value ?? null;

function Kpi({ label, value, n, before }) {
  return html`<div class="kpi"><p class="soft">${label}</p><p class="kpi-value">${value}</p>
    ${n !== undefined && html`<p class="soft">${t("n-is", { n: number(n) })}</p>`}${before && html`<p class="soft">${before}</p>`}</div>`;
}

/** The scale a measure is drawn on, so that a small change looks small. */
function rangeOf(measure) {
  if (measure.measure === "nps") return [-100, 100];
  if (measure.measure === "csat" || measure.measure === "yes") return [0, 100];
  return measure.range;
}

function Groups({ survey, data, measure, scored, chosen, setChosen }) {
  const by = data.by;
  const points = survey.groups
    .filter((group) => group.scores[measure.no]?.value !== null && group.scores[measure.no] !== null)
    .map((group) => {
      const score = group.scores[measure.no];
      return { name: groupName(by, group), value: score.value, shown: `${shownScore(measure.measure, score.value)} (${t("n-is", { n: number(score.n) })})` };
    });
  const kind = by === "day" ? "line" : ["hour", "weekday"].includes(by) ? "columns" : "bars";
  const columns = [
    { key: "name", label: t(`by-${by}`) },
    { key: "offered", label: t("offered"), isNumber: true },
    { key: "rate", label: t("response-rate"), isNumber: true },
    { key: "complete", label: t("completion-rate"), isNumber: true },
    ...scored.map(({ no, question, measure }) => ({ key: `s${no}`, label: `${question} (${t(`short-${measure}`)})`, isNumber: true })),
  ];
  const rows = survey.groups.map((group) => {
    const filter = filterOf(by, group);
    const name = groupName(by, group);
    const cells = Object.fromEntries(scored.map(({ no, measure }) => [`s${no}`, scoreCell(measure, group.scores[no])]));
    return {
      key: group.key ?? "none",
      name: filter ? html`<a href=${behind(data, survey, filter)}>${name}</a>` : name,
      offered: number(group.lifecycle.offered),
      rate: rate(group.lifecycle.response_rate),
      complete: rate(group.lifecycle.completion_rate),
      ...cells,
    };
  });
  return html`<div class="section">
    <div class="page-head"><h3>${t("by-title", { by: t(`by-${by}`) })}</h3>
      ${scored.length > 1 && html`<${Select} id=${`measure-${survey.key}`} label=${t("question")} isHidden value=${String(chosen)}
        options=${scored.map(({ question, measure }, no) => [String(no), `${question} · ${t(`measure-${measure}`)}`])} onChange=${(no) => setChosen(Number(no))} />`}</div>
    ${points.length > 0 && html`<${Chart} kind=${kind} points=${points.slice(0, kind === "bars" ? DRAWN_MOST : 400)} range=${rangeOf(measure)}
      label=${t("chart-label", { what: `${measure.question}, ${t(`measure-${measure.measure}`)}`, by: t(`by-${by}`), count: points.length })} />`}
    ${points.length > DRAWN_MOST && kind === "bars" && html`<p class="soft">${t("chart-first", { count: DRAWN_MOST })}</p>`}
    <${Table} caption=${`${survey.name}: ${t(`by-${by}`)}`} columns=${columns} rows=${rows} />
  </div>`;
}

function scoreCell(measure, score) {
  if (!score || score.n === 0) return "–";
  if (score.value === null) return html`<span class="soft">${t("n-only", { n: number(score.n) })}</span>`;
  return html`${shownScore(measure, score.value)} <span class="soft">${t("n-is", { n: number(score.n) })}</span>`;
}

/** How often each value was given. */
function Distribution({ survey, data, measure, score }) {
  const [open, setOpen] = useState(false);
  const isChoice = measure.type === "choice";
  const name = (value) => (measure.type === "yes_no" ? t(value) : value);
  const find = (value) => {
    if (isChoice) return { question: measure.question, choice: value };
    if (measure.type === "yes_no") return { question: measure.question, score: value === "yes" ? "1" : "0" };
    return { question: measure.question, score: value };
  };
  const share = (n) => (score.n > 0 ? percent(n, score.n) : "–");
  const columns = [
    { key: "value", label: t("answer") },
    { key: "n", label: t("how-often"), isNumber: true },
    { key: "share", label: t("share"), isNumber: true },
  ];
  const rows = score.distribution.map(({ value, n }) => ({
    key: value,
    value: html`<a href=${behind(data, survey, find(value))}>${name(value)}</a>`,
    n: number(n),
    share: share(n),
  }));
  return html`<details class="section" onToggle=${(event) => setOpen(event.target.open)}>
    <summary>${t("distribution-of", { question: measure.question })} <span class="soft">${t("n-is", { n: number(score.n) })}</span></summary>
    ${open && html`<div class="columns">
      <${Chart} kind=${isChoice ? "bars" : "columns"} points=${score.distribution.map(({ value, n }) => ({ name: name(value), value: n, shown: `${number(n)} (${share(n)})` }))}
        label=${t("chart-label", { what: t("distribution-of", { question: measure.question }), by: t("answer"), count: score.distribution.length })} />
      <${Table} caption=${t("distribution-of", { question: measure.question })} columns=${columns} rows=${rows} />
    </div>`}
  </details>`;
}
