// What stands around the questions: name, languages, how callers hear it, and what is said before, after and between.

import { Field, Input, Select } from "../components/field.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { at } from "./draft.js";
import { Texts, setText } from "./texts.js";
import { directionOf, languageName } from "./words.js";

/** Languages that are offered; any other can be written by its tag. */
const COMMON = ["en", "es", "ar", "fr", "de", "it", "pt", "tr", "ru", "uk", "pl", "nl", "sv", "el", "he", "fa", "ur", "hi", "zh", "ja"];

export function Around({ draft, readOnly }) {
  const document = draft.document.value;
  const problems = draft.problems.value;
  const text = (name) => (tag, value) => draft.edit((next) => setText(next, name, tag, value));
  const texts = (name, label) => html`<${Texts} id=${`around-${name}`} label=${label} value=${document[name]} languages=${document.languages}
    path=${name} problems=${problems} onChange=${text(name)} disabled=${readOnly} lines=${2} optional />`;
  return html`<section class="card" aria-labelledby="around-title">
    <h2 id="around-title">${t("around-questions")}</h2>
    <${Input} id="around-name" label=${t("survey-name")} value=${document.name} problems=${at(problems, "name")} disabled=${readOnly}
      maxlength="100" onInput=${(value) => draft.edit((next) => (next.name = value))} />
    <${Languages} draft=${draft} readOnly=${readOnly} />
    <${Select} id="around-voice" label=${t("voice")} hint=${t(`voice-${document.voice ?? "prompts"}-text`)} value=${document.voice ?? "prompts"}
      problems=${at(problems, "voice")} disabled=${readOnly}
      options=${["prompts", "tts", "none"].map((mode) => [mode, t(`voice-${mode}`)])}
      onChange=${(value) => draft.edit((next) => (next.voice = value))} />
    ${document.languages.some((tag) => directionOf(tag) === "rtl") && html`<${Select} id="around-rtl-scales" label=${t("place-rtl-scales")}
      hint=${t("rtl-scales-hint")} value=${document.rtl_scales ?? "mirrored"} problems=${at(problems, "rtl_scales")} disabled=${readOnly}
      options=${["mirrored", "left_to_right"].map((way) => [way, t(`rtl-scales-${way.replaceAll("_", "-")}`)])}
      onChange=${(value) => draft.edit((next) => (value === "mirrored" ? delete next.rtl_scales : (next.rtl_scales = value)))} />`}
    ${texts("intro", t("place-intro"))}
    ${texts("thanks", t("place-thanks"))}
    ${document.voice !== "none" && texts("no_input", t("place-no-input"))}
    ${document.voice !== "none" && texts("no_match", t("place-no-match"))}
  </section>`;
}

function Languages({ draft, readOnly }) {
  const document = draft.document.value;
  const problems = draft.problems.value;
  const [adding, setAdding] = useState("");
  const add = () => {
    const tag = adding.trim();
    if (!tag || document.languages.includes(tag)) return;
    draft.edit((next) => next.languages.push(tag));
    setAdding("");
  };
  const drop = (tag) =>
    draft.edit((next) => {
      next.languages = next.languages.filter((other) => other !== tag);
      forEachText(next, (texts) => delete texts[tag]);
    });
  const first = (tag) => draft.edit((next) => (next.languages = [tag, ...next.languages.filter((other) => other !== tag)]));
  const wrong = at(problems, "languages").concat(document.languages.flatMap((_, no) => at(problems, `languages[${no}]`)));
  return html`<fieldset class="texts">
    <legend>${t("place-languages")}</legend>
    <ul class="tags">
      ${document.languages.map((tag, no) => html`<li key=${tag}>
        <span>${languageName(tag)} <span class="soft">${tag}${no === 0 ? ` · ${t("default-language")}` : ""}</span></span>
        ${!readOnly && no > 0 && html`<button type="button" class="button button-quiet" aria-label=${`${t("make-default")}: ${languageName(tag)}`} onClick=${() => first(tag)}>${t("make-default")}</button>`}
        ${!readOnly && document.languages.length > 1 && html`<button type="button" class="button button-quiet" aria-label=${`${t("drop")}: ${languageName(tag)}`} onClick=${() => drop(tag)}>${t("drop")}</button>`}
      </li>`)}
    </ul>
    ${!readOnly && html`<div class="inline">
      <${Field} id="add-language" label=${t("add-language")} hint=${t("add-language-hint")} problems=${wrong}>${(props) =>
        html`<input ...${props} list="common-languages" value=${adding} autocapitalize="none" autocomplete="off" spellcheck="false"
          onInput=${(event) => setAdding(event.target.value)} />`}<//>
      <datalist id="common-languages">${COMMON.filter((tag) => !document.languages.includes(tag)).map((tag) => html`<option value=${tag}>${languageName(tag)}</option>`)}</datalist>
      <button type="button" class="button" onClick=${add}>${t("add")}</button>
    </div>`}
  </fieldset>`;
}

/** Every text of a document that is written in languages. */
function forEachText(document, visit) {
  for (const name of ["intro", "thanks", "no_input", "no_match"]) if (document[name]) visit(document[name]);
  for (const holder of [document.invitation, document.invitation?.reminder]) if (holder?.text) visit(holder.text);
  for (const question of document.questions) {
    for (const name of ["text", "low_label", "high_label"]) if (question[name]) visit(question[name]);
    for (const choice of question.choices ?? []) if (choice.label) visit(choice.label);
  }
}
