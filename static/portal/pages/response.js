// One response: what was asked and said, whose call it was, and how it came to be.

import { Badge } from "../components/badge.js";
import { Loaded } from "../components/loaded.js";
import { Time } from "../components/time.js";
import { momentWithZone } from "../format.js";
import { html, useEffect } from "../html.js";
import { t } from "../messages.js";
import { announce } from "../router.js";
import { directionOf, languageName } from "../survey/words.js";
import { useData } from "../use_data.js";
import { STATE_KIND } from "./responses.js";

export function Page({ title, params }) {
  const state = useData(`/api/v1/responses/${encodeURIComponent(params.id)}`);
  useEffect(() => announce(title), [state.data === null]);
  return html`<div class="page-head"><h1 tabindex="-1">${title}</h1><a class="button" href="/responses">${t("to-responses")}</a></div>
    <${Loaded} state=${state}>${(response) => html`<${Response} response=${response} />`}<//>`;
}

function Response({ response }) {
  const { call, survey, trail } = response;
  const fact = (label, value) => value && html`<dt>${label}</dt><dd><bdi>${value}</bdi></dd>`;
  return html`<section class="card" aria-labelledby="said-title">
      <div class="page-head"><h2 id="said-title">${survey.name}</h2><${Badge} kind=${STATE_KIND[response.state]}>${t(`state-${response.state}`)}<//></div>
      <p class="soft">${t("version-no", { number: survey.version })} · ${languageName(response.language)} · ${t(`channel-${response.channel}`)} · <${Time} at=${response.offered_at} exact /></p>
      ${response.transcript.length === 0 && html`<p>${t("nothing-said")}</p>`}
      <ol class="transcript">${response.transcript.map((turn) => html`<li key=${turn.question}>
        <p class="soft" lang=${response.language} dir=${directionOf(response.language)}>${turn.text ?? turn.question}</p>
        <p class="answer"><${Answer} turn=${turn} tag=${response.language} /></p>
        <p class="soft"><code>${turn.question}</code> · <${Time} at=${turn.at} exact /></p>
      </li>`)}</ol>
    </section>
    <section class="card" aria-labelledby="call-title">
      <h2 id="call-title">${t("the-contact")}</h2>
      <dl class="facts">
        ${fact(t("customer"), call.customer)}${fact(t("agent"), [call.agent_name, call.agent_id].filter(Boolean).join(" · "))}${fact(t("team"), call.team)}
        ${fact(t("queue"), call.queue)}${fact(t("service"), response.service)}${fact(t("dialled-number"), call.dn)}${fact(t("call-id"), call.call_id)}
      </dl>
    </section>
    <section class="card" aria-labelledby="trail-title">
      <h2 id="trail-title">${t("trail")}</h2>
      <dl class="facts">
        ${fact(t("response-id"), response.id)}${fact(t("node"), trail.node)}
        ${fact(t("offered-at"), momentWithZone(trail.offered_at))}
        ${fact(t("started-at"), trail.started_at && momentWithZone(trail.started_at))}
        ${fact(t("ended-at"), trail.ended_at && momentWithZone(trail.ended_at))}
        ${fact(t("changes-stored"), String(trail.changes ?? 0))}
      </dl>
      ${trail.gates && html`<details><summary>${t("gates")}</summary><pre class="code" dir="ltr" tabindex="0">${JSON.stringify(trail.gates, null, 2)}</pre></details>`}
    </section>`;
}

function Answer({ turn, tag }) {
  const { kind, value } = turn.value;
  if (kind === "skipped") return html`<span class="soft">${t("passed-over")}</span>`;
  if (kind === "recording") {
    if (!turn.recording) return t("recording");
    if (turn.recording.elsewhere) return html`${t("recording-elsewhere")} <code>${turn.recording.elsewhere}</code>`;
    return turn.recording.audio
      ? html`<audio controls preload="none" src=${turn.recording.audio} aria-label=${t("listen")}></audio>`
      : html`<span class="soft">${t("recording-gone")}</span>`;
  }
  if (kind === "text") return value ? html`<q lang=${tag} dir=${directionOf(tag)}>${value}</q>` : html`<span class="soft">${t("words-removed")}</span>`;
  if (kind === "choice") return html`<strong lang=${tag}>${turn.label ?? value}</strong>`;
  if (turn.type === "yes_no") return html`<strong>${t(value === 1 ? "yes" : "no")}</strong>`;
  const [from, to] = turn.range ?? [];
  return html`<strong>${value}</strong>${to !== undefined && html` <span class="soft">${t("on-scale", { from, to })}</span>`}`;
}
