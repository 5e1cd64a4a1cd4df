// Where a question goes next: conditions on the answers so far, in words, edited where they are.

import { Select } from "../components/field.js";
import { html } from "../html.js";
import { t } from "../messages.js";
import { at } from "./draft.js";
import { titleOf } from "./words.js";

const END = "end";

/** The values that a question can be compared with, as `[value, text]`; `null` where it is only answered or not. */
function valuesOf(question, languages) {
  const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, no) => [from + no, String(from + no)]);
  switch (question?.type) {
    case "rating": {
      const [from, to] = (question.scale ?? "1-5").split("-").map(Number);
      return numbers(from, to);
    }
    case "nps":
      return numbers(0, 10);
    case "yes_no":
      return [["yes", t("yes")], ["no", t("no")]];
    case "choice":
      return (question.choices ?? []).map((choice) => [choice.key, languages.map((tag) => choice.label?.[tag]).find(Boolean) ?? choice.key]);
    default:
      return null;
  }
}

/** The ways in which a question's answer can be compared. */
function comparisons(question) {
  if (question?.type === "rating" || question?.type === "nps") return ["at_most", "at_least", "equals", "answered", "skipped"];
  if (question?.type === "yes_no" || question?.type === "choice") return ["equals", "answered", "skipped"];
  return ["answered", "skipped"];
}

/** A condition on a question, as good as any to begin with. */
function fresh(question, languages) {
  const is = comparisons(question)[0];
  const values = valuesOf(question, languages);
  const needsValue = is !== "answered" && is !== "skipped";
  return needsValue ? { question: question.key, is, value: values[0][0] } : { question: question.key, is };
}

export function Branches({ draft, no, readOnly }) {
  const document = draft.document.value;
  const problems = draft.problems.value;
  const question = document.questions[no];
  const branches = question.branches ?? [];
  const path = `questions[${no}]`;
  const edit = (change) =>
    draft.edit((next) => {
      const own = next.questions[no];
      own.branches ??= [];
      change(own.branches, own);
      if (own.branches.length === 0) delete own.branches;
    });
  const later = document.questions.slice(no + 1);
  const ways = [...later.map((other) => [other.key, titleOf(other, document.languages)]), [END, t("to-the-end")]];
  const next = later[0] ? t("to-next", { title: titleOf(later[0], document.languages) }) : t("to-the-end");
  const all = at(problems, `${path}.branches`);

  return html`<fieldset class="texts">
    <legend>${t("place-branches")}</legend>
    ${branches.map((branch, place) => html`<${Branch} key=${place} branch=${branch} place=${place} no=${no} document=${document} ways=${ways}
      problems=${problems} readOnly=${readOnly} change=${(change) => edit((list) => change(list[place]))}
      drop=${() => edit((list) => list.splice(place, 1))} />`)}
    ${all.map((message) => html`<p class="problems">${message}</p>`)}
    <${Select} id="otherwise" label=${t(branches.length > 0 ? "place-otherwise" : "goes-on")} value=${question.otherwise ?? ""} disabled=${readOnly}
      problems=${at(problems, `${path}.otherwise`)} options=${[["", next], ...ways]}
      onChange=${(to) => draft.edit((doc) => (to === "" ? delete doc.questions[no].otherwise : (doc.questions[no].otherwise = to)))} />
    ${!readOnly && html`<p><button type="button" class="button" onClick=${() => edit((list) => list.push({ when: [fresh(question, document.languages)], goto: END }))}>${t("add-branch")}</button></p>`}
  </fieldset>`;
}

function Branch({ branch, place, no, document, ways, problems, readOnly, change, drop }) {
  const path = `questions[${no}].branches[${place}]`;
  const asked = document.questions.slice(0, no + 1);
  return html`<div class="branch">
    ${branch.when.map((condition, which) => html`<${Condition} key=${which} id=${`b${place}-${which}`} condition=${condition} first=${which === 0} asked=${asked}
      languages=${document.languages} problems=${at(problems, `${path}.when[${which}]`).concat(at(problems, `${path}.when[${which}].value`), at(problems, `${path}.when[${which}].question`))}
      readOnly=${readOnly} set=${(value) => change((own) => (own.when[which] = value))}
      drop=${branch.when.length > 1 ? () => change((own) => own.when.splice(which, 1)) : null} />`)}
    <div class="inline">
      <${Select} id=${`b${place}-goto`} label=${t("go-to")} value=${branch.goto} problems=${at(problems, `${path}.goto`)} disabled=${readOnly}
        options=${ways.some(([key]) => key === branch.goto) ? ways : [[branch.goto, branch.goto], ...ways]} onChange=${(to) => change((own) => (own.goto = to))} />
      ${!readOnly && html`<button type="button" class="button button-quiet" onClick=${() => change((own) => own.when.push({ ...own.when[0] }))}>${t("add-condition")}</button>
      <button type="button" class="button button-quiet" onClick=${drop}>${t("drop-branch")}</button>`}
    </div>
    ${at(problems, path).map((message) => html`<p class="problems">${message}</p>`)}
  </div>`;
}

function Condition({ id, condition, first, asked, languages, problems, readOnly, set, drop }) {
  const question = asked.find((other) => other.key === condition.question);
  const values = valuesOf(question, languages);
  const needsValue = condition.is !== "answered" && condition.is !== "skipped";
  const choose = (key) => set(fresh(asked.find((other) => other.key === key), languages));
  const compare = (is) => {
    const { value, ...rest } = condition;
    set(is === "answered" || is === "skipped" ? { ...rest, is } : { ...rest, is, value: value ?? values?.[0]?.[0] });
  };
  const pick = (text) => set({ ...condition, value: values.find(([value]) => String(value) === text)?.[0] ?? text });
  return html`<div class="condition">
    <${Select} id=${`${id}-question`} label=${t(first ? "if-answer-to" : "and-answer-to")} value=${condition.question} problems=${problems} disabled=${readOnly}
      options=${asked.map((other) => [other.key, titleOf(other, languages)])} onChange=${choose} />
    <${Select} id=${`${id}-is`} label=${t("comparison")} isHidden value=${condition.is} disabled=${readOnly}
      options=${comparisons(question).map((is) => [is, t(`is-${is.replace("_", "-")}`)])} onChange=${compare} />
    ${needsValue && values && html`<${Select} id=${`${id}-value`} label=${t("comparison-value")} isHidden value=${String(condition.value)} disabled=${readOnly}
      options=${values.map(([value, text]) => [String(value), text])} onChange=${pick} />`}
    ${!readOnly && drop && html`<button type="button" class="button button-quiet" aria-label=${t("drop-condition")} onClick=${drop}>×</button>`}
  </div>`;
}
