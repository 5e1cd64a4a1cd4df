// One question: its text in all languages, what is answered, how callers are helped, and where it goes next.

import { Check, Input, Select } from "../components/field.js";
import { html } from "../html.js";
import { t } from "../messages.js";
import { Branches } from "./branches.js";
import { at } from "./draft.js";
import { renamed, usedBy, without } from "./keys.js";
import { Texts, setText } from "./texts.js";
import { TYPES, typeName } from "./words.js";

const SCALES = ["1-5", "0-9", "1-7", "1-10"];
/** The scores that a scale can count for. */
const METRICS = { "1-5": ["", "csat", "ces"], "1-7": ["", "ces"], "0-9": [""], "1-10": [""] };

export function Question({ draft, no, choose, readOnly }) {
  const document = draft.document.value;
  const question = document.questions[no];
  const problems = draft.problems.value;
  const path = `questions[${no}]`;
  const edit = (change) => draft.edit((next) => change(next.questions[no]));
  const set = (name) => (value) => edit((next) => (value === "" || value === null ? delete next[name] : (next[name] = value)));
  const number = (name) => (value) => set(name)(value === "" ? null : Number(value));
  const wrong = (name) => at(problems, `${path}.${name}`);
  const byVoice = document.voice !== "none" && question.type !== "free_text";

  const rename = (key) => {
    draft.replace(renamed(document, question.key, key));
    choose(key);
  };
  const drop = () => {
    const users = usedBy(document, question.key);
    if (users.length > 0 && !confirm(t("drop-question-used", { key: question.key, users: users.join(", ") }))) return;
    draft.replace(without(document, question.key));
    choose(document.questions[no - 1]?.key ?? null);
  };
  const retype = (type) =>
    edit((next) => {
      next.type = type;
      if (type !== "rating" && type !== "nps") for (const name of ["low_label", "high_label"]) delete next[name];
      for (const name of ["scale", "metric", "choices", "shuffle", "read_choices", "max_chars", "max_seconds"]) delete next[name];
      if (type === "rating") next.scale = "1-5";
      if (type === "choice") next.choices = [1, 2].map((n) => ({ key: `choice-${n}`, label: {} }));
    });

  return html`<section class="card" aria-labelledby="question-title">
    <div class="page-head">
      <h2 id="question-title">${t("question-no", { no: no + 1 })}</h2>
      ${!readOnly && document.questions.length > 1 && html`<button type="button" class="button button-danger" onClick=${drop}>${t("drop-question")}</button>`}
    </div>
    <${Texts} id="question-text" label=${t("question-text")} value=${question.text} languages=${document.languages} path=${`${path}.text`}
      problems=${problems} disabled=${readOnly} onChange=${(tag, text) => edit((next) => { setText(next, "text", tag, text); next.text ??= {}; })} />
    <div class="columns">
      <${Select} id="question-type" label=${t("place-type")} value=${question.type} disabled=${readOnly}
        options=${TYPES.map((type) => [type, typeName(type)])} onChange=${retype} />
      <${Input} id="question-key" label=${t("question-key")} hint=${t("question-key-hint")} value=${question.key} problems=${wrong("key")}
        disabled=${readOnly} maxlength="40" onInput=${rename} />
    </div>
    <${Answers} question=${question} document=${document} problems=${problems} path=${path} edit=${edit} set=${set} number=${number} wrong=${wrong} readOnly=${readOnly} />
    <${Check} id="question-required" label=${t("place-required")} hint=${t("required-hint")} checked=${question.required ?? true} disabled=${readOnly}
      onChange=${(on) => set("required")(on ? null : false)} />
    ${byVoice && html`<details>
      <summary>${t("voice-help")}</summary>
      <div class="columns">
        <${Input} id="question-retries" type="number" min="0" max="5" label=${t("place-retries")} hint=${t("retries-hint")} value=${question.retries}
          placeholder="2" problems=${wrong("retries")} disabled=${readOnly} onInput=${number("retries")} />
        <${Input} id="question-wait" type="number" min="1000" max="30000" label=${t("place-no-input-ms")} hint=${t("no-input-ms-hint")} value=${question.no_input_ms}
          placeholder="5000" problems=${wrong("no_input_ms")} disabled=${readOnly} onInput=${number("no_input_ms")} />
      </div>
    </details>`}
    <${Branches} draft=${draft} no=${no} readOnly=${readOnly} />
  </section>`;
}

/** What differs by type. */
function Answers({ question, document, problems, path, edit, set, number, wrong, readOnly }) {
  if (question.type === "rating") {
    return html`<div class="columns">
      <${Select} id="question-scale" label=${t("place-scale")} value=${question.scale ?? "1-5"} problems=${wrong("scale")} disabled=${readOnly}
        options=${SCALES.map((scale) => [scale, scale])} onChange=${(scale) => edit((next) => { next.scale = scale; if (!METRICS[scale].includes(next.metric ?? "")) delete next.metric; })} />
      <${Select} id="question-metric" label=${t("place-metric")} hint=${t("metric-hint")} value=${question.metric ?? ""} problems=${wrong("metric")} disabled=${readOnly}
        options=${METRICS[question.scale ?? "1-5"].map((metric) => [metric, t(`metric-${metric || "none"}`)])} onChange=${set("metric")} />
    </div>
    <${Ends} question=${question} document=${document} problems=${problems} path=${path} edit=${edit} readOnly=${readOnly} />`;
  }
  if (question.type === "choice") {
    return html`<${Choices} question=${question} document=${document} problems=${problems} path=${path} edit=${edit} readOnly=${readOnly} />
      <${Check} id="question-read" label=${t("read-choices")} hint=${t("read-choices-hint")} checked=${question.read_choices ?? false} disabled=${readOnly}
        onChange=${(on) => set("read_choices")(on ? true : null)} />
      <${Check} id="question-shuffle" label=${t("shuffle")} hint=${t("shuffle-hint")} checked=${question.shuffle ?? false} disabled=${readOnly}
        onChange=${(on) => set("shuffle")(on ? true : null)} />`;
  }
  if (question.type === "free_text") {
    return html`<${Input} id="question-chars" type="number" min="1" max="4000" label=${t("max-chars")} value=${question.max_chars} placeholder="1000"
      problems=${wrong("max_chars")} disabled=${readOnly} onInput=${number("max_chars")} />`;
  }
  if (question.type === "voice_comment") {
    return html`<${Input} id="question-seconds" type="number" min="1" max="600" label=${t("max-seconds")} value=${question.max_seconds} placeholder="60"
      problems=${wrong("max_seconds")} disabled=${readOnly} onInput=${number("max_seconds")} />`;
  }
  if (question.type === "nps") {
    return html`<p class="hint">${t("nps-hint")}</p>
      <${Ends} question=${question} document=${document} problems=${problems} path=${path} edit=${edit} readOnly=${readOnly} />`;
  }
  return html`<p class="hint">${t("yes-no-hint")}</p>`;
}

/** What the ends of a scale mean. */
function Ends({ question, document, problems, path, edit, readOnly }) {
  const scale = question.type === "nps" ? "0-10" : (question.scale ?? "1-5");
  const [low, high] = scale.split("-");
  const end = (name, key, value) => html`<${Texts} id=${`question-${name.replace("_", "-")}`} label=${t(key, { value })} value=${question[name]} languages=${document.languages}
    path=${`${path}.${name}`} problems=${problems} lines=${1} disabled=${readOnly} optional
    onChange=${(tag, text) => edit((next) => setText(next, name, tag, text))} />`;
  const isOpen = question.low_label || question.high_label;
  return html`<details open=${isOpen ? true : undefined}>
    <summary>${t("ends-of-scale")}</summary>
    <p class="hint">${t("ends-of-scale-hint")}</p>
    ${end("low_label", "low-label", low)}
    ${end("high_label", "high-label", high)}
  </details>`;
}

function Choices({ question, document, problems, path, edit, readOnly }) {
  const choices = question.choices ?? [];
  const add = () =>
    edit((next) => {
      const used = new Set(next.choices.map((choice) => choice.key));
      let no = next.choices.length + 1;
      while (used.has(`choice-${no}`)) no += 1;
      next.choices.push({ key: `choice-${no}`, label: {} });
    });
  const move = (no, to) => edit((next) => next.choices.splice(to, 0, ...next.choices.splice(no, 1)));
  return html`<fieldset class="texts">
    <legend>${t("place-choices")}</legend>
    <ol class="choices">
      ${choices.map((choice, no) => html`<li key=${no}>
        <${Texts} id=${`choice-${no}`} label=${t("choice-no", { no: no + 1 })} value=${choice.label} languages=${document.languages}
          path=${`${path}.choices[${no}].label`} problems=${problems} lines=${1} disabled=${readOnly}
          onChange=${(tag, text) => edit((next) => { setText(next.choices[no], "label", tag, text); next.choices[no].label ??= {}; })} />
        <div class="inline">
          <${Input} id=${`choice-${no}-key`} label=${t("choice-key")} value=${choice.key} problems=${at(problems, `${path}.choices[${no}].key`)}
            disabled=${readOnly} maxlength="40" onInput=${(key) => edit((next) => (next.choices[no].key = key))} />
          ${!readOnly && html`<button type="button" class="button button-quiet" disabled=${no === 0} aria-label=${t("move-up", { key: choice.key })} onClick=${() => move(no, no - 1)}>↑</button>
          <button type="button" class="button button-quiet" disabled=${no === choices.length - 1} aria-label=${t("move-down", { key: choice.key })} onClick=${() => move(no, no + 1)}>↓</button>
          <button type="button" class="button button-quiet" disabled=${choices.length <= 2} aria-label=${`${t("drop")}: ${choice.key}`}
            onClick=${() => edit((next) => next.choices.splice(no, 1))}>${t("drop")}</button>`}
        </div>
      </li>`)}
    </ol>
    ${at(problems, `${path}.choices`).map((message) => html`<p class="problems">${message}</p>`)}
    ${!readOnly && choices.length < 20 && html`<p><button type="button" class="button" onClick=${add}>${t("add-choice")}</button></p>`}
  </fieldset>`;
}
