// The draft as a dialogue of text messages.

import { html, useState } from "../html.js";
import { t } from "../messages.js";

export function Talk({ scene, tag, give, again }) {
  const { question } = scene;
  const came = (words, key) => html`<p key=${key} class="bubble">${words}</p>`;
  return html`<div class="phone" lang=${tag} dir=${scene.direction}>
    <div class="call-log" role="log" tabindex="0" aria-label=${t("preview-sms")}>
      ${scene.turns.map((turn, no) => html`<div key=${no}>${came(turn.question.text)}<p class="pressed">${turn.entered}</p></div>`)}
      ${scene.refused && scene.said.map((said, no) => came(`${said.text} ${question?.text ?? ""}`, no))}
      ${!scene.refused && question && came(question.text)}
      ${!question && scene.said.map((said, no) => came(said.text, no))}
    </div>
    ${question && html`<${Reply} key=${`${question.key} ${scene.turns.length}`} send=${(text) => give(question.key, text)} />`}
    ${!question && html`<p class="soft">${t("call-ends", { state: t(`state-${scene.state}`) })}</p>`}
    <p><button type="button" class="button button-quiet" onClick=${again}>${t("from-the-start")}</button></p>
  </div>`;
}

/** Where a customer writes; made anew for each question, so that nothing of the last one is left in it. */
function Reply({ send }) {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    if (text.trim()) send(text);
  };
  return html`<form class="inline" onSubmit=${submit}>
    <textarea rows="1" aria-label=${t("written-back")} value=${text} onInput=${(event) => setText(event.target.value)}></textarea>
    <button type="submit" class="button button-primary">${t("send")}</button>
  </form>`;
}
