// Publishing: what will change for customers, said before it does; and where the survey is asked.

import { post, put } from "../api.js";
import { Badge } from "../components/badge.js";
import { Dialog } from "../components/dialog.js";
import { Select } from "../components/field.js";
import { InEffect } from "../components/in_effect.js";
import { tell } from "../components/tell.js";
import { html, useEffect, useState } from "../html.js";
import { t } from "../messages.js";
import { useData } from "../use_data.js";
import { Differences } from "./differences.js";

export function PublishDialog({ draft, survey, close, published }) {
  const [state, setState] = useState({ busy: false, error: null, ready: false });
  const fresh = useData(state.ready ? `/api/v1/surveys/${encodeURIComponent(draft.key)}` : null);
  useEffect(() => {
    draft.save().then(() => setState((before) => ({ ...before, ready: true })));
  }, []);
  const problems = draft.problems.value;
  const done = async () => {
    setState((before) => ({ ...before, busy: true, error: null }));
    try {
      const made = await post(`/api/v1/surveys/${encodeURIComponent(draft.key)}/publish`, { revision: draft.revision.value });
      tell(t("published", { number: made.version }));
      published();
      close();
    } catch (error) {
      setState((before) => ({ ...before, busy: false, error }));
    }
  };
  const saved = draft.state.value === "saved";
  const can = saved && problems.length === 0 && fresh.data;
  return html`<${Dialog} title=${t("publish-title")} action=${can ? t("publish") : undefined} busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    ${!saved && html`<p class="message-warn">${t("publish-not-saved")}</p>`}
    ${problems.length > 0 && html`<p>${t("publish-problems")}</p><ul class="problems">${problems.map((problem) => html`<li key=${problem.path + problem.message}><code>${problem.path}</code> ${problem.message}</li>`)}</ul>`}
    ${can && html`<p>${survey.versions.length === 0 ? t("publish-first") : t("publish-again", { number: survey.versions[0].number })}</p>
      ${survey.services.length > 0 && html`<p>${t("publish-where", { services: survey.services.map((service) => service.name).join(", ") })}</p>`}
      ${survey.versions.length > 0 && html`<${Differences} changes=${fresh.data.changes} before=${t("version-no", { number: survey.versions[0].number })} after=${t("the-draft")} />`}`}
    ${state.error?.said?.missing_prompts && html`<ul class="problems">${state.error.said.missing_prompts.slice(0, 10).map((prompt) => html`<li key=${prompt.language + prompt.name}>${prompt.language} · <code>${prompt.name}</code> · ${prompt.text}</li>`)}</ul>
      <p><a href=${`/surveys/${draft.key}?tab=prompts`}>${t("to-prompts")}</a></p>`}
  <//>`;
}

/** Where the survey is asked: paused, resumed, and asked at more services. */
export function Where({ survey, mayEdit, reload, onError }) {
  const services = useData("/api/v1/services");
  const [chosen, setChosen] = useState("");
  const act = (work, said) => async () => {
    try {
      await work();
      tell(said);
      reload();
      services.reload();
    } catch (error) {
      onError(error);
    }
  };
  const path = (name) => `/api/v1/services/${encodeURIComponent(name)}`;
  const others = (services.data?.services ?? []).filter((service) => service.survey?.key !== survey.key);
  const name = others.some((service) => service.name === chosen) ? chosen : (others[0]?.name ?? "");
  const taken = others.find((service) => service.name === name)?.survey;
  return html`<section class="card" aria-labelledby="where-title">
    <h2 id="where-title">${t("where-asked")}</h2>
    ${survey.services.length === 0 && html`<p class="soft">${t("nowhere-asked")}</p>`}
    <ul class="log">${survey.services.map((service) => html`<li key=${service.name} class="page-head">
      <span>${service.name} <${Badge} kind=${service.paused ? "warn" : "good"}>${t(service.paused ? "paused" : "asked")}<//></span>
      ${mayEdit && (service.paused
        ? html`<button type="button" class="button" onClick=${act(() => post(`${path(service.name)}/resume`), t("resumed-on", { service: service.name }))}>${t("resume")}</button>`
        : html`<button type="button" class="button" onClick=${act(() => post(`${path(service.name)}/pause`), t("paused-told", { service: service.name }))}>${t("pause")}</button>`)}
    </li>`)}</ul>
    ${survey.services.length > 0 && html`<${InEffect} since=${services.at} />`}
    ${mayEdit && survey.versions.length === 0 && html`<p class="soft">${t("publish-before-asking")}</p>`}
    ${mayEdit && survey.versions.length > 0 && others.length > 0 && html`<div class="inline">
      <${Select} id="ask-on" label=${t("ask-on")} value=${name} hint=${taken ? t("ask-on-instead", { survey: taken.name }) : undefined}
        options=${others.map((service) => [service.name, service.name])} onChange=${setChosen} />
      <button type="button" class="button" onClick=${act(() => put(`${path(name)}/survey`, { survey: survey.key }), t("asked-on-told", { service: name }))}>${t("ask-there")}</button>
    </div>`}
  </section>`;
}
