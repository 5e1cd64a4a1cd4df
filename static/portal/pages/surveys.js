// Surveys: all of them, and ways to begin one.

import { post } from "../api.js";
import { Badge } from "../components/badge.js";
import { Dialog } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { Check, Field, Input, Select } from "../components/field.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { number, percent } from "../format.js";
import { html, useState } from "../html.js";
import { LANGUAGES, language, t } from "../messages.js";
import { go } from "../router.js";
import { shownScore } from "../scores.js";
import { languageName } from "../survey/words.js";
import { useData } from "../use_data.js";

const TEMPLATES = ["csat", "nps", "ces", "three", "blank"];

export function Page({ me, title }) {
  const state = useData("/api/v1/overview", 0, true);
  const [asked, setAsked] = useState(null);
  const mayEdit = me.rights.includes("edit_surveys");
  return html`<${Head} title=${title}>
      ${mayEdit && html`<button class="button" type="button" onClick=${() => setAsked({ from: "file" })}>${t("import")}</button>
        <button class="button button-primary" type="button" onClick=${() => setAsked({ from: "template" })}>${t("new-survey")}</button>`}
    <//>
    <${Loaded} state=${state}>${(data) => html`<${List} data=${data} mayEdit=${mayEdit} copy=${(survey) => setAsked({ from: "copy", survey })} />`}<//>
    ${asked && html`<${NewSurvey} ...${asked} close=${() => setAsked(null)} />`}`;
}

function List({ data, mayEdit, copy }) {
  if (data.surveys.length === 0) return html`<${Empty} title=${t("no-surveys")}>${t(mayEdit ? "no-surveys-create" : "no-surveys-wait")}<//>`;
  const columns = [
    { key: "name", label: t("survey") },
    { key: "state", label: t("state") },
    { key: "score", label: t("score-7-days"), isNumber: true },
    { key: "rate", label: t("response-rate-7-days"), isNumber: true },
    { key: "draft", label: t("draft") },
    ...(mayEdit ? [{ key: "actions", label: t("actions") }] : []),
  ];
  const rows = data.surveys.map((survey) => ({
    key: survey.key,
    name: html`<a href=${`/surveys/${encodeURIComponent(survey.key)}`}>${survey.name}</a><br /><code class="soft">${survey.key}</code>`,
    state: html`<${State} survey=${survey} />`,
    score: score(survey, data.min_n),
    rate: survey.offered > 0 ? html`${percent(survey.started, survey.offered)} <span class="soft">${t("of-offered", { n: number(survey.offered) })}</span>` : "–",
    draft: html`${survey.has_changes ? t(survey.published ? "draft-differs" : "never-published") : t("draft-same")}<br /><span class="soft"><${Time} at=${survey.draft_saved_at} /> ${survey.draft_saved_by}</span>`,
    actions: mayEdit && html`<button type="button" class="button button-quiet" aria-label=${`${t("copy-survey")}: ${survey.name}`} onClick=${() => copy(survey)}>${t("copy-survey")}</button>`,
  }));
  return html`<section class="card"><${Table} caption=${t("surveys")} columns=${columns} rows=${rows} /></section>`;
}

function State({ survey }) {
  if (survey.services.length === 0) return html`<${Badge}>${t(survey.published ? "not-asked" : "draft-only")}<//>`;
  return html`<div class="badges">${survey.services.map((service) =>
    html`<${Badge} key=${service.name} kind=${service.paused ? "warn" : "good"}>${t(service.paused ? "paused-on" : "active-on", { service: service.name })}<//>`)}</div>`;
}

function score(survey, min) {
  const { score } = survey;
  if (!score) return "–";
  if (score.value === null) return html`<span class="soft">${t("too-few", { n: score.n, min })}</span>`;
  return html`${shownScore(score.measure, score.value)} <span class="soft">${t("n-is", { n: number(score.n) })}</span>`;
}

/** A key that a name suggests. */
const keyFor = (name) =>
  name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);

function NewSurvey({ from, survey, close }) {
  const [draft, setDraft] = useState({
    name: survey ? t("copy-of", { name: survey.name }).slice(0, 100) : "",
    key: survey ? `${survey.key}-2`.slice(0, 40) : "",
    template: "csat",
    languages: [language().tag],
    document: null,
  });
  const [state, setState] = useState({ busy: false, error: null });
  const set = (change) => setDraft((before) => ({ ...before, ...change }));
  const name = (text) => set(draft.key === keyFor(draft.name) ? { name: text, key: keyFor(text) } : { name: text });
  const read = async (file) => {
    try {
      const document = JSON.parse(await file.text());
      set({ document, name: document.name ?? "", key: document.key ?? "" });
      setState({ busy: false, error: null });
    } catch {
      setState({ busy: false, error: { message: t("not-json") } });
    }
  };
  const tick = (tag) => (on) =>
    set({ languages: on ? [...draft.languages, tag] : draft.languages.filter((other) => other !== tag) });
  const done = async () => {
    setState({ busy: true, error: null });
    const body = { key: draft.key, name: draft.name };
    if (from === "template") Object.assign(body, { template: draft.template, languages: draft.languages });
    if (from === "copy") body.copy_of = survey.key;
    if (from === "file") body.document = draft.document;
    try {
      const made = await post("/api/v1/surveys", body);
      close();
      go(`/surveys/${encodeURIComponent(made.key)}`);
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const title = t({ template: "new-survey", copy: "copy-survey", file: "import-title" }[from]);
  const isReady = from !== "file" || draft.document;
  return html`<${Dialog} title=${title} action=${isReady ? t("create") : undefined} busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    ${from === "file" && html`<${Field} id="import-file" label=${t("import-file")} hint=${t("import-hint")}>${(props) =>
      html`<input ...${props} type="file" accept="application/json,.json" onChange=${(event) => event.target.files[0] && read(event.target.files[0])} />`}<//>`}
    ${from === "template" && html`<${Select} id="new-template" label=${t("template")} hint=${t(`template-${draft.template}-text`)} value=${draft.template}
      options=${TEMPLATES.map((key) => [key, t(`template-${key}`)])} onChange=${(template) => set({ template })} />`}
    ${isReady && html`<${Input} id="new-name" label=${t("survey-name")} value=${draft.name} onInput=${name} required maxlength="100" />
      <${Input} id="new-key" label=${t("survey-key")} hint=${t("survey-key-hint")} value=${draft.key} onInput=${(key) => set({ key })} required maxlength="40" />`}
    ${from === "template" && html`<fieldset class="texts"><legend>${t("place-languages")}</legend>
      ${LANGUAGES.map(({ tag }) => html`<${Check} key=${tag} id=${`new-${tag}`} label=${languageName(tag)} checked=${draft.languages.includes(tag)} onChange=${tick(tag)} />`)}
      <p class="hint">${t("languages-later")}</p></fieldset>`}
  <//>`;
}
