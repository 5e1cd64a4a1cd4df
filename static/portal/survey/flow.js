// The ways through a survey: drawn as a picture, and told in words below it.

import { html } from "../html.js";
import { language, t } from "../messages.js";
import { titleOf, typeName } from "./words.js";

const BOX = { width: 300, height: 56, gap: 44 };
const LANE = 26;
const MARGIN = 12;

/** All ways on: `{from, to, text, isUsual}`; `to` past the last question is the end. */
function ways(document) {
  const count = document.questions.length;
  const place = (key) => {
    const no = document.questions.findIndex((question) => question.key === key);
    return no < 0 ? count : no;
  };
  return document.questions.flatMap((question, from) => {
    const branches = (question.branches ?? []).map((branch) => ({
      from,
      to: place(branch.goto),
      text: branch.when.map((condition) => conditionText(condition, document)).join(` ${t("and")} `),
      isUsual: false,
    }));
    const otherwise = question.otherwise ? place(question.otherwise) : from + 1;
    return [...branches, { from, to: otherwise, text: branches.length > 0 ? t("otherwise") : "", isUsual: true }];
  });
}

/** A condition in words. */
function conditionText(condition, document) {
  const question = document.questions.find((other) => other.key === condition.question);
  const choice = question?.choices?.find((other) => other.key === condition.value);
  const value = choice ? document.languages.map((tag) => choice.label?.[tag]).find(Boolean) ?? choice.key : condition.value;
  const shown = ["yes", "no"].includes(value) ? t(value) : String(value ?? "");
  return `${condition.question} ${t(`is-${condition.is.replace("_", "-")}`)} ${shown}`.trim();
}

const shorten = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function Flow({ draft, choose }) {
  const document = draft.document.value;
  const all = ways(document);
  const count = document.questions.length;
  const jumps = all.filter((way) => way.to !== way.from + 1);
  const lanes = lanesOf(jumps);
  const laneCount = Math.max(0, ...lanes) + (jumps.length > 0 ? 1 : 0);
  const textRoom = jumps.length > 0 ? 190 : 0;
  const width = BOX.width + laneCount * LANE + textRoom + 2 * MARGIN;
  const height = (count + 1) * (BOX.height + BOX.gap) + MARGIN;
  const top = (no) => MARGIN + no * (BOX.height + BOX.gap);
  const mirrored = language().dir === "rtl";
  // Written from the inline start: mirrored as a whole, each text turned back.
  const text = (x, y, content, props) =>
    html`<text x=${mirrored ? -x : x} y=${y} transform=${mirrored ? "scale(-1,1)" : undefined} ...${props}>${content}</text>`;
  const box = (no, title, kind, key) => html`<g key=${no} class=${key ? "flow-box" : "flow-box flow-end"} onClick=${key && (() => choose(key))}>
    <rect x=${MARGIN} y=${top(no)} width=${BOX.width} height=${BOX.height} rx="8" />
    ${text(MARGIN + 14, top(no) + 24, shorten(title, 32), { class: "flow-title" })}
    ${text(MARGIN + 14, top(no) + 43, kind, { class: "flow-kind" })}
  </g>`;
  return html`<section class="card" aria-labelledby="flow-title">
    <h2 id="flow-title">${t("flow")}</h2>
    <div class="flow-picture" tabindex="0" role="region" aria-label=${t("flow-scroll")}>
      <svg viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img" aria-label=${t("flow-picture", { count })}>
        <g transform=${mirrored ? `translate(${width},0) scale(-1,1)` : undefined}>
          <defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" class="flow-tip" /></marker></defs>
          ${all.filter((way) => way.to === way.from + 1).map((way) => html`<path key=${`s${way.from}`} class="flow-way" marker-end="url(#tip)"
            d=${`M${MARGIN + 150} ${top(way.from) + BOX.height} V${top(way.to) - 2}`} />
            ${way.text && text(MARGIN + 160, top(way.from) + BOX.height + BOX.gap / 2 + 4, shorten(way.text, 30), { class: "flow-label" })}`)}
          ${jumps.map((way, no) => {
            const right = MARGIN + BOX.width;
            const lane = right + 16 + lanes[no] * LANE;
            const from = top(way.from) + BOX.height / 2 + (lanes[no] % 3) * 6 - 6;
            return html`<path key=${`j${no}`} class=${way.isUsual ? "flow-way" : "flow-way flow-branch"} marker-end="url(#tip)"
                d=${`M${right} ${from} H${lane} V${top(way.to) + BOX.height / 2} H${right + 2}`} />
              ${way.text && text(lane + 6, from + 14 + no % 2 * 12, shorten(way.text, 30), { class: "flow-label" })}`;
          })}
          ${document.questions.map((question, no) => box(no, `${no + 1}. ${titleOf(question, document.languages)}`, typeName(question.type), question.key))}
          ${box(count, t("the-end"), document.thanks ? t("place-thanks") : "", null)}
        </g>
      </svg>
    </div>
    <h3>${t("flow-in-words")}</h3>
    <ol class="flow-words">
      ${document.questions.map((question, no) => html`<li key=${question.key}>
        <button type="button" class="link" dir="auto" onClick=${() => choose(question.key)}>${titleOf(question, document.languages)}</button>
        <ul>${all.filter((way) => way.from === no).map((way, place) => html`<li key=${place}>${way.text ? `${way.text} → ` : "→ "}${way.to >= count ? t("the-end") : titleOf(document.questions[way.to], document.languages)}</li>`)}</ul>
      </li>`)}
    </ol>
  </section>`;
}

/** A lane for each jump, so that no two that overlap share one; short ones stay near. */
function lanesOf(jumps) {
  const taken = [];
  const order = jumps.map((way, no) => ({ way, no })).sort((a, b) => a.way.to - a.way.from - (b.way.to - b.way.from));
  const lanes = new Array(jumps.length).fill(0);
  for (const { way, no } of order) {
    let lane = 0;
    while (taken[lane]?.some((other) => way.from < other.to && other.from < way.to)) lane += 1;
    (taken[lane] ??= []).push(way);
    lanes[no] = lane;
  }
  return lanes;
}
