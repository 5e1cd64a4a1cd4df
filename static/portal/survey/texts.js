// A text in all languages of the survey, side by side; where one is missing it is marked.

import { Badge } from "../components/badge.js";
import { Problems } from "../components/field.js";
import { html } from "../html.js";
import { t } from "../messages.js";
import { at } from "./draft.js";
import { directionOf, languageName } from "./words.js";

/** `value` is the text by language; `onChange(language, text)`. `path` is where problems are told; `under(tag)` draws
 *  what stands under a text. */
export function Texts({ id, label, value, languages, path, problems, onChange, lines, disabled, optional, under }) {
  const missing = (tag) => !value?.[tag]?.trim();
  const none = !value;
  // Where a whole text is left out on purpose, nothing of it is missing.
  const marks = (tag) => missing(tag) && !(optional && none);
  const own = at(problems, path).filter((message) => !message.startsWith("has no text in"));
  return html`<fieldset class="texts">
    <legend>${label}</legend>
    <div class="texts-grid">
      ${languages.map((tag) => html`<div key=${tag} class="field">
        <label for=${`${id}-${tag}`}>${languageName(tag)} ${marks(tag) && html`<${Badge} kind="warn">${t("missing")}<//>`}</label>
        <textarea id=${`${id}-${tag}`} lang=${tag} dir=${directionOf(tag)} rows=${lines ?? 3} value=${value?.[tag] ?? ""} disabled=${disabled}
          aria-invalid=${marks(tag) ? "true" : undefined} onInput=${(event) => onChange(tag, event.target.value)}></textarea>
        ${under?.(tag)}
        <${Problems} id=${`${id}-${tag}-wrong`} problems=${at(problems, `${path}.${tag}`)} />
      </div>`)}
    </div>
    <${Problems} id=${`${id}-wrong`} problems=${own} />
  </fieldset>`;
}

/** Puts a text of one language into an object; an empty one is no text. */
export function setText(holder, name, tag, text) {
  const texts = { ...(holder[name] ?? {}) };
  if (text === "") delete texts[tag];
  else texts[tag] = text;
  if (Object.keys(texts).length === 0) delete holder[name];
  else holder[name] = texts;
}
