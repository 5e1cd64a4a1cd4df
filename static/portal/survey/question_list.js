// The questions in their order: one is chosen, moved by dragging or by its buttons, added or taken out.

import { Badge } from "../components/badge.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { countWithin } from "./draft.js";
import { TYPES, titleOf, typeName } from "./words.js";

/** Questions of a survey at most. */
const MOST = 50;

/** A question to begin with. Its key is the first free one. */
function fresh(type, document) {
  const used = new Set(document.questions.map((question) => question.key));
  let no = document.questions.length + 1;
  while (used.has(`q${no}`)) no += 1;
  const question = { key: `q${no}`, type, text: {} };
  if (type === "rating") question.scale = "1-5";
  if (type === "choice") question.choices = [1, 2].map((n) => ({ key: `choice-${n}`, label: {} }));
  if (type === "free_text" || type === "voice_comment") question.required = false;
  return question;
}

export function QuestionList({ draft, chosen, choose, readOnly }) {
  const document = draft.document.value;
  const problems = draft.problems.value;
  const [dragged, setDragged] = useState(null);
  const [over, setOver] = useState(null);
  const count = document.questions.length;

  const move = (from, to) => {
    if (to < 0 || to >= count || from === to) return;
    draft.edit((next) => next.questions.splice(to, 0, ...next.questions.splice(from, 1)));
    choose(document.questions[from].key);
  };
  const add = (type) => {
    const question = fresh(type, document);
    draft.edit((next) => next.questions.push(question));
    choose(question.key);
  };
  const mark = (number) => number > 0 && html`<${Badge} kind="bad">${t("to-mend", { count: number })}<//>`;
  const around = ["name", "languages", "intro", "thanks", "no_input", "no_match", "voice"].reduce(
    (sum, path) => sum + countWithin(problems, path),
    0,
  );

  return html`<nav class="steps" aria-label=${t("all-questions")}>
    <button type="button" class="step" aria-current=${chosen === null ? "true" : undefined} onClick=${() => choose(null)}>
      <span class="step-title">${t("around-questions")}</span>${mark(around)}
    </button>
    <ol>
      ${document.questions.map((question, no) => html`<li key=${`${no}-${question.key}`} class=${over === no ? "step-over" : undefined}
          onDragOver=${(event) => { if (dragged !== null) { event.preventDefault(); setOver(no); } }}
          onDrop=${(event) => { event.preventDefault(); move(dragged, no); setDragged(null); setOver(null); }}>
        <button type="button" class="step" draggable=${!readOnly} aria-current=${chosen === question.key ? "true" : undefined}
            onDragStart=${() => setDragged(no)} onDragEnd=${() => { setDragged(null); setOver(null); }} onClick=${() => choose(question.key)}>
          <span class="step-no">${no + 1}</span>
          <span class="step-title"><span dir="auto">${titleOf(question, document.languages)}</span><span class="soft">${typeName(question.type)} · ${question.key}</span></span>
          ${mark(countWithin(problems, `questions[${no}]`))}
        </button>
        ${!readOnly && html`<span class="step-moves">
          <button type="button" class="button button-quiet" disabled=${no === 0} aria-label=${t("move-up", { key: question.key })} onClick=${() => move(no, no - 1)}>↑</button>
          <button type="button" class="button button-quiet" disabled=${no === count - 1} aria-label=${t("move-down", { key: question.key })} onClick=${() => move(no, no + 1)}>↓</button>
        </span>`}
      </li>`)}
    </ol>
    ${!readOnly && count < MOST && html`<details class="adder">
      <summary class="button">${t("add-question")}</summary>
      <ul>${TYPES.map((type) => html`<li key=${type}><button type="button" class="button button-quiet"
        onClick=${(event) => { event.target.closest("details").open = false; add(type); }}>${typeName(type)}</button></li>`)}</ul>
    </details>`}
  </nav>`;
}
