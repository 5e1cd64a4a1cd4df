// Overview: every survey, where it is asked, and how the last seven days were beside the seven before.

import { Badge } from "../components/badge.js";
import { Empty } from "../components/empty.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { day, number, percent } from "../format.js";
import { html } from "../html.js";
import { t } from "../messages.js";
import { shownScore, trend } from "../scores.js";
import { useData } from "../use_data.js";

/** Nobody sees a day's figures change within a minute. */
const EVERY_MS = 60_000;

export function Page({ title }) {
  const state = useData("/api/v1/overview", EVERY_MS, true);
  return html`<${Head} title=${title} />
    <${Loaded} state=${state}>${(data) => html`<${Surveys} data=${data} />`}<//>`;
}

function Surveys({ data }) {
  if (data.surveys.length === 0) {
    return html`<${Empty} title=${t("no-surveys")}>${t("no-surveys-wait")}<//>`;
  }
  const period = t("period", { from: day(data.from), until: day(data.until), zone: data.time_zone });
  return html`<p class="soft">${period}</p>
    <div class="cards">${data.surveys.map((survey) => html`<${Survey} key=${survey.key} survey=${survey} min=${data.min_n} data=${data} />`)}</div>`;
}

/** The responses behind a survey's figures. */
const behind = (survey, data) => `/responses?${new URLSearchParams({ survey: survey.key, from: data.from, until: data.until })}`;

function Survey({ survey, min, data }) {
  return html`<article class="card">
    <h2><a href=${`/surveys/${encodeURIComponent(survey.key)}`}>${survey.name}</a></h2>
    <${Where} survey=${survey} />
    <${Score} survey=${survey} min=${min} />
    <dl class="facts">
      <dt>${t("offered")}</dt><dd><a href=${behind(survey, data)}>${number(survey.offered)}</a></dd>
      <dt>${t("started")}</dt><dd>${number(survey.started)} <span class="soft">(${percent(survey.started, survey.offered)})</span></dd>
      <dt>${t("completed")}</dt><dd>${number(survey.completed)} <span class="soft">(${percent(survey.completed, survey.offered)})</span></dd>
      <dt>${t("version")}</dt><dd>${survey.published ?? t("never-published")}</dd>
    </dl>
  </article>`;
}

function Where({ survey }) {
  const active = survey.services.map((service) =>
    service.paused
      ? html`<${Badge} kind="warn">${t("paused-on", { service: service.name })}<//>`
      : html`<${Badge} kind="good">${t("active-on", { service: service.name })}<//>`,
  );
  return html`<div class="badges">${active.length > 0 ? active : html`<${Badge}>${t("not-active")}<//>`}</div>`;
}

function Score({ survey, min }) {
  const { score, previous } = survey;
  if (!score) return html`<p class="soft">${t("no-answers")}</p>`;
  if (score.value === null || score.n < min) return html`<p class="soft">${t("too-few", { n: score.n, min })}</p>`;
  const before = previous.score?.measure === score.measure ? previous.score.value : null;
  return html`<div>
    <p class="figure"><strong>${shownScore(score.measure, score.value)}</strong>
      <span>${t(`measure-${score.measure}`)}</span>
      <span class="soft">${t("answers", { n: score.n })}</span></p>
    <p class="soft">${trend(score, before)}</p>
  </div>`;
}
