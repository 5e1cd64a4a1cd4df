// Services: what contacts belong to, and which survey each is asked.

import { post, put } from "../api.js";
import { Badge } from "../components/badge.js";
import { Dialog } from "../components/dialog.js";
import { Input, Select } from "../components/field.js";
import { Head } from "../components/head.js";
import { InEffect } from "../components/in_effect.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { tell } from "../components/tell.js";
import { html, useState } from "../html.js";
import { t, told } from "../messages.js";
import { useData } from "../use_data.js";

export function Page({ me, title }) {
  const state = useData("/api/v1/services");
  const surveys = useData("/api/v1/overview");
  const [asked, setAsked] = useState(null);
  const [error, setError] = useState(null);
  const mayEdit = me.rights.includes("edit_surveys");
  const pause = (service) => async () => {
    try {
      await post(`/api/v1/services/${encodeURIComponent(service.name)}/${service.paused ? "resume" : "pause"}`);
      tell(t(service.paused ? "resumed-on" : "paused-told", { service: service.name }));
      setError(null);
      state.reload();
    } catch (failed) {
      setError(failed);
    }
  };
  return html`<${Head} title=${title}>
      ${mayEdit && html`<button class="button button-primary" type="button" onClick=${() => setAsked({ what: "add" })}>${t("add-service")}</button>`}
    <//>
    <p class="soft">${t("services-text")}</p>
    ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
    <${Loaded} state=${state}>${(data) => html`<${InEffect} since=${state.at} /><${List} services=${data.services} mayEdit=${mayEdit} pause=${pause} choose=${(service) => setAsked({ what: "survey", service })} />`}<//>
    ${asked?.what === "add" && html`<${AddService} close=${() => setAsked(null)} reload=${state.reload} />`}
    ${asked?.what === "survey" && html`<${ChooseSurvey} service=${asked.service} surveys=${surveys.data?.surveys ?? []} close=${() => setAsked(null)} reload=${state.reload} />`}`;
}

function List({ services, mayEdit, pause, choose }) {
  const columns = [
    { key: "name", label: t("service") },
    { key: "channel", label: t("channel") },
    { key: "dn", label: t("dialled-number") },
    { key: "survey", label: t("asks") },
    { key: "state", label: t("state") },
    ...(mayEdit ? [{ key: "actions", label: t("actions") }] : []),
  ];
  const rows = services.map((service) => ({
    key: service.name,
    name: html`${service.name}${service.is_fallback && html`<br /><span class="soft">${t("fallback")}</span>`}`,
    channel: t(`channel-${service.channel}`),
    dn: service.dn ? html`<bdi dir="ltr">${service.dn}</bdi>` : "–",
    survey: service.survey
      ? html`<a href=${`/surveys/${encodeURIComponent(service.survey.key)}`}>${service.survey.name}</a> <span class="soft">${t("version-no", { number: service.survey.version })}</span>
          ${service.asks_nothing && html`<br /><span class="problems">${t("asks-nothing")}</span>`}`
      : "–",
    state: service.survey ? html`<${Badge} kind=${service.paused ? "warn" : "good"}>${t(service.paused ? "paused" : "asked")}<//>` : html`<${Badge}>${t("asks-none")}<//>`,
    actions: mayEdit && html`<div class="actions">
      <button type="button" class="button button-quiet" aria-label=${`${t("choose-survey")}: ${service.name}`} onClick=${() => choose(service)}>${t("choose-survey")}</button>
      ${service.survey && html`<button type="button" class="button button-quiet" aria-label=${`${t(service.paused ? "resume" : "pause")}: ${service.name}`} onClick=${pause(service)}>${t(service.paused ? "resume" : "pause")}</button>`}
    </div>`,
  }));
  return html`<section class="card"><${Table} caption=${t("services")} columns=${columns} rows=${rows} /></section>`;
}

function useWork(close, reload) {
  const [state, setState] = useState({ busy: false, error: null });
  const work = (what, said) => async () => {
    setState({ busy: true, error: null });
    try {
      await what();
      tell(said());
      reload();
      close();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return [state, work];
}

function AddService({ close, reload }) {
  const [draft, setDraft] = useState({ name: "", channel: "voice", dn: "" });
  const [state, work] = useWork(close, reload);
  const set = (key) => (value) => setDraft({ ...draft, [key]: value });
  const body = () => (draft.channel === "chat" ? { ...draft, dn: "" } : draft);
  return html`<${Dialog} title=${t("add-service")} action=${t("add-service")} busy=${state.busy} error=${state.error}
      onDone=${work(() => post("/api/v1/services", body()), () => t("service-added", { name: draft.name }))} onClose=${close}>
    <${Input} id="service-name" label=${t("service-name")} hint=${t("service-name-hint")} value=${draft.name} onInput=${set("name")} required />
    <${Select} id="service-channel" label=${t("channel")} value=${draft.channel} options=${["voice", "chat"].map((each) => [each, t(`channel-${each}`)])} onChange=${set("channel")} />
    ${draft.channel === "voice" && html`<${Input} id="service-dn" label=${t("dialled-number")} hint=${t("dialled-number-hint")} value=${draft.dn} onInput=${set("dn")} required />`}
  <//>`;
}

function ChooseSurvey({ service, surveys, close, reload }) {
  const ready = surveys.filter((survey) => survey.published);
  const [chosen, setChosen] = useState(service.survey?.key ?? ready[0]?.key ?? "");
  const [state, work] = useWork(close, reload);
  const name = surveys.find((survey) => survey.key === chosen)?.name ?? chosen;
  if (ready.length === 0) {
    return html`<${Dialog} title=${t("choose-survey")} onClose=${close} onDone=${close}><p>${t("nothing-published")}</p><//>`;
  }
  return html`<${Dialog} title=${t("choose-survey")} action=${t("ask-there")} busy=${state.busy} error=${state.error}
      onDone=${work(() => put(`/api/v1/services/${encodeURIComponent(service.name)}/survey`, { survey: chosen }), () => t("asks-now", { service: service.name, survey: name }))} onClose=${close}>
    <${Select} id="service-survey" label=${t("survey-for", { service: service.name })} hint=${t("survey-for-hint")} value=${chosen}
      options=${ready.map((survey) => [survey.key, survey.name])} onChange=${setChosen} />
  <//>`;
}
